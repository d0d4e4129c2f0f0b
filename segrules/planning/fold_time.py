"""Pass over expressions: clocks, constant dates and comparisons by day become literal instants.

``date(ordered_at) <= 2026-01-31`` becomes ``ordered_at < 2026-01-31T17:00:00`` (UTC, for Asia/Bangkok), so that
an engine compares the stored column itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal as OneOf

from segrules.language.core import (
    And,
    Call,
    Clock,
    Compare,
    Duration,
    Expression,
    Literal,
    Scalar,
)
from segrules.language.trees import with_children
from segrules.language.types import DATE, DURATION, INTEGER, TEXT, TIMESTAMP, Kind
from segrules.planning.time import (
    AsOf,
    anniversary,
    first_day_from,
    microseconds,
    shift_date,
    shift_instant,
    start_of,
    start_of_day,
    to_local,
    to_utc,
)

_FLIPPED: dict[str, OneOf["==", "<", "<=", ">", ">="]] = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def fold_time(node: Expression, as_of: AsOf) -> Expression:
    """The same expression with no open time left in it."""

    def fold(part: Expression) -> Expression:
        return fold_time(part, as_of)

    match node:
        case Clock(reading="now"):
            return Literal(as_of.now, TIMESTAMP, node.span)
        case Clock():
            return Literal(as_of.today, DATE, node.span)
        case Literal():
            return _literal(node, as_of)
        case Call(function="shift", arguments=(item, length)):  # the length keeps its unit
            return _call(replace(node, arguments=(fold(item), length)), as_of)
    match with_children(node, fold):
        case Call() as call:
            return _call(call, as_of)
        case Compare() as test:
            return fold_comparison(test, as_of)
        case folded:
            return folded


def _literal(node: Literal, as_of: AsOf) -> Literal:
    match node.value:
        case tuple() as values:
            return replace(node, value=tuple(_scalar(value, as_of) for value in values))
        case None:
            return node
        case value:
            return replace(node, value=_scalar(value, as_of))


def _scalar(value: Scalar, as_of: AsOf) -> Scalar:
    match value:
        case Duration():
            return microseconds(value)
        case datetime():
            return to_utc(value, as_of.zone)
        case _:
            return value


def _call(node: Call, as_of: AsOf) -> Expression:
    """The literal value of a call of calendar functions on constants; other calls as they are."""
    zone = as_of.zone
    constants = tuple(part.value if isinstance(part, Literal) else _NOT_CONSTANT for part in node.arguments)
    match node.function, *constants:
        case "date", datetime() as instant:
            return Literal(to_local(instant, zone).date(), DATE, node.span)
        case "instant", date() as day:
            return Literal(start_of_day(day, zone), TIMESTAMP, node.span)
        case "first_day_from", datetime() as instant:
            return Literal(first_day_from(instant, zone), DATE, node.span)
        case "shift", datetime() as instant, Duration() as by:
            return Literal(shift_instant(instant, by, zone), TIMESTAMP, node.span)
        case "shift", date() as day, Duration() as by:
            return Literal(shift_date(day, by), DATE, node.span)
        case "anniversary", date() as start, date() as today:
            return Literal(anniversary(start, today), DATE, node.span)
        case "start_of", str() as unit, date() as day:
            return Literal(start_of(unit, day), DATE, node.span)
        case "days_between", date() as start, date() as end:
            return Literal((end - start).days, INTEGER, node.span)
        case "elapsed", date() as start, date() as end:
            return Literal((end - start) // timedelta(microseconds=1), DURATION, node.span)
        case _:
            return node if zone == "UTC" else _on_wall_clock(node, zone)


_NOT_CONSTANT = object()


def _on_wall_clock(node: Call, zone: str) -> Expression:
    """A calendar function of stored values, told which wall clock it reads.

    ``date(ordered_at)`` becomes ``date(local(ordered_at, 'Asia/Bangkok'))``.
    """
    name = Literal(zone, TEXT)
    match node:
        case Call(function="date" | "hour", arguments=(item,)):
            return replace(node, arguments=(Call("local", (item, name), TIMESTAMP),))
        case Call(function="instant"):
            return Call("from_local", (node, name), TIMESTAMP, node.span)
        case Call(function="shift", arguments=(item, Literal(value=Duration(unit=unit)) as by)) if (
            item.type.kind is Kind.TIMESTAMP and unit not in ("second", "minute", "hour")
        ):
            moved = replace(node, arguments=(Call("local", (item, name), TIMESTAMP), by))
            return Call("from_local", (moved, name), TIMESTAMP, node.span)
        case _:
            return node


def fold_comparison(node: Compare, as_of: AsOf) -> Expression:
    """Days compared with a constant day become instants compared with its first or the next one's."""
    match node.left, node.right:
        case Literal(type=left), Call(function="date") if left.kind is Kind.DATE:
            node = Compare(_FLIPPED[node.operator], node.right, node.left, node.span)
    match node.left, node.right:
        case Call(function="date", arguments=(item,)), Literal(value=date() as day):
            instant = item.arguments[0] if isinstance(item, Call) and item.function == "local" else item
            start = Literal(start_of_day(day, as_of.zone), TIMESTAMP, node.right.span)
            if day == date.max:
                return node
            end = Literal(start_of_day(day + timedelta(days=1), as_of.zone), TIMESTAMP, node.right.span)
        case _:
            return node
    match node.operator:
        case "==":
            return And((Compare(">=", instant, start, node.span), Compare("<", instant, end, node.span)), node.span)
        case ">=":
            return Compare(">=", instant, start, node.span)
        case ">":
            return Compare(">=", instant, end, node.span)
        case "<":
            return Compare("<", instant, start, node.span)
        case "<=":
            return Compare("<", instant, end, node.span)
