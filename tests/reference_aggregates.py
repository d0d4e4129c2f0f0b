"""Aggregates by the letter of the language, for the reference evaluator: over one owner's rows, with plain loops."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

from segrules.language.core import Aggregate
from segrules.project.model import Relation

if TYPE_CHECKING:
    from reference import Own, Row, Subject


def aggregate(subject: Subject, node: Aggregate, own: Own) -> Any:
    """The value of an aggregate over the rows of `subject`; `own` has the rows of aggregates around it."""
    world, relation = subject.world, subject.world.rules.relations[node.relation]
    key = subject.row[world.rules.entity.key]
    own_rows = [row for row in world.visible(relation) if row[relation.key] == key]

    def inside(row: Row) -> Own:
        return {**own, node.row: (relation.name, row)}

    looked_at = [row for row in own_rows if node.window is None or subject.holds(node.window, inside(row))]
    taken = [row for row in looked_at if node.where is None or subject.holds(node.where, inside(row))]
    match node.function:
        case "count":
            return len(taken)
        case "any":
            return len(taken) > 0
        case "none":
            return len(taken) == 0
        case "every":
            return 0 < len(looked_at) == len(taken)
    assert node.value is not None
    if node.function in ("first", "last"):
        group = at_the_end(subject, relation, taken, node.function)
        found = [subject.value(node.value, inside(row)) for row in group]
        return min((value for value in found if value is not None), default=None)
    found = [subject.value(node.value, inside(row)) for row in taken]
    return fold(node.function, [value for value in found if value is not None])


def at_the_end(subject: Subject, relation: Relation, rows: Sequence[Row], function: str) -> list[Row]:
    """The rows at the first place, or the last."""
    groups = places(subject, relation, rows)
    return groups[0 if function == "first" else -1] if groups else []


def places(subject: Subject, relation: Relation, rows: Sequence[Row]) -> list[list[Row]]:
    """The rows in order, those that are equal in time and order together: they share a place."""

    def place(row: Row) -> tuple[Any, ...]:
        return place_of(subject, relation, row)

    return [list(group) for _, group in groupby(sorted(rows, key=place), place)]


def place_of(subject: Subject, relation: Relation, row: Row) -> tuple[Any, ...]:
    """Where a row stands: by time, then order; a row whose order is missing stands before those with one."""
    moment = subject.world.instant(row[relation.time]) if relation.time else None
    order = row.get(relation.order) if relation.order else None
    return (moment or datetime.min, order is not None, *([] if order is None else [order]))


def fold(function: str, known: list[Any]) -> Any:
    """An aggregate of the known values; sum and counts of none are 0, all else of none is missing."""
    if function == "count_distinct":
        return len(set(known))
    if function == "sum":
        return math.fsum(known) if any(isinstance(value, float) for value in known) else sum(known)
    if not known:
        return None
    match function:
        case "min":
            return min(known)
        case "max":
            return max(known)
        case "avg":
            return _mean(known)
        case "median":
            ordered = sorted(known)
            middle = len(ordered) // 2
            return _mean(ordered[middle : middle + 1] if len(ordered) % 2 else ordered[middle - 1 : middle + 1])
        case _:
            raise AssertionError(f"unknown aggregate {function}")


def _mean(known: list[Any]) -> float:
    """The middle of numbers: of exact ones the float nearest to the true fraction."""
    if any(isinstance(value, float) for value in known):
        return statistics.fmean(known)
    return float(Fraction(sum(known)) / len(known))
