"""Lists of values that stand in files of their own: what `in_list('vips.csv')` names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from segrules.diagnostics import Diagnostic
from segrules.language.core import Scalar
from segrules.language.types import Kind, Type

MOST_VALUES = 100_000


@dataclass(frozen=True, slots=True)
class ValueList:
    """A file's values as texts, each with its line, not yet of any type.

    header: the name that the first line of a CSV file gives them, None where there is no such line. problem: why the
    file cannot be used, said without a place; whoever names the file is where it is shown.
    """

    name: str
    entries: tuple[tuple[int, str], ...]
    header: str | None = None
    problem: Diagnostic | None = None


def read_value(text: str, type: Type) -> Scalar | None:
    """The value of a type that a text is, or None where it is none."""
    match type.kind:
        case Kind.TEXT:
            return text
        case Kind.INTEGER:
            return int(text) if re.fullmatch(r"[-+]?[0-9]{1,38}", text) else None
        case Kind.DECIMAL | Kind.NUMBER:
            return _number(text)
        case Kind.BOOLEAN:
            return {"true": True, "false": False}.get(text)
        case Kind.DATE:
            return _moment(r"\d{4}-\d\d-\d\d", text, date)
        case Kind.TIMESTAMP:
            return _moment(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?", text, datetime)
        case _:
            return None


def _number(text: str) -> int | Decimal | None:
    if not re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", text):
        return None
    try:
        return Decimal(text) if "." in text else int(text)
    except (InvalidOperation, ValueError):  # thousands of digits
        return None


def _moment(pattern: str, text: str, kind: type[date]) -> date | None:
    if not re.fullmatch(pattern, text, re.ASCII):
        return None
    try:
        return kind.fromisoformat(text)
    except ValueError:
        return None
