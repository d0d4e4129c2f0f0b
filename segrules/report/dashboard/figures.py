"""Sizes and their changes as the pages of a report write them."""

from __future__ import annotations

from datetime import datetime

from segrules.report.dashboard.charts.words import percent
from segrules.report.html import escape
from segrules.report.plurals import plural
from segrules.workflows.reporting.changes import Change
from segrules.workflows.reporting.data import Moment, Point

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


def short_day(moment: Moment, beside: Moment) -> str:
    """`24 Dec`, with the year where that is not the one of the day beside it, the time where runs have one."""
    text = f"{moment.day} {moment:%b}" + (f" {moment.year}" if moment.year != beside.year else "")
    return f"{text}, {moment:%H:%M}" if isinstance(moment, datetime) else text


def who_moved(change: Change, sign: str = ":") -> str:
    """Behind a sign who entered and left since the run before; that this is not known where the size is another now."""
    if change.is_recounted:
        return "; rules or data have changed since the last run was recorded"
    known = change.latest is not None and change.latest.entered is not None
    return f"{sign} {moved_words(change.latest)}" if change.latest is not None and known else ""


def moved_words(point: Point) -> str:
    """Who entered and left since the run before, for whatever cause, and how many of them by a change of the rule."""
    entered, left = point.entered or 0, point.left or 0
    by_rule = [(point.entered_by_rule or 0, "entered"), (point.left_by_rule or 0, "left")]
    changed = " and ".join(f"{many:,} {word}" for many, word in by_rule if many)
    if not changed:
        return f"{entered:,} entered and {left:,} left"
    if not entered and not left:
        return f"{changed} because the rule changed; nobody entered or left otherwise"
    (entered_by_rule, _), (left_by_rule, _) = by_rule
    every = f"{entered + entered_by_rule:,} entered and {left + left_by_rule:,} left"
    return f"{every}; of these, {changed} because the rule changed"
