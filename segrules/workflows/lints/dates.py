"""Tests of dates that decide nothing: the time for them is over, or the contract has decided already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from segrules.diagnostics import Diagnostic
from segrules.language.check_findings import words
from segrules.language.core import And, Call, Clock, Column, Compare, Expression, Literal
from segrules.language.trees import relation_of, walk
from segrules.planning.fold_time import fold_time
from segrules.planning.time import AsOf
from segrules.project.model import Column as Declared
from segrules.project.model import Rules
from segrules.workflows.lints.parts import Part

LONG_AGO = timedelta(days=90)
"""So long must a test have come out the same before it is remarked on."""

_FLIPPED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def stale_dates(rules: Mapping[str, Rules], parts: Mapping[str, Sequence[Part]], as_of: AsOf) -> Iterator[Diagnostic]:
    """A finding for each test of a written date that has come out the same for long, or can only come out one way.

    Those are: `today` or `now` compared with a date of more than 90 days before the as-of; a window that begins some
    time ago and ends at a date that lies as long before that; a column compared with a date beyond its `min` or `max`.
    """
    for entity, own in parts.items():
        for part in own:
            match part.node:
                case Compare() as test:
                    yield from _of_clock(test, as_of)
                    yield from _of_contract(test, rules[entity])
                case And() as both:
                    yield from _of_window(both, as_of)


def _of_clock(test: Compare, as_of: AsOf) -> Iterator[Diagnostic]:
    """The clock compared with a date."""
    for clock, limit, sign in _sides(test):
        now = _folded(clock, as_of) if isinstance(limit.value, date) and _is_clock(clock) else None
        if isinstance(limit.value, date) and now is not None and _day(now) - LONG_AGO > _day(limit.value):
            outcome = "always holds by now" if sign in (">", ">=") else "never holds any more"
            message = f"`{words(limit)}` lies so far back that the test `{words(test)}` {outcome}"
            yield Diagnostic("stale-date", message, limit.span, "give it a new date, or delete the test")


def _of_window(both: And, as_of: AsOf) -> Iterator[Diagnostic]:
    """A range that begins at a moment of the clock and ends at a written date."""
    starts = [(thing, start) for test in both.items for thing, start, sign in _bounds(test) if sign[0] == ">"]
    ends = [(thing, end) for test in both.items for thing, end, sign in _bounds(test) if sign[0] == "<"]
    for thing, start in starts:
        first = _folded(start, as_of) if _is_clock(start) else None
        for other, end in ends:
            if first is None or other != thing or not isinstance(end, Literal) or not isinstance(end.value, date):
                continue
            if _day(first) - LONG_AGO > _day(end.value):
                message = f"`{words(end)}` lies so far back that nothing comes after the start and before the end"
                yield Diagnostic("stale-date", message, end.span, "give it a new end, or delete the test")


def _of_contract(test: Compare, rules: Rules) -> Iterator[Diagnostic]:
    """A column compared with a date that its `min` or `max` has decided about."""
    for thing, limit, _ in _sides(test):
        column = _column_of_day(thing)
        if not isinstance(column, Column) or column.path or not isinstance(limit.value, date):
            continue
        declared = _declared(column, rules)
        if declared is None:
            continue
        for name, bound, word in (("min", declared.least, "before"), ("max", declared.most, "after")):
            if isinstance(bound, date) and _is_beyond(limit.value, bound, name):
                value = column.name if column.row == rules.entity.name else f"{relation_of(column.row)}.{column.name}"
                message = f"`{words(limit)}` decides nothing: `{value}` is never {word} {bound}, its `{name}`"
                yield Diagnostic("stale-date", message, limit.span, "delete the test, or change the date")


def _is_beyond(day: date, bound: date, name: str) -> bool:
    """Whether a day lies where no value does. One that is the bound itself may well be meant: `from` the first day."""
    return _day(day) < _day(bound) if name == "min" else _day(day) > _day(bound)


def _declared(column: Column, rules: Rules) -> Declared | None:
    relation = rules.relations.get(relation_of(column.row))
    columns = rules.entity.columns if column.row == rules.entity.name else relation.columns if relation else ()
    return next((declared for declared in columns if declared.name == column.name), None)


def _sides(test: Compare) -> Iterator[tuple[Expression, Literal, str]]:
    """A constant of a comparison, what is compared with it, and the sign as seen from there."""
    if isinstance(test.right, Literal):
        yield test.left, test.right, test.operator
    if isinstance(test.left, Literal):
        yield test.right, test.left, _FLIPPED[test.operator]


def _bounds(test: Expression) -> Iterator[tuple[Expression, Expression, str]]:
    """The column, or its day, that a comparison bounds, the bound, and the sign."""
    if isinstance(test, Compare):
        for thing, bound, sign in (
            (test.left, test.right, test.operator),
            (test.right, test.left, _FLIPPED[test.operator]),
        ):
            if isinstance(column := _column_of_day(thing), Column):
                yield column, bound, sign


def _column_of_day(node: Expression) -> Expression:
    """What a timestamp's day is the day of; other values as they are."""
    return node.arguments[0] if isinstance(node, Call) and node.function == "date" else node


def _is_clock(node: Expression) -> bool:
    """Whether a value depends on the clock alone."""
    nodes = tuple(walk(node))
    return any(isinstance(part, Clock) for part in nodes) and all(
        isinstance(part, Clock | Call | Literal) for part in nodes
    )


def _folded(clock: Expression, as_of: AsOf) -> date | None:
    folded = fold_time(clock, as_of)
    return folded.value if isinstance(folded, Literal) and isinstance(folded.value, date) else None


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
