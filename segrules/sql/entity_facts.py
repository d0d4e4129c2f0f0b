"""Queries over the rows of an entity, each with its segments as bits and with numbers, for what a report says of them.

`facts` is the table that `facts_table` makes. Statements are DuckDB's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segrules.planning.nodes import Plan
from segrules.sql import membership
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.literals import column, constant, name
from segrules.sql.queries import ScanQuery, source, with_steps
from segrules.sql.temporary import temporary_table

KEY = "key"
PART = 8
"""How many segments' sums come from one grouping: each row is looked at once for all of them."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few values, kept as the place of its value among them, from 1 on."""

    column: str
    values: Sequence[object]


def distinct_query(plan: Plan, scan: ScanQuery, columns: Sequence[str]) -> str:
    """One row: how many rows there are, and about how many different values each column has."""
    counts = [exp.Count(this=exp.Star()), *(exp.ApproxDistinct(this=column(item)) for item in columns)]
    return _text(_of(plan, counts, scan))


def values_query(plan: Plan, scan: ScanQuery, columns: Sequence[str]) -> str:
    """One row: the different values of each column as a list, in order."""
    lists = (exp.Anonymous(this="list", expressions=[exp.Distinct(expressions=[column(item)])]) for item in columns)
    return _text(_of(plan, [exp.Anonymous(this="list_sort", expressions=[item]) for item in lists], scan))


def facts_table(
    plan: Plan, scan: ScanQuery, segments: Sequence[str], numbers: Sequence[str], coded: Sequence[Coded], to: str
) -> str:
    """Makes the table of facts: the key, the words of segments and of a bit that every row has, numbers, codes."""
    columns = [
        column(plan.keys[-1]).as_(KEY, quoted=True, copy=False),
        *membership.words([*(column(item) for item in segments), exp.true()]),
        *map(column, numbers),
        *(_code(item).as_(item.column, quoted=True, copy=False) for item in coded),
    ]
    return temporary_table(to, _of(plan, columns, scan))


def spreads_query(facts: str, numbers: Sequence[str]) -> str:
    """One row: the standard deviation of each number, of all that are known and not of a sample."""
    found = [exp.StddevPop(this=exp.cast(column(item), exp.DataType.Type.DOUBLE)) for item in numbers]
    return _text(exp.Select(expressions=found).from_(source(facts)))


def sums_query(facts: str, segments: int, numbers: Sequence[str]) -> str:
    """A row for each eight segments: its number, then for each segment the sum and the count of each number."""
    outer = [_sum_where(bit, part) for bit in range(PART) for item in numbers for part in _sums(item)]
    return _by_parts(facts, segments, numbers, outer, None)


def shares_query(facts: str, segments: int, coded: str) -> str:
    """A row for each eight segments and value: their number, the code (NULL: unknown), how many rows each has."""
    outer = [_sum_where(bit, "rows") for bit in range(PART)]
    return _by_parts(facts, segments, [], outer, coded)


def _sums(item: str) -> tuple[str, str]:
    return f"sum {item}", f"count {item}"


def _by_parts(facts: str, segments: int, numbers: Sequence[str], outer: Sequence[exp.Expr], coded: str | None) -> str:
    """Rows grouped by eight segments at a time, and of these groups what each segment has."""
    queries = []
    for number in range(-(-segments // PART)):
        which, shift = divmod(number * PART, membership.BITS)
        moved = exp.paren(
            exp.BitwiseRightShift(this=column(membership.word(which)), expression=exp.Literal.number(shift))
        )
        low = exp.BitwiseAnd(this=moved, expression=exp.Literal.number((1 << PART) - 1))
        byte = exp.cast(low, exp.DataType.Type.UTINYINT)
        codes = [] if coded is None else [column(coded).as_("code", quoted=True)]
        inner = exp.Select(
            expressions=[
                byte.as_("byte", quoted=True),
                *codes,
                exp.Count(this=exp.Star()).as_("rows", quoted=True),
                *(part for item in numbers for part in _summed(item)),
            ]
        ).from_(source(facts))
        places = [exp.Literal.number(place) for place in range(1, 2 + len(codes))]
        inner = inner.group_by(*places, copy=False)
        shown = [] if coded is None else [column("code")]
        query = exp.Select(expressions=[exp.Literal.number(number), *shown, *(part.copy() for part in outer)])
        query = query.from_(inner.subquery(name("parts"), copy=False), copy=False)
        queries.append(query if coded is None else query.group_by(column("code"), copy=False))
    if len(queries) == 1:
        return _text(queries[0])
    return _text(exp.union(*queries, distinct=False, copy=False))


def _summed(item: str) -> Iterator[exp.Expr]:
    total, many = _sums(item)
    yield exp.Sum(this=column(item)).as_(total, quoted=True)
    yield exp.Count(this=column(item)).as_(many, quoted=True)


def _sum_where(bit: int, part: str) -> exp.Expr:
    masked = exp.BitwiseAnd(this=column("byte"), expression=exp.Literal.number(1 << bit))
    test = exp.NEQ(this=exp.paren(masked), expression=exp.Literal.number(0))
    return exp.Sum(this=exp.Case(ifs=[exp.If(this=test, true=column(part))]))


def together_query(facts: str, places: Sequence[int], most: int) -> str:
    """The most frequent exact combinations of the segments at these places: bits (the first is the lowest), rows.

    That of none of them comes first, so that it is among them.
    """
    bits = [
        exp.Case(ifs=[exp.If(this=membership.is_in(place), true=exp.Literal.number(1 << bit))], default=_zero())
        for bit, place in enumerate(places)
    ]
    code = bits[0] if len(bits) == 1 else exp.paren(_added(bits))
    query = exp.Select(expressions=[code.as_("bits", quoted=True), exp.Count(this=exp.Star()).as_("rows", quoted=True)])
    query = query.from_(source(facts)).group_by(exp.Literal.number(1))
    is_none = exp.paren(exp.EQ(this=column("bits"), expression=_zero()))
    return _text(query.order_by(is_none.desc(), column("rows").desc(), column("bits")).limit(most + 1))


def scores_query(facts: str, scores: Sequence[str], measures: Sequence[str], spend: str | None) -> str:
    """A row for each two scores that are known: the scores, least and most of each measure, rows, spend of them all."""
    spent = exp.null() if spend is None else exp.Sum(this=column(spend))
    bounds = [part for item in measures for part in (exp.Min(this=column(item)), exp.Max(this=column(item)))]
    query = exp.Select(expressions=[*map(column, scores), *bounds, exp.Count(this=exp.Star()), spent])
    query = query.from_(source(facts)).group_by(*map(column, scores))
    known = [exp.Not(this=exp.Is(this=column(item), expression=exp.null())) for item in scores]
    return _text(query.where(*known))


def first_by_hash(facts: str, segments: int, most: int) -> str:
    """Keys and words of the rows whose keys have the smallest hashes: the same ones on another day."""
    words = [column(membership.word(number)) for number in range(-(-segments // membership.BITS))]
    query = exp.Select(expressions=[column(KEY), *words]).from_(source(facts))
    return _text(query.order_by(*_by_hash()).limit(most))


def members_by_hash(facts: str, place: int, most: int) -> str:
    """Keys of the members of a segment whose keys have the smallest hashes."""
    query = exp.Select(expressions=[column(KEY)]).from_(source(facts)).where(membership.is_in(place))
    return _text(query.order_by(*_by_hash()).limit(most))


def rows_query(plan: Plan, scan: ScanQuery, columns: Sequence[str], keys: Sequence[object]) -> str:
    """The rows with these keys: the key and these columns."""
    key = column(plan.keys[-1])
    query = _of(plan, [key, *map(column, columns)], scan)
    return _text(query.where(exp.In(this=key.copy(), expressions=[constant(item) for item in keys]), copy=False))


def _by_hash() -> list[exp.Expr]:
    return [exp.MD5(this=exp.cast(column(KEY), exp.DataType.Type.TEXT)), column(KEY)]


def _code(coded: Coded) -> exp.Expr:
    """The place of the value among the known ones, NULL for others."""
    whens = [
        exp.If(
            this=exp.EQ(this=column(coded.column), expression=constant(value)),
            true=exp.cast(exp.Literal.number(place), exp.DataType.Type.UTINYINT),
        )
        for place, value in enumerate(coded.values, 1)
    ]
    return exp.Case(ifs=whens)


def _added(parts: Sequence[exp.Expr]) -> exp.Expr:
    total = parts[0]
    for part in parts[1:]:
        total = exp.Add(this=total, expression=part)
    return total


def _zero() -> exp.Expr:
    return exp.Literal.number(0)


def _of(plan: Plan, columns: Sequence[exp.Expr], scan: ScanQuery) -> exp.Select:
    query = exp.Select(expressions=list(columns)).from_(source(plan.root.name), copy=False)
    return with_steps(plan.root, query, DUCKDB, scan)


def _text(statement: exp.Expr) -> str:
    return statement.sql("duckdb", pretty=True, copy=False)
