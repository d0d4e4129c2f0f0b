"""Squares of shaded cells: recency by frequency, and how much each two segments have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from segrules.report.dashboard.charts.chart import Chart, Table
from segrules.report.dashboard.charts.colours import INK, SHADES
from segrules.report.dashboard.charts.words import drawn, drawn_short, isolated, number, percent
from segrules.workflows.reporting.data import HeatMap, Overlap

MOST_NAMES = 40
"""Of more segments a square is too fine to read."""
_MOST_WRITTEN = 14
_CELLS: Mapping[str, Any] = MappingProxyType(
    {"type": "heatmap", "hovertemplate": "%{customdata}<extra></extra>", "colorscale": SHADES,
     "textfont": {"color": INK}, "showscale": False, "zmin": 0, "xgap": 2, "ygap": 2}
)  # fmt: skip


def heat_map(found: HeatMap | None, title: str = "How recently and how often") -> Chart | None:
    """Rows by recency and frequency, the most recent at the top; None where nobody is in it."""
    if found is None or not any(map(any, found.rows)):
        return None
    size = len(found.rows)
    scores = range(size)
    total = sum(map(sum, found.rows))
    is_worth = any(spend is not None for row in found.spend for spend in row)
    data = {
        **_CELLS,
        "z": [list(row) for row in found.rows],
        "x": list(scores),
        "y": list(scores),
        "text": [[number(rows) for rows in row] for row in found.rows],
        "customdata": [[_cell_words(found, r, f) for f in scores] for r in scores],
        "texttemplate": "%{text}",
    }
    often = [_bounds(found.frequency[f]) for f in scores]
    recent = [_bounds(found.recency[r]) for r in scores]
    layout = {
        "height": 110 + 46 * size,
        "xaxis": {"tickvals": list(scores), "ticktext": [f"<b>{f + 1}</b><br>{often[f]}" for f in scores],
                  "title": {"text": f"score of frequency, and number of {drawn(found.counted)}"},
                  "showgrid": False, "zeroline": False},
        "yaxis": {"tickvals": list(scores), "ticktext": [f"<b>{r + 1}</b><br>{recent[r]}" for r in scores],
                  "title": {"text": "score of recency, and days since the last"}, "showgrid": False, "zeroline": False},
    }  # fmt: skip
    best, worst = found.rows[-1][-1], found.rows[0][0]
    alt = (
        f"{total:,} by their last and their number of {isolated(found.counted)}: {best:,} ({percent(best / total)}) "
        f"are among the fifth with the most recent and that with the most, {worst:,} ({percent(worst / total)}) among "
        "the fifth with the least recent and that with the fewest."
    )
    rows = tuple(
        (f"{r + 1}", recent[r], f"{f + 1}", often[f], f"{found.rows[r][f]:,}")
        + ((("" if (spend := found.spend[r][f]) is None else number(spend)),) if is_worth else ())
        for r in reversed(scores)
        for f in reversed(scores)
    )
    header = ("score of recency", "days since the last", "score of frequency", f"number of {found.counted}", "rows",
              *(["mean spend"] if is_worth else []))  # fmt: skip
    return Chart("heat-map", title, alt, {"data": [data], "layout": layout}, Table(header, rows), 340)


def _bounds(bounds: tuple[int, int] | None) -> str:
    if bounds is None:
        return "–"
    low, high = bounds
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def _cell_words(found: HeatMap, r: int, f: int) -> str:
    spend = found.spend[r][f]
    words = f"{found.rows[r][f]:,} with {_bounds(found.frequency[f])} {drawn(found.counted)}, the last "
    words += f"{_bounds(found.recency[r])} days ago"
    return words + ("" if spend is None else f"<br>mean spend {number(spend)}")


def overlap_matrix(
    found: Overlap | None,
    labels: Mapping[str, str] = MappingProxyType({}),
    *,
    jaccard: bool = False,
    title: str | None = None,
) -> Chart | None:
    """How much each two segments have in common: as a share of the row's members, or of those in either (Jaccard).

    None for fewer than two segments with members, or too many to read.
    """
    if found is None:
        return None
    places = [place for place in range(len(found.names)) if found.both[place][place]]
    if not 2 <= len(places) <= MOST_NAMES:
        return None
    names = [labels.get(found.names[place], found.names[place]) for place in places]
    share = found.jaccard if jaccard else lambda one, other: found.both[one][other] / found.both[one][one]
    shares = [[share(one, other) for other in places] for one in places]
    data = _overlap_cells(found, places, names, shares, "those in either" if jaccard else None)
    cell = 34 if len(places) <= _MOST_WRITTEN else 20
    ticks = {"tickvals": list(range(len(places))), "ticktext": [drawn_short(name, 160) for name in names],
             "showgrid": False, "zeroline": False}  # fmt: skip
    layout = {
        "height": 140 + cell * len(places),
        "margin": {"r": 90},  # the last name leans out of the square
        "xaxis": {**ticks, "side": "top", "tickangle": -45},
        "yaxis": {**ticks, "autorange": "reversed"},
    }
    words = "Share of those in either of two segments who are in both" if jaccard else (
        "Share of the members of the segment of the row who are in that of the column, too"
    )  # fmt: skip
    note = (
        "Each cell: of those who are in either of the two segments, how many % are in both"
        if jaccard
        else "Each row: of the members of its segment, how many % are also in the segment of the column"
    )
    rows = tuple(
        (names[i], *(f"{found.both[one][other]:,} ({percent(shares[i][j])})" for j, other in enumerate(places)))
        for i, one in enumerate(places)
    )
    return Chart(
        "overlap-jaccard" if jaccard else "overlap",
        title or ("How alike each two segments are" if jaccard else "Who is in two segments at once"),
        f"{words}. {_closest(found, places, names)}",
        {"data": [data], "layout": layout},
        Table(("", *names), rows),
        200 + (cell + 10 if len(places) <= _MOST_WRITTEN else cell) * len(places),
        f"{note}. The darker, the more.",
    )


def _overlap_cells(
    found: Overlap, places: Sequence[int], names: Sequence[str], shares: Sequence[Sequence[float]], whole: str | None
) -> dict[str, Any]:
    """Of few segments each cell has its share written in it. whole: what shares are of, else the segment of the row."""
    data = {
        **_CELLS,
        "z": [[None if one == other else round(z, 6) for other, z in enumerate(row)] for one, row in enumerate(shares)],
        "zmax": 1,
        "x": list(range(len(places))),
        "y": list(range(len(places))),
        "customdata": [
            [
                f"{drawn(names[i])} and {drawn(names[j])}: {found.both[one][other]:,} in both, {percent(shares[i][j])}"
                + f" of {whole or drawn(names[i])}"
                for j, other in enumerate(places)
            ]
            for i, one in enumerate(places)
        ],
    }
    if len(places) <= _MOST_WRITTEN:
        data["text"] = [["" if i == j else percent(z) for j, z in enumerate(row)] for i, row in enumerate(shares)]
        data["texttemplate"] = "%{text}"
    return data


def _closest(found: Overlap, places: list[int], names: list[str]) -> str:
    pairs = [(i, j) for i in range(len(places)) for j in range(i)]
    i, j = max(pairs, key=lambda pair: found.jaccard(places[pair[0]], places[pair[1]]))
    alike, both = found.jaccard(places[i], places[j]), found.both[places[i]][places[j]]
    if not both:
        return "No two of them have members in common."
    pair = f"{isolated(names[j])} and {isolated(names[i])}"
    return f"Most alike are {pair}: {both:,} are in both, {percent(alike)} of those in either."
