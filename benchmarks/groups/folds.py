"""Aggregates over orders: a hundred different ones in one run beside the best GROUP BY written by hand for the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

import orders
from bench import Bench, shown
from figures import Figure, Finding
from processes import SEGRULES, Command, side

from groups.counting import check_counts

GOAL = 1.3
"""For thirty million orders and a hundred aggregates."""


def measure(bench: Bench) -> Iterator[Finding]:
    """A segment for each aggregate; four ways to write the GROUP BY, the fastest of which is what counts."""
    rows = 6 * bench.rows
    count = min(100, 10 * max(bench.segments))
    who, file = orders.files(bench, rows)
    folds = {f"s{number}": fold for number, fold in enumerate(orders.random_folds(count))}
    lines = (f"  {name}: {orders.in_segrules(fold)} {fold.comparison}\n" for name, fold in folds.items())
    declared = orders.DECLARED.format(customers=who, orders=file)
    project = bench.write_project("folds", declared, "segments:\n" + "".join(lines))
    commands: dict[str, Command] = {"segrules": (*SEGRULES, "count", project, "--format", "json")}
    for form in orders.FORMS:
        job = bench.folder / f"folds_{form.replace(' ', '_')}.json"
        job.write_text(json.dumps({"query": orders.in_sql(folds, who, file, form)}))
        commands[form] = side("by_sql", "query", job)
    done = bench.measure(commands)
    check_counts(done, f"{count} aggregates, {shown(rows)} orders")
    own = done.pop("segrules")
    best = min(done, key=lambda form: (done[form].is_stopped, done[form].seconds))
    for form, it in sorted(done.items(), key=lambda item: item[1].seconds):
        goal = GOAL if form == best and bench.is_full else None
        stopped = tuple(name for name, one in (("segrules", own), ("other", it)) if one.is_stopped)
        beside = f"one GROUP BY by hand, {form}{', the best' if form == best else ''}"
        what = f"`count`, {count} aggregates, {shown(rows)} orders"
        yield Figure(what, beside, own.seconds, it.seconds, "cost", goal, stopped=stopped)
