"""The rows of stored tables: what of them exists at the as-of instant, and their to-one lookups joined on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from segrules.language.core import And, Column, Compare, Expression, IsMissing, Literal, Or, Reference
from segrules.language.types import BOOLEAN, DATE, INTEGER, TIMESTAMP, Kind
from segrules.planning.names import fresh
from segrules.planning.nodes import LookupJoin, Lookups, Rows, Scan
from segrules.planning.others import Crossing, Other, Part, crossing
from segrules.planning.time import AsOf, first_day_from
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Entity, Lookup, Relation

Place = dict[tuple[tuple[str, ...], str | tuple[str, str]], str]
"""Where a part of a row is: from (path of lookups, column, or kind and name of a thing) to the plan's column."""


def stored_rows(
    table: Entity | Relation,
    needed: Iterable[Part],
    own: Iterable[str],
    as_of: AsOf,
    partition: str | None,
    taken: set[str],
    others: Mapping[str, Other] = MappingProxyType({}),
) -> tuple[Rows, Place]:
    """The rows of an entity's or relation's table with the needed parts; `own` columns are there in any case.

    `partition`, for batches of test cases, names a column that every table has and every join compares. `others` has
    the rows of the entities to which lookups lead.
    """
    needed = tuple(needed)
    crossed = {part: found for part in needed if (found := crossing(table, part)) is not None}
    wanted = {((), name) for name in own} | {(part.path, part.name) for part in needed if part not in crossed}
    paths = {path[:depth] for path, _ in wanted for depth in range(1, len(path) + 1)}
    paths |= {found.path[:depth] for found in crossed.values() for depth in range(1, len(found.path))}
    lookups = {path: _lookup(table, path) for path in sorted(paths, key=lambda path: (len(path), path))}
    leading = {found.path: _lookup(table, found.path) for found in crossed.values()}
    for path, lookup in (*lookups.items(), *leading.items()):
        wanted |= {(path[:-1], local) for local, _ in lookup.on}
    names: set[str] = set()
    place: Place = {}
    order = {column.name: at for at, column in enumerate(table.columns)}
    for path, name in sorted(wanted, key=lambda item: _position(order, item)):
        place[path, name] = fresh(".".join((*path, name)), names)
    columns = _columns(table, (name for path, name in wanted if not path), partition)
    scan = Scan(fresh(table.name, taken), table.name, columns, visible(table, as_of))
    joins = []
    for path, lookup in lookups.items():
        here = tuple((place[at, name], name) for at, name in place if at == path and isinstance(name, str))
        stored = _columns(lookup, {*(name for _, name in here), *(key for _, key in lookup.on)}, partition)
        other = Scan(fresh("_".join(path), taken), ".".join((table.name, *path)), stored, visible(lookup, as_of))
        on = tuple((place[path[:-1], local], key) for local, key in lookup.on)
        joins.append(LookupJoin(other, (*_partitioned(partition), *on), here))
    for path, lookup in leading.items():
        parts = [part for part, found in crossed.items() if found.path == path]
        place |= {place_of(part): fresh(".".join((*part.path, part.name)), names) for part in parts}
        joins.append(_to_entity(lookup, path, {part: crossed[part] for part in parts}, place, partition, others))
    return (Lookups(fresh(f"{table.name}_with_lookups", taken), scan, tuple(joins)) if joins else scan), place


def place_of(part: Part) -> tuple[tuple[str, ...], str | tuple[str, str]]:
    """What a part is called in a `Place`."""
    return part.path, (part.to, part.name) if isinstance(part, Reference) else part.name


def _to_entity(
    lookup: Lookup,
    path: tuple[str, ...],
    parts: Mapping[Part, Crossing],
    place: Place,
    partition: str | None,
    others: Mapping[str, Other],
) -> LookupJoin:
    """The join of the other entity's row; where there is none, its segments are false."""
    assert lookup.entity is not None
    other = others[lookup.entity]
    ((local, _),) = lookup.on
    return LookupJoin(
        other.rows,
        (*_partitioned(partition), (place[path[:-1], local], other.keys[-1])),
        tuple((place[place_of(part)], other.columns[found.inner]) for part, found in parts.items()),
        tuple(default_of(part) for part in parts),
    )


def default_of(part: Part) -> Literal | None:
    """The value of a part of a row that is not there."""
    return Literal(False, BOOLEAN) if isinstance(part, Reference) and part.to == "segment" else None


def _partitioned(partition: str | None) -> tuple[tuple[str, str], ...]:
    return () if partition is None else ((partition, partition),)


def _lookup(table: Entity | Relation | Lookup, path: tuple[str, ...]) -> Lookup:
    found = next(lookup for lookup in table.lookups if lookup.name == path[0])
    return _lookup(found, path[1:]) if len(path) > 1 else found


def _position(order: Mapping[str, int], item: tuple[tuple[str, ...], str]) -> tuple[int, int, str]:
    """Own columns in the order of the contract, then others by depth and name."""
    path, name = item
    return len(path), 0 if path else order[name], ".".join((*path, name))


def _columns(
    table: Entity | Relation | Lookup, names: Iterable[str], partition: str | None
) -> tuple[StoredColumn, ...]:
    """The columns of those names and those that decide which rows exist."""
    wanted = {*names, *_times(table)}
    own = tuple(column for column in table.columns if column.name in wanted)
    return own if partition is None else (StoredColumn(partition, INTEGER), *own)


def _times(table: Entity | Relation | Lookup) -> tuple[str, ...]:
    time = None if isinstance(table, Lookup) else table.time
    valid = None if isinstance(table, Relation) else table.valid
    return (*(() if time is None else (time,)), *(valid or ()))


def visible(table: Entity | Relation | Lookup, as_of: AsOf) -> Expression | None:
    """Rows at or after the as-of instant do not exist; of rows with `valid`, the one valid just before it does.

    A relation's row without a time is invisible; an entity row without one stays, since nobody drops out. A missing
    end of `valid` is open, and so is a missing start.
    """
    tests: list[Expression] = []
    match table:
        case Relation(time=str() as time):
            tests.append(_before_now(_column(table.columns, time), as_of))
        case Entity(time=str() as time):
            tests.append(_unless_missing(_before_now(_column(table.columns, time), as_of)))
    match table:
        case Entity(valid=(start_name, end_name)) | Lookup(valid=(start_name, end_name)):
            start, end = _column(table.columns, start_name), _column(table.columns, end_name)
            tests.append(_unless_missing(_before_now(start, as_of)))
            tests.append(_unless_missing(Compare(">=", end, _first_moment_after(end, as_of))))
    return None if not tests else tests[0] if len(tests) == 1 else And(tuple(tests))


def _unless_missing(test: Compare) -> Expression:
    return Or((IsMissing(test.left), test))


def _before_now(time: Column, as_of: AsOf) -> Compare:
    """``ordered_at < now``; a date counts as the start of its day."""
    return Compare("<", time, _first_moment_after(time, as_of))


def _first_moment_after(time: Column, as_of: AsOf) -> Literal:
    if time.type.kind is Kind.DATE:
        return Literal(first_day_from(as_of.now, as_of.zone), DATE)
    return Literal(as_of.now, TIMESTAMP)


def _column(columns: tuple[StoredColumn, ...], name: str) -> Column:
    stored = next(column for column in columns if column.name == name)
    return Column("", (), name, stored.type)
