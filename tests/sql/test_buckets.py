"""Buckets: as many keys in each as chance has it, those of one seed telling nothing about those of another."""

from __future__ import annotations

from collections import Counter

from sqlglot import exp

from segrules.engines import Engine
from segrules.language.core import Call, Column, Literal
from segrules.language.types import INTEGER, TEXT
from segrules.sql import DIALECTS
from segrules.sql.expressions import value

KEYS = 40_000


def buckets(engine: Engine, count: int, seed: str) -> list[int]:
    """The bucket of each key from 1 on."""
    key = Column("", (), "key", INTEGER, False)
    call = Call("bucket", (key, Literal(count, INTEGER), Literal(seed, TEXT)), INTEGER)
    computed = value(call, DIALECTS[engine.dialect])
    keys = exp.select(exp.column("i").as_("key", quoted=True)).from_(f"generate_series(1, {KEYS}) AS t(i)")
    query = exp.select(computed).from_(keys.subquery("keys")).order_by(exp.column("key", quoted=True))
    return [int(row[0]) for row in engine.run(query.sql(engine.dialect))]


def chi_square(counts: Counter[object], cells: int) -> float:
    """How far counts are from all alike: about `cells` where chance made them."""
    alike = KEYS / cells
    return sum((count - alike) ** 2 / alike for count in counts.values()) + (cells - len(counts)) * alike


def test_keys_are_spread_evenly(duckdb_engine: Engine) -> None:
    for count, seed in ((2, ""), (10, "spring"), (97, "ฤดูร้อน"), (1000, "x")):
        found = buckets(duckdb_engine, count, seed)
        assert set(found) <= set(range(1, count + 1))
        assert chi_square(Counter(found), count) < count + 5 * (2 * count) ** 0.5


def test_two_seeds_are_independent(duckdb_engine: Engine) -> None:
    pairs = Counter(zip(buckets(duckdb_engine, 10, "a"), buckets(duckdb_engine, 10, "b"), strict=True))
    assert chi_square(Counter(pairs), 100) < 100 + 5 * 200**0.5


def test_engines_agree(duckdb_engine: Engine, postgres_engine: Engine) -> None:
    assert buckets(duckdb_engine, 1_000_000, "spring") == buckets(postgres_engine, 1_000_000, "spring")
