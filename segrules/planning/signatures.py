"""How many different rows there can be once all that is known of a row is which predicates hold for it.

Rules about few thresholds of few columns part millions of rows into some thousands of kinds. Counting looks at each
kind once, so that a thousand more segments over the same predicates cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import prod

from segrules.language.core import Compare, Expression, IsMissing, Literal, Membership
from segrules.planning.cut import Cut, cut
from segrules.planning.nodes import Output, Plan

ALIKE = "rows alike"
"""The column that says how many rows have a signature: two words, so that nothing in a plan has this name."""

FEWEST_OUTPUTS = 50  # of fewer, asking each row costs less than grouping rows does
_MOST_SIGNATURES = 100_000


def cut_to_signatures(plan: Plan, outputs: Sequence[Output], table: str, *, fewest: int = FEWEST_OUTPUTS) -> Cut | None:
    """The plan of these Boolean outputs alone, cut so that which predicates hold is all that is kept of a row.

    None where that would not help: fewer outputs than `fewest`, so many predicates that hardly two rows are alike, or
    outputs that need more of a row. `table` has a row for each signature, with `ALIKE`.
    """
    if len(outputs) < fewest:
        return None
    parts = cut(replace(plan, keys=(), carried=(), outputs=tuple(outputs)), table, alike=ALIKE)
    is_small = bool(parts.flags) and most_signatures(parts.flags) <= _MOST_SIGNATURES
    return parts if is_small and parts.stored.columns == (ALIKE,) else None


def most_signatures(predicates: Iterable[Expression]) -> int:
    """A number that the different combinations of truths of these predicates cannot exceed.

    Of predicates that compare one value with constants, each constant adds a place on the line of its values, and an
    ordering one more between two of them; a missing value is a place of its own. Others are true or false.
    """
    places: dict[Expression, set[object]] = {}
    others = 0
    for predicate in predicates:
        match predicate:
            case Compare(operator="==", left=value, right=Literal() as constant):
                places.setdefault(value, set()).add(constant)
            case Compare(operator=operator, left=value, right=Literal() as constant):
                below = operator in ("<", ">=")  # cuts the line before its constant, `<=` and `>` behind it
                places.setdefault(value, set()).add((constant, below))
            case Membership(item=value, values=Literal(value=tuple() as constants)):
                places.setdefault(value, set()).update(Literal(constant, value.type) for constant in constants)
            case IsMissing(item=value):
                places.setdefault(value, set())
            case _:
                others += 1
    return prod(len(found) + 2 for found in places.values()) * (1 << others)
