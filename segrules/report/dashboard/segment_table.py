"""The table of all segments of an entity: size and how it went, who came and went, value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from segrules.report.dashboard.charts.words import day, number, percent
from segrules.report.dashboard.figures import UNKNOWN, everyone, short_day, signed, signed_percent
from segrules.report.dashboard.labels import name_html
from segrules.report.dashboard.links import link_to
from segrules.report.dashboard.sparkline import sparkline
from segrules.workflows.reporting.changes import change_of, growth_over_period, latest_point
from segrules.workflows.reporting.data import EntityReport, Report, SegmentReport

Cell = Callable[[SegmentReport], str]

_WHO_MOVED = "Entered and left: because of what customers did, or because a rule changed."


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of numbers. is_shown: whether anything is known for it. title: what it says, in full."""

    head: str
    title: str
    cell: Cell
    is_shown: bool


def segment_table(entity: EntityReport, report: Report) -> str:
    """The table, without columns of which nothing is known, and what its heads mean below it."""
    columns = [column for column in _columns(entity, report) if column.is_shown]
    head = "".join(f'<th scope="col" class="number" data-sort>{column.head}' for column in columns)
    lines = [
        '<div class="scroll" tabindex="0" role="region" aria-label="All segments"><table class="segments">',
        f'<thead><tr><th scope="col" data-sort>Segment{head}\n<tbody>',
    ]
    for item in entity.segments:
        cells = "".join(f'<td class="number">{column.cell(item)}' for column in columns)
        lines.append(f'<tr><th scope="row">{_name(item, report)}{cells}')
    lines.append("</table></div>")
    lines.append(f'<p class="soft note">{" ".join(column.title for column in columns if column.title)}</p>')
    return "\n".join(lines)


def _name(item: SegmentReport, report: Report) -> str:
    shown = link_to(item, report.languages)
    return f"{shown}<br>{name_html(item.name)}" if item.definition.about.get("label") else shown


def _columns(entity: EntityReport, report: Report) -> Iterator[_Column]:
    items, as_of = entity.segments, report.as_of
    changes = {item.name: change_of(item, as_of) for item in items}
    latest = {item.name: latest_point(item.points, as_of) for item in items}
    first = next((point.as_of for point in entity.points), as_of)
    growth = {item.name: growth_over_period(item.points, first) for item in items}
    before = {change.before.as_of for change in changes.values() if change}
    since = short_day(before.pop(), as_of) if len(before) == 1 else "the run before"
    start = short_day(first, as_of) if entity.points else ""

    def change(item: SegmentReport) -> str:
        found = changes[item.name]
        return signed(found.difference) if found else UNKNOWN

    def is_recounted(item: SegmentReport) -> bool:
        found = changes[item.name]
        return found is not None and found.is_recounted

    def came(item: SegmentReport) -> str:
        point = latest[item.name]
        if point is None or point.entered is None or is_recounted(item):
            return UNKNOWN
        return f"{point.entered + (point.entered_by_rule or 0):,}"

    def went(item: SegmentReport) -> str:
        point = latest[item.name]
        if point is None or point.left is None or is_recounted(item):
            return UNKNOWN
        return f"{point.left + (point.left_by_rule or 0):,}"

    def grown(item: SegmentReport) -> str:
        if growth[item.name] is None and len(item.points) > 1 and item.points[0].as_of == first:
            return "from 0" if item.points[-1].members else "0%"
        return signed_percent(growth[item.name]) or UNKNOWN

    moved = any(
        point is not None and point.entered is not None and not is_recounted(item)
        for item, point in zip(items, latest.values(), strict=True)
    )
    yield _Column("Members", "", _members, any(item.members is not None for item in items))
    yield _Column(
        "Share",
        f"Share: of all {everyone(entity.entity)}; one may be in several segments.",
        _share,
        any(i.rows for i in items),
    )
    yield _Column(_head("Change", since), "", change, any(changes.values()))
    yield _Column(_head("Entered", since), _WHO_MOVED, came, moved)
    yield _Column(_head("Left", since), "", went, moved)
    yield _Column("Size <br>over time", "", lambda item: sparkline(item.points), any(len(i.points) > 1 for i in items))
    yield _Column(
        _head("Growth", start),
        f"Growth: of the members of {day(first)}, the first day recorded; a large one of few members says little.",
        grown,
        any(g is not None for g in growth.values()),
    )
    yield _spend_column(entity, report)


def _spend_column(entity: EntityReport, report: Report) -> _Column:
    """What a member spent on average, beside the same of everybody."""
    each = entity.worth.spend_per_member if entity.worth else None
    beside = f"; of everybody {number(each)}" if each is not None else ""
    title = f"Spend each: of a member on average, in {report.worth_days:,} days{beside}."
    return _Column("Spend <br>each", title, _spend, any(map(_spend_of, entity.segments)))


def _head(title: str, start: str) -> str:
    return f'{title} <br><span class="soft">since <br>{start}</span>' if start else title


def _members(item: SegmentReport) -> str:
    return UNKNOWN if item.members is None else f"{item.members:,}"


def _share(item: SegmentReport) -> str:
    if item.members is None or not item.rows:
        return UNKNOWN
    share = item.members / item.rows
    return f'{percent(share)}<span class="meter"><i style="width:{share:.2%}"></i></span>'


def _spend_of(item: SegmentReport) -> bool:
    return item.worth is not None and item.worth.spend_per_member is not None


def _spend(item: SegmentReport) -> str:
    each = item.worth.spend_per_member if item.worth else None
    return UNKNOWN if each is None else number(each)
