"""What the catalog of Spark says of a table that members are to be written into, and why it may not take them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from segrules.engines.engine import Cluster, EngineError
from segrules.engines.remote import stored_at
from segrules.planning.time import AsOf
from segrules.sql import delivery_spark as statements
from segrules.sql.delivery import AS_OF, CHANGE, Columns
from segrules.sql.delivery_spark import SESSION_CATALOG, SparkTable, Wanted
from segrules.workflows.delivering.target import Mode, SparkTarget
from segrules.workflows.output import OutputRefused
from segrules.workflows.sources import Sources

_INSTANT = "timestamp_ltz"  # what `timestamp` is depends on the session
_ANOTHER = "or name another table, which is made"


@dataclass(frozen=True, slots=True)
class Stored:
    """A table as the catalog has it. types: by column, as the table writes them, the types of all.

    partitions: the as-ofs that have one, each as the catalog writes it. place: where the rows are that a run would
    take the place of: of the table, or of the partition of its as-of, None where there is none. run: the last that
    began to write to it.
    """

    types: Mapping[str, str]
    location: str
    partitions: frozenset[str]
    place: str | None
    run: str | None


def check_spark_tables(
    target: SparkTarget, engine: Cluster, entities: Mapping[str, Columns], as_of: AsOf, sources: Sources
) -> None:
    """OutputRefused where the catalog, or tables that are there already, do not take the members."""
    named = [opened.source.table for opened in sources.tables.values() if opened.source.table is not None]
    files = [stored_at(path) for opened in sources.tables.values() for path in opened.originals]
    for entity, columns in entities.items():
        table = target.place(entity)
        is_source = any(_is_named(engine, source, table) for source in named)
        if not is_source:
            root, _ = usable(engine, target, table, columns, as_of)
            folder = re.sub(r"^file:/+", "/", root)
            is_source = any(file.startswith(f"{folder}/") for file in files)
        if is_source:
            raise OutputRefused(f"`{table}` is a source of the project", "name another table with --to")


def _is_named(engine: Cluster, source: str, table: SparkTable) -> bool:
    place = engine.locate(source)
    if place is None or place.catalog not in (None, SESSION_CATALOG):
        return False
    return ((place.schema or "default").lower(), place.name.lower()) == (table.database, table.name)


def usable(
    engine: Cluster, target: SparkTarget, table: SparkTable, columns: Columns, as_of: AsOf
) -> tuple[str, Stored | None]:
    """The folder of the table, and what is known of it if it is there; OutputRefused where it cannot take members."""
    if not engine.keeps_tables:
        message = "the catalog of this Spark session is kept in memory, and gone with the run"
        help = "set spark.sql.catalogImplementation to hive in the spark-defaults.conf of SPARK_CONF_DIR"
        raise OutputRefused(message, help)
    try:
        about = {str(row[0]): str(row[1]) for row in engine.run(statements.database_query(table))}
    except EngineError as error:
        if error.kind != "missing":
            raise
        message = f"Spark's catalog has no database `{table.database}`"
        raise OutputRefused(message, f"CREATE DATABASE {table.database}, or name one that is there") from None
    facts = _facts(engine, table)
    if facts is None and "Location" not in about:
        raise OutputRefused(f"the database `{table.database}` has no folder for tables", "name another database")
    if facts is None:
        return f"{unquote(about['Location']).rstrip('/')}/{table.name}", None
    _refuse_other_kinds(table, facts)
    described = engine.run(statements.types_query(table))[: len(facts["columns"])]
    types = {str(name): _INSTANT if kind == "timestamp" else str(kind) for name, kind, _ in described}
    is_log = target.mode == "delta"
    _refuse_other_columns(table, statements.wanted(columns, as_of, is_log=is_log), types, is_log)
    _refuse_other_mode(table, facts, types, target.mode)
    return _root(facts["location"]), _stored(engine, table, target, facts, types, as_of)


def _facts(engine: Cluster, table: SparkTable) -> Mapping[str, Any] | None:
    try:
        ((described,),) = engine.run(statements.facts_query(table))
    except EngineError as error:
        if error.kind == "internal":  # of another provider, which has the session's catalog do as it wants
            raise OutputRefused(f"the table `{table}` is none of Parquet", "name another table") from None
        if error.kind != "missing":
            raise
        return None
    found: Mapping[str, Any] = json.loads(described)
    return found


def _refuse_other_kinds(table: SparkTable, facts: Mapping[str, Any]) -> None:
    if facts["type"] not in ("MANAGED", "EXTERNAL"):
        raise OutputRefused(f"`{table}` is there and is no table", "name another one")
    provider = str(facts.get("provider"))
    if provider.lower() != "parquet":
        raise OutputRefused(f"the table `{table}` is of `{provider}`, and members are Parquet", "name another table")
    if facts.get("num_buckets"):
        raise OutputRefused(f"the table `{table}` is kept in buckets, and members are not", "name another table")


def _refuse_other_columns(table: SparkTable, wanted: Sequence[Wanted], types: Mapping[str, str], is_log: bool) -> None:
    there = {label.casefold(): kind for label, kind in types.items()}
    missing = [f"`{item.name}` ({item.type})" for item in wanted if item.name.casefold() not in there]
    if missing:
        help = f"ALTER TABLE … ADD COLUMNS (…), {_ANOTHER}"
        raise OutputRefused(f"the table `{table}` has no column {', '.join(missing)}", help)
    if CHANGE in there and not is_log:
        help = "write with --mode delta, or name another table"
        raise OutputRefused(f"the table `{table}` has a column `change`: it is a log of changes", help)
    for item in wanted:
        stored = there[item.name.casefold()]
        if not item.fits(stored):
            message = f"the column `{item.name}` of the table `{table}` is {stored}, and {item.type} is written into it"
            raise OutputRefused(message, "name another table, which is made")


def _refuse_other_mode(table: SparkTable, facts: Mapping[str, Any], types: Mapping[str, str], mode: Mode) -> None:
    """Partitions tell of how many as-ofs a table is."""
    parts = [str(label) for label in facts.get("partition_columns", ())]
    if not parts and mode != "replace":
        message = f"the table `{table}` is not partitioned by `as_of`: it has room for one as-of"
        raise OutputRefused(message, f"write with --mode replace, {_ANOTHER}")
    if not parts:
        return
    if [label.casefold() for label in parts] != [AS_OF]:
        names = ", ".join(f"`{label}`" for label in parts)
        raise OutputRefused(f"the table `{table}` is partitioned by {names}", f"name one of `as_of` alone, {_ANOTHER}")
    if mode == "replace":
        message = f"the table `{table}` is partitioned by `as_of`: --mode replace would take all but one away"
        raise OutputRefused(message, "write with --mode append, or name another table")
    if facts.get("partition_provider") != "Catalog":
        message = f"the partitions of the table `{table}` are not in the catalog"
        raise OutputRefused(message, f"MSCK REPAIR TABLE {table}, {_ANOTHER}")
    (kind,) = (kind for label, kind in types.items() if label.casefold() == AS_OF)
    if kind == _INSTANT and facts.get("storage_properties", {}).get(statements.ZONE) != "UTC":
        message = f"the partitions of the table `{table}` are instants, and in which zone depends on who reads them"
        raise OutputRefused(message, f"make it with OPTIONS ({statements.ZONE} 'UTC'), {_ANOTHER}")


def _stored(
    engine: Cluster,
    table: SparkTable,
    target: SparkTarget,
    facts: Mapping[str, Any],
    types: Mapping[str, str],
    as_of: AsOf,
) -> Stored:
    run = facts.get("table_properties", {}).get(statements.RUN)
    location = str(facts["location"])
    if target.mode == "replace":
        return Stored(types, location, frozenset(), location, run)
    value = statements.partition_value(as_of)
    names = (str(name) for (name,) in engine.run(statements.partitions_query(table)))
    values = (unquote(name.partition("=")[2]) for name in names)
    partitions = frozenset(each for each in values if each[:1].isdigit())  # and not of rows without an as-of
    later = max(partitions) if target.mode == "delta" and partitions else value
    if later > value:
        message = f"the log `{table}` goes on to {later}, which is after {value}"
        raise OutputRefused(message, "changes are told in order: run a later day, or begin another log")
    place = partition_place(engine, table, value) if value in partitions else None
    return Stored(types, location, partitions, place, run)


def partition_place(engine: Cluster, table: SparkTable, value: str) -> str:
    """The folder of a partition."""
    ((described,),) = engine.run(statements.facts_query(table, value))
    return str(json.loads(described)["location"])


_OURS = r"segrules-{}-([\d.]+)-[0-9a-f]{{12}}"


def folder_name(table: SparkTable, value: str, run: str) -> str:
    """The name of the folder of a run's rows of an as-of."""
    return f"segrules-{table.name}-{label(value)}-{run}"


def label(value: str) -> str:
    """An as-of as it stands in names of folders."""
    return re.sub(r"[-: ]", "", value)


def label_of(folder: str, table: SparkTable) -> str | None:
    """The same of a folder's name; None where the folder is not of this table and of ours."""
    found = re.fullmatch(_OURS.format(table.name), folder)
    return found[1] if found else None


def _root(location: str) -> str:
    """The folder below which each run makes one: the table's own, or the one above if the table is of ours."""
    above, _, last = location.rstrip("/").rpartition("/")
    return above if re.fullmatch(_OURS.format(r"\w+"), last) else location.rstrip("/")
