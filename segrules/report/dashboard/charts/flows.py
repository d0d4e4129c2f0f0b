"""Pictures of who moved from which stage to which between two runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from segrules.report.dashboard.charts.chart import Chart, Table
from segrules.report.dashboard.charts.colours import INK, SHADES, colour_of, soft
from segrules.report.dashboard.charts.words import day, drawn, drawn_short, isolated, number, percent
from segrules.workflows.reporting.data import Moves

Label = str | None

_NONE = "no stage"
_NOBODY_YET = " No stage: in none of the stages, or not there yet, or no longer."
_PAD = 16
"""Pixels between stages: more than a line of text, so that names never cover each other, however small a stage."""
_BAR = 16
_NAME = 110
"""Pixels of a name beside its number: those of both sides fit beside each other on a telephone."""
_TOP, _BOTTOM = 36, 10


def sankey(moves: Moves | None, stages: Sequence[str] = (), title: str = "Where everyone moved") -> Chart | None:
    """Stages at the earlier run at the left, at the later one at the right, and between them who moved how.

    stages: of the segmentation, in order, so that each has the colour that it has elsewhere; others follow them.
    """
    moves = _in_order(moves, stages)
    counts = _counts(moves)
    if moves is None or not counts:
        return None
    starts, ends = _sums(moves, counts, 0), _sums(moves, counts, 1)
    total = sum(counts.values())
    nodes = [(label, 0) for label in starts] + [(label, 1) for label in ends]
    at = {node: place for place, node in enumerate(nodes)}
    height = max(260, 34 * max(len(starts), len(ends)) + 60)
    inner = height - _TOP - _BOTTOM
    sums = (starts, ends)
    data = {
        "type": "sankey",
        "arrangement": "fixed",
        "valueformat": ",d",
        "node": {
            "label": [f"{drawn_short(_word(label), _NAME)}  {sums[side][label]:,}" for label, side in nodes],
            "customdata": [f"{drawn(_word(label))}: {sums[side][label]:,}" for label, side in nodes],
            "x": [0.001 if side == 0 else 0.999 for _, side in nodes],
            "y": _middles(starts, total, inner, max(len(starts), len(ends)))
            + _middles(ends, total, inner, max(len(starts), len(ends))),
            "color": [colour_of(label, moves.labels) for label, _ in nodes],
            "thickness": _BAR,
            "pad": _PAD,
            "line": {"width": 0},
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        "link": {
            "source": [at[start, 0] for start, _ in counts],
            "target": [at[end, 1] for _, end in counts],
            "value": list(counts.values()),
            "color": [soft(colour_of(start, moves.labels)) for start, _ in counts],
            "customdata": [f"{drawn(_word(start))} → {drawn(_word(end))}" for start, end in counts],
            "hovertemplate": "%{customdata}: %{value:,}<extra></extra>",
        },
    }
    layout = {
        "height": height,
        "margin": {"l": 4, "r": 4, "t": _TOP, "b": _BOTTOM},
        "annotations": [_heading(day(moves.start), 0, "left"), _heading(day(moves.end), 1, "right")],
    }
    figure = {"data": [data], "layout": layout}
    return Chart(
        "sankey", title, _words(moves, counts), figure, _table(moves, counts), note=_none_words(counts).strip()
    )


def _in_order(moves: Moves | None, stages: Sequence[str]) -> Moves | None:
    """With every stage among the labels, first and in order; no stage is the last."""
    if moves is None:
        return None
    known = dict.fromkeys((*stages, *(label for label in moves.labels if label is not None)))
    return replace(moves, labels=(*known, *([None] if None in moves.labels else [])))


def _counts(moves: Moves | None) -> Mapping[tuple[Label, Label], int]:
    """Who moved how, in the order of the labels."""
    if moves is None:
        return {}
    return {(a, b): moves.counts[a, b] for a in moves.labels for b in moves.labels if moves.counts.get((a, b))}


def _sums(moves: Moves, counts: Mapping[tuple[Label, Label], int], side: int) -> dict[Label, int]:
    sums = {label: sum(n for pair, n in counts.items() if pair[side] == label) for label in moves.labels}
    return {label: rows for label, rows in sums.items() if rows}


def _middles(sums: Mapping[Label, int], total: int, inner: int, most: int) -> list[float]:
    """Where the middle of each stage is, from 0 at the top to 1, when the fuller side fills the height."""
    scale = (inner - _PAD * (most - 1)) / total
    middles, top = [], 0.0
    for rows in sums.values():
        middles.append(round((top + rows * scale / 2) / inner, 5))
        top += rows * scale + _PAD
    return middles


def _heading(text: str, x: int, anchor: str) -> dict[str, Any]:
    return {
        "text": text, "x": x, "xref": "paper", "xanchor": anchor, "y": 1, "yref": "paper", "yanchor": "bottom",
        "yshift": 12, "showarrow": False,
    }  # fmt: skip


def _word(label: Label) -> str:
    return _NONE if label is None else label


def _none_words(counts: Mapping[tuple[Label, Label], int]) -> str:
    return _NOBODY_YET if any(None in pair for pair in counts) else ""


def _said(label: Label) -> str:
    return _NONE if label is None else isolated(label)


def _words(moves: Moves, counts: Mapping[tuple[Label, Label], int]) -> str:
    total = sum(counts.values())
    stayed = sum(rows for (start, end), rows in counts.items() if start == end)
    moved = sorted(((rows, pair) for pair, rows in counts.items() if pair[0] != pair[1]), key=lambda each: -each[0])
    words = (
        f"From {day(moves.start)} to {day(moves.end)} {stayed:,} of {total:,} ({percent(stayed / total)}) stayed where "
        "they were"
    )
    if not moved:
        return words + "."
    most = "; ".join(f"{rows:,} from {_said(a)} to {_said(b)}" for rows, (a, b) in moved[:3])
    return f"{words}. The largest moves: {most}."


def _table(moves: Moves, counts: Mapping[tuple[Label, Label], int]) -> Table:
    """From each stage to each, with the share of those who were in the first."""
    starts, ends = _sums(moves, counts, 0), _sums(moves, counts, 1)
    rows = tuple(
        (
            _word(start),
            *(f"{n:,} ({percent(n / rows)})" if (n := counts.get((start, end), 0)) else "0" for end in ends),
            f"{rows:,}",
        )
        for start, rows in starts.items()
    )
    last = ("all", *(f"{rows:,}" for rows in ends.values()), f"{sum(counts.values()):,}")
    return Table(("from ↓ to →", *(_word(end) for end in ends), "all"), (*rows, last))


def moves_matrix(moves: Moves | None, stages: Sequence[str] = (), title: str = "From stage to stage") -> Chart | None:
    """A square of who moved from the row's stage to the column's, shaded by the share of the row."""
    moves = _in_order(moves, stages)
    counts = _counts(moves)
    if moves is None or not counts:
        return None
    starts, ends = list(_sums(moves, counts, 0).items()), list(_sums(moves, counts, 1))
    shares = [[round(counts.get((start, end), 0) / rows, 6) for end in ends] for start, rows in starts]
    data = {
        "type": "heatmap",
        "z": shares,
        "x": list(range(len(ends))),
        "y": list(range(len(starts))),
        "text": [[number(n) if (n := counts.get((start, end), 0)) else "" for end in ends] for start, _ in starts],
        "customdata": [[_told(start, end, counts, rows) for end in ends] for start, rows in starts],
        "texttemplate": "%{text}",
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": SHADES,
        "textfont": {"color": INK},
        "zmin": 0,
        "zmax": 1,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    layout = {
        "height": 110 + max(120, 30 * len(starts)),
        "margin": {"r": 70},  # the last name leans out of the square
        "xaxis": {**_names(ends, 110), "side": "top", "tickangle": -40, "title": {"text": f"on {day(moves.end)}"}},
        "yaxis": {
            **_names([start for start, _ in starts], 140),
            "autorange": "reversed",
            "title": {"text": f"on {day(moves.start)}"},
        },
    }
    least = 240 + 56 * len(ends)
    figure = {"data": [data], "layout": layout}
    note = "Each row: where those who were in its stage are now. The darker a cell, the larger its share of the row."
    note += _none_words(counts)
    return Chart("moves-matrix", title, _words(moves, counts), figure, _table(moves, counts), least, note)


def _names(labels: Sequence[Label], most: int) -> dict[str, Any]:
    return {
        "tickvals": list(range(len(labels))),
        "ticktext": [drawn_short(_word(label), most) for label in labels],
        "showgrid": False,
        "zeroline": False,
    }


def _told(start: Label, end: Label, counts: Mapping[tuple[Label, Label], int], rows: int) -> str:
    found = counts.get((start, end), 0)
    return f"{drawn(_word(start))} → {drawn(_word(end))}: {found:,}, {percent(found / rows)} of the row"
