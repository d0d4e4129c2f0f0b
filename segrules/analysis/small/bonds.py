"""Which folds of one relation are never larger than which: counts of narrower rows, a mean between least and most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from segrules.analysis.answers import Fact
from segrules.analysis.small.folds import Fold, rounded_down, rounded_up
from segrules.analysis.small.formulas import Formula, Thing
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.values import Edge
from segrules.language.types import Kind

Implied = Callable[[Formula, Formula], tuple[Fact, ...] | None]
"""The facts by which rows that pass one test pass another; None where that is not seen."""

_ONE_OF = ("min", "max", "first", "last", "mode", "nth", "avg", "median", "quantile")
_GROWING = ("count", "sum", "count_distinct", "longest_streak")


@dataclass(frozen=True, slots=True)
class AtMost:
    """That one thing is never larger than another, by facts; only where `guard` counts rows, if there is one.

    is_loose: they are told with the errors of floats.
    """

    low: Thing
    high: Thing
    facts: tuple[Fact, ...] = ()
    guard: Thing | None = None
    is_loose: bool = False

    def loosened_down(self, edge: Edge) -> Edge:
        return (rounded_down(edge[0]), 0) if self.is_loose else edge

    def loosened_up(self, edge: Edge) -> Edge:
        return (rounded_up(edge[0]), 1) if self.is_loose else edge


def bonds(theory: Theory, one: Thing, other: Thing, implied: Implied) -> tuple[AtMost, ...]:
    """How two folds of one relation bind each other."""
    key = ("bonds", one, other)
    if key not in theory.known:
        theory.known[key] = theory.known["bonds", other, one] = (
            *_bonds(one, other, implied),
            *_bonds(other, one, implied),
        )
    found: tuple[AtMost, ...] = theory.known[key]
    return found


def _bonds(one: Thing, other: Thing, implied: Implied) -> Iterator[AtMost]:
    """Those in which the rows of the first are among those of the second."""
    narrow, wide = one.about, other.about
    if not isinstance(narrow, Fold) or not isinstance(wide, Fold) or not _may_bind(narrow, wide):
        return
    facts = implied(narrow.rows, wide.rows)
    if facts is None:
        return
    is_loose = Kind.NUMBER in (narrow.kind, wide.kind)
    if narrow.function in _GROWING:
        if narrow.function == "sum":
            facts = (*facts, *_positive(one))
        yield AtMost(one, other, facts, is_loose=is_loose)
    elif wide.function == "sum":
        yield AtMost(one, other, (*facts, *_positive(other)), narrow.some, is_loose)
    elif wide.function == "max":
        yield AtMost(one, other, facts, narrow.some, is_loose)
    else:
        yield AtMost(other, one, facts, narrow.some, is_loose)


def _may_bind(narrow: Fold, wide: Fold) -> bool:
    """Whether the functions bind each other where the rows do. A count binds what has as many values at most."""
    if wide.function == "count":
        return narrow.function in ("count", "count_distinct", "longest_streak")
    if narrow.value != wide.value:
        return False
    match narrow.function, wide.function:
        case "sum", "sum":
            return _is_never_negative(narrow)
        case (("count_distinct" | "longest_streak"), "count_distinct" | "longest_streak"):
            return narrow.function == wide.function
        case function, "min" | "max":
            return function in _ONE_OF
        case function, "sum":
            return function in _ONE_OF and _is_never_negative(wide)
    return False


def _is_never_negative(fold: Fold) -> bool:
    return fold.positive is not None


def _positive(thing: Thing) -> tuple[Fact, ...]:
    fold = thing.about
    assert isinstance(fold, Fold)
    return () if fold.positive is None else fold.positive
