"""Each segmentation as one bar: how its stages share everyone."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.report.dashboard.charts.colours import NOBODY, colour
from segrules.report.dashboard.charts.words import percent
from segrules.report.dashboard.links import link_to
from segrules.report.html import escape
from segrules.workflows.reporting.data import EntityReport, Report, SegmentationReport


def stage_bars(entity: EntityReport, report: Report) -> Iterator[str]:
    for item in entity.segmentations:
        yield f'<div class="stages"><h3>{link_to(item, report.languages)}</h3>'
        yield stage_bar(item)
        yield "</div>"


def stage_bar(item: SegmentationReport) -> str:
    """The bar, and a list that says the same; only the list where sizes are not known, or a row has several stages."""
    parts = [(stage.label, stage.members, colour(place)) for place, stage in enumerate(item.stages)]
    sizes = [members for _, members, _ in parts if members is not None]
    if not item.rows or len(sizes) < len(parts):
        return f'<ul class="legend">{"".join(f"<li><bdi>{escape(label)}</bdi>" for label, _, _ in parts)}</ul>'
    if item.definition.hit != "any" and (rest := item.rows - sum(sizes)) > 0:
        parts.append(("no stage", rest, NOBODY))
    legend = "".join(
        f'<li><i style="background:{colour}"></i><bdi>{escape(label)}</bdi> <b>{members:,}</b> '
        f'<span class="soft">{percent((members or 0) / item.rows)}</span>'
        for label, members, colour in parts
    )
    bar = "".join(
        f'<i style="width:{members / item.rows:.3%};background:{colour}"></i>'
        for _, members, colour in parts
        if members
    )
    is_shared = item.definition.hit != "any"
    return (
        f'<div class="stage-bar" aria-hidden="true">{bar}</div>' if is_shared else ""
    ) + f'<ul class="legend">{legend}</ul>'
