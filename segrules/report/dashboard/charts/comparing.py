"""Pictures of a segment against everyone, and of what became of its members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segrules.report.dashboard.charts.chart import Chart, Table
from segrules.report.dashboard.charts.colours import DOWN, SOFT, UP, colour
from segrules.report.dashboard.charts.words import (
    day,
    drawn,
    drawn_short,
    isolated,
    number,
    percent,
    several,
)
from segrules.workflows.reporting.data import Curves, Difference

_MOST = 12
_ROW = 38
_NAME = 190


def profile(differences: Sequence[Difference], title: str = "What sets members apart") -> Chart | None:
    """Bars to both sides for how members differ from everyone, most first; None where they do not."""
    found = sorted((each for each in differences if each.effect), key=lambda each: -abs(each.effect))[:_MOST]
    if not found:
        return None
    places = list(range(len(found)))[::-1]
    data = {
        "type": "bar",
        "orientation": "h",
        "x": [round(each.effect, 4) for each in found],
        "y": places,
        "customdata": [f"{drawn(_name(each))}: {drawn(_against(each))} of everyone" for each in found],
        "marker": {"color": [UP if each.effect > 0 else DOWN for each in found], "line": {"width": 0}},
        "hovertemplate": "%{customdata}<br>%{x:+.2f} standard deviations<extra></extra>",
    }
    least, most = (edge(0.0, *(each.effect for each in found)) * 1.08 for edge in (min, max))
    layout = {
        "height": 100 + _ROW * len(found),
        "bargap": 0.45,
        "margin": {"t": 34},
        "xaxis": {
            "range": [round(least, 4), round(most, 4)],
            "nticks": 5,
            "zeroline": True,
            "zerolinecolor": SOFT,
            "title": {"text": "difference from everyone,<br>in standard deviations"},
        },
        "yaxis": {
            "tickvals": places,
            "ticktext": [f"{drawn_short(_name(each), _NAME)}<br><b>{drawn(_against(each))}</b>" for each in found],
            "tickfont": {"size": 11},
            "showgrid": False,
            "range": [-0.6, len(found) - 0.4],
        },
        "annotations": [
            *([_side("← less", 0, "left")] if least else []),
            *([_side("more →", 1, "right")] if most else []),
        ],
    }
    alt = "Members against everyone: " + "; ".join(f"{isolated(_name(each))}: {_against(each)}" for each in found[:5])
    alt += f"; and {several(len(found) - 5, 'smaller difference', 'smaller differences')}." if len(found) > 5 else "."
    rows = tuple(
        (_name(each), _amount(each, each.ours), _amount(each, each.everyones), f"{each.effect:+.2f}") for each in found
    )
    table = Table(("", "members", "everyone", "standard deviations apart"), rows)
    return Chart("profile", title, alt, {"data": [data], "layout": layout}, table)


def _name(difference: Difference) -> str:
    """`spend`; of a share also what it is a share of: `country TH`, `newsletter`, `not newsletter`."""
    name = difference.name.replace("_", " ")
    match difference.kind, difference.value:
        case "number", _:
            return name
        case _, True:
            return name
        case _, False:
            return f"not {name}"
        case _, value:
            return f"{name}: {value}"


def _against(difference: Difference) -> str:
    return f"{_amount(difference, difference.ours)} against {_amount(difference, difference.everyones)}"


def _amount(difference: Difference, value: float) -> str:
    return number(value) if difference.kind == "number" else percent(value)


def _side(text: str, x: int, anchor: str) -> dict[str, Any]:
    return {
        "text": text, "x": x, "xref": "paper", "xanchor": anchor, "y": 1, "yref": "paper", "yanchor": "bottom",
        "showarrow": False, "font": {"color": SOFT, "size": 11},
    }  # fmt: skip


_CURVES = (
    ("stayed", "still in the segment", "solid"),
    ("active", "active in {step}", "dash"),
    ("again", "active again so far", "dot"),
)


def retention(curves: Curves | None, title: str = "What became of these members") -> Chart | None:
    """Shares of a cohort by the time since its run; None where there is no cohort, or no step is over."""
    if curves is None or not curves.members:
        return None
    step, one, axis = _steps(curves.days)
    known = [
        (name.format(step=step), values, dash) for field, name, dash in _CURVES if (values := getattr(curves, field))
    ]
    steps = max((len(values) for _, values, _ in known), default=0)
    if not steps:
        return None
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x0": 1,
            "dx": 1,
            "y": [round(value, 3) for value in values],
            "line": {"color": colour(place), "width": 2, "dash": dash},
            "marker": {"size": 5},
            "hovertemplate": "%{y:.1%} " + name + "<extra></extra>",
        }
        for place, (name, values, dash) in enumerate(known)
    ]
    layout = {
        "height": 300,
        "showlegend": True,
        "hovermode": "x unified",
        "xaxis": {
            "title": {"text": f"{axis} since {day(curves.cohort)}"},
            "showgrid": False,
            "tickformat": ",d",
        }
        | ({"dtick": 1} if steps <= 6 else {}),
        "yaxis": {"tickformat": ".0%", "range": [0, 1.02]},
    }
    ends = "; ".join(f"{percent(values[-1])} {name}" for name, values, _ in known)
    alt = (
        f"Of the {several(curves.members, 'member', 'members')} of {day(curves.cohort)}, after {steps:,} "
        f"{one if steps == 1 else axis}: {ends}. "
        f"Active means: with a row in {isolated(curves.relation)}."
    )
    rows = tuple(
        (f"{at + 1:,}", *(percent(values[at]) if at < len(values) else "" for _, values, _ in known))
        for at in range(steps)
    )
    return Chart(
        "retention", title, alt, {"data": data, "layout": layout}, Table((axis, *(n for n, *_ in known)), rows)
    )


def _steps(days: int) -> tuple[str, str, str]:
    """A step as `active in …` has it, one of them, and several."""
    match days:
        case 1:
            return "that day", "day", "days"
        case 7:
            return "that week", "week", "weeks"
        case _:
            return f"those {days} days", f"step of {days} days", f"steps of {days} days"
