"""Checking rules and making SQL of them, without data: how long it takes, and whether it grows as the rules do."""

from __future__ import annotations

from collections.abc import Iterator

from bench import Bench
from figures import Figure, Finding
from processes import SEGRULES, Done
from rules import random_rules

SECONDS = {"validate": 1.5, "sql": 1}
"""For each thousand segments, at most."""
DOUBLING = 20
GROWTH = 11
"""Of the time, from a thousand segments to ten thousand."""


def measure(bench: Bench) -> Iterator[Finding]:
    """`validate` and `sql` of a tenth of the rules and of all of them, whole processes, beside their limits."""
    many = 10 * max(bench.segments)
    customers = bench.customers(10)
    projects = {
        count: bench.project(f"compile_{count}", random_rules(count), customers) for count in (many // 10, many)
    }
    commands = {
        f"{verb} {count}": (*SEGRULES, verb, project) for count, project in projects.items() for verb in SECONDS
    }
    done = bench.measure(commands)
    for verb, most in SECONDS.items():
        for count in projects:
            limit = most * max(1, count / 1000)
            own = done[f"{verb} {count}"].seconds
            yield Figure(f"`{verb}`, {count:,} segments", f"a limit of {limit:g} s", own, limit, "cost", 1)
    for verb in SECONDS:
        more, less = (done[f"{verb} {count}"].seconds for count in (many, many // 10))
        goal = GROWTH if many >= 10_000 else None
        yield Figure(f"`{verb}`, {many:,} segments", f"`{verb}`, {many // 10:,}", more, less, "cost", goal)
    yield _sql_size(bench)


def _sql_size(bench: Bench) -> Figure:
    """Twenty traits that each use the one before twice, beside two such traits: bytes of SQL for each trait."""
    sizes = {traits: len(_doubling(bench, traits).stdout) / traits for traits in (DOUBLING, 2)}
    what, beside = f"SQL for each of {DOUBLING} doubling traits", "for each of 2"
    return Figure(what, beside, sizes[DOUBLING], sizes[2], "cost", 1.5, "bytes")


def _doubling(bench: Bench, traits: int) -> Done:
    lines = ["traits:", "  t0: orders", *(f"  t{number}: t{number - 1} + t{number - 1}" for number in range(1, traits))]
    rules = "\n".join([*lines, "segments:", f"  all: t{traits - 1} > 1", ""])
    project = bench.project(f"doubling_{traits}", {}, bench.customers(10))
    (project / "segments" / "rules.yml").write_text(rules)
    return bench.measure({"sql": (*SEGRULES, "sql", project)})["sql"]
