"""What `test` says of cases and examples that fail."""

from __future__ import annotations

from pathlib import Path

from segrules.project.reader import folder_reader
from segrules.workflows.testing.unit_tests import TestResult, run_tests

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  customer: {source: c.csv, key: id, columns: {id: integer, country: text, age: integer}}
relations:
  orders: {source: o.csv, key: id, time: at, columns: {id: integer, at: date, amount: "decimal(9,2)"}}
"""
RULES = """\
traits: {spend: sum(orders.amount)}
segments:
  adult_thai: age between 18 and 99 and country == 'TH'
  lately: any(orders in last 7 days)
  known: country is known
  neither: {none: [country == 'US', age between 1 and 17]}
  other: not (age between 1 and 17) and country != 'US'
  rich:
    when: spend >= 10 and segments.known
    examples:
      in: [{spend: 10, country: TH}, {spend: 9, country: TH}]
      out: [{spend: 10}]
segmentations:
  band: {hit: unique, stages: {young: age <= 30, old: age >= 30}}
"""


def results(root: Path, case: str) -> list[TestResult]:
    (root / "segments").mkdir()
    (root / "tests").mkdir()
    (root / "segrules.yml").write_text(PROJECT)
    (root / "segments" / "a.yml").write_text(RULES)
    (root / "tests" / "a.yml").write_text("cases:\n  - name: one\n" + case)
    report = run_tests(folder_reader(root))
    assert [finding for finding in report.findings if finding.severity.value == "error"] == []
    return list(report.results)


def message(root: Path, case: str) -> list[str]:
    return results(root, case)[0].message.splitlines()


def test_each_clause_is_told_once_with_its_values(tmp_path: Path) -> None:
    case = "    given: {customer: [{id: 1, age: 17, country: TH}]}\n    expect: {adult_thai: [1]}\n"
    assert message(tmp_path, case) == [
        "adult_thai: missing 1",
        "  1:",
        "    age between 18 and 99 is false (age = 17)",
        "    country == 'TH' is true (country = 'TH')",
    ]


def test_each_clause_of_none_is_told(tmp_path: Path) -> None:
    case = "    given: {customer: [{id: 1, age: 17, country: TH}]}\n    expect: {neither: [1]}\n"
    assert message(tmp_path, case) == [
        "neither: missing 1",
        "  1:",
        "    country == 'US' is false (country = 'TH')",
        "    age between 1 and 17 is true (age = 17)",
    ]


def test_a_test_that_denies_stays_one_clause(tmp_path: Path) -> None:
    case = "    given: {customer: [{id: 1, age: 17, country: TH}]}\n    expect: {other: [1]}\n"
    assert message(tmp_path, case)[2:] == [
        "    age between 1 and 17 is true (age = 17)",
        "    country != 'US' is true (country = 'TH')",
    ]


def test_a_key_that_is_not_given_is_told(tmp_path: Path) -> None:
    case = "    given: {customer: [{id: 1}]}\n    expect: {known: [2]}\n"
    assert message(tmp_path, case) == ["known: missing 2", "  2: no customer row has this key"]


def test_values_are_told_as_values(tmp_path: Path) -> None:
    case = (
        "    given:\n      customer: [{id: 1}]\n      orders: [{id: 1, at: 2026-01-31, amount: 5}, {id: 1, amount: 7},"
        " {id: 1, at: 2026-02-01, amount: 9}]\n    expect: {spend: {1: 21}}\n"
    )
    assert message(tmp_path, case) == [
        "spend of 1: expected 21, got 5",
        "orders: 2 rows are not seen, without a `at` before the as-of instant",
    ]


def test_two_stages_of_a_unique_segmentation_fail(tmp_path: Path) -> None:
    case = "    given: {customer: [{id: 1, age: 30}]}\n    expect: {band: {1: young}}\n"
    assert message(tmp_path, case) == ["band: 1 matches 2 stages, and `hit: unique` allows one"]


def test_an_example_that_is_wrong_is_told_with_its_row(tmp_path: Path) -> None:
    case = "    given: {customer: [{id: 1, country: TH}]}\n    expect: {known: [1]}\n"
    found = results(tmp_path, case)
    assert [result.passed for result in found] == [True, True, False, True]
    assert found[2].name == "examples of rich"
    assert found[2].message.splitlines() == [
        "{spend: 9, country: 'TH'} is expected to be a member, but is not",
        "  spend >= 10 is false (spend = 9)",
        "  segments.known is true",
    ]
