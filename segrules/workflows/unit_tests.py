"""Running a project's test cases and examples: all cases of one as-of are one statement on one engine."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.duckdb import connect
from segrules.engines.engine import Engine, EngineError
from segrules.language.core import Reference
from segrules.planning import plan, reference
from segrules.planning.dependencies import overlap
from segrules.planning.time import AsOf, as_of, to_local
from segrules.project.cases import Case, Expected
from segrules.project.loader import Reader
from segrules.project.model import Project, Rules
from segrules.sql import generate
from segrules.workflows.clauses import Clause, rule_of, with_clauses
from segrules.workflows.given_rows import PARTITION, load_given
from segrules.workflows.examples import run_examples
from segrules.workflows.validate import validate


@dataclass(frozen=True, slots=True)
class TestResult:
    """One case or example. message: what is wrong, in lines; empty where it passed."""

    __test__ = False

    name: str
    file: str
    line: int
    passed: bool
    seconds: float
    message: str


@dataclass(frozen=True, slots=True)
class TestReport:
    """Every result in the order of the files; none where the project has errors, which `findings` then has."""

    __test__ = False

    results: tuple[TestResult, ...]
    findings: tuple[Diagnostic, ...]


def run_tests(read: Reader, *, name: str | None = None) -> TestReport:
    """Runs the cases and examples whose name has `name` in it."""
    checked = validate(read)
    if checked.project is None or has_errors(checked.findings):
        return TestReport((), checked.findings)
    cases = [case for case in checked.cases if name is None or name in case.name]
    engine = connect()
    try:
        results = run_cases(engine, checked.project, checked.rules, cases)
        results += run_examples(engine, checked.project, checked.rules, name)
    finally:
        engine.close()
    return TestReport(tuple(results), checked.findings)
