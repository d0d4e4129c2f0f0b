"""Counting Booleans of many rows at once: of 64 rows a number for each predicate, a bit for each row.

For engines that take a row at a time. The bits of a segment are those of its predicates, joined by `&`, `|` and `~`;
how many are set is how many of the rows are members.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from segrules.language.core import And, Column, Expression, If, Literal, Not, Or
from segrules.planning.cut import Cut
from segrules.planning.nodes import Output, Step
from segrules.sql.dialect import Dialect
from segrules.sql.expressions import condition
from segrules.sql.literals import column, name
from segrules.sql.queries import ScanQuery, source, with_steps
from segrules.sql.text import text

_NUMBER, _BIT, _ALL, _PLANES = "number of row", "bit of row", "all rows", "planes of rows"


def count_query(cut: Cut, dialect: Dialect, scan: ScanQuery, outputs: Sequence[Output]) -> str:
    """One row: how many rows there are, and for how many each output holds."""
    stacked: list[tuple[str, exp.Query]] = [(_PLANES, _planes(cut, dialect, scan))]
    for step in _steps(cut):
        made = [_bits(item.value).as_(item.name, quoted=True, copy=False) for item in step.columns]
        stacked.append((step.name, exp.Select(expressions=[exp.Star(), *made]).from_(source(stacked[-1][0]))))
    counted = [_total(column(part)) for part in (_ALL, *(output.column for output in outputs))]
    query = exp.Select(expressions=counted).from_(source(stacked[-1][0]), copy=False)
    ctes = [exp.CTE(this=part, alias=exp.TableAlias(this=name(called))) for called, part in stacked]
    for cte in ctes:
        cte.set("materialized", dialect.fences or None)
    query.set("with_", exp.With(expressions=ctes))
    return text(query, dialect)


def width(cut: Cut) -> int:
    """How many columns the widest of its rows have."""
    return 1 + len(cut.flags) + sum(len(step.columns) for step in _steps(cut))


def _planes(cut: Cut, dialect: Dialect, scan: ScanQuery) -> exp.Select:
    """For each 64 rows the bits of all of them, and of those for which each flag holds."""
    number = exp.Window(this=exp.RowNumber()).as_(_NUMBER, quoted=True, copy=False)
    numbered = exp.Select(expressions=[exp.Star(), number]).from_(source(cut.rows.name), copy=False)
    low = exp.BitwiseAnd(this=column(_NUMBER), expression=exp.Literal.number(63))
    place = exp.cast(exp.paren(low), exp.DType.INT)
    bit = exp.BitwiseLeftShift(this=exp.cast(exp.Literal.number(1), exp.DType.BIGINT), expression=place)
    marked = exp.Select(expressions=[exp.Star(), bit.as_(_BIT, quoted=True, copy=False)])
    rows = marked.from_(numbered.subquery(name("numbered"), copy=False), copy=False)
    planes = [_together(None).as_(_ALL, quoted=True, copy=False)]
    for (label, _), flag in zip(cut.stored.flags, cut.flags, strict=True):
        planes.append(_together(condition(flag, dialect)).as_(label, quoted=True, copy=False))
    group = exp.BitwiseRightShift(this=column(_NUMBER), expression=exp.Literal.number(6))
    query = exp.Select(expressions=planes).from_(rows.subquery(name("marked"), copy=False), copy=False)
    return with_steps(cut.rows, query.group_by(group, copy=False), dialect, scan)


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
            return _joined(exp.BitwiseAnd, (column(_ALL), exp.BitwiseNot(this=exp.paren(_bits(item)))))
        case If(arms, otherwise):
            result = _bits(otherwise)
            for test, given in reversed(arms):
                holds = _joined(exp.BitwiseAnd, (_bits(test), _bits(given)))
                result = _joined(exp.BitwiseOr, (holds, _joined(exp.BitwiseAnd, (_bits(Not(test)), result))))
            return result
        case _:
            raise TypeError(f"{type(node).__name__} says more than yes or no")


def _joined(kind: type[exp.Binary], parts: Iterable[exp.Expr]) -> exp.Expr:
    first, *others = map(exp.paren, parts)
    joined: exp.Expr = first
    for other in others:
        joined = kind(this=joined, expression=other)
    return joined


def _total(bits: exp.Expr) -> exp.Expr:
    """How many are set, of all numbers, by the ones of their digits; 0 of nothing."""
    digits = exp.cast(exp.cast(bits, exp.DataType.build("bit(64)", dialect="postgres")), exp.DType.TEXT)
    ones = exp.Anonymous(this="replace", expressions=[digits, exp.Literal.string("0"), exp.Literal.string("")])
    total = exp.Sum(this=exp.Length(this=ones))
    return exp.cast(exp.Coalesce(this=total, expressions=[exp.Literal.number(0)]), exp.DType.BIGINT)
