"""A picture as data, and the HTML that it is in a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segrules.report.html import escape


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a picture, as text. The first column names what each row is about."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture. alt: what it shows, in one or two sentences with the figures that matter.

    kind: what sort of picture it is, for scripts and tests. figure: data and layout as plotly has them; colours are
    CSS variables of assets/charts.css, and its height is always given. least_width: in pixels; in a narrower place the
    picture is moved sideways. note: how to read it, a line above it.
    """

    kind: str
    title: str
    alt: str
    figure: Mapping[str, Any]
    table: Table
    least_width: int = 280
    note: str = ""


def chart_html(chart: Chart) -> str:
    """The picture as a `<figure>` for assets/charts.js to draw, with its numbers as a table.

    Where nothing is drawn (no script, no library), the style sheet shows the words instead.
    """
    note = f'<p class="chart-note" dir="auto">{escape(chart.note)}</p>\n' if chart.note else ""
    return (
        f'<figure class="chart" data-chart="{escape(chart.kind)}">\n<figcaption dir="auto">{escape(chart.title)}'
        f'</figcaption>\n{note}<div class="chart-place"><div class="chart-plot" role="img" '
        f'aria-label="{escape(chart.alt)}" data-least-width="{chart.least_width}"></div></div>\n'
        f'<script type="application/json">{_json(chart.figure)}</script>\n'
        f"<details><summary>These numbers as a table</summary>\n{table_html(chart.table, chart.title)}\n</details>\n"
        "</figure>\n"
    )


def table_html(table: Table, title: str) -> str:
    """The table, without the closing tags that HTML needs not: there may be thousands of rows in a page."""
    head = "".join(f"<th>{escape(name)}" for name in table.header)
    rows = "\n".join(
        f"<tr><th>{escape(row[0])}" + "".join(f"<td>{escape(cell)}" for cell in row[1:]) for row in table.rows
    )
    return (
        f'<div class="chart-place"><table aria-label="{escape(title)}">\n<thead><tr>{head}\n<tbody>\n{rows}\n'
        "</table></div>"
    )


def _json(figure: Mapping[str, Any]) -> str:
    """JSON that may stand inside a `<script>`: nothing in it closes the element or begins a comment."""
    text = json.dumps(figure, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
