"""Rows that PostgreSQL tells apart by where it keeps them: which tables have such places, and counts by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from memory_reader import MemoryReader

from segrules.engines.engine import Engine
from segrules.engines.postgres import Postgres, connect
from segrules.planning import plan, references
from segrules.planning.nodes import Plan
from segrules.planning.planes import scan_behind
from segrules.planning.time import parse_as_of
from segrules.project.loader import load
from segrules.project.resolve import resolve
from segrules.sql.dialects.postgres import POSTGRES
from segrules.sql.places import has_places
from segrules.sql.queries import ScanQuery
from segrules.sql.scans import Table, typed_scans
from segrules.workflows.counting import sizes_of

PEOPLE = """
segrules: 1
name: people
as_of: 2026-01-31
entities:
  person: {source: people.csv, key: id, columns: {id: integer, age: integer, country: text}}
relations:
  orders: {source: orders.csv, key: person, columns: {person: integer, amount: integer}}
"""
RULES = """
traits:
  decade: age / 10
  bought: count(orders)
segments:
  old: age >= 60
  young_or_far: age < 20 or country != 'TH'
  thirties: decade >= 3 and decade < 4
  buyers: bought >= 2
"""
TABLES = """
CREATE TABLE people (id bigint, age int, country text);
INSERT INTO people
    SELECT i, i * 7 % 90, CASE i % 3 WHEN 0 THEN 'TH' WHEN 1 THEN 'TW' END FROM generate_series(1, 9000) i;
CREATE TABLE orders (person bigint, amount int);
INSERT INTO orders SELECT i * i % 9000, i FROM generate_series(1, 12000) i;
"""
BY_HAND = """
SELECT count(*), count(*) FILTER (WHERE age >= 60),
       count(*) FILTER (WHERE age < 20 OR country IS DISTINCT FROM 'TH'),
       count(*) FILTER (WHERE age >= 30 AND age < 40),
       count(*) FILTER (WHERE (SELECT count(*) FROM orders WHERE person = id) >= 2)
FROM people
"""


@pytest.fixture
def server(shop_schema: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A connection to the only schema of the test."""
    shop_schema.execute(TABLES)
    return shop_schema


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Postgres]:
    engine = connect(postgres_url)
    engine.execute("SET search_path TO shop")
    yield engine
    engine.close()


class Listening:
    """An engine, and what was asked of it."""

    dialect = "postgres"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked: list[str] = []

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        self.asked.append(statement)
        return self._engine.run(statement)


def planned(table: str = "people", *names: str) -> tuple[Plan, ScanQuery]:
    loaded, _ = load(MemoryReader({"segrules.yml": PEOPLE, "segments/a.yml": RULES}))
    assert loaded is not None
    own = resolve(loaded)[0]["person"]
    tables = {"person": Table("table", name=table), "orders": Table("table", name="orders")}
    made = plan(own, references(own, names or own.segments), parse_as_of("2026-01-31", "UTC"))
    return made, typed_scans(tables, "UTC", POSTGRES)


def counted(engine: Listening) -> tuple[int, ...]:
    made, scan = planned()
    _, rows, sizes = sizes_of(engine, made, scan, made.outputs, "person", keep=False)  # type: ignore[arg-type]
    return (rows, *sizes)


KINDS = {
    "people": ("ANALYZE people", True),
    "copied": ("CREATE MATERIALIZED VIEW copied AS SELECT * FROM people; ANALYZE copied", True),
    "one's own": ('CREATE TEMPORARY TABLE "one\'s own" AS SELECT * FROM people; ANALYZE "one\'s own"', False),
    "nowhere": ("", False),
    "seen": ("CREATE VIEW seen AS SELECT * FROM people", False),
    "unknown": ("CREATE TABLE unknown (LIKE people) WITH (autovacuum_enabled = off)", False),
    "sparse": (
        "CREATE TABLE sparse WITH (fillfactor = 10) AS SELECT id, age, country, repeat('x', 500) AS more"
        " FROM people LIMIT 900; ANALYZE sparse",
        False,
    ),
    "parent": ("CREATE TABLE parent AS SELECT * FROM people; CREATE TABLE child () INHERITS (parent); ANALYZE", False),
    "parts": (
        "CREATE TABLE parts (LIKE people) PARTITION BY RANGE (age);"
        "CREATE TABLE part PARTITION OF parts DEFAULT; INSERT INTO parts SELECT * FROM people; ANALYZE",
        False,
    ),
}


@pytest.mark.parametrize("table", KINDS)
def test_which_tables_have_places(table: str, server: Any, engine: Postgres) -> None:
    """A temporary table of another session is none that this one could mean."""
    prepared, expected = KINDS[table]
    server.execute(prepared or "SELECT")
    made, scan = planned(table)
    behind = scan_behind(made.root)
    assert behind is not None
    assert engine.run(has_places(scan, behind, "postgres")) == [(expected,)]


def test_a_user_who_may_read_some_columns_may_not_read_places(server: Any, engine: Postgres) -> None:
    server.execute("ANALYZE people; DROP ROLE IF EXISTS guest; CREATE ROLE guest; GRANT USAGE ON SCHEMA shop TO guest")
    server.execute("GRANT SELECT (id, age, country) ON people TO guest; GRANT SELECT ON orders TO guest")
    listening = Listening(engine)
    engine.execute("SET ROLE guest")
    try:
        assert counted(listening) == server.execute(BY_HAND).fetchone()
        assert "TIDSEND" not in listening.asked[-1]
    finally:
        engine.execute("RESET ROLE")
        server.execute("DROP OWNED BY guest; DROP ROLE guest")


@pytest.mark.parametrize("has_statistics", [True, False])
def test_counts_by_places_and_by_numbers(has_statistics: bool, server: Any, engine: Postgres) -> None:
    """Of pages with more than 64 rows, with holes where rows were deleted or written anew."""
    server.execute("DELETE FROM people WHERE id % 5 = 0; UPDATE people SET age = age + 1 WHERE id % 11 = 0")
    if has_statistics:
        server.execute("VACUUM ANALYZE people")
    server.execute("UPDATE people SET age = age + 1 WHERE id % 13 = 0")
    listening = Listening(engine)
    assert counted(listening) == server.execute(BY_HAND).fetchone()
    assert ("TIDSEND" in listening.asked[-1]) is has_statistics


def test_places_are_read_by_several_processes(server: Any, engine: Postgres) -> None:
    """Each makes the numbers of its pages, traits among what they are made of; also where none is to be had."""
    server.execute("ANALYZE people")
    engine.execute("SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0")
    listening = Listening(engine)
    made, scan = planned("people", "old", "thirties")
    _, _, sizes = sizes_of(listening, made, scan, made.outputs, "person", keep=False)  # type: ignore[arg-type]
    shown = "\n".join(line for (line,) in engine.run(f"EXPLAIN {listening.asked[-1]}"))
    assert "Partial HashAggregate" in shown
    assert "Parallel Seq Scan on people" in shown
    engine.execute("SET max_parallel_workers = 0")
    assert engine.run(listening.asked[-1])[0][1:] == tuple(sizes)
