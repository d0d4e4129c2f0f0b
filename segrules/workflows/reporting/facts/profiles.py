"""In what the members of each segment differ most from everyone, and what they are worth: sums over all rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Any

from segrules.language.core import Reference
from segrules.sql import entity_facts
from segrules.workflows.reporting.data import Difference, Worth
from segrules.workflows.reporting.facts.asking import Asked, Item, Money
from segrules.workflows.reporting.facts.rows import Facts

_SHOWN = 8
_NOISE = 1e-9  # of sums of floats


@dataclass(frozen=True, slots=True)
class Sums:
    """By number and place of a segment: the sum of the known values, and how many are known."""

    facts: Facts
    sums: Mapping[tuple[str, int], tuple[Any, int]]

    def of(self, wanted: Reference, place: int) -> tuple[Any, int]:
        return self.sums[self.facts.columns[wanted], place]


def sums_of(facts: Facts, asked: Asked) -> Sums:
    """The sums of all numbers of which there are any."""
    numbers = [item.wanted for item in asked.profile if item.wanted.type.is_numeric]
    if (money := asked.money) is not None:
        numbers += [item for item in (money.spend, money.orders, money.margin) if item is not None]
    columns = tuple(dict.fromkeys(facts.columns[item] for item in numbers))
    found: dict[tuple[str, int], tuple[Any, int]] = {}
    if columns:
        for number, *values in facts.engine.run(entity_facts.sums_query(facts.table, facts.everyone + 1, columns)):
            pairs = iter(zip(values[::2], values[1::2], strict=True))
            for place in range(number * entity_facts.PART, (number + 1) * entity_facts.PART):
                for column in columns:
                    total, many = next(pairs)
                    found[column, place] = (total or 0, int(many or 0))
    return Sums(facts, found)


def worth(sums: Sums, money: Money | None, place: int, members: int, cost: Decimal | None) -> Worth | None:
    """What the members of a segment are worth; None where neither a value nor a cost is declared."""
    spent = None if cost is None else cost * members
    if money is None:
        return None if spent is None else Worth(members, None, None, None, spent)
    margin = None if money.margin is None else _exact(sums.of(money.margin, place)[0])
    orders = int(sums.of(money.orders, place)[0])
    return Worth(members, _exact(sums.of(money.spend, place)[0]), orders, margin, spent)


def _exact(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def profiles(facts: Facts, asked: Asked, sums: Sums) -> dict[str, tuple[Difference, ...]]:
    """By segment what its members differ in most, the largest difference first."""
    numbers = [item for item in asked.profile if item.wanted.type.is_numeric]
    spreads = _spreads(facts, numbers)
    shares = {item: _shares(facts, item) for item in asked.profile if item.wanted in facts.codes}
    found = {}
    for name, place in facts.places.items():
        differences = [
            *(one for item in numbers for one in _of_number(item, sums, spreads, place, facts.everyone)),
            *(one for item, own in shares.items() for one in _of_values(item, own, facts, place)),
        ]
        real = [one for one in differences if abs(one.effect) > _NOISE]
        found[name] = tuple(sorted(real, key=lambda one: -abs(one.effect))[:_SHOWN])
    return found


def _spreads(facts: Facts, numbers: Sequence[Item]) -> dict[Reference, float]:
    """The standard deviation of each number that has one, over all rows."""
    if not numbers:
        return {}
    (row,) = facts.engine.run(entity_facts.spreads_query(facts.table, [facts.columns[item.wanted] for item in numbers]))
    return {item.wanted: spread for item, spread in zip(numbers, row, strict=True) if spread}


def _of_number(
    item: Item, sums: Sums, spreads: Mapping[Reference, float], place: int, everyone: int
) -> Iterator[Difference]:
    spread = spreads.get(item.wanted)
    (own, known), (all, known_of_all) = sums.of(item.wanted, place), sums.of(item.wanted, everyone)
    if spread and known:
        ours, theirs = float(own) / known, float(all) / known_of_all
        yield Difference(item.name, "number", None, ours, theirs, (ours - theirs) / spread)


Shares = Mapping[tuple[int, int], int]
"""By code of a value and place of a segment how many rows."""


def _shares(facts: Facts, item: Item) -> Shares:
    coded = facts.codes[item.wanted]
    found: dict[tuple[int, int], int] = {}
    for number, code, *counts in facts.engine.run(
        entity_facts.shares_query(facts.table, facts.everyone + 1, coded.column)
    ):
        if code is not None:
            for bit, many in enumerate(counts):
                found[code, number * entity_facts.PART + bit] = int(many or 0)
    return found


def _of_values(item: Item, shares: Shares, facts: Facts, place: int) -> Iterator[Difference]:
    """The value in which members differ most; of what is true or false, how often it is true."""
    values = facts.codes[item.wanted].values
    codes = range(1, len(values) + 1)
    known, known_of_all = (sum(shares.get((code, own), 0) for code in codes) for own in (place, facts.everyone))
    best: Difference | None = None
    for code, value in enumerate(values, 1):
        if value is False or not known:
            continue
        ours = shares.get((code, place), 0) / known
        theirs = shares.get((code, facts.everyone), 0) / known_of_all
        if 0 < theirs < 1:
            effect = (ours - theirs) / sqrt(theirs * (1 - theirs))
            if best is None or abs(effect) > abs(best.effect):
                best = Difference(item.name, "value", value, ours, theirs, effect)
    if best is not None:
        yield best
