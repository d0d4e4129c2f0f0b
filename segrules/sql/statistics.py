"""Quantiles and standard deviations, in steps that every engine takes alike, exact until the last division and root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from sqlglot import exp

from segrules.language.types import MAX_PRECISION, Kind, Type, decimal
from segrules.sql.dialect import AggregateParts, Folding
from segrules.sql.literals import as_number, data_type, filtered, power_of_ten

Picking = Callable[[AggregateParts, exp.Expr], exp.Expr]
"""From an aggregate's parts and a place, counted from 1, to the value that stands there in order, or NULL."""


def smallest_units(part: exp.Expr, type: Type) -> exp.Expr:
    """A value as a double that is whole where the value is a decimal: 9.99 is 999."""
    if type.kind is not Kind.DECIMAL:
        return as_number(part)
    return exp.Round(this=exp.Mul(this=as_number(part), expression=power_of_ten(type.digits_behind)))


def quantile(parts: AggregateParts, cut: Folding, value_at: Picking | None = None) -> exp.Expr:
    """By linear interpolation: of n values in order, what stands at place (n - 1) * share, counted from 0.

    This is type 7 of Hyndman and Fan (1996), what spreadsheets give and the engine's own function `cut`. Of exact
    values the result is a multiple of the smallest unit by the divisor of the share, to which it is rounded, because
    engines differ in the last digit: ``ROUND(QUANTILE_CONT(…, 0.2) * 5) / 500``. Of inexact numbers it is computed
    from the two neighbours, which `value_at` gives.
    """
    assert parts.node.value is not None
    item, part = parts.node.value.type, share(parts)
    if item.kind is Kind.NUMBER:
        return _between_neighbours(parts, part, value_at or _value_at)
    assert parts.value is not None
    units = cut(replace(parts, value=smallest_units(parts.value, item)))
    if part.denominator > 1:
        units = exp.Round(this=exp.Mul(this=units, expression=exp.Literal.number(part.denominator)))
    return _over(units, part.denominator * 10**item.digits_behind)


def share(parts: AggregateParts) -> Fraction:
    """The share that a quantile is asked for."""
    assert parts.node.argument is not None
    assert isinstance(parts.node.argument.value, Decimal)
    return Fraction(parts.node.argument.value)


def _between_neighbours(parts: AggregateParts, part: Fraction, value_at: Picking) -> exp.Expr:
    """``left + (right - left) * rest / divisor``, which of two equal neighbours is just these."""
    assert parts.value is not None
    known = filtered(exp.Count(this=parts.value), parts.condition)
    steps = exp.Mul(this=_plus(known, -1), expression=exp.Literal.number(part.numerator))
    divisor = exp.Literal.number(part.denominator)
    place, rest = exp.IntDiv(this=steps, expression=divisor), exp.Mod(this=steps.copy(), expression=divisor.copy())
    left, right = (value_at(parts, _plus(place, by)) for by in (1, 2))
    gap = exp.paren(exp.Sub(this=exp.Coalesce(this=right, expressions=[left.copy()]), expression=left.copy()))
    weighed = exp.Div(this=exp.Mul(this=gap, expression=exp.paren(rest)), expression=as_number(divisor.copy()))
    return exp.Add(this=left, expression=weighed)


def _plus(part: exp.Expr, number: int) -> exp.Expr:
    operator = exp.Add if number > 0 else exp.Sub
    return exp.paren(operator(this=part.copy(), expression=exp.Literal.number(abs(number))))


def _value_at(parts: AggregateParts, place: exp.Expr) -> exp.Expr:
    """Of the values from the smallest on, what is missing last, the one at a place counted from 1."""
    assert parts.value is not None
    item = parts.value
    ordered = exp.Order(this=item.copy(), expressions=[exp.Ordered(this=item.copy(), nulls_first=False)])
    values = exp.paren(filtered(exp.Anonymous(this="array_agg", expressions=[ordered]), parts.condition))
    return exp.Bracket(this=values, expressions=[place], offset=1)


def _over(part: exp.Expr, divisor: int) -> exp.Expr:
    return part if divisor == 1 else exp.Div(this=part, expression=as_number(exp.Literal.number(divisor)))


def deviation(parts: AggregateParts) -> exp.Expr:
    """The sample's standard deviation: ``sqrt((n * sum(x * x) - sum(x) * sum(x)) / (n * (n - 1)))``.

    Of integers, decimals (as whole numbers of their smallest unit) and lengths of time all but the division and the
    root are exact; of inexact numbers the engine's own, which takes their mean off first.
    """
    assert parts.node.value is not None
    assert parts.value is not None
    item = parts.node.value.type
    if item.kind is Kind.NUMBER:
        return filtered(exp.Anonymous(this="stddev_samp", expressions=[parts.value]), parts.condition)
    whole = _whole(parts.value, item)
    known = filtered(exp.Count(this=parts.value.copy()), parts.condition)
    total = filtered(exp.Sum(this=whole), parts.condition)
    squares = filtered(exp.Sum(this=exp.Mul(this=whole.copy(), expression=whole.copy())), parts.condition)
    spread = exp.Sub(
        this=exp.Mul(this=exp.cast(known, "decimal(38, 0)"), expression=squares),
        expression=exp.Mul(this=total, expression=total.copy()),
    )
    pairs = exp.Mul(this=known.copy(), expression=_plus(known, -1))
    divisor = exp.Nullif(this=as_number(pairs), expression=exp.Literal.number(0))
    root = exp.Sqrt(this=exp.Div(this=as_number(spread), expression=divisor, typed=False, safe=False))
    return _over(root, 10**item.digits_behind)


def _whole(part: exp.Expr, type: Type) -> exp.Expr:
    """An exact value as a whole number with room for its square."""
    if type.kind is Kind.DECIMAL and type.digits_behind:
        part = exp.cast(smallest_units(part, type), "bigint")
    return exp.cast(part, data_type(decimal(MAX_PRECISION, 0)))
