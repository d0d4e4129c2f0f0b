"""Counting members: `segrules count` beside the same rules in SQL, polars and pandas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench import Bench, is_installed, shown
from figures import Figure, Finding, Note, check_equal
from processes import SEGRULES, Command, Done, side
from rules import SCORED, Rule, random_rules
from wording import PANDAS, POLARS, SQL, Words, written

GOALS: Mapping[tuple[str, int], float] = {("counts", 200): 6, ("counts", 1000): 12}
"""By side and number of segments, for five million rows."""

BESIDE = {
    "counts": "a count by hand for each, one connection",
    "loaded": "the same counts, over a table loaded first",
    "filters": "one SELECT, a count with FILTER for each",
    "polars": "polars, one lazy query",
    "pandas": "pandas, a mask for each",
}

MAY_FAIL = ("filters", "polars", "pandas")
"""Sides that large sizes may be too much for."""


def measure(bench: Bench) -> Iterator[Finding]:
    """Whole processes, for each number of segments; the most of them once more over few thresholds, without a goal."""
    customers = bench.customers()
    most = max(bench.segments)
    few = 4 * len(SCORED)
    sets = [(f"{segments:,} segments", random_rules(segments), segments) for segments in bench.segments]
    scored = random_rules(most, distinct=few, columns=SCORED)
    sets.append((f"{most:,} segments over {few} predicates of {len(SCORED)} columns", scored, 0))
    for number, (what, rules, segments) in enumerate(sets):
        commands = commands_for(bench, f"count_{number}", rules, customers)
        done = bench.measure(commands, may_fail=MAY_FAIL)
        check_counts(done, f"{what}, {shown(bench.rows)} rows")
        own = done.pop("segrules")
        for name, it in done.items():
            if it.failure:
                yield Note(f"{BESIDE[name]}: failed with {what}: {it.failure}")
            else:
                yield _figure(bench, name, what, segments, own, it)
    for library in ("polars", "pandas"):
        if not is_installed(library):
            yield Note(f"{library} is not installed and was left out of the counts.")


def _figure(bench: Bench, name: str, what: str, segments: int, own: Done, other: Done) -> Figure:
    """segments: of the goals, 0 for none."""
    goal = 1.0 if name == "polars" and segments >= 20 else GOALS.get((name, segments))
    stopped = tuple(which for which, one in (("segrules", own), ("other", other)) if one.is_stopped)
    what = f"`count`, {what}, {shown(bench.rows)} rows"
    goal = goal if bench.is_full else None
    return Figure(what, BESIDE[name], own.seconds, other.seconds, goal=goal, stopped=stopped)


def commands_for(
    bench: Bench, name: str, rules: Mapping[str, Rule], customers: Path, sides: tuple[str, ...] = tuple(BESIDE)
) -> dict[str, Command]:
    """The command of each side that counts these rules over these customers; of the libraries, those at hand."""
    commands: dict[str, Command] = {
        "segrules": (*SEGRULES, "count", bench.project(name, rules, customers), "--format", "json")
    }
    for one in sides:
        words, program = {"polars": (POLARS, "by_polars"), "pandas": (PANDAS, "by_pandas")}.get(one, (SQL, "by_sql"))
        if program != "by_sql" and not is_installed(one):
            continue
        job = write_job(bench, f"{name}_{one}", rules, words, customers)
        commands[one] = side(program, job) if program != "by_sql" else side(program, one, job)
    return commands


def write_job(bench: Bench, name: str, rules: Mapping[str, Rule], words: Words, source: Path, out: str = "") -> Path:
    """The file that a program in `sides/` is given: the rules in its words, the file of rows, where it writes."""
    job = bench.folder / f"{name}.json"
    job.write_text(json.dumps({"source": str(source), "rules": written(rules, words), "out": out}))
    return job


def check_counts(done: Mapping[str, Done], what: str) -> None:
    """UnequalAnswers where a side that has finished counted other members than segrules."""
    answers = {name: json.loads(one.stdout) for name, one in done.items() if not one.is_stopped}
    if "segrules" in answers:
        answers["segrules"] = {item["segment"]: item["members"] for item in answers["segrules"]["segments"]}
    if len(answers) > 1:
        check_equal(answers, what)
