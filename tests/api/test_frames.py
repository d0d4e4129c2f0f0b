"""Frames in place of files: every library and type gives the members that a Parquet file with the same rows gives."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from api_shop import CUSTOMERS, ORDERS, PRODUCTS, SIZES, TABLES, codes, rows, sizes, write_shop

import segrules


class Stream:
    """What knows the Arrow stream interface and nothing else: it can be read once."""

    def __init__(self, table: pa.Table) -> None:
        self._readers = iter([table.to_reader()])

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return next(self._readers).__arrow_c_stream__(requested_schema)


class Sized(Stream):
    """The same, of something that has a length and can be read again."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __len__(self) -> int:
        return self._table.num_rows  # type: ignore[no-any-return]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def batches(table: pa.Table) -> Iterator[pa.RecordBatch]:
    for start in range(table.num_rows):
        yield from table.slice(start, 1).to_batches()


KINDS: dict[str, Callable[[pa.Table], Any]] = {
    "table": lambda table: table,
    "batch": lambda table: table.to_batches()[0],
    "chunks": lambda table: pa.Table.from_batches(batches(table), table.schema),
    "reader": lambda table: pa.RecordBatchReader.from_batches(table.schema, batches(table)),
    "stream": Stream,
    "sized": Sized,
    "polars": pl.from_arrow,
    "pandas": lambda table: table.to_pandas(),
    "pandas nullable": lambda table: table.to_pandas(types_mapper=NULLABLE.get),
    "pandas arrow": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "pandas index": lambda table: table.to_pandas().set_index(table.column_names[0]),
    "duckdb": lambda table: duckdb.from_arrow(table),
}
NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.float64(): pd.Float64Dtype(), pa.string(): pd.StringDtype()}


@pytest.fixture
def shop(tmp_path: Path) -> segrules.Project:
    return write_shop(tmp_path / "shop", data=False)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_frame_gives_the_same_members(shop: segrules.Project, tmp_path: Path, kind: str) -> None:
    filed = write_shop(tmp_path / "filed")
    frames = {name: KINDS[kind](table) for name, table in TABLES.items()}
    applied = shop.apply(frames)
    assert sizes(applied.counts) == SIZES
    assert rows(applied.members) == rows(filed.apply().members)
    assert not applied.findings


def test_a_frame_stands_in_for_one_table_and_files_for_the_others(tmp_path: Path) -> None:
    shop = write_shop(tmp_path)
    assert shop.count({"orders": ORDERS.slice(0, 0)}).counts["band.none"].members == 4
    assert (
        shop.count({"orders.product": pl.DataFrame({"product_id": [7], "kind": ["coffee"]})}).counts["tea"].members == 0
    )


def test_frames_stay_as_they_are_and_are_let_go(shop: segrules.Project) -> None:
    customers, orders = CUSTOMERS.to_pandas(), pl.from_arrow(ORDERS)
    before, copy = customers.copy(deep=True), orders.clone()
    for _ in range(2):
        assert sizes(shop.count({**TABLES, "customer": customers, "orders": orders}).counts) == SIZES
    pd.testing.assert_frame_equal(customers, before)
    assert orders.equals(copy)
    held = weakref.ref(customers)
    del customers
    gc.collect()
    assert held() is None


def test_a_table_is_scanned_where_it_is(shop: segrules.Project) -> None:
    big = pa.table({"customer_id": range(1_000_000), "country": ["TH"] * 1_000_000, "rating": [1.0] * 1_000_000})
    before = pa.total_allocated_bytes()
    assert shop.count({**TABLES, "customer": big}, select="thai").counts[0].members == 1_000_000
    assert pa.total_allocated_bytes() - before < big.nbytes / 10


def test_columns_that_no_rule_needs_may_be_anything(shop: segrules.Project) -> None:
    odd = pa.array([[{"x": 1}]] * 4)
    huge = pa.array([Decimal(10) ** 50] * 4, pa.decimal256(60, 2))
    customers = CUSTOMERS.append_column("odd", odd).append_column("huge", huge).append_column("", odd)
    assert sizes(shop.count({**TABLES, "customer": customers}).counts) == SIZES
    mixed = CUSTOMERS.to_pandas().assign(mixed=[1, "a", None, 2.0], complex=[1j] * 4)
    assert sizes(shop.count({**TABLES, "customer": mixed}).counts) == SIZES
    reader = customers.to_reader()
    assert sizes(shop.count({**TABLES, "customer": reader}).counts) == SIZES


def test_names_that_differ_in_case_are_two_columns(shop: segrules.Project) -> None:
    names = ["COUNTRY", *CUSTOMERS.column_names]
    upper = pa.table([pa.array(["US"] * 4), *CUSTOMERS.columns], names=names)
    for customers in (upper, upper.to_reader(), upper.to_pandas(), pl.from_arrow(upper)):
        applied = shop.apply({**TABLES, "customer": customers})
        assert sizes(applied.counts) == SIZES
        assert applied.members.column_names == ["customer_id", "country", "segment"]


def test_a_contract_that_the_frame_fills(tmp_path: Path) -> None:
    project = "segrules: 1\nname: x\nas_of: 2026-01-31\nentities: {customer: {source: none.csv, key: customer_id}}\n"
    rules = "segments: {thai: country == 'TH', odd: any(tags as t where t == 2)}\n"
    shop = write_shop(tmp_path, data=False, **{"segrules.yml": project, "segments/rules.yml": rules})
    customers = CUSTOMERS.append_column("tags", pa.array([[1, 2], [3, 4], None, [2, 2]], pa.list_(pa.int32(), 2)))
    assert sizes(shop.count({"customer": customers}).counts) == {"thai": 2, "odd": 2}
    assert sizes(shop.count({"customer": pl.from_arrow(customers)}).counts) == {"thai": 2, "odd": 2}


# types

MORNING = datetime(2026, 1, 31, 3)
DAY = date(2026, 1, 31)
INSTANTS = [MORNING, datetime(2026, 1, 30, 18), None, datetime(2020, 2, 29)]

TYPES: list[tuple[str, str, pa.Array]] = [
    ("integer", "v > 1", pa.array([1, 2, None, 3], pa.int8())),
    ("integer", "v > 1", pa.array([1, 2, None, 3], pa.uint16())),
    ("integer", "v > 1", pa.array([1, 2, None, 2**64 - 1], pa.uint64())),
    ("integer", "v > 1", pa.array([1, 2, None, 3]).dictionary_encode()),
    ("integer", "v > 1", pa.array([Decimal(1), Decimal(2), None, Decimal(3)], pa.decimal128(20, 0))),
    ("integer", "v is missing", pa.nulls(4)),
    ("number", "v > 1", pa.array([1.0, float("nan"), None, 2.5])),
    ("number", "v > 1", pa.array([1.0, float("inf"), float("-inf"), 2.5])),
    ("integer", "v > 1", pa.array([1.0, float("nan"), None, 3.0])),
    ("number", "v > 1", pa.array([1.0, float("nan"), 2.5, None], pa.float32())),
    ("number", "v > 1", pa.array([1.0, float("nan"), 2.5, None], pa.float16())),
    ("number", "v > 1", pa.array([1, 2, None, 3], pa.uint64())),
    ("decimal(10,2)", "v == 2.5", pa.array([1.0, float("nan"), 2.5, None])),
    ("decimal(10,2)", "v == 2.5", pa.array([Decimal("1.00"), Decimal("2.50"), None, None], pa.decimal128(10, 2))),
    ("decimal(10,2)", "v == 2.5", pa.array([Decimal("1.00"), Decimal("2.50"), None, None], pa.decimal32(9, 2))),
    ("decimal(10,2)", "v == 2.5", pa.array([Decimal("1.00"), Decimal("2.50"), None, None], pa.decimal256(12, 2))),
    ("text", "v == 'a'", pa.array(["a", "b", None, ""])),
    ("text", "v starts with 'a'", pa.array(["a", "b", None, ""], pa.large_string())),
    ("text", "v == 'a'", pa.array(["a", "b", None, ""], pa.string_view())),
    ("text", "v == 'a'", pa.array(["a", "b", None, ""]).dictionary_encode()),
    ("text", "v in ['a', 'c']", pa.array(["a", "b", None, ""], pa.large_string()).dictionary_encode()),
    ("text", "v is missing", pa.nulls(4)),
    ("boolean", "v", pa.array([True, False, None, True])),
    ("boolean", "v is missing", pa.nulls(4)),
    ("date", "v == 2026-01-31", pa.array([DAY, None, date(1900, 1, 1), DAY])),
    ("date", "v == 2026-01-31", pa.array([DAY, None, date(1900, 1, 1), DAY], pa.date64())),
    ("timestamp", "date(v) == 2026-01-31", pa.array([DAY, None, date(1900, 1, 1), DAY])),
    *(
        ("timestamp", "date(v) == 2026-01-31", pa.array(INSTANTS, pa.timestamp(unit, zone)))
        for unit in ("s", "ms", "us", "ns")
        for zone in (None, "UTC", "Asia/Bangkok", "+07:00")
    ),
    ("list of text", "any(v as x where x == 'a')", pa.array([["a", None], [], None, ["b"]])),
    ("list of text", "any(v as x where x == 'a')", pa.array([["a"], [], None, ["b"]], pa.large_list(pa.string_view()))),
    ("list of integer", "any(v as x where x == 2)", pa.array([[1, 2], [3, 4], None, [2, 2]], pa.list_(pa.int64(), 2))),
    ("list of text", "v is missing", pa.nulls(4)),
]


# what the libraries make another type of, or cannot take, when they are given Arrow
OTHER_IN_POLARS = ("decimal256(12, 2)", "date64[ms]")
OTHER_IN_PANDAS = (*OTHER_IN_POLARS, "large_list<item: string_view>", "fixed_size_list<item: int64>[2]", "uint64")


@pytest.mark.parametrize(("type", "rule", "array"), TYPES, ids=[f"{type}-{array.type}" for type, _, array in TYPES])
def test_each_type_gives_the_members_of_the_same_rows_in_parquet(
    tmp_path: Path, type: str, rule: str, array: pa.Array
) -> None:
    project = (
        "segrules: 1\nname: x\nas_of: 2026-01-31\ntimezone: Asia/Bangkok\n"
        "entities:\n  thing:\n    source: things.parquet\n    key: id\n"
        f'    columns: {{id: integer, v: "{type}"}}\n'
    )
    rules = f'segments:\n  found: "{rule}"\n  lost: "not ({rule})"\n  unknown: v is missing\n'
    shop = write_shop(tmp_path, data=False, **{"segrules.yml": project, "segments/rules.yml": rules})
    things = pa.table({"id": range(4), "v": array})
    pq.write_table(things, tmp_path / "things.parquet")
    filed = rows(shop.apply().members)
    assert {segment for _, segment in filed} >= {"found", "unknown"}
    frames = [things, things.to_reader()]
    if str(array.type) not in OTHER_IN_POLARS:
        frames += [pl.from_arrow(things)]
    if str(array.type) not in OTHER_IN_PANDAS:
        frames += [things.to_pandas(), things.to_pandas(types_mapper=pd.ArrowDtype)]
    for frame in frames:
        assert rows(shop.apply({"thing": frame}).members) == filed, repr(frame)


def test_objects_of_pandas(tmp_path: Path) -> None:
    columns = {
        "amount": [Decimal("1.5"), None, Decimal("2.25"), float("nan")],
        "on": [DAY, None, date(1900, 1, 1), DAY],
        "at": pd.to_datetime(["2026-01-30 18:00", None, "2020-02-29 00:00", "2026-01-31 03:00"]),
        "zoned": pd.to_datetime(["2026-01-30 18:00", None, "2020-02-29 00:00", "2026-01-31 03:00"]).tz_localize("UTC"),
        "group": pd.Categorical(["a", None, "b", "a"]),
        "tags": [["a"], None, [], ["b"]],
        "is_new": [True, None, False, True],
    }
    project = (
        "segrules: 1\nname: x\nas_of: 2026-01-31\ntimezone: Asia/Bangkok\n"
        "entities:\n  thing:\n    source: none.parquet\n    key: id\n    columns:\n      id: integer\n"
        '      amount: "decimal(10,2)"\n      on: date\n      at: timestamp\n      zoned: timestamp\n'
        "      group: text\n      tags: list of text\n      is_new: boolean\n"
    )
    rules = (
        "segments:\n  amount: amount > 1.5\n  no_amount: amount is missing\n  on: on == 2026-01-31\n"
        "  at: date(at) == 2026-01-31\n  zoned: date(zoned) == 2026-01-31\n  group: group == 'a'\n"
        "  tags: any(tags as tag where tag == 'a')\n  is_new: is_new\n"
    )
    shop = write_shop(tmp_path, data=False, **{"segrules.yml": project, "segments/rules.yml": rules})
    frame = pd.DataFrame({"id": range(4), **columns})
    expected = {"amount": 1, "no_amount": 2, "on": 2, "at": 1, "zoned": 2, "group": 2, "tags": 1, "is_new": 2}
    assert sizes(shop.count({"thing": frame}).counts) == expected


# what is refused


def refusal(shop: segrules.Project, **frames: Any) -> tuple[list[str], str]:
    with pytest.raises(segrules.Refused) as refused:
        shop.apply({**TABLES, **frames})
    return codes(refused.value), str(refused.value)


def test_a_name_that_no_table_has(shop: segrules.Project) -> None:
    found, text = refusal(shop, costumer=CUSTOMERS)
    assert found == ["invalid-source"]
    assert "there is no source `costumer` in the project" in text
    assert "did you mean `customer`?" in text
    assert "known are `customer`, `orders`, `orders.product`" in refusal(shop, zzz=CUSTOMERS)[1]


@pytest.mark.parametrize(
    ("frame", "message", "help"),
    [
        ([1, 2], "the source `orders` is of the type `list`, which has no Arrow rows", "give an Arrow table or reader"),
        ("orders.csv", "the source `orders` is of the type `str`, which has no Arrow rows", "give an Arrow table"),
        (pl.LazyFrame({"a": [1]}), "the source `orders` is of the type `LazyFrame`", "collect it: `.collect()`"),
        (pl.Series([1]), "the source `orders` cannot be read: cannot import schema", "give an Arrow table"),
        (pa.chunked_array([[1]]), "the source `orders` cannot be read: cannot import schema", "give an Arrow table"),
    ],
    ids=["list", "path", "lazy", "series", "column"],
)
def test_what_is_no_frame(shop: segrules.Project, frame: object, message: str, help: str) -> None:
    found, text = refusal(shop, orders=frame)
    assert found == ["invalid-source"]
    assert message in text
    assert help in text


def test_a_column_that_is_not_there_or_twice(shop: segrules.Project) -> None:
    found, text = refusal(shop, customer=CUSTOMERS.rename_columns(["customer_id", "land", "rating"]))
    assert found == ["missing-column"]
    assert "the data of `customer` has no column `country`" in text
    twice = pa.table(CUSTOMERS.columns, names=["customer_id", "country", "country"])
    found, text = refusal(shop, customer=twice)
    assert "the data of `customer` has the column `country` more than once" in text
    pandas = CUSTOMERS.to_pandas()
    pandas.columns = ["customer_id", "country", "country"]
    assert "the data of `customer` has the column `country` more than once" in refusal(shop, customer=pandas)[1]


@pytest.mark.parametrize(
    ("array", "stored"),
    [
        (pa.array([timedelta(1)] * 4), "INTERVAL"),
        (pa.array([b"x"] * 4), "BLOB"),
        (pa.array([{"x": 1}] * 4), "STRUCT"),
        (pa.array(["4"] * 4), "VARCHAR"),
        (pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * 4), "TIMESTAMP WITH TIME ZONE"),
        (pa.array([Decimal(10) ** 50] * 4, pa.decimal256(60, 2)), "decimal256(60, 2)"),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_a_type_that_no_number_has(shop: segrules.Project, array: pa.Array, stored: str) -> None:
    place = CUSTOMERS.column_names.index("rating")
    customers = CUSTOMERS.set_column(place, "rating", array)
    for frame in (customers, customers.to_reader()):
        found, text = refusal(shop, customer=frame)
        assert found == ["wrong-column-type"]
        assert f"`rating` is declared number, but the frame of `customer` has it as {stored}" in text


def test_columns_of_several_types(shop: segrules.Project) -> None:
    mixed = CUSTOMERS.to_pandas().assign(rating=[1, "four", None, 2.0])
    found, text = refusal(shop, customer=mixed)
    assert found == ["wrong-column-type"]
    assert "`rating` is declared number, but the frame of `customer` has it as object (could not convert 'four'" in text
    wide = pl.from_arrow(CUSTOMERS).with_columns(rating=pl.lit(1, pl.Int128))
    assert "the frame of `customer` has it as Int128" in refusal(shop, customer=wide)[1]


def test_values_that_do_not_fit(shop: segrules.Project) -> None:
    orders = ORDERS.set_column(2, "amount", pa.array([1.0, 1e12, 2.0, 3.0]))
    found, text = refusal(shop, orders=orders)
    assert found == ["unfit-value"]
    assert "amount" in text
    found, text = refusal(shop, customer=pa.concat_tables([CUSTOMERS, CUSTOMERS]))
    assert found == ["duplicate-entity-key"]


def test_a_reader_that_breaks_off(shop: segrules.Project) -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield CUSTOMERS.to_batches()[0]
        raise OSError("the line went dead")

    reader = pa.RecordBatchReader.from_batches(CUSTOMERS.schema, broken())
    found, text = refusal(shop, customer=reader)
    assert found == ["data-unreadable"]
    assert "the source `customer` cannot be read" in text
    assert "the line went dead" in text


def test_a_reader_is_spent_after_a_call(shop: segrules.Project) -> None:
    reader = CUSTOMERS.to_reader()
    assert shop.count({**TABLES, "customer": reader}).counts["thai"].members == 2
    found, text = refusal(shop, customer=Stream(CUSTOMERS).__class__(PRODUCTS))
    assert found
    assert "no column `country`" in text
