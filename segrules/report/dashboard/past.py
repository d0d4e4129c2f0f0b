"""What a page says of the past in words: the rule of the run before, and that fewer than two runs are recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segrules.planning.renaming import Thing
from segrules.report.dashboard.charts.words import day
from segrules.report.html import escape
from segrules.workflows.reporting.data import Point, Report

_NO_RUN = (
    "Not known yet: <code>segrules apply --record</code> records each run, and <code>segrules backfill</code> "
    "replays the past."
)


def rule_before(thing: Thing, report: Report) -> Iterator[str]:
    """What the rule was until the run before, where the last recorded run has another one."""
    before = report.rules_before.get(thing)
    if before is not None and len(report.runs) > 1 and report.runs[-1] == report.as_of:
        until = f"At the run before, of {day(report.runs[-2])}, the rule was"
        yield f'<p class="soft">{until} <code><bdi>{escape(before)}</bdi></code>.</p>'


def without_past(points: Sequence[Point], report: Report) -> str:
    """A paragraph that says what is recorded, and what is missing. points: of one segment, or stage."""
    if not report.runs:
        return f'<p class="soft">{_NO_RUN}</p>'
    if not points:
        runs = "the one recorded run" if len(report.runs) == 1 else f"any of the {len(report.runs):,} recorded runs"
        return f'<p class="soft">It was not there at {runs}; the next one has it.</p>'
    runs = "One run is" if len(report.runs) == 1 else "One run with it is"
    return (
        f'<p class="soft">{runs} recorded so far, of {day(points[0].as_of)}: how it grew, and who came and went, '
        "shows from the second on.</p>"
    )
