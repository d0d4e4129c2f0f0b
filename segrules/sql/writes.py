"""The layouts of members, and the statement that writes one to a file.

Statements are DuckDB's. Tables have the plan's names of columns; files get the names that rules use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from segrules.language.core import Literal, Reference
from segrules.language.types import TEXT
from segrules.planning.cut import narrower
from segrules.planning.nodes import Output, Plan
from segrules.sql.dialect import Dialect
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.literals import column, literal, name
from segrules.sql.queries import ScanQuery, carried_columns, named, of_plan

Query = exp.Query
"""A query as a tree, which `copy_statement` takes."""


def long_query(plan: Plan, scan: ScanQuery, zone: str) -> Query:
    """One row per membership: key, carried columns, segment. The plan is the rest of one that was cut."""
    narrowed = narrower(plan)
    parts = [_members(narrowed([output]), scan, zone, label=output.wanted.name) for output in segments(plan)]
    return (
        parts[0]
        if len(parts) == 1
        else exp.union(*(part.subquery(copy=False) for part in parts), distinct=False, copy=False)
    )


def files_queries(plan: Plan, scan: ScanQuery, zone: str) -> Iterator[tuple[str, Query]]:
    """Each segment's name, and the key and carried columns of its members. The plan is the rest of one that was cut."""
    narrowed = narrower(plan)
    for output in segments(plan):
        yield output.wanted.name, _members(narrowed([output]), scan, zone)


def wide_query(plan: Plan, scan: ScanQuery, zone: str, dialect: Dialect = DUCKDB) -> exp.Select:
    """One row per entity row: key, carried columns, a boolean per segment, a text per segmentation (no stages)."""
    columns = [named(column(output.column), output.wanted.name) for output in _shown_wide(plan)]
    return of_plan(plan, [*_keyed(plan, zone, dialect), *columns], dialect, scan)


def exploded_query(plan: Plan, scan: ScanQuery, zone: str, dialect: Dialect) -> exp.Select:
    """The rows of `long_query` in one pass: of each row, an array of its segments, and a row for each of these.

    In the words of Spark: https://spark.apache.org/docs/latest/sql-ref-syntax-qry-select-lateral-view.html
    """
    named_ones = [
        exp.Case(ifs=[exp.If(this=column(output.column), true=literal(Literal(output.wanted.name, TEXT)))])
        for output in segments(plan)
    ]
    own = exp.Anonymous(this="array_compact", expressions=[exp.Array(expressions=named_ones)])
    each = exp.Anonymous(this="explode", expressions=[own]).as_("segment", quoted=True)
    return of_plan(plan, [*_keyed(plan, zone, dialect), each], dialect, scan)


def in_order(query: Query, columns: Sequence[str]) -> Query:
    """The rows of a query by these columns of it, texts by code point."""
    rows = exp.Select(expressions=[exp.Star()]).from_(query.subquery(name("members"), copy=False))
    return rows.order_by(*map(column, columns))


def wide_names(plan: Plan) -> tuple[str, ...]:
    """The columns of the wide layout but for the key and the carried ones."""
    return tuple(output.wanted.name for output in _shown_wide(plan))


def copy_statement(query: Query, path: str, format: str) -> str:
    """The statement that writes a query's rows to one file: Parquet, CSV with a header, or JSON by lines."""
    options = {"parquet": (("FORMAT", "parquet"),), "csv": (("FORMAT", "csv"), ("HEADER", "true"))}
    chosen = options.get(format, (("FORMAT", format),))
    copied = exp.Copy(
        this=query.subquery(copy=False),
        kind=False,
        files=[exp.Literal.string(path)],
        params=[exp.CopyParameter(this=exp.var(key), expression=exp.var(choice)) for key, choice in chosen],
    )
    return copied.sql("duckdb", pretty=True, copy=False)


def segments(plan: Plan) -> Sequence[Output]:
    """The outputs that are segments or stages."""
    return [output for output in plan.outputs if _is_segment(output.wanted)]


def _shown_wide(plan: Plan) -> list[Output]:
    stages = [output for output in segments(plan) if "." in output.wanted.name]
    return [output for output in plan.outputs if output.wanted.to != "trait" and output not in stages]


def _is_segment(wanted: Reference) -> bool:
    return wanted.to == "segment"


def _members(plan: Plan, scan: ScanQuery, zone: str, label: str | None = None) -> exp.Select:
    """The members of the plan's only output, with a column that names it."""
    (output,) = plan.outputs
    names = [] if label is None else [literal(Literal(label, TEXT)).as_("segment", quoted=True, copy=False)]
    return of_plan(plan, [*_keyed(plan, zone, DUCKDB), *names], DUCKDB, scan).where(column(output.column), copy=False)


def _keyed(plan: Plan, zone: str, dialect: Dialect) -> list[exp.Expr]:
    return [named(column(plan.keys[-1]), plan.key_name), *carried_columns(plan, zone, dialect)]
