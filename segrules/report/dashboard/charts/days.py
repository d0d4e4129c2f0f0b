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
    half_a_step = (last - first) / (len(days) - 1) / 2 if len(days) > 1 else timedelta(days=1)
    around = [on_axis(first - half_a_step), on_axis(last + half_a_step)]
    axis: dict[str, Any] = {"type": "date", "showgrid": False, "range": around}
    return axis | ({"tickvals": days, "tickformat": "%-d %b %Y"} if len(days) <= _FEW else {})


def bar_width(moments: Sequence[Moment]) -> int:
    """Milliseconds: most of the time between two runs, but never less than an eye sees."""
    found = [datetime.fromisoformat(on_axis(moment)) for moment in moments]
    closest = min((b - a for a, b in pairwise(found)), default=timedelta(days=1))
    return int(max(closest, (found[-1] - found[0]) / 150) * 0.75 / _MILLISECOND)
