"""Durations and dates in the checker: constants of time, moving a date, the time between two."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.core import Call, Clock, Duration, Expression, Literal
from segrules.language.types import DATE, DURATION, INTEGER, TIMESTAMP, UNKNOWN, Kind
from segrules.source import Span

SHORT_UNITS = {"second": 1, "minute": 60, "hour": 3600}
CALENDAR_UNITS = {"month": 1, "quarter": 3, "year": 12}
DAYS_OF_UNIT = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_MOST_DAYS = 365_000


def length(count: Decimal, unit: str, span: Span, findings: Findings) -> Literal:
    """A constant duration; a fraction of an hour or minute is said in a smaller unit."""
    if unit not in SHORT_UNITS and unit not in DAYS_OF_UNIT:
        return refuse(findings, "impossible-duration", span, f"`{words(span)}` has no unit of time that rules know")
    if count != count.to_integral_value():
        if unit not in SHORT_UNITS:
            message = f"`{words(span)}` is not a whole number of {unit}s"
            return refuse(findings, "impossible-duration", span, message, "fractions are for hours and minutes")
        for smaller in ("minute", "second"):
            converted = count * SHORT_UNITS[unit] / SHORT_UNITS[smaller]
            if converted == converted.to_integral_value():
                count, unit = converted, smaller
                break
        else:
            message = f"`{words(span)}` is not a whole number of seconds"
            return refuse(findings, "impossible-duration", span, message)
    days = count * SHORT_UNITS[unit] / 86_400 if unit in SHORT_UNITS else count * DAYS_OF_UNIT[unit]
    if abs(days) > _MOST_DAYS:
        return refuse(findings, "impossible-duration", span, f"`{words(span)}` is longer than a thousand years")
    return Literal(Duration(int(count), unit), DURATION, span)  # type: ignore[arg-type]


def ago(duration: Expression, span: Span, findings: Findings) -> Expression:
    """`30 days ago`: the instant that long before now."""
    constant = constant_duration(duration, findings)
    if constant is None:
        return unknown(span)
    if constant.count < 0:
        return refuse(findings, "impossible-duration", span, f"`{words(span)}` lies in the future")
    return moved(Clock("now", span), Literal(constant, DURATION, duration.span), -1, span, findings)


def constant_duration(node: Expression, findings: Findings) -> Duration | None:
    """The length of time that a node is; a finding, and None, where it is none or no constant."""
    match node:
        case Literal(value=Duration() as duration):
            return duration
        case _ if node.type.kind is Kind.UNKNOWN:
            return None
        case Literal(value=int() as count) if not isinstance(count, bool):
            message = f"`{words(node)}` is a number without a unit of time"
            refuse(findings, "wrong-type", node.span, message, f"`{count} days`?")
        case _ if node.type.kind is Kind.DURATION:
            message = f"`{words(node)}` differs from row to row; a length of time here is a constant, such as `30 days`"
            refuse(findings, "wrong-type", node.span, message)
        case _:
            message = f"`{words(node)}` is {described(node.type)}, not a length of time such as `30 days`"
            refuse(findings, "wrong-type", node.span, message)
    return None


def day(node: Expression) -> Expression:
    """The day of a timestamp in the project's zone; a date is one already."""
    return Call("date", (node,), DATE, node.span) if node.type.kind is Kind.TIMESTAMP else node


def instant(node: Expression) -> Expression:
    """The start of a day as a timestamp; a timestamp is one already."""
    return Call("instant", (node,), TIMESTAMP, node.span) if node.type.kind is Kind.DATE else node


def moved(value: Expression, by: Expression, sign: int, span: Span, findings: Findings) -> Expression:
    """A date or timestamp plus (sign 1) or minus (sign -1) a constant duration; hours make a date a timestamp."""
    duration = constant_duration(by, findings)
    if duration is None or value.type.kind is Kind.UNKNOWN:
        return unknown(span)
    if duration.unit in SHORT_UNITS:
        value = instant(value)
    duration = Duration(sign * duration.count, duration.unit)
    if isinstance(value, Literal) and isinstance(value.value, date) and not _exists_after(value.value, duration):
        return refuse(findings, "impossible-date", span, f"`{words(span)}` lies outside the years 1 to 9999")
    return Call("shift", (value, Literal(duration, DURATION, by.span)), value.type, span)


def _exists_after(start: date, duration: Duration) -> bool:
    """Whether a date moved surely stays inside the years that dates have."""
    seconds = SHORT_UNITS.get(duration.unit)
    days = duration.count * seconds / 86_400 if seconds else duration.count * DAYS_OF_UNIT[duration.unit]
    return 2 <= start.year + days / 365 < 9999


def elapsed(start: Expression, end: Expression, span: Span) -> Expression:
    """`end - start`: whole days of two dates, else the time between two instants."""
    if start.type.kind is not end.type.kind:
        start, end = instant(start), instant(end)
    return Call("elapsed", (start, end), DURATION, span)


def days_between(start: Expression, end: Expression, span: Span) -> Expression:
    return Call("days_between", (day(start), day(end)), INTEGER, span)


def is_date_text(text: str) -> bool:
    """Whether a text is a date or timestamp that rules would write without quotes."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "-" in text


def is_calendar(node: Expression) -> bool:
    """Whether a node is a constant duration without a fixed length."""
    return isinstance(node, Literal) and isinstance(node.value, Duration) and node.value.unit in CALENDAR_UNITS


def refuse_calendar(node: Expression, findings: Findings) -> Expression:
    """The finding for comparing elapsed time with months or years."""
    message = f"`{words(node)}` has no fixed length, so elapsed time cannot be compared with it"
    help = "compare with days, or compare dates: `b >= a + 1 month`"
    return refuse(findings, "impossible-duration", node.span, message, help)


def is_unknown(*nodes: Expression) -> bool:
    """Whether some node already has a finding."""
    return any(node.type == UNKNOWN for node in nodes)
