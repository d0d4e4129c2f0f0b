"""Orders of the benchmark's customers over a year, and random aggregates over them in the words of segrules and SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from bench import Bench

AS_OF = date(2026, 1, 1)
END = AS_OF + timedelta(days=1)

DECLARED = """
segrules: 1
name: orders
as_of: 2026-01-01
entities:
  customer: {{source: {customers}, key: customer_id, columns: {{customer_id: integer}}}}
relations:
  orders:
    source: {orders}
    key: customer_id
    time: ordered_at
    columns:
      customer_id: {{type: integer, missing: never}}
      ordered_at: {{type: timestamp, missing: never}}
      channel: {{type: text, missing: never}}
      quantity: {{type: integer, missing: never}}
      amount: {{type: 'decimal(12,2)', missing: never}}
"""

WINDOWS = (7, 14, 30, 60, 90, 120, 180, 270, 365)
CHANNELS = ("web", "app", "shop", "phone")
FUNCTIONS = ("count", "sum", "avg", "min", "max")
FORMS = ("filter", "case", "shared filter", "shared case")
"""Ways to write many filtered aggregates in one GROUP BY by hand."""


@dataclass(frozen=True)
class Folded:
    """An aggregate of a customer's orders in the last `days`, of one channel or all, and what it is compared with.

    value: amount or quantity, of `count` nothing.
    """

    function: str
    value: str
    days: int
    channel: str | None
    comparison: str


def random_folds(count: int, seed: int = 4) -> tuple[Folded, ...]:
    """So many different ones."""
    random = Random(seed)
    found: dict[tuple[str, str, int, str | None], Folded] = {}
    while len(found) < count:
        function = random.choice(FUNCTIONS)
        value = "" if function == "count" else random.choice(("amount", "quantity"))
        days, channel = random.choice(WINDOWS), random.choice((None, *CHANNELS))
        limit = 1 if function == "count" else 5 if value == "quantity" else 60
        operator = random.choice(("<=", ">"))
        found[function, value, days, channel] = Folded(function, value, days, channel, f"{operator} {limit}")
    return tuple(found.values())


def files(bench: Bench, orders: int) -> tuple[Path, Path]:
    """A file of customers, and one of six orders for each on average, in the order of time."""
    customers = orders // 6
    who = bench.file(f"buyers_{customers}.parquet", f"SELECT range AS customer_id FROM range({customers})")
    query = f"""SELECT (hash(range * 3) % {customers})::BIGINT AS customer_id,
        TIMESTAMP '2025-01-01' + to_seconds((range * 31536000 // {orders})::BIGINT) AS ordered_at,
        ['web', 'app', 'shop', 'phone'][1 + (hash(range * 7) % 4)::INTEGER] AS channel,
        1 + (hash(range * 13) % 9)::INTEGER AS quantity,
        ((hash(range * 11) % 10000) / 100)::DECIMAL(12, 2) AS amount FROM range({orders})"""
    return who, bench.file(f"orders_{orders}.parquet", query)


def in_segrules(fold: Folded) -> str:
    where = f" where channel == '{fold.channel}'" if fold.channel else ""
    what = f"orders.{fold.value}" if fold.value else "orders"
    return f"{fold.function}({what}{where} in last {fold.days} days)"


def in_sql(folds: Mapping[str, Folded], who: Path, orders: Path, form: str) -> str:
    """One row: for each name how many customers' aggregate passes its comparison. form: one of FORMS."""
    source = f"(FROM '{orders}' WHERE ordered_at < TIMESTAMP '{END}')"
    tests = {fold: _test(fold) for fold in folds.values()}
    if form.startswith("shared"):
        distinct = list(dict.fromkeys(part for parts in tests.values() for part in parts))
        columns = ", ".join(f"{test} AS p{number}" for number, test in enumerate(distinct))
        source = f"(SELECT customer_id, amount, quantity, {columns} FROM {source})"
        tests = {fold: [f"p{distinct.index(part)}" for part in parts] for fold, parts in tests.items()}
    is_filter = form.endswith("filter")
    aggregates = ", ".join(
        f"{_aggregate(fold, ' AND '.join(tests[fold]), is_filter)} AS {name}" for name, fold in folds.items()
    )
    counts = ", ".join(f"count_if({_found(name, fold)} {fold.comparison}) AS {name}" for name, fold in folds.items())
    grouped = f"SELECT customer_id, {aggregates} FROM {source} GROUP BY customer_id"
    return f"SELECT {counts} FROM '{who}' LEFT JOIN ({grouped}) USING (customer_id)"


def _test(fold: Folded) -> list[str]:
    start = END - timedelta(days=fold.days)
    return [f"ordered_at >= TIMESTAMP '{start}'", *([f"channel = '{fold.channel}'"] if fold.channel else [])]


def _aggregate(fold: Folded, test: str, is_filter: bool) -> str:
    if is_filter:
        return f"{fold.function}({fold.value or '*'}) FILTER (WHERE {test})"
    return f"{fold.function}(CASE WHEN {test} THEN {fold.value or 1} END)"


def _found(name: str, fold: Folded) -> str:
    """The aggregate with 0 for nothing, where nothing has a sum."""
    return f"coalesce({name}, 0)" if fold.function in ("count", "sum") else name
