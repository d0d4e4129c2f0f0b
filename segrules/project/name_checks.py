"""Names that get into each other's way: of tables, of values in rules, of columns and files in the output."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from segrules.diagnostics import Diagnostic
from segrules.project.model import Entity, Lookup, Project, Relation
from segrules.project.names import a_kind
from segrules.source import Span

Named = tuple[str, str, Span | None]
"""Kind, name, place."""


def name_findings(project: Project) -> list[Diagnostic]:
    """A finding for each name that is taken, or that differs from a taken one only in case."""
    findings = list(_clashes((), [_named("entity", item) for item in project.entities]))
    tables = [_named("entity", item) for item in project.entities]
    findings += _clashes(tables, [_named("relation", item) for item in project.relations])
    for entity in project.entities:
        findings += [*_of_entity(project, entity), *_of_columns(entity)]
    for relation in project.relations:
        findings += _of_columns(relation)
    return findings


def _of_columns(owner: Entity | Relation | Lookup) -> Iterable[Diagnostic]:
    """The columns of a table and of its lookups."""
    yield from _clashes((), [_named("column", item) for item in owner.columns])
    for lookup in owner.lookups:
        yield from _of_columns(lookup)


def _of_entity(project: Project, entity: Entity) -> Iterable[Diagnostic]:
    """Lookups among relations, values (columns, traits, segmentations), outputs (segments, segmentations)."""
    relations = [_named("relation", item) for item in project.relations_of(entity.name)]
    lookups = [_named("lookup", item) for item in entity.lookups]
    yield from _clashes([*relations, _named("entity", entity)], lookups)
    columns = [_named("column", item) for item in entity.columns]
    traits = [_named("trait", item) for item in project.traits if item.entity == entity.name]
    segmentations = [_named("segmentation", item) for item in project.segmentations if item.entity == entity.name]
    yield from _clashes(columns, [*traits, *segmentations])
    segments = [_named("segment", item) for item in project.segments if item.entity == entity.name]
    yield from _clashes((), [*segments, *segmentations])


def _named(kind: str, item: Any) -> Named:
    return kind, item.name, item.span


def _clashes(taken: Iterable[Named], added: Iterable[Named]) -> Iterable[Diagnostic]:
    """The findings for added names. Taken ones are not compared with each other, nor two traits of one name."""
    known = {item[1].casefold(): item for item in taken}
    exact = {item[1]: item for item in taken}
    for item in added:
        kind, name, span = item
        other = exact.get(name) or known.setdefault(name.casefold(), item)
        if other is not item:
            where = _where(other[2])
            if other[1] == name:
                message = f"`{name}` is the name of {a_kind(other[0])} already"
                help = f"give the {kind} another name" + (f"; the {other[0]} is in {where}" if where else "")
            else:
                message = f"`{name}` differs only in case from the {other[0]} `{other[1]}`"
                help = "files and engines do not keep the two apart" + (f"; the other is in {where}" if where else "")
            yield Diagnostic("duplicate-name", message, span, help)
        exact.setdefault(name, item)


def _where(span: Span | None) -> str:
    return f"{span.file.path}:{span.file.position(span.start)[0]}" if span else ""
