"""Running a project's test cases and examples on one DuckDB; many cases of one as-of are one statement per entity."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.duckdb import connect
from segrules.engines.engine import Engine, EngineError
from segrules.language.check_findings import words
from segrules.language.core import Reference
from segrules.language.trees import may_be_missing
from segrules.language.types import INTEGER, Kind
from segrules.language.written import written
from segrules.planning import reference
from segrules.planning.dependencies import overlap
from segrules.planning.time import AsOf, as_of
from segrules.project.cases import Case, Expected
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Example, Project, Rules, Segment
from segrules.project.reader import Reader
from segrules.source import Span
from segrules.workflows.past import late_moments_of
from segrules.workflows.testing.case_runs import Computed, Values
from segrules.workflows.testing.clauses import rule_of
from segrules.workflows.testing.examples import (
    ExampleRun,
    example_key,
    example_runs,
    looks_at_all,
    needs_clock,
    wrong_examples,
)
from segrules.workflows.testing.failures import explain, unseen
from segrules.workflows.testing.watching import Asked, Watch, compute_watched
from segrules.workflows.validate import Validated, validate

MOST_CASES = 100  # in a statement, where more would mostly be columns that are of no use to them
EXAMPLE_DAY = date(2000, 1, 1)  # for examples of rules that no clock decides


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


def run_tests(read: Reader, *, name: str | None = None, settings: Settings = NO_SETTINGS) -> TestReport:
    """Runs the cases and examples whose name has `name` in it."""
    return run_checked(validate(read, settings), name=name)


def run_checked(checked: Validated, *, name: str | None = None, watch: Watch | None = None) -> TestReport:
    """The results of a checked project's cases and examples whose name has `name` in it.

    `watch` takes what they see of the rules.
    """
    if checked.project is None or has_errors(checked.findings):
        return TestReport((), checked.findings)
    engine = connect()
    try:
        cases = [case for case in checked.cases if name is None or name in case.name]
        results = _run_cases(engine, checked.project, checked.rules, cases, watch)
        segments = [item for item in checked.project.segments if name is None or name in examples_name(item)]
        results += _run_examples(engine, checked.project, checked.rules, segments, watch)
    finally:
        engine.close()
    return TestReport(tuple(results), checked.findings)


def _run_cases(
    engine: Engine, project: Project, rules: Mapping[str, Rules], cases: Sequence[Case], watch: Watch | None
) -> list[TestResult]:
    """The results of cases, in their order; those of one as-of are computed together."""
    batches: dict[date | datetime, list[int]] = {}
    for number, case in enumerate(cases):
        batches.setdefault(case.as_of, []).append(number)
    results: dict[int, TestResult] = {}
    for given, numbers in batches.items():
        try:
            moment = as_of(given, project.timezone)
        except ValueError as error:
            results |= {
                number: _result(cases[number].name, cases[number].span, 0.0, [str(error)]) for number in numbers
            }
            continue
        for part in _parts(cases, numbers):
            batch = [cases[number] for number in part]
            results |= zip(part, _run_batch(engine, project, rules, batch, moment, watch), strict=True)
    return [results[number] for number in range(len(cases))]


def _parts(cases: Sequence[Case], numbers: Sequence[int]) -> list[Sequence[int]]:
    """The cases of one as-of in as many statements as are quickest: each has a column for all that its cases expect.

    Where cases that stand together expect the same, hundreds of them in parts have few columns each; where all expect
    everything, parts would only compute that again and again.
    """
    parts = [numbers[start : start + MOST_CASES] for start in range(0, len(numbers), MOST_CASES)]
    names = [{(one.entity, one.name) for number in part for one in cases[number].expect} for part in parts]
    return parts if sum(map(len, names)) <= 2 * len(set[tuple[str, str]]().union(*names)) else [numbers]


def _run_batch(
    engine: Engine,
    project: Project,
    rules: Mapping[str, Rules],
    cases: Sequence[Case],
    moment: AsOf,
    watch: Watch | None,
) -> list[TestResult]:
    started = time.perf_counter()
    counted, wanted = wanted_of(rules, [expected for case in cases for expected in case.expect])
    given, asked = [case.given for case in cases], [_asked(rules, case) for case in cases]
    try:
        computed = compute_watched(engine, project, counted, wanted, given, moment, watch, asked)
    except EngineError as error:
        if len(cases) > 1:
            return [result for case in cases for result in _run_batch(engine, project, rules, [case], moment, watch)]
        return [_result(cases[0].name, cases[0].span, time.perf_counter() - started, [error.message])]
    each = (time.perf_counter() - started) / len(cases)
    return [
        _judged(engine, project, rules, case, values, moment, each)
        for case, values in zip(cases, computed, strict=True)
    ]


def wanted_of(
    rules: Mapping[str, Rules], expectations: Iterable[Expected]
) -> tuple[dict[str, Rules], dict[str, tuple[Reference, ...]]]:
    """What each entity is asked for, and its rules with a trait per `unique` segmentation that counts its matches."""
    richer: dict[str, Rules] = dict(rules)
    wanted: dict[str, dict[Reference, None]] = {}
    for expected in expectations:
        own = rules[expected.entity]
        mine = wanted.setdefault(expected.entity, {})
        mine[expected_reference(own, expected)] = None
        name = expected.name.partition(".")[0]
        labelling = own.segmentations.get(name)
        if labelling is not None and labelling.hit == "unique" and expected.kind != "values":
            traits = {**richer[expected.entity].traits, matches_trait(name): overlap(labelling)}
            richer[expected.entity] = replace(richer[expected.entity], traits=traits)
            mine[Reference("trait", matches_trait(name), INTEGER)] = None
    return richer, {entity: tuple(references) for entity, references in wanted.items()}


def _asked(rules: Mapping[str, Rules], case: Case) -> Asked:
    """What a case asks, of which keys: members are expected to be just those, so that it asks of all."""
    return [
        (expected.entity, expected_reference(rules[expected.entity], expected), keys)
        for expected in case.expect
        for keys in (None if isinstance(expected.value, tuple) else frozenset[object](expected.value),)
    ]


def expected_reference(rules: Rules, expected: Expected) -> Reference:
    """What an expectation is about; a trait may have the name of a segment."""
    if expected.kind == "values":
        trait = rules.traits[expected.name]
        return Reference("trait", expected.name, trait.type, may_be_missing(trait))
    return reference(rules, expected.name)


def matches_trait(segmentation: str) -> str:
    return f"stages of {segmentation}"


def _judged(
    engine: Engine,
    project: Project,
    rules: Mapping[str, Rules],
    case: Case,
    computed: Computed,
    moment: AsOf,
    seconds: float,
) -> TestResult:
    lines = []
    for expected in case.expect:
        entity = expected.entity
        values = computed.of(entity, expected_reference(rules[entity], expected))
        wrong, said = compared(expected, values)
        lines += _overlapping(computed, entity, expected)
        wanted = expected_reference(rules[entity], expected)
        lines += [finding.message for finding in late_moments_of(rules[entity], [wanted], moment)]
        if wrong:
            lines += said
            rule = rule_of(rules[entity], expected_reference(rules[entity], expected))
            if rule.type.kind is Kind.BOOLEAN:
                lines += explain(engine, project, rules, entity, rule, case.given, wrong, moment)
    if lines:
        lines += unseen(project, case.given, moment)
    return _result(case.name, case.span, seconds, lines)


def compared(expected: Expected, values: Values) -> tuple[list[object], list[str]]:
    """The keys for which something else came out than expected, and how a message says so."""
    match expected.value:
        case tuple() as keys:
            members = {key for key, member in values.items() if member}
            missing = [key for key in keys if key not in members]
            extra = [key for key in sorted(members, key=repr) if key not in keys]
            parts = [f"missing {_list(missing)}"] if missing else []
            parts += [f"extra {_list(extra)}"] if extra else []
            return [*missing, *extra], [f"{expected.name}: {', '.join(parts)}"]
        case Mapping() as wanted:
            wrong: list[object] = [
                key for key, value in wanted.items() if key not in values or not _same(value, values[key])
            ]
            return wrong, [_difference(expected.name, key, wanted[key], values) for key in wrong]


def _difference(name: str, key: object, wanted: object, values: Values) -> str:
    came = written(values[key]) if key in values else "no row with this key"
    return f"{name} of {written(key)}: expected {written(wanted)}, got {came}"


def _same(wanted: object, value: object) -> bool:
    """Equal as rules see it: a number is the double nearest to what the author wrote."""
    if isinstance(value, float) and isinstance(wanted, int | Decimal) and not isinstance(wanted, bool):
        return float(wanted) == value
    return wanted == value and isinstance(wanted, bool) == isinstance(value, bool)


def _overlapping(computed: Computed, entity: str, expected: Expected) -> list[str]:
    segmentation = expected.name.partition(".")[0]
    counts = computed.of(entity, Reference("trait", matches_trait(segmentation), INTEGER))
    return [
        f"{segmentation}: {written(key)} matches {count} stages, and `hit: unique` allows one"
        for key, count in counts.items()
        if isinstance(count, int) and count > 1
    ]


def _list(keys: Sequence[object]) -> str:
    shown = ", ".join(written(key) for key in keys[:10])
    return shown if len(keys) <= 10 else f"{shown} … ({len(keys):,} in all)"


def _run_examples(
    engine: Engine,
    project: Project,
    rules: Mapping[str, Rules],
    segments: Sequence[Segment],
    watch: Watch | None,
) -> list[TestResult]:
    return [
        result
        for segment in segments
        for run in example_runs(project, rules, segment)
        for result in _run_example(engine, run, watch)
    ]


def _run_example(engine: Engine, run: ExampleRun, watch: Watch | None) -> list[TestResult]:
    started = time.perf_counter()
    name = examples_name(run.segment)
    day = run.project.as_of
    if day is None and needs_clock(run.rules, run.segment):
        line = "the rule depends on the day: give `as_of` in segrules.yml"
        return [_result(name, example.span, 0.0, [line]) for example in run.examples]
    if (node := looks_at_all(run.rules, run.segment)) is not None:
        line = f"`{words(node)}` looks at every {run.rules.entity.name}, and an example is one: name it as a trait and "
        line += "give the trait's value, or write a case in tests/"
        return [_result(name, example.span, 0.0, [line]) for example in run.examples]
    moment = as_of(day or EXAMPLE_DAY, run.project.timezone)
    try:
        wrong = wrong_examples(engine, run, moment, watch)
    except EngineError as error:
        return [_result(name, example.span, 0.0, [error.message]) for example in run.examples]
    each = (time.perf_counter() - started) / len(run.examples)
    return [
        _result(name, example.span, each, _example_lines(engine, run, example, moment) if example in wrong else [])
        for example in run.examples
    ]


def _example_lines(engine: Engine, run: ExampleRun, example: Example, moment: AsOf) -> list[str]:
    entity = run.rules.entity
    given = run.given[run.examples.index(example)]
    key = given[entity.name][0].get(entity.key, example_key(entity))
    said = "is expected to be a member, but is not" if example.expected else "is expected not to be a member, but is"
    row = ", ".join(f"{name}: {written(value)}" for name, value in example.values.items())
    rule = run.rules.segments[run.segment.name]
    lines = explain(engine, run.project, {entity.name: run.rules}, entity.name, rule, given, [key], moment)
    return [f"{{{row}}} {said}", *(line[2:] for line in lines[1:])]


def examples_name(segment: Segment) -> str:
    return f"examples of {segment.name}"


def _result(name: str, span: Span, seconds: float, lines: Sequence[str]) -> TestResult:
    line, _ = span.file.position(span.start)
    return TestResult(name, span.file.path, line, not lines, seconds, "\n".join(lines))
