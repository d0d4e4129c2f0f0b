"""Made-up rows tried on an engine: which segments each is in by the very SQL that `apply` runs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segrules.engines.engine import EngineError
from segrules.language.core import Population, Reference
from segrules.language.trees import walk
from segrules.planning.others import reached
from segrules.project.model import Entity, Lookup, Project, Rules
from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.mutating.draft_worlds import World
from segrules.workflows.proving.judging import Asking, Judge, Values
from segrules.workflows.proving.lattice import set_of
from segrules.workflows.proving.shown import Named, Shown, named, shown_value
from segrules.workflows.proving.starting import free_key
from segrules.workflows.proving.worlds import ground_of, plausible_world
from segrules.workflows.sources import owners
from segrules.workflows.testing.examples import example_key


@dataclass(frozen=True, slots=True)
class Tried:
    """A row that was made up, as a draft. within: the set of segments it is in; shown: with what any of them names.

    among: how many rows there are besides, where functions that look at all rows have more to look at.
    """

    within: int
    shown: Shown
    draft: Draft
    among: int = 0

    def missing(self, names: Container[str] | None = None) -> int:
        """How many of its values are missing, of all or of those with some names."""
        values = self.shown.values.items()
        return sum(value is None for name, value in values if names is None or name in names)

    def line(self, names: Sequence[str]) -> str:
        """The row as one line, with the values of these names alone."""
        values = {name: self.shown.values[name] for name in names if name in self.shown.values}
        return replace(self.shown, values=values).line


@dataclass(frozen=True, slots=True)
class Trial:
    """The statement that rows are tried with. tests: segments and stages; names: of the values that they ask for."""

    judge: Judge
    tests: tuple[Reference, ...]
    names: tuple[Named, ...]
    asking: Asking


def names_of(rules: Rules, tests: Sequence[Reference]) -> tuple[tuple[Named, ...], ...]:
    """For each test what it asks of an entity row."""
    return tuple(named(rules, (test,)) for test in tests)


def trial(judge: Judge, tests: Sequence[Reference]) -> Trial:
    """What tries rows with these tests."""
    names = {one.name: one for own in names_of(judge.rules, tests) for one in own}
    asking = judge.about_values([*tests, *(one.part for one in names.values())])
    return Trial(judge, tuple(tests), tuple(names.values()), asking)


def tried(trial: Trial, drafts: Iterable[Draft]) -> list[Tried]:
    """The drafts that keep the promises of the contract, each with the tests, by their places, that hold for it."""
    judge = trial.judge
    ground = ground_of(judge.project, judge.rules, judge.moment, free_key(judge.rules, trial.tests))
    fit = [(draft, made) for draft in drafts if (made := plausible_world(draft, ground)) is not None]
    rows = trial.asking.values([made for _, made in fit])
    return [_tried(trial, draft, made, row) for (draft, made), row in zip(fit, rows, strict=True) if row is not None]


def looks_at_all(rules: Rules, tests: Sequence[Reference]) -> bool:
    """Whether some test rests on a function that looks at all rows."""
    return any(isinstance(node, Population) for one in reached(rules, tests) for node in walk(one.expression))


def tried_together(trial: Trial, drafts: Iterable[Draft]) -> list[Tried]:
    """The same with all drafts as the rows of one population, as far as they go together."""
    worlds = list(_with_own_keys(trial, drafts))
    given, kept = _population(trial.judge.project, worlds)
    try:
        rows = trial.asking.together(given)
    except EngineError as error:
        if error.kind in ("interrupted", "memory", "disk-full"):
            raise
        return []
    found = [_tried(trial, draft, made, rows[made.key]) for draft, made in kept if made.key in rows]
    return [replace(one, among=len(found) - 1) for one in found]


def _tried(trial: Trial, draft: Draft, made: World, row: Values) -> Tried:
    judge, size = trial.judge, len(trial.tests)
    values = {one.name: shown_value(value, one.part.type) for one, value in zip(trial.names, row[size:], strict=True)}
    within = set_of(place for place, holds in enumerate(row[:size]) if holds is True)
    return Tried(within, Shown(judge.rules.entity.name, made.key, values, made.given, judge.moment.given), draft)


def _with_own_keys(trial: Trial, drafts: Iterable[Draft]) -> Iterator[tuple[Draft, World]]:
    """The drafts, each with a key that no other one has."""
    judge, entity = trial.judge, trial.judge.rules.entity
    first = free_key(judge.rules, trial.tests)
    ground = ground_of(judge.project, judge.rules, judge.moment, first)
    taken: set[object] = set()
    for draft in drafts:
        key = example_key(entity, taken) if taken else first
        made = plausible_world(draft, replace(ground, key=key))
        if made is not None and made.key not in taken:
            taken.add(made.key)
            yield draft, made


def _population(
    project: Project, worlds: Iterable[tuple[Draft, World]]
) -> tuple[Mapping[str, list[Mapping[str, object]]], list[tuple[Draft, World]]]:
    """The rows of all worlds by table, and the worlds in it: not those that say something else of a looked-up row."""
    keys = {table: _key_of(owner) for table, owner in owners(project)}
    given: dict[str, list[Mapping[str, object]]] = {table: [] for table in keys}
    known: dict[tuple[str, tuple[object, ...]], Mapping[str, object]] = {}
    kept = []
    for draft, made in worlds:
        own = [(table, row) for table, rows in made.given.items() for row in rows]
        keyed = {(table, tuple(row.get(name) for name in keys[table])): row for table, row in own if keys.get(table)}
        if all(known.get(key, row) == row for key, row in keyed.items()):
            fresh = {id(row) for key, row in keyed.items() if key not in known}
            for table, row in own:
                if not keys.get(table) or id(row) in fresh:
                    given[table].append(row)
            known |= keyed
            kept.append((draft, made))
    return given, kept


def _key_of(owner: object) -> tuple[str, ...]:
    """The columns of which no two rows of a table have the same values; () for a relation, which has none."""
    match owner:
        case Entity(key=key):
            return (key,)
        case Lookup(on=on):
            return tuple(theirs for _, theirs in on)
        case _:
            return ()
