"""The rows that each two segments share, as a report counts them, beside a count for each pair."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bench import Bench, shown
from figures import Figure, Finding, check_equal
from processes import side
from rules import random_rules
from wording import SQL

from groups.counting import write_job

SEGMENTS = 200
LIMIT = 10.0
"""Seconds that so many segments of five million rows may take."""
SAMPLE = 1000
"""Pairs that are also counted one by one, of which the time for all pairs is reckoned."""


def measure(bench: Bench) -> Iterator[Finding]:
    """Of `--segments` the largest number up to 200; the rows are in tables already, as they are for a report."""
    count = max((count for count in bench.segments if count <= SEGMENTS), default=min(bench.segments))
    pairs = count * (count - 1) // 2
    sample = min(SAMPLE, pairs)
    job = write_job(bench, f"pairs_{count}", random_rules(count), SQL, bench.customers())
    done = bench.measure({way: side("by_pairs", way, job, str(sample)) for way in ("bits", "naive")})
    if any(one.is_stopped for one in done.values()):
        return
    found = {way: json.loads(one.stdout) for way, one in done.items()}
    what = f"rows that all pairs of {count:,} segments share, {shown(bench.rows)} rows"
    check_equal({way: one["answers"] for way, one in found.items()}, what)
    own, reckoned = found["bits"]["seconds"], found["naive"]["seconds"] / sample * pairs
    if count == SEGMENTS and bench.is_full:
        yield Figure(what, f"a limit of {LIMIT:g} s", own, LIMIT, "cost", 1)
    yield Figure(what, "a count for each pair, reckoned from some", own, reckoned)
