"""How fast the larger forms of the language are beside SQL written by hand for the same question.

    python benchmarks/language.py [--rows 5000000] [--only WORD …] [--json FILE]

Each case is one segment over a file of customers: `segrules apply`, the whole process, and a Python that runs the
statement and the same check of the key, in turn on the same machine. Both write the members, which must be the same.
A case is a row of CASES; cases over other tables add a maker of theirs to MAKERS.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
from language_orders import ORDER_CASES, Case, one_key, orders
from speed import CLI, Figure, best, line, write_figures

HAND_WRITTEN = """
import sys, duckdb, pathlib
folder, query = sys.argv[1:]
connection = duckdb.connect()
connection.execute("PRAGMA disable_progress_bar")
for file in pathlib.Path(folder).glob("*.parquet"):
    connection.execute(f"CREATE VIEW {file.stem} AS FROM '{file}'")
rows, keys = connection.execute("SELECT count(*), count(DISTINCT customer_id) FROM customers").fetchone()
assert rows == keys
connection.execute(f"COPY (SELECT customer_id, 'it' AS segment FROM ({query})) "
                   f"TO '{folder}/out/by_hand.parquet' (FORMAT parquet)")
"""

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


def customers(folder: Path, rows: int) -> None:
    """Customers with a spend, the days since an order (of one in ten missing) and a country."""
    (folder / "segrules.yml").write_text(CUSTOMERS)
    duckdb.execute(f"""COPY (SELECT range AS customer_id, ((hash(range * 3) % 10000000) / 100)::DECIMAL(12, 2) AS spend,
        CASE WHEN hash(range) % 10 > 0 THEN (hash(range * 5) % 365)::INTEGER END AS recency,
        chr(65 + (range % 26)::INTEGER) AS country FROM range({rows}) ORDER BY hash(range))
        TO '{folder}/customers.parquet'""")


MAKERS: Mapping[str, Callable[[Path, int], None]] = {"customers": customers, "orders": orders, "one_key": one_key}
"""What writes a project's segrules.yml and its data: as many entity rows as asked for."""


def main() -> None:
    options = _options()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="segrules-benchmark-") as folder:
        made: dict[str, Path] = {}
        for case in CASES:
            if options.only and case.name not in options.only:
                continue
            if case.tables not in made:
                made[case.tables] = Path(folder) / case.tables
                (made[case.tables] / "segments").mkdir(parents=True)
                MAKERS[case.tables](made[case.tables], options.rows)
            for figure in measure(case, made[case.tables], options.rows):
                figures.append(figure)
                print(line(figure), file=sys.stderr)
    write_figures(figures, options.json)


def measure(case: Case, folder: Path, rows: int) -> list[Figure]:
    """Both sides of a case, whose members must be the same: the whole process, with its checks, and its SQL alone."""
    (folder / "segments" / "rules.yml").write_text(f"segments:\n  it: >-\n    {case.rule}\n")
    own = best([*CLI, "apply", str(folder), "--out", str(folder / "out")])
    by_hand = best(["-c", HAND_WRITTEN, str(folder), case.query])
    files = (folder / "out" / "customer.parquet", folder / "out" / "by_hand.parquet")
    members = [duckdb.execute(f"SELECT count(*), sum(customer_id) FROM '{file}'").fetchone() for file in files]
    assert members[0] == members[1], members
    printed = subprocess.run([sys.executable, *CLI, "sql", str(folder)], capture_output=True, text=True, check=True)
    alone = best(["-c", HAND_WRITTEN, str(folder), f"FROM ({printed.stdout.rstrip().rstrip(';')}) WHERE it"])
    return [
        Figure(f"`{case.rule}`, {rows:,} rows / by hand", own, by_hand, "s", case.goal),
        Figure(f"its SQL alone, {rows:,} rows / by hand", alone, by_hand, "s", case.goal),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--only", nargs="*", metavar="NAME", help=" ".join(case.name for case in CASES))
    return parser.parse_args()


if __name__ == "__main__":
    main()
