"""Tables of counts: names to the left, numbers to the right, no lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from segrules.cli.terminal import Paint, plain
from segrules.cli.text import pad, safe, width
from segrules.report.plurals import plural

if TYPE_CHECKING:
    from segrules.workflows.counting import SegmentCount
    from segrules.workflows.outcome import Outcome

GAP = "   "


def columns(rows: Sequence[Sequence[str]], *, right: Sequence[bool]) -> list[str]:
    """Rows of equal length as lines; the columns marked `right` stand at their right edge."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        GAP.join(
            pad(cell, size, right=to_right) for cell, size, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]


def counts(outcome: Outcome, *, paint: Paint = plain) -> str:
    """For each entity how many rows it has, and its segments with members, share and change since the last run."""
    entities = dict.fromkeys(count.entity for count in outcome.counts)
    as_of = written_as_of(outcome.as_of) if outcome.as_of else ""
    blocks = []
    for entity in entities:
        own = [count for count in outcome.counts if count.entity == entity]
        head = f"{own[0].rows:,} {plural(safe(entity)) if own[0].rows != 1 else safe(entity)}, as of {as_of}"
        blocks.append("\n".join([head, *_table(own, paint)]))
    return "\n\n".join(blocks)


def _table(own: Sequence[SegmentCount], paint: Paint) -> list[str]:
    rows = [["segment", "members", "share"]]
    rows += [[safe(count.segment), f"{count.members:,}", share(count.members, count.rows)] for count in own]
    if any(count.change is not None for count in own):
        rows = [[*row, change] for row, change in zip(rows, ["change", *map(_change, own)], strict=True)]
    lines = columns(rows, right=[False] + [True] * (len(rows[0]) - 1))
    return [paint(lines[0], "dim"), *lines[1:]]


def share(members: int, rows: int) -> str:
    """The percentage with one decimal; `0.0%` only of nobody, `100.0%` only of everybody."""
    if not rows:
        return "-"
    tenths = (members * 2000 + rows) // (2 * rows)
    if members and not tenths:
        return "<0.1%"
    if members < rows and tenths >= 1000:
        return ">99.9%"
    return f"{tenths // 10}.{tenths % 10}%"


def _change(count: SegmentCount) -> str:
    if count.change is None:
        return "new"
    return f"{count.change:+,}" if count.change else "0"


def written_as_of(as_of: date) -> str:
    """A date, or an instant with its seconds and zone."""
    return as_of.isoformat()
