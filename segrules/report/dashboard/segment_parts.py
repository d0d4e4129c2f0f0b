"""Parts of the pages of segments, segmentations and traits: overlaps, examples, members, tests, users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from segrules.language.written import written
from segrules.project.model import Example
from segrules.report.dashboard.charts.words import day, number, percent
from segrules.report.dashboard.labels import name_html
from segrules.report.dashboard.links import link_to
from segrules.report.dashboard.things import Items, thing_html
from segrules.report.html import escape
from segrules.workflows.reporting.data import (
    EntityReport,
    Report,
    SegmentationReport,
    SegmentReport,
    TestCase,
    TraitReport,
)

_MOST_OVERLAPS = 8
_MOST_TESTS = 20
_SOURCES = ("entity", "relation", "lookup")


def overlaps_html(item: SegmentReport, entity: EntityReport, report: Report) -> Iterator[str]:
    """The segments that have most in common with this one."""
    overlap = entity.overlap
    if overlap is None or item.name not in overlap.names:
        return
    own = overlap.names.index(item.name)
    size = overlap.both[own][own]
    others = [place for place in range(len(overlap.names)) if place != own and overlap.both[own][place]]
    others.sort(key=lambda place: (-overlap.jaccard(own, place), place))
    yield "<h2>Overlaps</h2>"
    if not others:
        yield "<p>No other segment has a member of this one.</p>"
        return
    yield '<p class="soft note">Those that share most with this one; 100% alike are two with the same members.</p>'
    segments = {one.name: one for one in entity.segments}
    rows = []
    for place in others[:_MOST_OVERLAPS]:
        name, both = overlap.names[place], overlap.both[own][place]
        numbers = (f"{both:,}", percent(both / size), percent(both / overlap.both[place][place]))
        shown = (*numbers, percent(overlap.jaccard(own, place)))
        other = segments.get(name)
        rows.append((link_to(other, report.languages) if other else name_html(name), *shown))
    yield table_html(("Segment", "In both", "Of this one", "Of the other", "Alike"), rows, "Overlaps", numbers=4)


def examples_html(item: SegmentReport) -> Iterator[str]:
    """The examples beside the rule, those that it must take in and those that it must leave out."""
    examples = item.definition.examples
    if not examples:
        return
    yield "<h2>Examples</h2>"
    yield '<p class="soft note">Rows made up to try the rule with, which <code>segrules test</code> does.</p>'
    for expected, title in ((True, "In the segment"), (False, "Not in it")):
        chosen = [example for example in examples if example.expected is expected]
        if chosen:
            yield f"<h3>{title}</h3>"
            yield _rows(chosen, title)


def _rows(examples: Sequence[Example], title: str) -> str:
    names = tuple(dict.fromkeys(name for example in examples for name in example.values))
    rows = [tuple(_cell(example.values, name) for name in names) for example in examples]
    return table_html(tuple(name_html(name) for name in names), rows, title)


def _cell(values: Mapping[str, Any], name: str) -> str:
    return f"<bdi>{escape(written(values[name]))}</bdi>" if name in values else '<span class="soft">any</span>'


def sample_html(item: SegmentReport, report: Report) -> Iterator[str]:
    """What the rule looks at, of a few members."""
    if not item.sample:
        return
    yield "<h2>Some members</h2>"
    keys = "" if report.has_keys else ", without their keys"
    yield f'<p class="soft note">What the rule looks at, of a few members chosen by chance{keys}.</p>'
    names = tuple(dict.fromkeys(name for row in item.sample for name in row))
    rows = [tuple(_value(row.get(name)) for name in names) for row in item.sample]
    yield table_html(tuple(name_html(name) for name in names), rows, "Some members")


def _value(value: Any) -> str:
    match value:
        case None:
            return '<span class="soft">missing</span>'
        case bool():
            return "yes" if value else "no"
        case Decimal() | int() | float():
            return number(value)
        case date():
            return day(value)
        case list() | tuple():
            return ", ".join(map(_value, value))
        case _:
            return f"<bdi>{escape(str(value))}</bdi>"


def tests_html(tests: Sequence[TestCase], what: str) -> Iterator[str]:
    """The cases that expect something of it, with file and line."""
    yield "<h2>Tests</h2>"
    if not tests:
        yield (
            f'<p class="soft">No case in <code>tests/</code> says {what}; '
            "<code>segrules test --suggest</code> drafts some.</p>"
        )
        return
    lines = (
        f'<li><bdi>{escape(test.name)}</bdi> <span class="soft"><bdi>{escape(test.path)}</bdi>:{test.line}</span>'
        for test in tests[:_MOST_TESTS]
    )
    more = f"<li>and {len(tests) - _MOST_TESTS:,} more" if len(tests) > _MOST_TESTS else ""
    yield f'<p class="soft note">Cases that say {what}.</p><ul class="tests">{"".join(lines)}{more}</ul>'


def users_html(
    item: SegmentReport | SegmentationReport | TraitReport, items: Items, languages: Sequence[str]
) -> Iterator[str]:
    """What it rests on, and what rests on it."""
    yield "<h2>What it rests on, and what rests on it</h2>"
    for title, things in (("It uses", item.uses), ("It is used by", item.used_by)):
        shown = ", ".join(
            f"{thing_html(thing, items, languages)}{_kind(thing.kind)}" for thing in dict.fromkeys(things)
        )
        yield f"<p>{title}: {shown or '<span class=soft>nothing</span>'}.</p>"


def _kind(kind: str) -> str:
    return f' <span class="soft">({"table" if kind == "entity" else kind})</span>' if kind in _SOURCES else ""


def table_html(head: Sequence[str], rows: Sequence[Sequence[str]], title: str, *, numbers: int = 0) -> str:
    """A table of cells that are HTML; the last columns have numbers."""
    kinds = [' class="number"' if place >= len(head) - numbers else "" for place in range(len(head))]
    heads = "".join(f'<th scope="col"{kind}>{cell}' for kind, cell in zip(kinds, head, strict=True))
    lines = ("".join(f"<td{kind}>{cell}" for kind, cell in zip(kinds, row, strict=True)) for row in rows)
    body = "\n".join(f"<tr>{line}" for line in lines)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}"><table>\n'
        f"<thead><tr>{heads}\n<tbody>\n{body}\n</table></div>"
    )
