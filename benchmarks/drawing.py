"""Curves as SVG files: log axes, colours that everybody can tell apart, the same bytes for the same points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import shown
from figures import Curve

STYLES = {
    "segrules": ("segrules", "#0072b2", "o"),
    "counts": ("SQL by hand, a count each", "#d55e00", "s"),
    "polars": ("polars, one lazy query", "#009e73", "^"),
    "pandas": ("pandas, a mask each", "#cc79a7", "D"),
}
"""By side: what the legend says, the colour (of Okabe and Ito's), the mark."""


def draw(curve: Curve, file: Path) -> None:
    """The curve as one picture of a file."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot, ticker

    settings: dict[Any, Any] = {
        "svg.hashsalt": "segrules",
        "svg.fonttype": "none",
        "font.size": 11,
        "font.family": "sans-serif",
    }
    with matplotlib.rc_context(settings):
        figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
        for side, points in curve.points.items():
            label, colour, mark = STYLES[side]
            axes.plot(
                *zip(*points, strict=True),
                label=label,
                color=colour,
                marker=mark,
                linewidth=2 if side == "segrules" else 1.3,
            )
        axes.set(xscale="log", yscale="log", xlabel=curve.x, ylabel="seconds, whole process", title=curve.title)
        xs = sorted({x for points in curve.points.values() for x, _ in points})
        axes.set_xticks(xs, [shown(int(x)) for x in xs], minor=False)
        axes.set_xticks([], minor=True)
        axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_locator(ticker.NullLocator())
        axes.grid(color="#dddddd")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        file.parent.mkdir(exist_ok=True)
        figure.savefig(file, metadata={"Date": None, "Creator": None})
        pyplot.close(figure)
