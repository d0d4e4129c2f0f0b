"""What the rules of an entity can name: a scope made from its contract, relations and rule names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from segrules.language.core import Literal
from segrules.language.scope import Row, Scope, ScopeColumn, ScopeTrait
from segrules.language.types import UNKNOWN
from segrules.project.model import Column, Entity, Lookup, Project, Relation


def scope_of(project: Project, entity: Entity, traits: Mapping[str, ScopeTrait]) -> Scope:
    """The scope of an entity's rules; `traits` is filled by the caller while it checks them."""
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
    relations = {item.name: _relation(item) for item in project.relations_of(entity.name)}
    return Scope(_entity(entity), relations, traits, frozenset(segments), labels, params, project.lists)


def broken_names(project: Project, entity: str) -> dict[str, list[str]]:
    """By kind the names of an entity whose definitions have findings, as the files have them; params are of all."""
    names: dict[str, list[str]] = {kind: [] for kind in ("param", "trait", "segment", "segmentation", "stage", "file")}
    for item in dict.fromkeys(project.broken):
        if item.entity == entity or item.kind in ("param", "file"):
            names[item.kind].append(item.name)
    return names


def _entity(entity: Entity) -> Row:
    return Row(entity.name, _columns(entity.columns, {entity.key}), _lookups(entity.lookups), entity.key)


def _relation(relation: Relation) -> Row:
    known = {relation.key, relation.time}
    columns = _columns(relation.columns, known)
    return Row(relation.name, columns, _lookups(relation.lookups), relation.key, relation.time, relation.order)


def _columns(columns: Iterable[Column], known: set[str | None]) -> dict[str, ScopeColumn]:
    """The columns; those in `known` have a value in every row that rules see."""
    return {
        column.name: ScopeColumn(
            column.name, column.type, not (column.never_missing or column.name in known), column.values
        )
        for column in columns
    }


def _lookups(lookups: Sequence[Lookup]) -> dict[str, Row]:
    """The rows of lookups, in which everything may be missing: there may be no row."""
    return {
        lookup.name: Row(
            lookup.name,
            {column.name: ScopeColumn(column.name, column.type, True, column.values) for column in lookup.columns},
            _lookups(lookup.lookups),
        )
        for lookup in lookups
    }
