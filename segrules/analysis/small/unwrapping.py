"""Functions that can be undone: what must be asked of the value inside for the result to lie in a set."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

from segrules.analysis.small.constants import A_DAY, EPOCH, value_of
from segrules.analysis.small.values import Values
from segrules.language.core import Call, Expression, Literal
from segrules.language.types import Kind
from segrules.planning.time import start_of_day, to_local


def unwrapped(node: Expression, values: Values, zone: str) -> tuple[Expression, Values] | None:
    """The value inside, and the set in which it lies exactly where the node lies in `values`; None for other nodes."""
    if not isinstance(node, Call):
        return None
    match node.function, node.arguments:
        case "negate", (item,) if item.type.is_exact:
            return item, values.moved(-1, 0)
        case (("add" | "subtract" | "multiply"), (left, right)) if node.type.is_exact:
            return _arithmetic(node.function, left, right, values)
        case (("days_between" | "elapsed"), (Literal() as start, item)):
            return _from_start(node, start, item, values)
        case (("days_between" | "elapsed"), (item, Literal() as end)):
            return _from_start(node, end, item, values.moved(-1, 0))
        case "date", (item,) if item.type.kind is Kind.TIMESTAMP:
            return _day(item, values, zone)
    return None


def _arithmetic(function: str, left: Expression, right: Expression, values: Values) -> tuple[Expression, Values] | None:
    for item, constant, is_right in ((left, right, True), (right, left, False)):
        if not isinstance(constant, Literal) or not item.type.is_exact:
            continue
        number = value_of(constant, item.type)
        if number is None:
            return None
        match function:
            case "add":
                return item, values.moved(1, number)
            case "subtract":
                return item, values.moved(1, -number) if is_right else values.moved(-1, number)
            case "multiply" if number != 0:
                return item, values.moved(Fraction(number), 0)
    return None


def _from_start(node: Call, start: Literal, item: Expression, values: Values) -> tuple[Expression, Values] | None:
    """Days or time from a constant on."""
    first = value_of(start, item.type)
    if first is None:
        return None
    unit = A_DAY if node.function == "elapsed" and item.type.kind is Kind.DATE else 1
    return item, values.moved(unit, -first * unit)


def _day(item: Expression, values: Values, zone: str) -> tuple[Expression, Values] | None:
    """Instants of days: where the clock never goes back from one day into the one before."""
    inside = item.arguments[0] if isinstance(item, Call) and item.function == "local" else item
    edges = []
    for ordinal, _ in values.on_grid(1).edges:
        if not date.min.toordinal() < ordinal < date.max.toordinal():
            return None
        start = start_of_day(date.fromordinal(ordinal), zone)
        if not _is_clean(start, date.fromordinal(ordinal), zone):
            return None
        edges.append(((start - EPOCH) // timedelta(microseconds=1), 0))
    return inside, Values(tuple(edges), values.below, values.missing)


def _is_clean(start: datetime, day: date, zone: str) -> bool:
    """Whether no instant after the start of a day shows an earlier day on the clock."""
    later = (start + timedelta(minutes=minutes) for minutes in (1, 29, 31, 59, 61, 89, 119, 179))
    before = to_local(start - timedelta(microseconds=1), zone).date()
    return before < day and all(to_local(instant, zone).date() >= day for instant in later)
