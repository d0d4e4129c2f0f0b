"""Constants as SQL, and small helpers that every SQL module uses."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from segrules.language.core import Literal
from segrules.language.types import MAX_PRECISION, Kind, Type


def name(text: str) -> exp.Identifier:
    """A quoted identifier: any text, never parsed."""
    return exp.Identifier(this=text, quoted=True)


def column(text: str, table: str | None = None) -> exp.Column:
    return exp.Column(this=name(text), table=None if table is None else name(table))


def literal(node: Literal) -> exp.Expr:
    """The SQL of a constant. A list constant is an array; a missing value is NULL of its type."""
    match node.value:
        case None:
            return exp.cast(exp.null(), data_type(node.type))
        case tuple() as values:
            return exp.Array(expressions=[constant(value) for value in values])
        case value:
            return constant(value)


def constant(value: object) -> exp.Expr:
    match value:
        case bool():
            return exp.true() if value else exp.false()
        case int() | Decimal():
            return _number(value)
        case str():
            return exp.Literal.string(value)
        case datetime():
            return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), _TYPES[Kind.TIMESTAMP], copy=False)
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), _TYPES[Kind.DATE], copy=False)
    raise TypeError(f"no SQL for {value!r}")


def data_type(type: Type) -> exp.DataType:
    """The SQL type that holds a core type's values; a duration is its microseconds."""
    match type.kind:
        case Kind.LIST if type.element is not None:
            return exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[data_type(type.element)], nested=True)
        case Kind.VERSION:
            return _decimal(MAX_PRECISION, 0)
        case Kind.DECIMAL:
            return _decimal(type.digits_before + type.digits_behind, type.digits_behind)
        case kind:
            return exp.DataType(this=_TYPES[kind])


def _decimal(precision: int, scale: int) -> exp.DataType:
    sizes = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in (precision, scale)]
    return exp.DataType(this=exp.DataType.Type.DECIMAL, expressions=sizes)


_TYPES = {
    Kind.BOOLEAN: exp.DataType.Type.BOOLEAN,
    Kind.INTEGER: exp.DataType.Type.BIGINT,
    Kind.NUMBER: exp.DataType.Type.DOUBLE,
    Kind.TEXT: exp.DataType.Type.TEXT,
    Kind.DATE: exp.DataType.Type.DATE,
    Kind.TIMESTAMP: exp.DataType.Type.TIMESTAMP,
    Kind.DURATION: exp.DataType.Type.BIGINT,
    Kind.UNKNOWN: exp.DataType.Type.TEXT,
}


def as_number(part: exp.Expr) -> exp.Expr:
    return exp.cast(part, _TYPES[Kind.NUMBER])


def floor(part: exp.Expr) -> exp.Expr:
    return exp.Floor(this=part)


def rounded(part: exp.Expr, floor: Callable[[exp.Expr], exp.Expr] = floor) -> exp.Expr:
    """A double to the nearest whole one, half away from zero, in steps that every engine takes alike.

    What is added is the double before a half. With a half itself, what is just below one, or whole and above 2^52,
    would go up.
    """
    nearly_half = exp.Literal.number(str(math.nextafter(0.5, 0)))
    away = floor(exp.Add(this=exp.Abs(this=part), expression=nearly_half))
    return exp.Mul(this=exp.Sign(this=part.copy()), expression=away)


def power_of_ten(digits: int) -> exp.Expr:
    return exp.Literal.number(10**digits)


def operand(part: exp.Expr) -> exp.Expr:
    """The part in parentheses where an operator beside it could bind into it."""
    loose = (exp.Binary, exp.Not, exp.Neg, exp.Between, exp.In, exp.AtTimeZone, exp.Interval)
    return exp.paren(part, copy=False) if isinstance(part, loose) and not isinstance(part, exp.Dot) else part


def filtered(fold: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
    """The aggregate over the rows for which the condition holds."""
    return fold if condition is None else exp.Filter(this=fold, expression=exp.Where(this=condition.copy()))


def _number(value: int | Decimal) -> exp.Expr:
    text = str(abs(value)) if isinstance(value, int) else format(value.copy_abs(), "f")  # abs() keeps 28 digits
    number = exp.Literal(this=text, is_string=False)
    return exp.Neg(this=number) if value < 0 else number
