"""The days of runs along the lower edge of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from segrules.report.dashboard.charts.words import on_axis
from segrules.workflows.reporting.data import Moment

_FEW = 3
_MILLISECOND = timedelta(milliseconds=1)


def places_of(moments: Sequence[Moment]) -> dict[str, Any]:
    """Where the values of a trace stand: the first day and the step, where all steps are one, else all days.

    A page may have thousands of pictures of the same runs.
    """
    days = [on_axis(moment) for moment in moments]
    found = [datetime.fromisoformat(day) for day in days]
    steps = {b - a for a, b in pairwise(found)}
    if len(steps) != 1:
        return {"x": days}
    return {"x0": days[0], "dx": int(steps.pop() / _MILLISECOND)}


def days_axis(moments: Sequence[Moment]) -> dict[str, Any]:
    """An axis from the first run to the last, the same in all pictures of these runs; of few, each is a tick."""
    days = [on_axis(moment) for moment in moments]
    first, last = datetime.fromisoformat(days[0]), datetime.fromisoformat(days[-1])
    half_a_step = _step([datetime.fromisoformat(day) for day in days]) / 2
    around = [on_axis(first - half_a_step), on_axis(last + half_a_step)]
    axis: dict[str, Any] = {"type": "date", "showgrid": False, "range": around, "ticklabelstandoff": 10}
    return axis | ({"tickvals": days, "tickformat": "%-d %b %Y"} if len(days) <= _FEW else {})


def _step(found: Sequence[datetime]) -> timedelta:
    """The usual time between two runs."""
    gaps = sorted(b - a for a, b in pairwise(found))
    return gaps[len(gaps) // 2] if gaps else timedelta(days=2)


def bar_widths(moments: Sequence[Moment], shown: Sequence[Moment]) -> dict[str, Any]:
    """How wide bars at some of these runs are, in milliseconds, and where they begin unless around their run.

    Each takes most of the usual time between runs, but ends halfway to a neighbour that is closer.
    """
    found = [datetime.fromisoformat(on_axis(moment)) for moment in moments]
    half = _step(found) / 2
    gaps = [min(half, (b - a) / 2) for a, b in pairwise(found)]
    sides = [
        (before, after)
        for moment, before, after in zip(moments, [half, *gaps], [*gaps, half], strict=True)
        if moment in shown
    ]
    if all(side == (half, half) for side in sides):
        return {"width": _most_of(2 * half)}
    return {
        "width": [_most_of(before + after) for before, after in sides],
        "offset": [-_most_of(before) for before, _ in sides],
    }


def _most_of(time: timedelta) -> int:
    return int(time * 0.75 / _MILLISECOND)
