"""Pass over comparisons with constants: what is computed of a date or an instant becomes a comparison of that date.

``days_between(date(seen), today) < 30`` becomes ``seen >= …``, the instant at which that day began.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal as OneOf

from segrules.language.core import And, Call, Compare, Expression, Literal, Reference
from segrules.language.types import DATE
from segrules.planning.fold_time import fold_comparison
from segrules.planning.time import AsOf

Operator = OneOf["==", "<", "<=", ">", ">="]
MIRRORED: dict[str, Operator] = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def with_plain_side(node: Compare, definition_of: Callable[[Reference], Expression], as_of: AsOf) -> Expression:
    """The comparison, its constant to the right and what it computes of dates undone, as far as that is exact.

    definition_of: what a trait is, time folded.
    """
    operator, left, right = node.operator, node.left, node.right
    if isinstance(left, Literal) and not isinstance(right, Literal):
        operator, left, right = MIRRORED[operator], right, left
    while isinstance(left, Reference) and left.to == "trait" and not left.path:
        left = definition_of(left)
    turned = Compare(operator, left, right, node.span)
    if not isinstance(right, Literal) or right.value is None or isinstance(right.value, tuple):
        return turned
    undone = _undone(operator, left, right.value)
    if undone is None:
        folded = fold_comparison(turned, as_of)
        return folded if isinstance(folded, And) or folded != turned else turned
    parts = [with_plain_side(part, definition_of, as_of) for part in undone]
    return parts[0] if len(parts) == 1 else And(tuple(parts), node.span)


def _undone(operator: Operator, left: Expression, value: object) -> tuple[Compare, ...] | None:
    """Comparisons of a date that together say the same of what is computed of it, or None."""
    number = _whole(value)
    if number is None:
        return None
    match left:
        case Call(function="days_between", arguments=(start, Literal(value=date() as end))):
            return _of_day(MIRRORED[operator], start, end.toordinal() - number)
        case Call(function="days_between", arguments=(Literal(value=date() as start), end)):
            return _of_day(operator, end, start.toordinal() + number)
        case Call(function="year", arguments=(item,)) if date.min.year < number < date.max.year:
            first, after = date(number, 1, 1), date(number + 1, 1, 1)
            match operator:
                case "==":
                    return Compare(">=", item, Literal(first, DATE)), Compare("<", item, Literal(after, DATE))
                case ">=" | "<":
                    return (Compare(operator, item, Literal(first, DATE)),)
                case ">":
                    return (Compare(">=", item, Literal(after, DATE)),)
                case "<=":
                    return (Compare("<", item, Literal(after, DATE)),)
    return None


def _of_day(operator: Operator, item: Expression, ordinal: int) -> tuple[Compare, ...] | None:
    least, most = date.min.toordinal(), (date.max - timedelta(days=1)).toordinal()
    if not least <= ordinal <= most:
        return None
    return (Compare(operator, item, Literal(date.fromordinal(ordinal), DATE)),)


def _whole(value: object) -> int | None:
    match value:
        case bool():
            return None
        case int():
            return value
        case Decimal() if value == value.to_integral_value():
            return int(value)
        case _:
            return None


def as_comparisons(item: Expression, values: tuple[object, ...], like: Literal) -> tuple[Compare, ...]:
    """Membership in constants as one comparison for each."""
    assert like.type.element is not None
    return tuple(Compare("==", item, replace(like, value=value, type=like.type.element)) for value in values)  # type: ignore[arg-type]
