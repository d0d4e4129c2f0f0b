"""Two entities that lead to each other, and the past, from files to members, samples and tests."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from segrules.project.reader import folder_reader
from segrules.workflows.apply import count
from segrules.workflows.sample import sample
from segrules.workflows.schema import schema
from segrules.workflows.show_sql import show_sql
from segrules.workflows.testing.unit_tests import run_tests

YML = """\
segrules: 1
as_of: 2026-01-31
entities:
  user:
    source: users.csv
    key: user_id
    columns: {user_id: integer, firm: integer, joined: date, word: text}
    lookups: {company: {entity: company, on: {firm: id}}}
  company:
    source: companies.csv
    key: id
    columns: {id: integer, kind: text}
relations:
  visits: {of: user, source: visits.csv, key: user_id, time: day, columns: {user_id: integer, day: date}}
  members:
    of: company
    source: users.csv
    key: firm
    time: joined
    columns: {firm: integer, user_id: integer, joined: date}
    lookups: {user: {entity: user, on: user_id}}
"""
USERS = """\
entity: user
traits: {visits: count(visits), home: word, firm_size: company.size}
segments:
  regular: visits >= 2
  in_bank: company.kind == 'bank'
  in_big: company.segments.big
  new_regular: segments.regular and not was(segments.regular, start_of(month, today) - 1 day)
"""
COMPANIES = """\
entity: company
traits: {size: count(members)}
segments:
  big: size >= 2
  busy: any(members where user.segments.regular)
"""


@pytest.fixture
def firms(tmp_path: Path) -> Path:
    root = tmp_path / "firms"
    (root / "segments").mkdir(parents=True)
    (root / "segrules.yml").write_text(YML)
    (root / "segments/users.yml").write_text(USERS)
    (root / "segments/companies.yml").write_text(COMPANIES)
    users = "1,10,2025-01-01,a\n2,10,2025-01-01,b\n3,20,2025-01-01,c\n4,99,2025-01-01,d\n5,,2025-01-01,e\n"
    (root / "users.csv").write_text(f"user_id,firm,joined,word\n{users}")
    (root / "companies.csv").write_text("id,kind\n10,bank\n20,shop\n30,bank\n")
    visits = "1,2026-01-05\n1,2026-01-06\n3,2025-12-01\n3,2025-12-02\n"
    (root / "visits.csv").write_text(f"user_id,day\n{visits}")
    return root


def counts(root: Path) -> dict[str, int]:
    outcome = count(root)
    assert [finding.message for finding in outcome.findings if finding.severity.value == "error"] == []
    return {f"{item.entity}.{item.segment}": item.members for item in outcome.counts}


def codes(root: Path, as_of: str | None = None) -> list[str]:
    others = ("ignored-rows", "negative-on-missing")
    findings = (finding for finding in count(root, as_of=as_of).findings if finding.code not in others)
    return [f"{finding.code}: {finding.message}" for finding in findings]


def with_rules(root: Path, old: str, new: str) -> None:
    assert old in USERS
    (root / "segments/users.yml").write_text(USERS.replace(old, new))


EXPECTED = {
    "user.regular": 2,
    "user.in_bank": 2,
    "user.in_big": 2,
    "user.new_regular": 1,
    "company.big": 1,
    "company.busy": 2,
}


def test_members(firms: Path) -> None:
    assert counts(firms) == EXPECTED


def test_the_shown_sql_runs(firms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(firms)
    text, _, code = show_sql(Path(), select=["in_big", "new_regular"])
    assert code == 0
    found = duckdb.sql(text.rstrip(";"))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    assert {row["user_id"] for row in rows if row["in_big"]} == {1, 2}
    assert {row["user_id"] for row in rows if row["new_regular"]} == {1}


def test_columns_that_the_data_tells(firms: Path) -> None:
    """Without contracts the columns of the other entity come from the data as well."""
    lines = [line for line in YML.splitlines() if "columns:" not in line or "source" in line]
    (firms / "segrules.yml").write_text("\n".join(lines) + "\n")
    assert counts(firms) == EXPECTED
    written = schema(firms)
    assert "company: {entity: company" in written.text or written.findings == ()


def test_a_text_that_another_entity_never_has(firms: Path) -> None:
    with_rules(firms, "'bank'", "'bonk'")
    assert codes(firms) == ["constant-never-occurs: `company.kind` is never 'bonk' in the data"]


def test_a_sample_has_the_rows_that_lookups_lead_to(firms: Path, tmp_path: Path) -> None:
    out = tmp_path / "small"
    made = sample(firms, out, keys=2)
    assert made.findings == ()
    users = list(csv.DictReader((out / "users.csv").open()))
    companies = {row["id"] for row in csv.DictReader((out / "companies.csv").open())}
    assert len(users) >= 2
    assert not companies & {"10", "20", "30"}
    known = {row["firm"] for row in users if row["firm"]} & companies
    assert known or all(row["word"] in ("", "d", "e") for row in users)


def test_cases_give_rows_of_the_other_entity_under_its_name(firms: Path) -> None:
    (firms / "tests").mkdir()
    (firms / "tests/a.yml").write_text(
        "cases:\n"
        "  - name: good\n"
        "    given:\n"
        "      user: [{user_id: 1, firm: 7}]\n"
        "      company: [{id: 7, kind: bank}]\n"
        "      members: [{firm: 7, user_id: 1, joined: 2025-01-01}]\n"
        "    expect: {in_bank: [1], firm_size: {1: 1}, big: []}\n"
        "  - name: bad\n"
        "    given: {user: [{user_id: 1, firm: 7}], company: [{id: 7, kind: shop}]}\n"
        "    expect: {in_bank: [1]}\n"
    )
    report = run_tests(folder_reader(firms))
    assert report.findings == ()
    assert [result.message.splitlines() for result in report.results] == [
        [],
        ["in_bank: missing 1", "  1:", "    company.kind == 'bank' is false (company.kind = 'shop')"],
    ]


def test_a_lookup_to_an_entity_has_no_rows_of_its_own(firms: Path) -> None:
    (firms / "tests").mkdir()
    (firms / "tests/a.yml").write_text(
        "cases: [{name: one, given: {user.company: [{id: 7}]}, expect: {in_bank: []}}]\n"
    )
    (finding,) = run_tests(folder_reader(firms)).findings
    assert (finding.code, finding.help) == (
        "invalid-test",
        "did you mean `company`?",
    )


# the past


def test_was_says_which_columns_are_todays(firms: Path) -> None:
    with_rules(firms, "  in_bank:", "  moved: home != was(home, 30 days ago) and home is known\n  in_bank:")
    assert codes(firms) == ["today-columns: `was` reads `word` as it is today"]


def test_was_of_another_entitys_columns(firms: Path) -> None:
    with_rules(firms, "  in_bank:", "  banked: was(segments.in_bank, 30 days ago)\n  in_bank:")
    assert codes(firms) == ["today-columns: `was` reads `company.kind` as it is today"]


def test_a_moment_after_the_as_of_instant_stops_the_run(firms: Path) -> None:
    with_rules(firms, "start_of(month, today) - 1 day", "2026-01-15")
    assert codes(firms) == []
    assert count(firms, as_of="2026-01-15").exit_code == 0
    outcome = count(firms, as_of="2026-01-14")
    assert outcome.exit_code == 1
    assert [finding.message for finding in outcome.findings] == [
        "`2026-01-15` lies after 2026-01-14, as of which rules are read"
    ]


def test_a_moment_after_the_as_of_of_a_case_fails_it(firms: Path) -> None:
    with_rules(firms, "start_of(month, today) - 1 day", "2026-01-15")
    (firms / "tests").mkdir()
    (firms / "tests/a.yml").write_text(
        "as_of: 2026-01-01\ncases:\n"
        "  - {name: one, given: {user: [{user_id: 1}]}, expect: {new_regular: []}}\n"
        "  - {name: other, given: {user: [{user_id: 1}]}, expect: {regular: []}}\n"
    )
    first, second = run_tests(folder_reader(firms)).results
    assert first.message == "`2026-01-15` lies after 2026-01-01, as of which rules are read"
    assert second.passed


# examples


def examples(root: Path, rule: str, inside: str, outside: str) -> list[str]:
    text = f"  x:\n    when: {rule}\n    examples: {{in: [{inside}], out: [{outside}]}}\n"
    with_rules(root, "  in_bank:", f"{text}  in_bank:")
    report = run_tests(folder_reader(root))
    assert [finding.message for finding in report.findings if finding.severity.value == "error"] == []
    assert len(report.results) == 2
    return [result.message for result in report.results if not result.passed]


@pytest.mark.parametrize(
    ("rule", "inside", "outside"),
    [
        ("company.kind == 'bank'", "{company.kind: bank}", "{company.kind: shop}"),
        ("company.size >= 5", "{company.size: 5}", "{company.size: 4}"),
        ("company.segments.big", "{company.segments.big: true}", "{company.segments.big: false}"),
        ("company.segments.big and visits > 1", "{company.size: 2, visits: 2}", "{company.size: 1, visits: 2}"),
        ("company.kind == 'bank' and firm == 7", "{company.kind: bank, firm: 7}", "{company.kind: bank, firm: 8}"),
        ("not company.segments.big", "{word: a}", "{company.segments.big: true}"),
    ],
)
def test_examples_give_what_lookups_lead_to(firms: Path, rule: str, inside: str, outside: str) -> None:
    assert examples(firms, rule, inside, outside) == []


def test_an_example_that_is_wrong_about_another_entity(firms: Path) -> None:
    assert examples(firms, "company.size >= 5", "{company.size: 4}", "{company.size: 4}") == [
        "{company.size: 4} is expected to be a member, but is not\n  company.size >= 5 is false (company.size = 4)"
    ]


@pytest.mark.parametrize("name", ["company.sizes", "company.segments.bigg", "company.big"])
def test_examples_of_nothing_that_lookups_lead_to(firms: Path, name: str) -> None:
    with_rules(firms, "  in_bank:", f"  x: {{when: word == 'a', examples: {{in: [{{{name}: 1}}]}}}}\n  in_bank:")
    report = run_tests(folder_reader(firms))
    assert [finding.code for finding in report.findings if finding.severity.value == "error"] == ["unknown-name"]


def test_a_key_that_stood_twice_at_the_moment_looked_at(firms: Path) -> None:
    """Today each company has one valid row; at the end of 2025 one of them had two."""
    kept = YML.replace(
        "columns: {id: integer, kind: text}", "valid: [a, b]\n    columns: {id: integer, kind: text, a: date, b: date}"
    )
    (firms / "segrules.yml").write_text(kept)
    rows = "10,bank,2020-01-01,2026-01-10\n10,bank,2025-06-01,2026-01-05\n10,bank,2026-01-10,\n20,shop,2020-01-01,\n"
    (firms / "companies.csv").write_text(f"id,kind,a,b\n{rows}")
    assert codes(firms) == []
    with_rules(firms, "  in_bank:", "  banked: was(segments.in_bank, 2025-12-31)\n  in_bank:")
    message = "1 key of `company` stands more than once, such as `10`, when `was` looks at 2026-01-01T00:00:00"
    assert codes(firms) == [f"duplicate-entity-key: {message}"]
