"""How plans map to shuffles on Spark: one for each relation however many segments, none where tables are bucketed.

`pytest tests/engines/test_spark_shuffles.py --update` writes the plan in docs/scale.md anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import running
from markdown import between, fill_between
from pages import DOCS

from segrules.engines import Engine
from segrules.planning import plan, references
from segrules.planning.time import parse_as_of
from segrules.sql import DIALECTS, counts
from segrules.sql.scans import Table, everything, typed_scans

PAGE = DOCS / "scale.md"
DECLARED = """
segrules: 1
name: shuffles
as_of: 2026-01-31
entities:
  customer:
    source: {table: customers}
    key: customer_id
    columns: {customer_id: integer, country: text}
relations:
  orders:
    source: {table: orders}
    key: customer_id
    time: ordered_at
    columns: {customer_id: integer, ordered_at: timestamp, amount: 'decimal(12,2)'}
  visits:
    source: {table: visits}
    key: customer_id
    time: visited_at
    columns: {customer_id: integer, visited_at: timestamp}
"""
SELECTS = {
    "customers": "SELECT id AS customer_id, CAST(id % 7 AS STRING) AS country",
    "orders": "SELECT id % 20 AS customer_id, TIMESTAMP_NTZ '2026-01-01 12:00:00' AS ordered_at,"
    " CAST(id AS DECIMAL(12, 2)) AS amount",
    "visits": "SELECT id % 20 AS customer_id, TIMESTAMP_NTZ '2026-01-01 12:00:00' AS visited_at",
}


@pytest.fixture
def spark(spark_engine: Engine) -> Iterator[Engine]:
    """As with tables that are too large to be sent to everybody."""
    spark_engine.execute("SET spark.sql.autoBroadcastJoinThreshold=-1")
    spark_engine.execute("SET spark.sql.shuffle.partitions=8")
    yield spark_engine
    spark_engine.execute("RESET spark.sql.autoBroadcastJoinThreshold")
    spark_engine.execute("SET spark.sql.shuffle.partitions=1")


def made(spark: Engine, folder: Path, stored: str) -> dict[str, str]:
    """Tables of a few rows as files, by name; `stored` is how (as in CREATE TABLE)."""
    names = {}
    for table, select in SELECTS.items():
        names[table] = f"shuffled_{table}_{len(stored)}"
        spark.execute(f"DROP TABLE IF EXISTS {names[table]}")
        where = f"LOCATION '{folder / table}'"
        spark.execute(f"CREATE TABLE {names[table]} USING parquet {stored} {where} AS {select} FROM range(40)")
    return names


def explained(spark: Engine, names: dict[str, str], segments: int) -> str:
    """The tree of operators that counts so many segments, each of which needs both relations."""
    lines = (
        f"  s{number}: count(orders in last {1 + number % 90} days) >= {1 + number % 3} and country != '{number}'"
        f" and sum(orders.amount) > {number} and count(visits in last {5 + number % 60} days) < {1 + number % 7}"
        for number in range(segments)
    )
    files = {"segrules.yml": DECLARED, "segments/rules.yml": "segments:\n" + "\n".join(lines) + "\n"}
    rules = running.resolve_project(running.open_project(files))["customer"]
    tables = {}
    for table, name in (("customer", "customers"), ("orders", "orders"), ("visits", "visits")):
        place = Table("table", name=names[name])
        described = tuple(spark.describe(everything(place).sql("spark")))
        tables[table] = Table("table", name=names[name], physical=described)
    dialect = DIALECTS["spark"]
    built = plan(rules, references(rules, rules.segments), parse_as_of("2026-01-31", "UTC"))
    statement = counts.count_query(built, dialect, typed_scans(tables, "UTC", dialect), built.outputs)
    ((text,),) = spark.run(f"EXPLAIN FORMATTED {statement}")
    return str(text).split("\n\n")[0].removeprefix("== Physical Plan ==\n")


def shuffles(tree: str) -> int:
    return len(re.findall(r"\bExchange\b", tree))


def test_there_are_as_many_shuffles_for_two_segments_and_for_two_hundred(
    spark: Engine, tmp_path: Path, update: bool
) -> None:
    names = made(spark, tmp_path, "")
    few, many = explained(spark, names, 2), explained(spark, names, 200)
    assert shuffles(few) == shuffles(many) == 4, many  # orders, visits, customers, and one for the totals
    shown = "\n".join(re.sub(r"shuffled_(\w+)_0\b", r"\1", line.rstrip()) for line in many.splitlines())
    text = f"```text\n{re.sub('spark_catalog.default.', '', shown)}\n```\n"
    if update:
        fill_between(PAGE, "plan of 200 segments", text)
    assert between(PAGE, "plan of 200 segments") == text


def test_tables_that_are_bucketed_by_the_key_are_not_shuffled(spark: Engine, tmp_path: Path) -> None:
    names = made(spark, tmp_path, "CLUSTERED BY (customer_id) SORTED BY (customer_id) INTO 8 BUCKETS")
    tree = explained(spark, names, 200)
    assert shuffles(tree) == 1, tree  # for the totals


def test_a_customer_with_a_fifth_of_all_rows_is_shuffled_as_a_row_for_each_part(spark: Engine) -> None:
    """Rows are folded where they are read, so that what is sent grows with keys and parts, not with a key's rows."""
    skewed = (
        "SELECT CASE WHEN id % 5 = 0 THEN -1 ELSE id % 1000 END AS customer_id, id AS amount FROM range(0, {}, 1, 4)"
    )
    sent = []
    for rows in (20_000, 100_000):
        folded = "SELECT customer_id, count(*), sum(amount), max(amount)"
        sent.append(rows_sent(spark, f"{folded} FROM ({skewed.format(rows)}) GROUP BY customer_id"))
    assert sent == [801 * 4, 801 * 4]


def rows_sent(spark: Engine, query: str) -> int:
    """How many rows the one shuffle of a query wrote."""
    frame = spark._session.sql(query)  # type: ignore[attr-defined]
    frame.collect()
    waiting, written = [frame._jdf.queryExecution().executedPlan()], []
    while waiting:
        node = waiting.pop()
        if node.nodeName() == "Exchange":
            written.append(node.metrics().apply("shuffleRecordsWritten").value())
        children = node.children()
        waiting += [children.apply(place) for place in range(children.size())]
    (sent,) = written
    return int(sent)
