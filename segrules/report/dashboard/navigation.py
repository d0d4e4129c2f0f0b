"""The list of pages at the side of a report, segments by entity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from segrules.report.dashboard.anchors import link
from segrules.report.dashboard.labels import name_html, owner_of, tags_of
from segrules.report.dashboard.links import link_to
from segrules.report.dashboard.sections import common_pages, entity_pages
from segrules.report.html import escape
from segrules.workflows.reporting.data import EntityReport, Report


def navigation(report: Report) -> str:
    """The `<nav>`. With several entities each has a heading."""
    several = len(report.entities) > 1
    lines = [
        '<nav id="pages" aria-label="Pages">',
        *_list(link(*page) for page in common_pages(report)),
        _filter(report),
    ]
    for entity in report.entities:
        if several:
            lines.append(f"<h2>{name_html(entity.entity)}</h2>")
        lines += _entity(entity, report)
    return "\n".join((*(line for line in lines if line), "</nav>"))


def _entity(entity: EntityReport, report: Report) -> Iterator[str]:
    yield from _list(link(*page) for page in entity_pages(entity))
    segmentations = [link_to(item, report.languages) for item in entity.segmentations]
    segments = [link_to(item, report.languages) for item in entity.segments]
    for title, links in (("Segmentations", segmentations), ("Segments", segments)):
        if links:
            yield f'<h3>{title} <span class="count">{len(links):,}</span></h3>'
            yield from _list(links)


def _list(links: Iterable[str]) -> Iterator[str]:
    yield "<ul>"
    yield from (f"<li>{each}" for each in links)
    yield "</ul>"


def _filter(report: Report) -> str:
    """A choice of owner or tag, where that tells segments apart."""
    segments = [item.definition.about for entity in report.entities for item in entity.segments]
    abouts = [*segments, *(item.definition.about for entity in report.entities for item in entity.segmentations)]
    owners = sorted({owner_of(about) for about in abouts} - {""})
    tags = sorted({tag for about in abouts for tag in tags_of(about)})
    if len(owners) < 2 and not tags:
        return ""
    groups = [("owner", "Owner", owners), ("tag", "Tag", tags)]
    options = "".join(
        f'<optgroup label="{title}">'
        + "".join(f'<option value="{escape(f"{kind}:{name}")}">{escape(name)}' for name in names)
        + "</optgroup>"
        for kind, title, names in groups
        if names
    )
    return (
        '<label class="filter scripted-only">Show <select id="filter"><option value="">all segments'
        f"{options}</select></label>"
    )
