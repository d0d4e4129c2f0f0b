"""Types as contracts write them, and values of YAML as values of a type."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from segrules.diagnostics import did_you_mean
from segrules.language.types import MAX_PRECISION, Kind, Type, decimal, list_of
from segrules.project.leaves import Located, Unfit, iso_moment
from segrules.project.plain import Items, Plain, span_of, text_of
from segrules.project.yaml_source import Scalar

Value = None | bool | int | Decimal | str | date | datetime | tuple[Any, ...]

_SIMPLE = {
    kind.value: Type(kind)
    for kind in (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.DATE, Kind.TIMESTAMP)
}
_ELSEWHERE = {
    "int": "integer", "bigint": "integer", "smallint": "integer", "long": "integer",
    "string": "text", "str": "text", "varchar": "text", "char": "text",
    "float": "number", "double": "number", "real": "number", "numeric": "decimal", "money": "decimal",
    "bool": "boolean", "datetime": "timestamp", "time": "timestamp", "timestamptz": "timestamp",
    "list": "list of text", "array": "list of text",
}  # fmt: skip
_DECIMAL = re.compile(r"decimal\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")
_LARGEST_INTEGER = 2**63 - 1


def column_type(node: Plain) -> Located[Type]:
    """`integer`, `decimal(12,2)`, `list of text`, …"""
    text = " ".join(text_of(node).split()) if isinstance(node, Scalar) else ""
    if not text:
        raise Unfit("`{key}` takes a type", help=f"one of {', '.join(_SIMPLE)}, list of text")
    return Located(_type(text), span_of(node))


def _type(text: str) -> Type:
    if text in _SIMPLE:
        return _SIMPLE[text]
    if text.startswith("list of ") and not text.startswith("list of list"):
        return list_of(_type(text.removeprefix("list of ")))
    if found := _DECIMAL.fullmatch(text):
        precision, scale = int(found[1]), int(found[2])
        if not 1 <= precision <= MAX_PRECISION or scale > precision:
            message = f"`{text}` is not possible: 1 to {MAX_PRECISION} digits in all, no more of them behind the point"
            raise Unfit(message)
        return decimal(precision, scale)
    known = [*_SIMPLE, "list of text"]
    other = _ELSEWHERE.get(text.lower().split("(")[0])
    other = other or next((name for name in _SIMPLE if name == text.lower()), None)
    help = f"did you mean `{other}`?" if other else did_you_mean(text, known)
    raise Unfit(f"`{text}` is not a type of a column", help=help or f"one of {', '.join(known)}")


def fitted(node: Plain, type: Type, zone: str) -> Value:
    """The value of a given type that is written here; a timestamp on the wall clock of `zone`. Raises Unfit."""
    if type.kind is Kind.LIST and type.element is not None:
        if isinstance(node, Items):
            return tuple(fitted(item, type.element, zone) for item in node)
        if isinstance(node, Scalar) and node.value is None:
            return None
        raise Unfit(f"`{{key}}` is a {type}", span=span_of(node), help="write it in `[` and `]`")
    if not isinstance(node, Scalar):
        raise Unfit(f"`{{key}}` takes one value ({type})", span=span_of(node))
    if node.value is None:
        return None
    return _scalar(node, type, zone)


def untyped(node: Plain) -> Value:
    """The value that is written here, where no contract says of which type it is."""
    if isinstance(node, Items):
        return tuple(untyped(item) for item in node)
    if not isinstance(node, Scalar):
        raise Unfit("`{key}` takes one value or a list", span=span_of(node))
    return node.value


def _scalar(node: Scalar, type: Type, zone: str) -> Value:
    value: Value = None
    match type.kind:
        case Kind.TEXT:
            value = node.fragment.text
        case Kind.BOOLEAN:
            value = node.value if isinstance(node.value, bool) else None
        case Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER:
            value = _number(node, type)
        case Kind.DATE | Kind.TIMESTAMP:
            value = _moment(node, type, zone)
        case _:
            value = node.value
    if value is None:
        raise _misfit(node, type)
    return value


def _number(node: Scalar, type: Type) -> int | Decimal | None:
    value: object = node.value
    if isinstance(value, str) and node.plain and (percent := re.fullmatch(r"(-?\d+(?:\.\d+)?)%", value)):
        value = Decimal(percent[1]) / 100
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    if type.kind is Kind.INTEGER:
        return int(number) if number == int(number) and -_LARGEST_INTEGER - 1 <= number <= _LARGEST_INTEGER else None
    return number if type.kind is Kind.NUMBER or _has_room(type, number) else None


def _has_room(type: Type, number: Decimal) -> bool:
    """Whether a decimal type holds a number without rounding."""
    _, digits, exponent = number.as_tuple()
    written = "".join(map(str, digits))
    kept = written.rstrip("0")
    last = int(exponent) + len(written) - len(kept)
    before = len(kept.lstrip("0")) + last
    if not kept:
        return True
    behind = type.digits_behind if type.scale is not None else MAX_PRECISION
    room = type.digits_before if type.precision is not None else MAX_PRECISION
    return -last <= behind and before <= room


def is_day(node: Plain) -> bool:
    """Whether a day is written, without a time of day."""
    value = _written_moment(node) if isinstance(node, Scalar) else None
    return value is not None and not isinstance(value, datetime)


def _written_moment(node: Scalar) -> date | datetime | None:
    return node.value if isinstance(node.value, date) else iso_moment(node.fragment.text)


def _moment(node: Scalar, type: Type, zone: str) -> date | datetime | None:
    value = _written_moment(node)
    if value is None:
        return None
    if type.kind is Kind.DATE:
        return None if isinstance(value, datetime) else value
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return wall_clock(value, zone)


def wall_clock(value: datetime, zone: str) -> datetime:
    """An instant as the clocks of `zone` show it; without a zone of its own it is that already."""
    if value.tzinfo is None:
        return value
    try:
        return value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except OverflowError:  # on the first or last day that a date can be
        return value.replace(tzinfo=None)


_HELP = {
    Kind.BOOLEAN: "write `true` or `false`",
    Kind.INTEGER: "a whole number, without quotes",
    Kind.DECIMAL: "a number, without quotes",
    Kind.NUMBER: "a number, without quotes",
    Kind.DATE: "`2026-01-31`",
    Kind.TIMESTAMP: "`2026-01-31T12:00:00`",
}


def _misfit(node: Scalar, type: Type) -> Unfit:
    shown = node.span.words
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    return Unfit(f"`{shown}` does not fit `{{key}}`, which is {type}", span=node.span, help=_HELP.get(type.kind))
