"""Writing members: `segrules apply` in each layout beside statements written by hand that write the same ids."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
from bench import Bench, shown
from figures import Figure, Finding, check_equal
from processes import SEGRULES, Command, side
from rules import All, Rule, Test, random_rules
from wording import SQL

from groups.counting import write_job

GOALS: Mapping[tuple[str, str], float] = {("wide", "copies"): 7, ("files", "copies"): 3}
"""By layout and what stands beside it, for 200 segments over five million rows."""

COPIES = "a COPY by hand for each, one connection"


def measure(bench: Bench) -> Iterator[Finding]:
    """One segment, then 200 (of the smaller numbers asked for, the largest) in each layout."""
    yield from _one(bench)
    segments = max((count for count in bench.segments if count <= 200), default=min(bench.segments))
    rules = random_rules(segments)
    customers = bench.customers()
    project = bench.project(f"members_{segments}", rules, customers)
    by_hand = bench.folder / "members_by_hand"
    job = write_job(bench, "members_copies", rules, SQL, customers, str(by_hand))
    wide_file = bench.folder / "members_wide.parquet"
    wide_job = write_job(bench, "members_wide", rules, SQL, customers, str(wide_file))
    outs = {layout: bench.folder / f"members_out_{layout}" for layout in ("wide", "long", "files")}
    commands: dict[str, Command] = {
        layout: (*SEGRULES, "apply", project, "--layout", layout, "--out", out) for layout, out in outs.items()
    }
    commands |= {"copies": side("by_sql", "copies", job), "by_hand_wide": side("by_sql", "wide", wide_job)}
    shutil.rmtree(by_hand, ignore_errors=True)
    done = bench.measure(commands)
    answers = {
        "copies": _of_files(by_hand),
        "by_hand_wide": _of_wide(wide_file, rules),
        "wide": _of_wide(outs["wide"] / "customer.wide.parquet", rules),
        "long": _of_long(outs["long"] / "customer.parquet"),
        "files": _of_files(outs["files"] / "customer"),
    }
    what = f"{segments:,} segments, {shown(bench.rows)} rows"
    check_equal({name: found for name, found in answers.items() if not done[name].is_stopped}, what)
    others = {"copies": COPIES, "by_hand_wide": "one COPY of all Booleans by hand"}
    for layout, other in (("wide", "copies"), ("wide", "by_hand_wide"), ("long", "copies"), ("files", "copies")):
        own, it = done[layout], done[other]
        goal = GOALS.get((layout, other)) if bench.is_full and segments == 200 else None
        stopped = tuple(name for name, one in (("segrules", own), ("other", it)) if one.is_stopped)
        yield Figure(
            f"`apply --layout {layout}`, {what}", others[other], own.seconds, it.seconds, goal=goal, stopped=stopped
        )


def _one(bench: Bench) -> Iterator[Finding]:
    """One segment, with the same libraries imported and the same check of the key on both sides."""
    rules: dict[str, Rule] = {"vip": All((Test("recency_days", "<", (30,)), Test("orders", ">=", (5,))))}
    customers = bench.customers()
    project = bench.project("members_one", rules, customers)
    out, by_hand = bench.folder / "members_out_one", bench.folder / "members_one_by_hand"
    job = write_job(bench, "members_one", rules, SQL, customers, str(by_hand))
    commands: dict[str, Command] = {
        "own": (*SEGRULES, "apply", project, "--out", out),
        "by_hand": side("by_sql", "checked", job),
    }
    shutil.rmtree(by_hand, ignore_errors=True)
    done = bench.measure(commands)
    what = f"one segment, {shown(bench.rows)} rows"
    check_equal({"own": _of_long(out / "customer.parquet"), "by hand": _of_files(by_hand)}, what)
    beside = "the same imports, the same check of the key and a COPY by hand"
    goal = 1.3 if bench.is_full else None
    yield Figure(f"`apply`, {what}", beside, done["own"].seconds, done["by_hand"].seconds, "cost", goal)


# members as (how many, a hash of all their keys), by segment

_MEMBERS = "count(*), bit_xor(hash(customer_id)), sum(hash(customer_id) % 1000003)"


def _of_long(file: Path) -> dict[str, object]:
    return _by_name(f"SELECT segment, {_MEMBERS} FROM '{file}' GROUP BY ALL")


def _of_files(folder: Path) -> dict[str, object]:
    named = f"parse_filename(filename, true) AS name, {_MEMBERS}"
    return _by_name(f"SELECT {named} FROM read_parquet('{folder}/*.parquet', filename = true) GROUP BY ALL")


def _of_wide(file: Path, rules: Mapping[str, Rule]) -> dict[str, object]:
    parts = (f"SELECT '{name}', {_MEMBERS} FROM '{file}' WHERE {name}" for name in rules)
    return {name: found for part in parts for name, found in _by_name(part).items()}


def _by_name(query: str) -> dict[str, object]:
    with duckdb.connect() as connection:
        connection.execute("PRAGMA disable_progress_bar")
        return {name: found for name, *found in connection.execute(query).fetchall() if found[0]}
