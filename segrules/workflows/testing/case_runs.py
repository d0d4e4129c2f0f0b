"""Computing what cases expect: all that are given together are one statement per entity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from segrules.engines.engine import Engine
from segrules.language.core import Reference
from segrules.language.types import Kind
from segrules.planning import plan
from segrules.planning.time import AsOf, to_local
from segrules.project.model import Project, Rules
from segrules.sql import generate
from segrules.workflows.testing.given_rows import PARTITION, GivenRows, load_given

Values = dict[object, object]
"""The value of one thing per entity key."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What one case's rows give. `found`: by entity its rows, each the key and then a value of each of `wanted`."""

    wanted: Mapping[str, Mapping[tuple[str, str], int]]
    found: Mapping[str, Sequence[Sequence[object]]]
    zone: str

    def of(self, entity: str, wanted: Reference) -> Values:
        """The values of a thing by key; none where it was not asked for."""
        place = self.wanted.get(entity, {}).get((wanted.to, wanted.name))
        if place is None:
            return {}
        return {row[0]: _shown(row[place], wanted, self.zone) for row in self.found.get(entity, ())}

    def rows(self, entity: str) -> frozenset[object]:
        """The keys of the entity's rows."""
        return frozenset(row[0] for row in self.found.get(entity, ()))


def compute(
    engine: Engine,
    project: Project,
    rules: Mapping[str, Rules],
    wanted: Mapping[str, Sequence[Reference]],
    cases: Sequence[GivenRows],
    moment: AsOf,
) -> list[Computed]:
    """Everything wanted of each entity, for each case's own rows. EngineError where the engine cannot."""
    tables = load_given(engine, project, cases)
    places: dict[str, dict[tuple[str, str], int]] = {
        entity: {(node.to, node.name): place for place, node in enumerate(references, 1)}
        for entity, references in wanted.items()
    }
    found: list[dict[str, list[Sequence[object]]]] = [{} for _ in cases]
    for entity, references in wanted.items():
        own = replace(rules[entity], carry={})
        statement = generate(plan(own, references, moment, PARTITION), tables, moment.zone, engine.dialect)
        for case, *row in engine.run(statement):
            found[case].setdefault(entity, []).append(row)
    return [Computed(places, rows, moment.zone) for rows in found]


def _shown(value: object, node: Reference, zone: str) -> object:
    """A value as rules know it: timestamps on the project's wall clock, lists as tuples."""
    if isinstance(value, datetime) and node.type.kind is Kind.TIMESTAMP:
        return to_local(value, zone)
    return tuple(value) if isinstance(value, list) else value
