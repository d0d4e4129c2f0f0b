"""Values written as text, in CSV or JSON, read strictly: what is not exactly a value of the type gives NULL."""

from __future__ import annotations

import re

from sqlglot import exp

from segrules.language.types import Kind, Type
from segrules.project.model import Format
from segrules.sql.literals import data_type
from segrules.sql.zones import utc_from_wall

_TRUE = ("true", "t", "1", "yes")
_FALSE = ("false", "f", "0", "no")
NOT_A_NUMBER = ("nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity")

_FLOAT = r"[+-]?(\d{1,200}(\.\d*)?|\.\d+)([eE][+-]?0*\d{1,2})?"  # nothing so large that it is read as infinity
_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d{1,9})?)?"
_OFFSET = r"(Z|[+-]\d{2}(:?\d{2})?)"


def parsed(text: exp.Expr, declared: Type, format: Format, zone: str) -> exp.Expr:
    """The value that a text stands for, NULL where it stands for none of the declared type."""
    match declared.kind:
        case Kind.TEXT:
            return text
        case Kind.BOOLEAN:
            return _boolean(text)
        case Kind.INTEGER:
            return _where_written(point(text, format), r"[+-]?\d+(\.0*)?", "bigint")
        case Kind.DECIMAL:
            scale = declared.digits_behind
            fraction = rf"\.\d{{1,{scale}}}0*" if scale else r"\.0+"
            digits = rf"[+-]?(\d+(\.\d{{0,{scale}}}0*)?|{fraction})"
            return _where_written(point(text, format), digits, declared)
        case Kind.NUMBER:
            return _where_written(point(text, format), _FLOAT, "double")
        case Kind.DATE:
            return _date(text, format)
        case Kind.TIMESTAMP:
            return _timestamp(text, format, zone)
        case Kind.LIST:
            return _try(_try(text, "json"), declared)
        case _:
            raise TypeError(f"no text is a {declared}")


def has_clock(pattern: str) -> bool:
    """Whether a strptime pattern tells the time of day."""
    return bool(set(_directives(pattern)) & set("HIMSfpXcT"))


def unknown_directives(pattern: str) -> list[str]:
    """The directives of a pattern that cannot be read the same way everywhere."""
    return [f"%{letter}" for letter in _directives(pattern) if letter not in _DIRECTIVES]


_DIRECTIVES = {
    "Y": r"\d{4}", "y": r"\d{2}", "m": r"\d{1,2}", "d": r"\d{1,2}", "j": r"\d{1,3}",
    "H": r"\d{1,2}", "I": r"\d{1,2}", "M": r"\d{1,2}", "S": r"\d{1,2}", "f": r"\d{1,9}", "p": r"[AaPp][Mm]",
    "b": r"[A-Za-z]+", "B": r"[A-Za-z]+", "a": r"[A-Za-z]+", "A": r"[A-Za-z]+",
    "z": r"(Z|[+-]\d{2}(:?\d{2})?)", "%": "%",
}  # fmt: skip


def _directives(pattern: str) -> list[str]:
    return re.findall(r"%(-?.)", pattern)


def _pattern_shape(pattern: str) -> str:
    """A regular expression of the texts a pattern means: strptime alone takes `26` for the year 26."""
    parts = re.split(r"%(-?.)", pattern)
    return "".join(_DIRECTIVES.get(part, r".+") if index % 2 else re.escape(part) for index, part in enumerate(parts))


def _boolean(text: exp.Expr) -> exp.Expr:
    word = exp.Lower(this=_function("trim", text.copy()))
    return exp.Case(
        ifs=[
            exp.If(this=_in(word, _TRUE), true=exp.true()),
            exp.If(this=_in(word.copy(), _FALSE), true=exp.false()),
        ]
    )


def _date(text: exp.Expr, format: Format) -> exp.Expr:
    if format.dates is None:
        return _where_written(text, _DAY, "date")
    read = _by_pattern(text, format.dates)
    if not has_clock(format.dates):
        return exp.cast(read, "date")
    midnight = exp.EQ(this=exp.cast(exp.cast(read, "date"), "timestamp"), expression=read.copy())
    pattern = exp.If(this=midnight, true=exp.cast(read.copy(), "date"))
    return exp.Case(ifs=[pattern], default=_where_written(text, _DAY, "date"))


def _timestamp(text: exp.Expr, format: Format, zone: str) -> exp.Expr:
    if format.dates is not None and has_clock(format.dates):
        read = _by_pattern(text, format.dates)
        if "%z" in format.dates:
            return exp.AtTimeZone(this=read, zone=exp.Literal.string("UTC"))
        return utc_from_wall(read, zone)
    day = _DAY if format.dates is None else f"{_DAY}[ T]"
    naive = rf"{day}([ T]{_CLOCK})?" if format.dates is None else rf"{day}{_CLOCK}"
    zoned = exp.AtTimeZone(this=_try(text, "timestamptz"), zone=exp.Literal.string("UTC"))
    choices = [
        exp.If(this=shaped(text, naive), true=utc_from_wall(_try(text, "timestamp"), zone)),
        exp.If(this=shaped(text, rf"{_DAY}[ T]{_CLOCK}{_OFFSET}"), true=zoned),
    ]
    default = None if format.dates is None else utc_from_wall(_by_pattern(text, format.dates), zone)
    return exp.Case(ifs=choices, default=default)


def _by_pattern(text: exp.Expr, pattern: str) -> exp.Expr:
    read = _function("try_strptime", _function("trim", text.copy()), exp.Literal.string(pattern))
    return exp.Case(ifs=[exp.If(this=shaped(text, _pattern_shape(pattern)), true=read)])


def _where_written(text: exp.Expr, shape: str, to: Type | str) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=shaped(text, shape), true=_try(text, to))])


def shaped(text: exp.Expr, shape: str) -> exp.Expr:
    return _function("regexp_full_match", text.copy(), exp.Literal.string(rf"\s*{shape}\s*"))


def point(text: exp.Expr, format: Format) -> exp.Expr:
    """The text of a number with its decimal sign turned into a point, and points turned into nothing a number has."""
    if format.decimal == ".":
        return text
    return _function("translate", text.copy(), exp.Literal.string(f".{format.decimal}"), exp.Literal.string("#."))


def _try(value: exp.Expr, to: Type | str) -> exp.Expr:
    kind = data_type(to) if isinstance(to, Type) else exp.DataType.build(to, dialect="duckdb")
    return exp.TryCast(this=value.copy(), to=kind)


def _in(value: exp.Expr, words: tuple[str, ...]) -> exp.Expr:
    return exp.In(this=value, expressions=[exp.Literal.string(word) for word in words])


def _function(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))
