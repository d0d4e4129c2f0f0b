"""Laws on random rules and rows: no row is where a prover says that none can be, and provers agree with themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import proofs
import pytest
import running
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs_questions import Asked, drawn, named
from proofs_rows import Truths, by_reference, replayed
from strategies import Sample, samples

from segrules.analysis.answers import NEVER, Example, Regions
from segrules.engines import Engine
from segrules.planning.time import parse_as_of

SEEDS = st.integers(0, 2**32)
PROVERS = pytest.mark.parametrize("is_small", [True, False], ids=["small", "solver"])


@PROVERS
@settings(max_examples=settings().max_examples // 8)
@given(sample=samples(), seed=SEEDS)
def test_no_row_is_where_none_can_be(is_small: bool, sample: Sample, seed: int, duckdb_engine: Engine) -> None:
    """Of regions, examples that were made up, and answers to questions of several tests."""
    tally = run(sample, seed, duckdb_engine, is_small=is_small)
    assert tally.wrong == [], sample.files["segments/rules.yml"]


@settings(max_examples=settings().max_examples // 8)
@given(sample=samples(), seed=SEEDS)
def test_rows_of_one_prover_are_not_where_the_other_says_that_none_can_be(
    sample: Sample, seed: int, duckdb_engine: Engine
) -> None:
    asked, _ = question(sample, seed)
    small, large = (asked.prover(is_small=one).regions(asked.tests) for one in (True, False))
    for made, other in ((small, large), (large, small)):
        rows = [row for row in replayed(asked, made.examples, duckdb_engine) if row is not None]
        for wanted, place in proofs.claims(asked, other):
            if place == NEVER:
                assert [proofs.told(asked, wanted) for row in rows if proofs.passes(row, wanted)] == []


def question(sample: Sample, seed: int) -> tuple[Asked, list[Truths]]:
    """Tests of a sample's customers, with what each row of the sample makes of them."""
    luck = Random(seed)
    project, rules = opened(sample, luck)
    asked = drawn(project, rules, "customer", parse_as_of(sample.as_of, sample.zone), luck)
    return asked, [row for rows in by_reference(asked, sample.worlds) for row in rows.values()]


def run(sample: Sample, seed: int, engine: Engine, *, is_small: bool) -> proofs.Tally:
    """All laws on one sample."""
    luck = Random(seed)
    asked, seen = question(sample, seed)
    prover = asked.prover(is_small=is_small)
    regions = prover.regions(asked.tests)
    tally = proofs.check_regions(asked, regions, seen, replayed(asked, regions.examples, engine))
    tally.wrong += proofs.check_pairs(asked, prover, regions, luck, 4)
    tally.wrong += proofs.check_answers(asked, prover, seen, luck, 6)
    return tally


# contracts that are true of the rows


def opened(sample: Sample, luck: Random) -> tuple[Any, Mapping[str, Any]]:
    """The project and its rules, with promises about some columns that the rows keep; fewer where rules forbid them."""
    for kinds in (("values", "bounds", "missing"), ("bounds", "missing"), ()):
        declared = json.loads(sample.files["segrules.yml"])
        for columns, rows in _owners(declared, sample.worlds):
            for name, type in columns.items():
                if luck.random() < 0.3:
                    columns[name] = {"type": type, **_promise(type, [row.get(name) for row in rows], kinds)}
        files = {**sample.files, "segrules.yml": _unquoted(json.dumps(declared, ensure_ascii=False))}
        try:
            project = running.open_project(files)
            return project, running.resolve_project(project)
        except AssertionError:
            if not kinds:
                raise
    raise AssertionError("unreachable")


def _owners(declared: Mapping[str, Any], worlds: Sequence[Any]) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """The columns of each stored table, with all rows of it."""
    waiting = [*declared["entities"].items(), *declared["relations"].items()]
    for name, owner in waiting:
        if "columns" in owner and "from" not in owner:
            yield owner["columns"], [row for world in worlds for row in world.get(name, ())]
        waiting += [(f"{name}.{one}", lookup) for one, lookup in owner.get("lookups", {}).items()]


def _promise(type: str, cells: list[Any], kinds: tuple[str, ...]) -> dict[str, Any]:
    known = [cell for cell in cells if cell is not None]
    found: dict[str, Any] = {}
    if "missing" in kinds and len(known) == len(cells):
        found["missing"] = "never"
    if "bounds" in kinds and known and type.partition("(")[0] in ("integer", "decimal", "date"):
        found |= {"min": _plain(min(known)), "max": _plain(max(known))}
    if "values" in kinds and known and type == "text":
        found["values"] = sorted(set(known))
    return found


def _plain(value: Any) -> Any:
    """Marked where YAML has it without quotes."""
    return f"@{value}@" if isinstance(value, date | Decimal) else value


def _unquoted(text: str) -> str:
    return text.replace('"@', "").replace('@"', "")


# what is wrong is seen


def test_a_row_where_none_can_be_is_told(duckdb_engine: Engine) -> None:
    """Of a prover that takes every region for empty, and examples that are not what they are said to be."""
    files = {
        "segrules.yml": "segrules: 1\nname: shop\nentities: {customer: {source: c.csv, key: id,"
        " columns: {id: integer, age: integer}}}\n",
        "segments/rules.yml": "segments: {young: age < 30, old: age >= 30}\n",
    }
    project = running.open_project(files)
    moment = parse_as_of("2026-01-31", "UTC")
    asked = named(project, running.resolve_project(project), "customer", moment, ("young", "old"))
    rows = by_reference(asked, [{"customer": [{"id": 1, "age": 20}, {"id": 2, "age": None}]}])[0]
    assert rows == {1: {"young": True, "old": False}, 2: {"young": False, "old": False}}
    nothing = ((NEVER, NEVER), (NEVER, NEVER))
    wrong = proofs.check_regions(
        asked, Regions((), (), nothing, nothing, (NEVER, NEVER)), list(rows.values()), []
    ).wrong
    assert [line.partition(": ")[2].count("True: ") for line in wrong] == [0, 1, 1, 0]
    example = Example({((), "age"): 30})
    regions = Regions((example,), ((True, False),), ((0, NEVER), (NEVER, NEVER)), nothing, (NEVER, 0))
    tally = proofs.check_regions(asked, regions, [], replayed(asked, [example], duckdb_engine))
    assert (tally.examples, tally.spurious) == (2, 2)
