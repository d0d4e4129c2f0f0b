"""Which segments people are in at the same time, as an UpSet picture (Lex et al. 2014)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from segrules.report.dashboard.charts.chart import Chart, Table
from segrules.report.dashboard.charts.colours import INK, UP
from segrules.report.dashboard.charts.words import drawn, drawn_short, isolated, listed, number, several
from segrules.workflows.reporting.data import Together

_MOST_COMBINATIONS = 20
_ROW = 24
_BARS = 170
_OFF = "var(--chart-line)"


def upset(
    together: Sequence[Together],
    among: Sequence[str],
    sizes: Mapping[str, int],
    labels: Mapping[str, str] = MappingProxyType({}),
    *,
    rows: int | None = None,
    title: str = "Which segments go together",
) -> Chart | None:
    """Bars above for how many are in exactly the segments with a dot below; at the left how large each segment is.

    among: the segments that combinations are of; all with members are shown. rows: of the entity. Those who are in none
    of them, or in combinations that are less frequent, are left out of the picture, and told in words and in the table.
    """
    found = sorted((each for each in together if each.names and each.rows), key=lambda each: -each.rows)
    found = found[:_MOST_COMBINATIONS]
    if not found:
        return None
    names = sorted((name for name in among if sizes.get(name)), key=lambda name: (-sizes[name], name))
    shown = {name: labels.get(name, name) for name in names}
    matrix = _ROW * len(names)
    height = _BARS + matrix + 40
    split = matrix / (matrix + _BARS)
    figure = {
        "data": [*_bars(found, shown), *_dots(found, names), _sizes(names, shown, sizes)],
        "layout": {
            "height": height,
            "showlegend": False,
            "bargap": 0.35,
            "hovermode": "closest",
            "shapes": [_stripe(place) for place in range(0, len(names), 2)],
            "xaxis": {"domain": [0.42, 1], "anchor": "y", "showticklabels": False, "showgrid": False, "zeroline": False,
                      "range": [-0.6, len(found) - 0.4]},
            "yaxis": {"domain": [split + 0.03, 1], "anchor": "x", "rangemode": "tozero", "tickformat": ",d",
                      "nticks": 5},
            "yaxis2": {"domain": [0, split], "anchor": "x", "tickvals": list(range(len(names))), "showgrid": False,
                       "ticktext": [drawn_short(shown[name], 165) for name in names], "zeroline": False,
                       "range": [len(names) - 0.5, -0.5], "automargin": False},
            "xaxis2": {"domain": [0, 0.16], "anchor": "y2", "autorange": "reversed", "nticks": 3, "tickformat": "~s",
                       "title": {"text": "size"}},
        },
    }  # fmt: skip
    nobody = sum(each.rows for each in together if not each.names)
    others = max(0, (rows or 0) - nobody - sum(each.rows for each in found))
    lines = [(listed(labels.get(name, name) for name in each.names), number(each.rows)) for each in found]
    lines += [("other combinations of them", number(others))] if others else []
    lines += [("none of them", number(nobody))] if nobody else []
    table = Table((f"of these {len(names)} segments, exactly in", "rows"), tuple(lines))
    note = _note(len(names), sum(1 for size in sizes.values() if size), others, nobody)
    return Chart("upset", title, _words(found, shown, nobody), figure, table, 700, note)


def _note(shown: int, segments: int, others: int, nobody: int) -> str:
    """What a bar counts: where further segments are not in the picture, those in a bar may be in them, too."""
    words = f"Each bar: how many are, of these {shown} segments, in exactly those with a dot below it"
    if shown < segments:
        more = segments - shown
        words += f". They may also be in the {several(more, 'smaller one that is', 'smaller ones that are')} not shown"
    left = [f"{number(others)} in other combinations of these {shown}"] if others else []
    left += [f"{number(nobody)} in none of them"] if nobody else []
    return words + (f". Not drawn: {listed(left)}." if left else ".")


def _bars(found: Sequence[Together], shown: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "type": "bar",
            "x": list(range(len(found))),
            "y": [each.rows for each in found],
            "text": [_short(each.rows) for each in found],
            "textposition": "outside",
            "cliponaxis": False,
            "textfont": {"size": 10},
            "customdata": [listed(drawn(shown[name]) for name in each.names) for each in found],
            "marker": {"color": UP},
            "hovertemplate": "%{y:,}, of these segments, exactly in<br>%{customdata}<extra></extra>",
        }
    ]


def _short(rows: int) -> str:
    """A number that fits above a narrow bar."""
    for limit, unit in ((1_000_000, "M"), (10_000, "k")):
        if rows >= limit:
            return f"{rows / (1_000_000 if unit == 'M' else 1000):.3g}{unit}"
    return number(rows)


def _dots(found: Sequence[Together], names: Sequence[str]) -> list[dict[str, Any]]:
    """All dots, faint; those of each combination, strong and joined by a line."""
    cells = [(at, place) for at in range(len(found)) for place in range(len(names))]
    joined: list[tuple[int | None, int | None]] = []
    for at, each in enumerate(found):
        joined += [(at, place) for place in sorted(map(names.index, each.names))] + [(None, None)]
    common = {"type": "scatter", "xaxis": "x", "yaxis": "y2", "hoverinfo": "skip"}
    return [
        {**common, "mode": "markers", "x": [x for x, _ in cells], "y": [y for _, y in cells],
         "marker": {"size": 9, "color": _OFF}},
        {**common, "mode": "lines+markers", "x": [x for x, _ in joined], "y": [y for _, y in joined],
         "line": {"color": INK, "width": 2}, "marker": {"size": 10, "color": INK}},
    ]  # fmt: skip


def _sizes(names: Sequence[str], shown: Mapping[str, str], sizes: Mapping[str, int]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [sizes[name] for name in names],
        "y": list(range(len(names))),
        "xaxis": "x2",
        "yaxis": "y2",
        "customdata": [drawn(shown[name]) for name in names],
        "marker": {"color": "var(--chart-none)"},
        "hovertemplate": "%{customdata}: %{x:,}<extra></extra>",
    }


def _stripe(place: int) -> dict[str, Any]:
    """A tint behind every other segment, so that the eye keeps its line."""
    return {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": place - 0.5, "y1": place + 0.5,
            "fillcolor": "var(--chart-shade-0)", "line": {"width": 0}, "layer": "below"}  # fmt: skip


def _words(found: Sequence[Together], shown: Mapping[str, str], nobody: int) -> str:
    most = "; ".join(
        f"{number(each.rows)} exactly in {listed(isolated(shown[name]) for name in each.names)}" for each in found[:3]
    )
    words = f"The most frequent combinations of these {len(shown)} segments: {most}."
    return words + (f" {number(nobody)} are in none of the {len(shown)}." if nobody else "")
