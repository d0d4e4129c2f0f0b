"""The types of values in rules, and how they combine. Precision is digits in all, scale those behind the point."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    VERSION = "version"
    LIST = "list"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Type:
    """A type as rules know it. UNKNOWN is the type of what already has a finding; it fits everything.

    A decimal without precision is one whose scale only the data decides.
    """

    kind: Kind
    precision: int | None = None
    scale: int | None = None
    element: Type | None = None

    def __str__(self) -> str:
        match self.kind:
            case Kind.DECIMAL if self.precision is not None:
                return f"decimal({self.precision},{self.scale})"
            case Kind.LIST:
                return f"list of {self.element}"
            case _:
                return self.kind.value

    @property
    def is_numeric(self) -> bool:
        return self.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER, Kind.UNKNOWN)

    @property
    def is_exact(self) -> bool:
        return self.kind in (Kind.INTEGER, Kind.DECIMAL)

    @property
    def is_temporal(self) -> bool:
        return self.kind in (Kind.DATE, Kind.TIMESTAMP, Kind.UNKNOWN)

    @property
    def digits_behind(self) -> int:
        """Digits behind the point; 4 where the data has not decided yet."""
        if self.kind is not Kind.DECIMAL:
            return 0
        return DEFAULT_DECIMAL[1] if self.scale is None else self.scale

    @property
    def digits_before(self) -> int:
        """Digits before the point of the largest value."""
        if self.kind is Kind.INTEGER:
            return 19
        precision = DEFAULT_DECIMAL[0] if self.precision is None else self.precision
        return precision - self.digits_behind


MAX_PRECISION = 38
DEFAULT_DECIMAL = (18, 4)

BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
DECIMAL = Type(Kind.DECIMAL)
NUMBER = Type(Kind.NUMBER)
TEXT = Type(Kind.TEXT)
DATE = Type(Kind.DATE)
TIMESTAMP = Type(Kind.TIMESTAMP)
DURATION = Type(Kind.DURATION)
VERSION = Type(Kind.VERSION)
UNKNOWN = Type(Kind.UNKNOWN)


def decimal(precision: int, scale: int) -> Type:
    return Type(Kind.DECIMAL, precision, scale)


def list_of(element: Type) -> Type:
    return Type(Kind.LIST, element=element)


def common_type(left: Type, right: Type) -> Type | None:
    """The type that holds values of both exactly, or None where there is none.

    Integer and decimal meet in a decimal, anything with `number` in `number`. Dates and timestamps
    do not meet: a comparison of the two goes by days and is the checker's.
    """
    if left.kind is Kind.UNKNOWN or right.kind is Kind.UNKNOWN:
        return UNKNOWN
    if left == right:
        return left
    if left.is_numeric and right.is_numeric:
        if Kind.NUMBER in (left.kind, right.kind):
            return NUMBER
        scale = max(left.digits_behind, right.digits_behind)
        before = max(left.digits_before, right.digits_before)
        return decimal(min(before + scale, MAX_PRECISION), scale)
    if left.kind is Kind.LIST and right.kind is Kind.LIST and left.element and right.element:
        element = common_type(left.element, right.element)
        return list_of(element) if element else None
    return None
