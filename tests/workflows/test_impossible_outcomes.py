"""Outcomes that no row can come to are none that tests should have seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from segrules.project.reader import folder_reader
from segrules.workflows.testing.coverage import RuleCoverage, count_impossible, coverage, run_watched, totals
from segrules.workflows.testing.impossible import impossible

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  ลูกค้า:
    source: c.csv
    key: รหัส
    columns: {รหัส: integer, อายุ: {type: integer, max: 120}, ประเทศ: text}
relations:
  orders: {of: ลูกค้า, source: o.csv, key: รหัส, time: at, columns: {รหัส: integer, at: date, amount: integer}}
  paid: {from: orders, where: amount > 0}
"""
CASE = """\
cases:
  - name: one
    given: {ลูกค้า: [{รหัส: 1, อายุ: 20}, {รหัส: 2, อายุ: 40}], orders: [{รหัส: 1, at: 2026-01-01, amount: 5}]}
    expect: {%s: [1]}
"""


def covered(root: Path, rules: str, expected: str = "young") -> dict[str, RuleCoverage]:
    for folder in ("segments", "tests"):
        (root / folder).mkdir()
    (root / "segrules.yml").write_text(PROJECT, "utf-8")
    (root / "segments" / "a.yml").write_text(rules, "utf-8")
    (root / "tests" / "a.yml").write_text(CASE % expected, "utf-8")
    _, watch = run_watched(folder_reader(root))
    assert watch is not None
    found = coverage(watch, None, impossible(watch))
    without = coverage(watch)
    assert totals(found)[0] == totals(without)[0]
    assert totals(found)[1] + count_impossible(found) == totals(without)[1]
    return {rule.name.name: rule for rule in found}


def parts(rule: RuleCoverage) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By the words of each test what no test saw, and what is impossible."""
    return {part.what: (part.unseen, part.impossible) for part in rule.parts}


def test_a_bound_of_the_contract_is_never_passed(tmp_path: Path) -> None:
    rule = covered(tmp_path, "segments: {young: อายุ < 30 and อายุ <= 120}\n")["young"]
    assert parts(rule) == {
        "young": ((), ()),
        "อายุ < 30": (("missing",), ()),
        "อายุ <= 120": (("missing",), ("false",)),
    }


def test_a_test_that_an_arm_before_it_decides(tmp_path: Path) -> None:
    arms = "อายุ >= 21 -> อายุ < 1_000, อายุ >= 21 -> ประเทศ == 'TH', else อายุ < 30"
    found = parts(covered(tmp_path, f'segments: {{young: "case({arms})"}}\n')["young"])
    assert found["อายุ < 1_000"] == ((), ("false", "missing"))
    assert found["ประเทศ == 'TH'"] == ((), ("true", "false", "missing"))


def test_what_holds_today_may_not_hold_tomorrow(tmp_path: Path) -> None:
    rule = covered(tmp_path, "segments: {young: อายุ < 30 and today < 2027-01-01}\n")["young"]
    assert parts(rule)["today < 2027-01-01"] == (("false",), ())


def test_who_is_in_what_nobody_can_be_in(tmp_path: Path) -> None:
    rules = "segments: {young: อายุ < 30, nobody: segments.young and อายุ > 40, some: not segments.nobody or อายุ > 1}\n"
    found = covered(tmp_path, rules, "some: [1, 2], young")
    assert parts(found["nobody"])["nobody"] == ((), ("matched",))
    assert parts(found["some"])["some"] == ((), ("not matched",))


def test_rows_that_another_relation_keeps_out(tmp_path: Path) -> None:
    rules = "segments: {young: any(paid where amount >= 0 and amount < 9)}\n"
    found = parts(covered(tmp_path, rules)["young"])
    assert found["amount >= 0"] == ((), ("false", "missing"))
    assert found["amount < 9"] == (("false",), ("missing",))


@pytest.mark.parametrize("tests", ["", "cases: []\n"])
def test_of_rules_that_no_test_looks_at_nothing_is_asked(tests: str, tmp_path: Path) -> None:
    covered(tmp_path, "segments: {young: อายุ < 30, other: อายุ <= 120}\n")
    (tmp_path / "tests" / "a.yml").write_text(tests, "utf-8")
    _, watch = run_watched(folder_reader(tmp_path))
    assert watch is not None
    assert impossible(watch) == {}
