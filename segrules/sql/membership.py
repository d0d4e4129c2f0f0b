"""Who is in which segments, as bits: a table of words of 64, their columns turned to rows, the rows that two share.

`facts` is a table with a number of words for each row, the first segment being the lowest bit of the first word.
Rules over few thresholds part the rows into few kinds, each in the same segments, and the pairs of each kind are
counted at once. Where there are too many kinds, 64 rows of a segment are one number, and the rows that two segments
share are the bits of a bitwise `and`: all pairs of 200 segments of 5 million rows take some seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlglot import exp

from segrules.sql.literals import column, name
from segrules.sql.stored import packed
from segrules.sql.temporary import temporary_table

T = TypeVar("T")
BITS = 64
"""How many segments are in a word, and how many rows in a number of a segment's."""

_AGGREGATES = 500  # of a statement; more take DuckDB longer to plan than they take to run
_BRANCHES = 2  # of a statement, each of which may run on a core of its own
_WORD = exp.DataType.Type.UBIGINT
_SWAPS = (
    (32, 0x00000000FFFFFFFF),
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
"""By how much the bits of two rows change places, and which of them stay: a matrix of 64 times 64, turned in six steps
(Warren, Hacker's Delight, section 7-3)."""


def words(tests: Sequence[exp.Expr]) -> list[exp.Expr]:
    """The words of a row, each test being a bit."""
    return [
        packed(part, _WORD).as_(word(number), quoted=True, copy=False)
        for number, part in enumerate(_parts(tests, BITS))
    ]


def word(number: int) -> str:
    """The column of the table of facts that has a word."""
    return f"word {number}"


def is_in(place: int) -> exp.Expr:
    """Whether a row is in the segment that has this place among all."""
    number, bit = divmod(place, BITS)
    masked = exp.BitwiseAnd(this=column(word(number)), expression=_number(1 << bit))
    return exp.NEQ(this=exp.paren(masked), expression=_number(0))


def kinds_table(facts: str, segments: int, to: str) -> str:
    """Makes the table `to` of the different words that rows have, and how many rows have each."""
    words = _words(segments)
    query = exp.Select(expressions=[*words, exp.Count(this=exp.Star()).as_("rows", quoted=True)])
    return temporary_table(to, query.from_(exp.Table(this=name(facts))).group_by(*(part.copy() for part in words)))


def pairs_of_kinds_query(kinds: str, segments: int) -> str:
    """How many pairs all kinds have together, at most: what counting them will cost."""
    bits: list[exp.Expr] = [
        exp.cast(exp.BitwiseCount(this=part), exp.DataType.Type.BIGINT) for part in _words(segments)
    ]
    many = bits[0]
    for part in bits[1:]:
        many = exp.Add(this=many, expression=part)
    total = exp.Sum(this=exp.Mul(this=exp.paren(many), expression=exp.paren(many.copy())))
    return exp.Select(expressions=[total]).from_(exp.Table(this=name(kinds))).sql("duckdb")


def shared_by_kinds_query(kinds: str, segments: int) -> str:
    """The rows that each two segments share, where they share any: place, place of a later one, rows."""
    places = [exp.Case(ifs=[exp.If(this=is_in(place), true=exp.Literal.number(place))]) for place in range(segments)]
    number = exp.column("rowid").as_("kind", quoted=True)
    every = exp.Unnest(expressions=[exp.Array(expressions=places)]).as_("place", quoted=True)
    members = exp.Select(expressions=[number, column("rows"), every]).from_(exp.Table(this=name(kinds)))
    is_member = exp.Not(this=exp.Is(this=column("place"), expression=exp.null()))
    known = exp.Select(expressions=[exp.Star()]).from_(members.subquery(name("members"), copy=False)).where(is_member)
    same = exp.EQ(this=column("kind", "a"), expression=column("kind", "b"))
    later = exp.LT(this=column("place", "a"), expression=column("place", "b"))
    shown = [column("place", "a"), column("place", "b"), exp.Sum(this=column("rows", "a"))]
    ctes = [exp.CTE(this=known, alias=exp.TableAlias(this=name("known")), materialized=True)]
    query = exp.Select(expressions=shown, with_=exp.With(expressions=ctes))
    query = query.from_(exp.Table(this=name("known"), alias=exp.TableAlias(this=name("a"))))
    other = exp.Table(this=name("known"), alias=exp.TableAlias(this=name("b")))
    query = query.join(other, on=exp.And(this=same, expression=later))
    return query.group_by(exp.Literal.number(1), exp.Literal.number(2)).sql("duckdb")


def turned(facts: str, segments: int, to: str) -> str:
    """Makes the table `to` with a column for each segment and a row for each 64 of the facts' rows, its bits."""
    many = -(-segments // BITS)
    fields = [exp.PropertyEQ(this=name(word(number)), expression=column(word(number))) for number in range(many)]
    rows = exp.Anonymous(this="list", expressions=[exp.Struct(expressions=fields)]).as_("rows", quoted=True)
    group = exp.IntDiv(this=exp.column("rowid"), expression=exp.Literal.number(BITS))
    query = exp.Select(expressions=[rows]).from_(exp.Table(this=name(facts))).group_by(group)
    query = exp.Select(expressions=list(_unpacked(many))).from_(query.subquery(name("blocks"), copy=False), copy=False)
    for distance, kept in _SWAPS:
        swapped = [_swapped(number, row, distance, kept) for number in range(many) for row in range(BITS)]
        query = exp.Select(expressions=swapped).from_(query.subquery(name("blocks"), copy=False), copy=False)
    named = [
        column(_cell(*divmod(place, BITS))).as_(_bits(place), quoted=True, copy=False) for place in range(segments)
    ]
    query = exp.Select(expressions=named).from_(query.subquery(name("blocks"), copy=False), copy=False)
    return temporary_table(to, query)


def pair_queries(
    bits: str, pairs: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, Sequence[Sequence[tuple[int, int]]]]]:
    """Statements that count the rows that each two segments share, with the pairs of each row of theirs.

    A row is its number and then a count for each of its pairs, as many as the longest has; there may be none to count.
    """
    parts = list(_parts(pairs, _AGGREGATES))
    for branches in _parts(parts, _BRANCHES):
        longest = max(map(len, branches))
        queries = [_counts(bits, number, part, longest) for number, part in enumerate(branches)]
        query = queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)
        yield query.sql("duckdb", copy=False), branches


def _counts(bits: str, number: int, pairs: Sequence[tuple[int, int]], longest: int) -> exp.Select:
    counts: list[exp.Expr] = [_shared(*pair) for pair in pairs]
    counts += [exp.null() for _ in range(longest - len(pairs))]
    return exp.Select(expressions=[exp.Literal.number(number), *counts]).from_(exp.Table(this=name(bits)))


def _shared(one: int, other: int) -> exp.Expr:
    both = exp.BitwiseAnd(this=column(_bits(one)), expression=column(_bits(other)))
    return exp.Sum(this=exp.BitwiseCount(this=both))


def _unpacked(many: int) -> Iterator[exp.Expr]:
    """The words of the 64 rows in columns of their own, 0 for rows that are not there."""
    for number in range(many):
        for row in range(BITS):
            struct = exp.Bracket(this=column("rows"), expressions=[exp.Literal.number(row + 1)], offset=1)
            found = exp.Dot(this=struct, expression=name(word(number)))
            yield exp.Coalesce(this=found, expressions=[_number(0)]).as_(_cell(number, row), quoted=True, copy=False)


def _swapped(number: int, row: int, distance: int, kept: int) -> exp.Expr:
    """A row with a part of its bits exchanged for those of the row that is so far away."""
    own = column(_cell(number, row))
    other = column(_cell(number, row ^ distance))
    if row & distance:
        low = _shifted(exp.BitwiseRightShift, other, distance, kept)
        high: exp.Expr = exp.BitwiseAnd(this=own, expression=_number(kept << distance))
    else:
        low = exp.BitwiseAnd(this=own, expression=_number(kept))
        masked = exp.paren(exp.BitwiseAnd(this=other, expression=_number(kept)))
        high = exp.BitwiseLeftShift(this=masked, expression=exp.Literal.number(distance))
    both = exp.BitwiseOr(this=exp.paren(low), expression=exp.paren(high))
    return both.as_(_cell(number, row), quoted=True, copy=False)


def _shifted(shift: type[exp.Binary], value: exp.Expr, distance: int, kept: int) -> exp.Expr:
    moved = exp.paren(shift(this=value, expression=exp.Literal.number(distance)))
    return exp.BitwiseAnd(this=moved, expression=_number(kept))


def _cell(number: int, row: int) -> str:
    return f"cell {number} {row}"


def _bits(place: int) -> str:
    return f"bits {place}"


def _words(segments: int) -> list[exp.Expr]:
    return [column(word(number)) for number in range(-(-segments // BITS))]


def _number(value: int) -> exp.Expr:
    return exp.cast(exp.Literal.number(value), _WORD)


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
