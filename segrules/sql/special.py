"""Scalar functions of several steps, as SQL that engines read alike: places, versions, anniversaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlglot import exp

from segrules.language.core import Call, Expression, Literal
from segrules.language.versions import DIGITS, PARTS
from segrules.sql.dialect import Scalar
from segrules.sql.literals import as_number, data_type, operand, rounded

Parts = Sequence[exp.Expr]

EARTH_RADIUS = "6371.0088"
"""Kilometres: the mean radius R1 of the ellipsoid GRS 80 (Moritz, Geodetic Reference System 1980)."""


def distance_km(call: Call, parts: Parts) -> exp.Expr:
    """The great-circle distance by the haversine formula (Sinnott, Virtues of the Haversine, 1984), to the millimetre.

    Rounded, because engines may differ in the last digit of a sine. Missing where a place is outside the globe.
    """
    here, there = parts[:2], parts[2:]
    squares = [_haversine(here[0], there[0]), _haversine(here[1], there[1])]
    cosines = [exp.Anonymous(this="cos", expressions=[_radians(one)]) for one in (here[0], there[0])]
    height = exp.Add(
        this=squares[0],
        expression=exp.Mul(this=exp.Mul(this=cosines[0], expression=cosines[1]), expression=squares[1]),
    )
    root = exp.Anonymous(this="least", expressions=[exp.Sqrt(this=height), as_number(exp.Literal.number(1))])
    diameter = exp.Mul(this=exp.Literal.number(2), expression=as_number(exp.Literal.number(EARTH_RADIUS)))
    length = exp.Mul(this=diameter, expression=exp.Anonymous(this="asin", expressions=[root]))
    millimetres = exp.Mul(this=length, expression=exp.Literal.number(1_000_000))
    found = exp.Div(this=rounded(millimetres), expression=as_number(exp.Literal.number(1_000_000)))
    degrees = zip(call.arguments, parts, (90, 180, 90, 180), strict=True)
    tests = [_within(part, most) for node, part, most in degrees if not _is_checked(node)]
    return exp.Case(ifs=[exp.If(this=exp.and_(*tests), true=found)]) if tests else found


def _is_checked(node: Expression) -> bool:
    """Whether it is a constant as written, which no rule has outside the globe."""
    return isinstance(node, Literal) and node.value is not None


def _haversine(start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """The squared sine of half the angle between two degrees."""
    angle = exp.Sub(this=_radians(end), expression=_radians(start))
    half = exp.Div(this=exp.paren(angle), expression=as_number(exp.Literal.number(2)))
    return exp.Pow(this=exp.Anonymous(this="sin", expressions=[half]), expression=exp.Literal.number(2))


def _radians(part: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="radians", expressions=[as_number(part.copy())])


def _within(part: exp.Expr, most: int) -> exp.Expr:
    return exp.LTE(this=exp.Abs(this=part.copy()), expression=exp.Literal.number(most))


def anniversary(call: Call, parts: Parts) -> exp.Expr:
    """The day so many years on as make it today's year, or one more where that day is over; 29 February may be 28."""
    today = call.arguments[1]
    assert isinstance(today, Literal)
    assert isinstance(today.value, date)
    year = exp.cast(exp.Extract(this=exp.var("year"), expression=parts[0]), "int")
    since = exp.Sub(this=exp.Literal.number(today.value.year), expression=year)
    years = exp.Anonymous(this="greatest", expressions=[since, exp.Literal.number(0)])
    this = _years_on(parts[0], years)
    following = _years_on(parts[0], exp.paren(exp.Add(this=years, expression=exp.Literal.number(1))))
    is_over = exp.LT(this=this.copy(), expression=parts[1])
    return exp.Case(ifs=[exp.If(this=is_over, true=following)], default=this)


def _years_on(day: exp.Expr, years: exp.Expr) -> exp.Expr:
    year = exp.Interval(this=exp.Literal.string("1"), unit=exp.var("YEAR"))
    span = exp.Mul(this=years.copy(), expression=year)
    return exp.cast(exp.Add(this=operand(day.copy()), expression=span), "date")


def version_by(replaced: Callable[[exp.Expr, str], exp.Expr], pattern: str) -> Scalar:
    """By a function that takes all matches out of a text, and the pattern of a version."""
    return lambda call, parts: _version(call, parts[0], replaced(parts[0].copy(), "^v|[-+].*$"), pattern)


def replaced(text: exp.Expr, pattern: str) -> exp.Expr:
    """The text without what the pattern finds."""
    return _function("regexp_replace", text, pattern, "", "g")


def _version(call: Call, text: exp.Expr, numbers: exp.Expr, pattern: str) -> exp.Expr:
    """A number of nine digits for each part and one more, 0 before a release (see `language.versions`)."""
    padded = [
        _function("lpad", _function("split_part", numbers.copy(), ".", place), DIGITS, "0")
        for place in range(1, PARTS + 1)
    ]
    core = _function("split_part", text.copy(), "+", 1)
    has_suffix = exp.If(this=_function("regexp_like", core, "-"), true=exp.Literal.string("0"))
    digits: exp.Expr = exp.Case(ifs=[has_suffix], default=exp.Literal.string("1"))
    for part in reversed(padded):
        digits = exp.DPipe(this=part, expression=digits)
    is_version = exp.If(this=_function("regexp_like", text.copy(), pattern), true=digits)
    return exp.cast(exp.Case(ifs=[is_version]), data_type(call.type))


def _function(sql_name: str, *arguments: exp.Expr | str | int) -> exp.Expr:
    """A function called with these arguments; a regular expression in the way of the dialect."""
    given = [one if isinstance(one, exp.Expr) else exp.convert(one) for one in arguments]
    if sql_name == "regexp_like":
        return exp.RegexpLike(this=given[0], expression=given[1])
    return exp.Anonymous(this=sql_name, expressions=given)


def chance(call: Call, parts: Parts) -> exp.Expr:
    """The text whose hash decides on a bucket: the seed, a colon, the key."""
    _, _, seed = call.arguments
    assert isinstance(seed, Literal)
    key = exp.cast(parts[0], "text")
    return exp.MD5(this=exp.DPipe(this=exp.Literal.string(f"{seed.value}:"), expression=key))


def bucket_of(number: exp.Expr, parts: Parts) -> exp.Expr:
    """The rest of a number by the number of buckets, counted from 1."""
    rest = exp.Mod(this=operand(number), expression=parts[1])
    return exp.Add(this=rest, expression=exp.Literal.number(1))


def bucket(call: Call, parts: Parts) -> exp.Expr:
    """By the first fifteen hexadecimal digits of the hash as a whole number."""
    digits = exp.Left(this=chance(call, parts), expression=exp.Literal.number(15))
    hexadecimal = exp.DPipe(this=exp.Literal.string("0x"), expression=digits)
    return bucket_of(exp.cast(hexadecimal, "bigint"), parts)
