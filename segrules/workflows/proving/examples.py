"""Made-up rows tried on an engine: which segments each is in by the very SQL that `apply` runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from segrules.analysis.answers import Example
from segrules.engines.engine import Engine
from segrules.language.core import Reference
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.workflows.proving.judging import Judge
from segrules.workflows.proving.lattice import set_of
from segrules.workflows.proving.replay import draft_of, free_key
from segrules.workflows.proving.shown import Named, Shown, named, shown_value
from segrules.workflows.proving.worlds import ground_of, plausible_world


@dataclass(frozen=True, slots=True)
class Tried:
    """A row that was made up. within: the set of segments it is in; shown: with the values that any of them names."""

    within: int
    shown: Shown

    def line(self, names: Sequence[str]) -> str:
        """The row as one line, with the values of these names alone."""
        values = {name: self.shown.values[name] for name in names if name in self.shown.values}
        return replace(self.shown, values=values).line


def names_of(rules: Rules, tests: Sequence[Reference]) -> tuple[tuple[Named, ...], ...]:
    """For each test what it asks of an entity row."""
    return tuple(named(rules, (test,)) for test in tests)


def tried(
    engine: Engine,
    project: Project,
    rules: Rules,
    moment: AsOf,
    tests: Sequence[Reference],
    examples: Sequence[Example | None],
) -> list[Tried]:
    """The examples that keep the promises of the contract, each with the tests, by their places, that hold for it."""
    ground = ground_of(project, rules, moment, free_key(rules, tests))
    drafts = [draft_of(one) for one in examples if one is not None]
    worlds = [made for draft in drafts if (made := plausible_world(draft, ground)) is not None]
    names = {one.name: one.part for own in names_of(rules, tests) for one in own}
    parts = list(names.values())
    found = []
    for one, row in zip(worlds, Judge(engine, project, rules, moment).values([*tests, *parts], worlds), strict=True):
        if row is not None:
            held, rest = row[: len(tests)], row[len(tests) :]
            values: Mapping[str, object] = {
                name: shown_value(value, part.type) for (name, part), value in zip(names.items(), rest, strict=True)
            }
            shown = Shown(rules.entity.name, one.key, values, one.given, moment.given)
            found.append(Tried(set_of(place for place, holds in enumerate(held) if holds is True), shown))
    return found
