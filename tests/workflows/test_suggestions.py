"""Suggested examples: what they cover, that they pass, and that putting them in changes nothing else."""

from __future__ import annotations

import json

import pytest
import running
from hypothesis import given, settings
from strategies import Sample, samples

from segrules.project.reader import with_texts
from segrules.workflows.mutating.suggestions import SuggestionReport, changes_for, run_suggestions
from segrules.workflows.testing.row_text import flow
from segrules.workflows.testing.unit_tests import run_tests

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  customer:
    source: c.csv
    key: id
    columns:
      id: integer
      age: {type: integer, min: 0}
      country: {type: text, values: [TH, US], missing: never}
      joined: date
relations:
  orders: {source: o.csv, key: id, time: at, columns: {id: integer, at: date}}
"""
COMPANY = "      company: {source: f.csv, on: company_id, columns: {company_id: integer, size: integer}}\n"


def suggested(rules: str) -> tuple[running.Files, SuggestionReport]:
    read = running.Files({"segrules.yml": PROJECT, "segments/a.yml": rules})
    report = run_suggestions(read)
    assert [finding for finding in report.tests.findings if finding.severity.value == "error"] == []
    return read, report


def rows(report: SuggestionReport) -> dict[str, tuple[list[str], list[str]]]:
    return {
        item.segment.name: (sorted(map(flow, item.taken)), sorted(map(flow, item.left))) for item in report.suggestions
    }


def test_rows_on_the_bound_and_a_missing_value_are_suggested() -> None:
    _, report = suggested("segments: {young: age < 30}\n")
    assert rows(report) == {"young": (["{age: 29}"], ["{age: 30}", "{age: null}"])}


def test_other_clauses_hold_in_each_row() -> None:
    _, report = suggested("segments: {young: age < 30 and country == 'TH'}\n")
    taken, left = rows(report)["young"]
    assert taken == ["{age: 29, country: TH}"]
    assert left == ["{age: 29, country: US}", "{age: 30, country: TH}", "{country: TH}"]


def test_a_segment_gets_a_row_that_is_in_and_one_that_is_out() -> None:
    rules = "traits: {a: age > 3, b: country == 'TH'}\nsegments: {both: a and b, abroad: country != 'TH'}\n"
    _, report = suggested(rules)
    assert rows(report) == {
        "both": (["{a: true, b: true}"], ["{a: true}", "{b: true}"]),
        "abroad": (["{country: US}"], ["{country: TH}"]),
    }


def test_rows_that_nobody_can_be_are_not_suggested() -> None:
    rules = """\
traits: {number: count(orders), lately: count(orders in last 30 days), quiet: days_since(max(orders.at))}
segments: {fan: lately >= 2 and number >= 1, few: quiet < 9 and number >= 1, old: age >= 0 and country == 'TH'}
"""
    _, report = suggested(rules)
    found = rows(report)
    assert found["fan"][0] != []
    assert all("number: 1}" not in row for row in found["fan"][0])  # two of late are two in all
    assert found["fan"][1] != []
    assert all(row.startswith("{lately: 1, ") for row in found["fan"][1])
    assert all("number: 0" not in row or "quiet" not in row for side in found["few"] for row in side)
    assert all("age: -1" not in row for side in found["old"] for row in side)


def test_what_a_test_has_already_is_not_suggested() -> None:
    rules = """\
segments:
  young:
    when: age < 30
    examples: {in: [{age: 29}], out: [{country: TH}]}
"""
    _, report = suggested(rules)
    assert rows(report) == {"young": ([], ["{age: 30}"])}


def test_a_rule_about_the_key_is_given_keys() -> None:
    read, report = suggested("segments:\n  first_ones: id < 5 or age == id\n")
    changes, _ = changes_for(read, report)
    results = run_tests(with_texts(read, {change.path: change.after for change in changes})).results
    assert results
    assert [result.message for result in results if not result.passed] == []
    assert all(row["id"] is not None for row in (*report.suggestions[0].taken, *report.suggestions[0].left))


@pytest.mark.parametrize(
    "rule",
    [
        "any: [company.size > 5, company_id >= 0]",
        "any: [company.size > 5 and age > 3, company_id >= 0]",
        "all: [company.size <= 5 or company.size is missing, company_id is missing]",
        "any: [company_id >= 0, not (company.size > 5)]",
    ],
)
def test_nothing_is_given_of_what_a_missing_column_would_lead_to(rule: str) -> None:
    """An example that has a company's size is given a company."""
    project = PROJECT.replace("joined: date\n", "joined: date\n      company_id: integer\n    lookups:\n" + COMPANY)
    read = running.Files({"segrules.yml": project, "segments/a.yml": f"segments:\n  some:\n    {rule}\n"})
    report = run_suggestions(read)
    changes, refused = changes_for(read, report)
    assert refused == ()
    results = run_tests(with_texts(read, {change.path: change.after for change in changes})).results
    assert results
    assert [result.message for result in results if not result.passed] == []


def test_days_count_from_the_as_of() -> None:
    _, report = suggested("segments: {fresh: joined is in last 7 days}\n")
    taken, left = rows(report)["fresh"]
    assert "{joined: 2026-01-25}" in taken
    assert "{joined: 2026-01-24}" in left


def test_a_rule_over_rows_is_named_and_not_guessed_at() -> None:
    _, report = suggested("segments: {buyer: count(orders) > 1, in_top_tenth: 'in_top(10%, age)'}\n")
    assert report.suggestions == ()
    assert [segment.name for segment in report.others] == ["buyer", "in_top_tenth"]


LAYOUTS = {
    "short": "segments:\n  young: age < 30   # under thirty\n  other: country == 'US'\n",
    "quoted": "segments:\n  'young': 'age < 30'\n",
    "last line without a break": "segments:\n  young: age < 30",
    "long": (
        "segments:\n  young:\n    label: Young   # said so\n    when: age < 30\n\n"
        "  # of others\n  other:\n    when: country == 'US'\n"
    ),
    "folded": "segments:\n  young:\n    when: >-\n      age <\n      30\n    owner: me\ntraits: {x: age + 1}\n",
    "tree": "segments:\n  young:\n    all:\n      - age < 30\n      - any: [country == 'US', joined is known]\n",
    "deep indent": "segments:\n      young:\n            when: age < 30\n",
    "examples in brackets": (
        "segments:\n  young:\n    when: age < 30\n    examples:\n      in: [{age: 3}]  # a child\n"
        "      out: [{age: 50}, {age: 51}]\n"
    ),
    "examples in lines": (
        "segments:\n  young:\n    when: age < 30\n    examples:\n      in:\n        - {age: 3}  # a child\n      out:\n"
        "        - {age: 50}\n    owner: me\n"
    ),
    "one kind of examples": (
        "segments:\n  young:\n    when: age < 30\n    examples:\n      in: [{age: 3}]\n    owner: me\n"
    ),
    "windows line ends": "segments:\r\n  young: age < 30\r\n  other: country == 'US'\r\n",
}


@pytest.mark.parametrize("rules", LAYOUTS.values(), ids=LAYOUTS)
def test_examples_are_put_in_and_the_rest_stays(rules: str) -> None:
    read, report = suggested(rules)
    changes, refused = changes_for(read, report)
    assert refused == ()
    (change,) = changes
    written = with_texts(read, {change.path: change.after})
    results = run_tests(written).results
    assert results
    assert all(result.passed for result in results)
    assert run_suggestions(written).suggestions == ()
    assert ("\r\n" in rules) == ("\r\n" in change.after)
    assert change.after.count("\n") - change.after.count("\r\n") == 0 or "\r\n" not in rules
    kept = iter("".join(change.after.split()))
    assert all(character in kept for character in "".join(rules.split()))  # all of it, in its order


def test_an_example_has_nothing_behind_a_lookup_whose_row_has_no_key() -> None:
    project = """\
segrules: 1
as_of: 2026-01-31
entities:
  customer:
    source: c.csv
    key: id
    columns: {id: integer, credit: decimal, seen: timestamp, company_id: integer}
    lookups: {company: {entity: company, on: company_id}}
  company: {source: k.csv, key: company_id, columns: {company_id: integer, founded: date}}
relations:
  orders: {of: customer, source: o.csv, key: id, time: at, columns: {id: integer, at: date}}
"""
    rules = """\
entity: customer
traits: {last: max(orders.at)}
segments:
  vip:
    any:
      - credit > id or (today - company.founded) <= 90 minutes
      - not ((last >= seen) == (company.company_id between -7 and -7))
"""
    read = running.Files({"segrules.yml": project, "segments/a.yml": rules})
    report = run_suggestions(read)
    changes, refused = changes_for(read, report)
    assert refused == ()
    results = run_tests(with_texts(read, {change.path: change.after for change in changes})).results
    assert results
    assert [result.message for result in results if not result.passed] == []


@pytest.mark.parametrize(
    "rules",
    [
        "segments: {young: age < 30}\n",
        "segments:\n  young: >-\n    age <\n    30\n",
        "segments:\n  young: {when: age < 30}\n",
    ],
    ids=["in braces", "short and folded", "a segment in braces"],
)
def test_a_layout_without_a_place_is_left_alone(rules: str) -> None:
    read, report = suggested(rules)
    changes, refused = changes_for(read, report)
    assert changes == ()
    assert [item.segment.name for item in refused] == ["young"]


@settings(max_examples=settings().max_examples // 10)
@given(sample=samples())
def test_suggestions_pass_and_leave_nothing_to_suggest(sample: Sample) -> None:
    as_of = json.dumps({**json.loads(sample.files["segrules.yml"]), "as_of": sample.as_of})
    files = {**sample.files, "segrules.yml": as_of}
    for path in ("segments/rules.yml", "segments/companies.yml"):
        files[path] = "".join(in_lines(line) for line in files[path].splitlines())
    read = running.Files(files)
    report = run_suggestions(read)
    changes, refused = changes_for(read, report)
    assert refused == ()
    written = with_texts(read, {change.path: change.after for change in changes})
    results = run_tests(written).results
    assert sum(len(item.taken) + len(item.left) for item in report.suggestions) == len(results)
    assert [result.message for result in results if not result.passed] == []


def in_lines(line: str) -> str:
    """A line of a sample's rule file; segments each in lines of their own."""
    if not line.startswith("segments: "):
        return line + "\n"
    text = ["segments:\n"]
    for name, content in json.loads(line.removeprefix("segments: ")).items():
        key = json.dumps(name, ensure_ascii=False)
        if isinstance(content, str):
            text.append(f"  {key}: {json.dumps(content, ensure_ascii=False)}\n")
        else:
            text.append(f"  {key}:\n")
            text += [f"    {word}: {json.dumps(value, ensure_ascii=False)}\n" for word, value in content.items()]
    return "".join(text)
