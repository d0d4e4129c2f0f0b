"""A double as a decimal in the steps that DuckDB takes, so that no engine has another value of it.

The double is multiplied by ten to the scale, which may round it, and goes to the nearest whole number, half away from
zero. Each digit of that is kept. An engine's own cast may round the digits that it would print.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from segrules.language.types import Type
from segrules.sql.literals import data_type, operand, power_of_ten

MOST_DIGITS_OF_BIGINT = 18
"""Each whole number with so many digits is a BIGINT."""


def decimal_of_double(
    part: exp.Expr, to: Type, rounded: Callable[[exp.Expr], exp.Expr], whole: Callable[[exp.Expr, int], exp.Expr]
) -> exp.Expr:
    """``CASE WHEN ABS(x) <= 1e10 THEN CASE WHEN ABS(rounded) < 1e12 THEN CAST(whole * 0.01 AS DECIMAL(12, 2)) END END``

    NULL where the decimal has fewer digits. rounded: half away from zero. whole: of such a double the number with each
    of its digits, of which there are at most so many.
    """
    digits = to.digits_before + to.digits_behind
    scaled = part if to.digits_behind == 0 else exp.Mul(this=operand(part), expression=power_of_ten(to.digits_behind))
    nearest = rounded(scaled)
    exact = whole(nearest, digits)
    if to.digits_behind:
        unit = exp.Literal.number("0." + "1".zfill(to.digits_behind))
        exact = exp.Mul(this=operand(exact), expression=unit)
    fits = exp.If(this=_is_below(nearest, digits, exp.LT), true=exp.cast(exact, data_type(to)))
    may_be_scaled = _is_below(part, to.digits_before, exp.LTE)
    return exp.Case(ifs=[exp.If(this=may_be_scaled, true=exp.Case(ifs=[fits]))])


def _is_below(part: exp.Expr, digits: int, comparison: type[exp.Binary]) -> exp.Expr:
    return comparison(this=exp.Abs(this=part.copy()), expression=exp.Literal.number(f"1e{digits}"))
