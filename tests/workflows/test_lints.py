"""Remarks of a reviewer: what is remarked on, and above all what is not."""

from __future__ import annotations

from datetime import date

import pytest
from memory_reader import SHOP, reader

from segrules.diagnostics import CODES
from segrules.workflows.validate import validate


def remarks(segments: str, tests: str = "", levels: str = "", project: str = SHOP) -> list[str]:
    """Each finding that is not proven as its code, the words that it is about, and its message."""
    checked = validate(
        reader(segments, tests, project + (f"findings: {levels}\n" if levels else "")), lint_on=date(2026, 1, 31)
    )
    said = [item for item in checked.findings if not CODES[item.code].is_proof]
    return [f"{item.code} {item.span.text if item.span else ''}: {item.message}" for item in said]


TRAITS = "traits:\n  n: count(orders)\n"


@pytest.mark.parametrize(
    ("segments", "unused"),
    [
        (TRAITS + "segments: {a: age > 3}\n", ["n"]),
        (TRAITS + "segments: {a: n > 3}\n", []),
        (TRAITS + "segments: {a: customer.n > 3}\n", []),
        (TRAITS + "segments: {a: age > 3}\ncarry: [n]\n", []),
        (TRAITS + "  m: n + 1\nsegments: {a: age > 3}\n", ["m"]),
        (TRAITS + "segments: {a: age > 3}\nsegmentations: {s: {stages: {x: n > 1}}}\n", []),
        (TRAITS + "segments: {a: any(orders where amount > n)}\n", []),
        (TRAITS + "segments: {a: 'rank(n desc) < 9'}\n", []),
        (TRAITS + "segments: {a: {when: age > 3, suppress: n == 0}}\n", []),
        (TRAITS + "segments: {a: {when: age > 3, examples: {in: [{age: 4, n: 0}]}}}\n", []),
        (TRAITS + "segments:\n  a: was(segments.b, 30 days ago)\n  b: age > 3\n", ["n"]),
        (TRAITS, []),  # others may use a project of traits alone
    ],
)
def test_a_trait_that_nothing_uses(segments: str, unused: list[str]) -> None:
    assert remarks(segments) == [f"unused-trait {name}: nothing uses the trait `{name}`" for name in unused]


def test_a_test_uses_a_trait() -> None:
    case = "cases:\n  - {name: x, given: {customer: [{customer_id: 1}]}, expect: {n: {1: 0}}}\n"
    assert remarks(TRAITS + "segments: {a: age > 3}\n", case) == []


COMPANIES = """\
segrules: 1
entities:
  company: {source: c.csv, key: id, columns: {id: integer, size: integer}}
  user:
    source: u.csv
    key: user_id
    columns: {user_id: integer, company_id: integer}
    lookups: {company: {entity: company, on: {company_id: id}}}
"""


def test_another_entity_uses_a_trait() -> None:
    files = {"segrules.yml": COMPANIES, "segments/c.yml": "entity: company\ntraits: {big: size > 9, small: size < 3}\n"}
    read = reader("", project=COMPANIES)
    read.files.update(files, **{"segments/u.yml": "entity: user\nsegments: {a: company.big}\n"})
    found = validate(read, lint_on=date(2026, 1, 31)).findings
    assert [(item.code, item.span and item.span.text) for item in found] == [("unused-trait", "small")]


def test_a_derived_relation_uses_a_trait() -> None:
    project = SHOP + "  big:\n    from: orders\n    where: amount > usual\n"
    assert remarks("traits: {usual: age * 2}\nsegments: {a: any(big)}\n", project=project) == []


@pytest.mark.parametrize(
    ("rule", "is_used"),
    [
        ("age > params.p", True),
        ('age > params . "p"', True),
        ("count(orders where amount > params.p) > 1", True),
        ("age > 3", False),
        ("age > params.pp", False),
    ],
)
def test_a_param_that_nothing_uses(rule: str, is_used: bool) -> None:
    found = remarks(f"params: {{p: 3, pp: 4}}\nsegments: {{a: '{rule}', b: age > params.pp}}\n")
    assert found == ([] if is_used else ["unused-param p: nothing uses the param `p`"])


def test_a_param_with_a_thai_name() -> None:
    rules = "params: {ค่า: 3, ค่าที่สอง: 4}\nsegments: {a: age > params.ค่าที่สอง}\n"
    assert remarks(rules) == ["unused-param ค่า: nothing uses the param `ค่า`"]


def test_remarks_wait_for_errors_to_go() -> None:
    (only,) = remarks(TRAITS + "segments: {a: nobody > 3}\n")
    assert only.startswith("unknown-name nobody")


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (("age > 30", "age <= 30", "not age == 30"), ["`age` is compared with `30` in 3 rules: `a`, `b`, `c`"]),
        (("age > 30", "age <= 30"), []),
        (("age > 30", "age > 31", "age > 32"), []),
        (("age > 1", "age < 1", "age == 1"), []),
        (("age >= 2", "age < 2", "age == 2"), []),
        (("age > params.p", "age <= params.p", "age < params.p - 1"), []),
        (("age > 30 and age < 30", "age > 30", "country == 'TH'"), []),
        (("age between 30 and 40", "age > 40", "40 > age"), ["`age` is compared with `40` in 3 rules: `a`, `b`, `c`"]),
        (
            (
                "count(orders in last 9 days) > 5",
                "count(orders in last 9 days) > 5 and age < 3",
                "count( orders in last 9 days) < 5",
            ),
            ["`count(orders in last 9 days)` is compared with `5` in 3 rules: `a`, `b`, `c`"],
        ),
        (("country == 'TH'", "country == 'TH' and age > 3", "country != 'TH' and country is known"), []),
        (("age > 10%", "age > 0.1", "age < 0.10"), ["`age` is compared with `10%` in 3 rules: `a`, `b`, `c`"]),
    ],
)
def test_a_number_that_is_in_several_rules(rules: tuple[str, ...], found: list[str]) -> None:
    segments = "".join(f'  {name}: "{rule}"\n' for name, rule in zip("abcd", rules, strict=False))
    text = f"params: {{p: 30}}\nsegments:\n{segments}  z: age < params.p\n"
    lines = [line.partition(": ")[2] for line in remarks(text, levels="{negative-on-missing: off}")]
    assert lines == found


def test_a_segmentation_is_one_rule() -> None:
    stages = "segmentations: {s: {stages: {a: age > 50, b: age > 30 and country == 'TH', c: age > 30}}}\n"
    assert remarks("segments: {a: age > 30}\n" + stages) == []


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("rating == 4.5", True),
        ("rating in [4.5, 5]", True),
        ("rating in [4, 5]", False),
        ("rating == 5", False),
        ("rating != 4.5 and rating is known", True),
        ("sum(orders.weight) == 0", False),
        ("sum(orders.weight) == 5", True),
        ("share(orders where amount > 3) == 1", False),
        ("share(orders where amount > 3) == 50%", True),
        ("round(avg(orders.weight)) == 5", False),
        ("avg(orders.weight) == rating", True),
        ("rating >= 4.5", False),
        ("age == 5", False),
        ("age / 2 == 1.5", True),
        ("sum(orders.amount) == 4.5", False),
    ],
)
def test_equality_of_inexact_numbers(rule: str, found: bool) -> None:
    project = SHOP.replace("email: text", "email: text\n      rating: number").replace(
        "channel: text", "channel: text\n      weight: number"
    )
    lines = remarks(f"segments: {{a: '{rule}'}}\n", project=project, levels="{inexact-threshold: off}")
    assert [line.split()[0] for line in lines] == ["float-equality"] * found


@pytest.mark.parametrize(
    ("rule", "range"),
    [
        ("rating == 4.5", "rating between 4.45 and 4.55"),
        ("rating in [1, 0.25]", "rating between 0.245 and 0.255"),
        ("avg(orders.weight) == 30", "avg(orders.weight) between 29.5 and 30.5"),
        ("avg(orders.weight) == rating", "abs(avg(orders.weight) - rating) < 0.001"),
        ("avg(orders.weight) == rating - 1", "abs(avg(orders.weight) - (rating - 1)) < 0.001"),
        ("rating == (age + 1) - (age - 1)", "abs(rating - ((age + 1) - (age - 1))) < 0.001"),
        ("rating == (age - 1)", "abs(rating - (age - 1)) < 0.001"),
        ("rating == 0.5", "rating between 0.45 and 0.55"),
    ],
)
def test_equality_of_inexact_numbers_names_the_range_that_may_be_meant(rule: str, range: str) -> None:
    project = SHOP.replace("email: text", "email: text\n      rating: number").replace(
        "channel: text", "channel: text\n      weight: number"
    )
    (only,) = validate(reader(f"segments:\n  a: {rule}\n", project=project)).findings
    assert only.help == f"test a range, `{range}`, or declare the columns behind it as `decimal`"
    found = validate(reader(f"segments:\n  a: {range}\n", project=project)).findings
    assert [item.code for item in found if item.code != "inexact-threshold"] == []


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("today < 2025-10-01", "`2025-10-01` lies so far back that the test `today < 2025-10-01` never holds any"),
        ("now > 2020-01-01", "`2020-01-01` lies so far back that the test `now > 2020-01-01` always holds by now"),
        ("2020-01-01 <= today", "`2020-01-01` lies so far back that the test `2020-01-01 <= today` always holds"),
        ("today == 2025-01-01", "`2025-01-01` lies so far back that the test `today == 2025-01-01` never holds"),
        ("today < 2025-12-24", None),  # over, and not for long
        ("today < 2026-12-24", None),
        ("today - 1 year < 2025-01-01", None),
        ("today - 30 days > 2025-01-01", "`2025-01-01` lies so far back"),
        ("today > joined_on", None),
        ("month(today) == 12", None),
        ("any(orders from 30 days ago to 2025-03-31)", "`2025-03-31` lies so far back that nothing comes after"),
        ("any(orders from 2020-01-01 to 30 days ago)", None),
        ("any(orders from 2020-01-01 to 2020-03-31)", None),  # who bought in that spring
        ("any(orders since 2020-01-01)", None),
        ("joined_on > 2019-01-01", "`2019-01-01` decides nothing: `joined_on` is never before 2020-01-01, its `min`"),
        ("joined_on > 2020-01-01", None),
        ("joined_on > 2021-01-01", None),
        ("joined_on between 2024-01-01 and 2031-01-01", "`2031-01-01` decides nothing: `joined_on` is never after"),
        ("any(orders where ordered_at < 2018-01-01)", "`2018-01-01` decides nothing: `orders.ordered_at` is never bef"),
        ("any(orders before 2018-01-01)", "`2018-01-01` decides nothing: `orders.ordered_at` is never before 2019-"),
        ("params.until < today", "`params.until` lies so far back"),
    ],
)  # fmt: skip
def test_a_date_that_decides_nothing(rule: str, found: str | None) -> None:
    project = SHOP.replace("joined_on: {type: date,", "joined_on: {type: date, min: 2020-01-01, max: 2030-12-31,")
    project = project.replace("ordered_at: timestamp", "ordered_at: {type: timestamp, min: 2019-01-01T00:00:00}")
    lines = remarks(
        f"params: {{until: 2025-01-01}}\nsegments: {{a: '{rule}', z: params.until == joined_on}}\n", project=project
    )
    assert [line.partition(": ")[2][: len(found or "")] for line in lines] == ([found] if found else [])
    assert all(line.startswith("stale-date ") for line in lines)


def test_a_project_without_an_as_of_is_looked_at_on_the_day() -> None:
    project = SHOP.replace("as_of: 2026-01-31\n", "")
    rules = reader("segments: {a: today < 2026-01-31}\n", project=project)
    assert validate(rules, lint_on=date(2026, 2, 3)).findings == ()
    assert [item.code for item in validate(rules, lint_on=date(2026, 6, 3)).findings] == ["stale-date"]
    assert validate(rules).findings == ()


ASKED = "{missing-owner: warning, missing-test: info}"


def test_owners_and_tests_are_asked_for_by_the_project() -> None:
    rules = (
        "segments:\n  a: age > 3\n  c: age > 5\n  b: {when: age > 4, owner: crm@shop.co, examples: {in: [{age: 5}]}}\n"
        "segmentations:\n  s: {stages: {x: age > 6}, owner: me}\n  t: {stages: {x: age > 7}}\n"
    )
    case = "cases:\n  - {name: x, given: {customer: [{customer_id: 1}]}, expect: {c: [], s.x: []}}\n"
    assert remarks(rules, case) == []
    assert sorted(remarks(rules, case, ASKED)) == [
        "missing-owner a: `a` has no owner",
        "missing-owner c: `c` has no owner",
        "missing-owner t: `t` has no owner",
        "missing-test a: no test is about `a`",
        "missing-test t: no test is about `t`",
    ]
