"""The contract of two versions' rules as one: what both promise of the data, which is all that a proof may rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from segrules.planning.meanings import as_if_missing
from segrules.project.model import Column, Derivation, Entity, Labelling, Lookup, Relation, Rules

Owner = TypeVar("Owner", Entity, Relation, Lookup)


def with_shared_contract(both: Mapping[str, Rules], old: Mapping[str, Rules]) -> Mapping[str, Rules]:
    """The rules of both versions with the weaker of two promises where they differ. `both` has those of the new one."""
    entities: dict[str, Rules] = {}
    for name, own in both.items():
        before = old.get(name)
        shared = own if before is None else _shared_rules(own, before)
        entities[name] = replace(shared, entities=entities)
    return entities


def _shared_rules(rules: Rules, old: Rules) -> Rules:
    entity = _shared(rules.entity, old.entity)
    relations = {
        name: _shared(relation, old.relations[name]) if name in old.relations else relation
        for name, relation in rules.relations.items()
    }
    if (entity, relations) == (rules.entity, rules.relations):
        return rules
    return replace(
        rules,
        entity=entity,
        relations=relations,
        traits={name: as_if_missing(node) for name, node in rules.traits.items()},
        segments={name: as_if_missing(node) for name, node in rules.segments.items()},
        segmentations={name: _labelling(one) for name, one in rules.segmentations.items()},
        derived={name: _derivation(made) for name, made in rules.derived.items()},
    )


def _shared(owner: Owner, old: Owner) -> Owner:
    before = {lookup.name: lookup for lookup in old.lookups}
    lookups = tuple(_shared(one, before[one.name]) if one.name in before else one for one in owner.lookups)
    return replace(owner, columns=_columns(owner.columns, old.columns), lookups=lookups)


def _columns(columns: Iterable[Column], old: Iterable[Column]) -> tuple[Column, ...]:
    before = {column.name: column for column in old}
    return tuple(_weaker(column, before[column.name]) if column.name in before else column for column in columns)


def _weaker(one: Column, other: Column) -> Column:
    """A column of which no more is promised than either says."""
    if one.type.kind is not other.type.kind:
        return Column(one.name, one.type, span=one.span)
    return replace(
        one,
        values=None if one.values is None or other.values is None else tuple(dict.fromkeys(one.values + other.values)),
        least=None if one.least is None or other.least is None else min(one.least, other.least),
        most=None if one.most is None or other.most is None else max(one.most, other.most),
        never_missing=one.never_missing and other.never_missing,
    )


def _labelling(labelling: Labelling) -> Labelling:
    return replace(labelling, stages=tuple((label, as_if_missing(test)) for label, test in labelling.stages))


def _derivation(made: Derivation) -> Derivation:
    return replace(
        made,
        where=None if made.where is None else as_if_missing(made.where),
        by=tuple((name, as_if_missing(node)) for name, node in made.by),
        columns=tuple((name, as_if_missing(node)) for name, node in made.columns),
    )
