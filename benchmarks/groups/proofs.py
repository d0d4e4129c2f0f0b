"""Proving things about rules: how all pairs of segments lie, beside asking each pair anew, and checking with proofs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bench import Bench, is_installed
from campaigns import DECLARED, campaigns
from figures import Figure, Finding, Note, check_equal
from processes import SEGRULES, side

PAIRS = {200: 5.0, 1000: 60.0}
"""Seconds in which is known how all pairs of so many segments lie, at most."""
CHECKED, CHECKING = 100, 2.0
SAMPLE = 30
"""Pairs that are also asked anew, of which the time for all pairs is reckoned."""
_ALIKE = {"never": "never", "possible": "possible", "inconclusive": "possible"}


def measure(bench: Bench) -> Iterator[Finding]:
    """Rules with windows, lists and prefixes, without data; of `--segments` the two largest numbers."""
    if not is_installed("z3"):
        yield Note("Proofs are not measured: z3-solver is not installed.")
        return
    for count in bench.segments[-2:]:
        yield from _pairs(bench, count)
    few = min(CHECKED, bench.segments[-1])
    project = _project(bench, few)
    done = bench.measure({"validate": (*SEGRULES, "validate", project)})["validate"]
    goal = 1 if few == CHECKED else None
    limit = f"a limit of {CHECKING:g} s"
    yield Figure(f"`validate` with proofs, {few} segments", limit, done.seconds, CHECKING, "cost", goal)


def _project(bench: Bench, count: int) -> Path:
    return bench.write_project(f"campaigns_{count}", DECLARED, campaigns(count))


def _pairs(bench: Bench, count: int) -> Iterator[Finding]:
    """All pairs at once beside a limit, and beside a sample of them that are asked anew; they answer alike."""
    project, pairs = _project(bench, count), count * (count - 1) // 2
    commands = {way: side("by_questions", way, project, str(SAMPLE)) for way in ("regions", "anew")}
    done = bench.measure(commands)
    what, stopped = f"all pairs of {count:,} segments", done["regions"].is_stopped
    own = done["regions"].seconds
    if count in PAIRS:
        limit = PAIRS[count]
        yield Figure(what, f"a limit of {limit:g} s", own, limit, "cost", 1, stopped=("segrules",) if stopped else ())
    if any(one.is_stopped for one in done.values()):
        return
    found = {way: json.loads(one.stdout) for way, one in done.items()}
    check_equal({way: _answers(one["answers"]) for way, one in found.items()}, what)
    reckoned = found["anew"]["seconds"] / len(found["anew"]["answers"]) * pairs
    yield Figure(what, "each pair asked anew, reckoned from some", own, reckoned)


def _answers(answers: dict[str, list[str]]) -> dict[str, list[str]]:
    """What a prover has no answer to may have one when it is asked in other company."""
    return {pair: [_ALIKE[one] for one in parts] for pair, parts in answers.items()}
