"""Made-up rows tried on an engine: which segments each is in by the very SQL that `apply` runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from segrules.language.core import Reference
from segrules.project.model import Rules
from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.proving.judging import Judge
from segrules.workflows.proving.lattice import set_of
from segrules.workflows.proving.shown import Named, Shown, named, shown_value
from segrules.workflows.proving.starting import free_key
from segrules.workflows.proving.worlds import ground_of, plausible_world


@dataclass(frozen=True, slots=True)
class Tried:
    """A row that was made up. within: the set of segments it is in; shown: with the values that any of them names."""

    within: int
    shown: Shown

    @property
    def missing(self) -> int:
        """How many of its values are missing."""
        return sum(value is None for value in self.shown.values.values())

    def line(self, names: Sequence[str]) -> str:
        """The row as one line, with the values of these names alone."""
        values = {name: self.shown.values[name] for name in names if name in self.shown.values}
        return replace(self.shown, values=values).line


def names_of(rules: Rules, tests: Sequence[Reference]) -> tuple[tuple[Named, ...], ...]:
    """For each test what it asks of an entity row."""
    return tuple(named(rules, (test,)) for test in tests)


def tried(judge: Judge, tests: Sequence[Reference], drafts: Iterable[Draft]) -> list[Tried]:
    """The drafts that keep the promises of the contract, each with the tests, by their places, that hold for it."""
    rules, moment = judge.rules, judge.moment
    ground = ground_of(judge.project, rules, moment, free_key(rules, tests))
    worlds = [made for draft in drafts if (made := plausible_world(draft, ground)) is not None]
    parts = {one.name: one.part for own in names_of(rules, tests) for one in own}
    found = []
    for world, row in zip(worlds, judge.values([*tests, *parts.values()], worlds), strict=True):
        if row is not None:
            within = set_of(place for place, holds in enumerate(row[: len(tests)]) if holds is True)
            rest = zip(parts.items(), row[len(tests) :], strict=True)
            values = {name: shown_value(value, part.type) for (name, part), value in rest}
            found.append(Tried(within, Shown(rules.entity.name, world.key, values, world.given, moment.given)))
    return found
