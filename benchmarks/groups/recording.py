"""Recording who entered and left: `segrules apply --record` of the next day beside the same run without it.

The other way to know is to keep yesterday's members and to take them off today's, by hand.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
from bench import PRIME, Bench, shown
from figures import Figure, Finding, check_equal
from processes import SEGRULES, run, side
from rules import COLUMNS, random_rules

OTHERS = 4
"""Of a hundred customers so many are another customer's likes on the next day."""

BY_HAND = 20
"""The most segments whose members are taken off one another by hand: their files have a row for each membership."""

WITHOUT = "the same without `--record`"


def measure(bench: Bench) -> Iterator[Finding]:
    """200 segments (of the smaller numbers asked for, the largest), then a few beside anti-joins of long files."""
    segments = max((count for count in bench.segments if count <= 200), default=min(bench.segments))
    goal = 1.5 if bench.is_full and segments == 200 else None
    yield from _recorded(bench, segments, "long", goal)
    yield from _recorded(bench, segments, "wide", None)
    yield from _by_hand(bench, min(BY_HAND, segments))


def _recorded(bench: Bench, segments: int, layout: str, goal: float | None) -> Iterator[Finding]:
    """The next day with and without being recorded: as `apply` writes it unasked, or as it writes it fastest."""
    project, out = _first_day(bench, segments, layout)
    command = (*SEGRULES, "apply", project, "--as-of", "2026-01-02", "--layout", layout, "--out")
    done = bench.measure({"recorded": (*command, out, "--record"), "plain": (*command, bench.folder / "plain_out")})
    own, plain = done["recorded"], done["plain"]
    stopped = tuple(name for name, one in (("segrules", own), ("other", plain)) if one.is_stopped)
    what = f"`apply --layout {layout} --record` of the next day, {segments:,} segments, {shown(bench.rows)} rows"
    if not own.is_stopped:
        changes, members = _sums(out / "history" / "2026-01-02" / "run.json")
        what += f", {changes / members:.1%} of {members:,} memberships entered or left"
    yield Figure(what, WITHOUT, own.seconds, plain.seconds, "cost", goal, stopped=stopped)


def _by_hand(bench: Bench, segments: int) -> Iterator[Finding]:
    """Long files of both days and what one has that the other has not, with the same changes."""
    project, out = _first_day(bench, segments, "long")
    by_hand, changes = bench.folder / "recording_by_hand", bench.folder / "recording_by_hand.parquet"
    shutil.rmtree(by_hand, ignore_errors=True)
    by_hand.mkdir()
    shutil.copy(out / "customer.parquet", by_hand / "before.parquet")
    command = (*SEGRULES, "apply", project, "--as-of", "2026-01-02", "--out")
    job = bench.folder / "recording.json"
    before, now = by_hand / "before.parquet", by_hand / "now" / "customer.parquet"
    job.write_text(json.dumps({"before": str(before), "now": str(now), "out": str(changes)}))
    done = bench.measure(
        {
            "recorded": (*command, out, "--record"),
            "plain": (*command, by_hand / "now"),
            "joins": side("by_sql", "changes", job),
        }
    )
    what = f"{segments:,} segments, {shown(bench.rows)} rows"
    own, other = done["recorded"], done["joins"]
    if not own.is_stopped and not other.is_stopped:
        file = out / "history" / "2026-01-02" / "customer.changes.parquet"
        check_equal({"segrules": _changes(file), "joins": _changes(changes)}, what)
    stopped = tuple(name for name, one in (("segrules", own), ("other", other)) if one.is_stopped)
    beside = "`apply`, and two anti-joins of its files by hand"
    seconds = done["plain"].seconds + other.seconds
    yield Figure(f"`apply --layout long --record`, {what}", beside, own.seconds, seconds, stopped=stopped)


def _first_day(bench: Bench, segments: int, layout: str) -> tuple[Path, Path]:
    """A project whose customers are of the next day, and the folder where the first day was recorded."""
    customers = bench.folder / "customers_of_the_day.parquet"
    project = bench.project(f"recording_{segments}", random_rules(segments), customers)
    out = bench.folder / f"recording_{layout}_out"
    shutil.rmtree(out, ignore_errors=True)
    _put(bench.customers(), customers)
    command = (*SEGRULES, "apply", project, "--as-of", "2026-01-01", "--layout", layout, "--out", out, "--record")
    run(command, bench.patience)
    _put(_next_day(bench), customers)
    return project, out


def _put(file: Path, place: Path) -> None:
    place.unlink(missing_ok=True)
    place.hardlink_to(file)


def _next_day(bench: Bench) -> Path:
    """The customers, of which some are like others that there are not."""
    values = ", ".join(f"{column.sql} AS {name}" for name, column in COLUMNS.items())
    numbers = f"SELECT range * {PRIME} % {bench.rows} AS key FROM range({bench.rows})"
    drawn = f"SELECT key, key + if(hash(key, 'next day') % 100 < {OTHERS}, {bench.rows}, 0) AS i FROM ({numbers})"
    return bench.file(f"customers_{bench.rows}_next_day.parquet", f"SELECT key AS customer_id, {values} FROM ({drawn})")


def _sums(record: Path) -> tuple[int, int]:
    """How many memberships changed, and how many there are."""
    items = json.loads(record.read_text("utf-8"))["segments"]
    changes = sum(sum(item["entered"].values()) + sum(item["left"].values()) for item in items)
    return changes, sum(item["members"] for item in items)


def _changes(file: Path) -> dict[str, object]:
    """Changes of members as (how many, a hash of all their keys), by segment and kind."""
    found = "count(*), bit_xor(hash(customer_id)), sum(hash(customer_id) % 1000003)"
    query = f"SELECT segment || ' ' || change, {found} FROM '{file}' WHERE segment IS NOT NULL GROUP BY ALL ORDER BY 1"
    with duckdb.connect() as connection:
        connection.execute("PRAGMA disable_progress_bar")
        return {name: tuple(own) for name, *own in connection.execute(query).fetchall()}
