"""The steps of a segment's rule as bars: for how many each holds, and how many are left behind it."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.report.dashboard.charts.words import percent
from segrules.report.dashboard.figures import everyone
from segrules.report.html import escape
from segrules.report.words import plain_words
from segrules.workflows.explaining.funnels import Step
from segrules.workflows.reporting.data import SegmentReport

_LEFT = {
    "all": "Each line is a condition; the bar shows how many are left when those above it hold, too.",
    "not all": "Each line is a condition; the bar shows for how many those above it hold, too: they are not in it.",
    "any": "Each line is a condition, one of which is enough; the bar shows how many those so far take in.",
    "none": "Each line keeps some out; the bar shows how many are left.",
}


def funnel_html(item: SegmentReport) -> Iterator[str]:
    """Nothing where the rule has one step only, or nothing is counted."""
    group = _group(item.funnel)
    if group is None or not item.rows:
        return
    yield "<h2>Step by step</h2>"
    yield f'<p class="soft note">{_LEFT[group.clause.kind]}</p>'
    yield '<ol class="funnel">'
    yield _line(f"all {everyone(item.entity)}", item.rows, item.rows, "")
    for step in group.parts:
        yield _line(_words(step, item.entity), step.left or 0, item.rows, _note(step))
    yield "</ol>"


def _group(step: Step | None) -> Step | None:
    """The list of tests that a segment is, if it is one."""
    while step is not None and step.clause.kind == "segment" and len(step.parts) == 1:
        step = step.parts[0]
    return step if step is not None and step.clause.kind in _LEFT and len(step.parts) > 1 else None


def _words(step: Step, entity: str) -> str:
    """The step in plain words; a list of tests as its author wrote it."""
    clause = step.clause
    rule = clause.expression if clause.kind == "test" else clause.value
    if rule is None:
        return f"<code><bdi>{escape(clause.text)}</bdi></code>"
    return f"<bdi>{escape(plain_words(rule, entity).text)}</bdi>"


def _note(step: Step) -> str:
    said = [f"holds for {step.holds:,}"]
    said += [f"{text} is missing for {many:,}" for text, many in step.missing]
    return f'<span class="soft">{escape("; ".join(said))}</span>'


def _line(words: str, left: int, rows: int, note: str) -> str:
    share = left / rows
    return (
        f'<li><span class="step">{words} {note}</span> <b class="number">{left:,}</b> '
        f'<span class="soft number">{percent(share)}</span><span class="meter"><i style="width:{share:.2%}"></i></span>'
    )
