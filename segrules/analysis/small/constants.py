"""Constants as values that are compared: days and instants as whole numbers, truth as 0 and 1."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from segrules.analysis.small.values import plain
from segrules.language.core import Literal
from segrules.language.types import Kind, Type

EPOCH = datetime(1970, 1, 1)
A_DAY = 86_400_000_000
"""Microseconds of a day."""

_MICROSECOND = timedelta(microseconds=1)


def value_of(literal: Literal, type: Type) -> Any:
    """What a single constant is when it is compared with values of a type; None where that is not told here.

    Beside a `number` every number is a float, with its errors.
    """
    value = literal.value
    if value is None or isinstance(value, tuple):
        return None
    if (literal.type.kind is Kind.NUMBER or isinstance(value, float)) and type.kind is not Kind.NUMBER:
        return None
    return scalar(value, type)


def scalar(value: Any, type: Type) -> Any:
    match value:
        case bool():
            return int(value) if type.kind is Kind.BOOLEAN else None
        case int() | Decimal() | float() if type.kind is Kind.NUMBER:
            return _rounded(value)
        case int() if type.is_numeric or type.kind in (Kind.VERSION, Kind.DURATION):
            return value
        case Decimal() if type.is_numeric:
            return plain(Fraction(value))
        case str() if type.kind is Kind.TEXT:
            return value
        case datetime() if type.kind is Kind.TIMESTAMP:
            return (value - EPOCH) // _MICROSECOND
        case date() if type.kind is Kind.DATE and not isinstance(value, datetime):
            return value.toordinal()
        case _:
            return None


def _rounded(value: int | Decimal | float) -> Any:
    try:
        return plain(Fraction(float(value)))
    except (OverflowError, ValueError):  # beyond what a float holds
        return None


def unit_of(type: Type) -> Fraction | int | None:
    """What every value of a type is a whole multiple of, where there is such a thing."""
    match type.kind:
        case Kind.INTEGER | Kind.BOOLEAN | Kind.DATE | Kind.TIMESTAMP | Kind.DURATION | Kind.VERSION:
            return 1
        case Kind.DECIMAL if type.scale is not None:
            return 1 if type.scale == 0 else Fraction(1, 10**type.scale)
        case _:
            return None


def instant_of(value: int) -> datetime:
    """The instant (naive UTC) of a number of microseconds."""
    return EPOCH + value * _MICROSECOND
