"""A table of PostgreSQL that members are written into: its facts, its making, and what replaces or adds rows.

Rows arrive in a temporary table; from there each mode takes them in a fixed number of statements, however many segments
there are. https://www.postgresql.org/docs/current/sql-copy.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from segrules.planning.time import AsOf
from segrules.sql.delivery import (
    AS_OF,
    CHANGE,
    SEGMENT,
    Columns,
    among,
    change_counts,
    changes_query,
    moment,
    moment_type,
    moves,
)
from segrules.sql.literals import column, constant, data_type, name

ARRIVING = "segrules arriving members"
LONGEST_NAME = 63
"""In bytes; PostgreSQL cuts longer names."""

_FITTING = {
    "bigint": ("bigint", "integer", "smallint", "numeric"),
    "double precision": ("double precision",),
    "decimal": ("numeric",),
    "text": ("text", "character varying"),
    "date": ("date",),
    "timestamp": ("timestamp without time zone",),
    "timestamptz": ("timestamp with time zone",),
    "boolean": ("boolean",),
}
"""By the type that a column is made with, those that hold its values unchanged, or refuse them, if digits suffice."""


@dataclass(frozen=True, slots=True)
class Place:
    """A table of a server; schema: None where the server's search path finds it."""

    schema: str | None
    table: str

    def __str__(self) -> str:
        return self.table if self.schema is None else f"{self.schema}.{self.table}"

    @property
    def node(self) -> exp.Table:
        return exp.Table(this=name(self.table), db=None if self.schema is None else name(self.schema))


def facts_query(place: Place) -> str:
    """One row: the schema (NULL: none), whether tables may be made there, whether temporary ones may be; of the table
    its kind (NULL: not there) and whether it may be read, added to and deleted from.

    Without a schema it is that of the table, wherever on the search path, or the one where the table would be made.
    """
    its_own = exp.select("n.nspname").from_("pg_catalog.pg_namespace AS n")
    its_own = its_own.join("pg_catalog.pg_class AS c", on="c.relnamespace = n.oid")
    its_own = its_own.where(exp.EQ(this=exp.column("oid", "c"), expression=_oid(place)))
    first = exp.Anonymous(this="current_schema", expressions=[])
    schema: exp.Expr = exp.Coalesce(this=its_own.subquery(), expressions=[first])
    if place.schema is not None:
        found = exp.Anonymous(this="to_regnamespace", expressions=[constant(name(place.schema).sql("postgres"))])
        schema = exp.Case(
            ifs=[exp.If(this=exp.Not(this=exp.Is(this=found, expression=exp.null())), true=constant(place.schema))]
        )
    kind = exp.Select(expressions=[exp.cast(exp.column("relkind"), exp.DataType.Type.TEXT)])
    kind = kind.from_(exp.to_table("pg_catalog.pg_class")).where(exp.EQ(this=exp.column("oid"), expression=_oid(place)))
    database = exp.Anonymous(this="current_database", expressions=[])
    parts = [
        schema,
        _may("schema", schema.copy(), "CREATE"),
        _may("database", database, "TEMPORARY"),
        kind.subquery(),
        *(_may("table", _oid(place), right) for right in ("SELECT", "INSERT", "DELETE")),
    ]
    return _text(exp.Select(expressions=parts))


def server_query() -> str:
    """One row that tells one database of one server from all others: since when the server runs, and the name."""
    return _text(exp.select("CAST(pg_postmaster_start_time() AS TEXT)", "CAST(current_database() AS TEXT)"))


def relations_query(place: Place) -> str:
    """A row for each table and view that a table or view has rows of: itself, its partitions, what a view reads."""
    parts = exp.select("inhparent AS above", "inhrelid AS oid").from_("pg_catalog.pg_inherits")
    reads = exp.select("r.ev_class", "d.refobjid").from_("pg_catalog.pg_rewrite AS r")
    is_of_rule = "d.classid = to_regclass('pg_catalog.pg_rewrite') AND d.objid = r.oid"
    is_relation = "d.refclassid = to_regclass('pg_catalog.pg_class')"
    reads = reads.join("pg_catalog.pg_depend AS d", on=[is_of_rule, is_relation])
    below = exp.union(parts, reads, distinct=False, copy=False).subquery("below", copy=False)
    first = exp.Select(expressions=[exp.cast(_oid(place), exp.ObjectIdentifier(this="OID")).as_("oid")])
    more = exp.select("below.oid").from_("found").join(below, on="below.above = found.oid")
    query = exp.select("CAST(oid AS BIGINT)").from_("found").where("NOT oid IS NULL")
    return _text(query.with_("found", as_=exp.union(first, more, copy=False), recursive=True, copy=False))


def columns_query(place: Place) -> str:
    """Name and type of each column that the table has."""
    kind = exp.Anonymous(this="format_type", expressions=[exp.column("atttypid"), exp.column("atttypmod")])
    query = exp.Select(expressions=[exp.cast(exp.column("attname"), exp.DataType.Type.TEXT), kind])
    query = query.from_(exp.to_table("pg_catalog.pg_attribute")).where(
        exp.EQ(this=exp.column("attrelid"), expression=_oid(place)),
        exp.GT(this=exp.column("attnum"), expression=exp.Literal.number(0)),
        exp.Not(this=exp.column("attisdropped")),
    )
    return _text(query.order_by(exp.column("attnum")))


def primary_key_query(place: Place) -> str:
    """The names of the columns of the table's primary key; no row where it has none."""
    attributes, indexes = exp.to_table("pg_catalog.pg_attribute"), exp.to_table("pg_catalog.pg_index")
    in_key = exp.EQ(this=exp.column("attnum"), expression=exp.Any(this=exp.paren(exp.column("indkey"))))
    same = exp.EQ(this=exp.column("attrelid"), expression=exp.column("indrelid"))
    query = exp.Select(expressions=[exp.cast(exp.column("attname"), exp.DataType.Type.TEXT)])
    query = query.from_(attributes).join(indexes, on=exp.and_(same, in_key))
    return _text(query.where(exp.column("indisprimary"), exp.EQ(this=exp.column("indrelid"), expression=_oid(place))))


def wanted(columns: Columns, as_of: AsOf, *, is_log: bool) -> list[tuple[str, str]]:
    """Name of each column that the table is to have, and the type it is made with."""
    own = [(label, data_type(kind).sql("postgres").lower()) for label, kind in columns.own]
    texts = [(label, "text") for label in (SEGMENT, *((CHANGE,) if is_log else ()))]
    return [*own, *texts, (AS_OF, moment_type(as_of).sql("postgres").lower())]


def fits(stored: str, made: str) -> bool:
    """Whether a stored type takes values of the type that we would make: `numeric(18,4)` those of `decimal(10, 2)`."""
    if made.endswith("[]"):
        return stored.endswith("[]") and fits(stored[:-2], made[:-2])
    (base, there), (ours, here) = _digits(stored), _digits(made)
    if base not in _FITTING[ours]:
        return False
    if base == "numeric" and there:
        return (*there, 0)[1] >= (*here, 0, 0)[1]
    return not base.startswith("timestamp") or there in ((), (6,))


def _digits(type: str) -> tuple[str, tuple[int, ...]]:
    """`timestamp without time zone` and 3 of `timestamp(3) without time zone`."""
    base, _, rest = type.partition("(")
    digits, _, tail = rest.partition(")")
    return base + tail, tuple(int(text) for text in digits.split(",") if text)


def create_statement(place: Place, columns: Columns, as_of: AsOf, *, is_log: bool, is_dated: bool) -> str:
    """The statement that makes the table. A segment has each key once; at one as-of, where the table `is_dated`."""
    own = [exp.ColumnDef(this=name(label), kind=data_type(kind)) for label, kind in columns.own]
    added = [
        exp.ColumnDef(this=name(label), kind=exp.DataType(this=exp.DataType.Type.TEXT))
        for label in (SEGMENT, *((CHANGE,) if is_log else ()))
    ]
    added.append(exp.ColumnDef(this=name(AS_OF), kind=moment_type(as_of)))
    for definition in (own[0], *added):
        definition.set("constraints", [exp.ColumnConstraint(kind=exp.NotNullColumnConstraint())])
    unique = (SEGMENT, columns.key[0], *((AS_OF,) if is_dated else ()))
    key = exp.PrimaryKey(expressions=[name(label) for label in unique])
    return _text(exp.Create(this=exp.Schema(this=place.node, expressions=[*own, *added, key]), kind="TABLE"))


def arriving_statements(columns: Columns) -> tuple[str, str]:
    """The statement that makes the temporary table that members arrive in, and the COPY that fills it from CSV."""
    parts = [(label, data_type(kind)) for label, kind in columns.own]
    parts.append((SEGMENT, exp.DataType(this=exp.DataType.Type.TEXT)))
    table = exp.Table(this=name(ARRIVING))
    made = exp.Create(
        this=exp.Schema(this=table, expressions=[exp.ColumnDef(this=name(label), kind=kind) for label, kind in parts]),
        kind="TABLE",
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
    )
    copied = exp.Copy(
        this=exp.Schema(this=table.copy(), expressions=[name(label) for label, _ in parts]),
        kind=True,
        files=[exp.var("STDIN")],
        params=[exp.CopyParameter(this=exp.var("FORMAT"), expression=exp.var("csv"))],
    )
    return _text(made), _text(copied)


def analyze_statement() -> str:
    """The statement by which the server learns how many members arrived."""
    return _text(exp.Analyze(tables=[exp.Table(this=name(ARRIVING))]))


def drop_statement() -> str:
    return _text(exp.Drop(tables=[exp.Table(this=name(ARRIVING))], kind="TABLE"))


def lock_query(number: int) -> str:
    """Whether this transaction has the lock of a number now; nobody waits for it."""
    lock = exp.Anonymous(this="pg_try_advisory_xact_lock", expressions=[constant(number)])
    return _text(exp.Select(expressions=[lock]))


def newest_query(place: Place, as_of: AsOf) -> str:
    """One row: the latest as-of in the table, as text, and whether it is after this one; NULL of an empty table."""
    newest = exp.Max(this=column(AS_OF))
    later = exp.GT(this=newest.copy(), expression=moment(as_of))
    query = exp.Select(expressions=[exp.cast(newest, exp.DataType.Type.TEXT), later])
    return _text(query.from_(place.node))


def several_query(place: Place) -> str:
    """A row where some segment has members of several as-ofs."""
    first, last = exp.Min(this=column(AS_OF)), exp.Max(this=column(AS_OF))
    query = exp.Select(expressions=[column(SEGMENT)]).from_(place.node).group_by(column(SEGMENT))
    return _text(query.having(exp.NEQ(this=first, expression=last)).limit(1))


def moves_query(place: Place, columns: Columns, segments: Sequence[str] | None) -> str:
    """One row: how many members arrived that the table has not, and how many it has that did not arrive."""
    told = (columns.key[0], SEGMENT)
    now, stood = (exp.Select(expressions=[*map(column, told)]).from_(table) for table in (_arriving(), place.node))
    return _text(moves(columns, now, stood.where(*among(segments), copy=False)))


def delete_statement(place: Place, segments: Sequence[str] | None, as_of: AsOf | None) -> str:
    """The statement that takes rows away: of these segments or all, of this as-of or of every one."""
    tests = [*among(segments), *([exp.EQ(this=column(AS_OF), expression=moment(as_of))] if as_of else [])]
    return _text(exp.Delete(this=place.node, where=exp.Where(this=exp.and_(*tests)) if tests else None))


def insert_statement(place: Place, columns: Columns, as_of: AsOf) -> str:
    """The statement that adds all that arrived."""
    rows = exp.Select(expressions=[*map(column, columns.names), moment(as_of)]).from_(_arriving())
    return _inserted(place, (*columns.names, AS_OF), rows)


def insert_changes_statement(place: Place, columns: Columns, segments: Sequence[str] | None, as_of: AsOf) -> str:
    """The statement that adds to a log who entered and left since what it says."""
    now = exp.Select(expressions=[*map(column, columns.names)]).from_(_arriving())
    log = exp.Select(expressions=[exp.Star()]).from_(place.node)
    changes = changes_query(columns, now, log, segments)
    parts = [*map(column, (*columns.names, CHANGE)), moment(as_of)]
    rows = exp.Select(expressions=parts).from_(changes.subquery(name("changes"), copy=False))
    by_code = exp.Collate(this=column(SEGMENT), expression=exp.to_identifier("C", quoted=True))
    return _inserted(place, (*columns.names, CHANGE, AS_OF), rows.order_by(by_code, column(columns.key[0])))


def change_counts_query(place: Place, segments: Sequence[str] | None, as_of: AsOf) -> str:
    """One row: how many entered and left at an as-of."""
    query = exp.Select(expressions=change_counts()).from_(place.node)
    return _text(query.where(*among(segments), exp.EQ(this=column(AS_OF), expression=moment(as_of))))


def _inserted(place: Place, labels: Sequence[str], rows: exp.Query) -> str:
    into = exp.Schema(this=place.node, expressions=[name(label) for label in labels])
    return _text(exp.Insert(this=into, expression=rows))


def _arriving() -> exp.Table:
    return exp.Table(this=name(ARRIVING))


def _oid(place: Place) -> exp.Expr:
    return exp.Anonymous(this="to_regclass", expressions=[constant(place.node.sql("postgres"))])


def _may(what: str, which: exp.Expr, right: str) -> exp.Expr:
    return exp.Anonymous(this=f"has_{what}_privilege", expressions=[which, constant(right)])


def _text(statement: exp.Expr) -> str:
    return statement.sql("postgres", copy=False)
