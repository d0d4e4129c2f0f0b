"""What is done with a plan's rows: counting members, finding overlaps, keeping rows, writing files.

Statements are DuckDB's. Tables have the plan's names of columns; files get the names that rules use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from sqlglot import exp

from segrules.language.core import Literal, Reference
from segrules.language.types import TEXT
from segrules.planning.cut import Cut, narrower
from segrules.planning.nodes import Output, Plan
from segrules.planning.signatures import ALIKE
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.literals import column, literal, name
from segrules.sql.queries import ScanQuery, carried_columns, named, source, with_steps
from segrules.sql.stored import bit_words, flag_words
from segrules.sql.temporary import temporary_table

Query = exp.Query
"""A query as a tree, which `copy_statement` takes."""


def kept(cut: Cut, scan: ScanQuery) -> str:
    """The statement that makes the temporary table of a plan's stored rows."""
    columns = [*map(column, cut.stored.columns), *flag_words(cut.flags, cut.stored.packed, DUCKDB)]
    return _made(cut, exp.Select(expressions=columns), scan)


def signatures(cut: Cut, scan: ScanQuery) -> str:
    """The statement that makes the temporary table of the different rows of flags, with how many there are of each."""
    words = flag_words(cut.flags, cut.stored.packed, DUCKDB)
    many = exp.Count(this=exp.Star()).as_(ALIKE, quoted=True, copy=False)
    return _made(cut, exp.Select(expressions=[many, *words]).group_by(*(column(word.alias) for word in words)), scan)


def _made(cut: Cut, query: exp.Select, scan: ScanQuery) -> str:
    """The statement that makes the temporary table of a query over the rows below a cut."""
    rows = with_steps(cut.rows, query.from_(source(cut.rows.name), copy=False), DUCKDB, scan)
    return temporary_table(cut.stored.name, rows)


def count_query(plan: Plan, scan: ScanQuery, outputs: Sequence[Output], alike: str | None = None) -> str:
    """One row: how many entity rows, for how many each output holds, how many match two stages of each `unique`.

    alike: the column that says how many rows each row stands for, where it is not itself alone.
    """
    tests = [
        *(column(output.column) for output in outputs),
        *(_more_than_one(matches) for _, matches in plan.overlaps),
    ]
    if alike is None:
        return _text(_of(plan, [exp.Count(this=exp.Star()), *map(_count_where, tests)], scan))
    return _text(_of(plan, [_total(column(alike)), *(_total_where(test, alike) for test in tests)], scan))


def together_query(plan: Plan, scan: ScanQuery, outputs: Sequence[Output]) -> str:
    """A row for each different set of outputs that hold for some entity row: how many such rows, words of bits."""
    words = bit_words([column(output.column) for output in outputs], "together")
    many = exp.Count(this=exp.Star())
    places = [exp.Literal.number(place) for place in range(2, len(words) + 2)]
    query = _of(plan, [many, *(word.unalias() for word in words)], scan)
    return _text(query.group_by(*places, copy=False) if places else query)


def overlap_query(plan: Plan, scan: ScanQuery, matches: str) -> str:
    """The first three keys of rows that match more than one stage."""
    key = column(plan.keys[-1])
    query = _of(plan, [key], scan).where(_more_than_one(matches), copy=False)
    return _text(query.order_by(key.copy()).limit(3))


def near_keys_query(plan: Plan, scan: ScanQuery, text: str) -> str:
    """The three keys, texts, that differ from a text by the fewest letters; none that differ by more than a third."""
    key, wanted = column(plan.keys[-1]), exp.Literal.string(text.lower())
    distance = exp.Levenshtein(this=exp.Lower(this=key), expression=wanted)
    most = exp.Literal.number(max(1, len(text) // 3))
    query = _of(plan, [key], scan).where(exp.LTE(this=distance, expression=most), copy=False)
    return _text(query.order_by(distance.copy(), key.copy()).limit(3))


def keys_query(plan: Plan, scan: ScanQuery, test: str, most: int) -> str:
    """The first keys, at most so many, of rows for which a column of the plan holds."""
    key = column(plan.keys[-1])
    query = _of(plan, [key], scan).where(column(test), copy=False)
    return _text(query.order_by(key.copy()).limit(most))


def ties_query(plan: Plan, scan: ScanQuery, top: str, counts: str, by: str | None, share: Literal) -> str:
    """The group with the most rows in its top, where these are more than twice as many as asked for.

    One row or none: the group (without `by` NULL), its rows in the top, how many were asked for, how many such groups.
    """
    groups = [] if by is None else [column(by)]
    inside = _count_where(column(top))
    asked: exp.Expr = literal(share)
    if isinstance(share.value, Decimal):  # rounded up: (rows * 33 + 99) // 100
        part = Fraction(share.value)
        of_rows = exp.Mul(this=_count_where(column(counts)), expression=exp.Literal.number(part.numerator))
        raised = exp.Add(this=of_rows, expression=exp.Literal.number(part.denominator - 1))
        asked = exp.IntDiv(this=exp.paren(raised), expression=exp.Literal.number(part.denominator))
    total = exp.Window(this=exp.Count(this=exp.Star()))
    group: exp.Expr = groups[0] if groups else exp.null()
    query = _of(plan, [group, inside.as_("inside"), asked.as_("asked"), total], scan)
    twice = exp.Mul(this=exp.paren(asked.copy()), expression=exp.Literal.number(2))
    query = query.having(exp.GT(this=inside.copy(), expression=twice))
    if groups:
        query = query.group_by(*(part.copy() for part in groups))
    return _text(query.order_by(exp.column("inside").desc()).limit(1))


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


def wide_query(plan: Plan, scan: ScanQuery, zone: str) -> Query:
    """One row per entity row: key, carried columns, a boolean per segment, a text per segmentation (no stages)."""
    columns = [named(column(output.column), output.wanted.name) for output in _shown_wide(plan)]
    return _of(plan, [*_keyed(plan, zone), *columns], scan)


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
    return _of(plan, [*_keyed(plan, zone), *names], scan).where(column(output.column), copy=False)


def _of(plan: Plan, columns: Sequence[exp.Expr], scan: ScanQuery) -> exp.Select:
    """These columns of the plan's rows."""
    query = exp.Select(expressions=list(columns)).from_(source(plan.root.name), copy=False)
    return with_steps(plan.root, query, DUCKDB, scan)


def _keyed(plan: Plan, zone: str) -> list[exp.Expr]:
    return [named(column(plan.keys[-1]), plan.key_name), *carried_columns(plan, zone)]


def _more_than_one(matches: str) -> exp.Expr:
    return exp.GT(this=column(matches), expression=exp.Literal.number(1))


def _count_where(test: exp.Expr) -> exp.Expr:
    """`count_if`, which takes DuckDB a fifteenth of the time of `count(*) FILTER` for a thousand columns.

    Of no rows and a test without columns it gives NULL.
    """
    count = exp.Anonymous(this="count_if", expressions=[test])
    return exp.Coalesce(this=count, expressions=[exp.Literal.number(0)])


def _total_where(test: exp.Expr, alike: str) -> exp.Expr:
    """A sum of a CASE, because a thousand sums with FILTER take DuckDB seconds to plan."""
    return _total(exp.Case(ifs=[exp.If(this=test, true=column(alike))]))


def _total(part: exp.Expr) -> exp.Expr:
    """The sum as a whole number, 0 of nothing."""
    total = exp.Coalesce(this=exp.Sum(this=part), expressions=[exp.Literal.number(0)])
    return exp.cast(total, exp.DataType.Type.BIGINT)


def _text(statement: exp.Expr) -> str:
    return statement.sql("duckdb", pretty=True, copy=False)
