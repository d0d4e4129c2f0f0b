"""What is done with a plan's rows once they are in a table: counting members, finding overlaps, writing files.

Statements are DuckDB's. The table's columns have the plan's names; files get the names that rules use.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from sqlglot import exp

from segrules.language.core import Literal, Reference
from segrules.language.types import TEXT
from segrules.planning.nodes import Output, Plan
from segrules.sql.literals import column, literal
from segrules.sql.queries import carried_columns, named, source


def create_table(table: str, query: exp.Select) -> exp.Create:
    return exp.Create(
        this=source(table),
        kind="TABLE",
        expression=query,
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
    )


def count_query(table: str, outputs: Sequence[Output]) -> str:
    """One row: how many entity rows, then for how many each of the Boolean outputs holds."""
    counts = [_count_where(output.column) for output in outputs]
    query = exp.Select(expressions=[exp.Count(this=exp.Star()), *counts]).from_(source(table))
    return query.sql("duckdb", pretty=True, copy=False)


def overlap_query(table: str, plan: Plan, matches: str) -> str:
    """The first three keys, and how many there are, of rows that match more than one stage."""
    more = exp.GT(this=column(matches), expression=exp.Literal.number(1))
    key = column(plan.keys[-1])
    total = exp.Window(this=exp.Count(this=exp.Star()))
    query = exp.Select(expressions=[key, total]).from_(source(table)).where(more)
    return query.order_by(key.copy()).limit(3).sql("duckdb", pretty=True, copy=False)


def ties_query(table: str, top: str, counts: str, by: str | None, share: Literal) -> str:
    """The group with the most rows in its top, where these are more than twice as many as asked for.

    One row or none: the group (without `by` NULL), its rows in the top, how many were asked for, how many such groups.
    """
    groups = [] if by is None else [column(by)]
    inside = _count_where(top)
    asked: exp.Expr = literal(share)
    if isinstance(share.value, Decimal):  # rounded up: (rows * 33 + 99) // 100
        part = Fraction(share.value)
        of_rows = exp.Mul(this=_count_where(counts), expression=exp.Literal.number(part.numerator))
        raised = exp.Add(this=of_rows, expression=exp.Literal.number(part.denominator - 1))
        asked = exp.IntDiv(this=exp.paren(raised), expression=exp.Literal.number(part.denominator))
    total = exp.Window(this=exp.Count(this=exp.Star()))
    group: exp.Expr = groups[0] if groups else exp.null()
    query = exp.Select(expressions=[group, inside.as_("inside"), asked.as_("asked"), total]).from_(source(table))
    twice = exp.Mul(this=exp.paren(asked.copy()), expression=exp.Literal.number(2))
    query = query.having(exp.GT(this=inside.copy(), expression=twice))
    if groups:
        query = query.group_by(*(part.copy() for part in groups))
    return query.order_by(exp.column("inside").desc()).limit(1).sql("duckdb", pretty=True, copy=False)


def long_query(table: str, plan: Plan, zone: str) -> exp.Query:
    """One row per membership: key, carried columns, segment."""
    parts = [
        files_query(table, plan, zone, output).select(
            literal(Literal(output.wanted.name, TEXT)).as_("segment", quoted=True), copy=False
        )
        for output in segments(plan)
    ]
    return parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)


def files_query(table: str, plan: Plan, zone: str, output: Output) -> exp.Select:
    """The key and carried columns of one segment's members."""
    return _keyed(plan, zone).from_(source(table)).where(column(output.column))


def wide_query(table: str, plan: Plan, zone: str) -> exp.Query:
    """One row per entity row: key, carried columns, a boolean per segment, a text per segmentation (no stages)."""
    columns = [named(column(output.column), output.wanted.name) for output in _shown_wide(plan)]
    return _keyed(plan, zone).select(*columns, copy=False).from_(source(table))


def wide_names(plan: Plan) -> tuple[str, ...]:
    """The columns of the wide layout but for the key and the carried ones."""
    return tuple(output.wanted.name for output in _shown_wide(plan))


def copy_statement(query: exp.Query, path: str, format: str) -> str:
    """The statement that writes a query's rows to one file: Parquet, CSV with a header, or JSON by lines."""
    options = {"parquet": (("FORMAT", "parquet"),), "csv": (("FORMAT", "csv"), ("HEADER", "true"))}
    chosen = options.get(format, (("FORMAT", format),))
    copied = exp.Copy(
        this=query.subquery(),
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


def _keyed(plan: Plan, zone: str) -> exp.Select:
    key = named(column(plan.keys[-1]), plan.key_name)
    return exp.Select(expressions=[key, *carried_columns(plan, zone)])


def _count_where(text: str) -> exp.Expr:
    """`count_if`, which takes DuckDB a fifteenth of the time of `count(*) FILTER` for a thousand columns."""
    return exp.Anonymous(this="count_if", expressions=[column(text)])
