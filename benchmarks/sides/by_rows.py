"""Counts by an engine that takes a row at a time: python by_rows.py ENGINE JOB.

Printed as JSON: the counts, how many rows, and the seconds of evaluating. Rules are compiled and rows made before. Days
are numbers, money is a float: what all the engines have.
"""

import json
import sys
import time
from pathlib import Path

import duckdb


def rule_engine_tests(rules):
    import rule_engine

    return {name: rule_engine.Rule(rule).matches for name, rule in rules.items()}


def zen_tests(rules):
    import zen

    return {name: zen.compile_expression(rule).evaluate for name, rule in rules.items()}


def cel_tests(rules):
    import cel

    return {name: cel.compile(rule).execute for name, rule in rules.items()}


COMPILED = {"rule-engine": rule_engine_tests, "zen-engine": zen_tests, "common-expression-language": cel_tests}

job = json.loads(Path(sys.argv[2]).read_text())
columns = (
    "COLUMNS(* EXCLUDE (spend, joined_on, last_visit)), spend::DOUBLE AS spend, "
    "joined_on - DATE '1970-01-01' AS joined_on, last_visit - DATE '1970-01-01' AS last_visit"
)
found = duckdb.execute(f"SELECT {columns} FROM '{job['source']}'")
names = [column[0] for column in found.description]
rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
tests = COMPILED[sys.argv[1]](job["rules"])
started = time.perf_counter()
answers = {name: sum(map(test, rows)) for name, test in tests.items()}
seconds = time.perf_counter() - started
print(json.dumps({"answers": answers, "rows": len(rows), "seconds": seconds}))
