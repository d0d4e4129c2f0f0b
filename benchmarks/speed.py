"""How fast segrules is beside what a person would write by hand. One command, one table; ratios of one run.

    python benchmarks/speed.py [--rows 5000000] [--relation-rows 50000000] [--json FILE]

Each figure is the best of several whole processes, started cold, both sides in turn on the same machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb

HAND_WRITTEN = """
import sys, yaml, lark, pydantic, sqlglot, duckdb, typer
source, target = sys.argv[1:]
connection = duckdb.connect()
rows, keys = connection.execute(f"SELECT count(*), count(DISTINCT customer_id) FROM '{source}'").fetchone()
assert rows == keys
connection.execute(f"COPY (SELECT customer_id, 'vip' AS segment FROM '{source}' "
                   f"WHERE recency_days < 30 AND orders >= 5) TO '{target}' (FORMAT parquet)")
"""


@dataclass(frozen=True)
class Figure:
    """One row of the table: seconds (or megabytes, bytes) of both sides, and what the ratio should not pass."""

    what: str
    segrules: float
    yardstick: float
    unit: str
    goal: str

    @property
    def ratio(self) -> float:
        return self.segrules / self.yardstick


def main() -> None:
    options = _options()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="segrules-benchmark-") as folder:
        for measure in (start_up, validate, apply_one, sql_size, memory):
            if options.only and measure.__name__ not in options.only:
                continue
            figures.append(measure(Path(folder), options))
            print(line(figures[-1]), file=sys.stderr)
    write_figures(figures, options.json)


def write_figures(figures: Sequence[Figure], file: str | None) -> None:
    """The table on stdout and, where a file is named, the figures as JSON."""
    print(_table(figures))
    if file:
        rows = [{**asdict(figure), "ratio": figure.ratio} for figure in figures]
        Path(file).write_text(json.dumps({"versions": _versions(), "figures": rows}, indent=2))


def start_up(folder: Path, options: argparse.Namespace) -> Figure:
    """`segrules --help` beside a Python that does nothing."""
    own = best([*CLI, "--help"], repeat=7)
    return Figure("`segrules --help` / `python -c pass`", own, best(["-c", "pass"], repeat=7), "s", "<= 10")


def validate(folder: Path, options: argparse.Namespace) -> Figure:
    """A project of 1,000 segments, the whole process; beside a limit of 1.5 seconds."""
    project = folder / "thousand"
    (project / "segments").mkdir(parents=True)
    (project / "segrules.yml").write_text(_project("customers.parquet"))
    rules = [
        f"  s{number}: recency_days < {number % 365 + 1} and (orders >= {number % 19} or country in ['A', 'B'])"
        for number in range(1000)
    ]
    (project / "segments" / "rules.yml").write_text("segments:\n" + "\n".join(rules) + "\n")
    return Figure("`validate`, 1,000 segments / 1.5 s", best([*CLI, "validate", str(project)]), 1.5, "s", "<= 1")


def apply_one(folder: Path, options: argparse.Namespace) -> Figure:
    """One segment over one Parquet file, beside the same COPY and the same check of the key by hand."""
    project = folder / "one"
    (project / "segments").mkdir(parents=True)
    source = project / "customers.parquet"
    duckdb.execute(f"""COPY (SELECT range AS customer_id, (hash(range) % 365)::INTEGER AS recency_days,
        (hash(range * 7) % 20)::INTEGER AS orders, chr(65 + (range % 26)::INTEGER) AS country
        FROM range({options.rows}) ORDER BY hash(range)) TO '{source}'""")
    (project / "segrules.yml").write_text(_project("customers.parquet"))
    (project / "segments" / "vip.yml").write_text("segments:\n  vip: recency_days < 30 and orders >= 5\n")
    own = best([*CLI, "apply", str(project), "--out", str(folder / "out")])
    by_hand = best(["-c", HAND_WRITTEN, str(source), str(folder / "by_hand.parquet")])
    counts = [
        duckdb.execute(f"SELECT count(*), sum(customer_id) FROM '{file}'").fetchone()
        for file in (folder / "out" / "customer.parquet", folder / "by_hand.parquet")
    ]
    assert counts[0] == counts[1], counts
    return Figure(f"`apply` one segment, {options.rows:,} rows / by hand", own, by_hand, "s", "<= 1.3")


def sql_size(folder: Path, options: argparse.Namespace) -> Figure:
    """Twenty traits that each use the one before twice, beside two such traits: SQL grows with the traits."""

    def size(traits: int) -> float:
        project = folder / f"doubling{traits}"
        (project / "segments").mkdir(parents=True)
        (project / "segrules.yml").write_text(_project(str(folder / "one" / "customers.parquet")))
        lines = ["traits:", "  t0: orders"]
        lines += [f"  t{number}: t{number - 1} + t{number - 1}" for number in range(1, traits)]
        lines += ["segments:", f"  all: t{traits - 1} > 1"]
        (project / "segments" / "rules.yml").write_text("\n".join(lines) + "\n")
        return len(_run([*CLI, "sql", str(project)]).stdout) / traits

    return Figure("SQL per trait, 20 doubling traits / 2", size(20), size(2), "bytes", "<= 1.5")


def memory(folder: Path, options: argparse.Namespace) -> Figure:
    """Grouping a large relation with little memory: it spills and finishes; beside the limit of 1 GB."""
    project = folder / "large"
    (project / "segments").mkdir(parents=True)
    source = project / "orders.parquet"
    duckdb.execute(f"""COPY (SELECT (hash(range) % {options.relation_rows // 5})::BIGINT AS customer_id,
        TIMESTAMP '2025-01-01' + INTERVAL (range % 31000000) SECOND AS ordered_at,
        ((hash(range * 3) % 100000) / 100)::DECIMAL(10, 2) AS amount FROM range({options.relation_rows}))
        TO '{source}'""")
    (project / "segrules.yml").write_text(
        "segrules: 1\nname: large\nas_of: 2026-01-01\n"
        "entities: {customer: {from: orders, key: customer_id, columns: {customer_id: integer}}}\n"
        "relations:\n  orders:\n    source: orders.parquet\n    key: customer_id\n    time: ordered_at\n"
        "    columns: {customer_id: integer, ordered_at: timestamp, amount: 'decimal(10,2)'}\n"
    )
    (project / "segments" / "rules.yml").write_text(
        "traits:\n  orders: count(orders)\n  spend: sum(orders.amount)\n  recent: max(orders.ordered_at)\n"
        "segments:\n  big: orders >= 8 and spend > 3000\n  lately: days_since(recent) < 30\n"
    )
    done = _run([*CLI, "apply", str(project), "--out", str(folder / "large-out"), "--memory-limit", "1GB"], peak=True)
    return Figure(f"peak memory, {options.relation_rows:,} rows / 1 GB limit", done.peak, 1000, "MB", "<= 1.5")


CLI = ("-m", "segrules")


@dataclass(frozen=True)
class Done:
    seconds: float
    stdout: str
    peak: float


def _run(arguments: Sequence[str], *, peak: bool = False) -> Done:
    """One process, waited for with its resource usage: wall seconds and megabytes at its largest."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        out.seek(0)
        err.seek(0)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{arguments} failed:\n{err.read()}")
        return Done(seconds, out.read(), usage.ru_maxrss / 1000)


def best(arguments: Sequence[str], *, repeat: int = 3) -> float:
    return min(_run(arguments).seconds for _ in range(repeat))


def _project(source: str) -> str:
    return (
        "segrules: 1\nname: benchmark\nas_of: 2026-01-01\nentities:\n  customer:\n"
        f"    source: {source}\n    key: customer_id\n"
        "    columns: {customer_id: integer, recency_days: integer, orders: integer, country: text}\n"
    )


def _table(figures: Sequence[Figure]) -> str:
    head = [f"{_versions()}", "", "| what | segrules | beside | ratio | goal |", "|---|--:|--:|--:|--:|"]
    return "\n".join([*head, *map(line, figures)])


def line(figure: Figure) -> str:
    unit = figure.unit
    sides = f"{figure.segrules:,.2f} {unit} | {figure.yardstick:,.2f} {unit}"
    return f"| {figure.what} | {sides} | {figure.ratio:.2f} | {figure.goal} |"


def _versions() -> str:
    names = ("segrules", "duckdb", "sqlglot", "lark", "pydantic")
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--relation-rows", type=int, default=50_000_000)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="start_up validate apply_one sql_size memory")
    return parser.parse_args()


if __name__ == "__main__":
    main()
