"""Computing what cases expect: all cases of one as-of are one statement per entity."""

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
from segrules.workflows.given_rows import PARTITION, GivenRows, load_given

Values = dict[object, object]
"""The value of one thing per entity key."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What one case's rows give: by (entity, kind of thing, its name) the values per key."""

    values: Mapping[tuple[str, str, str], Values]

    def of(self, entity: str, wanted: Reference) -> Values:
        return self.values.get((entity, wanted.to, wanted.name), {})

    def rows(self, entity: str) -> frozenset[object]:
        """The keys of the entity's rows."""
        return frozenset(key for (owner, _, _), values in self.values.items() if owner == entity for key in values)


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
    found: list[dict[tuple[str, str, str], Values]] = [{} for _ in cases]
    for entity, references in wanted.items():
        own = replace(rules[entity], carry={})
        statement = generate(plan(own, references, moment, PARTITION), tables, moment.zone, engine.dialect)
        for case, key, *values in engine.run(statement):
            for node, value in zip(references, values, strict=True):
                place = (entity, node.to, node.name)
                found[case].setdefault(place, {})[key] = _shown(value, node, moment.zone)
    return [Computed(values) for values in found]


def _shown(value: object, node: Reference, zone: str) -> object:
    """A value as rules know it: timestamps on the project's wall clock, lists as tuples."""
    if isinstance(value, datetime) and node.type.kind is Kind.TIMESTAMP:
        return to_local(value, zone)
    return tuple(value) if isinstance(value, list) else value
