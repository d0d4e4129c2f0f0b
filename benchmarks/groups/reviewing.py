"""Reviewing a change: `segrules diff` beside counting both versions, and comparing many rules without data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from bench import Bench, shown
from figures import Figure, Finding, check_equal
from processes import SEGRULES, Done
from rules import random_rules

SEGMENTS = 200
MOST = 1.5
"""Of the time that counting both versions takes."""


def measure(bench: Bench) -> Iterator[Finding]:
    """A change in which every segment has the rule that another one had; then ten times as many rules, without data."""
    yield _members(bench)
    yield _meaning(bench)


def _members(bench: Bench) -> Figure:
    rules = random_rules(SEGMENTS)
    names = list(rules)
    turned = {name: rules[other] for name, other in zip(names, [*names[1:], names[0]], strict=True)}
    customers = bench.customers()
    old, new = bench.project("review_old", rules, customers), bench.project("review_new", turned, customers)
    done = bench.measure(
        {
            "old": (*SEGRULES, "count", old, "--format", "json"),
            "new": (*SEGRULES, "count", new, "--format", "json"),
            "diff": (*SEGRULES, "diff", old, new, "--format", "json"),
        }
    )
    if not any(one.is_stopped for one in done.values()):
        check_equal({"diff": _changes(done["diff"]), "count": _counts(done)}, "both versions")
    what = f"`diff`, {SEGMENTS} segments that all change, {shown(bench.rows)} rows"
    both = done["old"].seconds + done["new"].seconds
    return Figure(what, "`count` of both versions", done["diff"].seconds, both, "cost", MOST if bench.is_full else None)


def _counts(done: Mapping[str, Done]) -> dict[str, tuple[int, int]]:
    old, new = (
        {item["segment"]: item["members"] for item in json.loads(done[name].stdout)["segments"]}
        for name in ("old", "new")
    )
    return {name: (old[name], new[name]) for name in old}


def _changes(done: Done) -> dict[str, tuple[int, int]]:
    changes = json.loads(done.stdout)["changes"]
    return {item["name"]: (item["members"]["before"], item["members"]["after"]) for item in changes}


def _meaning(bench: Bench) -> Figure:
    """Two versions of many rules, of which each hundredth changed, beside checking both."""
    many = 10 * max(bench.segments)
    rules = random_rules(many)
    first = next(iter(rules.values()))
    changed = {name: first if place % 100 == 0 else rule for place, (name, rule) in enumerate(rules.items())}
    customers = bench.customers(10)
    old, new = bench.project("meaning_old", rules, customers), bench.project("meaning_new", changed, customers)
    done = bench.measure(
        {
            "old": (*SEGRULES, "validate", old),
            "new": (*SEGRULES, "validate", new),
            "diff": (*SEGRULES, "diff", old, new, "--no-data"),
        }
    )
    what = f"`diff --no-data`, {many:,} segments"
    return Figure(
        what, "`validate` of both versions", done["diff"].seconds, done["old"].seconds + done["new"].seconds, "cost"
    )
