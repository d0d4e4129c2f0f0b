"""How the stages of a segmentation share everyone over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segrules.report.dashboard.charts.chart import Chart, Table
from segrules.report.dashboard.charts.colours import INK, PAPER, colour, pattern
from segrules.report.dashboard.charts.days import days_axis, places_of
from segrules.report.dashboard.charts.words import day, drawn, drawn_short, isolated, on_axis, percent
from segrules.workflows.reporting.data import Moment, Point, SegmentationReport, StageReport

_NOBODY = (0, 0.0)


def stacked_stages(segmentation: SegmentationReport, title: str = "How the stages share everyone") -> Chart | None:
    """The share of each stage over time, one on top of the other; None for fewer than two runs, or nobody.

    Where a row may have several stages, shares do not add up, and each stage is a line of its own.
    """
    stages = [stage for stage in segmentation.stages if stage.points]
    moments = sorted({point.as_of for stage in stages for point in stage.points}, key=on_axis)
    if len(moments) < 2 or not any(point.members for stage in stages for point in stage.points):
        return None
    places = {stage.label: place for place, stage in enumerate(segmentation.stages)}
    sizes = {stage.label: _sizes(stage, moments) for stage in stages}
    is_whole = segmentation.definition.hit != "any"
    layout = {
        "height": 320 + 12 * max(0, len(stages) - 6),
        "showlegend": True,
        "hovermode": "x unified",
        "xaxis": days_axis(moments),
        "yaxis": {"tickformat": ".0%", "rangemode": "tozero"} | ({"range": [0, 1]} if is_whole else {}),
    }
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": drawn_short(label),
            **places_of(moments),
            "y": [round(share, 6) for _, share in found],
            "text": [f"{members:,}" for members, _ in found],
            "meta": drawn(label),
            "hovertemplate": "%{meta}: %{text}, %{y:.1%}<extra></extra>",
            **(_area(places[label]) if is_whole else {"line": {"width": 2, "color": colour(places[label])}}),
        }
        for label, found in sizes.items()
    ]
    return Chart(
        "stacked-stages", title, _words(moments, sizes), {"data": data, "layout": layout}, _table(moments, sizes)
    )


def _sizes(stage: StageReport, moments: Sequence[Moment]) -> list[tuple[int, float]]:
    """Members and share at each run; none where the stage was not there."""
    found: Mapping[Moment, Point] = {point.as_of: point for point in stage.points}
    return [(found[moment].members, found[moment].share) if moment in found else _NOBODY for moment in moments]


def _area(place: int) -> dict[str, Any]:
    area: dict[str, Any] = {
        "stackgroup": "stages",
        "line": {"width": 0.75, "color": PAPER},
        "fillcolor": colour(place),
    }
    if shape := pattern(place):
        area["fillpattern"] = {
            "shape": shape, "bgcolor": colour(place), "fgcolor": INK, "size": 6, "solidity": 0.2,
        }  # fmt: skip
    return area


def _words(moments: Sequence[Moment], sizes: Mapping[str, list[tuple[int, float]]]) -> str:
    ends = ", ".join(f"{isolated(label)} {percent(found[-1][1])}" for label, found in sizes.items())
    return f"On {day(moments[-1])}: {ends}. The first of {len(moments):,} runs is that of {day(moments[0])}."


def _table(moments: Sequence[Moment], sizes: Mapping[str, list[tuple[int, float]]]) -> Table:
    rows = tuple(
        (day(moment), *(percent(found[at][1]) for found in sizes.values())) for at, moment in enumerate(moments)
    )
    return Table(("as of", *sizes), rows)
