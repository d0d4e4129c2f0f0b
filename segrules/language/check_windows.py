"""Windows of time as predicates: `in last 90 days` becomes comparisons of a row's time with its bounds.

A bound is a day (a date: that day is in, or out after `before`) or an instant (half-open). A date counts as the
start of its day where a bound is an instant; a timestamp goes by its day where a bound is a date.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal as OneOf

from segrules.language import syntax
from segrules.language.check_calendar import start_of
from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.check_time import CALENDAR_UNITS, SHORT_UNITS, constant_duration, day, is_unknown
from segrules.language.check_types import hint
from segrules.language.core import And, Call, Clock, Compare, Duration, Expression, Literal
from segrules.language.foreign_dates import is_year, rewritten
from segrules.language.types import DATE, DURATION, TIMESTAMP, Kind
from segrules.source import Span

Comparison = OneOf["<", "<=", ">", ">="]
_TEMPORAL = (Kind.DATE, Kind.TIMESTAMP)


def bound_expressions(window: syntax.Window) -> tuple[syntax.Expression, ...]:
    """The expressions inside a window, in the order that `window_test` takes them."""
    match window:
        case syntax.Trailing(length=length):
            return (length,)
        case syntax.FromTo(low=low, high=high):
            return (low, high)
        case syntax.Since(bound=bound) | syntax.Before(bound=bound):
            return (bound,)
        case syntax.Calendar():
            return ()


def window_test(
    time: Expression,
    window: syntax.Window,
    bounds: tuple[Expression, ...],
    own: bool,
    fiscal_year_starts: int,
    findings: Findings,
) -> Expression:
    """Whether `time` lies in a window.

    `own`: it is a relation's time, of which no rule sees rows at or after now, so that no bound at now is needed.
    fiscal_year_starts: the month.
    """
    match window:
        case syntax.Trailing(direction=direction):
            return _trailing(time, direction, bounds[0], own, window.span, findings)
        case syntax.Calendar(which=which, unit=unit):
            start = start_of(unit.replace(" ", "_"), Clock("today", window.span), fiscal_year_starts, window.span)
            return _calendar(time, which, start, Duration(1, _PLAIN_UNITS[unit]), own, window.span)
    last = bounds[-1] if isinstance(window, syntax.FromTo) else None
    moments = [_is_moment(bound, bound is last, findings) for bound in bounds]
    if not all(moments):
        return unknown(window.span)
    match window:
        case syntax.Since():
            return _at(time, ">=", bounds[0], window.span)
        case syntax.Before():
            return _at(time, "<", bounds[0], window.span)
        case syntax.FromTo():
            return _from_to(time, bounds[0], bounds[1], window.span, findings)


def _trailing(
    time: Expression, direction: str, length: Expression, own: bool, span: Span, findings: Findings
) -> Expression:
    duration = constant_duration(length, findings)
    if duration is None:
        return unknown(span)
    if duration.count <= 0:
        message = f"`{words(length)}` is no length for a window, which is longer than nothing"
        return refuse(findings, "impossible-duration", length.span, message)
    now = Clock("now", span)
    if direction == "last":
        low = Call("shift", (now, Literal(Duration(-duration.count, duration.unit), DURATION)), TIMESTAMP, span)
        first = _at(time, ">=", low, span)
        return first if own else And((first, _at(time, "<", now, span)), span)
    if own:
        message = "rows at or after now are invisible, so none is in the next days"
        help = "ask about another date of the rows: `where delivery_on is in next 30 days`"
        return refuse(findings, "impossible-duration", span, message, help)
    high = Call("shift", (now, Literal(duration, DURATION)), TIMESTAMP, span)
    return And((_at(time, ">=", now, span), _at(time, "<", high, span)), span)


_PLAIN_UNITS: dict[str, OneOf["week", "month", "quarter", "year"]] = {
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "fiscal quarter": "quarter",
    "fiscal year": "year",
}


def _calendar(time: Expression, which: str, start: Expression, unit: Duration, own: bool, span: Span) -> Expression:
    """A unit of the calendar, from its first day on, or the one before it."""
    if which == "last":
        before = Call("shift", (start, Literal(replace(unit, count=-1), DURATION)), DATE, span)
        return And((_at(time, ">=", before, span), _at(time, "<", start, span)), span)
    first = _at(time, ">=", start, span)
    if own:
        return first
    after = Call("shift", (start, Literal(unit, DURATION)), DATE, span)
    return And((first, _at(time, "<", after, span)), span)


def _from_to(time: Expression, low: Expression, high: Expression, span: Span, findings: Findings) -> Expression:
    if is_reversed(low, high, half_open=True):
        message = f"the window from `{words(low)}` to `{words(high)}` is empty: the earlier end comes first"
        help = f"`from {words(high)} to {words(low)}`?" if low != high else None
        return refuse(findings, "impossible-duration", span, message, help)
    last: Comparison = "<=" if high.type.kind is Kind.DATE else "<"
    return And((_at(time, ">=", low, span), _at(time, last, high, span)), span)


def _at(time: Expression, operator: Comparison, bound: Expression, span: Span) -> Expression:
    """A comparison of a row's time with a bound; with an instant only `>=` and `<` are asked."""
    if is_unknown(time, bound):
        return unknown(span)
    if bound.type.kind is Kind.DATE:
        return Compare(operator, day(time), bound, span)
    if time.type.kind is Kind.DATE:
        return Compare(operator, time, Call("first_day_from", (bound,), DATE, bound.span), span)
    return Compare(operator, time, bound, span)


def _is_moment(bound: Expression, is_last: bool, findings: Findings) -> bool:
    """Whether a bound is a date or timestamp, with a finding where it is not. `is_last`: it is the end after `to`."""
    if is_unknown(bound):
        return False
    if bound.type.kind in _TEMPORAL:
        return True
    help = f"`{words(bound)} ago`?" if bound.type.kind is Kind.DURATION else hint(Literal(None, DATE), bound)
    if bound.type.is_numeric:
        help = rewritten(words(bound)) or f"`{words(bound)} days ago`?"
    if bound.type.kind is Kind.INTEGER and is_year(words(bound)):
        help = f"write a date: `{words(bound)}-{'12-31' if is_last else '01-01'}`"
    message = f"a window is bounded by dates, and `{words(bound)}` is {described(bound.type)}"
    refuse(findings, "wrong-type", bound.span, message, help)
    return False


def is_reversed(low: Expression, high: Expression, half_open: bool = False) -> bool:
    """Whether nothing lies between two ends for certain: constants, or moments said from now on.

    half_open: an instant that is the high end is out.
    """
    match low, high:
        case Literal(value=datetime() as first), Literal(value=datetime() as last):
            return first > last or (half_open and first == last)
        case Literal(value=date() as first), Literal(value=date() as last):
            return _day_of(first) > _day_of(last)
        case Literal(value=int() | Decimal() as first), Literal(value=int() | Decimal() as last):
            return first > last
        case Literal(value=str() as first), Literal(value=str() as last):
            return first > last
    first_days, last_days = _days_from_now(low), _days_from_now(high)
    if first_days is None or last_days is None:
        return False
    instants = low.type.kind is Kind.TIMESTAMP and high.type.kind is Kind.TIMESTAMP
    return first_days[0] > last_days[1] or (half_open and instants and low == high)


def _day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _days_from_now(bound: Expression) -> tuple[float, float] | None:
    """Between how many days from now a bound lies for certain, where it is said from now or today on."""
    match bound:
        case Clock(reading="now"):
            return 0.0, 0.0
        case Clock(reading="today"):
            return -1.1, 0.0
        case Call(function="shift", arguments=(start, Literal(value=Duration(count, unit)))):
            place = _days_from_now(start)
            if place is None:
                return None
            least, most = _days_of_unit(unit)
            ends = (count * least, count * most)
            return place[0] + min(ends), place[1] + max(ends)
        case _:
            return None


def _days_of_unit(unit: str) -> tuple[float, float]:
    """The shortest and the longest that a unit can be, in days."""
    if unit in SHORT_UNITS:
        return SHORT_UNITS[unit] / 86_400, SHORT_UNITS[unit] / 86_400
    if unit in CALENDAR_UNITS:
        return 28.0 * CALENDAR_UNITS[unit], 31.0 * CALENDAR_UNITS[unit]
    return (7.0, 7.0) if unit == "week" else (1.0, 1.0)


def spanned(test: Expression, span: Span) -> Expression:
    """A window's predicate, every part of it at the span of the whole test."""
    if isinstance(test, And):
        return And(tuple(spanned(item, span) for item in test.items), span)
    return replace(test, span=span)
