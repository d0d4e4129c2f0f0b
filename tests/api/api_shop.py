"""A small shop as a project in a folder, and its rows as Arrow tables."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import segrules

PROJECT = """\
segrules: 1
name: shop
as_of: 2026-01-31
timezone: Asia/Bangkok
entities:
  customer:
    source: data/customers.parquet
    key: customer_id
    columns: {customer_id: integer, country: text, rating: number}
relations:
  orders:
    source: data/orders.parquet
    key: customer_id
    time: ordered_at
    columns: {customer_id: integer, ordered_at: timestamp, amount: "decimal(10,2)", product_id: integer}
    lookups:
      product: {source: data/products.parquet, on: product_id, columns: {product_id: integer, kind: text}}
"""
RULES = """\
segments:
  thai: country == 'TH'
  good: rating >= 4
  recent: any(orders in last 30 days)
  big: sum(orders.amount) > 100
  tea: any(orders where product.kind == 'tea')
segmentations:
  band: {stages: {none: count(orders) == 0}, otherwise: some}
carry: [country]
"""
CUSTOMERS = pa.table(
    {
        "customer_id": [1, 2, 3, 4],
        "country": ["TH", "US", None, "TH"],
        "rating": [4.5, float("nan"), None, 3.0],
    }
)
ORDERS = pa.table(
    {
        "customer_id": [1, 1, 2, 4],
        "ordered_at": [datetime(2026, 1, 2, 1), datetime(2025, 1, 1), datetime(2026, 1, 1, 23), datetime(2026, 1, 20)],
        "amount": pa.array([Decimal(60), Decimal(50), Decimal(20), Decimal(100)], pa.decimal128(10, 2)),
        "product_id": [7, 8, 8, None],
    }
)
PRODUCTS = pa.table({"product_id": [7, 8], "kind": ["tea", "shoes"]})
TABLES = {"customer": CUSTOMERS, "orders": ORDERS, "orders.product": PRODUCTS}
SIZES = {"thai": 2, "good": 1, "recent": 2, "big": 1, "tea": 1, "band.none": 1, "band.some": 3}


def write_shop(root: Path, *, data: bool = True, **texts: str) -> segrules.Project:
    """A project with these files; without `data` there are no rows but those that are given."""
    for name, text in {"segrules.yml": PROJECT, "segments/rules.yml": RULES, **texts}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    if data:
        (root / "data").mkdir(exist_ok=True)
        for name, table in {"customers": CUSTOMERS, "orders": ORDERS, "products": PRODUCTS}.items():
            pq.write_table(table, root / f"data/{name}.parquet")
    return segrules.load(root)


def sizes(counts: segrules.Counts) -> dict[str, int]:
    return {item.segment: item.members for item in counts}


def rows(table: Any) -> list[tuple[Any, ...]]:
    """The rows of an Arrow table in an order of their own."""
    return sorted((tuple(row.values()) for row in table.to_pylist()), key=repr)


def codes(refused: segrules.Refused) -> list[str]:
    return [finding.code for finding in refused.findings]
