"""Engines that take one row at a time, for context: what a rule costs for one row, in microseconds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from bench import Bench, is_installed, shown
from figures import Figure, Finding, Note, check_equal
from processes import SEGRULES, side
from rules import random_rules
from wording import ROW_ENGINES

from groups.counting import write_job

MODULES: Mapping[str, str] = {"rule-engine": "rule_engine", "zen-engine": "zen", "common-expression-language": "cel"}
ROWS = 2000


def measure(bench: Bench) -> Iterator[Finding]:
    """The engines over 2,000 rows, their evaluation alone; segrules over all rows, the whole process."""
    segments = max((count for count in bench.segments if count <= 200), default=min(bench.segments))
    rules = random_rules(segments)
    few = bench.customers(min(ROWS, bench.rows))
    count = (*SEGRULES, "count", bench.project("rows_all", rules, bench.customers()), "--format", "json")
    own = bench.measure({"segrules": count})["segrules"].seconds * 1e6 / (segments * bench.rows)
    checked = bench.measure({"few": (*SEGRULES, "count", bench.project("rows_few", rules, few), "--format", "json")})
    right = {item["segment"]: item["members"] for item in json.loads(checked["few"].stdout)["segments"]}
    for engine, words in ROW_ENGINES.items():
        if not is_installed(MODULES[engine]):
            yield Note(f"{engine} is not installed and was left out.")
            continue
        job = write_job(bench, f"rows_{engine}", rules, words, few)
        done = bench.measure({engine: side("by_rows", engine, job)}, enough=0)[engine]
        if done.is_stopped:
            yield Note(f"{engine} was stopped after {bench.patience:g} s.")
            continue
        printed = json.loads(done.stdout)
        check_equal({"segrules": right, engine: printed["answers"]}, f"{segments} segments, {engine}")
        it = printed["seconds"] * 1e6 / (segments * printed["rows"])
        what = f"a rule for one row: `count`, {segments} segments, {shown(bench.rows)} rows"
        yield Figure(what, engine, own, it, unit="µs")
