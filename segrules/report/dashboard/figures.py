"""Sizes and their changes as the pages of a report write them."""

from __future__ import annotations

from segrules.report.dashboard.charts.words import percent
from segrules.report.html import escape
from segrules.report.plurals import plural
from segrules.workflows.reporting.changes import Change

UNKNOWN = '<span class="soft" title="not known">–</span>'


def everyone(entity: str, rows: int | None = None) -> str:
    """The entity's name for several of its rows, or for so many, as HTML that may stand in a sentence."""
    return f"<bdi>{escape((entity if rows == 1 else plural(entity)).replace('_', ' '))}</bdi>"


def signed(amount: int) -> str:
    """`+1,234`, `−7`, `0`."""
    return f"{'+' if amount > 0 else '−' if amount < 0 else ''}{abs(amount):,}"


def signed_percent(share: float | None) -> str:
    """`+4.2%`, `−12%`, `×31` of what has become tenfold; nothing where there is nothing to compare with."""
    if share is None:
        return ""
    if share >= 9:
        return f"×{1 + share:,.0f}"
    return f"{'+' if share > 0 else '−' if share < 0 else ''}{percent(abs(share))}"


def change_words(change: Change) -> str:
    """`+12 (+3.1%)`, or `no change`."""
    if not change.difference:
        return "no change"
    share = signed_percent(change.growth)
    return f"{signed(change.difference)} ({share})" if share else signed(change.difference)
