"""What a scan gives for every way that a value can be stored, run on DuckDB."""

import gzip
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segrules.engines.duckdb import connect
from segrules.language.types import (
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBER,
    TEXT,
    TIMESTAMP,
    Type,
    decimal,
    list_of,
)
from segrules.project.model import Column, Format
from segrules.sql.dialects.postgres import POSTGRES
from segrules.sql.scans import Table, accepts, misfit, natural, rows, scan

MONEY = decimal(12, 2)


def csv_table(path: Path, names: Sequence[str], **format: Any) -> Table:
    return Table("csv", (str(path),), format=Format(**format), physical=tuple((name, "VARCHAR") for name in names))


def read(table: Table, columns: Sequence[tuple[str, Type]], zone: str = "UTC") -> list[tuple[Any, ...]]:
    query = scan(table, [Column(name, type) for name, type in columns], zone)
    return connect(readable=[Path(path) for path in table.paths]).run(query.sql("duckdb"))


def unfit(table: Table, name: str, type: Type) -> list[str] | None:
    """The stored values that are not of the type; None where the engine need not look."""
    from sqlglot import exp

    found = misfit(table, Column(name, type), "UTC")
    if found is None:
        return None
    query = exp.Select(expressions=[found[1]]).from_(rows(table)).where(found[0])
    return [str(row[0]) for row in connect(readable=[Path(path) for path in table.paths]).run(query.sql("duckdb"))]


def written(tmp_path: Path, values: Sequence[str]) -> Path:
    path = tmp_path / "x.csv"
    quoted = ('"' + value.replace('"', '""') + '"' for value in values)
    path.write_text("n,v\n" + "".join(f"{number},{value}\n" for number, value in enumerate(quoted)), encoding="utf-8")
    return path


GOOD: list[tuple[Type, dict[str, Any], str, Any]] = [
    (INTEGER, {}, "12", 12),
    (INTEGER, {}, " +12 ", 12),
    (INTEGER, {}, "-007", -7),
    (INTEGER, {}, "12.0", 12),
    (INTEGER, {}, "9223372036854775807", 2**63 - 1),
    (MONEY, {}, "1.5", Decimal("1.50")),
    (MONEY, {}, "1.5000", Decimal("1.50")),
    (MONEY, {}, ".25", Decimal("0.25")),
    (MONEY, {"decimal": ","}, "-1,25", Decimal("-1.25")),
    (decimal(5, 0), {}, "12", Decimal(12)),
    (NUMBER, {}, "1e3", 1000.0),
    (NUMBER, {"decimal": ","}, "1,5e3", 1500.0),
    (NUMBER, {}, "NaN", None),
    (NUMBER, {}, "-inf", None),
    (TEXT, {}, " a\nb ", " a\nb "),
    (TEXT, {}, 'say "hi"', 'say "hi"'),
    (TEXT, {}, "", None),
    (TEXT, {"missing": ("NULL", "-")}, "NULL", None),
    (TEXT, {"missing": ("NULL", "-")}, "", None),
    (TEXT, {}, "NULL", "NULL"),
    (BOOLEAN, {}, "TRUE", True),
    (BOOLEAN, {}, "no", False),
    (BOOLEAN, {}, "0", False),
    (DATE, {}, "2026-01-31", date(2026, 1, 31)),
    (DATE, {"dates": "%d.%m.%Y"}, "3.1.2026", date(2026, 1, 3)),
    (DATE, {"dates": "%d.%m.%Y"}, "03.01.2026", date(2026, 1, 3)),
    (DATE, {"dates": "%m/%d/%y"}, "01/31/26", date(2026, 1, 31)),
    (DATE, {"dates": "%d %b %Y"}, "31 Jan 2026", date(2026, 1, 31)),
    (DATE, {"dates": "%d.%m.%Y %H:%M"}, "03.01.2026 00:00", date(2026, 1, 3)),
    (DATE, {"dates": "%d.%m.%Y %H:%M"}, "2026-01-03", date(2026, 1, 3)),
    (TIMESTAMP, {}, "2026-01-31", datetime(2026, 1, 31)),
    (TIMESTAMP, {}, "2026-01-31T09:30", datetime(2026, 1, 31, 9, 30)),
    (TIMESTAMP, {}, "2026-01-31 09:30:05.25", datetime(2026, 1, 31, 9, 30, 5, 250000)),
    (TIMESTAMP, {}, "2026-01-31T09:30:00Z", datetime(2026, 1, 31, 9, 30)),
    (TIMESTAMP, {}, "2026-01-31 09:30:00+07", datetime(2026, 1, 31, 2, 30)),
    (TIMESTAMP, {}, "2026-01-31 09:30:00-0330", datetime(2026, 1, 31, 13, 0)),
    (TIMESTAMP, {"dates": "%d.%m.%Y %H:%M"}, "31.01.2026 9:30", datetime(2026, 1, 31, 9, 30)),
    (TIMESTAMP, {"dates": "%d.%m.%Y %H:%M %z"}, "31.01.2026 9:30 +0700", datetime(2026, 1, 31, 2, 30)),
    (TIMESTAMP, {"dates": "%d.%m.%Y"}, "31.01.2026", datetime(2026, 1, 31)),
    (TIMESTAMP, {"dates": "%Y-%d-%m"}, "2026-02-01", datetime(2026, 1, 2)),
    (TIMESTAMP, {"dates": "%d.%m.%Y"}, "2026-01-31 09:30", datetime(2026, 1, 31, 9, 30)),
    (list_of(TEXT), {}, '["a", "ข"]', ["a", "ข"]),
    (list_of(TEXT), {}, "[]", []),
]


@pytest.mark.parametrize(("type", "format", "text", "value"), GOOD)
def test_text_that_is_a_value(tmp_path: Path, type: Type, format: dict[str, Any], text: str, value: object) -> None:
    table = csv_table(written(tmp_path, [text]), ["n", "v"], **format)
    assert read(table, [("v", type)]) == [(value,)]
    assert not unfit(table, "v", type)


BAD: list[tuple[Type, dict[str, Any], str]] = [
    (INTEGER, {}, "1.5"),
    (INTEGER, {}, "1e3"),
    (INTEGER, {}, "1_000"),
    (INTEGER, {}, "0x10"),
    (INTEGER, {}, "1 000"),
    (INTEGER, {}, "9223372036854775808"),
    (INTEGER, {}, "nan"),
    (MONEY, {}, "1.255"),
    (MONEY, {}, "1,25"),
    (MONEY, {}, "12345678901.00"),
    (MONEY, {}, "."),
    (MONEY, {"decimal": ","}, "1.000,50"),
    (MONEY, {"decimal": ","}, "1.50"),
    (decimal(5, 0), {}, "1.5"),
    (NUMBER, {}, "1,5"),
    (NUMBER, {}, "abc"),
    (NUMBER, {}, "1e999"),
    (BOOLEAN, {}, "maybe"),
    (BOOLEAN, {}, "2"),
    (DATE, {}, "31.01.2026"),
    (DATE, {}, "2026-1-31"),
    (DATE, {}, "2026-02-30"),
    (DATE, {}, "2026-01-31 10:00"),
    (DATE, {}, "epoch"),
    (DATE, {"dates": "%d.%m.%Y"}, "01.02.26"),
    (DATE, {"dates": "%d.%m.%Y"}, "31.02.2026"),
    (DATE, {"dates": "%d.%m.%Y"}, "2026-01-31"),
    (DATE, {"dates": "%d.%m.%Y"}, "01.02.2026 x"),
    (DATE, {"dates": "%d.%m.%Y %H:%M"}, "03.01.2026 09:30"),
    (TIMESTAMP, {}, "2026-01-31 25:00"),
    (TIMESTAMP, {}, "2026-01-31 24:00:00"),
    (TIMESTAMP, {}, "infinity"),
    (TIMESTAMP, {}, "31.01.2026 09:30"),
    (TIMESTAMP, {"dates": "%d.%m.%Y %H:%M"}, "2026-01-31 09:30"),
    (list_of(TEXT), {}, "a, b"),
    (list_of(TEXT), {}, '{"a": 1}'),
]


@pytest.mark.parametrize(("type", "format", "text"), BAD)
def test_text_that_is_no_value(tmp_path: Path, type: Type, format: dict[str, Any], text: str) -> None:
    table = csv_table(written(tmp_path, [text]), ["n", "v"], **format)
    assert read(table, [("v", type)]) == [(None,)]
    assert unfit(table, "v", type) == [text]


@pytest.mark.parametrize(
    "zone", ["Asia/Bangkok", "America/New_York", "Asia/Kolkata", "Europe/Moscow", "Africa/Abidjan"]
)
def test_a_naive_time_is_the_zones_wall_clock(tmp_path: Path, zone: str) -> None:
    from segrules.planning.time import to_utc

    walls = [
        datetime(1965, 7, 1, 12),
        datetime(2010, 7, 1, 12),
        datetime(2025, 11, 2, 1, 30),
        datetime(2025, 3, 9, 2, 30),
    ]
    texts = [wall.isoformat() for wall in walls]
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"v": pa.array(walls, pa.timestamp("us"))}), path)
    stored = Table("parquet", (str(path),), physical=(("v", "TIMESTAMP"),))
    expected = [(to_utc(wall, zone),) for wall in walls]
    assert read(csv_table(written(tmp_path, texts), ["n", "v"]), [("v", TIMESTAMP)], zone) == expected
    assert read(stored, [("v", TIMESTAMP)], zone) == expected


STORED: list[tuple[pa.Array, str, Type, list[Any]]] = [
    (pa.array([1, None], pa.int8()), "TINYINT", INTEGER, [1, None]),
    (pa.array([2**64 - 1], pa.uint64()), "UBIGINT", INTEGER, [2**64 - 1]),
    (pa.array([Decimal(7)], pa.decimal128(20, 0)), "DECIMAL(20,0)", INTEGER, [7]),
    (pa.array([5], pa.int64()), "BIGINT", MONEY, [Decimal("5.00")]),
    (pa.array([Decimal("1.2")], pa.decimal128(5, 1)), "DECIMAL(5,1)", MONEY, [Decimal("1.20")]),
    (pa.array([0.1 + 0.2, float("nan"), float("inf")]), "DOUBLE", MONEY, [Decimal("0.30"), None, None]),
    (pa.array([1.5, float("nan"), float("-inf")], pa.float32()), "FLOAT", NUMBER, [1.5, None, None]),
    (pa.array([1.5, float("nan"), float("inf")]), "DOUBLE", NUMBER, [1.5, None, None]),
    (pa.array([1.5, float("nan"), 2.5]), "DOUBLE", NUMBER, [1.5, None, 2.5]),  # the file says: all from 1.5 to 2.5
    (pa.array([1.5, float("nan"), 2.5], pa.float32()), "FLOAT", NUMBER, [1.5, None, 2.5]),
    (pa.array([1.5, float("nan"), 2.5]), "DOUBLE", MONEY, [Decimal("1.50"), None, Decimal("2.50")]),
    (pa.array([3.0, float("nan"), -(2.0**53), None]), "DOUBLE", INTEGER, [3, None, -(2**53), None]),
    (pa.array([3.0, float("nan"), 2.0], pa.float32()), "FLOAT", INTEGER, [3, None, 2]),
    (pa.array([3], pa.int32()), "INTEGER", NUMBER, [3.0]),
    (pa.array(["a", ""]), "VARCHAR", TEXT, ["a", ""]),
    (pa.array(["a"]).dictionary_encode(), "VARCHAR", TEXT, ["a"]),
    (pa.array([True, None]), "BOOLEAN", BOOLEAN, [True, None]),
    (pa.array([date(2026, 1, 1)]), "DATE", DATE, [date(2026, 1, 1)]),
    (pa.array([date(2026, 1, 1)]), "DATE", TIMESTAMP, [datetime(2026, 1, 1)]),
    (pa.array([1], pa.timestamp("ms")), "TIMESTAMP_MS", TIMESTAMP, [datetime(1970, 1, 1, 0, 0, 0, 1000)]),
    (pa.array([1000], pa.timestamp("ns")), "TIMESTAMP_NS", TIMESTAMP, [datetime(1970, 1, 1, 0, 0, 0, 1)]),
    (pa.array([0], pa.timestamp("us", "Asia/Bangkok")), "TIMESTAMP WITH TIME ZONE", TIMESTAMP, [datetime(1970, 1, 1)]),
    (pa.array([1001], pa.timestamp("ns", "UTC")), "TIMESTAMPTZ_NS", TIMESTAMP, [datetime(1970, 1, 1, 0, 0, 0, 1)]),
    (pa.array([["a"], [], None]), "VARCHAR[]", list_of(TEXT), [["a"], [], None]),
    (pa.array([[1], None], pa.list_(pa.int32())), "INTEGER[]", list_of(INTEGER), [[1], None]),
    (pa.array([[1.5, float("nan")], [2.5], None]), "DOUBLE[]", list_of(NUMBER), [[1.5, None], [2.5], None]),
    (pa.array([[1.5, float("nan")]], pa.list_(pa.float32())), "FLOAT[]", list_of(NUMBER), [[1.5, None]]),
]


@pytest.mark.parametrize(("array", "physical", "type", "values"), STORED)
def test_stored_types(tmp_path: Path, array: pa.Array, physical: str, type: Type, values: list[Any]) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"v": array}), path)
    described = connect(readable=[path]).describe(f"SELECT * FROM read_parquet('{path}')")
    table = Table("parquet", (str(path),), physical=(("v", physical),))
    assert described[0][1] in (physical, "TIMESTAMP") or physical.startswith("TIMESTAMP")
    assert read(table, [("v", type)]) == [(value,) for value in values]
    assert not unfit(table, "v", type)


LISTS: list[tuple[str, Any, Type, Any]] = [
    ("BIGINT[2]", [[1, 2], None], list_of(INTEGER), [[1, 2], None]),
    ("INTEGER[1]", [[1], None], list_of(NUMBER), [[1.0], None]),
    ("DOUBLE[2]", [[1.5, float("nan")], None], list_of(NUMBER), [[1.5, None], None]),
    ("VARCHAR[2]", [["a", "b"], None], list_of(TEXT), [["a", "b"], None]),
]


@pytest.mark.parametrize(("physical", "stored", "type", "values"), LISTS)
def test_lists_of_a_fixed_length_are_lists(
    given: Any, physical: str, stored: list[Any], type: Type, values: list[Any]
) -> None:
    given.load("x", [("v", physical)], [(value,) for value in stored])
    table = Table("table", name="x", physical=(("v", physical),))
    query = scan(table, [Column("v", type)], "UTC").sql("duckdb")
    assert given.run(query) == [(value,) for value in values]
    assert given.describe(query)[0][1].endswith("[]")
    assert natural(physical) is not None


def test_floats_are_no_list_of_integers() -> None:
    table = Table("table", name="x", physical=(("v", "DOUBLE[]"),))
    assert not accepts(table, "DOUBLE[]", list_of(INTEGER))
    assert accepts(table, "DOUBLE[]", list_of(NUMBER))


@pytest.mark.parametrize("type", [INTEGER, MONEY, NUMBER, TEXT, BOOLEAN, DATE, TIMESTAMP, list_of(TEXT)], ids=str)
def test_a_column_without_any_value_is_of_every_type(tmp_path: Path, type: Type) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"v": pa.nulls(2)}), path)
    engine = connect(readable=[path])
    table = Table("parquet", (str(path),), physical=tuple(engine.describe(f"SELECT * FROM read_parquet('{path}')")))
    assert accepts(table, table.physical[0][1], type)
    query = scan(table, [Column("v", type)], "Asia/Bangkok").sql("duckdb")
    assert engine.run(query) == [(None,), (None,)]
    assert engine.describe(query)[0][1] != table.physical[0][1]


@pytest.mark.parametrize(
    ("array", "physical", "type", "wrong"),
    [
        (pa.array([Decimal("1.25"), Decimal("1.20")], pa.decimal128(5, 2)), "DECIMAL(5,2)", decimal(5, 1), ["1.25"]),
        (pa.array([10**12], pa.int64()), "BIGINT", MONEY, ["1000000000000"]),
        (pa.array([2.5, 3.0, float("nan")]), "DOUBLE", INTEGER, ["2.5"]),
        (pa.array([2.0**53 + 2, 1e300, float("inf")]), "DOUBLE", INTEGER, ["9007199254740994.0", "1e+300"]),
        (pa.array([2.0**25], pa.float32()), "FLOAT", INTEGER, ["33554432.0"]),
        (pa.array([1e12, 1.0]), "DOUBLE", MONEY, ["1000000000000.0"]),
    ],
)
def test_stored_values_that_do_not_fit(
    tmp_path: Path, array: pa.Array, physical: str, type: Type, wrong: list[str]
) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"v": array}), path)
    assert unfit(Table("parquet", (str(path),), physical=(("v", physical),)), "v", type) == wrong


def test_what_fits_is_read_as_it_is() -> None:
    table = Table("parquet", ("x.parquet",), physical=(("id", "BIGINT"), ("at", "TIMESTAMP"), ("name", "VARCHAR")))
    columns = [Column("id", INTEGER), Column("at", TIMESTAMP), Column("name", TEXT)]
    query = scan(table, columns, "UTC").sql("duckdb")
    assert query.startswith('SELECT "id", "at", "name" FROM READ_PARQUET')
    assert [misfit(table, column, "UTC") for column in columns] == [None, None, None]


def test_zones_stay_out_of_sql_where_a_number_will_do() -> None:
    table = Table("parquet", ("x.parquet",), physical=(("at", "TIMESTAMP"),))
    query = scan(table, [Column("at", TIMESTAMP)], "Asia/Bangkok").sql("duckdb")
    assert "INTERVAL '7' HOUR" in query
    assert "INTERVAL" not in scan(table, [Column("at", TIMESTAMP)], "America/New_York").sql("duckdb")


def test_names_of_every_kind(tmp_path: Path) -> None:
    names = ['a"b', "it's; DROP TABLE x", "select", "ชื่อ", "🙂", "e\u0301"]
    path = tmp_path / "x.csv"
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    path.write_text(f"{header}\n1,2,3,4,5,6\n", encoding="utf-8")
    columns = [(name, INTEGER) for name in [*names[:5], "é"]]
    assert read(csv_table(path, names), columns) == [(1, 2, 3, 4, 5, 6)]


def test_headers_that_name_twice_what_case_tells_apart(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,ID,\n1,2,3\n")
    assert read(csv_table(path, ["id", "ID", ""]), [("ID", INTEGER)]) == [(2,)]


def test_files_whose_columns_stand_in_other_orders(tmp_path: Path) -> None:
    one, two = tmp_path / "a.csv", tmp_path / "b.csv.gz"
    one.write_text("id,name\n1,x\n")
    two.write_bytes(gzip.compress(b"\xef\xbb\xbfname,id\ny,2\n"))
    groups = ((("id", "name"), (str(one),)), (("name", "id"), (str(two),)))
    table = Table("csv", (str(one), str(two)), physical=(("id", "VARCHAR"), ("name", "VARCHAR")), groups=groups)
    assert sorted(read(table, [("name", TEXT), ("id", INTEGER)])) == [("x", 1), ("y", 2)]


def test_line_ends_of_any_one_kind_and_line_breaks_in_quotes(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for end in ("\n", "\r\n", "\r"):
        path.write_bytes(f'n,v{end}1,"a\nb"{end}2,c{end}'.encode())
        assert read(csv_table(path, ["n", "v"]), [("v", TEXT)]) == [("a\nb",), ("c",)]


def test_json_values(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(
        '{"id": 1, "amount": 1.5, "tags": ["a", 1], "on": "2026-01-31", "ok": true, "name": ""}\n'
        '{"id": "2", "amount": "x", "tags": 3, "name": null}\n'
    )
    names = ["id", "amount", "tags", "on", "ok", "name"]
    table = Table("json", (str(path),), physical=tuple((name, "JSON") for name in names))
    types = [INTEGER, MONEY, list_of(TEXT), DATE, BOOLEAN, TEXT]
    assert read(table, list(zip(names, types, strict=True))) == [
        (1, Decimal("1.50"), ["a", "1"], date(2026, 1, 31), True, ""),
        (2, None, None, None, None, None),
    ]
    assert unfit(table, "amount", MONEY) == ["x"]
    assert unfit(table, "tags", list_of(TEXT)) == ["3"]


@pytest.fixture
def given() -> Iterator[Any]:
    engine = connect()
    engine.load("orders.product", [("id", "BIGINT"), ("at", "TIMESTAMP")], [(1, datetime(2026, 1, 1, 12))])
    yield engine
    engine.close()


def test_a_table_of_the_engine_is_read_as_it_is(given: Any) -> None:
    table = Table("table", name="orders.product")
    query = scan(table, [Column("at", TIMESTAMP), Column("id", INTEGER)], "Asia/Bangkok")
    assert query.sql("duckdb") == 'SELECT "at", "id" FROM "orders.product"'
    assert given.run(query.sql("duckdb")) == [(datetime(2026, 1, 1, 12), 1)]


def test_a_table_with_stored_types_is_converted() -> None:
    types = (("id", "integer"), ("at", "timestamp(3) without time zone"), ("paid", "numeric(10,2)"), ("t", "text"))
    table = Table("table", name="orders", schema="crm", physical=types)
    columns = [Column("id", INTEGER), Column("at", TIMESTAMP), Column("paid", decimal(10, 2)), Column("t", TEXT)]
    assert scan(table, columns, "UTC", POSTGRES).sql("postgres") == (
        'SELECT CAST("id" AS BIGINT) AS "id", "at", "paid", "t" COLLATE "C" AS "t" FROM "crm"."orders"'
    )


def test_the_work_grows_with_the_columns_and_not_with_their_square(monkeypatch: pytest.MonkeyPatch) -> None:
    composed: list[str] = []

    def counted(form: str, text: str) -> str:
        composed.append(text)
        return text

    monkeypatch.setattr("segrules.sql.scans.normalize", counted)
    columns = [Column(f"c_{number}", INTEGER) for number in range(100)]
    table = Table("csv", ("x.csv",), physical=tuple((item.name, "VARCHAR") for item in columns))
    scan(table, columns, "UTC")
    assert all(misfit(table, item, "UTC") for item in columns)
    assert 100 < len(composed) <= 500
