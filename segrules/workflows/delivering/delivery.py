"""The two steps of `--to`: what can be refused is refused before anything is computed; what was counted is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import Cluster
from segrules.project.model import Rules
from segrules.sql.delivery import AS_OF, CHANGE, SEGMENT, Columns
from segrules.sql.writes import Query
from segrules.workflows.delivering.files import check_files, into_files
from segrules.workflows.delivering.spark_catalog import check_spark_tables
from segrules.workflows.delivering.spark_tables import into_spark_tables
from segrules.workflows.delivering.tables import check_tables, into_tables, streamed
from segrules.workflows.delivering.target import Delivered, FileTarget, SparkTarget, TableTarget, Target
from segrules.workflows.output import OutputRefused
from segrules.workflows.running import Run, chosen


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whose members go where, with which columns. segments: by entity those that are meant; None: all."""

    target: Target
    entities: Mapping[str, Columns]
    segments: Mapping[str, Sequence[str]] | None


def refuse_elsewhere(target: Target, *, is_cluster: bool) -> None:
    """OutputRefused where the target is not of the engine that computes the members."""
    is_of_spark = isinstance(target, SparkTarget)
    if is_of_spark and not is_cluster:
        message = "`--to spark:…` names a table of the Spark session that runs the rules, and they run elsewhere"
        raise OutputRefused(message, "add `--engine spark://HOST:7077`, or `local[4]`")
    if is_cluster and not is_of_spark:
        message = "members that Spark computes are written by Spark, and not where this `--to` is"
        raise OutputRefused(message, "name a table of its catalog, `--to spark:database.table`, or a folder with --out")


def prepared(target: Target, run: Run, select: Sequence[str]) -> Delivery | None:
    """The delivery, or OutputRefused where the target cannot take it; None where `select` names what is not there."""
    wanted = chosen(run.rules, select)
    if isinstance(wanted, Diagnostic):
        return None
    if len(wanted) > 1 and not target.is_of_each_entity:
        message = f"{' and '.join(f'`{entity}`' for entity in wanted)} have segments, and `--to` names one place"
        raise OutputRefused(message, "write `{entity}` into its name, or choose with --select")
    entities = {entity: _columns(entity, run.rules[entity]) for entity in wanted}
    segments = None
    if select:
        segments = {
            entity: [item.name for item in references if item.to == "segment"] for entity, references in wanted.items()
        }
    match target, run.engine:
        case SparkTarget(), Cluster() as engine:
            check_spark_tables(target, engine, entities, run.as_of, run.sources)
        case TableTarget(), _:
            tables = [opened.source.table for opened in run.sources.tables.values()]
            check_tables(target, entities, run.as_of, run.engine, [table for table in tables if table is not None])
        case FileTarget(), _:
            sources = (path for opened in run.sources.tables.values() for path in (*opened.originals, *opened.paths))
            here = [path for path in sources if isinstance(path, Path)]
            check_files(target, run.local, entities, segments, run.as_of, here)
    return Delivery(target, entities, segments)


def deliver(delivery: Delivery, run: Run, members: Mapping[str, Query], folder: Path) -> tuple[Delivered, ...]:
    """Writes the members, whole or not at all. members: queries of the long layout. folder: for what is passing."""
    target, columns = delivery.target, delivery.entities
    queries = {entity: (columns[entity], query) for entity, query in members.items()}
    match target:
        case TableTarget():
            filled = {entity: (own, streamed(run.local, query, folder)) for entity, (own, query) in queries.items()}
            return into_tables(target, filled, delivery.segments, run.as_of)
        case FileTarget():
            return into_files(target, run.local, queries, delivery.segments, run.as_of)
        case SparkTarget():
            assert isinstance(run.engine, Cluster)
            return into_spark_tables(target, run.engine, queries, delivery.segments, run.as_of)


def as_record(delivered: Sequence[Delivered]) -> list[dict[str, Any]]:
    """What run.json says of them."""
    return [
        {
            "entity": item.entity,
            **item.where,
            "mode": item.mode,
            "rows": item.rows,
            **({} if item.entered is None else {"entered": item.entered, "left": item.left}),
        }
        for item in delivered
    ]


def _columns(entity: str, rules: Rules) -> Columns:
    key = rules.entity.key
    types = {column.name: column.type for column in rules.entity.columns}
    columns = Columns((key, types[key]), tuple((label, item.type) for label, item in rules.carry.items()))
    taken = {SEGMENT, CHANGE, AS_OF}
    for label, _ in columns.own:
        if label.casefold() in taken:
            message = f"`{entity}` would be written with two columns `{label}`"
            raise OutputRefused(message, f"take `{label}` out of `carry`" if label != key else None)
        taken.add(label.casefold())
    return columns
