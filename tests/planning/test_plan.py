"""Plans that real projects seldom ask for: long chains, many stages, names that lie in each other's way."""

from __future__ import annotations

from datetime import date

from memory_reader import SHOP, MemoryReader

from segrules.planning import plan, references
from segrules.planning.nodes import Plan, in_order
from segrules.planning.time import as_of
from segrules.project.loader import load
from segrules.project.resolve import resolve
from segrules.sql import generate
from segrules.sql.scans import Table


def plan_of(rules: str, *names: str, project: str = SHOP) -> Plan:
    loaded, _ = load(MemoryReader({"segrules.yml": project, "segments/a.yml": rules}))
    assert loaded is not None
    resolved, findings = resolve(loaded)
    assert not findings
    own = resolved["customer"]
    return plan(own, references(own, names), as_of(date(2026, 1, 31), "UTC"))


def test_a_chain_of_aggregates_takes_no_longer_than_its_length() -> None:
    chain = [f"  t{number}: count(orders where order_id > t{number - 1})" for number in range(1, 30)]
    made = plan_of("\n".join(["traits:", "  t0: count(orders)", *chain]), "t29")
    assert generate(made, {name: Table("table", name=name) for name in ("customer", "orders")}, "UTC")


def test_a_relation_may_have_the_name_that_a_fold_would_get() -> None:
    project = SHOP + "  orders_by_customer_id: {source: o.csv, key: customer_id, columns: {customer_id: integer}}\n"
    rules = "traits: {a: count(orders), b: count(orders_by_customer_id)}"
    names = [node.name.casefold() for node in in_order(plan_of(rules, "a", "b", project=project).root)]
    assert len(set(names)) == len(names)


def test_a_unique_segmentation_may_have_hundreds_of_stages() -> None:
    stages = [f"      s{number}: age == {number}" for number in range(1, 601)]
    made = plan_of("\n".join(["segmentations:", "  x:", "    hit: unique", "    stages:", *stages]), "x")
    assert "matches" in generate(made, {"customer": Table("table", name="customer")}, "UTC")
