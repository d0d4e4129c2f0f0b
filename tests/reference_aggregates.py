"""Aggregates by the letter of the language, for the reference evaluator: over one owner's rows, with plain loops."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

from reference_derived import group_label
from reference_sequences import AROUND

from segrules.language.core import Aggregate, Literal, Previous
from segrules.project.model import Relation

if TYPE_CHECKING:
    from reference import Own, Row, Subject


def aggregate(subject: Subject, node: Aggregate, own: Own) -> Any:
    """The value of an aggregate over the rows of `subject`; `own` has the rows of aggregates around it."""
    relation = subject.world.rules.relations[node.relation]
    group = own.get(group_label(relation.name)) if node.row == relation.name else None
    own_rows = subject.rows_of(relation) if group is None else list(group[1]["rows"])
    own = {label: row for label, row in own.items() if label != group_label(relation.name)}

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
        case "share":
            return len(taken) / len(looked_at) if looked_at else None
        case "sequence" | "funnel" | "max_count":
            return AROUND[node.function](subject, node, relation, own_rows, inside)
    assert node.value is not None
    if node.function in ("first", "last"):
        group = at_the_end(subject, relation, taken, node.function)
        found = [subject.value(node.value, inside(row)) for row in group]
        return min((value for value in found if value is not None), default=None)
    if node.function == "nth":
        found = [
            value for group in places(subject, relation, taken) for value in _known_first(subject, node, group, own)
        ]
        place = int(_number(node.argument))
        return found[place - 1] if len(found) >= place else None
    found = [subject.value(node.value, inside(row)) for row in taken]
    return fold_of(node, [value for value in found if value is not None])


def fold_of(node: Aggregate, known: list[Any]) -> Any:
    """An aggregate of the known values, by its function, its argument and the type of what it folds."""
    assert node.value is not None
    match node.function:
        case "quantile":
            return _quantile(known, Fraction(_number(node.argument)))
        case "stddev":
            return _deviation(known, node.value.type.digits_behind)
        case function:
            return fold(function, known)


def _number(argument: Literal | None) -> Any:
    assert argument is not None
    return argument.value


def _known_first(subject: Subject, node: Aggregate, group: Sequence[Row], own: Own) -> list[Any]:
    """The values of the rows at one place, from the smallest on, those that are missing last."""
    assert node.value is not None
    table = subject.world.rules.relations[node.relation].name
    found = [subject.value(node.value, {**own, node.row: (table, row)}) for row in group]
    known = sorted(value for value in found if value is not None)
    return [*known, *[None] * (len(found) - len(known))]


def previous(subject: Subject, node: Previous, own: Own) -> Any:
    """The smallest known value at the place before that of the row that an aggregate is looking at."""
    name, row = own[node.item.row]
    relation = subject.world.rules.relations[name]
    groups = places(subject, relation, subject.rows_of(relation))
    here = next(number for number, group in enumerate(groups) if any(one is row for one in group))
    if here == 0:
        return None
    found = [subject.value(node.item, {**own, node.item.row: (name, one)}) for one in groups[here - 1]]
    return min((value for value in found if value is not None), default=None)


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
    moment = subject.world.moment(row, relation.time) if relation.time else None
    order = row.get(relation.order) if relation.order else None
    return (moment or datetime.min, order is not None, *([] if order is None else [order]))


def fold(function: str, known: list[Any]) -> Any:
    """An aggregate of the known values; sum and counts of none are 0, all else of none is missing."""
    if function == "count_distinct":
        return len(set(known))
    if function == "longest_streak":
        numbers = {value.toordinal() if isinstance(value, date) else value for value in known}
        return max((_run(number, numbers) for number in numbers), default=0)
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
        case "mode":
            return min(statistics.multimode(known))
        case _:
            raise AssertionError(f"unknown aggregate {function}")


def _quantile(known: list[Any], share: Fraction) -> Any:
    """What stands at place (n - 1) * share of the values in order, counted from 0, or between two of them."""
    if not known:
        return None
    place, rest = divmod((len(known) - 1) * share.numerator, share.denominator)
    left, right = (sorted(known) * 2)[place : place + 2]
    if isinstance(left, float):
        return left + (right - left) * rest / share.denominator if rest else left
    return float(left + (right - left) * Fraction(rest, share.denominator))


def _deviation(known: list[Any], digits: int) -> float | None:
    """The root of the squared distances from the mean by n - 1; of fewer than two values missing.

    Exact values become whole numbers of their smallest unit first, and only the division and the root are inexact.
    """
    if len(known) < 2:
        return None
    if any(isinstance(value, float) for value in known):
        return statistics.stdev(known)
    whole = [int(value * 10**digits) for value in known]
    count = len(whole)
    spread = count * sum(value * value for value in whole) - sum(whole) ** 2
    return math.sqrt(float(spread) / (count * (count - 1))) / 10**digits


def _run(number: int, numbers: set[int]) -> int:
    """How many numbers follow each other from this one on."""
    return 1 + _run(number + 1, numbers) if number in numbers else 0


def _mean(known: list[Any]) -> float:
    """The middle of numbers: of exact ones the float nearest to the true fraction."""
    if any(isinstance(value, float) for value in known):
        return statistics.fmean(known)
    return float(Fraction(sum(known)) / len(known))
