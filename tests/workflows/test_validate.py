"""Validation as a whole: what it gives, the order of findings, data looked at only where needed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from segrules.project.loader import folder_reader
from segrules.workflows.validate import Validated, validate

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  customer: {source: c.csv, key: id, columns: {id: integer, country: text, age: integer}}
relations:
  orders: {source: o.csv, key: id, columns: {id: integer, amount: 'decimal(12,2)'}}
"""


def project(folder: Path, **files: str) -> Validated:
    for name, text in {
        "segrules.yml": PROJECT,
        **{key.replace("__", "/") + ".yml": text for key, text in files.items()},
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return validate(folder_reader(folder))


def lines(checked: Validated) -> list[str]:
    found = []
    for finding in checked.findings:
        line = finding.span.file.position(finding.span.start)[0] if finding.span else 0
        found.append(f"{finding.span.file.path if finding.span else finding.path}:{line} {finding.code}")
    return found


def test_a_right_project_gives_rules_and_cases(tmp_path: Path) -> None:
    checked = project(
        tmp_path,
        segments__a="segments: {old: age > 60}\n",
        tests__a="cases:\n  - {name: a, given: {customer: [{id: 1, age: 61}]}, expect: {old: [1]}}\n",
    )
    assert checked.findings == ()
    assert checked.project is not None
    assert list(checked.rules["customer"].segments) == ["old"]
    assert [case.name for case in checked.cases] == ["a"]


def test_findings_of_all_files_stand_in_order(tmp_path: Path) -> None:
    checked = project(
        tmp_path,
        segments__b="segments:\n  x: agee > 5\n  y: {wen: 5}\n",
        segments__a="segments: {z: age == 'x'}\n",
        tests__a="cases:\n  - {name: a, expect: {zz: [1]}}\n",
    )
    assert lines(checked) == [
        "segments/a.yml:1 wrong-type",
        "segments/b.yml:2 unknown-name",
        "segments/b.yml:3 unknown-key",
        "tests/a.yml:2 unknown-segment",
    ]
    assert checked.project is not None


def test_without_a_project_there_are_findings_only(tmp_path: Path) -> None:
    checked = validate(folder_reader(tmp_path))
    assert (checked.project, checked.rules, checked.cases) == (None, {}, ())
    assert lines(checked) == ["segrules.yml:0 file-missing"]


def test_data_is_not_looked_at_where_columns_are_given(tmp_path: Path) -> None:
    assert project(tmp_path, segments__a="segments: {old: age > 60}\n").findings == ()
    assert not (tmp_path / "c.csv").exists()


def test_columns_come_from_data_where_they_are_not_given(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,country,age\n1,TH,61\n2,US,30\n")
    text = PROJECT.replace(", columns: {id: integer, country: text, age: integer}", "")
    checked = project(tmp_path, segrules=text, segments__a="segments: {old: age > 60, x: agee > 1}\n")
    assert lines(checked) == ["segments/a.yml:1 unknown-name"]
    assert list(checked.rules["customer"].segments) == ["old"]


def test_without_columns_and_data_rules_are_not_judged(tmp_path: Path) -> None:
    text = PROJECT.replace(", columns: {id: integer, country: text, age: integer}", "")
    assert lines(project(tmp_path, segrules=text, segments__a="segments: {old: agee > 60}\n")) == [
        "segrules.yml:4 data-missing"
    ]


def test_examples_take_the_types_of_what_they_name(tmp_path: Path) -> None:
    text = (
        "traits: {spend: sum(orders.amount)}\nsegments:\n  b: age > 1\n  a:\n    when: spend > 5 and segments.b\n"
        "    examples: {in: [{spend: 6, segments.b: true, country: 012}]}\n"
    )
    checked = project(tmp_path, segments__a=text)
    assert checked.findings == ()
    assert checked.project is not None
    (example,) = checked.project.segments[1].examples
    assert example.values == {"spend": Decimal(6), "b": True, "country": "012"}
    assert isinstance(example.values["spend"], Decimal)
    assert example.spans["b"].text == "true"


def test_values_of_examples_that_do_not_fit(tmp_path: Path) -> None:
    text = "segments:\n  a:\n    when: age > 5\n    examples: {in: [{age: x}], out: [{country: [1]}]}\n"
    checked = project(tmp_path, segments__a=text)
    assert [(finding.code, finding.span.text if finding.span else "") for finding in checked.findings] == [
        ("wrong-value", "x"),
        ("wrong-value", "[1]"),
    ]
