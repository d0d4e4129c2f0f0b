"""What Spark's own functions would give otherwise: letters, wall clocks, large numbers, the last of texts."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlglot import exp

from segrules.engines import Engine
from segrules.language.core import Aggregate, Call, Column, Literal
from segrules.language.types import BOOLEAN, DATE, INTEGER, NUMBER, TEXT, TIMESTAMP, Type, decimal
from segrules.planning.time import to_utc
from segrules.sql import DIALECTS, type_name
from segrules.sql.expressions import aggregate, value

ZONES = (
    "Europe/Berlin", "America/New_York", "America/Santiago", "Atlantic/Azores", "Australia/Lord_Howe",
    "Africa/Casablanca", "Asia/Jerusalem", "Asia/Bangkok", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns",
)  # fmt: skip


def computed(engine: Engine, function: str, items: Sequence[Any], type: Type, *more: Literal) -> list[Any]:
    """What a function gives of each item."""
    engine.load("given", _columns(engine, type), enumerate(items))
    call = Call(function, (Column("", (), "item", type), *more), type)
    query = exp.select(value(call, DIALECTS[engine.dialect])).from_("given").order_by("place")
    return [row[0] for row in engine.run(query.sql(engine.dialect))]


def folded(engine: Engine, function: str, items: Sequence[Any], type: Type, places: Sequence[int | None]) -> Any:
    """What an aggregate gives of all items, in the order of their places."""
    rows = [(place, item) for place, item in zip(places, items, strict=True)]
    engine.load("given", _columns(engine, type), rows)
    node = Aggregate(function, "given", Column("", (), "item", type), None, None, type)
    query = exp.select(aggregate(node, (exp.column("place"),), DIALECTS[engine.dialect])).from_("given")
    return engine.run(query.sql(engine.dialect))[0][0]


def _columns(engine: Engine, type: Type) -> list[tuple[str, str]]:
    kind = type_name(type, engine.dialect)
    return [("place", "BIGINT"), ("item", "TIMESTAMP_NTZ" if type == TIMESTAMP and engine.dialect == "spark" else kind)]


def test_each_letter_has_the_case_that_it_has_elsewhere(duckdb_engine: Engine, spark_engine: Engine) -> None:
    letters = [
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if letter.upper() != letter or letter.lower() != letter or unicodedata.category(letter)[0] == "Z"
    ]
    words = [*letters, *(f"a{letter}" for letter in letters), "ὈΔΥΣΣΕΎΣ", "ΣΑΣ ΣΑΣ", "İSTANBUL", "straße", "ﬃ ŉ ǰ ᾳ"]
    assert len(words) > 5_000
    for function in ("lower", "upper", "length"):
        expected = computed(duckdb_engine, function, words, TEXT)
        found = computed(spark_engine, function, words, TEXT)
        differing = [word for word, one, other in zip(words, expected, found, strict=True) if one != other]
        assert differing == []


def test_blanks_are_the_same(duckdb_engine: Engine, spark_engine: Engine) -> None:
    blanks = [*map(chr, range(0x21)), *"\x7f\x85\xa0\u1680\u180e\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"]
    words = [*(f"{blank}a b{blank}{blank}" for blank in blanks if blank != "\0"), "", " ", "\n", " a\n"]
    assert computed(spark_engine, "trim", words, TEXT) == computed(duckdb_engine, "trim", words, TEXT)


@pytest.mark.parametrize("zone", ZONES)
def test_wall_clocks_around_each_turn(spark_engine: Engine, zone: str) -> None:
    """Half an hour apart for two years, and days since 1950."""
    start = datetime(2025, 1, 1)
    hours = [start + timedelta(minutes=30 * step) for step in range(2 * 24 * 365)]
    days = [datetime(1950, 1, 1, 0, 30) + timedelta(days=9 * step) for step in range(3000)]
    walls = [*hours, *days]
    found = computed(spark_engine, "from_local", walls, TIMESTAMP, Literal(zone, TEXT))
    wrong = [(wall, one) for wall, one in zip(walls, found, strict=True) if one != to_utc(wall, zone)]
    assert wrong == []


def test_large_numbers_are_rounded_alike(duckdb_engine: Engine, spark_engine: Engine) -> None:
    numbers = [0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 1e15 + 0.5, -1e15 - 0.5, 4503599627370497.5, 1e18, -1e30]
    numbers += [9007199254740993.0, 1e300, -0.1, 0.1, 1e-300, 0.0, 123456.789]
    for function in ("round", "floor", "ceil"):
        assert computed(spark_engine, function, numbers, NUMBER) == computed(duckdb_engine, function, numbers, NUMBER)
    digits = Literal(2, INTEGER)
    rounded = computed(spark_engine, "round", numbers[:10], NUMBER, digits)
    assert rounded == computed(duckdb_engine, "round", numbers[:10], NUMBER, digits)


ORDERED: tuple[tuple[Type, tuple[Any, ...]], ...] = (
    (INTEGER, (3, -(2**63), 2**63 - 1, 0)),
    (decimal(38, 2), (Decimal("1.50"), Decimal("-1.50"), Decimal("9" * 36))),
    (NUMBER, (1.5, -1e300, 0.0, 1e-300)),
    (TEXT, ("b", "a", "ab", "", "a\0", "é", "z", "😀", "\uffff", "ไทย")),
    (BOOLEAN, (True, False)),
    (DATE, (date(2026, 1, 31), date(1, 1, 1), date(9999, 12, 31), date(1500, 2, 28))),
    (TIMESTAMP, (datetime(2026, 1, 31, 9, 30), datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999))),
)


@pytest.mark.parametrize(("type", "items"), ORDERED, ids=[type.kind for type, _ in ORDERED])
def test_rows_of_one_place_are_taken_by_the_smallest(spark_engine: Engine, type: Type, items: tuple[Any, ...]) -> None:
    last = [None, *items, None]
    assert folded(spark_engine, "last", [*items, *last], type, [1] * len(items) + [2] * len(last)) == min(items)
    assert folded(spark_engine, "first", [*last, *items], type, [None] * len(last) + [2] * len(items)) == min(items)
    assert folded(spark_engine, "last", [items[0], None], type, [1, 2]) is None
    assert folded(spark_engine, "last", [items[1], items[0]], type, [None, 1]) == items[0]
    assert folded(spark_engine, "mode", [*items, *items, None, None, None], type, [1] * (2 * len(items) + 3)) == min(
        items
    )


def test_no_digit_of_a_decimal_is_lost(spark_engine: Engine) -> None:
    wide = decimal(38, 2)
    items = [Decimal("999999999999999999999999999999999999.99"), Decimal("-123456789012345678901234567890123456.78")]
    assert computed(spark_engine, "negate", items, wide) == [items[0].copy_negate(), items[1].copy_negate()]
    assert computed(spark_engine, "abs", [*items, None], wide) == [items[0], items[1].copy_negate(), None]


def test_the_mean_of_large_integers_is_that_of_their_exact_sum(duckdb_engine: Engine, spark_engine: Engine) -> None:
    items = [2**63 - 1, 2**63 - 1, 2**53 + 1, 1, 3]
    assert folded(spark_engine, "avg", items, INTEGER, items) == folded(duckdb_engine, "avg", items, INTEGER, items)
