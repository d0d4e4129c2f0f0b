"""Drafts as rows of tables: keys that fit together, times before now, a row for everything that is looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from segrules.language.types import Kind
from segrules.planning.time import AsOf, to_local
from segrules.project.model import Column, Entity, Lookup, Project, Relation, Rules
from segrules.workflows.mutating.draft_values import Cells, Draft, Place
from segrules.workflows.testing.examples import column_of, example_key, some_values
from segrules.workflows.testing.given_rows import GivenRows

Owner = Entity | Relation | Lookup


def contract_columns(project: Project) -> dict[tuple[str, Place], Column]:
    """The columns of entities and relations with what their contracts say, also those behind lookups."""
    found: dict[tuple[str, Place], Column] = {}
    tops: tuple[Entity | Relation, ...] = (*project.entities, *project.relations)
    for owner in tops:
        for place, column in _columns(owner, (), project, 3):
            found[owner.name, place] = column
    return found


def _columns(owner: Owner, path: tuple[str, ...], project: Project, depth: int) -> Iterator[tuple[Place, Column]]:
    yield from (((path, column.name), column) for column in owner.columns)
    for lookup in owner.lookups if depth else ():
        other: Owner = lookup if lookup.entity is None else project.entity(lookup.entity)
        yield from _columns(other, (*path, lookup.name), project, depth - 1)


@dataclass(frozen=True, slots=True)
class World:
    """A draft as rows by table, and the key of the entity row that it is about."""

    key: object
    given: GivenRows


@dataclass(frozen=True, slots=True)
class _Tables:
    """Rows in the making, by table."""

    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def add(self, table: str, row: dict[str, object], keys: Mapping[str, object]) -> None:
        """Adds a row, or its values to the row with the same keys."""
        for other in self.rows.setdefault(table, []) if keys else ():
            if all(other.get(name) == value for name, value in keys.items()):
                other.update({name: value for name, value in row.items() if name not in other})
                return
        self.rows.setdefault(table, []).append(row)


def world(draft: Draft, rules: Rules, project: Project, moment: AsOf) -> World:
    """The rows that a draft stands for."""
    entity, made = rules.entity, _Tables()
    given_key = draft.cells.get(((), entity.key))
    key = example_key(entity) if given_key is None else given_key
    if entity.from_relation is None:
        row = {entity.key: key} | _plain(entity, draft.cells)
        row[entity.key] = key
        _set_time(entity, row, 0, moment)
        made.add(entity.name, row, {entity.key: key})
    else:
        row = {entity.key: key}
    relations = {relation.name: relation for relation in project.relations}
    given = dict(draft.rows)
    cells = _led_to({relations[name].entity for name in given}, entity, draft.cells)
    _look_up(entity, entity.name, row, cells, project, made)
    if entity.from_relation is not None:
        given.setdefault(project.stored(entity.from_relation).name, [{}])
    for name, rows in given.items():
        relation = relations[name]
        last = min(
            (cells[(), relation.time or ""] for cells in rows if cells.get(((), relation.time or ""))),
            default=None,
            key=str,
        )
        owner = key if relation.entity == entity.name else _key_in(made, project.entity(relation.entity))
        for number, cells in enumerate(rows):
            row = {relation.key: owner} | _plain(relation, cells) | {relation.key: owner}
            _set_time(relation, row, len(rows) - number, moment, last)
            made.add(name, row, {})
            _look_up(relation, name, row, cells, project, made)
    return World(key, made.rows)


def _led_to(others: set[str], entity: Entity, cells: Mapping[Place, object]) -> Cells:
    """The cells, with one of each other entity to which a lookup leads, so that there is a row of it."""
    found = {lookup.entity: lookup.name for lookup in entity.lookups if lookup.entity in others - {entity.name}}
    return {**{((name,), ""): None for name in found.values()}, **cells}


def _key_in(made: _Tables, entity: Entity) -> object:
    """The key of the row of another entity that was looked up; one of no row where none was."""
    rows = made.rows.get(entity.name)
    return rows[0][entity.key] if rows else example_key(entity)


def _plain(owner: Owner, cells: Cells) -> dict[str, object]:
    """The values of an owner's own columns."""
    own = {column.name for column in owner.columns}
    return {name: value for (path, name), value in cells.items() if not path and name in own}


def _set_time(owner: Entity | Relation, row: dict[str, object], back: int, moment: AsOf, first: object = None) -> None:
    """A time before now, and before the first that is given, for a row that has none: without one no rule sees it."""
    if owner.time is None or owner.time in row:
        return
    if column_of(owner.columns, owner.time).type.kind is Kind.TIMESTAMP:
        end = first if isinstance(first, datetime) else to_local(moment.now - timedelta(hours=1), moment.zone)
        row[owner.time] = (end - timedelta(hours=back)).replace(microsecond=0)
    else:
        end_day = first if isinstance(first, date) else moment.today + timedelta(days=1)
        row[owner.time] = end_day - timedelta(days=back)


def _look_up(owner: Owner, table: str, row: dict[str, object], cells: Cells, project: Project, made: _Tables) -> None:
    """Rows of lookups for the values behind them, with keys that lead to them."""
    for lookup in owner.lookups:
        inner: Cells = {(path[1:], name): value for (path, name), value in cells.items() if path[:1] == (lookup.name,)}
        if not inner:
            continue
        other: Owner = lookup if lookup.entity is None else project.entity(lookup.entity)
        to = f"{table}.{lookup.name}" if lookup.entity is None else lookup.entity
        for local, _ in lookup.on:
            if row.get(local) is None:
                used = len(made.rows.get(to, ()))
                row[local] = next(islice(some_values(column_of(owner.columns, local).type), used, None))
        keys = {theirs: row[local] for local, theirs in lookup.on}
        found = keys | _plain(other, inner) | keys
        made.add(to, found, keys)
        _look_up(other, to, found, inner, project, made)
