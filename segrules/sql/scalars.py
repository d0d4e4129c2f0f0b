"""Scalar functions and operators of the core as SQL that DuckDB and PostgreSQL read alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from segrules.language.core import Call, Duration, Expression, Literal
from segrules.language.types import MAX_PRECISION, Kind, Type, decimal
from segrules.language.versions import PATTERN
from segrules.sql.dialect import Scalar
from segrules.sql.literals import as_number, data_type, floor, operand, power_of_ten, rounded
from segrules.sql.special import anniversary, bucket, distance_km, replaced, version_by

Parts = Sequence[exp.Expr]

NARROW_DIGITS = 18  # of a decimal that DuckDB keeps in 64 bits


def _operator(kind: type[exp.Binary]) -> Scalar:
    def build(call: Call, parts: Parts) -> exp.Expr:
        return kind(this=operand(parts[0]), expression=operand(parts[1]))

    return build


def function(sql_name: str) -> Scalar:
    """A function called by this name with the same arguments."""

    def build(call: Call, parts: Parts) -> exp.Expr:
        return exp.Anonymous(this=sql_name, expressions=list(parts))

    return build


def extract(field: str) -> Scalar:
    def build(call: Call, parts: Parts) -> exp.Expr:
        return exp.Extract(this=exp.var(field), expression=parts[0])

    return build


def ratio(top: exp.Expr, bottom: exp.Expr, top_type: Type, bottom_type: Type) -> exp.Expr:
    """True division, missing by zero, as the double nearest to the exact quotient.

    Decimals become whole numbers of their smallest unit first, because 0.6 and 3 as doubles give
    0.19999999999999998: ``round(CAST(total AS DOUBLE) * 100) / (orders * 100)``.
    """
    shared = max(top_type.digits_behind, bottom_type.digits_behind)
    dividend = _whole(top, top_type, shared)
    divisor = exp.Nullif(this=_whole(bottom, bottom_type, shared), expression=exp.Literal.number(0))
    return exp.Div(this=operand(dividend), expression=divisor, typed=False, safe=False)


def _whole(part: exp.Expr, type: Type, digits: int) -> exp.Expr:
    number = as_number(part)
    if digits == 0:
        return number
    product = exp.Mul(this=number, expression=power_of_ten(digits))
    return exp.Round(this=product) if type.kind is Kind.DECIMAL else product


def _divide(call: Call, parts: Parts) -> exp.Expr:
    top, bottom = (argument.type for argument in call.arguments)
    if top.is_exact and bottom.is_exact:
        return ratio(parts[0], parts[1], top, bottom)
    divisor = exp.Nullif(this=as_number(parts[1]), expression=exp.Literal.number(0))
    return exp.Div(this=as_number(parts[0]), expression=divisor, typed=False, safe=False)


def _multiply(call: Call, parts: Parts) -> exp.Expr:
    """A product; of decimals with room for all its digits, because DuckDB stops at 18 where both sides have fewer."""
    product = call.type
    left = operand(parts[0])
    if product.kind is Kind.DECIMAL and product.digits_before + product.digits_behind > NARROW_DIGITS:
        scale = call.arguments[0].type.digits_behind
        left = exp.cast(left, data_type(decimal(MAX_PRECISION - product.digits_behind + scale, scale)))
    return exp.Mul(this=left, expression=operand(parts[1]))


def _modulo(call: Call, parts: Parts) -> exp.Expr:
    """A remainder; of decimals with many digits as of one type, because DuckDB takes doubles where both do not fit."""
    left, right = with_all_digits(call.arguments, parts)
    return exp.Mod(this=operand(left), expression=exp.Nullif(this=right, expression=exp.Literal.number(0)))


def _negate(call: Call, parts: Parts) -> exp.Expr:
    return exp.Neg(this=operand(parts[0]))


def _of_known(sql_name: str) -> Scalar:
    """A function that skips missing values, each argument once: DuckDB 2.0 fails on some that stand twice."""

    def build(call: Call, parts: Parts) -> exp.Expr:
        return exp.Anonymous(this=sql_name, expressions=list(dict.fromkeys(with_all_digits(call.arguments, parts))))

    return build


def _coalesce(call: Call, parts: Parts) -> exp.Expr:
    first, *others = with_all_digits(call.arguments, parts)
    return exp.Coalesce(this=first, expressions=others)


def with_all_digits(values: Sequence[Expression], parts: Parts) -> list[exp.Expr]:
    """Values to choose from, as one decimal where together they have more digits than decimals can have.

    DuckDB would take the widest of their own types and round the others: ``coalesce(round(x, 1), 9.99)`` to 10.0.
    """
    types = [value.type for value in values]
    behind = max(type.digits_behind for type in types)
    fits = max(type.digits_before for type in types) + behind <= MAX_PRECISION
    if fits or not all(type.is_exact for type in types):
        return list(parts)
    return [exp.Cast(this=part, to=data_type(decimal(MAX_PRECISION, behind))) for part in parts]


def round_by(floor: Callable[[exp.Expr], exp.Expr]) -> Scalar:
    """Half away from zero, doubles by this floor of what is not negative."""
    return lambda call, parts: _round(call, parts, floor)


def _round(call: Call, parts: Parts, floor: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Doubles are scaled by hand, so that every engine takes the same steps."""
    item = call.arguments[0].type
    digits = call.arguments[1] if len(call.arguments) > 1 else None
    if item.kind is Kind.INTEGER:
        return parts[0]
    if item.kind is not Kind.NUMBER:
        exact = exp.Round(this=parts[0], decimals=parts[1] if digits else None)
        return exp.cast(exact, data_type(call.type))
    if digits is None or digits == Literal(0, digits.type):
        return rounded(parts[0], floor)
    assert isinstance(digits, Literal)
    assert isinstance(digits.value, int)
    scale = power_of_ten(digits.value)
    whole = rounded(exp.Mul(this=operand(parts[0]), expression=scale), floor)
    return exp.Div(this=whole, expression=as_number(scale))


def _to_whole(kind: type[exp.Expr]) -> Scalar:
    def build(call: Call, parts: Parts) -> exp.Expr:
        whole = kind(this=parts[0])
        return whole if call.type.kind is Kind.NUMBER else exp.cast(whole, data_type(call.type))

    return build


def trim(blanks: str) -> Scalar:
    """Without, at both ends, what a bracket of a regular expression calls blank."""

    def build(call: Call, parts: Parts) -> exp.Expr:
        ends = exp.Literal.string(f"^[{blanks}]+|[{blanks}]+$")
        arguments = [parts[0], ends, exp.Literal.string(""), exp.Literal.string("g")]
        return exp.Anonymous(this="regexp_replace", expressions=arguments)

    return build


def _shift(call: Call, parts: Parts) -> exp.Expr:
    """A date plus whole days is a date; longer units of a date go through a timestamp."""
    length = call.arguments[1]
    assert isinstance(length, Literal)
    assert isinstance(length.value, Duration)
    by = length.value
    unit, size = {"week": ("day", 7), "quarter": ("month", 3)}.get(by.unit, (by.unit, 1))
    count = abs(by.count * size)
    kind = exp.Sub if by.count < 0 else exp.Add
    if call.type.kind is Kind.DATE and unit == "day":
        return kind(this=operand(parts[0]), expression=exp.Literal.number(count))
    span = exp.Interval(this=exp.Literal.string(str(count)), unit=exp.var(unit.upper()))
    moved = kind(this=operand(parts[0]), expression=span)
    return exp.cast(moved, "date") if call.type.kind is Kind.DATE else moved


def _days_between(call: Call, parts: Parts) -> exp.Expr:
    return exp.Sub(this=operand(parts[1]), expression=operand(parts[0]))


def _start_of(call: Call, parts: Parts) -> exp.Expr:
    return exp.cast(exp.Anonymous(this="date_trunc", expressions=list(parts)), "date")


SCALARS: Mapping[str, Scalar] = {
    "add": _operator(exp.Add),
    "subtract": _operator(exp.Sub),
    "multiply": _multiply,
    "divide": _divide,
    "modulo": _modulo,
    "negate": _negate,
    "abs": function("abs"),
    "round": round_by(floor),
    "floor": _to_whole(exp.Floor),
    "ceil": _to_whole(exp.Ceil),
    "least": _of_known("least"),
    "greatest": _of_known("greatest"),
    "coalesce": _coalesce,
    "contains": function("contains"),
    "starts_with": function("starts_with"),
    "ends_with": function("ends_with"),
    "matches": function("regexp_matches"),
    "lower": function("lower"),
    "upper": function("upper"),
    "trim": trim(r"\s\v\x85\pZ"),
    "length": function("length"),
    "list_contains": function("list_contains"),
    "contains_any": function("list_has_any"),
    "contains_all": function("list_has_all"),
    "list_length": function("len"),
    "date": lambda call, parts: exp.cast(parts[0], exp.DataType.Type.DATE),
    "instant": lambda call, parts: exp.cast(parts[0], exp.DataType.Type.TIMESTAMP),
    "shift": _shift,
    "days_between": _days_between,
    "year": extract("year"),
    "quarter": extract("quarter"),
    "month": extract("month"),
    "week": extract("week"),
    "weekday": extract("isodow"),
    "hour": extract("hour"),
    "start_of": _start_of,
    "anniversary": anniversary,
    "distance_km": distance_km,
    "version": version_by(replaced, PATTERN),
    "bucket": bucket,
}
