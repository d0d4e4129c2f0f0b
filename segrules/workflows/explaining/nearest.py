"""The segments that a row missed most narrowly: those for which the fewest clauses would have to come out otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from segrules.workflows.explaining.reasons import Reason, reasons, truth
from segrules.workflows.explaining.rule_tree import is_constant

_NO_DISTANCE = 1.0  # of a clause that is no comparison of numbers or dates, in proportion


@dataclass(frozen=True, slots=True)
class Missed:
    """A segment that the row is not in, and the fewest clauses that keep it out, nearest ones first."""

    segment: str
    clauses: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    """Clauses that have to come out otherwise. Equal tests of two places are one."""

    clauses: Mapping[object, Reason]

    @property
    def cost(self) -> tuple[int, float]:
        return len(self.clauses), sum(map(_distance, self.clauses.values()))


def nearest(trees: Iterable[tuple[str, Reason]]) -> tuple[Missed, ...]:
    """The segments missed, the nearest first: by how many clauses must flip, then by how far these are from it."""
    found = []
    for name, tree in trees:
        if truth(tree):
            continue
        opened: dict[tuple[str, str], Reason] = {
            (part.kind, part.clause.name): part for part in reasons(tree) if not part.clause.is_again
        }
        change = _change(tree, True, opened)
        if change is not None:
            found.append((change.cost, Missed(name, tuple(sorted(change.clauses.values(), key=_distance)))))
    return tuple(missed for _, missed in sorted(found, key=lambda item: item[0]))


def _change(tree: Reason, wanted: bool, opened: Mapping[tuple[str, str], Reason]) -> _Change | None:
    """The cheapest change after which the reason is as wanted; None where nothing in the row can make it so."""
    if truth(tree) == wanted:
        return _Change({})
    match tree.kind, wanted:
        case ("all", True) | ("not all", False):
            return _each(tree, True, opened)
        case ("any", False) | ("none", True):
            return _each(tree, False, opened)
        case ("any", True) | ("none", False):
            return _one(tree, True, opened)
        case ("all", False) | ("not all", True):
            return _one(tree, False, opened)
        case "not", _:
            return _each(tree, not wanted, opened)
    here = opened.get((tree.kind, tree.clause.name), tree) if tree.clause.is_again else tree
    if here.kind in ("segment", "stage", "trait") and len(here.parts) == 1 and here.parts[0].holds is not None:
        return _change(here.parts[0], wanted, opened)
    if here.clause.expression is not None and is_constant(here.clause.expression):
        return None
    return _Change({here.clause.expression or here.clause.text: here})


def _each(tree: Reason, wanted: bool, opened: Mapping[tuple[str, str], Reason]) -> _Change | None:
    """Every part as wanted."""
    clauses: dict[object, Reason] = {}
    for part in tree.parts:
        change = _change(part, wanted, opened)
        if change is None:
            return None
        clauses |= change.clauses
    return _Change(clauses)


def _one(tree: Reason, wanted: bool, opened: Mapping[tuple[str, str], Reason]) -> _Change | None:
    """Some part as wanted, the cheapest one."""
    changes = [change for part in tree.parts if (change := _change(part, wanted, opened)) is not None]
    return min(changes, key=lambda change: change.cost, default=None)


def _distance(clause: Reason) -> float:
    return _NO_DISTANCE if clause.flip is None else clause.flip.relative
