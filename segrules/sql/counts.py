"""What is asked of a plan's rows: how many there are, how many are in each segment, which stand in two stages.

In any dialect. Rows that are needed twice are kept in a temporary table, with the plan's names of columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from sqlglot import exp

from segrules.language.core import Literal
from segrules.planning.cut import Cut
from segrules.planning.nodes import Output, Plan
from segrules.planning.signatures import ALIKE
from segrules.sql.dialect import Dialect
from segrules.sql.literals import column, literal
from segrules.sql.queries import ScanQuery, of_plan, source, with_steps
from segrules.sql.stored import bit_words, flag_words
from segrules.sql.temporary import temporary_tables
from segrules.sql.text import text


def kept(cut: Cut, dialect: Dialect, scan: ScanQuery) -> tuple[str, ...]:
    """The statements that make the temporary table of a plan's stored rows."""
    columns = [*map(column, cut.stored.columns), *flag_words(cut.flags, cut.stored.packed, dialect)]
    return _made(cut, exp.Select(expressions=columns), dialect, scan)


def signatures(cut: Cut, dialect: Dialect, scan: ScanQuery) -> tuple[str, ...]:
    """The statements that make the temporary table of the different rows of flags, with how many there are of each."""
    words = flag_words(cut.flags, cut.stored.packed, dialect)
    many = exp.Count(this=exp.Star()).as_(ALIKE, quoted=True, copy=False)
    return _made(
        cut, exp.Select(expressions=[many, *words]).group_by(*(column(word.alias) for word in words)), dialect, scan
    )


def _made(cut: Cut, query: exp.Select, dialect: Dialect, scan: ScanQuery) -> tuple[str, ...]:
    """The statements that make the temporary table of a query over the rows below a cut."""
    rows = with_steps(cut.rows, query.from_(source(cut.rows.name), copy=False), dialect, scan)
    return temporary_tables(cut.stored.name, rows, dialect)


def count_query(
    plan: Plan, dialect: Dialect, scan: ScanQuery, outputs: Sequence[Output], alike: str | None = None
) -> str:
    """One row: how many entity rows, for how many each output holds, how many match two stages of each `unique`.

    alike: the column that says how many rows each row stands for, where it is not itself alone.
    """
    tests = [
        *(column(output.column) for output in outputs),
        *(_more_than_one(matches) for _, matches in plan.overlaps),
    ]
    if alike is None:
        return text(of_plan(plan, [exp.Count(this=exp.Star()), *map(dialect.counted, tests)], dialect, scan), dialect)
    return text(
        of_plan(plan, [_total(column(alike)), *(_total_where(test, alike) for test in tests)], dialect, scan), dialect
    )


def together_query(plan: Plan, dialect: Dialect, scan: ScanQuery, outputs: Sequence[Output]) -> str:
    """A row for each different set of outputs that hold for some entity row: how many such rows, words of bits."""
    words = bit_words([column(output.column) for output in outputs], "together", dialect)
    many = exp.Count(this=exp.Star())
    places = [exp.Literal.number(place) for place in range(2, len(words) + 2)]
    query = of_plan(plan, [many, *(word.unalias() for word in words)], dialect, scan)
    return text(query.group_by(*places, copy=False) if places else query, dialect)


def overlap_query(plan: Plan, dialect: Dialect, scan: ScanQuery, matches: str) -> str:
    """The first three keys of rows that match more than one stage."""
    key = column(plan.keys[-1])
    query = of_plan(plan, [key], dialect, scan).where(_more_than_one(matches), copy=False)
    return text(query.order_by(key.copy()).limit(3), dialect)


def near_keys_query(plan: Plan, dialect: Dialect, scan: ScanQuery, wanted: str) -> str:
    """The three keys, texts, that differ from a text by the fewest letters; none that differ by more than a third."""
    key, sought = column(plan.keys[-1]), exp.Literal.string(wanted.lower())
    distance = exp.Levenshtein(this=exp.Lower(this=key), expression=sought)
    most = exp.Literal.number(max(1, len(wanted) // 3))
    query = of_plan(plan, [key], dialect, scan).where(exp.LTE(this=distance, expression=most), copy=False)
    return text(query.order_by(distance.copy(), key.copy()).limit(3), dialect)


def keys_query(plan: Plan, dialect: Dialect, scan: ScanQuery, test: str, most: int) -> str:
    """The first keys, at most so many, of rows for which a column of the plan holds."""
    key = column(plan.keys[-1])
    query = of_plan(plan, [key], dialect, scan).where(column(test), copy=False)
    return text(query.order_by(key.copy()).limit(most), dialect)


def ties_query(
    plan: Plan, dialect: Dialect, scan: ScanQuery, top: str, counts: str, by: str | None, share: Literal
) -> str:
    """The group with the most rows in its top, where these are more than twice as many as asked for.

    One row or none: the group (without `by` NULL), its rows in the top, how many were asked for, how many such groups.
    """
    groups = [] if by is None else [column(by)]
    inside = dialect.counted(column(top))
    asked: exp.Expr = literal(share)
    if isinstance(share.value, Decimal):  # rounded up: (rows * 33 + 99) // 100
        part = Fraction(share.value)
        of_rows = exp.Mul(this=dialect.counted(column(counts)), expression=exp.Literal.number(part.numerator))
        raised = exp.Add(this=of_rows, expression=exp.Literal.number(part.denominator - 1))
        asked = exp.IntDiv(this=exp.paren(raised), expression=exp.Literal.number(part.denominator))
    total = exp.Window(this=exp.Count(this=exp.Star()))
    group: exp.Expr = groups[0] if groups else exp.null()
    query = of_plan(plan, [group, inside.as_("inside"), asked.as_("asked"), total], dialect, scan)
    twice = exp.Mul(this=exp.paren(asked.copy()), expression=exp.Literal.number(2))
    query = query.having(exp.GT(this=inside.copy(), expression=twice))
    if groups:
        query = query.group_by(*(part.copy() for part in groups))
    return text(query.order_by(exp.column("inside").desc()).limit(1), dialect)


def _more_than_one(matches: str) -> exp.Expr:
    return exp.GT(this=column(matches), expression=exp.Literal.number(1))


def _total_where(test: exp.Expr, alike: str) -> exp.Expr:
    """A sum of a CASE, because a thousand sums with FILTER take DuckDB seconds to plan."""
    return _total(exp.Case(ifs=[exp.If(this=test, true=column(alike))]))


def _total(part: exp.Expr) -> exp.Expr:
    """The sum as a whole number, 0 of nothing."""
    total = exp.Coalesce(this=exp.Sum(this=part), expressions=[exp.Literal.number(0)])
    return exp.cast(total, exp.DataType.Type.BIGINT)
