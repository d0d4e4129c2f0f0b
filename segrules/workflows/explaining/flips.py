"""How far a value is from making a comparison true that is false, or false that is true."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any
from typing import Literal as OneOf

from segrules.language.core import And, Compare, Duration, Expression, Literal, Not, Or, Population
from segrules.language.trees import children
from segrules.language.types import Kind, Type
from segrules.planning.dependencies import outer_parts
from segrules.planning.time import microseconds
from segrules.workflows.explaining.rule_tree import is_constant, walk_tests

Operator = OneOf["==", "!=", "<", "<=", ">", ">="]

_MIRRORED: dict[Operator, Operator] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_EXACT = 100  # digits, more than any decimal has
_OPPOSITE: dict[Operator, Operator] = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True)
class Flip:
    """The nearest value with which a test comes out the other way: the one that is `operator` `bound`.

    to: that value; None: any other text. by: how far it is, the other side standing still: a number, days of dates,
    a timedelta of timestamps and lengths of time; None where the value is missing or has no distances.
    relative: by in proportion, from 0.
    """

    value: Any
    operator: Operator
    bound: Any
    to: Any
    by: Any
    relative: float


@dataclass(frozen=True, slots=True)
class _Bound:
    """A comparison of the value with another."""

    operator: Operator
    value: Any


def flip(test: Expression, values: Mapping[Expression, Any]) -> Flip | None:
    """The flip of a test of one value; None where there is none, as for a text that is searched.

    Nor is there one where the value is compared with something that moves with it: `spend > 10% * (spend + discounts)`.

    values: of every side of a comparison that is no constant, timestamps on the project's wall clock.
    """
    comparisons = list(walk_tests(test))
    sides = {_sides(item)[0] for item in comparisons}
    if len(sides) != 1 or not _is_of_comparisons(test):
        return None
    (side,) = sides
    if any(_parts(side) & _parts(_sides(item)[2]) for item in comparisons) or is_constant(side):
        return None
    bounds = {item: _Bound(_sides(item)[1], value_of(_sides(item)[2], values)) for item in comparisons}
    if side.type.kind is Kind.VERSION or any(bound.value is None for bound in bounds.values()):
        return None
    current = value_of(side, values)
    before = _holds(test, current, bounds)
    with localcontext(prec=_EXACT):
        found = [
            candidate
            for bound in bounds.values()
            for candidate in _candidates(bound, current, side.type)
            if _holds(test, candidate.to, bounds) != before
        ]
    nearest = min(found, key=_how_far, default=None)
    return _as_lengths(nearest) if nearest is not None and side.type.kind is Kind.DURATION else nearest


def _how_far(found: Flip) -> Any:
    """What the flips of one test are compared by: its bounds are of one unit, however large each of them is."""
    return found.relative if found.by is None else abs(found.by)


def _as_lengths(found: Flip) -> Flip:
    """The flip of a length of time, which is computed in microseconds."""

    def length(microseconds: int | None) -> timedelta | None:
        return None if microseconds is None else timedelta(microseconds=microseconds)

    value, bound, to, by = map(length, (found.value, found.bound, found.to, found.by))
    return Flip(value, found.operator, bound, to, by, found.relative)


def value_of(side: Expression, values: Mapping[Expression, Any]) -> Any:
    """The value of one side: of a constant what its author wrote, a length of time in microseconds."""
    match side:
        case Literal(value=Duration() as length):
            return microseconds(length)
        case Literal(value=value):
            return value
        case _:
            return values.get(side)


def _sides(test: Compare) -> tuple[Expression, Operator, Expression]:
    """What varies, the operator, what it is compared with."""
    if is_constant(test.left) and not is_constant(test.right):
        return test.right, _MIRRORED[test.operator], test.left
    return test.left, test.operator, test.right


def _parts(side: Expression) -> set[Expression]:
    """What varies in one side of a comparison; what stands in a function over all rows varies with it."""
    found = set(outer_parts(side))
    inside = (child for part in found if isinstance(part, Population) for child in children(part))
    return found.union(*map(_parts, inside))


def _is_of_comparisons(test: Expression) -> bool:
    match test:
        case Compare():
            return True
        case Not(item=item):
            return _is_of_comparisons(item)
        case And(items=items) | Or(items=items):
            return all(map(_is_of_comparisons, items))
        case _:
            return False


def _holds(test: Expression, value: Any, bounds: Mapping[Compare, _Bound]) -> bool:
    match test:
        case Compare():
            return value is not None and compared(value, bounds[test].operator, bounds[test].value)
        case Not(item=item):
            return not _holds(item, value, bounds)
        case And(items=items):
            return all(_holds(item, value, bounds) for item in items)
        case Or(items=items):
            return any(_holds(item, value, bounds) for item in items)
        case _:
            raise AssertionError(f"no comparison: {test!r}")


def compared(left: Any, operator: Operator, right: Any) -> bool:
    """Whether a comparison of known values holds."""
    if isinstance(left, float) != isinstance(right, float):
        left, right = float(left), float(right)
    holds: bool
    match operator:
        case "==":
            holds = left == right
        case "!=":
            holds = left != right
        case "<":
            holds = left < right
        case "<=":
            holds = left <= right
        case ">":
            holds = left > right
        case ">=":
            holds = left >= right
    return holds


def _candidates(bound: _Bound, current: Any, type: Type) -> Iterator[Flip]:
    """The nearest value on either side of a bound."""
    for operator in (bound.operator, _OPPOSITE[bound.operator]):
        for to in _nearest(operator, bound.value, type):
            by, relative = _distance(current, to, bound.value)
            yield Flip(current, operator, bound.value, to, by, relative)


def _nearest(operator: Operator, bound: Any, type: Type) -> Sequence[Any]:
    """The values of a type that are nearest to a bound and stand so to it."""
    match type.kind, operator:
        case Kind.BOOLEAN, "!=":
            return (not bound,)
        case Kind.TEXT, "!=":
            return (None,)
        case Kind.BOOLEAN | Kind.TEXT, _:
            return (bound,) if operator == "==" else ()
        case Kind.LIST, _:
            return ()
    if isinstance(bound, float) and type.kind is not Kind.NUMBER:
        bound = Decimal(bound)  # the other side is inexact, the value is not
    low, high, is_there = _around(bound, type)
    match operator:
        case "==":
            return (bound,) if is_there else ()
        case "!=":
            return (low, high)
        case "<":
            return (low,)
        case "<=":
            return (bound if is_there else low,)
        case ">":
            return (high,)
        case ">=":
            return (bound if is_there else high,)


def _around(bound: Any, type: Type) -> tuple[Any, Any, bool]:
    """The next values of a type below and above a bound, and whether the bound is one itself."""
    match type.kind:
        case Kind.DATE:
            return _moved(bound, -timedelta(days=1)), _moved(bound, timedelta(days=1)), True
        case Kind.TIMESTAMP:
            step = timedelta(microseconds=1)
            return _moved(bound, -step), _moved(bound, step), True
        case Kind.NUMBER:
            number = float(bound)
            return math.nextafter(number, -math.inf), math.nextafter(number, math.inf), True
        case _:
            return _on_grid(Decimal(bound), type)


def _on_grid(bound: Decimal, type: Type) -> tuple[Any, Any, bool]:
    """The same for numbers with so many digits behind the point."""
    step = Decimal(1).scaleb(-type.digits_behind)
    low, high = _rounded(bound, step, ROUND_FLOOR), _rounded(bound, step, ROUND_CEILING)
    is_there = low == high
    below, above = (low - step, high + step) if is_there else (low, high)
    shown: Callable[[Decimal], Any] = int if type.kind in (Kind.INTEGER, Kind.DURATION) else Decimal
    return shown(below), shown(above), is_there


def _rounded(value: Decimal, step: Decimal, how: str) -> Decimal:
    return (value / step).to_integral_value(rounding=how) * step


def _moved(moment: date, by: timedelta) -> date:
    try:
        return moment + by
    except OverflowError:
        return moment


def _distance(current: Any, to: Any, bound: Any) -> tuple[Any, float]:
    """How far, and in proportion; without a number where the value is missing or a text."""
    match current, to:
        case (None, _) | (str(), _) | (bool(), _) | (list(), _) | (tuple(), _):
            return None, 1.0
        case datetime(), datetime():
            return to - current, abs((to - current).total_seconds()) / (365 * 86_400)
        case date(), date():
            return (to - current).days, abs((to - current).days) / 365
    if isinstance(current, float) or isinstance(to, float):
        by: Any = float(to) - float(current)
    else:
        by = to - current
    return by, abs(float(by)) / max(abs(float(bound)), 1.0)
