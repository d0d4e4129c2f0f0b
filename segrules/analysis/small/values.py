"""Sets of values: ranges of an ordered type, and whether the value may be missing.

Numbers are int or Fraction, truth 0 and 1, days and instants whole numbers; texts stand by code point. A set is told by
the places where being in it changes, so that equal sets are equal objects and a complement costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

Edge = tuple[Any, int]
"""A place between values: just before a value (0) or just after it (1)."""


@dataclass(frozen=True, slots=True)
class Values:
    """A set of values. edges: where being in it changes, in order; below: whether what is before the first is in."""

    edges: tuple[Edge, ...] = ()
    below: bool = False
    missing: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.edges or self.below or self.missing)

    @property
    def is_known(self) -> bool:
        """Whether no value in it is a missing one."""
        return not self.missing

    @property
    def low(self) -> Edge | None:
        """Where the known values begin, None where there is no least."""
        return None if self.below or not self.edges else self.edges[0]

    @property
    def high(self) -> Edge | None:
        """Where the known values end, None where there is no largest."""
        return None if self.is_endless else self.edges[-1]

    @property
    def is_endless(self) -> bool:
        return self.below == (len(self.edges) % 2 == 0)

    @property
    def has_known(self) -> bool:
        return bool(self.edges) or self.below

    def known(self) -> Values:
        return replace(self, missing=False) if self.missing else self

    def or_missing(self) -> Values:
        return self if self.missing else replace(self, missing=True)

    def complement(self) -> Values:
        return Values(self.edges, not self.below, not self.missing)

    def __and__(self, other: Values) -> Values:
        if self is other or self == other:
            return self
        return _joined(self, other, both=True)

    def __or__(self, other: Values) -> Values:
        if self is other:
            return self
        return _joined(self, other, both=False)

    def has(self, value: Any) -> bool:
        """Whether a known value is in it."""
        inside = self.below
        for edge in self.edges:
            if edge > (value, 0):
                break
            inside = not inside
        return inside

    def ranges(self) -> Iterator[tuple[Edge | None, Edge | None]]:
        """Where each of its ranges begins and ends, None where it has no end."""
        ends: list[Edge | None] = [None, *self.edges] if self.below else [*self.edges]
        if len(ends) % 2:
            ends.append(None)
        yield from zip(ends[::2], ends[1::2], strict=True)

    def points(self, unit: Fraction | int | None, most: int) -> tuple[Any, ...] | None:
        """Every known value, where there are so few; None where there are more, or endlessly many."""
        found: list[Any] = []
        for start, end in self.ranges():
            if start is None or end is None:
                return None
            if start[0] == end[0]:
                found.append(start[0])
            elif unit is None or (end[0] - start[0]) // unit > most:
                return None
            else:
                found += [start[0] + unit * place for place in range(int((end[0] - start[0]) // unit))]
            if len(found) > most:
                return None
        return tuple(found)

    def moved(self, factor: Fraction | int, offset: Fraction | int) -> Values:
        """The set of x for which factor · x + offset is in this one."""
        edges = tuple((plain(Fraction(value - offset) / factor), side) for value, side in self.edges)
        if factor > 0:
            return replace(self, edges=edges)
        return Values(tuple((value, 1 - side) for value, side in reversed(edges)), self.is_endless, self.missing)

    def on_grid(self, unit: Fraction | int | None) -> Values:
        """The same of whole multiples of a unit: each edge before a multiple."""
        if unit is None or not self.edges:
            return self
        edges: list[Edge] = []
        for value, side in self.edges:
            place = value // unit + 1 if side else -(-value // unit)
            edge = (plain(place * unit), 0)
            if edges and edges[-1] == edge:
                edges.pop()
            else:
                edges.append(edge)
        return Values(tuple(edges), self.below, self.missing)


def plain(value: Any) -> Any:
    """A whole number as an int."""
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value


NOTHING = Values()
ANYTHING = Values(below=True)
MISSING = Values(missing=True)
EVERYTHING = Values(below=True, missing=True)


def compared(operator: str, value: Any) -> Values:
    """The known values that compare so with one."""
    match operator:
        case "==":
            return Values(((value, 0), (value, 1)))
        case "<":
            return Values(((value, 0),), below=True)
        case "<=":
            return Values(((value, 1),), below=True)
        case ">":
            return Values(((value, 1),))
        case ">=":
            return Values(((value, 0),))
    raise AssertionError(operator)


def between(low: Any, high: Any) -> Values:
    """The known values from one to another, both in; None for no bound."""
    return (ANYTHING if low is None else compared(">=", low)) & (ANYTHING if high is None else compared("<=", high))


def among(values: Iterable[Any]) -> Values:
    return Values(tuple(edge for value in sorted(set(values)) for edge in ((value, 0), (value, 1))))


def starting_with(prefix: str) -> Values:
    """The texts that begin so: by code point they stand beside each other."""
    if not prefix:
        return ANYTHING
    head = prefix.rstrip("\U0010ffff")
    if not head:
        return compared(">=", prefix)
    return Values(((prefix, 0), (head[:-1] + chr(ord(head[-1]) + 1), 0)))


def _joined(one: Values, other: Values, both: bool) -> Values:
    """What is in both sets, or in one of them."""
    in_one, in_other = one.below, other.below
    first = inside = (in_one and in_other) if both else (in_one or in_other)
    edges: list[Edge] = []
    left, right = one.edges, other.edges
    place = where = 0
    while place < len(left) or where < len(right):
        is_left = where == len(right) or (place < len(left) and left[place] <= right[where])
        edge = left[place] if is_left else right[where]
        if place < len(left) and left[place] == edge:
            in_one, place = not in_one, place + 1
        if where < len(right) and right[where] == edge:
            in_other, where = not in_other, where + 1
        now = (in_one and in_other) if both else (in_one or in_other)
        if now != inside:
            edges.append(edge)
            inside = now
    missing = (one.missing and other.missing) if both else (one.missing or other.missing)
    return Values(tuple(edges), first, missing)
