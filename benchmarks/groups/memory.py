"""Memory: the largest that a process holds, of a run that spills to disk and of the sides that count."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import orders
from bench import Bench, shown
from figures import Figure, Finding, check_equal
from processes import SEGRULES, side
from rules import random_rules

from groups.counting import BESIDE, MAY_FAIL, check_counts, commands_for

LIMIT = "1600MB"
MOST = 2000

RULES = """
traits:
  orders: count(orders)
  spend: sum(orders.amount)
  recent: max(orders.ordered_at)
segments:
  big: orders >= 8 and spend > 450
  lately: days_since(recent) < 30
"""

BY_HAND = """
SELECT count_if(orders >= 8 AND spend > 450) AS big, count_if(recent >= TIMESTAMP '2025-12-03') AS lately
FROM (SELECT customer_id, count(*) AS orders, sum(amount) AS spend, max(ordered_at) AS recent
  FROM '{orders}' WHERE ordered_at < TIMESTAMP '2026-01-02' GROUP BY customer_id)
"""


def measure(bench: Bench) -> Iterator[Finding]:
    """A large relation under a limit, then counts of many segments."""
    yield from _large(bench)
    segments = max((count for count in bench.segments if count <= 200), default=min(bench.segments))
    sides = ("counts", "polars", "pandas")
    commands = commands_for(bench, f"memory_{segments}", random_rules(segments), bench.customers(), sides)
    done = bench.measure(commands, enough=0, may_fail=MAY_FAIL)
    what = f"{segments} segments, {shown(bench.rows)} rows"
    check_counts(done, what)
    own = done.pop("segrules")
    for name, it in done.items():
        if not own.is_stopped and not it.is_stopped:
            yield Figure(f"memory of `count`, {what}", BESIDE[name], own.megabytes, it.megabytes, "cost", unit="MB")


def _large(bench: Bench) -> Iterator[Finding]:
    """Twenty orders for each of the benchmark's rows, folded with less memory than that takes."""
    rows = 20 * bench.rows
    who, file = orders.files(bench, rows)
    project = bench.write_project("memory", orders.DECLARED.format(customers=who, orders=file), RULES)
    out, job = bench.folder / "memory_out", bench.folder / "memory_by_hand.json"
    settings = {"memory_limit": LIMIT, "temp_directory": str(bench.folder / "spill")}
    job.write_text(json.dumps({"query": BY_HAND.format(orders=file), "settings": settings}))
    commands = {
        "segrules": (*SEGRULES, "apply", project, "--out", out, "--memory-limit", LIMIT),
        "by hand": side("by_sql", "query", job),
    }
    done = bench.measure(commands, enough=0)
    own, it = done["segrules"], done["by hand"]
    what = f"memory of `apply --memory-limit {LIMIT}`, {shown(rows)} orders"
    stopped = ("segrules",) if own.is_stopped else ()
    if not own.is_stopped and not it.is_stopped:
        with duckdb.connect() as connection:
            query = f"SELECT segment, count(*) FROM '{out}/customer.parquet' GROUP BY ALL"
            found = dict(connection.execute(query).fetchall())
        check_equal({"segrules": found, "by hand": json.loads(it.stdout)}, what)
    goal = 1.0 if bench.is_full else None
    yield Figure(what, "a limit of 2 GB", own.megabytes, MOST, "cost", goal, "MB", stopped)
    if not stopped:
        yield Figure(what, "a GROUP BY by hand, same limit", own.megabytes, it.megabytes, "cost", unit="MB")
        yield Figure(what.removeprefix("memory of "), "a GROUP BY by hand, same limit", own.seconds, it.seconds, "cost")
