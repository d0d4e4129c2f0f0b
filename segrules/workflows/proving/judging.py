"""Made-up rows asked of an engine: for which of them tests hold, and what values they have there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from segrules.engines.engine import Engine, EngineError
from segrules.language.core import And, Expression, Reference
from segrules.language.trees import may_be_missing
from segrules.language.types import BOOLEAN, Type
from segrules.planning import plan
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.sql import generate
from segrules.workflows.explaining.values import known_value
from segrules.workflows.mutating.draft_worlds import World
from segrules.workflows.testing.given_rows import PARTITION, load_given

_FATAL = ("interrupted", "memory", "disk-full")


@dataclass(frozen=True, slots=True)
class Judge:
    """An engine that is asked about made-up rows of one entity, at one instant, by the statement of `apply`."""

    engine: Engine
    project: Project
    rules: Rules
    moment: AsOf

    def passing(self, tests: Sequence[Expression], tried: Sequence[tuple[int, World]]) -> list[bool]:
        """For each of the worlds whether the test that stands beside it (by its place) holds for the row of its key."""
        segments = {f"question {place}": And((test,)) for place, test in enumerate(tests)}  # two words: no rule's name
        rules = replace(self.rules, segments={**self.rules.segments, **segments})
        wanted = [Reference("segment", name, BOOLEAN) for name in segments]
        rows = self._rows(rules, wanted, [one for _, one in tried])
        return [row is not None and row[place] is True for (place, _), row in zip(tried, rows, strict=True)]

    def values(self, parts: Sequence[Expression], worlds: Sequence[World]) -> list[tuple[object, ...] | None]:
        """For each of the worlds what parts come to in the row of its key; None where it has no such row."""
        traits = {f"value {place}": part for place, part in enumerate(parts)}
        rules = replace(self.rules, traits={**self.rules.traits, **traits})
        wanted = [Reference("trait", name, part.type, may_be_missing(part)) for name, part in traits.items()]
        kinds = [part.type for part in parts]
        return [
            None
            if row is None
            else tuple(known_value(value, kind, self.moment.zone) for value, kind in zip(row, kinds, strict=True))
            for row in self._rows(rules, wanted, worlds)
        ]

    def _rows(
        self, rules: Rules, wanted: Sequence[Reference], worlds: Sequence[World]
    ) -> list[Sequence[object] | None]:
        """The values of what is wanted in each world, in the row of its key.

        Where the engine has no room for a number of some world the others are asked without it.
        """
        if not worlds or not wanted:
            return [None] * len(worlds)
        try:
            return list(self._asked(rules, wanted, worlds))
        except EngineError as error:
            if error.kind in _FATAL:
                raise
        if len(worlds) == 1 or not self._can_run(rules, wanted):
            return [None] * len(worlds)
        half = len(worlds) // 2
        return [*self._rows(rules, wanted, worlds[:half]), *self._rows(rules, wanted, worlds[half:])]

    def _asked(
        self, rules: Rules, wanted: Sequence[Reference], worlds: Sequence[World]
    ) -> Iterator[Sequence[object] | None]:
        tables = load_given(self.engine, self.project, [one.given for one in worlds])
        made = plan(replace(rules, carry={}), wanted, self.moment, PARTITION)
        found: dict[int, Sequence[object]] = {}
        for number, key, *row in self.engine.run(generate(made, tables, self.moment.zone, self.engine.dialect)):
            if known_value(key, self._key_type, self.moment.zone) == worlds[number].key:
                found[number] = row
        return (found.get(number) for number in range(len(worlds)))

    def _can_run(self, rules: Rules, wanted: Sequence[Reference]) -> bool:
        """Whether the statement runs where there are no rows."""
        try:
            list(self._asked(rules, wanted, ()))
        except EngineError as error:
            if error.kind in _FATAL:
                raise
            return False
        return True

    @property
    def _key_type(self) -> Type:
        entity = self.rules.entity
        return next(column.type for column in entity.columns if column.name == entity.key)
