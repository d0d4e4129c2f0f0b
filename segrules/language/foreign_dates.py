"""Dates as other places write them, `31.12.2025` or `12/31/2025`, and as rules do."""

from __future__ import annotations

import re
from datetime import date

FOREIGN_DATE = re.compile(r"(?<![\w.])([0-9]{1,4})[ ]?([./-])[ ]?([0-9]{1,2})[ ]?\2[ ]?([0-9]{1,4})(?![\w./])")
"""A day, a month and a year with dots, slashes or dashes between them."""


def rewritten(text: str) -> str | None:
    """How to write a text that is a date of elsewhere; None where it is none."""
    found = FOREIGN_DATE.fullmatch(text.strip())
    days = _days(found) if found else ()
    return f"write {' or '.join(f'`{day}`' for day in days)}" if days else None


def _days(found: re.Match[str]) -> tuple[str, ...]:
    """The days that a date of elsewhere can be: with slashes or dashes the month may come first."""
    first, sign, second, third = found.groups()
    if len(first) == 4 and len(third) <= 2:
        orders = [(first, second, third)]
    elif len(third) == 4 and len(first) <= 2:
        orders = [(third, second, first), (third, first, second)][: 1 if sign == "." else 2]
    else:
        return ()
    return tuple(dict.fromkeys(day for order in orders if (day := _day(*order))))


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def is_year(written: str) -> bool:
    """Whether a number is written as a year is."""
    return re.fullmatch(r"(?:19|20)[0-9]{2}", written) is not None
