"""Made-up rows asked of an engine: for which of them tests hold, and what values they have there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from segrules.engines.engine import Engine, EngineError
from segrules.language.core import And, Expression, Reference
from segrules.language.trees import may_be_missing
from segrules.language.types import BOOLEAN
from segrules.planning import plan
from segrules.planning.nodes import Plan, Scan, in_order
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.sql import generate
from segrules.workflows.explaining.values import known_value
from segrules.workflows.mutating.draft_worlds import World
from segrules.workflows.testing.given_rows import PARTITION, GivenRows, given_tables, load_given

Values = tuple[object, ...]

_FATAL = ("interrupted", "memory", "disk-full")


@dataclass(frozen=True, slots=True)
class Judge:
    """An engine that is asked about made-up rows of one entity, at one instant, by the statement of `apply`."""

    engine: Engine
    project: Project
    rules: Rules
    moment: AsOf

    def about_tests(self, tests: Sequence[Expression]) -> Asking:
        """What gives for each of the tests whether it holds."""
        segments = {f"question {place}": And((test,)) for place, test in enumerate(tests)}  # two words: no rule's name
        more = replace(self.rules, segments={**self.rules.segments, **segments})
        return Asking(self, more, tuple(Reference("segment", name, BOOLEAN) for name in segments))

    def about_values(self, parts: Sequence[Expression]) -> Asking:
        """What gives the value of each of the parts: columns, traits and whatever else an entity row has."""
        traits = {f"value {place}": part for place, part in enumerate(parts)}
        more = replace(self.rules, traits={**self.rules.traits, **traits})
        wanted = (Reference("trait", name, part.type, may_be_missing(part)) for name, part in traits.items())
        return Asking(self, more, tuple(wanted))

    def values(self, parts: Sequence[Expression], worlds: Sequence[World]) -> list[Values | None]:
        """For each of the worlds what parts come to in the row of its key; None where it has no such row."""
        return self.about_values(parts).values(worlds)


@dataclass(frozen=True)
class Asking:
    """One statement, for as many worlds as one likes, as often as one likes."""

    judge: Judge
    rules: Rules
    wanted: tuple[Reference, ...]

    def values(self, worlds: Sequence[World]) -> list[Values | None]:
        """For each of the worlds what is wanted of the row of its key; None where it has no such row."""
        return [rows.get(one.key) for one, rows in zip(worlds, self.everybody(worlds), strict=True)]

    def everybody(self, worlds: Sequence[World]) -> list[Mapping[object, Values]]:
        """For each of the worlds what is wanted of every row of the entity, by key.

        Where the engine has no room for a number of some world, the others are asked without it.
        """
        if not worlds:
            return []
        try:
            return self._asked(worlds)
        except EngineError as error:
            if error.kind in _FATAL:
                raise
        if len(worlds) == 1 or not self._can_run():
            return [{}] * len(worlds)
        half = len(worlds) // 2
        return [*self.everybody(worlds[:half]), *self.everybody(worlds[half:])]

    def together(self, given: GivenRows) -> dict[object, Values]:
        """By key what is wanted of each row of one population."""
        return {key: row for _, key, row in self._rows([given])}

    def _asked(self, worlds: Sequence[World]) -> list[Mapping[object, Values]]:
        found: list[dict[object, Values]] = [{} for _ in worlds]
        for number, key, row in self._rows([one.given for one in worlds]):
            found[number][key] = row
        return [*found]

    def _rows(self, populations: Sequence[GivenRows]) -> Iterator[tuple[int, object, Values]]:
        """Each row's population by its number, its key, and what is wanted of it."""
        load_given(self.judge.engine, self.judge.project, populations, self._read)
        zone, entity = self.judge.moment.zone, self.rules.entity
        kind = next(column.type for column in entity.columns if column.name == entity.key)
        for number, key, *row in self.judge.engine.run(self._statement):
            pairs = zip(row, self.wanted, strict=True)
            yield (
                number,
                known_value(key, kind, zone),
                tuple(known_value(value, one.type, zone) for value, one in pairs),
            )

    @cached_property
    def _plan(self) -> Plan:
        return plan(replace(self.rules, carry={}), self.wanted, self.judge.moment, PARTITION)

    @cached_property
    def _statement(self) -> str:
        return generate(self._plan, given_tables(self.judge.project), self.judge.moment.zone, self.judge.engine.dialect)

    @cached_property
    def _read(self) -> dict[str, set[str]]:
        """By table the columns that the statement reads."""
        found: dict[str, set[str]] = {}
        for node in in_order(self._plan.root):
            if isinstance(node, Scan):
                found.setdefault(node.table, set()).update(column.name for column in node.columns)
        return found

    def _can_run(self) -> bool:
        """Whether the statement runs where there are no rows."""
        try:
            self._asked(())
        except EngineError as error:
            if error.kind in _FATAL:
                raise
            return False
        return True


def passing(asking: Asking, tried: Sequence[tuple[int, World | None]]) -> list[bool]:
    """For each of the worlds whether the test holds that has the place beside it; for none of what is no world."""
    there = [one for _, one in tried if one is not None]
    rows = iter(asking.values(there))
    found = []
    for place, one in tried:
        row = next(rows) if one is not None else None
        found.append(row is not None and row[place] is True)
    return found
