"""The report of a year of recorded runs: `segrules report` beside a limit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from bench import Bench, is_installed, shown
from campaigns import COUNTRIES, DECLARED, campaigns
from figures import Figure, Finding, Note
from processes import SEGRULES, run

SEGMENTS, CUSTOMERS, RUNS = 200, 100_000, 53
LIMIT = 20.0
"""Seconds that a report of so many segments and runs may take."""
LAST = date(2026, 1, 31)


def measure(bench: Bench) -> Iterator[Finding]:
    """Of `--segments` the largest number up to 200, recorded week by week over a hundred thousand customers."""
    if not is_installed("plotly"):
        yield Note("The report is not measured: plotly is not installed.")
        return
    segments = max((count for count in bench.segments if count <= SEGMENTS), default=min(bench.segments))
    customers = min(bench.rows, CUSTOMERS)
    runs = RUNS if customers == CUSTOMERS else 3
    project = _project(bench, segments, customers)
    shutil.rmtree(project / "out", ignore_errors=True)
    first = LAST - timedelta(weeks=runs - 1)
    run((*SEGRULES, "backfill", "--from", first.isoformat(), "--every", "week", str(project)), bench.patience * 10)
    done = bench.measure({"report": (*SEGRULES, "report", str(project))})["report"]
    what = f"`report`, {segments:,} segments, {runs} runs, {shown(customers)} customers"
    goal = 1 if (segments, runs) == (SEGMENTS, RUNS) else None
    stopped = ("segrules",) if done.is_stopped else ()
    yield Figure(what, f"a limit of {LIMIT:g} s", done.seconds, LIMIT, "cost", goal, stopped=stopped)


def _project(bench: Bench, segments: int, customers: int) -> Path:
    """Campaigns over customers and ten orders for each, values hashes of the row's number."""
    countries = ", ".join(f"'{country}'" for country in COUNTRIES)
    people = f"""
        SELECT i AS customer_id, CASE WHEN hash(i, 1) % 10 > 0 THEN 18 + hash(i, 2) % 60 END::INTEGER AS age,
          [{countries}][(1 + hash(i, 3) % {len(COUNTRIES)})::INTEGER] AS country,
          CASE WHEN hash(i, 4) % 5 > 0 THEN 'a' || i || '@gmail.com' END AS email,
          CASE WHEN hash(i, 5) % 2 = 0 THEN '+66' || i END AS phone,
          DATE '2020-01-01' + (hash(i, 6) % 2200)::INTEGER AS joined_on,
          ['vip', 'new', 'sale'][:(hash(i, 7) % 4)::INTEGER] AS tags, hash(i, 8) % 2 = 0 AS newsletter
        FROM (SELECT range AS i FROM range({customers}))"""
    orders = f"""
        SELECT ((hash(i, 1) % 1000) * (hash(i, 2) % 1000) * {customers} // 1000000)::BIGINT AS customer_id,
          TIMESTAMP '2024-06-01' + to_seconds((hash(i, 3) % (600 * 86400))::BIGINT) AS ordered_at,
          ((hash(i, 4) % 20000) / 100)::DECIMAL(12, 2) AS amount,
          ['web', 'app', 'shop'][(1 + hash(i, 5) % 3)::INTEGER] AS channel
        FROM (SELECT range AS i FROM range({customers * 10}))"""
    declared = DECLARED.replace("    time: ordered_at\n", "    time: ordered_at\n    value: amount\n")
    for name, query in (("customers", people), ("orders", orders)):
        path = bench.file(f"report_{name}_{customers}.parquet", query)
        declared = declared.replace(f"source: {name}.parquet", f"source: {path}")
    return bench.write_project(f"report_{segments}_{customers}", declared, campaigns(segments))
