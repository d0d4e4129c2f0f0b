"""The larger forms of the language, each one segment, beside SQL written by hand for the same members.

Both sides write the members and check the key. A case is a row of CASES; cases over other tables add a maker to MAKERS.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
from bench import Bench, shown
from figures import Figure, Finding, check_equal
from processes import SEGRULES, side

from groups.language_orders import ORDER_CASES, Case, one_key, orders

CUSTOMERS = """
segrules: 1
name: benchmark
as_of: 2026-01-01
entities:
  customer:
    source: customers.parquet
    key: customer_id
    columns:
      customer_id: integer
      spend: {type: "decimal(12,2)", missing: never}
      recency: integer
      country: text
"""


CASES = (
    Case("rank", "rank(spend desc) <= 1000", "FROM customers QUALIFY rank() OVER (ORDER BY spend DESC) <= 1000"),
    Case(
        "rank_by",
        "rank(spend desc by country) <= 1000",
        "FROM customers QUALIFY rank() OVER (PARTITION BY country ORDER BY spend DESC) <= 1000",
    ),
    Case(
        "ntile",
        "ntile(5, recency desc) == 5",
        "FROM customers WHERE recency IS NOT NULL QUALIFY ntile(5) OVER (ORDER BY recency DESC, customer_id) = 5",
    ),
    Case(
        "quantile_bin",
        "quantile_bin(5, spend) >= 2",
        "FROM customers WHERE spend > (SELECT quantile_cont(spend, 0.2) FROM customers)",
    ),
    Case(
        "in_top",
        "in_top(10%, spend)",
        "FROM customers QUALIFY (rank() OVER (ORDER BY spend DESC) - 1) * 10 < count(*) OVER ()",
    ),
    Case(
        "in_top_share",
        "in_top_share(80%, spend)",
        "FROM customers QUALIFY (sum(spend) OVER (ORDER BY spend DESC) - spend) * 5 < sum(spend) OVER () * 4",
    ),
    Case(
        "overall",
        "spend > overall(median(spend))",
        "FROM customers WHERE spend > (SELECT median(spend) FROM customers)",
    ),
    *ORDER_CASES,
    *(replace(case, name=f"{case.name}_one_key", tables="one_key") for case in ORDER_CASES if case.is_windowed),
)


def customers(bench: Bench, folder: Path) -> None:
    """Customers with a spend, the days since an order (of one in ten missing) and a country."""
    (folder / "segrules.yml").write_text(CUSTOMERS)
    bench.file(
        f"{folder.name}/customers.parquet",
        f"""SELECT range AS customer_id, ((hash(range * 3) % 10000000) / 100)::DECIMAL(12, 2) AS spend,
        CASE WHEN hash(range) % 10 > 0 THEN (hash(range * 5) % 365)::INTEGER END AS recency,
        chr(65 + (range % 26)::INTEGER) AS country FROM range({bench.rows}) ORDER BY hash(range)""",
    )


MAKERS: Mapping[str, Callable[[Bench, Path], None]] = {"customers": customers, "orders": orders, "one_key": one_key}
"""What writes a project's segrules.yml and its data."""


def measure(bench: Bench) -> Iterator[Finding]:
    """Each case twice: the whole process, and the SQL that `segrules sql` prints, run alone."""
    for case in CASES:
        if bench.cases and case.name not in bench.cases:
            continue
        folder = bench.folder / f"language_{case.tables}_{bench.rows}"
        (folder / "segments").mkdir(parents=True, exist_ok=True)
        MAKERS[case.tables](bench, folder)
        yield from _measure(bench, case, folder)


def _measure(bench: Bench, case: Case, folder: Path) -> Iterator[Figure]:
    (folder / "segments" / "rules.yml").write_text(f"segments:\n  it: >-\n    {case.rule}\n")
    printed = subprocess.run(
        [sys.executable, *SEGRULES, "sql", str(folder)], capture_output=True, text=True, encoding="utf-8", check=True
    )
    alone = f"FROM ({printed.stdout.rstrip().rstrip(';')}) WHERE it"
    files = {name: bench.folder / f"language_{name}.parquet" for name in ("by hand", "alone")}
    jobs = {}
    for name, query in (("by hand", case.query), ("alone", alone)):
        jobs[name] = bench.folder / f"language_{name.replace(' ', '_')}.json"
        jobs[name].write_text(json.dumps({"tables": str(folder), "query": query, "out": str(files[name])}))
    out = bench.folder / "language_out"
    commands = {name: side("by_sql", "members", job) for name, job in jobs.items()}
    done = bench.measure({"segrules": (*SEGRULES, "apply", folder, "--out", out), **commands})
    found = {"segrules": out / "customer.parquet", **files}
    finished = {name: {"it": _members(file)} for name, file in found.items() if not done[name].is_stopped}
    if len(finished) > 1:
        check_equal(finished, case.name)
    goal = case.goal if bench.is_full else None
    rows = "one customer with nearly all orders" if case.tables == "one_key" else f"{shown(bench.rows)} customers"
    for name, what in (("segrules", "`apply`"), ("alone", "its SQL alone")):
        own, it = done[name], done["by hand"]
        stopped = tuple(which for which, one in (("segrules", own), ("other", it)) if one.is_stopped)
        told = f"{what}, {case.name.removesuffix('_one_key')}, {rows}"
        yield Figure(told, "a query by hand", own.seconds, it.seconds, "cost", goal, stopped=stopped)


def _members(file: Path) -> list[object]:
    with duckdb.connect() as connection:
        query = f"SELECT count(*), sum(customer_id), bit_xor(hash(customer_id)) FROM '{file}'"
        return list(connection.execute(query).fetchall()[0])
