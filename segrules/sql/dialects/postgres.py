"""PostgreSQL: https://www.postgresql.org/docs/current/functions.html"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from segrules.language.core import Call, Literal
from segrules.language.types import Kind
from segrules.sql.aggregates import average, exact_average, in_order, median_of, nth, simple
from segrules.sql.dialect import AggregateParts, Dialect, Folding, Scalar
from segrules.sql.dialects import patterns
from segrules.sql.dialects.postgres_storage import POSTGRES_STORAGE, exact, may_keep
from segrules.sql.literals import as_number, data_type, filtered, name, operand
from segrules.sql.scalars import SCALARS, trim
from segrules.sql.special import bucket_of, chance
from segrules.sql.statistics import quantile

Parts = Sequence[exp.Expr]

_TEXT_ORDER = "C"


def _contains(call: Call, parts: Parts) -> exp.Expr:
    place = exp.Anonymous(this="strpos", expressions=list(parts))
    return exp.GT(this=place, expression=exp.Literal.number(0))


def _ends_with(call: Call, parts: Parts) -> exp.Expr:
    length = exp.Anonymous(this="length", expressions=[parts[1].copy()])
    end = exp.Anonymous(this="right", expressions=[parts[0], length])
    return exp.EQ(this=end, expression=operand(parts[1]))


def _matches(call: Call, parts: Parts) -> exp.Expr:
    pattern = call.arguments[1]
    assert isinstance(pattern, Literal)
    return exp.RegexpLike(
        this=_by_code(parts[0]), expression=exp.Literal.string(patterns.spelled(str(pattern.value), patterns.POSTGRES))
    )


def _list_contains(call: Call, parts: Parts) -> exp.Expr:
    return exp.EQ(this=operand(parts[1]), expression=exp.Any(this=exp.paren(parts[0])))


def _array(part: exp.Expr, call: Call) -> exp.Expr:
    return exp.cast(part, data_type(call.arguments[0].type))


def _contains_any(call: Call, parts: Parts) -> exp.Expr:
    return exp.ArrayOverlaps(this=operand(parts[0]), expression=_array(parts[1], call))


def _contains_all(call: Call, parts: Parts) -> exp.Expr:
    return exp.ArrayContainsAll(this=operand(parts[0]), expression=_array(parts[1], call))


def _known_list(call: Call, parts: Parts) -> exp.Expr:
    return exp.Anonymous(this="array_remove", expressions=[exp.Array(expressions=list(parts)), exp.null()])


def _elapsed(call: Call, parts: Parts) -> exp.Expr:
    difference = exp.Sub(this=operand(parts[1]), expression=operand(parts[0]))
    if call.arguments[0].type.kind is Kind.DATE:
        days = exp.cast(exp.paren(difference), "bigint")
        return exp.Mul(this=days, expression=exp.Literal.number(86_400_000_000))
    seconds = exp.Extract(this=exp.var("epoch"), expression=difference)
    return exp.cast(exp.Mul(this=seconds, expression=exp.Literal.number(1_000_000)), "bigint")


def _extract(field: str) -> Scalar:
    def build(call: Call, parts: Parts) -> exp.Expr:
        return exp.cast(exp.Extract(this=exp.var(field), expression=parts[0]), "bigint")

    return build


def _cased(sql_name: str, collation: str) -> Scalar:
    """By one of the two collations that take each letter by itself to one other."""

    def build(call: Call, parts: Parts) -> exp.Expr:
        rules = exp.to_identifier(collation, quoted=True)
        text = operand(parts[0])
        if sql_name == "upper":  # as DuckDB has it; both leave a small sharp s small
            sharp = [exp.Literal.string(letter) for letter in "ßẞ"]
            text = exp.Anonymous(this="replace", expressions=[text, *sharp])
        cased = exp.Anonymous(this=sql_name, expressions=[exp.Collate(this=text, expression=rules)])
        return _by_code(cased)

    return build


def _modulo(call: Call, parts: Parts) -> exp.Expr:
    """Of doubles, what is left of the exact ones: a double again. The engine has no remainder of doubles.

    The divisor is not above the other number. If it is above 0.001 and that below 1e18, 81 digits are all of them and
    had fast; 350, the most that can be had, are all where it is above 1e-128.
    """
    if call.type.kind is not Kind.NUMBER:
        return SCALARS["modulo"](call, parts)
    top, bottom = (as_number(part) for part in parts)
    sizes = [exp.Abs(this=part.copy()) for part in (top, bottom)]
    is_common = exp.and_(
        exp.LT(this=sizes[0], expression=exp.Literal.number("1e18")),
        exp.GT(this=sizes[1], expression=exp.Literal.number("0.001")),
    )
    digits = exp.Case(ifs=[exp.If(this=is_common, true=exp.Literal.number(81))], default=exp.Literal.number(349))
    left = SCALARS["modulo"](call, [exact(part.copy(), digits.copy()) for part in (top, bottom)])
    is_smaller = exp.LT(this=sizes[0].copy(), expression=sizes[1].copy())
    return exp.Case(ifs=[exp.If(this=is_smaller, true=top)], default=as_number(left))


def _bucket(call: Call, parts: Parts) -> exp.Expr:
    """Hexadecimal digits become a number by way of a string of bits."""
    digits = exp.Left(this=chance(call, parts), expression=exp.Literal.number(15))
    hexadecimal = exp.DPipe(this=exp.Literal.string("x"), expression=digits)
    bits = exp.cast(hexadecimal, exp.DataType.build("bit(60)", dialect="postgres"))
    return bucket_of(exp.cast(bits, "bigint"), parts)


def _average(parts: AggregateParts) -> exp.Expr:
    assert parts.node.value is not None
    return average(parts) if parts.node.value.type.kind is Kind.NUMBER else exact_average(parts)


def _cut(parts: AggregateParts) -> exp.Expr:
    """The value at a share of all, by default the middle one."""
    assert parts.value is not None
    ordered = exp.Order(expressions=[exp.Ordered(this=as_number(parts.value), nulls_first=False)])
    at = exp.Literal.number(str(parts.node.argument.value if parts.node.argument else "0.5"))
    return filtered(exp.WithinGroup(this=exp.PercentileCont(this=at), expression=ordered), parts.condition)


def _first(parts: AggregateParts) -> exp.Expr:
    return exp.Bracket(this=exp.paren(in_order(_text_by_code(parts))), expressions=[exp.Literal.number(0)])


def _mode(parts: AggregateParts) -> exp.Expr:
    """The first in order of equally frequent values."""
    ordered = exp.Order(expressions=[exp.Ordered(this=_text_by_code(parts).value, nulls_first=False)])
    mode = exp.Anonymous(this="mode", expressions=[])
    return filtered(exp.WithinGroup(this=mode, expression=ordered), parts.condition)


def _text_by_code(parts: AggregateParts) -> AggregateParts:
    """The same where texts are folded in the order of code points."""
    if parts.node.type.kind is not Kind.TEXT or parts.value is None:
        return parts
    return replace(parts, value=_by_code(parts.value))


def _by_code(part: exp.Expr) -> exp.Expr:
    return exp.Collate(this=operand(part), expression=exp.to_identifier(_TEXT_ORDER, quoted=True))


def _extreme(sql_name: str) -> Folding:
    def build(parts: AggregateParts) -> exp.Expr:
        return simple(sql_name)(_text_by_code(parts))

    return build


def _passing(items: exp.Expr, element: str, test: exp.Expr) -> exp.Expr:
    rows = exp.Unnest(expressions=[items], alias=exp.TableAlias(this=name(f"{element}s"), columns=[name(element)]))
    return exp.Select(expressions=[exp.Count(this=exp.Star())]).from_(rows).where(test, copy=False).subquery()


POSTGRES = Dialect(
    name="postgres",
    scalars={
        "contains": _contains,
        "ends_with": _ends_with,
        "matches": _matches,
        "trim": trim(r"\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"),
        "lower": _cased("lower", "pg_c_utf8"),
        "upper": _cased("upper", "pg_c_utf8"),
        "list_contains": _list_contains,
        "contains_any": _contains_any,
        "contains_all": _contains_all,
        "list_length": lambda call, parts: exp.Anonymous(this="cardinality", expressions=list(parts)),
        "known_list": _known_list,
        "elapsed": _elapsed,
        "modulo": _modulo,
        "year": _extract("year"),
        "quarter": _extract("quarter"),
        "month": _extract("month"),
        "week": _extract("week"),
        "weekday": _extract("isodow"),
        "hour": _extract("hour"),
        "bucket": _bucket,
    },
    aggregates={
        "avg": _average,
        "min": _extreme("min"),
        "max": _extreme("max"),
        "median": lambda parts: median_of(parts, _cut),
        "quantile": lambda parts: quantile(parts, _cut),
        "first": _first,
        "last": _first,
        "nth": lambda parts: nth(_text_by_code(parts)),
        "mode": _mode,
    },
    storage=POSTGRES_STORAGE,
    text_order=_TEXT_ORDER,
    passing=_passing,
    fences=True,
    longest_name=63,
    most_columns=1600,
    may_keep=may_keep,
    counts_in_planes=True,
)
POSTGRES_14 = replace(
    POSTGRES,
    name="postgres, version=14",
    scalars={**POSTGRES.scalars, "lower": _cased("lower", "C.utf8"), "upper": _cased("upper", "C.utf8")},
)
"""Up to version 16, which has no collation `pg_c_utf8`, but that of the operating system."""
