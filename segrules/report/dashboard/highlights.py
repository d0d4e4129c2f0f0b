"""What to look at first: broken expectations, the largest changes since the run before, rules that changed."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.report.dashboard.charts.words import day
from segrules.report.dashboard.figures import change_words
from segrules.report.dashboard.findings_page import sentence
from segrules.report.dashboard.links import link_to
from segrules.workflows.reporting.changes import (
    broken_expectations,
    change_of,
    changed_rules,
    largest_changes,
)
from segrules.workflows.reporting.data import Point, Report

_MOST = 5


def highlights(report: Report) -> Iterator[str]:
    """The heading and a list; nothing where there is nothing to tell."""
    items = [*_broken(report), *_rules(report), *_changes(report)]
    if items:
        yield '<h2>What to look at</h2>\n<ul class="highlights">'
        yield from (f"<li>{item}" for item in items)
        yield "</ul>"
    elif len(report.runs) > 1 and any(entity.rows is not None for entity in report.entities):
        yield "<h2>What to look at</h2>\n<p>No segment changed in size since the run before.</p>"


def _broken(report: Report) -> Iterator[str]:
    for item, message in list(broken_expectations(report))[:_MOST]:
        yield f'<strong class="bad">Not as expected:</strong> {link_to(item, report.languages)}: {sentence(message)}.'


def _rules(report: Report) -> Iterator[str]:
    for item, point in changed_rules(report)[:_MOST]:
        change = change_of(item, report.as_of)
        size = f", {change_words(change)} in all" if change else ""
        yield (
            f"<strong>Its rule changed:</strong> {link_to(item, report.languages)}: because of that "
            f"{point.entered_by_rule or 0:,} entered and {point.left_by_rule or 0:,} left; because customers changed "
            f"{point.entered or 0:,} entered and {point.left or 0:,} left{size}."
        )


def _changes(report: Report) -> Iterator[str]:
    told = [item for item, _ in changed_rules(report)[:_MOST]]
    for item, change in largest_changes(report, _MOST):
        if item not in told:
            word = "Grew" if change.difference > 0 else "Shrank"
            yield (
                f"<strong>{word}:</strong> {link_to(item, report.languages)} by {change_words(change)} since "
                f"{day(change.before.as_of)}, to {change.now:,}{_who(change.latest)}."
            )


def _who(latest: Point | None) -> str:
    if latest is None or latest.entered is None or latest.left is None:
        return ""
    return f"; {latest.entered:,} entered and {latest.left:,} left"
