"""Functions of dates and instants: exact where linear, else exact near the as-of instant and bounded beyond."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

import z3

from segrules.analysis.solver.space import Space, symbol
from segrules.analysis.solver.terms import DAY, FIRST_DAY, Term, both
from segrules.language.core import Call, Duration, Literal
from segrules.language.types import Kind
from segrules.planning.time import start_of

YEARS = 3
"""So many years before and after the as-of instant are functions of the calendar looked up day by day."""
_HOUR = DAY // 24
_FURTHEST = 16 * _HOUR
"""No zone's clock is further from UTC."""


def date_call(node: Call, terms: Sequence[Term], space: Space) -> Term | None:
    """The value of a function of dates or instants, or None where it is another function."""
    known = both(*(term.known for term in terms))
    values = [term.value for term in terms]
    match node.function, node.arguments:
        case "date", _:
            return Term(known, values[0] / DAY + FIRST_DAY)
        case "local" | "from_local", (_, Literal(value=str())):
            found = symbol(space, "clock", node.type, False)
            space.always(both(found.value - values[0] <= _FURTHEST, values[0] - found.value <= _FURTHEST))
            return Term(known, found.value)
        case "instant", _:
            return Term(known, (values[0] - FIRST_DAY) * DAY)
        case "days_between", _:
            return Term(known, values[1] - values[0])
        case "elapsed", (first, _):
            length = values[1] - values[0]
            return Term(known, length * DAY if first.type.kind is Kind.DATE else length)
        case "shift", (item, Literal(value=Duration() as by)):
            return _shifted(node, terms[0], by, item.type.kind is Kind.DATE, space)
        case "weekday", _:
            return Term(known, (values[0] + 6) % 7 + 1)
        case "hour", _:
            return Term(known, (values[0] / _HOUR) % 24)
        case ("year" | "quarter" | "month" | "week") as function, (_,):
            return Term(known, _part_of_date(node, function, values[0], space))
        case "start_of", (Literal(value=str() as unit), _):
            return Term(terms[1].known, _start(node, unit, values[1], space))
        case "anniversary", _:
            return _anniversary(node, terms[0], space)
        case "first_day_from", _:
            found = symbol(space, "day", node.type, False)
            start = (found.value - FIRST_DAY) * DAY
            space.always(both(start - values[0] <= DAY + _FURTHEST, values[0] - start <= _FURTHEST))
            return Term(known, found.value)
    return None


def _shifted(node: Call, item: Term, by: Duration, is_date: bool, space: Space) -> Term:
    """A date or instant moved by a constant length; by months it is known to some days."""
    match by.unit:
        case "second" | "minute" | "hour":
            length = {"second": 1_000_000, "minute": 60_000_000, "hour": _HOUR}[by.unit] * by.count
            return Term(item.known, item.value + length)
        case "day" | "week":
            days = by.count * (7 if by.unit == "week" else 1)
            return Term(item.known, item.value + (days if is_date else days * DAY))
    months = by.count * {"month": 1, "quarter": 3, "year": 12}[by.unit]
    least, most = sorted((_days_of(months, 28), _days_of(months, 31)))
    found = symbol(space, "moved", node.type, False)
    unit = 1 if is_date else DAY
    space.always(both(found.value - item.value >= least * unit, found.value - item.value <= most * unit))
    return Term(item.known, found.value)


def _days_of(months: int, longest: int) -> int:
    """The days in so many months, at the least (28) or the most (31)."""
    years, rest = divmod(abs(months), 12)
    days = years * (365 if longest == 28 else 366) + rest * longest
    return days if months >= 0 else -days


def _days_near(space: Space) -> Iterator[date]:
    """The first days of the months around the as-of instant."""
    today = space.moment.today
    day = date(today.year - YEARS, 1, 1)
    while day.year <= today.year + YEARS:
        yield day
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _looked_up(
    node: Call, starts: Sequence[date], give: Callable[[date], int], day: z3.ExprRef, space: Space
) -> z3.ExprRef:
    """A symbol that is what the function gives, for days between these starts."""
    found = symbol(space, node.function, node.type, False).value
    for start, end in pairwise(starts):
        inside = both(day >= start.toordinal(), day < end.toordinal())
        space.always(z3.Implies(inside, found == give(start)))
    space.wishes.append(both(day >= starts[0].toordinal(), day < starts[-1].toordinal()))
    return found


def _part_of_date(node: Call, function: str, day: z3.ExprRef, space: Space) -> z3.ExprRef:
    months = list(_days_near(space))
    match function:
        case "year":
            found = _looked_up(node, months[::12], lambda start: start.year, day, space)
            space.always(both((found - 1) * 365 < day, day <= found * 366))
        case "quarter":
            found = _looked_up(node, months[::3], lambda start: (start.month + 2) // 3, day, space)
            space.always(both(found >= 1, found <= 4))
        case "month":
            found = _looked_up(node, months, lambda start: start.month, day, space)
            space.always(both(found >= 1, found <= 12))
        case _:
            mondays = [months[0] + timedelta(days=7 * number - months[0].weekday()) for number in range(53 * 2 * YEARS)]
            found = _looked_up(node, mondays, lambda start: start.isocalendar().week, day, space)
            space.always(both(found >= 1, found <= 53))
    return found


def _start(node: Call, unit: str, day: z3.ExprRef, space: Space) -> z3.ExprRef:
    match unit:
        case "day":
            return day
        case "week":
            return day - (day + 6) % 7
    months = list(_days_near(space))
    step, longest = {"month": (1, 31), "quarter": (3, 92), "year": (12, 366)}[unit]
    found = _looked_up(node, months[::step], lambda first: start_of(unit, first).toordinal(), day, space)
    space.always(both(found <= day, day - found < longest))
    return found


def _anniversary(node: Call, item: Term, space: Space) -> Term:
    """The next one is today or within a year, and never before the day itself."""
    today = space.moment.today
    found = symbol(space, "anniversary", node.type, False)
    least = z3.IntVal(today.toordinal())
    space.always(found.value >= z3.If(item.value > least, item.value, least))
    space.always(z3.Implies(item.value <= least, found.value <= least + 366))
    space.always(z3.Implies(item.value > least, found.value == item.value))
    return Term(item.known, found.value)
