"""Which pages a report has, in order, and what stands on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segrules.report.dashboard.anchors import anchor
from segrules.report.dashboard.entity_pages import overlaps_page, recency_page
from segrules.report.dashboard.findings_page import findings_page
from segrules.report.dashboard.labels import label_text
from segrules.report.dashboard.lineage import lineage_of
from segrules.report.dashboard.links import page_of
from segrules.report.dashboard.overview import overview
from segrules.report.dashboard.segment_page import segment_page
from segrules.report.dashboard.segmentation_page import segmentation_page
from segrules.report.dashboard.things import items_of
from segrules.report.dashboard.traits_page import has_lineage, traits_page
from segrules.report.plurals import plural
from segrules.workflows.reporting.data import EntityReport, Report, SegmentationReport, SegmentReport


@dataclass(frozen=True, slots=True)
class Section:
    """A page. html: what stands on it, from its heading `<h1>` on."""

    id: str
    title: str
    html: str


def sections(report: Report) -> Iterator[Section]:
    yield Section("overview", "Overview", overview(report))
    items, lineage = items_of(report), lineage_of(report)
    for entity in report.entities:
        for segmentation in entity.segmentations:
            yield _named(segmentation, report, segmentation_page(segmentation, report, items, lineage))
        for segment in entity.segments:
            yield _named(segment, report, segment_page(segment, entity, report, items, lineage))
        if entity.overlap:
            yield Section(
                anchor("overlaps", entity.entity), _titled("Overlaps", entity, report), overlaps_page(entity, report)
            )
        if entity.heat_map:
            yield Section(
                anchor("recency", entity.entity), _titled("Recency and frequency", entity, report), recency_page(entity)
            )
        if has_lineage(entity):
            html = traits_page(entity, report, items, lineage)
            yield Section(anchor("traits", entity.entity), _titled("Traits and lineage", entity, report), html)
    yield Section("findings", "Findings", findings_page(report))


def common_pages(report: Report) -> list[tuple[str, str]]:
    """The pages that belong to no entity: (id, HTML of the link)."""
    count = f' <span class="count">{len(report.findings):,}</span>' if report.findings else ""
    return [("overview", "Overview"), ("findings", f"Findings{count}")]


def entity_pages(entity: EntityReport) -> list[tuple[str, str]]:
    """The pages about an entity as a whole, as far as there is something on them."""
    pages = []
    if entity.overlap:
        pages.append((anchor("overlaps", entity.entity), "Overlaps"))
    if entity.heat_map:
        pages.append((anchor("recency", entity.entity), "Recency and frequency"))
    if has_lineage(entity):
        pages.append((anchor("traits", entity.entity), "Traits and lineage"))
    return pages


def _titled(title: str, entity: EntityReport, report: Report) -> str:
    return f"{title}: {plural(entity.entity)}" if len(report.entities) > 1 else title


def _named(item: SegmentReport | SegmentationReport, report: Report, html: str) -> Section:
    return Section(page_of(item), label_text(item.definition.about, report.languages, item.name), html)
