"""The page of a segmentation: its stages with sizes and rules, and who moved between them."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.planning.renaming import Thing
from segrules.report.dashboard import charts
from segrules.report.dashboard.about import about_html, heading_html
from segrules.report.dashboard.charts.words import day, percent
from segrules.report.dashboard.figures import everyone
from segrules.report.dashboard.lineage import Lineage, thing_picture
from segrules.report.dashboard.past import rule_before, without_past
from segrules.report.dashboard.rule_text import Named, expression_html, named_in
from segrules.report.dashboard.segment_parts import tests_html, users_html
from segrules.report.dashboard.stage_bars import stage_bar
from segrules.report.dashboard.things import Items
from segrules.report.dashboard.words_html import meanings_html, words_html
from segrules.report.html import escape
from segrules.workflows.reporting.data import Report, SegmentationReport, StageReport


def segmentation_page(item: SegmentationReport, report: Report, items: Items, lineage: Lineage) -> str:
    """What stands on the page, from its heading on."""
    about = item.definition.about
    lines = [heading_html(about, item.name, report.languages), f"<p>{_policy(item)}</p>", stage_bar(item)]
    lines += about_html(about, report.languages)
    lines += _stages(item, report, items)
    lines += _moves(item, report)
    lines += tests_html(item.tests, "who has which stage")
    lines += users_html(item, items, report.languages)
    picture = thing_picture(Thing(item.entity, "segmentation", item.name), lineage, items, report.languages)
    lines += [picture] if picture else []
    return "\n".join(lines)


def _policy(item: SegmentationReport) -> str:
    who = everyone(item.entity, 1)
    otherwise = item.definition.otherwise
    rest = f"is <bdi><b>{escape(otherwise)}</b></bdi>" if otherwise else "has no stage"
    rest = f" Who matches none {rest}."
    match item.definition.hit:
        case "first":
            return f"Each {who} gets the first of these stages whose rule holds, from the top down.{rest}"
        case "unique":
            return f"Each {who} matches at most one of these rules; two that match are an error.{rest}"
        case _:
            return f"Each {who} gets every stage whose rule holds, so that one may have several.{rest}"


def _stages(item: SegmentationReport, report: Report, items: Items) -> Iterator[str]:
    rules = [stage.rule for stage in item.stages]
    named = named_in(rules, item.entity, item.uses, items, report.languages)
    yield "<h2>Stages and their rules</h2>"
    for stage in item.stages:
        yield from _stage(stage, item, named, report)
    yield meanings_html(item.uses, items, report.languages)


def _stage(stage: StageReport, item: SegmentationReport, named: Named, report: Report) -> Iterator[str]:
    size = ""
    if stage.members is not None and item.rows:
        size = f' <span class="soft">{stage.members:,} · {percent(stage.members / item.rows)}</span>'
    yield f"<h3><bdi>{escape(stage.label)}</bdi>{size}</h3>"
    written = next((own.rule for own in item.definition.stages if own.label == stage.label), None)
    if written is None:
        yield "<p>Everyone else.</p>"
        return
    yield f'<pre class="rule wrapped">{expression_html(written, named)}</pre>'
    yield from rule_before(Thing(item.entity, "stage", f"{item.name}.{stage.label}"), report)
    if stage.rule is None:
        yield '<p class="soft">It has an error, which stands under <a href="#findings">Findings</a>.</p>'
    else:
        yield words_html(stage.rule, item.entity, "Matches")


def _moves(item: SegmentationReport, report: Report) -> Iterator[str]:
    yield "<h2>Who moved</h2>"
    stages = [stage.label for stage in item.stages]
    growth = charts.stacked_stages(item)
    flow, matrix = charts.sankey(item.moves, stages), charts.moves_matrix(item.moves, stages)
    if growth is not None:
        yield charts.chart_html(growth)
    if item.moves is not None and (flow or matrix):
        yield (
            f"<p>Between the recorded runs of {day(item.moves.start)} and {day(item.moves.end)}: who was in a stage at "
            "the left, and where they are now at the right.</p>"
        )
        yield from (charts.chart_html(chart) for chart in (flow, matrix) if chart)
    elif item.definition.hit == "any":
        yield "<p>One may have several stages at once, so that there is no way from one to another.</p>"
    elif growth is None:
        yield without_past(item.stages[0].points if item.stages else (), report)
