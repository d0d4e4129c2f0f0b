"""What to look at first: broken expectations, the largest changes since the run before, rules that changed."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.planning.renaming import Thing
from segrules.report.dashboard.charts.words import day, percent
from segrules.report.dashboard.figures import change_words, moved_words, who_moved
from segrules.report.dashboard.findings_page import sentence
from segrules.report.dashboard.links import link_to
from segrules.workflows.reporting.changes import (
    LEAST_MEMBERS,
    LEAST_SHARE,
    Change,
    broken_expectations,
    change_of,
    changed_rules,
    largest_changes,
    run_before,
)
from segrules.workflows.reporting.data import Report
from segrules.workflows.reporting.edits import cause_before

_MOST = 5
_CAUSES = {"own": "Its rule", "used": "A rule it uses", None: "What it means"}


def highlights(report: Report) -> Iterator[str]:
    """The heading, which says since when, and a list; nothing where there is nothing to tell."""
    before = run_before(report)
    since = f" since {day(before)}" if before is not None else ""
    items = [*_broken(report), *_rules(report), *_changes(report)]
    if items:
        yield f'<h2>What to look at{since}</h2>\n<ul class="highlights">'
        yield from (f"<li>{item}" for item in items)
        yield "</ul>"
    elif before is not None and any(entity.rows is not None for entity in report.entities):
        yield f"<h2>What to look at{since}</h2>\n<p>{_calm(report)}</p>"


def _broken(report: Report) -> Iterator[str]:
    for item, message in list(broken_expectations(report))[:_MOST]:
        yield f'<strong class="bad">Not as expected:</strong> {link_to(item, report.languages)}: {sentence(message)}.'


def _rules(report: Report) -> Iterator[str]:
    for item, point in changed_rules(report)[:_MOST]:
        change = change_of(item, report.as_of)
        said = f"{change_words(change)}{who_moved(change)}" if change else moved_words(point)
        what = _CAUSES[cause_before(Thing(item.entity, "segment", item.name), report)]
        yield f"<strong>{what} changed:</strong> {link_to(item, report.languages)}: {said}."


def _changes(report: Report) -> Iterator[str]:
    told = [item for item, _ in changed_rules(report)]
    large = [(item, change) for item, change in largest_changes(report) if change.is_large and item not in told]
    for item, change in large[:_MOST]:
        word = "Grew" if change.difference > 0 else "Shrank"
        yield f"<strong>{word}:</strong> {link_to(item, report.languages)} {_by(change)}{who_moved(change, ';')}."


def _by(change: Change) -> str:
    """`by 70 (55%), to 57`: the word before it says which way."""
    share = f" ({percent(abs(change.growth))})" if change.growth is not None and change.growth < 9 else ""
    return f"by {abs(change.difference):,}{share}, from {change.before.members:,} to {change.now:,}"


def _calm(report: Report) -> str:
    """That nothing moved much, and what moved most."""
    changes = largest_changes(report)
    if not changes:
        return "No segment changed in size."
    item, change = changes[0]
    word = "grew" if change.difference > 0 else "shrank"
    return (
        f"Nothing moved much: no segment by {LEAST_SHARE:.0%} of its members and {LEAST_MEMBERS} or more. "
        f"{link_to(item, report.languages)} {word} most, {_by(change)}."
    )
