"""A project over Parquet files, with what its rules make of them worked out by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb

SHOP = """
segrules: 1
name: shop
as_of: 2026-01-31
timezone: Europe/Berlin
entities:
  customer:
    source: data/customers.parquet
    key: id
    columns: {id: integer, name: text, joined: date, score: number, vip: boolean}
relations:
  orders:
    source: data/orders-*.parquet
    key: customer
    time: at
    columns: {customer: integer, at: timestamp, amount: "decimal(10,2)"}
"""
RULES = """
params: {many: 2}
carry: [name, joined]
traits:
  spent: sum(orders.amount)
segments:
  buyers: count(orders) >= params.many
  from_z: name >= 'Zoe'
  none_yet: none(orders)
  scored: score > 1.5
  nobody: score > 100
  early: any(orders where hour(at) < 6)
segmentations:
  size:
    stages: {big: spent > 100, small: spent > 0}
    otherwise: nothing
"""
CUSTOMERS = """
SELECT * FROM (VALUES
    (1, 'Zoe', DATE '2025-01-01', 1.5::FLOAT, true), (2, 'zoe', DATE '2025-02-01', 2.5, false),
    (3, 'Ärger', NULL, NULL, NULL), (4, 'a "b"', DATE '2024-02-29', 'NaN', true), (5, NULL, DATE '1999-12-31', 3, false)
) AS t (id, name, joined, score, vip)
"""
ORDERS = (
    """
SELECT * FROM (VALUES
    (1::BIGINT, TIMESTAMP '2025-10-26 02:30:00', 99.99::DECIMAL(10, 2)), (1, '2026-01-31 23:59:59', 0.02),
    (1, '2026-02-01 00:00:00', 1000.00)) AS t (customer, "at", amount)
""",
    """
SELECT * FROM (VALUES
    (2::BIGINT, TIMESTAMP '2026-01-01 05:59:59', 100.00::DECIMAL(10, 2)), (2, '2026-01-01 06:00:00', 0.00),
    (4, '2025-03-30 02:30:00', 5.00)) AS t (customer, "at", amount)
""",
)
MEMBERS = {
    "buyers": 2, "from_z": 4, "none_yet": 2, "scored": 2, "nobody": 0, "early": 3,
    "size.big": 1, "size.small": 2, "size.nothing": 2,
}  # fmt: skip


def write_shop(root: Path) -> Path:
    """Writes the project; its folder."""
    (root / "data").mkdir(parents=True)
    (root / "segments").mkdir()
    (root / "segrules.yml").write_text(SHOP.lstrip(), encoding="utf-8")
    (root / "segments/rules.yml").write_text(RULES.lstrip(), encoding="utf-8")
    duckdb.sql(f"COPY ({CUSTOMERS}) TO '{root}/data/customers.parquet'")
    for number, rows in enumerate(ORDERS):
        duckdb.sql(f"COPY ({rows}) TO '{root}/data/orders-{number}.parquet'")
    return root
