"""What atoms there are in rules, and what cases and examples see of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pytest

from segrules.engines import EngineError
from segrules.project.reader import folder_reader
from segrules.workflows.testing import watching
from segrules.workflows.testing.case_runs import Computed, compute
from segrules.workflows.testing.coverage import Coverage, RuleCoverage, coverage, percent, run_watched, totals, unseen
from segrules.workflows.testing.unit_tests import run_tests

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  customer:
    source: c.csv
    key: id
    columns:
     {id: integer, country: text, age: integer, active: boolean, joined: {type: date, missing: never}, company: integer}
    lookups: {company: {entity: company, on: {company: company_id}}}
  company: {source: d.csv, key: company_id, columns: {company_id: integer, staff: integer}}
relations:
  orders:
    {of: customer, source: o.csv, key: id, time: at, columns: {id: integer, at: date, amount: integer, channel: text}}
  paid: {from: orders, where: amount > 0, columns: {kind: "if(channel == 'web', 'w', 'o')"}}
"""
Seen = dict[str, tuple[str, str]]
Rules = dict[str, RuleCoverage]


class Run(Protocol):
    """Tests rules of customers (and of companies) and gives what they saw by the names of rules."""

    def __call__(self, rules: str, cases: str = "", suppress: str = "", companies: str = "") -> Rules: ...


@pytest.fixture
def rules_of(tmp_path: Path) -> Run:
    def run(rules: str, cases: str = "", suppress: str = "", companies: str = "") -> Rules:
        for folder in ("segments", "tests"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "segrules.yml").write_text(PROJECT + suppress)
        (tmp_path / "segments" / "a.yml").write_text(rules)
        (tmp_path / "segments" / "b.yml").write_text(companies)
        (tmp_path / "tests" / "a.yml").write_text(f"cases:\n{cases}" if cases else "")
        read = folder_reader(tmp_path)
        report, watch = run_watched(read)
        assert watch is not None, report.findings
        plain = run_tests(read)
        assert [(one.name, one.passed, one.message) for one in report.results] == [
            (one.name, one.passed, one.message) for one in plain.results
        ]
        found = {rule.name.name: rule for rule in coverage(watch)}
        return {name: rule for name, rule in found.items() if name != "paid" or "paid" in rules}

    return run


def shown(parts: tuple[Coverage, ...]) -> Seen:
    """By test what was seen and what was not, in letters: true, false, missing; matched, not matched."""
    return {part.what: ("".join(one[0] for one in part.seen), "".join(one[0] for one in part.unseen)) for part in parts}


CUSTOMERS = """\
  - name: a
    given: {customer: [{id: 1, age: 5, country: TH, joined: 2026-01-30}, {id: 2, joined: 2020-01-01}]}
"""


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("age > 3 and not (country == 'TH')", "age > 3: tm/f, country == 'TH': tm/f"),
        ("age not between 1 and 9 and country != 'TH'", "age not between 1 and 9: fm/t, country != 'TH': fm/t"),
        ("joined is in last 7 days or age is known", "joined is in last 7 days: tf/, age is known: tf/"),
        ("joined is known and age > 3 and 1 < 2", "joined is known: t/, age > 3: tm/f"),
        ("not active or country contains 'x'", "active: m/tf, country contains 'x': fm/t"),
        ("if(age is known, age > 3, age > 9)", "age is known: tf/, age > 3: t/fm, age > 9: m/tf"),
        ("coalesce(active, true)", "coalesce(active, true): t/f"),
        ("at_least(1, age > 3, age > 9)", "at_least(1, age > 3, age > 9): tf/, age > 3: tm/f, age > 9: fm/t"),
        (
            "case(age > 3 -> 1, age > 9 -> 2, else 3) < 3",
            "case(age > 3 -> 1, age > 9 -> 2, else 3) < 3: tf/, age > 3: tm/f, age > 9: m/tf",
        ),
        (
            "(age > 3) == (country == 'TH')",
            "(age > 3) == (country == 'TH'): t/f, age > 3: tm/f, country == 'TH': tm/f",
        ),
    ],
)
def test_the_smallest_tests_are_seen_true_false_and_missing(rules_of: Run, rule: str, expected: str) -> None:
    found = rules_of(
        f"entity: customer\nsegments:\n  vip:\n    when: >-\n      {rule}\n", CUSTOMERS + "    expect: {vip: [1]}\n"
    )
    assert ", ".join(f"{what}: {seen}/{left}" for what, (seen, left) in shown(found["vip"].atoms).items()) == expected


def test_trees_exceptions_and_suppressions_are_told_by_who_wrote_them(rules_of: Run) -> None:
    rules = """\
entity: customer
segments:
  vip:
    none: [age > 9, {any: [country == 'TH', segments.other]}]
    exclude: [7]
    suppress: active
  other: age < 3
"""
    found = rules_of(rules, CUSTOMERS + "    expect: {vip: [2]}\n", "suppress: {customer: joined > 2026-01-30}\n")
    assert shown(found["vip"].parts) == {
        "vip": ("mn", ""),
        "age > 9": ("fm", "t"),
        "country == 'TH'": ("tm", "f"),
        "segments.other": ("f", "t"),
        "active": ("m", "tf"),
    }
    assert shown(found["other"].parts) == {"other": ("n", "m"), "age < 3": ("fm", "t")}
    assert shown(found["suppress"].parts) == {"joined > 2026-01-30": ("f", "t")}


def test_tests_of_rows_are_seen_on_the_rows_that_get_to_them(rules_of: Run) -> None:
    rules = """\
entity: customer
segments:
  vip: count(orders where channel == 'web' and amount > 5 in last 7 days) >= 1
traits:
  spent: sum(if(orders.amount > 99, 99, orders.amount) where channel == 'app')
  kinds: count_distinct(paid.kind)
  early: "any(orders as o where none(orders where at < o.at and amount == o.amount))"
"""
    rules = rules.replace(
        "sum(if(amount > 99, 99, amount) where", "sum(if(orders.amount > 99, 99, orders.amount) where"
    )
    case = CUSTOMERS.replace(
        "]}\n",
        "],\n      orders: [{id: 1, at: 2026-01-30, amount: 3, channel: web}, {id: 1, at: 2025-01-30, amount: 9}]}\n",
    )
    found = rules_of(rules, case + "    expect: {vip: [], spent: {1: 0}, kinds: {1: 2}, early: {1: true}}\n")
    atoms = {name: shown(rule.atoms) for name, rule in found.items()}
    assert list(atoms["vip"].items())[1:] == [("channel == 'web'", ("t", "fm")), ("amount > 5", ("f", "tm"))]
    assert atoms["spent"] == {"orders.amount > 99": ("", "tfm"), "channel == 'app'": ("fm", "t")}
    assert atoms["paid"] == {"amount > 0": ("t", "fm"), "channel == 'web'": ("tm", "f")}
    assert list(atoms["early"].values()) == [("t", "f"), ("t", "f"), ("tf", ""), ("tf", "m")]


def test_a_case_sees_only_what_its_expectations_rest_on(rules_of: Run) -> None:
    rules = """\
entity: customer
traits: {grown: age >= 18, tier: "if(segments.far, 'a', 'b')"}
segments:
  vip: grown and company.segments.large
  far: country == 'RU'
"""
    companies = "entity: company\nsegments: {large: staff > 10, small: staff < 3}\n"
    case = """\
  - name: a
    given:
      customer: [{id: 1, age: 20, company: 1, joined: 2020-01-01}, {id: 2, age: 5, joined: 2020-01-01}]
      company: [{company_id: 1, staff: 20}, {company_id: 2, staff: 2}]
    expect: {vip: [1]}
"""
    found = rules_of(rules, case, companies=companies)
    assert {name: shown(rule.parts) for name, rule in found.items() if not rule.is_untested} == {
        "grown": {"age >= 18": ("tf", "m")},
        "vip": {"vip": ("mn", ""), "grown": ("tf", ""), "company.segments.large": ("tf", "")},
        "large": {"large": ("mn", ""), "staff > 10": ("tf", "m")},
    }
    assert {name for name, rule in found.items() if rule.is_untested} == {"tier", "far", "small"}


def test_what_looks_at_every_row_sees_every_row(rules_of: Run) -> None:
    rules = "entity: customer\nsegments: {vip: \"if(age > 3, in_top(1, age where country == 'TH'), false)\"}\n"
    found = rules_of(rules, CUSTOMERS + "    expect: {vip: [1]}\n")
    assert shown(found["vip"].atoms)["country == 'TH'"] == ("tm", "f")


def test_values_by_key_are_seen_for_these_keys_alone(rules_of: Run) -> None:
    rules = "entity: customer\nsegmentations: {band: {stages: {young: age < 18, old: age >= 18}}}\n"
    found = rules_of(rules, CUSTOMERS + "    expect: {band: {1: young}}\n")
    assert shown(found["band.young"].parts) == {"band.young": ("m", "n"), "age < 18": ("t", "fm")}
    assert shown(found["band.old"].parts) == {"band.old": ("n", "m"), "age >= 18": ("f", "tm")}
    found = rules_of(rules, CUSTOMERS + "    expect: {band.young: [1]}\n")
    assert shown(found["band.young"].parts) == {"band.young": ("mn", ""), "age < 18": ("tm", "f")}


def test_an_example_sees_its_segment_and_not_what_it_gives(rules_of: Run) -> None:
    rules = """\
entity: customer
traits: {grown: age >= 18, small: age < 3}
segments:
  vip:
    when: grown and not small and segments.far
    examples: {in: [{grown: true, age: 20, far: true}], out: [{grown: false, age: 1, far: true}]}
  far: country == 'RU'
"""
    found = rules_of(rules)
    assert shown(found["vip"].parts) == {
        "vip": ("mn", ""),
        "grown": ("tf", ""),
        "small": ("tf", ""),
        "segments.far": ("t", "f"),
    }
    assert shown(found["grown"].parts) == {"age >= 18": ("", "tfm")}
    assert shown(found["small"].parts) == {"age < 3": ("tf", "m")}
    assert found["far"].is_untested


def test_a_case_whose_atoms_cannot_be_computed_sees_nothing_and_passes_as_ever(
    rules_of: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_first_case(*arguments: Any) -> list[Computed]:
        _, _, rules, _, cases, _ = arguments
        is_watched = any(name.startswith("coverage ") for name in rules["customer"].traits)
        if is_watched and any(case["customer"][0]["id"] == 1 for case in cases):
            raise EngineError("a number is too large", "overflow")
        return compute(*arguments)

    monkeypatch.setattr(watching, "compute", without_first_case)
    second = "  - name: b\n    given: {customer: [{id: 2, age: 1, joined: 2020-01-01}]}\n    expect: {vip: []}\n"
    found = rules_of("entity: customer\nsegments: {vip: age > 3}\n", CUSTOMERS + "    expect: {vip: [1]}\n" + second)
    assert shown(found["vip"].parts) == {"vip": ("n", "m"), "age > 3": ("f", "tm")}


def test_a_number_that_if_keeps_rows_from_is_not_computed_for_them(rules_of: Run) -> None:
    rules = "entity: customer\nsegments:\n  vip: if(age < 9, age * 9_000_000_000_000_000_000 > 1, false)\n"
    case = CUSTOMERS.replace("{id: 2,", "{id: 2, age: 50,").replace("age: 5,", "age: 1,")
    found = rules_of(rules, case + "    expect: {vip: [1]}\n")
    assert list(shown(found["vip"].parts).values()) == [("mn", ""), ("tf", "m"), ("t", "fm")]


def test_a_share_is_never_rounded_up_and_whole_only_where_nothing_is_left(rules_of: Run) -> None:
    assert [percent(seen, 1000) for seen in (0, 9, 10, 999, 1000)] == [0, 0, 1, 99, 100]
    assert percent(0, 0) == 100
    rules = "entity: customer\nsegments: {vip: joined > 2025-01-01, all: true}\n"
    found = tuple(rules_of(rules, CUSTOMERS + "    expect: {vip: [1]}\n").values())
    assert totals(found) == (4, 4)
    assert unseen(found) == ()
    assert [rule.name.name for rule in found] == ["vip"]  # of a constant there is nothing to see


def test_rules_without_any_test_are_said_once(rules_of: Run) -> None:
    found = tuple(rules_of("entity: customer\nsegments: {vip: age > 3 and country == 'TH'}\n").values())
    (said,) = unseen(found)
    assert (said.message, said.span.text) == ("no test looks at the segment `vip`", "vip")
