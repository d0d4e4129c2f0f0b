"""Numbers, days and labels as a picture and its words say them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from segrules.report.text_size import shortened

FONT_SIZE = 12
WIDEST = 150
"""Pixels of a label beside a picture. Longer ones are cut; the table, and the pointer, tell them in full."""


def number(value: int | float | Decimal) -> str:
    """With separators of thousands, and of a fraction as much as matters: `1,234`, `92.4`, `0.037`."""
    size = abs(float(value))
    if isinstance(value, int) or size >= 1000 or value == int(value):
        return f"{value:,.0f}"
    digits = next((digits for limit, digits in ((100, 0), (10, 1), (1, 2)) if size >= limit), 3)
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """`61%`, `4.2%`, `0.03%`: two digits that matter, but no more than `100%`."""
    value = share * 100
    size = abs(value)
    text = f"{value:.{0 if size >= 10 or size == 0 else 1 if size >= 1 else 2}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def day(moment: date | datetime) -> str:
    """`31 January 2026`, with the time of day where there is one."""
    text = f"{moment.day} {moment:%B} {moment.year}"
    return f"{text}, {moment:%H:%M}" if isinstance(moment, datetime) else text


def on_axis(moment: date | datetime) -> str:
    """As the axis of a picture reads it: the clock of the project, without a zone."""
    return moment.replace(tzinfo=None).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def several(amount: int, one: str, more: str) -> str:
    return f"{amount:,} {one if amount == 1 else more}"


def listed(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


_TURNING = frozenset(("R", "AL", "AN", "RLE", "LRE", "RLO", "LRO", "RLI", "LRI", "FSI"))


def isolated(label: str) -> str:
    """A label that text around it may follow, also where it is written from right to left, or turns the writing."""
    if any(unicodedata.bidirectional(character) in _TURNING for character in label):
        return f"\u2068{label}\u2069"
    return label


def drawn(label: str) -> str:
    """A label as the library that draws is given it, which takes `<b>` for a sign of its own otherwise."""
    shown = isolated(" ".join(label.split()))
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def drawn_short(label: str, most: float = WIDEST) -> str:
    return drawn(shortened(" ".join(label.split()), FONT_SIZE, most))
