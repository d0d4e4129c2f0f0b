"""Data against its contract: what is an error, what a warning, what is said, and what is not looked at."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from segrules.diagnostics import Diagnostic
from segrules.engines.duckdb import DuckDB, connect
from segrules.engines.engine import EngineError
from segrules.language.core import Duration
from segrules.language.types import DATE, DECIMAL, INTEGER, NUMBER, TEXT, TIMESTAMP
from segrules.project.loader import folder_reader, load
from segrules.project.model import Column, Entity, Lookup, Project, Relation, Source
from segrules.source import SourceFile, Span
from segrules.sql.scans import Table
from segrules.workflows.contract import Contract, check_contract
from segrules.workflows.sources import concretize, inspect, open_sources

NOW = datetime(2026, 2, 1)
CSV = Source("x.csv")
SPAN = Span(SourceFile("segrules.yml", "x" * 99), 3, 5)
TYPES = {INTEGER: "BIGINT", TEXT: "VARCHAR", TIMESTAMP: "TIMESTAMP", DATE: "DATE", NUMBER: "DOUBLE"}

Rows = Sequence[tuple[Any, ...]]


def entity(*columns: Column, **more: Any) -> Entity:
    return Entity("customer", "id", CSV, columns=(Column("id", INTEGER), *columns), **more)


def orders(*columns: Column, **more: Any) -> Relation:
    own = (Column("id", INTEGER), Column("at", TIMESTAMP), *columns)
    return Relation("orders", "customer", "id", CSV, columns=own, **{"time": "at", **more})


def check(
    rows: dict[str, Rows],
    *owners: Entity | Relation,
    zone: str = "UTC",
    now: datetime = NOW,
    in_order: Sequence[str] = (),
) -> tuple[Contract, tuple[Diagnostic, ...]]:
    """The findings on given rows; a table's columns are the contract's, stored as their types are."""
    engine = connect(threads=1)
    entities = tuple(owner for owner in owners if isinstance(owner, Entity))
    relations = tuple(owner for owner in owners if isinstance(owner, Relation))
    lookups = [(f"{owner.name}.{lookup.name}", lookup) for owner in owners for lookup in owner.lookups]
    tables = {}
    for name, owner in [*((owner.name, owner) for owner in owners), *lookups]:
        types = [(item.name, TYPES.get(item.type, "DECIMAL(12,2)")) for item in owner.columns]
        engine.load(name, types, rows[name])
        tables[name] = Table("table", name=name)
    project = Project("shop", None, zone, entities, relations, {}, (), (), (), ())
    return check_contract(engine, project, tables, now, zone, in_order=in_order)


def said(findings: Iterable[Diagnostic]) -> list[tuple[str, str]]:
    return [(finding.code, finding.message) for finding in findings]


def test_good_data_has_no_findings_and_is_counted() -> None:
    rows = {"customer": [(1,), (2,)], "orders": [(1, datetime(2026, 1, 31)), (1, NOW)]}
    contract, findings = check(rows, entity(), orders())
    assert findings == ()
    assert contract.stored == {"customer": 2, "orders": 2}
    assert contract.rows == {"customer": 2, "orders": 1}
    assert contract.newest == {"orders": datetime(2026, 1, 31)}


@pytest.mark.parametrize("spread", [1, 10, 10**12])
def test_duplicate_keys_are_shown(spread: int) -> None:
    keys = [number * spread for number in (5, -3, 7, 5, -3, 7, 7, 9, 9, 1)]
    _, findings = check({"customer": [(key,) for key in keys]}, entity(span=SPAN))
    shown = ", ".join(f"`{number * spread}`" for number in (-3, 5, 7))
    assert said(findings) == [("duplicate-entity-key", f"4 keys of `customer` stand more than once, such as {shown}")]
    assert findings[0].span == SPAN
    assert findings[0].help == "its data must have one row per `id`; where rows hold for a time, say so with `valid`"


def test_text_keys_and_keys_of_two_columns() -> None:
    by_text = Entity("customer", "code", CSV, columns=(Column("code", TEXT),))
    assert said(check({"customer": [("a",), ("A",), ("a",)]}, by_text)[1]) == [
        ("duplicate-entity-key", "1 key of `customer` stands more than once, such as `a`")
    ]
    shop = Lookup("shop", CSV, (("x", "a"), ("y", "b")), (Column("a", INTEGER), Column("b", TEXT)))
    rows = {"customer": [(1,)], "customer.shop": [(1, "x"), (1, "y"), (1, "x"), (2, "x")]}
    assert said(check(rows, entity(lookups=(shop,)))[1]) == [
        ("duplicate-entity-key", "1 key of `shop` stands more than once, such as `1, x`")
    ]


def test_missing_keys() -> None:
    shop = Lookup("shop", CSV, (("id", "a"),), (Column("a", INTEGER),))
    rows = {"customer": [(1,), (None,), (None,)], "customer.shop": [(None,)]}
    assert said(check(rows, entity(lookups=(shop,)))[1]) == [
        ("missing-entity-key", "2 rows have no `id` in `customer`, whose key it is"),
        ("missing-entity-key", "1 row has no `a` in `shop`, whose key it is"),
    ]


def test_rows_that_do_not_exist_yet_are_not_held_against_it() -> None:
    joined = Column("at", TIMESTAMP)
    rows = {"customer": [(1, datetime(2026, 1, 31)), (1, NOW), (None, NOW)]}
    assert check(rows, entity(joined, time="at"))[1] == ()
    in_bangkok = {"customer": [(1, datetime(2026, 1, 31, 16)), (1, datetime(2026, 1, 31, 17))]}
    now = datetime(2026, 1, 31, 17)
    assert check(in_bangkok, entity(joined, time="at"), zone="Asia/Bangkok", now=now)[1] == ()
    by_day = {"customer": [(1, date(2026, 1, 31)), (1, date(2026, 2, 1))]}
    assert check(by_day, entity(Column("at", DATE), time="at"))[1] == ()


def test_the_row_that_is_valid_counts() -> None:
    columns = (Column("since", DATE), Column("until", DATE))
    held = entity(*columns, valid=("since", "until"))
    old, new = (1, date(2020, 1, 1), date(2026, 1, 1)), (1, date(2026, 1, 1), None)
    assert check({"customer": [old, new]}, held)[1] == ()
    twice = (1, date(2026, 1, 2), date(2026, 2, 2))
    assert said(check({"customer": [old, new, twice]}, held)[1])[0][0] == "duplicate-entity-key"


def test_an_entity_without_rows() -> None:
    assert said(check({"customer": []}, entity())[1]) == [("data-missing", "the data of `customer` has no rows")]
    assert check({"customer": [(1,)], "orders": []}, entity(), orders())[1] == ()


def test_rows_that_no_rule_sees_are_counted() -> None:
    at = datetime(2026, 1, 1)
    rows = {
        "customer": [(1,), (3,)],
        "orders": [(1, at), (None, at), (2, at), (9, at), (9, at), (1, None), (8, NOW), (None, NOW)],
    }
    assert said(check(rows, entity(), orders())[1]) == [
        (
            "ignored-rows",
            "`orders`: 1 row has no `id`; 1 row has no `at`; 3 rows belong to no known `customer`, such as `2`, `9`; "
            "no rule sees them",
        )
    ]


def test_keys_without_gaps_know_their_strangers_too() -> None:
    at = datetime(2026, 1, 1)
    rows = {"customer": [(-1,), (0,), (1,), (2,)], "orders": [(-2, at), (-1, at), (2, at), (3, at)]}
    ((_, message),) = said(check(rows, entity(), orders())[1])
    assert "2 rows belong to no known `customer`, such as `-2`, `3`" in message


def test_any_key_is_known_to_an_entity_made_of_the_relation() -> None:
    rows = {"orders": [(1, datetime(2026, 1, 1))]}
    owner = Entity("customer", "id", from_relation="orders")
    engine = connect(threads=1)
    engine.load("orders", [("id", "BIGINT"), ("at", "TIMESTAMP")], rows["orders"])
    project = Project("shop", None, "UTC", (owner,), (orders(),), {}, (), (), (), ())
    assert check_contract(engine, project, {"orders": Table("table", name="orders")}, NOW, "UTC")[1] == ()


def test_values_outside_the_contract() -> None:
    columns = [
        Column("country", TEXT, values=("TH", "US")),
        Column("age", INTEGER, least=0, most=120),
        Column("spent", DECIMAL, least=Decimal("0.5")),
        Column("email", TEXT, never_missing=True),
    ]
    rows = {
        "customer": [
            (1, "TH", 0, Decimal("0.50"), "a"),
            (2, "th", -1, Decimal("0.49"), None),
            (3, "XX", 121, None, "b"),
            (4, None, None, None, "c"),
        ]
    }
    assert said(check(rows, entity(*columns))[1]) == [
        ("contract-breach", "2 values of `country` in `customer` not among its `values`, such as `XX`, `th`"),
        ("contract-breach", "1 value of `age` in `customer` below 0, such as `-1`"),
        ("contract-breach", "1 value of `age` in `customer` above 120, such as `121`"),
        ("contract-breach", "1 value of `spent` in `customer` below 0.5, such as `0.49`"),
        ("unfit-value", "1 row has no `email` in `customer`, where it is never missing"),
    ]


def test_bounds_of_times_are_days_of_the_projects_zone() -> None:
    bounded = Column("seen", TIMESTAMP, least=date(2026, 1, 2), most=date(2026, 1, 3))
    in_utc = [
        datetime(2026, 1, 1, 16, 59),
        datetime(2026, 1, 1, 17),
        datetime(2026, 1, 3, 16, 59),
        datetime(2026, 1, 3, 17),
    ]
    rows = {"customer": [(number, at) for number, at in enumerate(in_utc)]}
    assert [message[:8] for _, message in said(check(rows, entity(bounded), zone="Asia/Bangkok")[1])] == [
        "1 value "
    ] * 2


def test_a_day_bounds_times_with_all_of_its_instants_and_examples_are_on_the_projects_clocks(tmp_path: Path) -> None:
    (tmp_path / "segrules.yml").write_text(
        "segrules: 1\ntimezone: America/New_York\nentities: {customer: {source: x.csv, key: id, columns: {\n"
        "  id: integer,\n"
        "  a: {type: timestamp, min: 2025-01-01, max: 2025-01-01},\n"
        "  b: {type: timestamp, max: 9999-12-31},\n"
        "  c: {type: timestamp, max: 2025-01-01T09:00:00}}}}\n"
    )
    (tmp_path / "x.csv").write_text(
        "id,a,b,c\n"
        "1,2025-01-01 00:00:00,9999-12-31 09:00:00,2025-01-01 09:00:00\n"
        "2,2025-01-01 23:59:59,,2025-01-01 09:00:01\n"
        "3,2025-01-02 00:00:00,,\n"
        "4,2024-12-31 23:59:59,,\n"
    )
    project, findings = load(folder_reader(tmp_path))
    assert project is not None
    assert findings == ()
    sources, _ = open_sources(project, tmp_path, tmp_path / "work")
    engine = connect(readable=sources.readable)
    tables, _ = inspect(engine, sources)
    assert said(check_contract(engine, project, tables, NOW, project.timezone)[1]) == [
        ("contract-breach", "1 value of `a` in `customer` below 2025-01-01, such as `2024-12-31 23:59:59`"),
        ("contract-breach", "1 value of `a` in `customer` above 2025-01-01, such as `2025-01-02 00:00:00`"),
        ("contract-breach", "1 value of `c` in `customer` above 2025-01-01 09:00:00, such as `2025-01-01 09:00:01`"),
    ]


def test_a_breach_of_the_key_is_an_error() -> None:
    owner = Entity("customer", "id", CSV, columns=(Column("id", INTEGER, least=1),))
    assert said(check({"customer": [(0,), (1,)]}, owner)[1]) == [
        ("unfit-value", "1 value of `id` in `customer` below 1, such as `0`")
    ]


@pytest.mark.parametrize(
    ("newest", "message"),
    [
        (datetime(2026, 1, 30), None),
        (
            datetime(2026, 1, 29, 23, 59),
            "the newest row of `orders` is of 2026-01-29 23:59:00, "
            "more than 2 days before 2026-02-01 00:00:00, the as-of instant",
        ),
        (NOW, "`orders` has no rows before the as-of instant"),
    ],
)
def test_freshness(newest: datetime, message: str | None) -> None:
    rows = {"customer": [(1,)], "orders": [(1, newest)]}
    findings = check(rows, entity(), orders(fresh=Duration(2, "day")))[1]
    assert said(findings) == ([] if message is None else [("stale-data", message)])


def test_a_day_is_as_old_as_its_start() -> None:
    own = (Column("id", INTEGER), Column("at", DATE))
    daily = Relation("orders", "customer", "id", CSV, own, time="at", fresh=Duration(2, "day"))
    assert check({"customer": [(1,)], "orders": [(1, date(2026, 1, 30))]}, entity(), daily)[1] == ()
    assert (
        said(check({"customer": [(1,)], "orders": [(1, date(2026, 1, 29))]}, entity(), daily)[1])[0][0] == "stale-data"
    )


def test_ties_are_looked_for_where_order_matters() -> None:
    at = datetime(2026, 1, 1)
    own = orders(Column("no", INTEGER))
    rows = {"customer": [(1,), (2,)], "orders": [(1, at, 1), (1, at, 2), (2, at, 1), (2, NOW, 1), (2, NOW, 1)]}
    assert check(rows, entity(), own)[1] == ()
    assert said(check(rows, entity(), own, in_order=["orders"])[1]) == [
        ("tied-rows", "1 key of `orders` has rows of equal `at`, such as `1`")
    ]
    told_apart = orders(Column("no", INTEGER), order="no")
    assert check(rows, entity(), told_apart, in_order=["orders"])[1] == ()


def files(tmp_path: Path, entity: Entity, content: str) -> tuple[DuckDB, Project, dict[str, Table]]:
    (tmp_path / "x.csv").write_text(content)
    project = Project("shop", None, "UTC", (entity,), (), {}, (), (), (), ())
    sources, findings = open_sources(project, tmp_path, tmp_path / "work")
    engine = connect(readable=sources.readable)
    tables, more = inspect(engine, sources)
    assert (findings, more) == ((), ())
    project, wrong = concretize(engine, project, tables)
    assert wrong == ()
    return engine, project, tables


def test_unfit_values_are_counted_shown_once_and_explained(tmp_path: Path) -> None:
    owner = entity(
        Column("age", INTEGER, least=0, never_missing=True, span=SPAN),
        Column("on", DATE),
        Column("paid", DECIMAL),
    )
    content = 'id,age,on,paid\n1,x,31.01.2026,"1,5"\n2,1.5,2026-01-31,2\n3,y,1.2.2026,3\n4,,,\n5,x,2026-01-01,\n'
    engine, project, tables = files(tmp_path, owner, content)
    _, findings = check_contract(engine, project, tables, NOW, "UTC")
    assert [(finding.code, finding.message, finding.help) for finding in findings] == [
        ("unfit-value", "4 values of `age` in `customer` cannot be read as integer, such as `1.5`, `x`, `y`", None),
        (
            "unfit-value",
            "2 values of `on` in `customer` cannot be read as date, such as `1.2.2026`, `31.01.2026`",
            "say how the file writes dates: `format: {dates: '%d.%m.%Y'}`",
        ),
        (
            "unfit-value",
            "1 value of `paid` in `customer` cannot be read as decimal(18,0), such as `1,5`",
            "say that the file writes 1,5 for one and a half: `format: {decimal: ','}`",
        ),
    ]
    assert findings[0].span == SPAN


def test_unfit_keys_are_not_also_called_duplicates(tmp_path: Path) -> None:
    engine, project, tables = files(tmp_path, entity(), "id\nx\ny\n1\n")
    codes = [finding.code for finding in check_contract(engine, project, tables, NOW, "UTC")[1]]
    assert codes == ["unfit-value"]


def test_a_row_that_does_not_parse_is_named(tmp_path: Path) -> None:
    engine, project, tables = files(tmp_path, entity(), "id,name\n1,x\n2\n")
    ((code, message),) = said(check_contract(engine, project, tables, NOW, "UTC")[1])
    assert (code, message) == ("data-unreadable", "`x.csv`: line 3 has 1 field where the header has 2")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('id,name\n1,"a\nb ""c""\n\nd"\n2\n', 6),
        ('id,name\r\n1,"a\r\nb"\r\n2\r\n', 4),
        ('"i\nd",name\n1,"a\n"\n2\n', 5),
    ],
)
def test_line_breaks_in_quotes_are_lines_too(tmp_path: Path, content: str, line: int) -> None:
    owner = Entity("customer", "name", CSV, columns=(Column("name", TEXT),))
    engine, project, tables = files(tmp_path, owner, content)
    ((_, message),) = said(check_contract(engine, project, tables, NOW, "UTC")[1])
    assert message == f"`x.csv`: line {line} has 1 field where the header has 2"


def test_other_failures_of_the_engine_are_raised() -> None:
    engine = connect()
    engine.load("other", [("name", "VARCHAR")], [])
    project = Project("shop", None, "UTC", (entity(),), (), {}, (), (), (), ())
    with pytest.raises(EngineError):
        check_contract(engine, project, {"customer": Table("table", name="other")}, NOW, "UTC")
