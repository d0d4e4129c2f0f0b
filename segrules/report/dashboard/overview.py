"""The first page: what this is, what changed, every segment in one table, what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.report.dashboard.charts.words import day, listed, number, several
from segrules.report.dashboard.figures import change_words, everyone
from segrules.report.dashboard.findings_page import sentence
from segrules.report.dashboard.highlights import highlights
from segrules.report.dashboard.segment_table import segment_table
from segrules.report.dashboard.stage_bars import stage_bars
from segrules.report.html import escape
from segrules.workflows.reporting.changes import broken_expectations, change_of
from segrules.workflows.reporting.data import EntityReport, Report


def overview(report: Report) -> str:
    """What stands on the page, from its heading on."""
    several_entities = len(report.entities) > 1
    lines = [f"<h1><bdi>{escape(report.project)}</bdi></h1>", f'<p class="lead">{_lead(report)}</p>', *_cards(report)]
    lines += highlights(report)
    notes = [f'<p class="soft note">{sentence(note)}</p>' for note in report.notes]
    for entity in report.entities:
        suffix = f" of {everyone(entity.entity)}" if several_entities else ""
        if entity.segments:
            lines += [f"<h2>All segments{suffix}</h2>", segment_table(entity, report), *notes]
            notes = []
        if entity.segmentations:
            lines += [f"<h2>Segmentations{suffix}</h2>", *stage_bars(entity, report)]
    if not any(entity.segments or entity.segmentations for entity in report.entities):
        lines.append("<p>No segment yet: write one in <code>segments/</code>, as <code>vip: orders &gt;= 5</code>.</p>")
    return "\n".join((*lines, *_missing(report)))


def _lead(report: Report) -> str:
    """What this is, for someone who has never seen it."""
    segments = sum(len(entity.segments) for entity in report.entities)
    groups = sum(len(entity.segmentations) for entity in report.entities)
    parts = [several(segments, "segment", "segments")]
    if groups:
        parts.append(several(groups, "segmentation", "segmentations"))
    whom = listed([_amount(entity) for entity in report.entities]) if report.entities else "nobody yet"
    text = f"{listed(parts)} of {whom}, as of <b>{day(report.as_of)}</b>"
    if len(report.runs) > 1:
        text += f", recorded {len(report.runs):,} times since {day(report.runs[0])}"
    explained = "A segment is a group that a rule picks, such as everybody who bought in the last 30 days. "
    if groups:
        explained += "A segmentation puts everybody into one of several stages. "
    return f"{text}. {explained}Choose one to see its rule, who is in it and what became of them."


def _amount(entity: EntityReport) -> str:
    whom = everyone(entity.entity, entity.rows)
    return whom if entity.rows is None else f"{entity.rows:,} {whom}"


def _cards(report: Report) -> Iterator[str]:
    cards = [card for entity in report.entities for card in _entity_cards(entity, report)]
    expected = [item for entity in report.entities for item in entity.segments if item.definition.expect]
    if expected and any(item.members is not None for item in expected):
        cards.append(_expectations(report, len(expected)))
    if cards:
        yield '<dl class="cards">'
        for title, value, note in cards:
            yield f'<div><dt>{title}</dt><dd><b class="figure">{value}</b> <span class="soft">{note}</span></dd></div>'
        yield "</dl>"


def _expectations(report: Report, expected: int) -> tuple[str, str, str]:
    """How many segments say how large they should be, and whether they are."""
    broken = len({(item.entity, item.name) for item, _ in broken_expectations(report)})
    every = sum(len(entity.segments) for entity in report.entities)
    says, their = ("says", "its") if expected == 1 else ("say", "their")
    of = several(every, "segment", "segments")
    note = f"{expected:,} of {of} {says} how large to be, in {their} <code>expect</code>"
    met = f"{expected - broken:,} of {expected:,}"
    return "As large as expected", f'<span class="bad">{met}</span>' if broken else met, note


def _entity_cards(entity: EntityReport, report: Report) -> Iterator[tuple[str, str, str]]:
    name = everyone(entity.entity)
    if entity.rows is not None:
        change = change_of(entity, report.as_of)
        note = f"{change_words(change)} since {day(change.before.as_of)}" if change else "in the data"
        yield name, f"{entity.rows:,}", note
    worth = entity.worth
    if worth and worth.spend is not None:
        yield f"Spend of {name}", number(worth.spend), f"in {report.worth_days:,} days, in the currency of the data"
    if worth and worth.average_order is not None and worth.orders:
        yield "Average order", number(worth.average_order), f"{worth.orders:,} orders in {report.worth_days:,} days"


def _missing(report: Report) -> Iterator[str]:
    if report.missing:
        yield '<h2>What is not shown, and how to get it</h2>\n<ul class="missing">'
        for line in report.missing:
            yield f"<li>{sentence(line)}"
        yield "</ul>"
