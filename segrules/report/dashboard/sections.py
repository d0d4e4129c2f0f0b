"""Which pages a report has, in order, and what stands on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segrules.report.dashboard import charts
from segrules.report.dashboard.anchors import anchor
from segrules.report.dashboard.entity_pages import overlaps_page, recency_page
from segrules.report.dashboard.findings_page import findings_page
from segrules.report.dashboard.labels import label_html, label_text, name_html, texts
from segrules.report.dashboard.links import page_of
from segrules.report.dashboard.overview import overview
from segrules.report.dashboard.search import rule_texts
from segrules.report.dashboard.stage_bars import stage_bar
from segrules.report.html import escape
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
    for entity in report.entities:
        for segmentation in entity.segmentations:
            yield _named(segmentation, report, _segmentation(segmentation, report))
        for segment in entity.segments:
            yield _named(segment, report, _segment(segment, report))
        if entity.overlap:
            yield Section(
                anchor("overlaps", entity.entity), _titled("Overlaps", entity, report), overlaps_page(entity, report)
            )
        if entity.heat_map:
            yield Section(
                anchor("recency", entity.entity), _titled("Recency and frequency", entity, report), recency_page(entity)
            )
        if entity.traits:
            yield Section(anchor("traits", entity.entity), _titled("Traits", entity, report), _traits(entity))
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
    if entity.traits:
        pages.append((anchor("traits", entity.entity), "Traits and lineage"))
    return pages


def _titled(title: str, entity: EntityReport, report: Report) -> str:
    return f"{title}: {plural(entity.entity)}" if len(report.entities) > 1 else title


def _named(item: SegmentReport | SegmentationReport, report: Report, html: str) -> Section:
    return Section(page_of(item), label_text(item.definition.about, report.languages, item.name), html)


def _segment(item: SegmentReport, report: Report) -> str:
    about = item.definition.about
    lines = [f"<h1>{label_html(about, report.languages, item.name)}</h1>", f"<p>{name_html(item.name)}</p>"]
    lines += [f"<p><bdi>{escape(text)}</bdi></p>" for _, text in texts(about.get("description"), report.languages)[:1]]
    if item.members is not None:
        lines.append(f'<p><b class="figure">{item.members:,}</b> members</p>')
    lines += [f"<pre>{escape(text)}</pre>" for text in rule_texts(item.definition.rule)]
    found = (charts.size_over_time(item.points), charts.entries_and_exits(item.points), charts.profile(item.profile))
    lines += [charts.chart_html(chart) for chart in found if chart]
    return "\n".join(lines)


def _segmentation(item: SegmentationReport, report: Report) -> str:
    lines = [f"<h1>{label_html(item.definition.about, report.languages, item.name)}</h1>", stage_bar(item)]
    stages = [stage.label for stage in item.stages]
    found = (
        charts.stacked_stages(item),
        charts.sankey(item.moves, stages),
        charts.moves_matrix(item.moves, stages),
    )
    lines += [charts.chart_html(chart) for chart in found if chart]
    return "\n".join(lines)


def _traits(entity: EntityReport) -> str:
    lines = ["<h1>Traits</h1>", "<dl>"]
    for trait in entity.traits:
        id = escape(anchor("trait", entity.entity, trait.name))
        lines.append(f'<dt id="{id}">{name_html(trait.name)}</dt><dd><code>{escape(trait.text)}</code></dd>')
    return "\n".join((*lines, "</dl>"))
