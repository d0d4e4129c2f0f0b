"""What members are told with outside: a row for each membership and as-of, or for each change since the one before.

Rows have the key, carried columns and `segment`; in a log of changes `change` (`entered`, `left`); and `as_of`. What
enters and leaves is told by the log itself: the last change of a key and segment says whether it is in. `changes_query`
runs on every engine, the rest of this file is DuckDB's side of it; `delivery_tables` has PostgreSQL's.
"""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlglot import exp

from segrules.language.types import INTEGER, TEXT, Kind, Type
from segrules.planning.time import AsOf
from segrules.sql.literals import column, constant, data_type, name
from segrules.sql.stored_values import natural_type, stored_type
from segrules.sql.writes import Query

SEGMENT, CHANGE, AS_OF = "segment", "change", "as_of"
ENTERED, LEFT = "entered", "left"
_NUL = exp.Anonymous(this="chr", expressions=[exp.Literal.number(0)])


@dataclass(frozen=True, slots=True)
class Columns:
    """Name and type of an entity's key, and of the columns carried beside it."""

    key: tuple[str, Type]
    carried: tuple[tuple[str, Type], ...]

    @property
    def own(self) -> tuple[tuple[str, Type], ...]:
        return (self.key, *self.carried)

    @property
    def names(self) -> tuple[str, ...]:
        """Those of a membership, which rows arrive with."""
        return (*(label for label, _ in self.own), SEGMENT)


def moment(as_of: AsOf) -> exp.Expr:
    """The as-of as rows have it: a day as a date, an instant as a timestamp with time zone."""
    if not isinstance(as_of.given, datetime):
        return constant(as_of.given)
    text = as_of.now.replace(tzinfo=UTC).isoformat(sep=" ")
    return exp.cast(exp.Literal.string(text), moment_type(as_of))


def moment_type(as_of: AsOf) -> exp.DataType:
    kind = exp.DataType.Type.TIMESTAMPTZ if isinstance(as_of.given, datetime) else exp.DataType.Type.DATE
    return exp.DataType(this=kind)


def dated(query: Query, as_of: AsOf) -> Query:
    """The rows of a query with the as-of behind their columns."""
    rows = exp.Select(expressions=[exp.Star(), moment(as_of).as_(AS_OF, quoted=True, copy=False)])
    return rows.from_(query.subquery(name("members"), copy=False), copy=False)


def among(segments: Sequence[str] | None) -> list[exp.Expr]:
    """The test of which segments' rows are meant; none where all are."""
    if segments is None:
        return []
    return [exp.In(this=column(SEGMENT), expressions=[constant(label) for label in segments])]


def changes_query(columns: Columns, now: exp.Query, log: exp.Query, segments: Sequence[str] | None) -> exp.Select:
    """Who is in `now` and was not in by the log, and who was and is not: key, carried columns, `segment`, `change`.

    now: rows of a membership. log: rows with `change` and `as_of`, all before. Who left has the carried columns of
    their entry.
    """
    key = columns.key[0]
    told = [column(SEGMENT), column(key)]
    last = exp.Select(
        expressions=[*map(column, columns.names), column(CHANGE)],
        distinct=exp.Distinct(on=exp.Tuple(expressions=told)),
    ).from_(log.subquery(name("log"), copy=False), copy=False)
    latest_first = exp.Ordered(this=column(AS_OF), desc=True, nulls_first=False)
    last = last.where(*among(segments), copy=False).order_by(*(part.copy() for part in told), latest_first)
    was_in = exp.Select(expressions=[exp.Star()]).from_(last.subquery(name("last"), copy=False), copy=False)
    was_in = was_in.where(exp.EQ(this=column(CHANGE), expression=constant(ENTERED)), copy=False)
    is_new, is_gone = (exp.Is(this=column(key, side), expression=exp.null()) for side in ("b", "n"))
    parts = [
        exp.Case(ifs=[exp.If(this=is_gone.copy(), true=column(label, "b"))], default=column(label, "n")).as_(
            label, quoted=True
        )
        for label in columns.names
    ]
    change = exp.Case(ifs=[exp.If(this=is_new.copy(), true=constant(ENTERED))], default=constant(LEFT))
    query = exp.Select(expressions=[*parts, change.as_(CHANGE, quoted=True)])
    query = query.from_(now.subquery(name("n"), copy=False), copy=False)
    same = exp.and_(*(exp.EQ(this=column(label, "n"), expression=column(label, "b")) for label in (key, SEGMENT)))
    query = query.join(was_in.subquery(name("b"), copy=False), on=same, join_type="full", copy=False)
    return query.where(exp.or_(is_new, is_gone), copy=False)


def moves(columns: Columns, now: exp.Query, stood: exp.Query) -> exp.Select:
    """One row: how many members are in `now` and not in `stood`, and the other way. Both have key and `segment`."""
    told = (columns.key[0], SEGMENT)
    counts = [
        exp.Filter(
            this=exp.Count(this=exp.Star()),
            expression=exp.Where(this=exp.Is(this=column(told[0], side), expression=exp.null())),
        )
        for side in ("b", "n")
    ]
    same = exp.and_(*(exp.EQ(this=column(label, "n"), expression=column(label, "b")) for label in told))
    query = exp.Select(expressions=counts).from_(now.subquery(name("n"), copy=False), copy=False)
    return query.join(stood.subquery(name("b"), copy=False), on=same, join_type="full", copy=False)


def csv_statement(query: Query, columns: Columns, path: str) -> str:
    """The statement that writes memberships as PostgreSQL reads them with COPY: CSV in which NULL is not empty text.

    Rows stand by segment and key, as the index of a table that we made: so it grows at its end and not all over.
    """
    parts = [_list_text(label) if kind.kind is Kind.LIST else column(label) for label, kind in columns.own]
    rows = exp.Select(expressions=[*parts, column(SEGMENT)]).from_(query.subquery(name("members"), copy=False))
    rows = rows.order_by(column(SEGMENT), column(columns.key[0]))
    quoted = [name(label) for label, kind in columns.own if kind.kind is Kind.TEXT]
    options: dict[str, exp.Expr] = {
        "FORMAT": exp.var("csv"),
        "HEADER": exp.var("false"),
        "FORCE_QUOTE": exp.Tuple(expressions=[*quoted, name(SEGMENT)]),  # so that `\.` on a line ends nothing
        "USE_TMP_FILE": exp.var("false"),
    }
    copied = exp.Copy(
        this=rows.subquery(copy=False),
        kind=False,
        files=[exp.Literal.string(path)],
        params=[exp.CopyParameter(this=exp.var(key), expression=choice) for key, choice in options.items()],
    )
    return copied.sql("duckdb", copy=False)


def nul_query(query: Query, columns: Columns) -> str | None:
    """The first key, as text, with a NUL character in a text, and the column that has it; None without texts."""
    texts = [label for label, kind in columns.own if kind.kind is Kind.TEXT]
    if not texts:
        return None
    tests = [exp.GT(this=_place_of_nul(label), expression=exp.Literal.number(0)) for label in texts]
    where = exp.Case(
        ifs=[exp.If(this=test.copy(), true=constant(label)) for label, test in zip(texts, tests, strict=True)]
    )
    key = exp.cast(column(columns.key[0]), exp.DataType.Type.TEXT)
    rows = exp.Select(expressions=[key, where]).from_(query.subquery(name("members"), copy=False))
    return rows.where(exp.or_(*tests)).order_by(exp.Literal.number(1)).limit(1).sql("duckdb")


def _place_of_nul(label: str) -> exp.Expr:
    return exp.Anonymous(this="strpos", expressions=[column(label), _NUL.copy()])


def _list_text(label: str) -> exp.Expr:
    """A list as PostgreSQL writes an array: each element quoted; https://www.postgresql.org/docs/current/arrays.html"""
    item = name("item")
    text: exp.Expr = exp.cast(exp.Column(this=item), exp.DataType.Type.TEXT)
    for letter in ("\\", '"'):
        text = exp.Anonymous(this="replace", expressions=[text, constant(letter), constant("\\" + letter)])
    shown = exp.Anonymous(this="concat", expressions=[constant('"'), text, constant('"')])
    is_missing = exp.Is(this=exp.Column(this=item.copy()), expression=exp.null())
    known = exp.Case(ifs=[exp.If(this=is_missing, true=constant("NULL"))], default=shown)
    each = exp.Lambda(this=known, expressions=[item.copy()])
    items = exp.Anonymous(this="list_transform", expressions=[column(label), each])
    joined = exp.Anonymous(this="array_to_string", expressions=[items, constant(",")])
    parts = exp.DPipe(this=exp.DPipe(this=constant("{"), expression=joined), expression=constant("}"))
    return parts.as_(label, quoted=True)


def stored_files(paths: Sequence[str], format: str) -> exp.Select:
    """All rows of files of members; of folders that are named `as_of=…` with that column."""
    places = [exp.Literal.string(glob.escape(path)) for path in paths]
    options = ("union_by_name", "hive_partitioning")
    given = [exp.Kwarg(this=exp.var(option), expression=exp.true()) for option in options]
    read = exp.Anonymous(this=f"read_{format}", expressions=[exp.Array(expressions=places), *given])
    return exp.Select(expressions=[exp.Star()]).from_(exp.Table(this=read))


def count_query(paths: Sequence[str]) -> str:
    """One row: how many rows Parquet files have."""
    files = stored_files(paths, "parquet").subquery(name("members"))
    return exp.Select(expressions=[exp.Count(this=exp.Star())]).from_(files).sql("duckdb")


def segments_query(path: str, format: str) -> str:
    """The segments that a file of members has rows of."""
    segment = exp.cast(column(SEGMENT), exp.DataType.Type.TEXT)
    query = exp.Select(expressions=[segment]).distinct().from_(stored_files([path], format).subquery(name("members")))
    return query.order_by(exp.Literal.number(1)).sql("duckdb")


def file_change_counts_query(path: str) -> str:
    """One row: how many entered and left by a file of changes."""
    return (
        exp.Select(expressions=change_counts())
        .from_(stored_files([path], "parquet").subquery(name("log")))
        .sql("duckdb")
    )


def change_counts() -> list[exp.Expr]:
    """How many rows of changes tell that somebody entered, and how many that somebody left."""
    return [
        exp.Filter(
            this=exp.Count(this=exp.Star()),
            expression=exp.Where(this=exp.EQ(this=column(CHANGE), expression=constant(change))),
        )
        for change in (ENTERED, LEFT)
    ]


def log_query(columns: Columns, paths: Sequence[str], present: Mapping[str, str]) -> exp.Select:
    """The rows of a log's files for `changes_query`. present: the columns that some file has, with their types; others
    are NULL. Integers stay as wide as they are.
    """
    parts = [*columns.own, *((label, TEXT) for label in (SEGMENT, CHANGE, AS_OF))]
    shown = [_of_log(label, kind, present.get(label)).as_(label, quoted=True) for label, kind in parts]
    query = exp.Select(expressions=shown)
    return query.from_(stored_files(paths, "parquet").subquery(name("log"), copy=False)) if paths else query.limit(0)


def _of_log(label: str, kind: Type, stored: str | None) -> exp.Expr:
    if stored is None:
        return exp.cast(exp.null(), data_type(kind))
    is_whole = kind == INTEGER and natural_type(stored_type(stored)) == INTEGER
    return column(label) if is_whole else exp.cast(column(label), data_type(kind))
