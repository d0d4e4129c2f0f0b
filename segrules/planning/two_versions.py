"""Two versions of a project's rules as one, so that one plan computes both: what differs stands there twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from segrules.language.core import Column, Reference
from segrules.language.trees import relation_of, walk
from segrules.planning.meanings import expressions_of, rests_on, row_facts, source_facts
from segrules.planning.renaming import (
    Renaming,
    Thing,
    is_defined,
    renamed,
    renamed_derivation,
    renamed_labelling,
    things_of,
)
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Entity, Lookup, Relation, Rules

BEFORE = "~before"
"""Ends the name that a thing of the old version has beside that of the new one; no rule can write such a name."""


@dataclass(frozen=True, slots=True)
class TwoVersions:
    """The new rules with what differs of the old ones under another name, which `rename` gives.

    relations: stored relations of the old version that are declared otherwise now, by their name here. lost: things of
    the old version that cannot be computed beside the new ones, and what is in the way, such as a column.
    """

    rules: Mapping[str, Rules]
    rename: Renaming
    relations: Mapping[str, str]
    lost: Mapping[Thing, str]


def together(old: Mapping[str, Rules], new: Mapping[str, Rules], same: Mapping[Thing, str]) -> TwoVersions:
    """Both versions' rules as one. `same`: by thing of the old version the name of what means the same now."""
    stored = {
        f"{name}{BEFORE}": name
        for entity, rules in old.items()
        for name, relation in rules.relations.items()
        if relation.from_relation is None
        and not _is_alike(relation, new[entity].relations.get(name) if entity in new else None)
    }

    def rename(thing: Thing) -> str:
        if thing.kind == "relation" and thing.name not in old[thing.entity].derived:
            return f"{thing.name}{BEFORE}" if f"{thing.name}{BEFORE}" in stored else thing.name
        if thing in same:
            return same[thing]
        if thing.kind == "stage":
            name, _, label = thing.name.partition(".")
            return f"{rename(Thing(thing.entity, 'segmentation', name))}.{label}"
        return f"{thing.name}{BEFORE}"

    lost = _lost(old, new, same)
    entities: dict[str, Rules] = {}
    for entity, own in new.items():
        both = _both(old[entity], own, rename, same, lost) if entity in old else own
        entities[entity] = replace(both, entities=entities)
    return TwoVersions(entities, rename, stored, lost)


def _both(old: Rules, new: Rules, rename: Renaming, same: Mapping[Thing, str], lost: Mapping[Thing, str]) -> Rules:
    traits, segments = dict(new.traits), dict(new.segments)
    segmentations, derived = dict(new.segmentations), dict(new.derived)
    relations = dict(new.relations)
    for name, relation in old.relations.items():
        thing = Thing(relation.entity, "relation", name)
        called = rename(thing)
        if called not in relations and thing not in lost and is_defined(thing, old):
            base = relation.from_relation
            origin = None if base is None else rename(Thing(old.relations[base].entity, "relation", base))
            relations[called] = replace(relation, name=called, from_relation=origin)
    for thing in things_of(old):
        if thing in lost or thing in same:
            continue
        called = rename(thing)
        match thing.kind:
            case "trait":
                traits[called] = renamed(old.traits[thing.name], old, rename)
            case "segment":
                segments[called] = renamed(old.segments[thing.name], old, rename)
            case "segmentation":
                segmentations[called] = renamed_labelling(old.segmentations[thing.name], old, rename)
            case "relation":
                derived[called] = renamed_derivation(old.derived[thing.name], old, rename)
    return replace(
        new,
        entity=replace(new.entity, columns=_columns(new.entity, old.entity), lookups=_lookups(new.entity, old.entity)),
        relations=relations,
        traits=traits,
        segments=segments,
        segmentations=segmentations,
        derived=derived,
    )


def _is_alike(old: Relation, new: Relation | None) -> bool:
    """Whether rows of a stored relation are the same rows in both versions, as far as the old rules ask for them."""
    if new is None or (old.key, old.time, old.order, old.entity) != (new.key, new.time, new.order, new.entity):
        return False
    is_same = source_facts(old.source) == source_facts(new.source)
    return is_same and _has(new.columns, old.columns) and _lookups_alike(old.lookups, new.lookups)


def _has(columns: Iterable[StoredColumn], wanted: Iterable[StoredColumn]) -> bool:
    types = {column.name: column.type for column in columns}
    return all(types.get(column.name) == column.type for column in wanted)


def _lookups_alike(old: Iterable[Lookup], new: Iterable[Lookup]) -> bool:
    now = {lookup.name: lookup for lookup in new}
    return all(lookup.name in now and _lookup_alike(lookup, now[lookup.name]) for lookup in old)


def _lookup_alike(old: Lookup, new: Lookup) -> bool:
    is_same = _lookup_facts(old) == _lookup_facts(new)
    return is_same and _has(new.columns, old.columns) and _lookups_alike(old.lookups, new.lookups)


def _lookup_facts(lookup: Lookup) -> object:
    return lookup.on, lookup.valid, lookup.entity, source_facts(lookup.source)


def _columns(new: Entity | Lookup, old: Entity | Lookup) -> tuple[StoredColumn, ...]:
    """The columns, with those that only the old version has."""
    names = {column.name for column in new.columns}
    return (*new.columns, *(column for column in old.columns if column.name not in names))


def _lookups(new: Entity | Lookup, old: Entity | Lookup) -> tuple[Lookup, ...]:
    """The lookups, with those that only the old version has, and their columns."""
    before = {lookup.name: lookup for lookup in old.lookups}
    merged = []
    for lookup in new.lookups:
        other = before.pop(lookup.name, lookup)
        merged.append(replace(lookup, columns=_columns(lookup, other), lookups=_lookups(lookup, other)))
    return (*merged, *before.values())


# what cannot be computed


def _lost(old: Mapping[str, Rules], new: Mapping[str, Rules], same: Mapping[Thing, str]) -> dict[Thing, str]:
    """The things of the old version that cannot be computed beside the new ones, each with what is in the way."""
    found: dict[Thing, str | None] = {}

    def reason(thing: Thing) -> str | None:
        if thing not in found:
            found[thing] = None  # of what refers to itself, which is no rule
            found[thing] = _own_reason(thing, old, new, same)
            if found[thing] is None:
                others = (reason(item) for item in rests_on(thing, old[thing.entity]))
                found[thing] = next((item for item in others if item is not None), None)
        return found[thing]

    things = (thing for rules in old.values() for thing in things_of(rules))
    return {thing: why for thing in things if (why := reason(thing)) is not None}


def _own_reason(
    thing: Thing, old: Mapping[str, Rules], new: Mapping[str, Rules], same: Mapping[Thing, str]
) -> str | None:
    own = old[thing.entity]
    if not is_defined(thing, own):
        return f"`{thing.name}` had errors"
    if not _has_the_same_rows(thing.entity, old, new, same):
        return _other_rows(thing.entity, new)
    for node in (part for expression in expressions_of(thing, own) for part in walk(expression)):
        if isinstance(node, Column | Reference) and (why := _clash(node, own, old, new, same)):
            return why
    return None


def _other_rows(entity: str, new: Mapping[str, Rules]) -> str:
    return f"the entity `{entity}` " + ("has other rows" if entity in new else "is gone")


def _otherwise(kind: str, name: str) -> str:
    return f"the {kind} `{name}` is declared otherwise"


def _has_the_same_rows(
    entity: str, old: Mapping[str, Rules], new: Mapping[str, Rules], same: Mapping[Thing, str]
) -> bool:
    """Whether an entity has the same rows in both versions."""
    if entity not in new or row_facts(old[entity].entity) != row_facts(new[entity].entity):
        return False
    before, after = old[entity].entity.from_relation, new[entity].entity.from_relation
    if before in old[entity].derived:
        return same.get(Thing(entity, "relation", before)) == after if before else True
    if before is None or after is None:
        return before is after
    return before == after and _is_alike(old[entity].relations[before], new[entity].relations[after])


def _clash(
    node: Column | Reference,
    rules: Rules,
    old: Mapping[str, Rules],
    new: Mapping[str, Rules],
    same: Mapping[Thing, str],
) -> str | None:
    """The entity, lookup or column to which a name leads and which the new version declares otherwise.

    What it names of a relation's own rows is not in the way: such a relation is there twice.
    """
    is_own = node.row in ("", rules.entity.name)
    before: Entity | Relation | Lookup = rules.entity if is_own else rules.relations[relation_of(node.row)]
    after: Entity | Relation | Lookup | None = new[rules.entity.name].entity if is_own else before
    for step in node.path:
        left = next(lookup for lookup in before.lookups if lookup.name == step)
        right = next((lookup for lookup in after.lookups if lookup.name == step), None) if after else None
        if right is not None and _lookup_facts(left) != _lookup_facts(right):
            return _otherwise("lookup", step)
        before, after = left, right
        if left.entity is not None:
            if not _has_the_same_rows(left.entity, old, new, same):
                return _other_rows(left.entity, new)
            before, after = old[left.entity].entity, new[left.entity].entity
    if isinstance(node, Reference) or after is None:
        return None
    types = {column.name: column.type for column in after.columns}
    return _otherwise("column", node.name) if types.get(node.name, node.type) != node.type else None
