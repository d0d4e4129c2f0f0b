"""A value as the author of a rule writes it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal


def written(value: object) -> str:
    """A value in a rule's own writing: text in single quotes, a list in brackets, `missing` for none."""
    match value:
        case None:
            return "missing"
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f") if value else "0"
        case tuple():
            return "[" + ", ".join(map(written, value)) + "]"
        case _:
            return str(value)
