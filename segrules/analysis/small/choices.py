"""A plain value of a set, for rows that are made up: small numbers, days near the as-of, short texts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from math import floor
from typing import Any

from segrules.analysis.small.constants import A_DAY, EPOCH
from segrules.analysis.small.values import Edge, Values, plain
from segrules.language.types import Kind
from segrules.planning.time import AsOf

MOST = 6
"""So many values of a set are tried."""


def choices(values: Values, kind: Kind, unit: Fraction | int | None, moment: AsOf) -> Iterator[Any]:
    """Some known values of a set, the plainest first."""
    found = (value for value in _candidates(values, kind, unit, moment) if values.has(value))
    if unit is not None:
        found = (value for value in found if value % unit == 0)
    yield from islice(dict.fromkeys(found), MOST)


def _candidates(values: Values, kind: Kind, unit: Fraction | int | None, moment: AsOf) -> Iterator[Any]:
    if kind is Kind.TEXT:
        for start, end in values.ranges():
            yield from _texts(start, end)
        return
    match kind:
        case Kind.DATE:
            wanted: Any = moment.today.toordinal() - 1
        case Kind.TIMESTAMP:
            now = moment.now - EPOCH
            wanted = (now.days * 86_400 + now.seconds) * 1_000_000 - A_DAY // 2
        case _:
            wanted = 1 if values.has(1) and not values.has(0) else 0
    yield wanted
    nearest = sorted(values.ranges(), key=lambda ends: _distance(ends, wanted))
    for start, end in nearest:
        yield from _numbers(start, end, kind, unit)


def _distance(ends: tuple[Edge | None, Edge | None], wanted: Any) -> Any:
    start, end = ends
    if start is not None and start[0] > wanted:
        return start[0] - wanted
    return wanted - end[0] if end is not None and end[0] < wanted else 0


def _numbers(start: Edge | None, end: Edge | None, kind: Kind, unit: Fraction | int | None) -> Iterator[Any]:
    """Some numbers of a range: its first or last, rounder ones before others."""
    if kind is Kind.TIMESTAMP:  # a second away from an end, and an hour
        yield from (start[0] + step for step in (3_600_000_000, 1_000_000) if start is not None)
        yield from (end[0] - step for step in (3_600_000_000, 1_000_000) if end is not None)
    if start is not None:
        yield from (start[0], start[0] + (unit or 1), plain(Fraction(start[0] + 1)))
    if end is not None:
        yield from (end[0] - (unit or 1), end[0])
    if start is not None and end is not None and unit is None:
        for digits in range(13):
            yield plain(Fraction(floor(start[0] * 10**digits) + 1, 10**digits))


def _texts(start: Edge | None, end: Edge | None) -> Iterator[str]:
    first = "" if start is None else str(start[0])
    yield from (first + more for more in (("A", "B", "") if start is None else ("", "a", "!", "\x01")))
    if end is not None:
        yield from (str(end[0]), str(end[0])[:-1])
