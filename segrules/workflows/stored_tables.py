"""A source that is a table of an engine, with its stored columns, or what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.engines.engine import Cluster, Engine, EngineError, TablePlace, named_table
from segrules.project.addresses import scheme_of
from segrules.project.model import Source
from segrules.sql import DIALECTS, catalogs, scans
from segrules.sql.dialects.spark import only_path
from segrules.sql.scans import Table


def stored_table(engine: Engine, source: Source) -> Table | Diagnostic:
    """The table that a source names. Raises EngineError where that is not about this table."""
    place = engine.locate(source.table or "")
    if place is None:
        message = f"`{source.table}` is a table, and no database is named that has it"
        help = "`--engine duckdb://data/shop.duckdb` names one; or name a file as the source"
        return Diagnostic("not-supported-yet", message, source.span, help)
    longest = DIALECTS[engine.dialect].longest_name
    for part in (place.schema, place.name):
        if part is not None and longest is not None and len(part.encode()) > longest:
            kept = part.encode()[:longest].decode(errors="ignore")
            help = f"a name has {longest} bytes at most there: of this one, `{kept}` was kept"
            return Diagnostic("data-missing", f"the database has no `{part}`", source.span, help)
    table = Table("table", name=place.name, schema=place.schema, catalog=place.catalog)
    try:
        return replace(table, physical=tuple(engine.describe(scans.everything(table).sql(engine.dialect))))
    except EngineError as error:
        if error.kind == "missing":
            return _missing(engine, source, place, error)
        if error.kind in ("permission", "data"):
            return _unreadable(source, error)
        raise


def table_of_files(engine: Engine, source: Source, schema: str, root: Path) -> Table:
    """The files of a source's path or pattern, where an engine takes a path for a table of that schema."""
    path = source.path or ""
    place = path if scheme_of(path) is not None else str((root / path).absolute())
    if scheme_of(path) is None and (root / path).is_file():
        place = only_path(place)
    table = Table("table", name=place, schema=schema)
    return replace(table, physical=tuple(engine.describe(scans.everything(table).sql(engine.dialect))))


def _missing(engine: Engine, source: Source, place: TablePlace, error: EngineError) -> Diagnostic:
    """That there is no such table or schema, and which was meant; or that a view looks at what is not there."""
    try:
        rows = engine.run(catalogs.tables(place.catalog, engine.dialect))
    except EngineError:  # it has no such list, or shows it to others only
        rows = []
    there = [(str(schema), str(name)) for schema, name in rows]
    wanted = place.name.casefold()
    if any(name.casefold() == wanted and place.schema in (schema, None) for schema, name in there):
        return _unreadable(source, error)
    schemas = {schema for schema, _ in there}
    named, name = named_table(source.table or "")
    help: str | None
    if named and there and named not in schemas:
        message = f"the database has no schema `{named}`, where `{name}` should be"
        help = did_you_mean(named, schemas) or f"it has {', '.join(f'`{schema}`' for schema in sorted(schemas)[:5])}"
        return Diagnostic("data-missing", message, source.span, help)
    full = [f"{schema}.{table}" for schema, table in there]
    short = [table for schema, table in there if schema == place.schema]
    help = did_you_mean(source.table or "", full if named else [*short, *full])
    if place.catalog is None and isinstance(engine, Cluster) and not engine.keeps_tables:
        help = (
            "the catalog of this Spark session is in memory and has no tables: set"
            " spark.sql.catalogImplementation to hive in the spark-defaults.conf of SPARK_CONF_DIR"
        )
    return Diagnostic("data-missing", f"the database has no table `{source.table}`", source.span, help)


def _unreadable(source: Source, error: EngineError) -> Diagnostic:
    return Diagnostic("data-unreadable", f"`{source.table}` cannot be read: {error.message}", source.span)
