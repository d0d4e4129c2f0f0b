"""How segments of few values lie: what is said is what trying every row says, whoever proves."""

from __future__ import annotations

import re
from datetime import date

import pytest
import running
from brute_prover import BruteProver
from hypothesis import given, settings
from hypothesis import strategies as st

from segrules.analysis.answers import POSSIBLE, Example, Regions
from segrules.engines import Engine
from segrules.planning import references
from segrules.planning.time import as_of
from segrules.project.model import Project, Rules
from segrules.workflows.proving import overlaps
from segrules.workflows.proving.lattice import set_of

PROJECT = """\
segrules: 1
name: shop
as_of: 2026-01-31
entities:
  customer:
    source: data.csv
    key: id
    columns:
      id: integer
      n: {type: integer, min: 0, max: 6}
      land: {type: text, values: [TH, RU]}
      vip: {type: boolean, missing: never}
"""
MOMENT = as_of(date(2026, 1, 31), "UTC")

numbers = st.integers(0, 6)
tests = st.one_of(
    st.builds("n {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers),
    st.builds("n between {} and {}".format, numbers, numbers),
    st.builds(lambda some: f"n in {sorted(some)}", st.sets(numbers, min_size=1, max_size=4)),
    st.sampled_from(["n is missing", "n is known", "land == 'TH'", "land != 'TH'", "land is missing", "vip"]),
)
rules_of_two = st.builds("({}) {} ({})".format, tests, st.sampled_from(["and", "or"]), tests)
rule = st.one_of(tests, st.builds("not ({})".format, tests), rules_of_two, st.builds("not ({})".format, rules_of_two))


def opened(rules: list[str]) -> tuple[Project, Rules]:
    lines = [f"  s{place}: {text}" for place, text in enumerate(rules)]
    project = running.open_project({"segrules.yml": PROJECT, "segments/a.yml": "\n".join(["segments:", *lines])})
    return project, running.resolve_project(project)["customer"]


def relation(one: frozenset[int], other: frozenset[int]) -> str:
    if one == other:
        return "equal"
    if not one & other:
        return "apart"
    return "inside" if one < other else "contains" if one > other else "overlapping"


def true_sets(project: Project, rules: Rules) -> list[frozenset[int]]:
    """For each segment its rows, of all that there can be."""
    holds = BruteProver(project, rules, MOMENT).regions(references(rules, rules.segments)).holds
    return [frozenset(at for at, row in enumerate(holds) if row[place]) for place in range(len(rules.segments))]


@settings(max_examples=settings().max_examples // 8, deadline=None)
@given(texts=st.lists(rule, min_size=2, max_size=6))
def test_what_is_said_is_so(texts: list[str], duckdb_engine: Engine) -> None:
    project, rules = opened(texts)
    sets = true_sets(project, rules)
    found = overlaps.entity_overlaps(duckdb_engine, project, rules, MOMENT, references(rules, rules.segments))
    for first, second, said in found.lattice.pairs():
        one, other = sets[first], sets[second]
        holds = {
            "equal": one == other,
            "apart": not one & other,
            "inside": one <= other,
            "contains": one >= other,
            "overlapping": bool(one & other and one - other and other - one),
            "unknown": True,
        }
        assert holds[said], (texts[first], said, texts[second])
    for example in found.examples:
        assert any(example.within == set_of(at for at, rows in enumerate(sets) if row in rows) for row in range(48))


@settings(max_examples=settings().max_examples // 8, deadline=None)
@given(texts=st.lists(rule, min_size=2, max_size=6))
def test_everything_is_known_where_everything_is_proven(texts: list[str], duckdb_engine: Engine) -> None:
    project, rules = opened(texts)
    sets = true_sets(project, rules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlaps, "open_prover", lambda *given, **_: BruteProver(*given[:3]))
        found = overlaps.entity_overlaps(duckdb_engine, project, rules, MOMENT, references(rules, rules.segments))
    for first, second, said in found.lattice.pairs():
        assert said == relation(sets[first], sets[second])
    assert found.lattice.nobody == set_of(at for at, rows in enumerate(sets) if not rows)
    assert found.lattice.proofs.everybody == set_of(at for at, rows in enumerate(sets) if len(rows) == 48)


class Mistaken:
    """A prover that takes each row for an example of everything, and drafts nothing that is possible."""

    name = "mistaken"

    def regions(self, tests: list[object], chosen: object = None) -> Regions:
        size = len(tests)
        first = ((0,) * size,) * size
        example = Example({((), "n"): 3, ((), "vip"): True})
        return Regions((example,), ((True,) * size,), first, first, (POSSIBLE,) * size)


def test_an_example_that_the_engine_refutes_shows_nothing(
    duckdb_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, rules = opened(["n > 2", "n > 4", "n < 2"])
    monkeypatch.setattr(overlaps, "open_prover", lambda *_, **__: Mistaken())
    found = overlaps.entity_overlaps(duckdb_engine, project, rules, MOMENT, references(rules, rules.segments))
    relations = {(first, second): said for first, second, said in found.lattice.pairs()}
    assert relations == {(0, 1): "unknown", (0, 2): "unknown", (1, 2): "unknown"}
    assert found.example([0, 2]) is None
    assert found.example([0], [1]) is not None


def test_an_example_that_breaks_the_contract_shows_nothing(
    duckdb_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Careless(Mistaken):
        def regions(self, tests: list[object], chosen: object = None) -> Regions:
            found = super().regions(tests)
            example = Example({((), "n"): 9, ((), "vip"): True})
            return Regions((example,), found.holds, found.both, found.only, found.without)

    project, rules = opened(["n > 6", "n > 7"])
    monkeypatch.setattr(overlaps, "open_prover", lambda *_, **__: Careless())
    found = overlaps.entity_overlaps(duckdb_engine, project, rules, MOMENT, references(rules, rules.segments))
    assert found.examples == () or all(not one.within for one in found.examples)
    assert found.lattice.relation(0, 1) == "unknown"


def test_who_is_on_top_is_asked_of_several_rows_together(
    duckdb_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, rules = opened(["in_top(50%, n)", "n < 3", "land == 'TH'"])
    monkeypatch.setattr(overlaps, "open_prover", lambda *_, **__: Unknowing())
    found = overlaps.entity_overlaps(duckdb_engine, project, rules, MOMENT, references(rules, rules.segments))
    below = found.plainest([1], [0])
    assert below is not None
    assert re.fullmatch(r"\{n: [0-2], in_top\(50%, n\): false\} among [\d,]+ others", found.line(below, [1, 0]))
    assert "among" not in found.line(below, [1, 2])
    assert found.lattice.relation(0, 2) == "overlapping"


class Unknowing(Mistaken):
    """A prover that proves nothing and makes up nothing."""

    def regions(self, tests: list[object], chosen: object = None) -> Regions:
        size = len(tests)
        nothing = (POSSIBLE,) * size
        return Regions((), (), (nothing,) * size, (nothing,) * size, nothing)
