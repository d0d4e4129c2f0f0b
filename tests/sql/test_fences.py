"""Steps that PostgreSQL computes once for each row: queries inside each other, but not too many."""

from __future__ import annotations

from planning.test_plan import plan_of

from segrules.sql import generate
from segrules.sql.scans import Table


def fences(rules: str, *names: str) -> str:
    """The fences in their order: o for a limit that limits nothing, m for rows that are kept."""
    tables = {name: Table("table", name=name) for name in ("customer", "orders")}
    words = generate(plan_of(rules, *names), tables, "UTC", "postgres").split()
    return "".join("m" if word == "MATERIALIZED" else "o" for word in words if word in ("MATERIALIZED", "OFFSET"))


def test_steps_of_one_reader_are_no_tables() -> None:
    assert fences("traits: {bought: count(orders), more: bought + 1}\nsegments: {a: more > 2}", "a") == "ooo"


def test_a_step_of_several_readers_is_kept() -> None:
    rules = "traits: {bought: count(orders), part: bought / overall(sum(bought))}\nsegments: {a: part > 0.1}"
    assert fences(rules, "a").startswith("m")


def test_a_chain_of_steps_is_planned_in_parts() -> None:
    """Inside each other, a hundred steps would take PostgreSQL a second to plan, and a thousand all memory."""
    chain = [f"  t{number}: t{number - 1} + {number}" for number in range(1, 90)]
    found = fences("\n".join(["traits:", "  t0: count(orders)", *chain, "segments:", "  a: t89 > 5"]), "a")
    assert len(found) >= 90
    assert max(map(len, found.split("m"))) < 16
