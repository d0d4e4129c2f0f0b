"""The tests by which two versions of one thing differ: no row passes them exactly if both are the same everywhere."""

from __future__ import annotations

from segrules.language.core import And, Compare, Expression, IsMissing, Not, Or
from segrules.language.trees import is_predicate
from segrules.language.types import Kind

_COMPARED = (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.TIMESTAMP, Kind.DURATION)


def differ(one: Expression, other: Expression) -> Expression | None:
    """A test that holds for the rows for which two values are not the same; None where it cannot be asked.

    A missing value is the same as a missing one. Of two tests it is that one holds and not the other.
    """
    if one.type.kind is not other.type.kind:
        return None
    if one.type.kind is Kind.BOOLEAN:
        apart = (And((one, Not(other))), And((other, Not(one))))
        return Or(apart if is_predicate(one) and is_predicate(other) else (*apart, *_missing_apart(one, other)))
    if one.type.kind not in _COMPARED:
        return None
    same = Or((Compare("==", one, other), And((IsMissing(one), IsMissing(other)))))
    return Not(same)


def _missing_apart(one: Expression, other: Expression) -> tuple[Expression, ...]:
    """That only one of two truth values is missing."""
    gaps = IsMissing(one), IsMissing(other)
    return And((gaps[0], Not(gaps[1]))), And((gaps[1], Not(gaps[0])))
