"""Trees of rules on random rules and rows: marks are what the reference evaluator says, and flips flip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import reference
import running
from hypothesis import given, reject, settings
from strategies import Sample, samples

from segrules.engines import Engine, EngineError
from segrules.language.core import Compare, Expression, Literal
from segrules.language.trees import with_children
from segrules.language.types import INTEGER, Kind
from segrules.planning import plan, references
from segrules.planning.time import AsOf, parse_as_of
from segrules.project.model import Rules
from segrules.sql import generate
from segrules.workflows.explaining.explain import roots
from segrules.workflows.explaining.flips import Flip
from segrules.workflows.explaining.nearest import nearest
from segrules.workflows.explaining.reasons import Reason, deciding, reasons, reasons_of, truth
from segrules.workflows.explaining.row_values import values_of
from segrules.workflows.explaining.rule_tree import is_constant, rule_trees, walk_tests

Explained = tuple[reference.Subject, list[Reason]]


@settings(max_examples=settings().max_examples // 8)
@given(sample=samples())
def test_every_mark_is_what_the_reference_says(sample: Sample, duckdb_engine: Engine) -> None:
    for subject, trees in explained(sample, duckdb_engine):
        for tree in trees:
            _check_root(tree, subject)
            for part in reasons(tree):
                _check_mark(part, subject)


@settings(max_examples=settings().max_examples // 8)
@given(sample=samples())
def test_a_flip_makes_the_test_come_out_the_other_way(sample: Sample, duckdb_engine: Engine) -> None:
    for subject, trees in explained(sample, duckdb_engine):
        for part in (part for tree in trees for part in reasons(tree)):
            if part.flip is not None and part.clause.expression is not None:
                _check_flip(part.clause.expression, part.flip, subject)


@settings(max_examples=settings().max_examples // 8)
@given(sample=samples())
def test_who_is_out_is_kept_out_by_clauses_and_who_is_in_by_none(sample: Sample, duckdb_engine: Engine) -> None:
    for _, trees in explained(sample, duckdb_engine):
        named = [(tree.clause.name, tree) for tree in trees if tree.kind == "segment"]
        missed = {item.segment: item.clauses for item in nearest(named)}
        for name, tree in named:
            assert not (truth(tree) and name in missed)
            assert name not in missed or missed[name]
        for part in (part for tree in trees for part in reasons(tree)):
            assert deciding(part) or part.kind not in ("all", "any", "none", "not all")


def explained(sample: Sample, engine: Engine) -> Iterator[Explained]:
    """Each of the entity's rows as the reference evaluator has it, with the trees of everything in the rules."""
    rules = running.resolve_project(running.open_project(sample.files))["customer"]
    as_of = parse_as_of(sample.as_of, sample.zone)
    world = reference.World(rules, sample.worlds[0], as_of.now, sample.zone)
    rows = {row["customer_id"]: row for row in world.entity_rows()}
    for key, trees in _run(rules, as_of, sample, engine):
        yield world.of(rows[key]), trees


def _run(rules: Rules, as_of: AsOf, sample: Sample, engine: Engine) -> Iterator[tuple[Any, list[Reason]]]:
    wanted = references(rules, (*rules.segments, *rules.segmentations))
    trees = rule_trees(rules, roots(rules, wanted))
    asked = tuple(dict.fromkeys((*wanted, *trees.wanted)))
    tables = running.load(engine, rules, sample.worlds[:1], sample.zone, None)
    try:
        rows = engine.run(generate(plan(trees.rules, asked, as_of), tables, sample.zone, engine.dialect))
    except EngineError as error:
        if error.kind != "overflow":
            raise
        reject()
    for key, *row in rows:
        values = values_of(asked, row, sample.zone)
        yield key, list(reasons_of(trees, values, {}, {}))


def _check_root(tree: Reason, subject: reference.Subject) -> None:
    """The tree says of the segment what its members are, and so does the rule below it."""
    if tree.kind == "segment":
        assert tree.holds == subject.segment(tree.clause.name)
        assert truth(tree.parts[0]) == tree.holds
    else:
        assert tree.value is not None
        assert tree.value.value == subject.label(tree.clause.name)


def _check_mark(part: Reason, subject: reference.Subject) -> None:
    expression = part.clause.expression
    if part.kind in ("test", "stage"):
        assert expression is not None
        assert part.holds == subject.holds(expression, {}), part.clause.text
    if part.kind == "segment":
        assert part.holds == subject.segment(part.clause.name)
    if part.kind in ("stage", "segment", "trait") and [one.holds for one in part.parts] in ([True], [False]):
        assert truth(part) == part.parts[0].holds
    if part.kind in ("trait", "value") and expression is not None and expression.type.kind is not Kind.NUMBER:
        assert part.value is not None
        found = subject.value(expression, {})
        assert _comparable(part.value.value, subject) == found, part.clause.text


def _comparable(value: Any, subject: reference.Subject) -> Any:
    """A value in the form of the reference evaluator, which has instants in UTC and decimals as fractions."""
    if isinstance(value, datetime):
        return reference.values.to_utc(value, subject.world.zone)
    if isinstance(value, Decimal):
        return Fraction(value)
    return tuple(_comparable(item, subject) for item in value) if isinstance(value, tuple) else value


def _check_flip(test: Expression, flip: Flip, subject: reference.Subject) -> None:
    before = subject.holds(test, {})
    side = _side(test)
    assert subject.holds(_with(test, side, flip.to), {}) != before, f"{flip} of {test.span and test.span.text}"
    if flip.by is None:
        return
    by = timedelta(days=flip.by) if type(flip.value) is date else flip.by
    if side.type.kind is not Kind.NUMBER:
        assert flip.value + by == flip.to
    if side.type.kind in (Kind.INTEGER, Kind.DATE):
        one = timedelta(days=1) if type(flip.value) is date else 1
        nearer = flip.to - one if flip.to > flip.value else flip.to + one
        assert subject.holds(_with(test, side, nearer), {}) == before, f"{flip} is not the nearest"


def _side(test: Expression) -> Expression:
    first = next(walk_tests(test))
    return first.right if is_constant(first.left) and not is_constant(first.right) else first.left


def _with(test: Expression, side: Expression, value: Any) -> Expression:
    """The test with one side of its comparisons a constant; a length of time stays, for it has no literal."""
    if test == side and side.type.kind is not Kind.DURATION:
        return Literal(value, side.type)
    if isinstance(test, Compare) and side.type.kind is Kind.DURATION:
        return _of_lengths(test, side, value)
    return with_children(test, lambda part: _with(part, side, value))


def _of_lengths(test: Compare, side: Expression, value: Any) -> Expression:
    """The same for lengths of time, which the reference evaluator has as whole microseconds."""
    return replace(test, left=_length(test.left, side, value), right=_length(test.right, side, value))


def _length(part: Expression, side: Expression, value: Any) -> Expression:
    return Literal(value // timedelta(microseconds=1), INTEGER) if part == side else part
