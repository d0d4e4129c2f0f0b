"""Who is in which segments, as bits: a table of words of 64, their columns turned to rows, the rows that two share.

`facts` is a table with a number of words for each row, the first segment being the lowest bit of the first word. All
pairs of 200 segments of 5 million rows take some seconds, a tenth of what counting each pair by itself takes: 64 rows
of a segment are one number, and the rows that two have in common are the bits of a bitwise `and`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlglot import exp

from segrules.sql.literals import column, name

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
    return [_packed(part).as_(word(number), quoted=True, copy=False) for number, part in enumerate(_parts(tests, BITS))]


def word(number: int) -> str:
    """The column of the table of facts that has a word."""
    return f"word {number}"


def is_in(place: int) -> exp.Expr:
    """Whether a row is in the segment that has this place among all."""
    number, bit = divmod(place, BITS)
    masked = exp.BitwiseAnd(this=column(word(number)), expression=_number(1 << bit))
    return exp.NEQ(this=exp.paren(masked), expression=_number(0))


def turned(facts: str, segments: int, to: str) -> str:
    """Makes the table `to` with a column for each segment and a row for each 64 of the facts' rows, its bits."""
    many = -(-segments // BITS)
    packed = [exp.PropertyEQ(this=name(word(number)), expression=column(word(number))) for number in range(many)]
    rows = exp.Anonymous(this="list", expressions=[exp.Struct(expressions=packed)]).as_("rows", quoted=True)
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
    made = exp.Create(
        this=exp.Table(this=name(to)),
        kind="TABLE",
        expression=query,
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
    )
    return made.sql("duckdb", copy=False)


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


def _packed(tests: Sequence[exp.Expr]) -> exp.Expr:
    bits: list[exp.Expr] = [
        exp.Case(ifs=[exp.If(this=test, true=_number(1 << place))], default=_number(0))
        for place, test in enumerate(tests)
    ]
    packed = bits[0]
    for bit in bits[1:]:
        packed = exp.BitwiseOr(this=packed, expression=bit)
    return packed


def _cell(number: int, row: int) -> str:
    return f"cell {number} {row}"


def _bits(place: int) -> str:
    return f"bits {place}"


def _number(value: int) -> exp.Expr:
    return exp.cast(exp.Literal.number(value), _WORD)


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
