"""Whether keys, times, orders and joins name columns that the contracts have, of types that serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language.types import Kind, common_type
from segrules.project.documents import LookupDocument, ProjectDocument, RelationDocument
from segrules.project.leaves import Located
from segrules.project.model import Column, Entity, Lookup, Project, Relation

_NO_KEYS = (Kind.BOOLEAN, Kind.LIST, Kind.NUMBER)


def contract_findings(project: Project, document: ProjectDocument) -> Iterator[Diagnostic]:
    """What is wrong with the columns that segrules.yml names outside `columns`."""
    entities = {entity.name: entity for entity in project.entities}
    for name, item in document.entities.items():
        if (entity := entities.get(name)) is not None and entity.from_relation is None:
            yield from _key(entity, item.key)
            yield from _moments(entity, "time", item.time, *(item.valid or ()))
            yield from _lookups(entity, item.lookups)
    relations = {relation.name: relation for relation in project.relations}
    for name, other in document.relations.items():
        if (relation := relations.get(name)) is not None and isinstance(other, RelationDocument):
            yield from _key(relation, other.key)
            yield from _same_key(relation, entities.get(relation.entity), other.key)
            yield from _moments(relation, "time", other.time)
            yield from _named(relation, "order", other.order)
            yield from _lookups(relation, other.lookups)


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


def _lookups(owner: Entity | Relation | Lookup, documents: Mapping[Any, LookupDocument]) -> Iterator[Diagnostic]:
    for lookup in owner.lookups:
        document = documents[lookup.name]
        for own, other in document.on:
            yield from _named(owner, "on", own)
            if lookup.entity is None:
                yield from _named(lookup, "on", other)
            left, right = _find(owner.columns, own.value), _find(lookup.columns, other.value)
            if left and right and common_type(left.type, right.type) is None:
                message = f"`{left.name}` is {left.type}, and `{right.name}` of `{lookup.name}` is {right.type}"
                yield Diagnostic("wrong-value", message, other.span, "a lookup joins equal values: give both one type")
        yield from _moments(lookup, "valid", *(document.valid or ()))
        yield from _lookups(lookup, document.lookups)
