"""What changed in a project beside its rules: columns, sources, how rows are ordered and joined, params, calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segrules.language.core import Column, Expression
from segrules.language.trees import relation_of, walk
from segrules.planning.labels import words
from segrules.planning.meanings import expressions_of
from segrules.planning.renaming import Thing, things_of
from segrules.project.model import Entity, Lookup, Project, Relation, Rules
from segrules.workflows.reviewing.change import Version

Owner = Entity | Relation | Lookup


@dataclass(frozen=True, slots=True)
class ContractChange:
    """One change in words, and what used it before."""

    text: str
    users: tuple[Thing, ...] = ()


def contract_changes(old: Version, new: Version) -> tuple[ContractChange, ...]:
    """The changes in the order of segrules.yml, those of params last."""
    return tuple(_changes(old, new))


def _changes(old: Version, new: Version) -> Iterator[ContractChange]:
    before, after = old.project, new.project
    for word in ("timezone", "fiscal_year_starts"):
        yield from _differs(f"`{word}`", getattr(before, word), getattr(after, word))
    yield from _differs("`as_of`", before.as_of or "today", after.as_of or "today")
    then, now = dict(_owners(before)), dict(_owners(after))
    users = _users(old)
    for table in dict.fromkeys((*then, *now)):
        if table not in now:
            yield ContractChange(f"`{table}` is gone", _of_table(users, table))
        elif table not in then:
            yield ContractChange(f"`{table}` is new")
        else:
            yield from _owner_changes(table, then[table], now[table], users)
    for name, literal in before.params.items():
        if name in after.params and after.params[name].value != literal.value:
            yield ContractChange(f"param `{name}`: {words(literal)} → {words(after.params[name])}")


def _owner_changes(
    table: str, old: Owner, new: Owner, users: dict[tuple[str, str], tuple[Thing, ...]]
) -> Iterator[ContractChange]:
    before, after = ({column.name: column for column in owner.columns} for owner in (old, new))
    for name, column in before.items():
        if name not in after and old.columns and new.columns:
            yield ContractChange(f"`{table}.{name}` is gone", users.get((table, name), ()))
        elif name in after and after[name].type != column.type:
            text = f"`{table}.{name}`: {column.type} → {after[name].type}"
            yield ContractChange(text, users.get((table, name), ()))
    if old.columns and new.columns:
        yield from (ContractChange(f"`{table}.{name}` is new") for name in after if name not in before)
    if old.source and new.source and (old.source.path, old.source.table) != (new.source.path, new.source.table):
        places = (owner.source.path or owner.source.table for owner in (old, new) if owner.source)
        yield ContractChange(f"`{table}` is read from {' → '.join(f'`{place}`' for place in places)}")
    if old.source and new.source and old.source.format != new.source.format:
        yield ContractChange(f"`{table}`, format: its files are read otherwise")
    for word in ("key", "time", "order", "valid", "on", "entity", "from_relation"):
        yield from _differs(f"`{table}`, {word}", getattr(old, word, None), getattr(new, word, None))


def _differs(what: str, before: object, after: object) -> Iterator[ContractChange]:
    if before != after:
        yield ContractChange(f"{what}: {_shown(before)} → {_shown(after)}")


def _shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case tuple():
            return ", ".join(" = ".join(item) if isinstance(item, tuple) else str(item) for item in value)
        case _:
            return str(value)


def _owners(project: Project) -> Iterator[tuple[str, Owner]]:
    """Every entity, stored relation and lookup by the name of its table."""
    stored = (item for item in project.relations if item.from_relation is None)
    owners: tuple[Entity | Relation, ...] = (*project.entities, *stored)
    for owner in owners:
        yield owner.name, owner
        yield from _lookups(owner.name, owner.lookups)


def _lookups(table: str, lookups: tuple[Lookup, ...]) -> Iterator[tuple[str, Owner]]:
    for lookup in lookups:
        yield f"{table}.{lookup.name}", lookup
        yield from _lookups(f"{table}.{lookup.name}", lookup.lookups)


def _users(version: Version) -> dict[tuple[str, str], tuple[Thing, ...]]:
    """By table and column the things that name it themselves."""
    found: dict[tuple[str, str], dict[Thing, None]] = {}
    for rules in version.rules.values():
        for thing in things_of(rules):
            if thing.kind != "segmentation":  # its stages are things of their own
                for place in _columns(expressions_of(thing, rules), rules):
                    found.setdefault(place, {})[thing] = None
    return {place: tuple(things) for place, things in found.items()}


def _columns(expressions: tuple[Expression, ...], rules: Rules) -> Iterator[tuple[str, str]]:
    for node in (part for expression in expressions for part in walk(expression)):
        if isinstance(node, Column):
            row = relation_of(node.row)
            relation = rules.relations.get(row)
            while relation is not None and relation.from_relation is not None:
                relation = rules.relations[relation.from_relation]
            table = row if relation is None else relation.name
            yield ".".join((table, *node.path)), node.name


def _of_table(users: dict[tuple[str, str], tuple[Thing, ...]], table: str) -> tuple[Thing, ...]:
    found = (thing for (name, _), things in users.items() if name == table for thing in things)
    return tuple(dict.fromkeys(found))
