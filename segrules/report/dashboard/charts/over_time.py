"""Pictures of recorded runs: how a segment grew, and who came and went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segrules.report.dashboard.charts.chart import Chart, Table
from segrules.report.dashboard.charts.colours import DOWN, PAPER, SOFT, UP
from segrules.report.dashboard.charts.days import bar_widths, days_axis, places_of
from segrules.report.dashboard.charts.words import (
    day,
    listed,
    on_axis,
    percent,
    several,
)
from segrules.workflows.reporting.data import Moment, Point

_HEIGHT = 280
_MOST_NOTES = 1
"""Of more changes of a rule only the lines are drawn, for on a telephone their notes would cover each other."""


def size_over_time(points: Sequence[Point], title: str = "Members over time") -> Chart | None:
    """Members at each recorded run; None for fewer than two runs, or where nobody ever was a member."""
    if len(points) < 2 or not any(point.members for point in points):
        return None
    changes = [point for point in points if point.entered_by_rule or point.left_by_rule]
    line = {
        "type": "scatter",
        "mode": "lines+markers" if len(points) <= 60 else "lines",
        "name": "members",
        **places_of([point.as_of for point in points]),
        "y": [point.members for point in points],
        "line": {"color": UP, "width": 2},
        "marker": {"size": 5, "color": UP},
        "hovertemplate": "%{y:,} members<extra></extra>",
    }
    layout: dict[str, Any] = {
        "height": _HEIGHT,
        "showlegend": bool(changes),
        "hovermode": "x unified",
        "xaxis": days_axis([point.as_of for point in points]),
        "yaxis": _counts(max(point.members for point in points)),
    }
    data = [line]
    if changes:
        data.append(_changes(changes))
        layout["shapes"] = [_line(point.as_of) for point in changes]
        if len(changes) <= _MOST_NOTES:
            layout["annotations"] = [_note(point, points) for point in changes]
            layout["margin"] = {"t": 40}
    return Chart(
        "size-over-time", title, _size_words(points, changes), {"data": data, "layout": layout}, _sizes(points)
    )


def _counts(most: int) -> dict[str, Any]:
    """An axis of counts from 0; of few, each whole number has one tick."""
    axis: dict[str, Any] = {"rangemode": "tozero", "tickformat": ",d", "nticks": 6}
    return axis | ({"dtick": 1} if most <= 5 else {})


def _changes(changes: Sequence[Point]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "the rule changed",
        "x": [on_axis(point.as_of) for point in changes],
        "y": [point.members for point in changes],
        "customdata": [_by_rule(point) for point in changes],
        "marker": {"size": 10, "symbol": "diamond", "color": DOWN, "line": {"width": 1, "color": PAPER}},
        "hovertemplate": "The rule changed: %{customdata}<extra></extra>",
    }


def _by_rule(point: Point) -> str:
    return f"{point.entered_by_rule or 0:,} entered by that, {point.left_by_rule or 0:,} left"


def _line(moment: Moment) -> dict[str, Any]:
    at = on_axis(moment)
    line = {"color": DOWN, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _note(point: Point, points: Sequence[Point]) -> dict[str, Any]:
    is_late = points.index(point) * 2 >= len(points)
    return {
        "x": on_axis(point.as_of),
        "y": 1,
        "yref": "paper",
        "yanchor": "top",
        "xanchor": "right" if is_late else "left",
        "text": f"rule changed: +{point.entered_by_rule or 0:,} −{point.left_by_rule or 0:,}",
        "showarrow": False,
        "font": {"color": SOFT, "size": 11},
    }


def _size_words(points: Sequence[Point], changes: Sequence[Point]) -> str:
    first, last = points[0], points[-1]
    most = max(points, key=lambda point: point.members)
    words = (
        f"{several(first.members, 'member', 'members')} on {day(first.as_of)}, {last.members:,} on {day(last.as_of)}; "
        f"the most were {most.members:,} on {day(most.as_of)}."
    )
    if changes:
        times = several(len(changes), "time", "times")
        words += f" The rule changed {times}, last on {day(changes[-1].as_of)}: {_by_rule(changes[-1])}."
    return words


def _sizes(points: Sequence[Point]) -> Table:
    rows = tuple((day(point.as_of), f"{point.members:,}", percent(point.share)) for point in points)
    return Table(("as of", "members", "share"), rows)


_CAUSES = (
    ("entered", "entered", UP, 1, ""),
    ("entered_by_rule", "entered, by a change of the rule", UP, 1, "/"),
    ("left", "left", DOWN, -1, ""),
    ("left_by_rule", "left, by a change of the rule", DOWN, -1, "/"),
)
"""Each number of a point: its field, name, colour, direction, and pattern."""


def entries_and_exits(points: Sequence[Point], title: str = "Who entered and who left") -> Chart | None:
    """Bars up for those who entered at a run, down for those who left; None where nobody ever did either."""
    known = [point for point in points if point.entered is not None]
    numbers = {field: [getattr(point, field) or 0 for point in known] for field, *_ in _CAUSES}
    used = [cause for cause in _CAUSES if any(numbers[cause[0]])]
    if not used:
        return None
    widths = bar_widths([point.as_of for point in points], [point.as_of for point in known])
    data = [
        {
            "type": "bar",
            "name": name,
            **widths,
            **places_of([point.as_of for point in known]),
            "y": [sign * value for value in numbers[field]],
            "marker": {"color": colour, "line": {"width": 0}} | ({"pattern": _stripes(lines)} if lines else {}),
            "hovertemplate": "%{y:+,} " + name + "<extra></extra>",
        }
        for field, name, colour, sign, lines in used
    ]
    most = max(map(max, numbers.values()))
    layout = {
        "height": _HEIGHT,
        "showlegend": True,
        "barmode": "relative",
        "hovermode": "x unified",
        "xaxis": days_axis([point.as_of for point in points]),
        "yaxis": _counts(most) | {"zeroline": True, "zerolinecolor": SOFT},
    }
    rows = tuple(
        (day(point.as_of), *(f"{numbers[field][at]:,}" for field, *_ in used)) for at, point in enumerate(known)
    )
    table = Table(("as of", *(name for _, name, *_ in used)), rows)
    return Chart(
        "entries-and-exits", title, _entry_words(known, used, numbers), {"data": data, "layout": layout}, table
    )


def _stripes(lines: str) -> dict[str, Any]:
    return {"shape": lines, "fgcolor": PAPER, "fillmode": "overlay", "size": 5, "solidity": 0.35}


def _entry_words(known: Sequence[Point], used: Sequence[Any], numbers: dict[str, list[int]]) -> str:
    sums = listed([f"{sum(numbers[field]):,} {name}" for field, name, *_ in used])
    last = listed([f"{numbers[field][-1]:,} {name}" for field, name, *_ in used])
    since = f"From {day(known[0].as_of)} to {day(known[-1].as_of)} {sums}. " if len(known) > 1 else ""
    return f"{since}At the run of {day(known[-1].as_of)} {last}."
