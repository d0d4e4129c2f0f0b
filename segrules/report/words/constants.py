"""Constants in plain words: numbers with separators, dates as people write them, lengths of time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from segrules.language.core import Duration, Literal
from segrules.language.types import Kind
from segrules.language.versions import DIGITS, PARTS
from segrules.report.words.names import listed

MOST_SHOWN = 12
"""Values of a list that are shown one by one."""

_PLAIN = re.compile(r"[^\W_][\w.@/+-]*")
_SIGNIFICANT = frozenset(("missing", "known", "true", "false", "or", "and", "not", "nothing", "today", "now"))
_SPANS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def constant(node: Literal, *, is_share: bool = False, is_grouped: bool = True) -> str:
    """A constant. is_share: a number is a part of all, shown in percent; is_grouped: with separators of thousands."""
    if node.type.kind is Kind.VERSION and isinstance(node.value, int):
        return _version(node.value)
    if isinstance(node.value, Decimal | int) and not isinstance(node.value, bool):
        return percent(node.value) if is_share or _is_percent(node) else number(node.value, is_grouped)
    return value(node.value)


def value(found: object) -> str:
    """A value of any kind; text in quotes where it could be taken for something else."""
    match found:
        case None:
            return "nothing"
        case bool():
            return "true" if found else "false"
        case "":
            return "empty text"
        case str():
            return found if _PLAIN.fullmatch(found) and found not in _SIGNIFICANT else f"“{found}”"
        case datetime():
            return f"{day(found)} {found:%H:%M:%S}".removesuffix(":00") + (
                f".{found.microsecond:06}" if found.microsecond else ""
            )
        case date():
            return day(found)
        case Duration():
            return length(found)
        case Decimal() | int():
            return number(found)
        case tuple():
            return values(found, "and")
        case _:
            return str(found)


def values(found: Sequence[object], word: str) -> str:
    """The values of a list, the first ones of a long one."""
    shown = [value(one) for one in found[:MOST_SHOWN]]
    if len(found) <= MOST_SHOWN:
        return listed(shown, word)
    return f"{', '.join(shown)} {word} {len(found) - MOST_SHOWN:,} more"


def number(found: int | Decimal, is_grouped: bool = True) -> str:
    """As written, without zeros at the end behind the point."""
    if isinstance(found, Decimal):
        found = found.normalize() if found else Decimal(0)
    return (
        format(found, ",f" if isinstance(found, Decimal) else ",")
        if is_grouped
        else format(found, "f" if isinstance(found, Decimal) else "")
    )


def percent(found: int | Decimal) -> str:
    return f"{number(Decimal(found) * 100)}%"


def day(found: date) -> str:
    return f"{found.day} {found:%B} {found.year}"


def length(found: Duration) -> str:
    return f"{found.count:,} {found.unit}{'' if abs(found.count) == 1 else 's'}"


def span(microseconds: int) -> str:
    """A length of elapsed time, in the largest unit that says it exactly; a day is 24 hours and called so."""
    for seconds, unit in _SPANS:
        count, rest = divmod(microseconds, seconds * 1_000_000)
        if not rest and ((count and (unit, count) != ("day", 1)) or unit == "second"):
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"{microseconds / 1_000_000} seconds"


def _is_percent(node: Literal) -> bool:
    return node.span is not None and node.span.words.endswith("%")


def _version(encoded: int) -> str:
    digits = str(encoded).rjust(PARTS * DIGITS + 1, "0")
    parts = [str(int(digits[start : start + DIGITS])) for start in range(0, PARTS * DIGITS, DIGITS)]
    while len(parts) > 2 and parts[-1] == "0":
        parts.pop()
    return f"version {'.'.join(parts)}{'' if digits[-1] == '1' else ' (before its release)'}"
