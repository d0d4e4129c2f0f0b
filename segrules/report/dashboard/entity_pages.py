"""The pages about an entity as a whole: how segments overlap, and who came how recently and how often."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.report.dashboard import charts
from segrules.report.dashboard.charts.words import percent
from segrules.report.dashboard.figures import everyone
from segrules.report.dashboard.labels import label_text, name_html
from segrules.report.dashboard.links import link_to
from segrules.workflows.reporting.data import EntityReport, Overlap, Report

_MOST_PAIRS = 25


def overlaps_page(entity: EntityReport, report: Report) -> str:
    """Pictures of which segments are together, and a table of the pairs that have most in common."""
    assert entity.overlap is not None
    whom = everyone(entity.entity)
    labels = _labels(entity, report)
    sizes = {name: entity.overlap.both[place][place] for place, name in enumerate(entity.overlap.names)}
    lines = [
        "<h1>Overlaps</h1>",
        f'<p class="lead">Which segments share {whom}. Two that share nearly all are one segment with two names; '
        "two that share many may send two messages to one person.</p>",
    ]
    combinations = charts.upset(entity.together, entity.together_of, sizes, labels, rows=entity.rows)
    for chart in (combinations, charts.overlap_matrix(entity.overlap, labels=labels)):
        if chart is not None:
            lines.append(charts.chart_html(chart))
    return "\n".join((*lines, *_pairs(entity, entity.overlap, report)))


def recency_page(entity: EntityReport) -> str:
    """The heat map of recency and frequency, with how to read it."""
    assert entity.heat_map is not None
    whom = everyone(entity.entity)
    chart = charts.heat_map(entity.heat_map)
    lead = (
        f"How recently and how often {whom} had {name_html(entity.heat_map.counted)}, each in fifths: 5 is the "
        "most recent and the most often. At the upper right are the best, at the upper left the new, at the "
        "lower right those who used to come often and are missed."
    )
    shown = charts.chart_html(chart) if chart else "<p>Nobody has any yet.</p>"
    return f'<h1>Recency and frequency</h1>\n<p class="lead">{lead}</p>\n{shown}'


def _labels(entity: EntityReport, report: Report) -> dict[str, str]:
    return {item.name: label_text(item.definition.about, report.languages, item.name) for item in entity.segments}


def _pairs(entity: EntityReport, overlap: Overlap, report: Report) -> Iterator[str]:
    count = len(overlap.names)
    pairs = [(one, other) for one in range(count) for other in range(one + 1, count) if overlap.both[one][other]]
    if not pairs:
        yield "<p>No two segments share anybody.</p>"
        return
    pairs.sort(key=lambda pair: (-overlap.jaccard(*pair), pair))
    yield "<h2>Segments that are most alike</h2>"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Pairs of segments"><table>'
    heads = [f'<th scope="col" data-sort>{head}' for head in ("Segment", "With")]
    heads += [
        f'<th scope="col" class="number" data-sort>{head}'
        for head in ("In both", "Of the first", "Of the second", "Alike")
    ]
    yield f"<thead><tr>{''.join(heads)}\n<tbody>"
    links = {item.name: link_to(item, report.languages) for item in entity.segments}
    for one, other in pairs[:_MOST_PAIRS]:
        pair = (overlap.names[one], overlap.names[other])
        names = "".join(f"<td>{links.get(name) or name_html(name)}" for name in pair)
        both = overlap.both[one][other]
        shares = (both / overlap.both[one][one], both / overlap.both[other][other], overlap.jaccard(one, other))
        cells = "".join(f'<td class="number">{percent(share)}' for share in shares)
        yield f'<tr>{names}<td class="number">{both:,}{cells}'
    yield "</table></div>"
    more = f" The {_MOST_PAIRS} most alike of {len(pairs):,} pairs are shown." if len(pairs) > _MOST_PAIRS else ""
    yield (
        '<p class="soft note">Alike: those in both as a share of those in either (Jaccard 1912), 100% where both '
        f"segments have the same members.{more}</p>"
    )
