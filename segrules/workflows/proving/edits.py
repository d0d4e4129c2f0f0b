"""What can be taken out of a made-up row, and what can stand in it that looks more like a real one."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from segrules.language.core import Column, Expression, Reference
from segrules.language.trees import relation_of, walk
from segrules.planning.dependencies import made_by
from segrules.planning.time import AsOf
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Rules
from segrules.workflows.mutating.draft_values import Cells, Draft, Place
from segrules.workflows.proving.plausible import nearer, plausible

ENTITY = ""
"""Stands for the entity row where else the name of a relation would."""
REMOVED = object()
_FEW, _SEVERAL = 3, 10  # rows of a relation


@dataclass(frozen=True, slots=True)
class Change:
    """Another value at a place of a row, or (REMOVED) none; without a place the whole row is taken out.

    row: its number in the relation `table`; ENTITY has one row alone.
    """

    table: str
    row: int
    place: Place | None = None
    value: object = REMOVED


Columns = Mapping[tuple[str, Place], StoredColumn]
"""The columns of contracts by table (ENTITY for the entity's own) and place."""
Edit = tuple[Change, ...]
"""Changes that are made together."""


def edited(draft: Draft, edits: Iterable[Edit]) -> Draft:
    """The draft after edits; rows have the numbers that they had before. Where two edits meet the first counts."""
    cells, rows = dict(draft.cells), {name: [dict(row) for row in own] for name, own in draft.rows.items()}
    gone: set[tuple[str, int]] = set()
    done: set[tuple[str, int, Place]] = set()
    for change in (change for edit in edits for change in edit):
        if change.place is None:
            gone.add((change.table, change.row))
            continue
        row = cells if change.table == ENTITY else rows[change.table][change.row]
        if (change.table, change.row, change.place) in done or change.place not in row:
            continue
        done.add((change.table, change.row, change.place))
        if change.value is REMOVED:
            del row[change.place]
        else:
            row[change.place] = change.value
    kept = {name: [row for at, row in enumerate(own) if (name, at) not in gone] for name, own in rows.items()}
    return Draft(cells, {name: own for name, own in kept.items() if own})


def fewer_rows(_: int, draft: Draft) -> Iterator[tuple[Edit, ...]]:
    """For each relation what can be taken out of its rows: all, all but the first, all but the first two, …"""
    for name, rows in draft.rows.items():
        every = tuple(Change(name, number) for number in range(len(rows)))
        counts = range(len(rows)) if len(rows) <= _SEVERAL else (0, 1, 2, 3, 5, 10, 20, len(rows) // 2, len(rows) - 1)
        yield tuple(every[count:] for count in counts if count < len(rows))


def fewer_values(_: int, draft: Draft) -> Iterator[tuple[Edit, ...]]:
    """The values that can be taken out: each of the entity row, and those at a place of all rows of a relation."""
    yield from (((Change(ENTITY, 0, place),),) for place in draft.cells)
    for name, rows in draft.rows.items():
        for having in _by_place(name, rows):
            yield (having,)


def fewer_of_some(_: int, draft: Draft) -> Iterator[tuple[Edit, ...]]:
    """The same for some of a relation's rows: of few each by itself, of many all but one."""
    for name, rows in draft.rows.items():
        for having in _by_place(name, rows):
            if len(having) > _FEW:
                yield having[1:], having[:-1]
            else:
                yield from (((one,),) for one in having)
    for name, rows in draft.rows.items():
        if len(rows) <= _FEW:
            yield from (((Change(name, number),),) for number in range(len(rows)))


def _by_place(name: str, rows: Sequence[Cells]) -> Iterator[Edit]:
    """By place the removal of its values from all rows that have some."""
    for place in dict.fromkeys(place for row in rows for place in row):
        yield tuple(Change(name, number, place) for number, row in enumerate(rows) if place in row)


def replacements(
    draft: Draft, constants: Sequence[object], columns: Columns, moment: AsOf
) -> Iterator[tuple[Edit, ...]]:
    """For each value of a draft edits that put a more plausible one in its place, the most plausible first.

    Rows of a relation with the same value get the same one; times of many rows are moved together. constants: those
    of the rules; columns: by table (ENTITY for the entity's own) and place.
    """
    for place, value in draft.cells.items():
        column = columns.get((ENTITY, place))
        if column is not None and value is not None:
            found = plausible(value, column, constants, moment)
            yield tuple((Change(ENTITY, 0, place, one),) for one in found)
    for name, rows in draft.rows.items():
        for place in dict.fromkeys(place for row in rows for place in row):
            column = columns.get((name, place))
            groups: dict[object, list[int]] = {}
            for number, row in enumerate(rows):
                if row.get(place) is not None:
                    groups.setdefault(row[place], []).append(number)
            if column is None:
                continue
            if len(groups) > 1:
                moved = nearer(list(groups), column, constants, moment)
                yield tuple(_together(name, place, groups, values) for values in moved)
            for value, having in groups.items() if len(groups) <= _FEW else ():
                found = plausible(value, column, constants, moment)
                yield tuple(_together(name, place, {value: having}, [one]) for one in found)


def _together(table: str, place: Place, groups: Mapping[object, list[int]], values: Sequence[object]) -> Edit:
    """For each group of rows the value that stands at its place."""
    pairs = zip(groups.values(), values, strict=True)
    return tuple(Change(table, number, place, value) for having, value in pairs for number in having)


def columns_by_place(columns: Columns, entity: str) -> Columns:
    """The columns of contracts, those of an entity under ENTITY."""
    return {(ENTITY if table == entity else table, place): column for (table, place), column in columns.items()}


def part_of(draft: Draft, places: Container[tuple[str, Place]]) -> Draft:
    """The draft with the values alone that stand at some places of tables; rows with most of them first."""

    def known(table: str, cells: Cells) -> Cells:
        return {place: value for place, value in cells.items() if (table, place) in places}

    rows = {name: sorted((known(name, row) for row in own), key=len, reverse=True) for name, own in draft.rows.items()}
    return Draft(known(ENTITY, draft.cells), rows)


def places_in(test: Expression, rules: Rules) -> set[tuple[str, Place]]:
    """The places that a test names, in which nothing is left to look up, by table."""
    found: set[tuple[str, Place]] = set()
    for node in (node for part in (test, *made_by(test, rules)) for node in walk(part)):
        if isinstance(node, Column | Reference) and node.row:
            table = relation_of(node.row)
            while table in rules.derived:
                table = rules.derived[table].base
            found.add((ENTITY if table == rules.entity.name else table, (node.path, node.name)))
    return found
