"""Counting Booleans of many rows at once: of 64 rows a number for each predicate, a bit for each row.

For engines that take a row at a time. The bits of a segment are those of its predicates, joined by `&`, `|` and `~`;
how many are set is how many of the rows are members.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from segrules.language.core import And, Column, Expression, If, Literal, Not, Or
from segrules.planning.cut import Cut
from segrules.planning.nodes import Output, Scan, Step
from segrules.sql import places
from segrules.sql.dialect import Dialect
from segrules.sql.expressions import condition
from segrules.sql.literals import column, name
from segrules.sql.queries import ScanQuery, fence, source, with_steps
from segrules.sql.text import text

_GROUP, _BIT, _ALL, _PLANES = "group of rows", "bit of row", "all rows", "planes of rows"
_DIGITS = exp.DataType.build("bit(64)", dialect="postgres")


def count_query(
    cut: Cut, dialect: Dialect, scan: ScanQuery, outputs: Sequence[Output], placed: Scan | None = None
) -> str:
    """One row: how many rows there are, and for how many each output holds.

    placed: the scan that the rows come from one by one, where the places of its rows can tell them apart.
    """
    stacked: list[tuple[str, exp.Query]] = [(_PLANES, _planes(cut, dialect, scan, placed))]
    for step in _steps(cut):
        made = [_bits(item.value).as_(item.name, quoted=True, copy=False) for item in step.columns]
        rows = source(stacked[-1][0])
        stacked.append((step.name, fence(exp.Select(expressions=[exp.Star(), *made]).from_(rows, copy=False))))
    counted = [_total(column(part)) for part in (_ALL, *(output.column for output in outputs))]
    query = exp.Select(expressions=counted).from_(source(stacked[-1][0]), copy=False)
    ctes = [exp.CTE(this=part, alias=exp.TableAlias(this=name(called))) for called, part in stacked]
    query.set("with_", exp.With(expressions=ctes))
    return text(query, dialect)


def width(cut: Cut) -> int:
    """How many columns the widest of its rows have."""
    return 1 + len(cut.flags) + sum(len(step.columns) for step in _steps(cut))


def _planes(cut: Cut, dialect: Dialect, scan: ScanQuery, placed: Scan | None) -> exp.Select:
    """For each 64 rows, or fewer, the bits of all of them, and of those for which each flag holds."""
    number, group = _numbered() if placed is None else places.numbered()
    one = exp.cast(exp.Literal.number(1), exp.DType.BIGINT)
    bit = exp.BitwiseLeftShift(this=one, expression=exp.paren(number, copy=False))
    marks = (bit.as_(_BIT, quoted=True, copy=False), group.as_(_GROUP, quoted=True, copy=False))
    rows = fence(exp.Select(expressions=[exp.Star(), *marks]).from_(source(cut.rows.name), copy=False))
    planes = [_together(None).as_(_ALL, quoted=True, copy=False)]
    for (label, _), flag in zip(cut.stored.flags, cut.flags, strict=True):
        planes.append(_together(condition(flag, dialect)).as_(label, quoted=True, copy=False))
    query = exp.Select(expressions=planes).from_(rows.subquery(name("marked"), copy=False), copy=False)
    query = query.group_by(column(_GROUP), copy=False)
    return with_steps(cut.rows, query, dialect, scan if placed is None else places.with_places(scan, placed))


def _numbered() -> tuple[exp.Expr, exp.Expr]:
    """A number from 0 to 63 of each row, and of the 64 rows that have these."""
    number = exp.Window(this=exp.RowNumber())
    low = exp.BitwiseAnd(this=number, expression=exp.Literal.number(63))
    group = exp.BitwiseRightShift(this=number.copy(), expression=exp.Literal.number(6))
    return exp.cast(exp.paren(low, copy=False), exp.DType.INT, copy=False), group


def _together(test: exp.Expr | None) -> exp.Expr:
    """The bits of the rows that pass."""
    bits: exp.Expr = exp.BitwiseOrAgg(this=column(_BIT))
    if test is not None:
        bits = exp.Filter(this=bits, expression=exp.Where(this=test))
    return exp.Coalesce(this=bits, expressions=[exp.Literal.number(0)])


def _steps(cut: Cut) -> list[Step]:
    steps: list[Step] = []
    rows = cut.rest.root
    while isinstance(rows, Step):
        steps.insert(0, rows)
        rows = rows.input
    return steps


def _bits(node: Expression) -> exp.Expr:
    """What a test says of the rows of a number; bits of rows that there are not stay away."""
    match node:
        case Column():
            return column(node.name)
        case Literal():
            return column(_ALL) if node.value else exp.Literal.number(0)
        case And(items):
            return _joined(exp.BitwiseAnd, map(_bits, items))
        case Or(items):
            return _joined(exp.BitwiseOr, map(_bits, items))
        case Not(item):
            return _joined(exp.BitwiseAnd, (column(_ALL), exp.BitwiseNot(this=exp.paren(_bits(item), copy=False))))
        case If(arms, otherwise):
            result = _bits(otherwise)
            for test, given in reversed(arms):
                holds = _joined(exp.BitwiseAnd, (_bits(test), _bits(given)))
                result = _joined(exp.BitwiseOr, (holds, _joined(exp.BitwiseAnd, (_bits(Not(test)), result))))
            return result
        case _:
            raise TypeError(f"{type(node).__name__} says more than yes or no")


def _joined(kind: type[exp.Binary], parts: Iterable[exp.Expr]) -> exp.Expr:
    first, *others = (exp.paren(part, copy=False) for part in parts)
    joined: exp.Expr = first
    for other in others:
        joined = kind(this=joined, expression=other)
    return joined


def _total(bits: exp.Expr) -> exp.Expr:
    """How many are set, of all numbers; 0 of nothing."""
    ones = exp.Anonymous(this="bit_count", expressions=[exp.Cast(this=bits, to=_DIGITS.copy())])
    total = exp.Coalesce(this=exp.Sum(this=ones), expressions=[exp.Literal.number(0)])
    return exp.cast(total, exp.DType.BIGINT, copy=False)
