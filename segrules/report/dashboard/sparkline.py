"""A line as small as a word that shows how a size went (Tufte 2006), with the same said in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from segrules.report.dashboard.charts.words import day
from segrules.report.html import escape
from segrules.workflows.reporting.data import Moment, Point

WIDTH, HEIGHT, EDGE = 96, 26, 3
_LEAST_RANGE = 0.1
"""The range shown is at least this share of the largest size: a segment that hardly moves looks as if it did not."""


def sparkline(points: Sequence[Point]) -> str:
    """The SVG of sizes over time, or nothing for less than two runs."""
    if len(points) < 2:
        return ""
    places = _places(points)
    line = "L".join(f"{x:g} {y:g}" for x, y in places)
    x, y = places[-1]
    return (
        f'<svg class="sparkline" role="img" aria-label="{escape(_words(points))}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}"><path d="M{line}"/><circle cx="{x:g}" cy="{y:g}" r="2.5"/></svg>'
    )


def _places(points: Sequence[Point]) -> list[tuple[float, float]]:
    days = [_day_number(point.as_of) for point in points]
    sizes = [point.members for point in points]
    duration = days[-1] - days[0] or 1
    low, high = min(sizes), max(sizes)
    space = max(high - low, high * _LEAST_RANGE, 1)
    middle = (low + high) / 2
    return [
        (
            round(EDGE + (WIDTH - 2 * EDGE) * (day - days[0]) / duration, 1),
            round(HEIGHT / 2 - (HEIGHT - 2 * EDGE) * (size - middle) / space, 1),
        )
        for day, size in zip(days, sizes, strict=True)
    ]


def _day_number(moment: Moment) -> float:
    if isinstance(moment, datetime):
        return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440
    assert isinstance(moment, date)
    return float(moment.toordinal())


def _words(points: Sequence[Point]) -> str:
    first, last = points[0], points[-1]
    sizes = [point.members for point in points]
    return (
        f"from {first.members:,} on {day(first.as_of)} to {last.members:,} on {day(last.as_of)}, "
        f"between {min(sizes):,} and {max(sizes):,}"
    )
