"""What ties an aggregate to the row of the one around it: which of its tests compare the two rows, and how."""

from __future__ import annotations

from dataclasses import dataclass

from segrules.language.core import Aggregate, And, Column, Compare, Expression, Reference
from segrules.language.trees import walk

_TURNED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Tie:
    """``own operator outer``: a value of the inner row compared with one of the row around."""

    own: Expression
    operator: str
    outer: Expression


@dataclass(frozen=True, slots=True)
class Ties:
    """The tests after an aggregate's `where`: its own, those that tie it to the row around, any others that do."""

    own: tuple[Expression, ...]
    equal: tuple[Tie, ...]
    ordered: tuple[Tie, ...]
    others: tuple[Expression, ...]


def ties_of(node: Aggregate, around: str) -> Ties:
    """The tests of a nested aggregate; `around` is the label of the row that it is asked anew for."""
    own: list[Expression] = []
    equal: list[Tie] = []
    ordered: list[Tie] = []
    others: list[Expression] = []
    tests = () if node.where is None else node.where.items if isinstance(node.where, And) else (node.where,)
    for test in tests:
        tie = _tie(test, node.row, around)
        if not _names(test, around):
            own.append(test)
        elif tie is None:
            others.append(test)
        elif tie.operator == "==":
            equal.append(tie)
        else:
            ordered.append(tie)
    return Ties(tuple(own), tuple(equal), tuple(ordered), tuple(others))


def is_foldable(node: Aggregate, around: str) -> bool:
    """Whether the aggregate is one row per values that are compared for equality, and at most one other comparison."""
    ties = ties_of(node, around)
    parts = (node.value, node.window)
    is_apart = not any(part is not None and _names(part, around) for part in parts)
    return is_apart and not ties.others and (not ties.ordered or (len(ties.ordered) == 1 and _asks_for_one(node)))


def _asks_for_one(node: Aggregate) -> bool:
    return node.function in ("any", "none")


def _tie(test: Expression, own: str, around: str) -> Tie | None:
    match test:
        case Compare(operator=operator, left=left, right=right):
            if not _names(left, around) and not _names(right, own):
                return Tie(left, operator, right)
            if not _names(right, around) and not _names(left, own):
                return Tie(right, _TURNED[operator], left)
    return None


def _names(node: Expression, label: str) -> bool:
    """Whether an expression names the row with that label, or has an aggregate of its own that might."""
    return any(isinstance(part, Column | Reference) and part.row == label for part in walk(node))
