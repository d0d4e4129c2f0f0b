"""Members into tables of Spark's own catalog: rows in a new folder, then one call by which the table has them.

Whoever reads meanwhile has the old rows or the new ones. With `replace` the table itself moves to the new folder; with
`append` and `delta` it is partitioned by `as_of`, and a partition is added or moved. The folder that a run takes the
place of stays, for those who are reading it; the next run takes it away, with what runs that broke off have left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from segrules.engines.engine import Cluster, EngineError
from segrules.planning.time import AsOf
from segrules.sql import delivery_spark as statements
from segrules.sql.delivery import AS_OF, Columns
from segrules.sql.delivery_spark import SparkTable
from segrules.sql.dialects.spark import SPARK
from segrules.sql.text import text
from segrules.sql.writes import Query
from segrules.workflows.delivering.spark_catalog import (
    Stored,
    folder_name,
    label,
    label_of,
    partition_place,
    usable,
)
from segrules.workflows.delivering.target import Delivered, SparkTarget
from segrules.workflows.output import OutputRefused


@dataclass(frozen=True, slots=True)
class _Written:
    """An entity's rows in a folder of the table's, which the table does not have yet.

    before: the table as it was, if it was there. earlier: the names of the folders of runs before. rows, entered,
    left: as in `Delivered`.
    """

    entity: str
    table: SparkTable
    columns: Columns
    root: str
    folder: str
    before: Stored | None
    earlier: tuple[str, ...]
    rows: int
    entered: int | None
    left: int | None


def into_spark_tables(
    target: SparkTarget,
    engine: Cluster,
    entities: Mapping[str, tuple[Columns, Query]],
    segments: Mapping[str, Sequence[str]] | None,
    as_of: AsOf,
) -> tuple[Delivered, ...]:
    """Writes the rows of all entities, then lets each table have its own.

    segments: by entity those whose rows are written, while others stay; None: all.
    """
    written = []
    for entity, (columns, query) in entities.items():
        own = None if segments is None else segments[entity]
        written.append(_written(target, engine, entity, columns, query, own, as_of))
    for one in written:
        _switch(target, engine, one, as_of)
    for one in written:
        with suppress(EngineError):  # the members are there, and the next run tries again
            _tidy(engine, one, as_of)
    return tuple(
        Delivered(one.entity, target.mode, str(one.table), {"table": str(one.table)}, one.rows, one.entered, one.left)
        for one in written
    )


def _written(
    target: SparkTarget,
    engine: Cluster,
    entity: str,
    columns: Columns,
    query: Query,
    segments: Sequence[str] | None,
    as_of: AsOf,
) -> _Written:
    table, run = target.place(entity), uuid4().hex[:12]
    root, before = usable(engine, target, table, columns, as_of)
    if before is not None:
        engine.execute(statements.claim_statement(table, run))
        before = replace(before, run=run)
    earlier = tuple(name for name in engine.folders(root) if label_of(name, table) is not None)
    folder = f"{root}/{folder_name(table, statements.partition_value(as_of), run)}"
    known = None if before is None else table
    is_log, is_dated = target.mode == "delta", target.mode != "replace"
    types = {item.name: item.type for item in statements.wanted(columns, as_of, is_log=is_log)}
    types |= {} if before is None else _named_as(types, before.types)
    rows = statements.members_query(query, columns, types, None if is_dated else as_of)
    if is_log:
        rows = statements.new_changes_query(rows, columns, known, segments, as_of)
    engine.write_parquet(text(rows, SPARK), folder)
    if segments is not None and before is not None and before.place is not None:
        labels = [name for name in before.types if not (is_dated and name.casefold() == AS_OF)]
        others = statements.others_query(table, labels, segments, as_of if is_dated else None)
        engine.write_parquet(text(others, SPARK), folder)
    counts = _counts(target, engine, folder, columns, known, segments)
    return _Written(entity, table, columns, root, folder, before, earlier, *counts)


def _counts(
    target: SparkTarget,
    engine: Cluster,
    folder: str,
    columns: Columns,
    table: SparkTable | None,
    segments: Sequence[str] | None,
) -> tuple[int, int | None, int | None]:
    """How many rows of these segments a folder has, and how many entered and left since what the table has."""
    match target.mode:
        case "replace" if table is not None:
            ((entered, left, rows),) = engine.run(statements.moves_query(folder, columns, table, segments))
            return rows, entered, left
        case "delta":
            ((entered, left),) = engine.run(statements.change_counts_query(folder, segments))
            return entered + left, entered, left
        case mode:
            ((rows,),) = engine.run(statements.rows_query(folder, segments))
            return (rows, rows, 0) if mode == "replace" else (rows, None, None)


def _switch(target: SparkTarget, engine: Cluster, one: _Written, as_of: AsOf) -> None:
    """Lets the table have the rows, if it is still as it was."""
    _, now = usable(engine, target, one.table, one.columns, as_of)
    if now != one.before:
        raise OutputRefused(f"another run is writing to `{one.table}`", "wait for it, and run again")
    value = None if target.mode == "replace" else statements.partition_value(as_of)
    if one.before is None:
        is_log = target.mode == "delta"
        place = one.folder if value is None else one.root
        wanted = statements.wanted(one.columns, as_of, is_log=is_log)
        engine.execute(statements.create_statement(one.table, wanted, place, is_dated=value is not None))
    if value is not None and (one.before is None or one.before.place is None):
        engine.execute(statements.add_statement(one.table, one.folder, value))
    elif one.before is not None:
        engine.execute(statements.move_statement(one.table, one.folder, value))
    with suppress(EngineError):  # the members are there
        engine.execute_beside(statements.refresh_statement(one.table))


def _tidy(engine: Cluster, one: _Written, as_of: AsOf) -> None:
    """Takes away folders of earlier runs, but for what the table has and had until now."""
    value = statements.partition_value(as_of)
    before = one.before
    in_use = {_name(one.folder), *([_name(before.place)] if before is not None and before.place is not None else [])}
    of_others = {} if before is None else {label(other): other for other in before.partitions - {value}}
    for written, group in _by_label(one):
        if written in of_others and len(group) == 1:
            continue  # the rows of another as-of
        if written in of_others:
            in_use.add(_name(partition_place(engine, one.table, of_others[written])))
        for name in group:
            if name not in in_use:
                engine.remove(f"{one.root}/{name}")


def _by_label(one: _Written) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for name in one.earlier:
        found.setdefault(label_of(name, one.table) or "", []).append(name)
    return list(found.items())


def _name(folder: str) -> str:
    return folder.rstrip("/").rpartition("/")[2]


def _named_as(types: Mapping[str, str], stored: Mapping[str, str]) -> dict[str, str]:
    """The types that a table has for these columns."""
    there = {name.casefold(): kind for name, kind in stored.items()}
    return {name: there[name.casefold()] for name in types}
