"""Moments and windows of time in plain words: `30 days ago`, `in the last 90 days`, `in this month`."""

from __future__ import annotations

from collections.abc import Mapping

from segrules.language.core import And, Call, Clock, Compare, Duration, Expression, Literal
from segrules.language.types import DATE
from segrules.report.words.constants import length
from segrules.report.words.speaker import Speaker

BEFORE_AFTER: Mapping[str, str] = {"<": "before", "<=": "on or before", ">": "after", ">=": "on or after"}
"""How a date stands to a day; of an instant it is `at`."""


def moment(node: Expression, speaker: Speaker) -> str | None:
    """A moment that is said from now on, or the start of a unit; None for any other expression."""
    match node:
        case Clock(reading=reading):
            return reading
        case Call(function="first_day_from", arguments=(inner,)):
            return moment(inner, speaker) or speaker.value(inner)
        case Call(function="shift", arguments=(Clock(reading="now"), Literal(value=Duration() as by))):
            return _from_now(by)
        case Call(function="shift", arguments=(start, Literal(value=Duration() as by))):
            found = fiscal_start(node)
            if found is None:
                return f"{_shifted(by)} {speaker.value(start)}"
            unit, day = found
            if isinstance(day, Clock):
                return f"the start of this {unit}"
            return f"the start of the {unit} of {speaker.value(of_day(day))}"
        case Call(function="start_of", arguments=(Literal(value=str() as unit), Clock())):
            return f"the start of this {unit}"
        case Call(function="start_of", arguments=(Literal(value=str() as unit), inner)):
            return f"the start of the {unit} of {speaker.value(of_day(inner))}"
        case _:
            return None


def _from_now(by: Duration) -> str:
    return f"{_length(by)} ago" if by.count < 0 else f"{_length(by)} from now"


def _shifted(by: Duration) -> str:
    return f"{_length(by)} {'before' if by.count < 0 else 'after'}"


def _length(by: Duration) -> str:
    return length(Duration(abs(by.count), by.unit))


def fiscal_start(node: Expression) -> tuple[str, Expression] | None:
    """`fiscal year` and a day, where an expression is the start of that day's: that of a later date, moved back."""
    match node:
        case Call(
            function="shift",
            arguments=(
                Call(
                    function="start_of",
                    arguments=(
                        Literal(value=str() as unit),
                        Call(function="shift", arguments=(day, Literal(value=Duration() as later))),
                    ),
                ),
                Literal(value=Duration() as back),
            ),
        ) if later.unit == back.unit == "month" and later.count == -back.count:
            return f"fiscal {unit}", day
        case _:
            return None


def _this_unit(node: Expression) -> str | None:
    match node:
        case Call(function="start_of", arguments=(Literal(value=str() as unit), Clock(reading="today"))):
            return unit
        case _:
            found = fiscal_start(node)
            return found[0] if found is not None and isinstance(found[1], Clock) else None


def window(node: Expression, speaker: Speaker) -> str | None:
    """Comparisons of one time with bounds as when that was: `in the last 90 days`; None where they are none."""
    tests = node.items if isinstance(node, And) else (node,)
    bounds = [(test.operator, test.right) for test in tests if isinstance(test, Compare)]
    if len(bounds) != len(tests) or len({of_day(test.left) for test in tests if isinstance(test, Compare)}) > 1:
        return None
    match bounds:
        case [(">=", low)]:
            return _since(_bare(low), speaker)
        case [("<", high)]:
            return f"before {speaker.value(_bare(high))}"
        case [(">=", low), (("<" | "<=") as last, high)]:
            return _between(_bare(low), last, _bare(high), speaker)
        case _:
            return None


def of_day(node: Expression) -> Expression:
    """A moment that goes by its day, where that goes without saying; any other expression as it is."""
    return node.arguments[0] if isinstance(node, Call) and node.function == "date" else node


def _bare(bound: Expression) -> Expression:
    """A bound as its author said it: a day from which on dates count is that of an instant."""
    return bound.arguments[0] if isinstance(bound, Call) and bound.function == "first_day_from" else bound


def _since(low: Expression, speaker: Speaker) -> str:
    match low:
        case Call(function="shift", arguments=(Clock(reading="now"), Literal(value=Duration(count=count) as by))) if (
            count < 0
        ):
            return f"in the last {_length(by)}"
        case _ if unit := _this_unit(low):
            return f"in this {unit}"
        case _ if low.type == DATE:
            return f"on or after {speaker.value(low)}"
        case _:
            return f"since {speaker.value(low)}"


def _between(low: Expression, last: str, high: Expression, speaker: Speaker) -> str:
    match low, high:
        case Call(function="shift", arguments=(Clock(reading="now"), Literal(value=Duration() as by))), Clock(
            reading="now"
        ):
            return f"in the last {_length(by)}"
        case Clock(reading="now"), Call(function="shift", arguments=(Clock(), Literal(value=Duration() as by))):
            return f"in the next {_length(by)}"
        case Call(function="shift", arguments=(start, Literal(value=Duration(count=-1)))), _ if start == high and (
            unit := _this_unit(high)
        ):
            return f"in the {unit} before this one"
        case _, Call(function="shift", arguments=(start, Literal(value=Duration(count=1)))) if start == low and (
            unit := _this_unit(low)
        ):
            return f"in this {unit}"
    ends = f"{speaker.value(low)} to {speaker.value(high)}"
    return f"from {ends} (both included)" if last == "<=" else f"from {ends} (end not included)"
