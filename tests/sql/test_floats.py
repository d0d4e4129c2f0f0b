"""Doubles and reals mean the same on each engine: as decimals, divided with a remainder; and means of integers."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from sqlglot import exp

from segrules.engines import Engine
from segrules.language.core import Aggregate, Call, Column
from segrules.language.types import INTEGER, NUMBER, Type, decimal
from segrules.sql import DIALECTS
from segrules.sql.expressions import aggregate, value
from segrules.sql.literals import column
from segrules.sql.stored_values import Stored, typed

TIES = [0.145, 2.675, 1.005, 0.125, 0.375, 0.5, 1.5, 2.5, 0.49999999999999994, 99999.99, 12345678901234.56, 8.5, 1e-9]
LARGE = [
    2.0**52 + 1,
    2.0**53 + 2,
    4503599627370495.5,
    2.0**63,
    2.0**64 + 4096,
    1e16,
    9999999999999998.0,
    1e22,
    1e29,
    1e308,
]
NEVER = [math.nan, math.inf, -math.inf]
DECIMALS = [
    decimal(18, 2),
    decimal(18, 4),
    decimal(12, 0),
    decimal(38, 9),
    decimal(38, 0),
    decimal(19, 1),
    decimal(5, 2),
]


@pytest.fixture(params=["postgres_engine", "spark_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine but DuckDB, with which it is compared."""
    found: Engine = request.getfixturevalue(request.param)
    return found


def numbers() -> list[float]:
    """Ties and what is large, with either sign; and by chance, with few digits and with many."""
    chance = random.Random(5)
    few = [chance.randrange(10**7) / 10 ** chance.randrange(1, 5) for _ in range(2000)]
    many = [chance.uniform(0, 10 ** chance.randrange(0, 38)) for _ in range(2000)]
    halves = [chance.randrange(10**6) / 2 ** chance.randrange(1, 12) for _ in range(1000)]
    known = [*TIES, *LARGE, *few, *many, *halves]
    return [*known, *(-item for item in known), *NEVER, 0.0]


def real(item: float) -> float:
    """The nearest of 32 bits."""
    try:
        (found,) = struct.unpack("f", struct.pack("f", item))
    except OverflowError:
        return math.inf
    return float(found)


def selected(engine: Engine, rows: Sequence[Sequence[Any]], kinds: Sequence[str], what: exp.Expr) -> list[Any]:
    """What an expression gives over these rows, whose columns are a, b, …"""
    kinds = [{"spark": "DOUBLE"}.get(engine.dialect, kind) if kind == "DOUBLE PRECISION" else kind for kind in kinds]
    columns = [("place", "BIGINT"), *zip("ab", kinds, strict=False)]
    engine.load("given", columns, [(place, *row) for place, row in enumerate(rows)])
    query = exp.select(what).from_("given").order_by("place")
    return [row[0] for row in engine.run(query.sql(engine.dialect))]


@pytest.mark.parametrize("stored", ["DOUBLE", "FLOAT"])
def test_a_float_as_a_decimal_is_that_of_duckdb(duckdb_engine: Engine, engine: Engine, stored: str) -> None:
    items = numbers() if stored == "DOUBLE" else list(map(real, numbers()))
    kind = {"DOUBLE": "DOUBLE PRECISION", "FLOAT": "FLOAT" if engine.dialect == "spark" else "REAL"}[stored]

    def stored_in(where: Engine, name: str, to: Type) -> list[Any]:
        read = typed(column("a"), Stored(stored), to, "UTC", DIALECTS[where.dialect])
        return selected(where, [(item,) for item in items], [name], read)

    for to in DECIMALS:
        expected = stored_in(duckdb_engine, stored, to)
        assert sum(item is not None for item in expected) > 1000
        found = stored_in(engine, kind, to)
        assert [pair for pair in zip(items, expected, found, strict=True) if pair[1] != pair[2]] == []


def test_what_a_float_is_as_a_decimal(duckdb_engine: Engine) -> None:
    """Times ten to the scale as a double, then half away from zero: 0.145 is less than it seems, 14.499999999999998."""
    items = [(0.145,), (2.675,), (0.125,), (-0.125,), (1e16,)]
    read = typed(column("a"), Stored("DOUBLE"), decimal(18, 2), "UTC", DIALECTS["duckdb"])
    found = selected(duckdb_engine, items, ["DOUBLE"], read)
    assert found == [Decimal("0.14"), Decimal("2.68"), Decimal("0.13"), Decimal("-0.13"), None]


def test_doubles_are_rounded_half_away_from_zero(duckdb_engine: Engine, engine: Engine) -> None:
    """Also just below a half, and where doubles are whole: from 2^52 on, where every second one is odd."""
    items = [item for item in numbers() if math.isfinite(item)]
    call = Call("round", (Column("", (), "a", NUMBER),), NUMBER)
    expected = [float(Decimal(item).to_integral_value(ROUND_HALF_UP)) for item in items]
    for each, kind in ((duckdb_engine, "DOUBLE"), (engine, "DOUBLE PRECISION")):
        found = selected(each, [(item,) for item in items], [kind], value(call, DIALECTS[each.dialect]))
        assert [row for row in zip(items, expected, found, strict=True) if row[1] != row[2]] == []


def test_the_remainder_of_doubles_is_exact(duckdb_engine: Engine, engine: Engine) -> None:
    chance = random.Random(7)
    size = [10.0**power for power in (-100, -3, 0, 2, 15, 17, 300)]
    pairs = [
        (chance.uniform(-1, 1) * chance.choice(size), chance.uniform(-1, 1) * chance.choice(size)) for _ in range(2000)
    ]
    pairs += [(item, divisor) for item in (*TIES, *LARGE, 0.0, -7.5) for divisor in (0.3, 0.1, 10.0, -0.7, 1e-5)]
    pairs += [(1234567890123456.0, 10.0), (5.0, 0.0)]
    call = Call("modulo", (Column("", (), "a", NUMBER), Column("", (), "b", NUMBER)), NUMBER)
    for each, kind in ((duckdb_engine, "DOUBLE"), (engine, "DOUBLE PRECISION")):
        found = selected(each, pairs, [kind, kind], value(call, DIALECTS[each.dialect]))
        expected = [None if b == 0 else math.fmod(a, b) for a, b in pairs]
        assert [row for row in zip(pairs, expected, found, strict=True) if row[1] != row[2]] == []


def test_the_mean_of_integers_is_rounded_once(duckdb_engine: Engine, engine: Engine) -> None:
    """22/9 with 16 digits behind the point is not the nearest double."""
    chance = random.Random(3)
    rows = [[3] * 4 + [2] * 5, *([chance.randrange(100) for _ in range(chance.randrange(1, 40))] for _ in range(30))]
    node = Aggregate("avg", "given", Column("", (), "a", INTEGER), None, None, INTEGER)
    for each in (duckdb_engine, engine):
        what = aggregate(node, (), DIALECTS[each.dialect])
        for items in rows:
            each.load("given", [("a", "BIGINT")], [(item,) for item in items])
            ((found,),) = each.run(exp.select(what.copy()).from_("given").sql(each.dialect))
            assert found == sum(items) / len(items)
