# ruff: noqa: E501  (tables of cases, a line each)
"""Test cases: rows with the types of their columns, expectations, and everything that makes a case impossible."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from memory_reader import SHOP, MemoryReader, reader, shown

from segrules.project.cases import Case, load_cases
from segrules.project.loader import load
from segrules.project.resolve import resolve

RULES = """\
traits: {orders: count(orders), spend: sum(orders.amount), last: max(orders.ordered_at), home: country}
segments: {vip: orders >= 5, old: age > 60}
segmentations:
  lifecycle: {stages: {lead: orders == 0, new: orders == 1}, otherwise: active}
  groups: {hit: any, stages: {few: orders < 3, many: orders > 2}}
"""


def examined(tests: str, rules: str = RULES, project: str = SHOP) -> tuple[tuple[Case, ...], list[str]]:
    read = reader(rules, tests, project)
    found, findings = load(read)
    assert found is not None, shown(findings)
    cases, wrong = load_cases(read, found, resolve(found)[0])
    return cases, shown(wrong)


def case(given: str = "{}", expect: str = "{}", **other: str) -> Case:
    """The one case of a file without findings."""
    (only,), findings = examined(file(given, expect, **other))
    assert findings == []
    return only


def file(given: str = "{}", expect: str = "{}", head: str = "") -> str:
    return f"{head}cases:\n  - name: a\n    given: {given}\n    expect: {expect}\n"


def finding(given: str = "{}", expect: str = "{}", head: str = "") -> str:
    """What the one finding says of which words."""
    cases, findings = examined(file(given, expect, head))
    assert cases == ()
    (only,) = findings
    return only.split(" at ")[0] + " on " + only.split(" on ", 1)[1]


def value(column: str, written: str) -> Any:
    return case(f"{{customer: [{{customer_id: 1, {column}: {written}}}]}}").given["customer"][0][column]


def test_a_case_is_named_and_placed() -> None:
    only = case()
    assert (only.name, only.as_of, only.span.text) == ("a", date(2026, 1, 31), "a")
    assert only.span.file.path == "tests/cases.yml"


@pytest.mark.parametrize(
    ("column", "written", "expected"),
    [
        ("country", "TH", "TH"),
        ("country", "NO", "NO"),
        ("email", "012", "012"),
        ("email", "12", "12"),
        ("email", "1.50", "1.50"),
        ("email", "true", "true"),
        ("email", "2026-01-31", "2026-01-31"),
        ("email", "'null'", "null"),
        ("email", "''", ""),
        ("email", "null", None),
        ("email", "", None),
        ("age", "30", 30),
        ("age", "30.0", 30),
        ("age", "null", None),
        ("joined_on", "2026-01-31", date(2026, 1, 31)),
        ("joined_on", "'2026-01-31'", date(2026, 1, 31)),
        ("tags", "[a, 1]", ("a", "1")),
        ("tags", "[]", ()),
        ("tags", "null", None),
    ],
)
def test_values_take_the_types_of_their_columns(column: str, written: str, expected: object) -> None:
    assert value(column, written) == expected
    assert type(value(column, written)) is type(expected)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-01-31", datetime(2026, 1, 31)),
        ("2026-01-31T10:00:00", datetime(2026, 1, 31, 10)),
        ("2026-01-31 10:00:00.5", datetime(2026, 1, 31, 10, 0, 0, 500_000)),
        ("2026-01-31T10:00", datetime(2026, 1, 31, 10)),
        ("2026-01-31T10:00:00Z", datetime(2026, 1, 31, 17)),
        ("2026-01-31T10:00:00+07:00", datetime(2026, 1, 31, 10)),
    ],
)
def test_moments_are_on_the_projects_clock(written: str, expected: datetime) -> None:
    only = case(f"{{customer: [{{customer_id: 1}}], orders: [{{customer_id: 1, ordered_at: {written}}}]}}")
    assert only.given["orders"][0]["ordered_at"] == expected


@pytest.mark.parametrize(
    ("written", "expected"), [("10", "10"), ("10.50", "10.50"), ("-0.01", "-0.01"), ("1e3", "1e3")]
)
def test_decimals(written: str, expected: str) -> None:
    only = case(f"{{customer: [{{customer_id: 1}}], orders: [{{customer_id: 1, amount: {written}}}]}}")
    amount = only.given["orders"][0]["amount"]
    assert isinstance(amount, Decimal)
    assert amount == Decimal(expected)


def test_defaults_fill_what_a_row_leaves_out_and_null_beats_them() -> None:
    only = case(
        "{customer: [{customer_id: 1}, {customer_id: 2, country: US}, {customer_id: 3, country: null}]}",
        head="defaults: {customer: {country: TH}}\n",
    )
    assert [row["country"] for row in only.given["customer"]] == ["TH", "US", None]
    assert "email" not in only.given["customer"][0]


def test_lookups_are_given_by_any_name_that_is_enough() -> None:
    for name in ("product", "orders.product"):
        assert list(case(f"{{{name}: [{{product_id: 1}}]}}").given) == ["orders.product"]
    two = SHOP.replace(
        "demographics: {source", "product: {source: x.csv, on: customer_id}\n      demographics: {source"
    )
    cases, (only,) = examined(file("{product: [{product_id: 1}]}"), project=two)
    assert cases == ()
    assert only == "invalid-test at 3:13 on 'product': `product` is the name of several lookups"
    assert examined(file("{orders.product: [{product_id: 1}]}"), project=two)[1] == []


def test_as_of_of_the_case_the_file_and_the_project() -> None:
    text = (
        "as_of: 2025-01-01\ncases:\n  - {name: a, as_of: 2024-01-01T10:00:00, expect: {}}\n  - {name: b, expect: {}}\n"
    )
    cases, _ = examined(text)
    assert [one.as_of for one in cases] == [datetime(2024, 1, 1, 10), date(2025, 1, 1)]
    cases, findings = examined(file(), project=SHOP.replace("as_of: 2026-01-31\n", ""))
    assert cases == ()
    assert findings == ["invalid-test at 2:11 on 'a': this case has no `as_of`, and a test never depends on the clock"]


def test_what_is_expected() -> None:
    only = case(
        expect="{vip: [2, 1], lifecycle: {1: new, 2: null}, lifecycle.active: [], groups: {1: [many, few], 2: null}, "
        "spend: {1: 10.50, 2: null}, last: {1: 2026-01-31}, home: {1: NO}}"
    )
    assert [(one.name, one.kind, one.value) for one in only.expect] == [
        ("vip", "members", (2, 1)),
        ("lifecycle", "labels", {1: "new", 2: None}),
        ("lifecycle.active", "members", ()),
        ("groups", "labels", {1: ("few", "many"), 2: None}),
        ("spend", "values", {1: Decimal("10.50"), 2: None}),
        ("last", "values", {1: datetime(2026, 1, 31)}),
        ("home", "values", {1: "NO"}),
    ]
    assert {one.entity for one in only.expect} == {"customer"}
    assert only.expect[0].span.text == "vip"


def test_keys_of_text_stay_text() -> None:
    project = (
        "segrules: 1\nas_of: 2026-01-31\nentities: {c: {source: x.csv, key: id, columns: {id: text, n: integer}}}\n"
    )
    rules = "traits: {m: n}\nsegments: {a: n > 1}\n"
    (only,), findings = examined(file("{c: [{id: 012}, {id: 1}]}", "{a: [012, 1], m: {012: 5, 1: 6}}"), rules, project)
    assert findings == []
    assert [one.value for one in only.expect] == [("012", "1"), {"012": 5, "1": 6}]


def test_without_rules_values_stay_as_written() -> None:
    read = reader(RULES, file(expect="{spend: {1: 10}}"))
    project, _ = load(read)
    assert project is not None
    (only,), _ = load_cases(read, project)
    assert only.expect[0].value == {1: 10}


# cases that cannot be


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("{custmer: []}", "invalid-test on 'custmer': `custmer` is no table of the project: not an entity, relation or lookup with rows of its own"),
        ("{customer: [{customer_id: 1, agee: 5}]}", "unknown-name on 'agee': `agee` is not a column of `customer`"),
        ("{customer: [{customer_id: 1, age: x}]}", "wrong-value on 'x': `x` does not fit `age`, which is integer"),
        ("{customer: [{customer_id: 1, age: 2.5}]}", "wrong-value on '2.5': `2.5` does not fit `age`, which is integer"),
        ("{customer: [{customer_id: 1, age: '5'}]}", "wrong-value on \"'5'\": `'5'` does not fit `age`, which is integer"),
        ("{customer: [{customer_id: 1, age: true}]}", "wrong-value on 'true': `true` does not fit `age`, which is integer"),
        ("{customer: [{customer_id: 1, age: 9223372036854775808}]}", "wrong-value on '9223372036854775808': `9223372036854775808` does not fit `age`, which is integer"),
        ("{customer: [{customer_id: 1, age: [5]}]}", "wrong-value on '[5]': `age` takes one value (integer)"),
        ("{customer: [{customer_id: 1, tags: a}]}", "wrong-value on 'a': `tags` is a list of text"),
        ("{customer: [{customer_id: 1, tags: [[a]]}]}", "wrong-value on '[a]': `tags` takes one value (text)"),
        (
            "{customer: [{customer_id: 1, joined_on: 2026-01-31T10:00:00}]}",
            "wrong-value on '2026-01-31T10:00:00': `2026-01-31T10:00:00` does not fit `joined_on`, which is date",
        ),
        ("{customer: [{customer_id: 1, joined_on: 2026-02-30}]}", "impossible-date on '2026-02-30': `2026-02-30` is not a date or time that exists"),
        ("{customer: [{customer_id: 1}, {customer_id: 1}]}", "invalid-test on '1': two rows of `customer` have the key `1`, which must be unique"),
        ("{customer: [{age: 5}]}", "invalid-test on 'age: 5': this row of `customer` has no `customer_id`, which is its key"),
        ("{customer: [{customer_id: null}]}", "invalid-test on 'null': this row of `customer` has no `customer_id`, which is its key"),
        ("{customer: [{customer_id: x}]}", "wrong-value on 'x': `x` does not fit `customer_id`, which is integer"),
        ("{product: [{product_id: 1}, {product_id: 1}]}", "invalid-test on '1': two rows of `orders.product` have the key `1`, which must be unique"),
        ("{orders: [{customer_id: 9}]}", "invalid-test on '9': no row of `customer` has the customer_id `9`"),
        ("{orders: [{customer_id: 9, amount: 1.234}]}", "wrong-value on '1.234': `1.234` does not fit `amount`, which is decimal(12,2)"),
        ("{orders: [{customer_id: 9, amount: 12345678901}]}", "wrong-value on '12345678901': `12345678901` does not fit `amount`, which is decimal(12,2)"),
        ("{orders: {customer_id: 9}}", "wrong-value on '{customer_id: 9}': `orders` takes a list, not a mapping"),
        ("{orders: [5]}", "wrong-value on '5': `key: value` lines belong here, not a single value"),
    ],
)  # fmt: skip
def test_wrong_rows(given: str, expected: str) -> None:
    cases, (only,) = examined(file(given))
    assert cases == ()
    assert only.split(" at ")[0] + " on " + only.split(" on ", 1)[1] == expected


@pytest.mark.parametrize(
    ("expect", "expected"),
    [
        ("{vipp: [1]}", "unknown-segment on 'vipp': `vipp` is not a segment, segmentation or trait"),
        ("{lifecycle.old: [1]}", "unknown-segment on 'lifecycle.old': `lifecycle.old` is not a segment, segmentation or trait"),
        ("{vip: {1: true}}", "invalid-test on '{1: true}': `vip` is a segment, whose members are a list of keys, not a mapping"),
        ("{vip: 1}", "invalid-test on '1': `vip` is a segment, whose members are a list of keys, not one value"),
        ("{vip: }", "invalid-test on 'vip': `vip` is a segment, whose members are a list of keys, not nothing"),
        ("{vip: [x]}", "wrong-value on 'x': `x` does not fit `vip`, which is integer"),
        ("{vip: [null]}", "invalid-test on 'null': a member of `vip` is a key"),
        ("{vip: [1, 1]}", "invalid-test on '1': `1` is written twice: a member is one once"),
        ("{lifecycle: [1]}", "invalid-test on '[1]': `lifecycle` is a segmentation, which has a stage for each key"),
        ("{lifecycle: {1: leed}}", "unknown-constant on 'leed': `leed` is not a stage of `lifecycle`"),
        ("{lifecycle: {1: [new]}}", "unknown-constant on '[new]': this is not a stage of `lifecycle`"),
        ("{lifecycle: {x: new}}", "wrong-value on 'x': `x` does not fit `lifecycle`, which is integer"),
        ("{groups: {1: few}}", "wrong-value on 'few': under `hit: any` a row has a list of stages"),
        ("{spend: [1]}", "invalid-test on '[1]': `spend` is a trait, which has a value for each key"),
        ("{spend: {1: x}}", "wrong-value on 'x': `x` does not fit `spend`, which is decimal(38,2)"),
    ],
)  # fmt: skip
def test_wrong_expectations(expect: str, expected: str) -> None:
    assert finding(expect=expect) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("defaults: {custmer: {age: 5}}\n", "invalid-test on 'custmer': `custmer` is no table of the project: not an entity, relation or lookup with rows of its own"),
        ("defaults: {customer: {agee: 5}}\n", "unknown-name on 'agee': `agee` is not a column of `customer`"),
        ("defaults: {customer: {age: x}}\n", "wrong-value on 'x': `x` does not fit `age`, which is integer"),
    ],
)  # fmt: skip
def test_wrong_defaults_are_said_once(head: str, expected: str) -> None:
    assert finding("{customer: [{customer_id: 1}, {customer_id: 2}]}", head=head) == expected


def test_the_help_of_wrong_names() -> None:
    read = reader(RULES, file("{custmer: []}", "{vipp: [1]}"))
    project, _ = load(read)
    assert project is not None
    _, findings = load_cases(read, project)
    assert [one.help for one in findings] == ["did you mean `customer`?", "did you mean `vip`?"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n", "wrong-value at 1:1 on '- a': `key: value` lines belong here, not a list"),
        ("cases: [{expect: {}}]\n", "missing-key at 1:9 on '{expect: {}}': this entry needs `name`"),
        ("cases: [{name: a}]\n", "missing-key at 1:9 on '{name: a}': this entry needs `expect`"),
        ("cases: [{name: a, exptect: {}, expect: {}}]\n", "unknown-key at 1:19 on 'exptect': `exptect` is not a key that belongs here"),
        ("case: []\n", "unknown-key at 1:1 on 'case': `case` is not a key that belongs here"),
        ("cases: [\n", "yaml-syntax at 2:1 on '': the file ends where a value is wanted"),
    ],
)  # fmt: skip
def test_wrong_files(text: str, expected: str) -> None:
    assert examined(text)[1] == [expected]


def test_one_wrong_case_leaves_the_others() -> None:
    text = "cases:\n  - {name: a, expect: {vip: [x]}}\n  - {name: b, expect: {vip: [1]}}\n"
    cases, findings = examined(text)
    assert [one.name for one in cases] == ["b"]
    assert len(findings) == 1


@pytest.mark.parametrize("text", ["", "cases:\n", "cases: []\n", "# later\n"])
def test_files_without_cases(text: str) -> None:
    assert examined(text) == ((), [])


def test_an_entity_from_a_relation_has_no_rows_of_its_own() -> None:
    project = "segrules: 1\nas_of: 2026-01-31\nentities: {c: {from: o}}\nrelations: {o: {source: o.csv, key: uid, columns: {uid: text, n: integer}}}\n"
    rules = "segments: {a: uid == 'x'}\n"
    (only,), findings = examined(file("{o: [{uid: x}, {uid: y}, {uid: null}]}", "{a: [x]}"), rules, project)
    assert findings == []
    assert [row["uid"] for row in only.given["o"]] == ["x", "y", None]
    assert examined(file("{c: [{uid: x}]}"), rules, project)[1][0].startswith("invalid-test at 3:13 on 'c'")


def test_rows_of_other_times_may_share_a_key() -> None:
    project = (
        "segrules: 1\nas_of: 2026-01-31\nentities: {c: {source: x.csv, key: id, valid: [f, t], "
        "columns: {id: integer, f: date, t: date}}}\n"
    )
    assert examined(file("{c: [{id: 1}, {id: 1}]}"), "", project)[1] == []


def test_tables_without_a_contract_take_anything() -> None:
    project = "segrules: 1\nas_of: 2026-01-31\nentities: {c: {source: x.csv, key: id}}\n"
    (only,), findings = examined(file("{c: [{id: 1, x: 2.5, y: [a]}]}"), "", project)
    assert findings == []
    assert dict(only.given["c"][0]) == {"id": 1, "x": Decimal("2.5"), "y": ("a",)}


def test_what_is_expected_of_two_entities() -> None:
    project = """\
segrules: 1
as_of: 2026-01-31
entities:
  u: {source: u.csv, key: id, columns: {id: integer}}
  h: {source: h.csv, key: id, columns: {id: text}}
"""
    files = {
        "segrules.yml": project,
        "segments/u.yml": "entity: u\nsegments: {x: id == 1}\n",
        "segments/h.yml": "entity: h\nsegments: {x: id == 'a'}\n",
        "tests/t.yml": (
            "cases:\n  - {name: a, given: {u: [{id: 1}]}, expect: {x: [1]}}\n"
            "  - {name: b, given: {h: [{id: a}]}, expect: {x: [a]}}\n"
            "  - {name: c, given: {u: [{id: 1}], h: [{id: a}]}, expect: {x: [a]}}\n"
        ),
    }
    read = MemoryReader(files)
    found, _ = load(read)
    assert found is not None
    cases, findings = load_cases(read, found)
    assert [(one.expect[0].entity, one.expect[0].value) for one in cases] == [("u", (1,)), ("h", ("a",))]
    assert shown(findings) == ["invalid-test at 4:61 on 'x': `h` and `u` both have `x`, and rows of both are given"]


def test_names_of_a_file_that_cannot_be_read_are_not_unknown() -> None:
    files = {
        "segrules.yml": "segrules: 1\nas_of: 2026-01-31\nentities:\n  c: {source: c.csv, key: id, columns: {id: integer}}\n",
        "segments/a.yml": "segments: {a: [id == 1}\n",
        "tests/a.yml": "cases:\n  - name: one\n    given: {c: [{id: 1}]}\n    expect: {a: [1]}\n",
    }
    project, _ = load(MemoryReader(files))
    assert project is not None
    assert load_cases(MemoryReader(files), project)[1] == ()


def test_a_quoted_key_is_text_also_where_it_is_empty() -> None:
    files = {
        "segrules.yml": "segrules: 1\nas_of: 2026-01-31\nentities:\n"
        "  c: {source: c.csv, key: id, columns: {id: text, n: integer}}\n",
        "segments/a.yml": "traits: {size: n}\n",
        "tests/a.yml": "cases:\n  - name: one\n    given: {c: [{id: ''}, {id: '7'}]}\n"
        "    expect: {size: {'': null, '7': null}}\n",
    }
    project, _ = load(MemoryReader(files))
    assert project is not None
    (case,), findings = load_cases(MemoryReader(files), project, resolve(project)[0])
    assert findings == ()
    assert case.expect[0].value == {"": None, "7": None}
