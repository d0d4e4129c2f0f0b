"""`why --population`: how many entity rows each step of a rule leaves, and which clause alone keeps rows out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.engine import Engine
from segrules.language.core import And, Expression, IsMissing, Not, Or, Population, Reference
from segrules.language.types import BOOLEAN
from segrules.planning import plan, reference
from segrules.planning.time import AsOf
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Rules
from segrules.sql import DIALECTS, counts
from segrules.sql.scans import Table, typed_scans
from segrules.workflows.constants import constants_that_never_occur
from segrules.workflows.contract import check_contract
from segrules.workflows.explaining.entity_keys import asked_for
from segrules.workflows.explaining.explain import roots, with_run
from segrules.workflows.explaining.rule_tree import Clause, rule_trees
from segrules.workflows.running import Progress, Refusal, Run, watched

Count = Callable[[Expression], int]
"""From a predicate to the number of entity rows for which it holds."""


@dataclass(frozen=True, slots=True)
class Step:
    """A clause and for how many rows it holds; in a group, how many are left.

    left: in `all` and `none` the rows for which this part and those before it leave the group open; in `any` those that
    one of them takes; of a stage the rows that carry its label. only: the rows that nothing but this part keeps out of
    `all` and `none`, or takes into `any`. missing: for how many rows a value that the test looks at is missing.
    """

    clause: Clause
    holds: int
    left: int | None = None
    only: int | None = None
    missing: tuple[tuple[str, int], ...] = ()
    parts: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Funnel:
    """An entity's rows, and the steps of each of its rules that was asked for.

    unlabelled: by segmentation how many rows carry `otherwise`, if there is one, or no label.
    """

    entity: str
    rows: int
    trees: tuple[Step, ...]
    unlabelled: Mapping[str, tuple[str | None, int]]


@dataclass(frozen=True, slots=True)
class Funnels:
    """By entity what its rules leave of its rows."""

    as_of: date | datetime
    funnels: tuple[Funnel, ...]
    findings: tuple[Diagnostic, ...]


def population(
    root: Path,
    *,
    select: Sequence[str] = (),
    entity: str | None = None,
    as_of: str | None = None,
    settings: Settings = NO_SETTINGS,
    progress: Progress | None = None,
) -> Funnels | Refusal:
    """What each rule leaves of all rows, counted in one statement for each entity."""

    def counting(run: Run) -> Funnels | Refusal:
        wanted = asked_for(run, select, entity)
        if isinstance(wanted, Diagnostic):
            return Refusal((*run.findings, wanted), 2)
        zone = run.as_of.zone
        _, problems = check_contract(run.engine, run.project, run.tables, run.as_of.now, zone)
        if has_errors(problems):
            return Refusal((*run.findings, *problems), 2)
        findings = (*run.findings, *problems)
        findings += constants_that_never_occur(run.engine, run.project, run.tables, run.rules.values(), zone)
        with watched(run.engine, progress):
            funnels = tuple(
                funnel(run.engine, run.tables, run.rules[name], own, run.as_of) for name, own in wanted.items()
            )
        return Funnels(run.as_of.given, funnels, findings)

    return with_run(root, counting, as_of=as_of, settings=settings, is_watched=progress is not None)


def funnel(
    engine: Engine, tables: Mapping[str, Table], rules: Rules, wanted: Sequence[Reference], as_of: AsOf
) -> Funnel:
    """What the rules of an entity leave of its rows.

    The steps are made twice: once to learn what has to be counted, and once with the counts.
    """
    trees = rule_trees(rules, roots(rules, wanted))
    asked: dict[Expression, int] = {}
    _steps(rules, trees.trees, lambda test: asked.setdefault(test, 0))
    rows, counts = _counted(engine, tables, trees.rules, tuple(asked), as_of)
    steps, unlabelled = _steps(rules, trees.trees, counts.__getitem__)
    return Funnel(rules.entity.name, rows, steps, unlabelled)


def _counted(
    engine: Engine, tables: Mapping[str, Table], rules: Rules, tests: Sequence[Expression], as_of: AsOf
) -> tuple[int, dict[Expression, int]]:
    """The entity's rows, and for how many each test holds."""
    names = {test: f"count {number}" for number, test in enumerate(tests)}  # two words, as no trait of a rule has
    richer = replace(rules, traits={**rules.traits, **{name: test for test, name in names.items()}})
    wanted = tuple(Reference("trait", name, BOOLEAN) for name in names.values())
    made = plan(richer, wanted, as_of)
    dialect = DIALECTS[engine.dialect]
    scan = typed_scans(tables, as_of.zone, dialect)
    rows, *sizes = engine.run(counts.count_query(made, dialect, scan, made.outputs))[0]
    return rows, dict(zip(tests, sizes, strict=False))  # behind them are the overlaps of stages


def _steps(
    rules: Rules, trees: Sequence[Clause], count: Count
) -> tuple[tuple[Step, ...], dict[str, tuple[str | None, int]]]:
    unlabelled: dict[str, tuple[str | None, int]] = {}
    for tree in trees:
        if tree.kind == "segmentation":
            label = rules.segmentations[tree.name].otherwise
            if label is None:
                unlabelled[tree.name] = (label, count(And((IsMissing(reference(rules, tree.name)),))))
            elif label not in (stage.name for stage in tree.parts):
                unlabelled[tree.name] = (label, count(And((reference(rules, f"{tree.name}.{label}"),))))
    return tuple(_step(tree, count, rules) for tree in trees), unlabelled


def _step(clause: Clause, count: Count, rules: Rules) -> Step:
    looked_at = [item for item in clause.operands if not isinstance(item.expression, Population)]
    missing = tuple(
        (item.text, many) for item in looked_at if item.value.may_be_missing and (many := count(IsMissing(item.value)))
    )
    parts = tuple(part for part in clause.parts if _is_test(part))
    steps = tuple(_step(part, count, rules) for part in parts)
    match clause.kind:
        case "all" | "any" | "none" | "not all":
            steps = tuple(_in_group(step, number, clause.kind, parts, count) for number, step in enumerate(steps))
        case "segmentation":
            labels = (count(And((reference(rules, f"{clause.name}.{step.clause.name}"),))) for step in steps)
            steps = tuple(replace(step, left=many) for step, many in zip(steps, labels, strict=True))
            return Step(clause, 0, parts=steps)
    return Step(clause, count(_test(clause)), missing=missing, parts=steps)


def _is_test(clause: Clause) -> bool:
    is_value = clause.kind == "trait" and clause.value is not None and clause.value.type != BOOLEAN
    return clause.kind != "value" and not is_value


def _in_group(step: Step, number: int, kind: str, parts: Sequence[Clause], count: Count) -> Step:
    """The step with what it and those before it leave, and what depends on it alone."""
    tests = tuple(map(_test, parts))
    so_far, own = tests[: number + 1], tests[number]
    others = (*tests[:number], *tests[number + 1 :])
    match kind:
        case "all" | "not all":
            left: Expression = And(so_far)
            only: Expression = And((*others, Not(own)))
        case "none":
            left = Not(Or(so_far))
            only = And((own, *map(Not, others)))
        case _:
            left = Or(so_far)
            only = And((own, *map(Not, others)))
    return replace(step, left=count(left), only=count(only))


def _test(clause: Clause) -> Expression:
    """The clause as a predicate over what the trees' rules define."""
    parts = tuple(map(_test, clause.parts)) if clause.value is None else ()
    match clause.kind:
        case "all":
            return And(parts)
        case "any":
            return Or(parts)
        case "none" | "not":
            return Not(Or(parts))
        case "not all":
            return Not(And(parts))
        case _:
            assert clause.value is not None
            return And((clause.value,))
