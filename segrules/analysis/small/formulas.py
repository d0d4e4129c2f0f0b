"""Tests as formulas: that things lie in sets of values, joined by `all` and `some`. Negation is pushed to the sets.

Equal formulas are one object, so that what is known of one is known of its like.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from segrules.analysis.answers import Fact
from segrules.analysis.small.values import Values
from segrules.language.core import Expression


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """Something with one value per row: a column, a fold of rows, a function that is not looked into.

    frame: what its value can be whatever is stored; promises: what the contract leaves of that, and the facts that say
    so. unit: its values are whole multiples of that, where they are. group: things of one group may bind each other.
    """

    place: int
    node: Expression | None
    frame: Values
    promises: tuple[tuple[Values, Fact], ...] = ()
    unit: Fraction | int | None = None
    group: Any = None
    about: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """That a thing's value is in a set."""

    thing: Thing
    values: Values


@dataclass(frozen=True, slots=True, eq=False)
class All:
    items: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Some:
    items: tuple[Formula, ...]


Formula = Within | All | Some

TRUE = All(())
FALSE = Some(())


@dataclass(frozen=True)
class Formulas:
    """Makes formulas, each once."""

    made: dict[Any, Formula] = field(default_factory=dict)
    opposites: dict[Formula, Formula] = field(default_factory=dict)

    def within(self, thing: Thing, values: Values) -> Formula:
        inside = values.on_grid(thing.unit) & thing.frame
        if inside.is_empty:
            return FALSE
        if inside == thing.frame:
            return TRUE
        key = (thing.place, inside)
        if key not in self.made:
            self.made[key] = Within(thing, inside)
        return self.made[key]

    def all_of(self, items: Iterable[Formula]) -> Formula:
        """That every item holds; what several say of one thing is one item."""
        parts: dict[Formula, None] = {}
        said: dict[Thing, Values] = {}
        for item in _flat(All, items):
            if item is FALSE:
                return FALSE
            if isinstance(item, Within):
                said[item.thing] = said[item.thing] & item.values if item.thing in said else item.values
            else:
                parts[item] = None
        return self._joined(All, [*(self.within(thing, values) for thing, values in said.items()), *parts])

    def some_of(self, items: Iterable[Formula]) -> Formula:
        """That some item holds; what several say of one thing is one item."""
        parts: dict[Formula, None] = {}
        said: dict[Thing, Values] = {}
        for item in _flat(Some, items):
            if item is TRUE:
                return TRUE
            if isinstance(item, Within):
                said[item.thing] = said[item.thing] | item.values if item.thing in said else item.values
            else:
                parts[item] = None
        return self._joined(Some, [*(self.within(thing, values) for thing, values in said.items()), *parts])

    def negated(self, formula: Formula) -> Formula:
        if formula not in self.opposites:
            match formula:
                case Within(thing=thing, values=values):
                    found = self.within(thing, values.complement())
                case All(items=items):
                    found = self.some_of(map(self.negated, items))
                case Some(items=items):
                    found = self.all_of(map(self.negated, items))
            self.opposites[formula] = found
            self.opposites.setdefault(found, formula)
        return self.opposites[formula]

    def _joined(self, kind: type[All] | type[Some], items: list[Formula]) -> Formula:
        none, over = (TRUE, FALSE) if kind is All else (FALSE, TRUE)
        kept = list(dict.fromkeys(item for item in items if item is not none))
        if not kept:
            return none
        if len(kept) == 1:
            return kept[0]
        here = set(kept)
        if over in here or any(self.opposites.get(item) in here for item in kept):
            return over
        key = (kind, frozenset(kept))
        if key not in self.made:
            self.made[key] = kind(tuple(kept))
        return self.made[key]


def _flat(kind: type[All] | type[Some], items: Iterable[Formula]) -> Iterable[Formula]:
    for item in items:
        if isinstance(item, kind) and item.items:
            yield from item.items
        else:
            yield item
