"""Where a source's rows are -> the query that gives its columns in their declared types.

Every rule meets the same values whatever the file: integers are BIGINT (HUGEINT where the file is wider), numbers
DOUBLE without NaN and infinity, timestamps UTC. A stored value that is not of its type comes out as NULL here and
is counted by `misfit`, which `checks` asks for before any rule runs. What names no dialect is DuckDB's.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal as OneOf
from unicodedata import normalize

from sqlglot import exp

from segrules.language.types import Kind, Type
from segrules.planning.nodes import Scan
from segrules.project.model import Column, Format
from segrules.sql.dialect import Dialect
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.literals import column, data_type, name, operand
from segrules.sql.stored_values import Stored, fit, is_not_finite, is_zoned, natural_type, stored_type, typed
from segrules.sql.written_values import NOT_A_NUMBER, parsed

PLAIN = Format()


@dataclass(frozen=True)
class Table:
    """Where a source's rows are, as FROM sees it.

    physical: name and engine's type of each stored column, in the file's order; of CSV and JSON the types say
    nothing. kind `table`: a table `name` (in `schema`, of `catalog`) of the engine; without `physical` its columns are
    already as a scan gives them, timestamps in UTC. kind `frame`: an Arrow table that the engine knows as `name`.
    groups: of CSV files whose headers have other orders, each header with the paths that have it.
    """

    kind: OneOf["csv", "json", "parquet", "table", "frame"]
    paths: tuple[str, ...] = ()
    name: str | None = None
    format: Format = PLAIN
    physical: tuple[tuple[str, str], ...] = ()
    schema: str | None = None
    catalog: str | None = None
    groups: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of stored columns in a query: their own, or c1, c2, … where a CSV header or frame has them twice or empty."""
        names = tuple(stored for stored, _ in self.physical)
        clash = len({stored.casefold() for stored in names}) < len(names) or "" in names
        if not clash or self.kind not in ("csv", "frame"):
            return names
        return tuple(f"c{number}" for number in range(1, len(names) + 1))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """From names of stored columns, as Unicode composes them, to where the first of each stands."""
        places: dict[str, int] = {}
        for place, (stored, _) in enumerate(self.physical):
            places.setdefault(normalize("NFC", stored), place)
        return places


def scan(table: Table, columns: Sequence[Column], zone: str, dialect: Dialect = DUCKDB) -> exp.Select:
    """SELECT each column, under its own name and in its declared type, FROM the table."""
    return exp.Select(expressions=[_output(table, item, zone, dialect) for item in columns]).from_(rows(table))


def typed_scans(tables: Mapping[str, Table], zone: str, dialect: Dialect = DUCKDB) -> Callable[[Scan], exp.Select]:
    """From a plan's scan to the query that gives the typed columns of its table."""
    return lambda node: scan(tables[node.table], node.columns, zone, dialect)


def value(table: Table, item: Column, zone: str, dialect: Dialect = DUCKDB) -> exp.Expr:
    """One column of the table in its declared type; a text is from here on compared by code point."""
    if table.kind == "table" and not table.physical:
        return column(item.name)
    place = position(table, item.name)
    if place is None:
        raise KeyError(item.name)
    stored = column(table.names[place])
    if table.kind == "csv":
        return parsed(stored, item.type, table.format, zone)
    if table.kind == "json":
        return _from_json(stored, item.type, zone)
    kept = typed(stored, _stored_as(table, place, dialect), item.type, zone, dialect)
    if dialect.text_order is None or Kind.TEXT not in (item.type.kind, item.type.element and item.type.element.kind):
        return kept
    return exp.Collate(this=operand(kept), expression=name(dialect.text_order))


def misfit(table: Table, item: Column, zone: str, dialect: Dialect = DUCKDB) -> tuple[exp.Expr, exp.Expr] | None:
    """The test that a stored value is not of the declared type, and the stored value; None where all values fit."""
    place = position(table, item.name)
    if place is None:
        return None
    stored = column(table.names[place])
    if table.kind in ("csv", "json"):
        if item.type.kind is Kind.TEXT:
            return None
        text = stored if table.kind == "csv" else _json_text(stored)
        known = exp.Not(this=exp.Is(this=text.copy(), expression=exp.null()))
        tests: list[exp.Expr] = [known, exp.Is(this=value(table, item, zone), expression=exp.null())]
        if item.type.kind in (Kind.NUMBER, Kind.DECIMAL):
            word = exp.Lower(this=exp.Anonymous(this="trim", expressions=[text.copy()]))
            marks = [exp.Literal.string(mark) for mark in NOT_A_NUMBER]
            tests.append(exp.Not(this=exp.In(this=word, expressions=marks)))
        return exp.and_(*tests), text
    kind = _stored_as(table, place, dialect)
    known = exp.Not(this=exp.Is(this=stored.copy(), expression=exp.null()))
    is_never = dialect.storage.never.get(kind.base)
    if fit(kind, item.type) != "checked":
        return (exp.and_(known, is_never(stored)), exp.cast(stored, "text")) if is_never is not None else None
    tests = [known, exp.Is(this=value(table, item, zone, dialect), expression=exp.null())]
    if is_never is not None and item.type.kind is Kind.LIST:
        tests[1] = exp.or_(tests[1], is_never(stored))
    if kind.base in ("FLOAT", "DOUBLE"):
        tests.append(exp.Not(this=is_not_finite(stored.copy())))
    return exp.and_(*tests), exp.cast(stored, "text") if kind.element is not None else stored


def _stored_as(table: Table, place: int, dialect: Dialect) -> Stored:
    return stored_type(table.physical[place][1], dialect.storage.types)


def position(table: Table, wanted: str) -> int | None:
    """Where the stored column of that name stands; names that differ only in how Unicode writes them are one."""
    return table.places.get(normalize("NFC", wanted))


def accepts(table: Table, stored: str, declared: Type, dialect: Dialect = DUCKDB) -> bool:
    """Whether stored values of that engine's type can be of the declared type."""
    return table.kind in ("csv", "json") or fit(stored_type(stored, dialect.storage.types), declared) is not None


def rows(table: Table) -> exp.Expr:
    """The FROM item that gives the table's stored rows."""
    match table.kind:
        case "table" | "frame":
            schema, catalog = (None if part is None else name(part) for part in (table.schema, table.catalog))
            return exp.Table(this=name(table.name or ""), db=schema, catalog=catalog)
        case "parquet":
            union = {"union_by_name": exp.true()} if len(table.paths) > 1 else {}
            return reader("read_parquet", table.paths, {"hive_partitioning": exp.false(), **union})
        case "json":
            return _json_rows(table)
        case "csv":
            return _csv_rows(table)


def as_declared(called: str, columns: Sequence[Column], source: Table, dialect: Dialect) -> Table:
    """A table of another engine with a source's values in columns of their declared types.

    Timestamps are instants where the source has instants, else on the project's clock.
    """
    return Table(
        "table", name=called, physical=tuple((item.name, _declared(item, source, dialect)) for item in columns)
    )


def _declared(item: Column, source: Table, dialect: Dialect) -> str:
    kind = data_type(item.type)
    if item.type.kind is Kind.TIMESTAMP:
        place = position(source, item.name)
        is_instant = place is not None and is_zoned(stored_type(source.physical[place][1]))
        kind = exp.DataType(this=exp.DType.TIMESTAMPTZ if is_instant else exp.DType.TIMESTAMPNTZ)
    return kind.sql(dialect.name.partition(",")[0])


def everything(table: Table) -> exp.Select:
    """All stored columns as they are: to be described."""
    return exp.Select(expressions=[exp.Star()]).from_(rows(table))


def rows_and_hash(table: Table, columns: Sequence[Column], dialect: Dialect = DUCKDB) -> exp.Select:
    """One row: how many rows are stored, and a sum of their hashes over these columns, whatever order they stand in."""
    places = {position(table, item.name) for item in columns}
    stored = [column(table.names[place]) for place in sorted(place for place in places if place is not None)]
    hashed = exp.Sum(this=dialect.storage.hashed(stored))
    return exp.Select(expressions=[exp.Count(this=exp.Star()), hashed]).from_(rows(table))


def natural(stored: str, dialect: Dialect = DUCKDB) -> Type | None:
    """The declared type that suits an engine's type; None for what rules cannot use."""
    return natural_type(stored_type(stored, dialect.storage.types))


def stored_text(table: Table, place: int) -> tuple[exp.Expr, exp.Expr]:
    """Of a CSV or JSON column, its text and the value as it is read."""
    stored = column(table.names[place])
    return (_json_text(stored) if table.kind == "json" else stored), stored


def json_names(paths: Sequence[str]) -> exp.Select:
    """A query whose description tells the keys of JSON objects: all of them, not of the first lines only."""
    options: dict[str, exp.Expr] = {
        "maximum_depth": exp.Literal.number(1),
        "sample_size": exp.Neg(this=exp.Literal.number(1)),
        "map_inference_threshold": exp.Neg(this=exp.Literal.number(1)),
        "field_appearance_threshold": exp.Literal.number(0),
    }
    return exp.Select(expressions=[exp.Star()]).from_(reader("read_json", paths, options))


def _output(table: Table, item: Column, zone: str, dialect: Dialect) -> exp.Expr:
    """A bare column where nothing is computed, so that a reader can test it in place."""
    computed = value(table, item, zone, dialect)
    if isinstance(computed, exp.Column) and computed.name == item.name:
        return computed
    return computed.as_(item.name, quoted=True)


def _csv_rows(table: Table) -> exp.Expr:
    names = table.names
    if not table.groups:
        return _csv_reader(table, table.paths, names)
    called = dict(zip((stored for stored, _ in table.physical), names, strict=True))
    parts = [
        exp.Select(expressions=[column(item) for item in names]).from_(
            _csv_reader(table, paths, tuple(called[item] for item in header))
        )
        for header, paths in table.groups
    ]
    union: exp.Query = parts[0]
    for part in parts[1:]:
        union = exp.Union(this=union, expression=part, distinct=False)
    return union.subquery(name("files"), copy=False)


def _csv_reader(table: Table, paths: Sequence[str], names: Sequence[str]) -> exp.Expr:
    missing = dict.fromkeys(("", *table.format.missing))
    return reader(
        "read_csv",
        paths,
        {
            "auto_detect": exp.false(),
            "header": exp.true(),
            "delim": exp.Literal.string(table.format.delimiter),
            "quote": exp.Literal.string('"'),
            "escape": exp.Literal.string('"'),
            "nullstr": exp.Array(expressions=[exp.Literal.string(mark) for mark in missing]),
            "strict_mode": exp.true(),
            "hive_partitioning": exp.false(),
            "columns": text_struct(dict.fromkeys(names, "VARCHAR")),
        },
    )


def _json_rows(table: Table) -> exp.Expr:
    columns = text_struct({stored: "JSON" for stored, _ in table.physical})
    return reader("read_json", table.paths, {"format": exp.Literal.string("auto"), "columns": columns})


def _json_text(stored: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="json_extract_string", expressions=[stored.copy(), exp.Literal.string("$")])


def _from_json(stored: exp.Expr, declared: Type, zone: str) -> exp.Expr:
    return parsed(stored if declared.kind is Kind.LIST else _json_text(stored), declared, PLAIN, zone)


def reader(function: str, paths: Sequence[str], options: dict[str, exp.Expr]) -> exp.Expr:
    """DuckDB's function that reads files, with its options by name."""
    files = exp.Array(expressions=[exp.Literal.string(glob.escape(path)) for path in paths])
    named = [exp.Kwarg(this=exp.var(option), expression=given) for option, given in options.items()]
    return exp.Table(this=exp.Anonymous(this=function, expressions=[files, *named]))


def text_struct(fields: dict[str, str]) -> exp.Expr:
    """``{'id': 'BIGINT'}``: columns and their types, as readers take them."""
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.Literal.string(field), expression=exp.Literal.string(kind))
            for field, kind in fields.items()
        ]
    )
