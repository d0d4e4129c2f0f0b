"""The page of a segment: what it is, who is in it, its rule, how it went, what sets its members apart."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.planning.renaming import Thing
from segrules.project.model import Tree
from segrules.report.dashboard import charts
from segrules.report.dashboard.about import about_html, heading_html
from segrules.report.dashboard.charts.words import day, percent
from segrules.report.dashboard.figures import change_words, everyone, who_moved
from segrules.report.dashboard.findings_page import sentence
from segrules.report.dashboard.funnel_bars import funnel_html
from segrules.report.dashboard.lineage import Lineage, thing_picture
from segrules.report.dashboard.past import rule_before, without_past
from segrules.report.dashboard.rule_text import named_in, segment_rule_html
from segrules.report.dashboard.segment_parts import examples_html, overlaps_html, sample_html, tests_html, users_html
from segrules.report.dashboard.stays_and_worth import stays_html, worth_html
from segrules.report.dashboard.things import Items
from segrules.report.dashboard.words_html import meanings_html, words_html
from segrules.report.html import escape
from segrules.report.words.names import a, readable
from segrules.source import Span
from segrules.workflows.reporting.changes import broken_expectations, change_of
from segrules.workflows.reporting.data import EntityReport, Report, SegmentReport


def segment_page(item: SegmentReport, entity: EntityReport, report: Report, items: Items, lineage: Lineage) -> str:
    """What stands on the page, from its heading on."""
    lines = [heading_html(item.definition.about, item.name, report.languages), *_size(item, report)]
    lines += about_html(item.definition.about, report.languages)
    lines += _rule(item, report, items)
    lines += _over_time(item, report)
    lines += funnel_html(item)
    lines += _profile(item)
    lines += overlaps_html(item, entity, report)
    lines += worth_html(item, entity, report)
    lines += stays_html(item)
    lines += examples_html(item)
    lines += sample_html(item, report)
    lines += tests_html(item.tests, "who is in it")
    lines += users_html(item, items, report.languages)
    picture = thing_picture(Thing(item.entity, "segment", item.name), lineage, items, report.languages)
    lines += [picture] if picture else []
    return "\n".join(lines)


def _size(item: SegmentReport, report: Report) -> Iterator[str]:
    if item.members is None:
        yield (
            '<p class="soft">How many are in it is not known: this report was made without data. '
            "<code>segrules report</code> where the data is counts them.</p>"
        )
    else:
        share = f", {percent(item.members / item.rows)} of all {everyone(item.entity)}" if item.rows else ""
        yield f'<p class="size"><b class="figure">{item.members:,}</b> members{share}</p>'
        change = change_of(item, report.as_of)
        if change is not None:
            said = change_words(change)
            yield f"<p>{said[0].upper() + said[1:]} since {day(change.before.as_of)}{who_moved(change)}.</p>"
    broken = {message for segment, message in broken_expectations(report) if segment is item}
    for expected in item.definition.expect:
        yield f"<p>Expected: {expected.measure} <code>{escape(expected.text)}</code>.</p>"
    for message in broken:
        yield f'<p class="bad">{escape(message.replace("`", ""))}.</p>'


def _rule(item: SegmentReport, report: Report, items: Items) -> Iterator[str]:
    named = named_in((item.rule,), item.entity, item.uses, items, report.languages)
    yield "<h2>The rule</h2>"
    yield segment_rule_html(item.definition, named)
    yield from rule_before(Thing(item.entity, "segment", item.name), report)
    if item.rule is None:
        yield '<p class="soft">It has an error, which stands under <a href="#findings">Findings</a>.</p>'
        return
    yield "<h3>In plain words</h3>"
    yield words_html(item.rule, item.entity, f"<bdi>{escape(a(readable(item.entity)).capitalize())}</bdi> is in it")
    yield meanings_html(item.uses, items, report.languages)
    yield from _findings(item, report)


def _findings(item: SegmentReport, report: Report) -> Iterator[str]:
    """What is found wrong with the rule, or odd."""
    places = [*_places(item.definition.rule), item.definition.span]
    found = [
        finding.message
        for finding in report.findings
        if finding.span is not None and any(_is_inside(finding.span, place) for place in places)
    ]
    if found:
        yield '<h3>What to look at in it</h3>\n<ul class="rule-findings">'
        yield from (f"<li>{sentence(message)}" for message in found)
        yield '</ul>\n<p class="soft note">What to do stands under <a href="#findings">Findings</a>.</p>'


def _places(tree: Tree) -> Iterator[Span]:
    """Where the tests of a rule stand."""
    if tree.when is not None:
        yield tree.when.span
    for item in tree.items:
        yield from _places(item)


def _is_inside(span: Span, place: Span | None) -> bool:
    """The text of findings may have been read another time than that of the rules."""
    return (
        place is not None and span.file.path == place.file.path and place.start <= span.start and span.end <= place.end
    )


def _over_time(item: SegmentReport, report: Report) -> Iterator[str]:
    yield "<h2>Over time</h2>"
    found = (charts.size_over_time(item.points), charts.entries_and_exits(item.points))
    shown = [charts.chart_html(chart) for chart in found if chart]
    if shown:
        yield '<p class="soft note">Each point is a recorded run of <code>segrules apply</code>.</p>'
        yield from shown
    elif len(item.points) > 1:
        yield "<p>Nobody was in it at any recorded run.</p>"
    else:
        yield without_past(item.points, report)


def _profile(item: SegmentReport) -> Iterator[str]:
    chart = charts.profile(item.profile)
    if chart is not None:
        yield "<h2>Who they are</h2>"
        yield (
            '<p class="soft note">Where members differ most from everyone: their mean, or the share of them with a '
            "value. The largest difference is first; it is measured in standard deviations, which is how far "
            "people differ from the mean anyway, so that days, counts and shares can be compared.</p>"
        )
        yield charts.chart_html(chart)
