"""What the rules of an entity can name: a scope made from its contract, relations and rule names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from segrules.language.core import Literal
from segrules.language.scope import Row, Scope, ScopeColumn, ScopeTrait, Things
from segrules.language.types import UNKNOWN
from segrules.project.model import Column, Entity, Lookup, Project, Relation


def scopes_of(
    project: Project,
    entities: Sequence[Entity],
    traits: Mapping[str, Mapping[str, ScopeTrait]],
    relations: Mapping[str, dict[str, Row]],
) -> dict[str, Scope]:
    """The scope of each entity's rules.

    `traits`, by entity, are filled by the caller while it checks them. So are derived ones among `relations`, of which
    those that are stored are filled in here.
    """
    names = {entity.name: _names(project, entity, traits[entity.name]) for entity in entities}
    rows = _Rows({entity.name: entity for entity in entities}, {name: _things(scope) for name, scope in names.items()})
    for entity in entities:
        relations[entity.name].update({item.name: rows.of_relation(item) for item in project.relations_of(entity.name)})
    return {
        entity.name: replace(
            names[entity.name],
            entity=rows.of_entity(entity),
            relations=relations[entity.name],
            entities=frozenset(names),
        )
        for entity in entities
    }


def _things(scope: Scope) -> Things:
    return Things(scope.entity.name, scope.traits, scope.segments, scope.segmentations)


def _names(project: Project, entity: Entity, traits: Mapping[str, ScopeTrait]) -> Scope:
    """The names of an entity's rules, without the rows of its tables."""
    segmentations = [item for item in project.segmentations if item.entity == entity.name]
    segments = {item.name for item in project.segments if item.entity == entity.name}
    segments |= {f"{item.name}.{label}" for item in segmentations for label in item.labels}
    broken = broken_names(project, entity.name)
    segments |= {*broken["segment"], *broken["stage"]}
    labels = {item.name: (item.labels, str(item.hit)) for item in segmentations}
    for stage in broken["stage"]:
        name, _, label = stage.partition(".")
        known, hit = labels.get(name, ((), "first"))
        labels[name] = ((*known, label), hit)
    params = {**{name: Literal(None, UNKNOWN) for name in broken["param"]}, **project.params}
    starts = project.fiscal_year_starts
    return Scope(
        Row(entity.name, {}, {}),
        {},
        traits,
        frozenset(segments),
        labels,
        params,
        project.lists,
        fiscal_year_starts=starts,
    )


def broken_names(project: Project, entity: str) -> dict[str, list[str]]:
    """By kind the names of an entity whose definitions have findings, as the files have them; params are of all."""
    names: dict[str, list[str]] = {kind: [] for kind in ("param", "trait", "segment", "segmentation", "stage", "file")}
    for item in dict.fromkeys(project.broken):
        if item.entity == entity or item.kind in ("param", "file"):
            names[item.kind].append(item.name)
    return names


@dataclass(frozen=True, slots=True)
class _Rows:
    """Makes the rows of tables. Those of other entities are made when first led to, and only once: they lead back."""

    entities: Mapping[str, Entity]
    things: Mapping[str, Things]
    lookups: dict[str, dict[str, Row]] = field(default_factory=dict)

    def of_entity(self, entity: Entity) -> Row:
        return Row(entity.name, _columns(entity.columns, {entity.key}), self._lookups_of(entity), entity.key)

    def of_relation(self, relation: Relation) -> Row:
        columns = _columns(relation.columns, {relation.key, relation.time})
        lookups = self._rows(relation.lookups)
        return Row(relation.name, columns, lookups, relation.key, relation.time, relation.order)

    def _lookups_of(self, entity: Entity) -> dict[str, Row]:
        if entity.name not in self.lookups:
            self.lookups[entity.name] = {}
            self.lookups[entity.name].update(self._rows(entity.lookups))
        return self.lookups[entity.name]

    def _rows(self, lookups: Sequence[Lookup]) -> dict[str, Row]:
        return {lookup.name: self._row(lookup) for lookup in lookups}

    def _row(self, lookup: Lookup) -> Row:
        """The row of a lookup, in which everything may be missing: there may be no row."""
        if lookup.entity is None:
            return Row(lookup.name, _all_missing(lookup.columns), self._rows(lookup.lookups))
        entity = self.entities[lookup.entity]
        columns, lookups = _all_missing(entity.columns), self._lookups_of(entity)
        return Row(lookup.name, columns, lookups, things=self.things[entity.name])


def _columns(columns: Iterable[Column], known: set[str | None]) -> dict[str, ScopeColumn]:
    """The columns; those in `known` have a value in every row that rules see."""
    return {
        column.name: ScopeColumn(
            column.name, column.type, not (column.never_missing or column.name in known), column.values
        )
        for column in columns
    }


def _all_missing(columns: Iterable[Column]) -> dict[str, ScopeColumn]:
    return {column.name: ScopeColumn(column.name, column.type, True, column.values) for column in columns}
