"""Whether keys, times, orders and joins name columns that the contracts have, of types that serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language.types import Kind, common_type
from segrules.project.documents import LookupDocument, ProjectDocument, RelationDocument
from segrules.project.leaves import Located
from segrules.project.model import Column, Entity, Lookup, Project, Relation
from segrules.source import Span

_NO_KEYS = (Kind.BOOLEAN, Kind.LIST, Kind.NUMBER)


def contract_findings(project: Project, document: ProjectDocument) -> Iterator[Diagnostic]:
    """What is wrong with the columns that segrules.yml names outside `columns`."""
    found = {entity.name: entity for entity in project.entities}
    entities = {str(name): found.get(name) for name in document.entities}
    for name, item in document.entities.items():
        if (entity := entities.get(name)) is not None:
            if entity.from_relation is None:
                yield from _key(entity, item.key)
                yield from _moments(entity, "time", item.time, *(item.valid or ()))
            yield from _lookups(entity, item.lookups, entities)
    relations = {relation.name: relation for relation in project.relations}
    for name, other in document.relations.items():
        if (relation := relations.get(name)) is not None and isinstance(other, RelationDocument):
            yield from _key(relation, other.key)
            yield from _same_key(relation, entities.get(relation.entity), other.key)
            yield from _moments(relation, "time", other.time)
            yield from _named(relation, "order", other.order)
            yield from _lookups(relation, other.lookups, entities)


def filled_findings(project: Project) -> Iterator[Diagnostic]:
    """The same of tables whose columns the data told, after load: names are shown where the table is declared."""
    entities = {entity.name: entity for entity in project.entities}
    tables: tuple[Entity | Relation, ...] = (*project.entities, *project.relations)
    for owner in tables:
        if _is_filled(owner) and owner.source is not None:
            yield from _key(owner, _word(owner.key, owner))
            yield from _moments(owner, "time", _word(owner.time, owner))
        if isinstance(owner, Entity) and _is_filled(owner):
            yield from _moments(owner, "valid", *(_word(name, owner) for name in owner.valid or ()))
        if isinstance(owner, Relation):
            entity = entities[owner.entity]
            if _is_filled(owner):
                yield from _named(owner, "order", _word(owner.order, owner))
            if _is_filled(owner) or _is_filled(entity):
                yield from _same_key(owner, entity, Located(owner.key, _place(owner)))
        yield from _filled_lookups(owner, entities)


def _filled_lookups(owner: Entity | Relation | Lookup, entities: Mapping[str, Entity]) -> Iterator[Diagnostic]:
    for lookup in owner.lookups:
        target = lookup if lookup.entity is None else entities[lookup.entity]
        if _is_filled(owner) or _is_filled(target):
            for own, other in lookup.on:
                yield from _joined(owner, target, Located(own, _place(lookup)), Located(other, _place(lookup)))
        if _is_filled(lookup):
            yield from _moments(lookup, "valid", *(_word(name, lookup) for name in lookup.valid or ()))
        yield from _filled_lookups(lookup, entities)


def _is_filled(owner: Entity | Relation | Lookup) -> bool:
    """Whether data told the columns: those that a contract tells have a place in it."""
    return bool(owner.columns) and all(column.span is None for column in owner.columns)


def _word(name: str | None, owner: Entity | Relation | Lookup) -> Located[str] | None:
    return None if name is None else Located(name, _place(owner))


def _place(owner: Entity | Relation | Lookup) -> Span:
    place = owner.source.span if owner.source is not None and owner.source.span is not None else owner.span
    assert place is not None
    return place


def _find(columns: Sequence[Column], name: str) -> Column | None:
    return next((column for column in columns if column.name == name), None)


def _named(owner: Entity | Relation | Lookup, use: str, word: Located[str] | None) -> Iterator[Diagnostic]:
    """A finding where the contract has columns and not this one."""
    if word is None or not owner.columns or _find(owner.columns, word.value) is not None:
        return
    help = did_you_mean(word.value, [column.name for column in owner.columns])
    message = f"`{word.value}` is not among the columns of `{owner.name}`"
    yield Diagnostic("unknown-name", message, word.span, help or f"add it to `columns`; `{use}` needs it")


def _key(owner: Entity | Relation, word: Located[str] | None) -> Iterator[Diagnostic]:
    yield from _named(owner, "key", word)
    column = _find(owner.columns, word.value) if word else None
    if word and column and column.type.kind in _NO_KEYS:
        message = f"`{word.value}` is {column.type}, which cannot be a key"
        yield Diagnostic("wrong-value", message, word.span, "a key is integer, text, date, timestamp or decimal")


def _same_key(relation: Relation, entity: Entity | None, word: Located[str]) -> Iterator[Diagnostic]:
    if entity is None or entity.from_relation == relation.name:
        return
    own, other = _find(relation.columns, relation.key), _find(entity.columns, entity.key)
    if own and other and common_type(own.type, other.type) is None:
        message = f"`{own.name}` is {own.type} here, and the key of `{entity.name}` is {other.type}"
        yield Diagnostic("wrong-value", message, word.span, "keys are joined by equal values: give both one type")


def _moments(owner: Entity | Relation | Lookup, use: str, *words: Located[str] | None) -> Iterator[Diagnostic]:
    for word in words:
        yield from _named(owner, use, word)
        column = _find(owner.columns, word.value) if word else None
        if word and column and not column.type.is_temporal:
            message = f"`{word.value}` is {column.type}, not a date or timestamp"
            yield Diagnostic("wrong-value", message, word.span)


def _lookups(
    owner: Entity | Relation | Lookup, documents: Mapping[Any, LookupDocument], entities: Mapping[str, Entity | None]
) -> Iterator[Diagnostic]:
    for lookup in owner.lookups:
        document = documents[lookup.name]
        if document.entity is not None:
            yield from _to_entity(owner, document, document.entity, entities)
            continue
        for own, other in document.on:
            yield from _joined(owner, lookup, own, other)
        yield from _moments(lookup, "valid", *(document.valid or ()))
        yield from _lookups(lookup, document.lookups, entities)


def _to_entity(
    owner: Entity | Relation | Lookup,
    document: LookupDocument,
    word: Located[str],
    entities: Mapping[str, Entity | None],
) -> Iterator[Diagnostic]:
    """A lookup that leads to an entity joins the entity's key, whose values are unique. None: it has a finding."""
    entity = entities.get(word.value)
    if entity is None:
        if word.value not in entities:
            help = (
                did_you_mean(word.value, entities) or f"the project has {', '.join(f'`{name}`' for name in entities)}"
            )
            yield Diagnostic("unknown-entity", f"the project has no entity `{word.value}`", word.span, help)
        return
    own, other = document.on[0]
    if len(document.on) > 1 or other.value != entity.key:
        column = own.value if own.value != entity.key else "own column"
        message = f"`on` leads to the key of `{entity.name}`, which is `{entity.key}`"
        yield Diagnostic("wrong-value", message, document.key_span("on"), f"`on: {{{column}: {entity.key}}}`")
        return
    yield from _joined(owner, entity, own, other)


def _joined(
    owner: Entity | Relation | Lookup, lookup: Entity | Lookup, own: Located[str], other: Located[str]
) -> Iterator[Diagnostic]:
    yield from _named(owner, "on", own)
    yield from _named(lookup, "on", other)
    left, right = _find(owner.columns, own.value), _find(lookup.columns, other.value)
    if left and right and common_type(left.type, right.type) is None:
        message = f"`{left.name}` is {left.type}, and `{right.name}` of `{lookup.name}` is {right.type}"
        yield Diagnostic("wrong-value", message, other.span, "a lookup joins equal values: give both one type")
