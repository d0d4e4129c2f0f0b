"""Spark: https://spark.apache.org/docs/latest/api/sql/ and https://spark.apache.org/docs/latest/sql-ref-ansi-compliance.html

Statements rely on the settings that `segrules.engines.spark` gives its session, among them ANSI arithmetic, timestamps
without a zone, and decimals that keep their scale. What Spark counts in 32 bits becomes a BIGINT.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from sqlglot import exp

from segrules.language.core import Call, Literal
from segrules.language.types import INTEGER, MAX_PRECISION, TIMESTAMP, Kind, Type, decimal
from segrules.language.versions import PATTERN
from segrules.sql.aggregates import average, exact_average, median_of
from segrules.sql.dialect import AggregateParts, Dialect, Scalar, Storage
from segrules.sql.dialects import patterns
from segrules.sql.dialects.spark_text import lower, trim, upper
from segrules.sql.floats import MOST_DIGITS_OF_BIGINT, decimal_of_double
from segrules.sql.literals import as_number, constant, data_type, filtered, name, operand
from segrules.sql.scalars import SCALARS, function, round_by
from segrules.sql.special import bucket_of, chance, version_by
from segrules.sql.statistics import quantile
from segrules.sql.zones import UTC_NAMES

Parts = Sequence[exp.Expr]

_EPOCH = datetime(1970, 1, 1)
_TYPES = {
    "INT": "INTEGER",
    "STRING": "VARCHAR",
    "TIMESTAMP": "TIMESTAMPTZ",
    "TIMESTAMP_NTZ": "TIMESTAMP",
    "BINARY": "BLOB",
    "VOID": '"NULL"',
}
_LARGE = 2**53  # a double of this size is whole


def _call(sql_name: str, *parts: exp.Expr | int) -> exp.Anonymous:
    given = [exp.Literal.number(part) if isinstance(part, int) else part for part in parts]
    return exp.Anonymous(this=sql_name, expressions=given)


def _integer(part: exp.Expr) -> exp.Expr:
    return exp.cast(part, data_type(INTEGER))


def _counted(sql_name: str) -> Scalar:
    return lambda call, parts: _integer(_call(sql_name, *parts))


def _extract(field: str) -> Scalar:
    return lambda call, parts: _integer(exp.Extract(this=exp.var(field), expression=parts[0]))


def _of_known(sql_name: str) -> Scalar:
    """A function that skips missing values, which Spark wants two of at least."""

    def build(call: Call, parts: Parts) -> exp.Expr:
        chosen = SCALARS[sql_name](call, parts)
        return chosen if len(chosen.expressions) > 1 else chosen.expressions[0]

    return build


def _to_whole(kind: type[exp.Expr]) -> Scalar:
    """FLOOR and CEIL give a BIGINT, which a large double, whole already, need not fit."""

    def build(call: Call, parts: Parts) -> exp.Expr:
        if call.type.kind is not Kind.NUMBER:
            return _integer(kind(this=parts[0]))
        fits = exp.LT(this=exp.Abs(this=parts[0]), expression=exp.Literal.number(_LARGE))
        whole = exp.If(this=fits, true=as_number(kind(this=parts[0].copy())))
        return exp.Case(ifs=[whole], default=parts[0].copy())

    return build


def _without_fraction(part: exp.Expr) -> exp.Expr:
    """The floor of a double that is not negative."""
    fraction = exp.Mod(this=operand(part.copy()), expression=as_number(exp.Literal.number(1)))
    return exp.paren(exp.Sub(this=operand(part), expression=fraction))


def _negative(part: exp.Expr) -> exp.Expr:
    """A difference: Spark rounds the negative of a decimal to 34 digits."""
    return exp.Sub(this=exp.Literal.number(0), expression=operand(part))


def _negate(call: Call, parts: Parts) -> exp.Expr:
    return _negative(parts[0]) if call.type.kind is Kind.DECIMAL else SCALARS["negate"](call, parts)


def _abs(call: Call, parts: Parts) -> exp.Expr:
    if call.type.kind is not Kind.DECIMAL:
        return SCALARS["abs"](call, parts)
    return _call("greatest", parts[0], _negative(parts[0].copy()))


def _matches(call: Call, parts: Parts) -> exp.Expr:
    pattern = call.arguments[1]
    assert isinstance(pattern, Literal)
    written = patterns.spelled(str(pattern.value), patterns.JAVA)
    return exp.RegexpLike(this=operand(parts[0]), expression=exp.Literal.string(written))


def _replaced(text: exp.Expr, pattern: str) -> exp.Expr:
    return _call("regexp_replace", text, exp.Literal.string(pattern), exp.Literal.string(""))


def _contains_all(call: Call, parts: Parts) -> exp.Expr:
    absent = _call("size", _call("array_except", parts[1], parts[0]))
    return exp.EQ(this=absent, expression=exp.Literal.number(0))


def _known_list(call: Call, parts: Parts) -> exp.Expr:
    return _call("array_compact", exp.Array(expressions=list(parts)))


def _days_between(call: Call, parts: Parts) -> exp.Expr:
    return _integer(_call("datediff", parts[1], parts[0]))


def _elapsed(call: Call, parts: Parts) -> exp.Expr:
    if call.arguments[0].type.kind is Kind.DATE:
        return exp.Mul(this=_days_between(call, parts), expression=exp.Literal.number(86_400_000_000))
    return _microseconds(*parts)


def _microseconds(start: exp.Expr, end: exp.Expr) -> exp.Expr:
    return _call("timestampdiff", exp.var("MICROSECOND"), start, end)


def _start_of(call: Call, parts: Parts) -> exp.Expr:
    unit, day = parts[0], exp.cast(parts[1], exp.DataType.Type.DATE)
    return day if unit.name == "day" else _call("trunc", day, unit)


def _wall_from_utc(moment: exp.Expr, zone: str) -> exp.Expr:
    if zone == "UTC":
        return moment
    return _call("convert_timezone", exp.Literal.string("UTC"), exp.Literal.string(zone), moment)


def _utc_from_wall(wall: exp.Expr, zone: str) -> exp.Expr:
    """The later of two instants: what the offset of a day later gives, if its wall clock is this one.

    Spark takes the earlier, and where a clock is turned forward what the offset before gives.
    """
    if zone in UTC_NAMES:
        return wall
    day = exp.Interval(this=exp.Literal.string("1"), unit=exp.var("DAY"))
    tomorrow = exp.Add(this=operand(wall.copy()), expression=day)
    later = exp.Sub(this=_to_utc(tomorrow, zone), expression=day.copy())
    shows_it = exp.EQ(this=_wall_from_utc(later, zone), expression=operand(wall.copy()))
    return exp.Case(ifs=[exp.If(this=shows_it, true=later.copy())], default=_to_utc(wall.copy(), zone))


def _to_utc(wall: exp.Expr, zone: str) -> exp.Expr:
    return _call("convert_timezone", exp.Literal.string(zone), exp.Literal.string("UTC"), wall)


def _bucket(call: Call, parts: Parts) -> exp.Expr:
    digits = exp.Left(this=chance(call, parts), expression=exp.Literal.number(15))
    return bucket_of(_integer(_call("conv", digits, 16, 10)), parts)


def _hashed(parts: Parts) -> exp.Expr:
    """Beside each column whether it is NULL, which the hash would pass over; a decimal, which sums do not overflow."""
    known = [exp.Is(this=part.copy(), expression=exp.null()) for part in parts]
    hashed = _call("xxhash64", *(item for pair in zip(parts, known, strict=True) for item in pair))
    return exp.cast(hashed, data_type(decimal(20, 0)))


def _average(parts: AggregateParts) -> exp.Expr:
    """Of integers by their exact sum, where Spark would add doubles."""
    assert parts.node.value is not None
    assert parts.value is not None
    if parts.node.value.type.kind in (Kind.NUMBER, Kind.DECIMAL):
        return average(parts)
    return exact_average(parts, exp.cast(parts.value, data_type(decimal(MAX_PRECISION, 0))))


def _double_as_decimal(part: exp.Expr, to: Type) -> exp.Expr:
    return decimal_of_double(part, to, lambda number: _call("round", number.copy()), _whole)


def _whole(number: exp.Expr, digits: int) -> exp.Expr:
    """As many 2^64 as there are, and what is left, which is even."""
    if digits <= MOST_DIGITS_OF_BIGINT:
        return _integer(number)
    many = _integer(exp.Div(this=number.copy(), expression=as_number(exp.Literal.number(2**64)), typed=False))
    left = exp.Sub(
        this=number.copy(), expression=exp.Mul(this=many.copy(), expression=as_number(exp.Literal.number(2**64)))
    )
    half = _integer(exp.Div(this=exp.paren(left), expression=exp.Literal.number(2), typed=False))
    widest = data_type(decimal(MAX_PRECISION, 0))
    first = exp.Mul(this=exp.cast(many, widest), expression=exp.Literal.number(2**64))
    sum = exp.Add(this=first, expression=exp.Mul(this=exp.cast(half, widest), expression=exp.Literal.number(2)))
    is_small = exp.LT(this=exp.Abs(this=number.copy()), expression=as_number(exp.Literal.number(2**63)))
    return exp.Case(
        ifs=[exp.If(this=is_small, true=exp.cast(_integer(number.copy()), widest))], default=exp.cast(sum, widest)
    )


def _cut(parts: AggregateParts) -> exp.Expr:
    """The value at a share of all, by default the middle one."""
    assert parts.value is not None
    at = exp.Literal.number(str(parts.node.argument.value if parts.node.argument else "0.5"))
    return filtered(_call("percentile", parts.value, at), parts.condition)


def _in_order(parts: AggregateParts) -> exp.Expr:
    """The array of what every row has, from the smallest to the largest."""
    return _call("sort_array", filtered(_call("collect_list", _place(parts, True)), parts.condition))


def _place(parts: AggregateParts, from_smallest: bool) -> exp.Expr:
    """Where a row stands, by whose order structs are compared; missing before known, but for the value itself."""
    assert parts.value is not None
    item, fields = parts.value, list(parts.order)
    is_missing = exp.Is(this=operand(item.copy()), expression=exp.null())
    if from_smallest:
        return exp.Struct(expressions=[*fields, is_missing, item.as_("value", copy=True)])
    assert parts.node.value is not None
    return exp.Struct(expressions=[*fields, exp.Not(this=is_missing), _turned(item.copy(), parts.node.value.type)])


def _turned(item: exp.Expr, type: Type) -> exp.Expr:
    """A value that is smaller where this one is larger."""
    match type.kind:
        case Kind.INTEGER | Kind.DURATION:
            return exp.BitwiseNot(this=operand(item))
        case Kind.DECIMAL | Kind.NUMBER | Kind.VERSION:
            return _negative(item)
        case Kind.BOOLEAN:
            return exp.Not(this=operand(item))
        case Kind.DATE:
            return exp.BitwiseNot(this=_call("unix_date", item))
        case Kind.TIMESTAMP:
            return _microseconds(item, constant(_EPOCH))
        case Kind.TEXT | Kind.UNKNOWN:  # the digits of its bytes, and behind them what is larger than a digit
            digits = [exp.Literal.string(each) for each in ("0123456789ABCDEF", "FEDCBA9876543210")]
            return exp.DPipe(this=_call("translate", _call("hex", item), *digits), expression=exp.Literal.string("G"))
        case Kind.LIST:
            raise TypeError("no aggregate takes the last of lists")
        case _:
            assert_never(type.kind)


def _first(parts: AggregateParts) -> exp.Expr:
    assert parts.value is not None
    return filtered(_call("min_by", parts.value, _place(parts, True)), parts.condition)


def _last(parts: AggregateParts) -> exp.Expr:
    assert parts.value is not None
    return filtered(_call("max_by", parts.value, _place(parts, False)), parts.condition)


def _nth(parts: AggregateParts) -> exp.Expr:
    assert parts.node.argument is not None
    place = int(str(parts.node.argument.value)) - 1
    return exp.Dot(this=_call("get", _in_order(parts), place), expression=name("value"))


def _value_at(parts: AggregateParts, place: exp.Expr) -> exp.Expr:
    """Of the known values from the smallest on, the one at a place counted from 1."""
    assert parts.value is not None
    values = _call("sort_array", filtered(_call("collect_list", parts.value.copy()), parts.condition))
    before = exp.Sub(this=operand(place), expression=exp.Literal.number(1))
    return _call("get", values, exp.cast(before, exp.DataType.Type.INT))


def _mode(parts: AggregateParts) -> exp.Expr:
    assert parts.value is not None
    return filtered(_call("mode", parts.value, exp.true()), parts.condition)


def _passing(items: exp.Expr, element: str, test: exp.Expr) -> exp.Expr:
    kept = exp.Lambda(this=test, expressions=[name(element)])
    return _integer(_call("size", _call("filter", items, kept)))


def only_path(path: str) -> str:
    """The pattern that matches only this path, as Spark reads a path that is a table."""
    return re.sub(r"[*?{}\[\]\\]", r"\\\g<0>", path)


SPARK = Dialect(
    name="spark",
    scalars={
        "negate": _negate,
        "abs": _abs,
        "round": round_by(_without_fraction),
        "floor": _to_whole(exp.Floor),
        "ceil": _to_whole(exp.Ceil),
        "least": _of_known("least"),
        "greatest": _of_known("greatest"),
        "starts_with": function("startswith"),
        "ends_with": function("endswith"),
        "matches": _matches,
        "lower": lower,
        "upper": upper,
        "trim": trim,
        "length": _counted("length"),
        "list_contains": function("array_contains"),
        "contains_any": function("arrays_overlap"),
        "contains_all": _contains_all,
        "list_length": _counted("size"),
        "known_list": _known_list,
        "days_between": _days_between,
        "elapsed": _elapsed,
        "year": _extract("year"),
        "quarter": _extract("quarter"),
        "month": _extract("month"),
        "week": _extract("week"),
        "weekday": _extract("dayofweek_iso"),
        "hour": _extract("hour"),
        "start_of": _start_of,
        "version": version_by(_replaced, PATTERN[:-1] + r"\z"),
        "bucket": _bucket,
    },
    aggregates={
        "avg": _average,
        "median": lambda parts: median_of(parts, _cut),
        "quantile": lambda parts: quantile(parts, _cut, _value_at),
        "first": _first,
        "last": _last,
        "nth": _nth,
        "mode": _mode,
    },
    storage=Storage(
        try_cast=lambda part, to: exp.TryCast(this=part.copy(), to=data_type(to), safe=True),
        double_as_decimal=_double_as_decimal,
        each=lambda items, element: _call("transform", items, exp.Lambda(this=element, expressions=[name("element")])),
        types=_TYPES,
        casts_lists=True,
        utc=lambda instant: exp.cast(instant, data_type(TIMESTAMP)),
        hashed=_hashed,
    ),
    passing=_passing,
    utc_from_wall=_utc_from_wall,
    wall_from_utc=_wall_from_utc,
    keeps="cache",
    file_schemas={"parquet": "parquet"},
    has_groups=False,
    nests=True,
    counts_in_32_bits=True,
)
