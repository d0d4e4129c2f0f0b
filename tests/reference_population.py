"""Functions over all entity rows by the letter of the language, for the reference evaluator: with plain loops."""

from __future__ import annotations

import math
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import reference_aggregates as aggregates

from segrules.language.core import Aggregate, Population

if TYPE_CHECKING:
    from reference import Subject


def population(subject: Subject, node: Population) -> Any:
    """The value of a function for one entity row; all rows are looked at once for each function."""
    world = subject.world
    if node not in world.populations:
        world.populations[node] = _of_all(subject, node)
    return world.populations[node][_key(subject)]


def _key(subject: Subject) -> Any:
    return subject.row[subject.world.rules.entity.key]


def _of_all(subject: Subject, node: Population) -> dict[Any, Any]:
    subjects = [subject.world.of(row) for row in subject.world.entity_rows()]
    groups: dict[Any, list[Subject]] = {}
    for one in subjects:
        groups.setdefault(None if node.by is None else _plain(one.value(node.by, {})), []).append(one)
    found: dict[Any, Any] = {}
    for group in groups.values():
        values = {
            _key(one): one.value(node.value, {}) for one in group if node.where is None or one.holds(node.where, {})
        }
        counting = {key: value for key, value in values.items() if value is not None}
        if node.is_overall:
            known = list(counting.values())
            same = len(known) if node.function == "count" else _folded(node, known)
            found |= {_key(one): same for one in group}
        else:
            without = False if node.function.startswith("in_") else None
            found |= {_key(one): without for one in group} | _ranked(node, counting)
    return found


def _plain(value: Any) -> Any:
    """A value that tells groups apart: true is no 1."""
    return (type(value) is bool, value)


def _folded(node: Population, known: list[Any]) -> Any:
    same = Aggregate(node.function, "", node.value, None, None, node.type, argument=node.argument)
    return aggregates.fold_of(same, known)


def _ranked(node: Population, values: dict[Any, Any]) -> dict[Any, Any]:
    """Per key the value of the function. Larger values stand before others where the order descends."""
    number = node.argument.value if node.argument is not None else None

    def before(one: Any, other: Any) -> bool:
        return bool(one > other if node.descending else one < other)

    places = {key: 1 + sum(before(one, value) for one in values.values()) for key, value in values.items()}
    match node.function:
        case "rank":
            return places
        case "percent_rank":
            others = len(values) - 1
            return {key: (place - 1) / others if others else 0.0 for key, place in places.items()}
        case "ntile":
            assert isinstance(number, int)
            in_order = sorted(sorted(values), key=lambda key: places[key])
            return dict(zip(in_order, _tiles(number, len(values)), strict=True))
        case "quantile_bin":
            assert isinstance(number, int)
            bins = {
                key: 1 + sum(cut < _number(value) for cut in _cuts(number, values)) for key, value in values.items()
            }
            return {key: number + 1 - bin if node.descending else bin for key, bin in bins.items()}
        case "in_top":
            wanted = number if isinstance(number, int) else math.ceil(Fraction(number) * len(values))  # type: ignore[arg-type]
            return {key: place <= wanted for key, place in places.items()}
        case "in_top_share":
            wanted_sum = Fraction(number) * sum(map(Fraction, values.values()))  # type: ignore[arg-type]
            return {
                key: value > 0 and sum(Fraction(one) for one in values.values() if one > value) < wanted_sum
                for key, value in values.items()
            }
        case _:
            raise AssertionError(f"unknown function {node.function}")


def _tiles(tiles: int, rows: int) -> list[int]:
    """The tile of each row in order: the first rows % tiles of them get one row more."""
    sizes = [rows // tiles + (tile < rows % tiles) for tile in range(tiles)]
    return [tile for tile, size in enumerate(sizes, 1) for _ in range(size)]


def _cuts(bins: int, values: dict[Any, Any]) -> list[Fraction]:
    """The quantiles 1/bins, 2/bins, … of the values, between two of them in proportion."""
    ordered = sorted(map(_number, values.values()))
    cuts = []
    for cut in range(1, bins) if ordered else ():
        place = Fraction(cut * (len(ordered) - 1), bins)
        low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
        cuts.append(low + (high - low) * (place - math.floor(place)))
    return cuts


def _number(value: Any) -> Fraction:
    """A value as an exact number; a date is the number of its day, a timestamp of its microsecond."""
    if isinstance(value, datetime):
        return Fraction((value - datetime.min) // datetime.resolution)
    return Fraction(value.toordinal() if isinstance(value, date) else value)
