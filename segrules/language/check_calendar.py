"""Calls of the checker about calendar units: `start_of(month, d)`, and years and quarters of the project's fiscal year.

A fiscal date is the ordinary one so many months later: where the year starts in April, nine months after 1 April 2026
is 1 January 2027, the first day of fiscal year 2027.
"""

from __future__ import annotations

from collections.abc import Callable

from segrules.diagnostics import did_you_mean
from segrules.language import syntax
from segrules.language.check_findings import Findings, described, refuse, words
from segrules.language.check_time import day, is_unknown
from segrules.language.core import Call, Duration, Expression, Literal
from segrules.language.types import DATE, DURATION, INTEGER, TEXT
from segrules.source import Span

FISCAL = {"fiscal_year": "year", "fiscal_quarter": "quarter"}
START_UNITS = ("day", "week", "month", "quarter", "year", *FISCAL)


def calendar_call(
    call: syntax.Call, fiscal_year_starts: int, findings: Findings, check: Callable[[syntax.Expression], Expression]
) -> Expression:
    """`start_of(unit, d)`, `fiscal_year(d)`, `fiscal_quarter(d)`."""
    function, written = call.function.text, [argument.value for argument in call.arguments]
    value = check(written[-1])
    if not value.type.is_temporal:
        message = f"`{function}` takes a date, and `{words(value)}` is {described(value.type)}"
        return refuse(findings, "wrong-type", value.span, message)
    if function != "start_of":
        moved = _later(day(value), _months(fiscal_year_starts), call.span)
        return Call(FISCAL[function], (moved,), INTEGER, call.span)
    match written[0]:
        case syntax.Name(parts=(syntax.Identifier(text=unit),)) if unit in START_UNITS:
            found = start_of(unit, day(value), fiscal_year_starts, call.span)
            return value if is_unknown(value) else found
    word = words(written[0].span).strip("'\"")
    help = f"`start_of({word}, …)`?" if word in START_UNITS else did_you_mean(word, START_UNITS)
    units = f"{', '.join(START_UNITS[:-1])} or {START_UNITS[-1]}"
    message = f"`start_of` takes {units} first, not `{words(written[0].span)}`"
    return refuse(findings, "wrong-arguments", written[0].span, message, help)


def start_of(unit: str, value: Expression, fiscal_year_starts: int, span: Span) -> Expression:
    """The first day of the unit that a date is in."""
    months = _months(fiscal_year_starts) if unit in FISCAL else 0
    plain = Literal(FISCAL.get(unit, unit), TEXT, span)
    return _later(Call("start_of", (plain, _later(value, months, span)), DATE, span), -months, span)


def _months(fiscal_year_starts: int) -> int:
    """How many months a fiscal year is ahead of the calendar's; it is called after the year in which it ends."""
    return (13 - fiscal_year_starts) % 12


def _later(value: Expression, months: int, span: Span) -> Expression:
    if months == 0:
        return value
    return Call("shift", (value, Literal(Duration(months, "month"), DURATION, span)), DATE, span)
