"""The cases over customers and their orders: aggregates, sequences, streaks, rollups, the row before, nested ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench import Bench

PROJECT = """
segrules: 1
name: benchmark
as_of: 2026-01-01
entities:
  customer: {source: customers.parquet, key: customer_id, columns: {customer_id: integer}}
relations:
  orders:
    source: orders.parquet
    key: customer_id
    time: ordered_at
    columns: {customer_id: integer, ordered_at: timestamp, channel: text, amount: 'decimal(12,2)'}
  days: {from: orders, by: date(ordered_at) as day, columns: {spent: sum(amount)}, time: day}
"""


@dataclass(frozen=True)
class Case:
    """A rule, and the query for the same members, to which each Parquet file is a table. tables: a name of MAKERS.

    goal: how many times as long as the query the whole run may take.
    is_windowed: what each row needs is computed from the rows around it.
    """

    name: str
    rule: str
    query: str
    tables: str = "customers"
    goal: float = 2
    is_windowed: bool = False


ORDER_CASES = (
    Case(
        "filtered",
        "count(orders where channel == 'web') >= 3 and sum(orders.amount where channel == 'app') > 50"
        " and count(orders in last 90 days) >= 1",
        """SELECT customer_id FROM customers LEFT JOIN (SELECT customer_id, count(*) FILTER (channel = 'web') AS web,
             sum(amount) FILTER (channel = 'app') AS app, count(*) FILTER (ordered_at >= '2025-10-04') AS late
             FROM orders WHERE ordered_at < '2026-01-02' GROUP BY ALL) USING (customer_id)
           WHERE web >= 3 AND app > 50 AND late >= 1""",
        "orders",
        1.2,
    ),
    Case(
        "sequence",
        "sequence(orders where channel == 'web' then channel == 'app' within 7 days)",
        """SELECT customer_id FROM (SELECT customer_id, channel, ordered_at,
             max(CASE WHEN channel = 'web' THEN ordered_at END)
             OVER (PARTITION BY customer_id ORDER BY ordered_at
               GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS web
             FROM orders WHERE ordered_at < '2026-01-02' AND channel IN ('web', 'app'))
           WHERE channel = 'app' AND ordered_at - web <= INTERVAL 7 DAY GROUP BY ALL""",
        "orders",
        is_windowed=True,
    ),
    Case(
        "streak",
        "longest_streak(date(orders.ordered_at)) >= 2",
        """SELECT DISTINCT customer_id FROM (SELECT customer_id, day - CAST(row_number()
             OVER (PARTITION BY customer_id ORDER BY day) AS INTEGER) AS island
             FROM (SELECT DISTINCT customer_id, ordered_at::DATE AS day FROM orders WHERE ordered_at < '2026-01-02'))
           GROUP BY customer_id, island HAVING count(*) >= 2""",
        "orders",
        is_windowed=True,
    ),
    Case(
        "rollup",
        "any(days where spent > 150)",
        """SELECT DISTINCT customer_id FROM (SELECT customer_id, ordered_at::DATE AS day, sum(amount) AS spent
             FROM orders WHERE ordered_at < '2026-01-02' GROUP BY ALL) WHERE spent > 150""",
        "orders",
    ),
    Case(
        "previous",
        "any(orders where days_between(previous(ordered_at), ordered_at) >= 200)",
        """SELECT DISTINCT customer_id FROM (SELECT customer_id, ordered_at, lag(ordered_at)
             OVER (PARTITION BY customer_id ORDER BY ordered_at) AS before FROM orders WHERE ordered_at < '2026-01-02')
           WHERE ordered_at::DATE - before::DATE >= 200""",
        "orders",
        is_windowed=True,
    ),
    Case(
        "max_count",
        "max_count(orders within 10 days) >= 3",
        """SELECT DISTINCT customer_id FROM (SELECT customer_id, count(*) OVER (PARTITION BY customer_id
             ORDER BY ordered_at RANGE BETWEEN INTERVAL 10 DAY PRECEDING AND CURRENT ROW) AS many
             FROM orders WHERE ordered_at < '2026-01-02') WHERE many >= 3""",
        "orders",
        is_windowed=True,
    ),
    Case(
        "nested",
        "any(orders as o where none(orders where channel == o.channel and ordered_at > o.ordered_at))"
        " and count(orders) > 8",
        """SELECT customer_id FROM orders o WHERE ordered_at < '2026-01-02' GROUP BY ALL HAVING count(*) > 8
             AND bool_or(NOT EXISTS (SELECT 1 FROM orders i WHERE i.ordered_at < '2026-01-02'
               AND i.customer_id = o.customer_id AND i.channel = o.channel AND i.ordered_at > o.ordered_at))""",
        "orders",
    ),
)


def orders(bench: Bench, folder: Path) -> None:
    """Customers, and six times as many orders of a year, at random moments."""
    _write(bench, folder, bench.rows, 6 * bench.rows, f"(hash(range * 3) % {bench.rows})::BIGINT")


def one_key(bench: Bench, folder: Path) -> None:
    """A hundred customers, one of whom has all of a million orders but a few (in a small run, of fewer)."""
    _write(bench, folder, 100, min(1_000_000, 20 * bench.rows), "CASE WHEN range < 500 THEN range % 100 ELSE 7 END")


def _write(bench: Bench, folder: Path, customers: int, rows: int, key: str) -> None:
    (folder / "segrules.yml").write_text(PROJECT)
    bench.file(f"{folder.name}/customers.parquet", f"SELECT range AS customer_id FROM range({customers})")
    bench.file(
        f"{folder.name}/orders.parquet",
        f"""SELECT {key} AS customer_id,
        TIMESTAMP '2025-01-01' + to_seconds((hash(range * 5) % 31536000)::BIGINT) AS ordered_at,
        ['web', 'app', 'shop'][1 + (hash(range * 7) % 3)::INTEGER] AS channel,
        ((hash(range * 11) % 10000) / 100)::DECIMAL(12, 2) AS amount FROM range({rows})""",
    )
