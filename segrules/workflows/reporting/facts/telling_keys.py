"""Whether a value tells whose row it is: it is made of a column in which the key of some entity stands."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.language.core import Column, Expression, Reference
from segrules.language.trees import relation_of, walk
from segrules.planning.others import crossing
from segrules.project.model import Entity, Lookup, Relation, Rules


def tells_key(node: Expression, rules: Rules) -> bool:
    """Whether a value, or a trait or derived column that it is made of, looks at a column of keys.

    These are the keys of every entity, of their relations, and columns that join to another entity.
    """
    waiting = [(node, rules)]
    seen: set[tuple[Expression, str]] = set()
    while waiting:
        here, own = waiting.pop()
        if (here, own.entity.name) in seen:
            continue
        seen.add((here, own.entity.name))
        for part in walk(here):
            if isinstance(part, Column) and not _crosses(part, own) and part.name in _keys(part, own):
                return True
            waiting += _made_of(part, own)
    return False


def _made_of(part: Expression, rules: Rules) -> Iterator[tuple[Expression, Rules]]:
    """What a trait, a column of a derived relation, or a part of another entity is computed from."""
    match part:
        case Column() | Reference(path=(_, *_)) if (crossed := crossing(_table(part.row, rules), part)) is not None:
            yield crossed.inner, rules.entities[crossed.entity]
        case Reference(to="trait", path=()):
            yield rules.traits[part.name], rules
        case Column(path=path, name=name) if (made := rules.derived.get(relation_of(part.row))) is not None:
            added = {} if path else dict((*made.by, *made.columns))  # what is looked up is as in the base
            yield added.get(name, Column(made.base, path, name, part.type)), rules


def _crosses(part: Column, rules: Rules) -> bool:
    return crossing(_table(part.row, rules), part) is not None


def _table(row: str, rules: Rules) -> Entity | Relation:
    return rules.entity if row == rules.entity.name else rules.relations[relation_of(row)]


def _keys(column: Column, rules: Rules) -> set[str]:
    """The columns with keys in the table of a column: what is looked up has them where it is joined by them."""
    table = _table(column.row, rules)
    found = {table.key, *_joining(table), *_keys_of_same_rows(table, rules)}
    owner: Entity | Relation | Lookup = table
    for step in column.path:
        owner = next(lookup for lookup in owner.lookups if lookup.name == step)
        joined = {other for own, other in owner.on if own in found}
        found = {*joined, *_joining(owner), *_keys_of_same_rows(owner, rules)}
    return found


def _joining(owner: Entity | Relation | Lookup) -> set[str]:
    """The columns that join to another entity."""
    return {own for lookup in owner.lookups if lookup.entity is not None for own, _ in lookup.on}


def _keys_of_same_rows(owner: Entity | Relation | Lookup, rules: Rules) -> set[str]:
    """The keys of entities and relations that are stored in the same source."""
    every = [rules, *rules.entities.values()]
    tables: list[Entity | Relation] = [own.entity for own in every]
    tables += [relation for own in every for relation in own.relations.values()]
    return {table.key for table in tables if owner.source is not None and table.source == owner.source}
