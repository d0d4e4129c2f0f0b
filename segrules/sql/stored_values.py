"""Values stored with a type of their own, in Parquet or in a table: which declared types they fit, and how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal as OneOf

from sqlglot import exp

from segrules.language.types import (
    BOOLEAN,
    DATE,
    INTEGER,
    MAX_PRECISION,
    NUMBER,
    TEXT,
    TIMESTAMP,
    Kind,
    Type,
    decimal,
    list_of,
)
from segrules.sql.dialect import Dialect
from segrules.sql.literals import column, data_type
from segrules.sql.zones import utc_from_column

_DIGITS = {  # of the largest value
    "TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 39,
    "UTINYINT": 3, "USMALLINT": 5, "UINTEGER": 10, "UBIGINT": 20, "UHUGEINT": 39,
}  # fmt: skip
_FLOATS = {"FLOAT": 2**24, "DOUBLE": 2**53}  # up to there each whole number is told from the next
_TEXTS = ("VARCHAR", "CHAR", "ENUM", "UUID", "JSON")
_NAIVE = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_ZONED = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", "TIMESTAMPTZ_NS")
WIDEST = (MAX_PRECISION, 9)
"""Digits, and those of them behind the point, of decimals whose stored type leaves them open."""
NOTHING = '"NULL"'  # DuckDB's type of a column without any value
Fit = OneOf["same", "converts", "checked"]


@dataclass(frozen=True, slots=True)
class Stored:
    """An engine's type: its base name as DuckDB says it, precision and scale of a decimal (0: any), the element of a
    list.
    """

    base: str
    precision: int = 0
    scale: int = 0
    element: Stored | None = None


def stored_type(text: str, types: Mapping[str, str] = MappingProxyType({})) -> Stored:
    """What `DECIMAL(12,2)`, `VARCHAR[]`, `INT[2]`, `array<int>`, `ENUM('a', 'b')`, `timestamp(3) with time zone` say.

    types: from an engine's own names to those that DuckDB has.
    """
    list_of_a_length = re.fullmatch(r"(.+)\[(\d*)\]", text, re.DOTALL)
    if list_of_a_length:
        return Stored("ARRAY" if list_of_a_length[2] else "LIST", element=stored_type(list_of_a_length[1], types))
    of_elements = re.fullmatch(r"array<(.+)>", text, re.DOTALL | re.IGNORECASE)
    if of_elements:
        return Stored("LIST", element=stored_type(of_elements[1], types))
    base, _, rest = text.partition("(")
    tail = rest.rpartition(")")[2]  # `timestamp(3) without time zone`
    name = re.sub(r"\s+", " ", f"{base.strip()} {tail.strip()}").strip().upper()
    name = types.get(name, name)
    numbers = re.match(r"(\d+)\s*(?:,\s*(\d+))?", rest)
    if name == "DECIMAL" and numbers:
        return Stored(name, int(numbers[1]), int(numbers[2] or 0))
    return Stored(name)


def is_zoned(stored: Stored) -> bool:
    """Whether values are instants, whatever the clock of a session."""
    return stored.base in _ZONED


def fit(stored: Stored, declared: Type) -> Fit | None:
    """How stored values become declared ones: as they are, by a conversion that never fails, by one that may,
    or, None, not at all.
    """
    base = stored.base
    match declared.kind:
        case _ if base == NOTHING:
            return "converts"
        case Kind.INTEGER:
            return _fit_integer(stored)
        case Kind.DECIMAL:
            return _fit_decimal(stored, declared)
        case Kind.NUMBER:
            return "converts" if base in _DIGITS or base in _FLOATS or base == "DECIMAL" else None
        case Kind.TEXT:
            return "same" if base == "VARCHAR" else "converts" if base in _TEXTS else None
        case Kind.BOOLEAN:
            return "same" if base == "BOOLEAN" else None
        case Kind.DATE:
            return "same" if base == "DATE" else None
        case Kind.TIMESTAMP:
            return "converts" if base in (*_NAIVE, *_ZONED, "DATE") else None
        case Kind.LIST if declared.element is not None:
            if base == "JSON":
                return "checked"
            return _fit_list(stored, declared.element)
        case _:
            return None


def typed(value: exp.Expr, stored: Stored, declared: Type, zone: str, dialect: Dialect) -> exp.Expr:
    """The stored value as the declared type, NULL where it does not fit. Stored types that fit are left alone, so
    that an engine can still skip row groups by their smallest and largest value.
    """
    base, storage = stored.base, dialect.storage
    match declared.kind:
        case _ if base == NOTHING:
            return exp.cast(value, data_type(declared))
        case Kind.NUMBER:
            number = value if base == "DOUBLE" else exp.cast(value, "double")
            return _finite(number, number) if base in _FLOATS else number
        case Kind.DECIMAL if base in _FLOATS and storage.double_as_decimal is not None:
            return storage.double_as_decimal(value if base == "DOUBLE" else exp.cast(value, "double"), declared)
        case Kind.DECIMAL if base in _FLOATS:
            return _finite(value, storage.try_cast(value, declared))
        case Kind.DECIMAL if base == "DECIMAL" and (stored.scale > declared.digits_behind or not stored.precision):
            kept = storage.try_cast(value, declared)
            return exp.Case(ifs=[exp.If(this=exp.EQ(this=kept, expression=value.copy()), true=kept.copy())])
        case Kind.TIMESTAMP:
            return _instant(value, base, zone, dialect)
        case Kind.INTEGER if base in _FLOATS:
            return _whole(value, _FLOATS[base])
        case Kind.INTEGER if base == "DECIMAL" and not stored.precision:
            kept = storage.try_cast(value, decimal(MAX_PRECISION, 0))
            return exp.Case(ifs=[exp.If(this=exp.EQ(this=kept, expression=value.copy()), true=kept.copy())])
        case Kind.INTEGER if base in ("UBIGINT", "UHUGEINT", "HUGEINT") or stored.precision > 18:
            return value if base == "HUGEINT" else storage.wide(value)
        case Kind.LIST if stored.element and stored.element.base in _FLOATS and declared.element == NUMBER:
            return storage.each(value, typed(column("element"), stored.element, NUMBER, zone, dialect))
        case Kind.LIST if storage.casts_lists:
            return exp.cast(value, data_type(declared))
    way = fit(stored, declared)
    if way == "same" or (base == "BIGINT" and declared.kind is Kind.INTEGER):
        return value
    return storage.try_cast(value, declared) if way == "checked" else exp.cast(value, data_type(declared))


def natural_type(stored: Stored) -> Type | None:
    """The declared type that suits a stored one; None for what rules cannot use (blobs, structs, times of day)."""
    base = stored.base
    if base in _DIGITS:
        return INTEGER
    if base == "DECIMAL":
        if not stored.precision:
            return decimal(*WIDEST)
        return INTEGER if stored.scale == 0 else decimal(stored.precision, stored.scale)
    if base == NOTHING:
        return TEXT
    if base in ("LIST", "ARRAY") and stored.element:
        element = natural_type(stored.element)
        return list_of(element) if element else None
    for bases, natural in (
        (_FLOATS, NUMBER), (_TEXTS, TEXT), (("BOOLEAN",), BOOLEAN), (("DATE",), DATE), ((*_NAIVE, *_ZONED), TIMESTAMP)
    ):  # fmt: skip
        if base in bases:
            return natural
    return None


def is_stored_as(stored: Stored, declared: Type) -> bool:
    """Whether a stored type is the one that values of a declared type are written with."""
    return fit(stored, declared) == "same" or natural_type(stored) == declared


def is_not_finite(value: exp.Expr) -> exp.Expr:
    return exp.Not(this=_is_a_number(value))


def _fit_integer(stored: Stored) -> Fit | None:
    if stored.base == "DECIMAL":
        return "checked" if not stored.precision else "converts" if stored.scale == 0 else None
    if stored.base in _FLOATS:
        return "checked"
    if stored.base not in _DIGITS:
        return None
    return "same" if stored.base in ("BIGINT", "HUGEINT") else "checked" if stored.base == "UHUGEINT" else "converts"


def _fit_list(stored: Stored, element: Type) -> Fit | None:
    """Floats are no list of integers: cast as a whole, they would be rounded."""
    if stored.element is None or (element.kind is Kind.INTEGER and stored.element.base in _FLOATS):
        return None
    way = fit(stored.element, element)
    return "converts" if way == "same" and stored.base == "ARRAY" else way


def _fit_decimal(stored: Stored, declared: Type) -> Fit | None:
    if stored.base in _FLOATS:
        return "checked"
    if stored.base == "DECIMAL":
        if (stored.precision, stored.scale) == (declared.precision, declared.scale):
            return "same"
        before = stored.precision - stored.scale
        fits = stored.precision > 0 and stored.scale <= declared.digits_behind and before <= declared.digits_before
        return "converts" if fits else "checked"
    if stored.base in _DIGITS:
        return "converts" if _DIGITS[stored.base] <= declared.digits_before else "checked"
    return None


def _instant(value: exp.Expr, base: str, zone: str, dialect: Dialect) -> exp.Expr:
    if base in _ZONED:
        instant = dialect.storage.utc(value)
        return exp.cast(instant, "timestamp") if base == "TIMESTAMPTZ_NS" else instant
    wall = value if base == "TIMESTAMP" else exp.cast(value, "timestamp")
    return utc_from_column(wall, zone, dialect.utc_from_wall)


def _finite(value: exp.Expr, result: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=_is_a_number(value), true=result.copy())])


def _whole(value: exp.Expr, most: int) -> exp.Expr:
    """The integer that a float is: programs that have no missing integers store them so."""
    is_whole = exp.EQ(this=value.copy(), expression=exp.Floor(this=value.copy()))
    is_exact = exp.LTE(this=exp.Abs(this=value.copy()), expression=exp.Literal.number(most))
    integer = exp.cast(value, data_type(INTEGER))
    return exp.Case(ifs=[exp.If(this=exp.and_(_is_a_number(value), is_exact, is_whole), true=integer)])


def _is_a_number(value: exp.Expr) -> exp.Expr:
    """True for what is finite. Not a test of bounds: files keep the smallest and largest value without NaN, from which
    DuckDB would conclude that all values lie within."""
    difference = exp.Sub(this=value.copy(), expression=value.copy())
    return exp.EQ(this=difference, expression=exp.Literal.number(0))
