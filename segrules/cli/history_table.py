"""What recorded runs say as tables: names to the left, numbers to the right, and a line of blocks for each segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segrules.cli.table import columns, share
from segrules.cli.terminal import Paint
from segrules.cli.text import safe
from segrules.report.blocks import blocks
from segrules.report.plurals import plural
from segrules.workflows.history.reading import PastMoves
from segrules.workflows.history.records import Came, History, RecordedRun, Segment, SegmentRun


def history_table(history: History, paint: Paint, wanted: str | None = None) -> str:
    """For each entity (or the wanted one) its segments at the last run, and how they came to be what they are."""
    last, first = history.runs[-1], history.runs[0]
    many = "1 run" if len(history.runs) == 1 else f"{len(history.runs):,} runs"
    span = last.given.isoformat() if last is first else f"{first.given.isoformat()} to {last.given.isoformat()}"
    blocks = [f"{many} recorded, {span}"]
    for entity, own in last.entities.items():
        if wanted not in (None, entity):
            continue
        names = [name for owner, name in last.segments if owner == entity]
        lines = [f"{own.rows:,} {safe(entity) if own.rows == 1 else plural(safe(entity))}"]
        blocks.append("\n".join([*lines, *_segments(history, entity, names, paint)]))
    return "\n\n".join(blocks)


def _segments(history: History, entity: str, names: Sequence[str], paint: Paint) -> list[str]:
    rows = [["segment", "members", "share", "since first", "entered", "left", "size over time"]]
    last = history.runs[-1]
    for name in names:
        sizes = [run.segments[entity, called].members for run, called in history.of((entity, name))]
        own = last.segments[entity, name]
        grown = f"{sizes[-1] - sizes[0]:+,}" if len(sizes) > 1 else ""
        part = share(own.members, last.entities[entity].rows)
        rows.append([safe(name), f"{own.members:,}", part, grown, _many(own.entered), _many(own.left), blocks(sizes)])
    lines = columns(rows, right=[False, True, True, True, True, True, False])
    return [paint(lines[0], "dim"), *lines[1:]]


def segment_table(history: History, segment: Segment, paint: Paint) -> str:
    """One segment run by run."""
    found = history.of(segment)
    by_rule = any(_of_rule(run.segments[segment[0], name]) for run, name in found)
    heads = ["as of", "members", "share", "entered", "left", *(["by a new rule"] if by_rule else [])]
    rows = [heads]
    for run, name in found:
        own = run.segments[segment[0], name]
        rule = [f"+{own.entered.rule:,} −{own.left.rule:,}" if own.entered and own.left and _of_rule(own) else ""]
        part = share(own.members, run.entities[segment[0]].rows)
        rows.append(
            [
                run.given.isoformat(),
                f"{own.members:,}",
                part,
                _many(own.entered),
                _many(own.left),
                *(rule if by_rule else ()),
            ]
        )
    lines = columns(rows, right=[False] + [True] * (len(heads) - 1))
    names = list(dict.fromkeys(name for _, name in found))
    told = [f"called {' and then '.join(f'`{safe(name)}`' for name in names[:-1])} before"] if len(names) > 1 else []
    gone = [] if found[-1][0] is history.runs[-1] else ["not there any more"]
    head = ", ".join([safe(names[-1]), f"{len(found):,} runs" if len(found) > 1 else "1 run", *told, *gone])
    return "\n".join([head, paint(lines[0], "dim"), *lines[1:]])


def moves_table(found: PastMoves, paint: Paint) -> str:
    """The matrix, from rows to columns, with sums."""
    start, end = found.start.given.isoformat(), found.end.given.isoformat()
    labels = [label for label in found.labels if any(now == label for (_, now), many in found.counts.items() if many)]
    before = [label for label in found.labels if any(was == label for (was, _), many in found.counts.items() if many)]
    moved = sum(many for (was, now), many in found.counts.items() if was != now)
    every = sum(found.counts.values())
    rows = [[f"{start} ↓ {end} →", *map(_label, labels), "all"]]
    for was in before:
        own = [found.counts.get((was, now), 0) for now in labels]
        rows.append([_label(was), *map(_count, own), f"{sum(own):,}"])
    sums = [sum(found.counts.get((was, now), 0) for was in before) for now in labels]
    rows.append(["all", *(f"{many:,}" for many in sums), f"{every:,}"])
    lines = columns(rows, right=[False] + [True] * (len(labels) + 1))
    head = f"{safe(found.segmentation[1])}: {moved:,} of {every:,} moved from {start} to {end}"
    return "\n".join([head, paint(lines[0], "dim"), *lines[1:]])


def history_json(history: History, wanted: str | None = None) -> dict[str, Any]:
    """Every run with its segments, those of the wanted entity where one is."""
    return {"runs": [_run_json(run, wanted) for run in history.runs]}


def segment_json(history: History, segment: Segment) -> dict[str, Any]:
    """One segment run by run; `name` is the one it had there."""
    entity, name = segment
    points = [
        {"as_of": run.given.isoformat(), "name": called, **_segment_json(run, (entity, called))}
        for run, called in history.of(segment)
    ]
    return {"segment": name, "entity": entity, "runs": points}


def _run_json(run: RecordedRun, wanted: str | None) -> dict[str, Any]:
    return {
        "as_of": run.given.isoformat(),
        "replayed": run.is_replayed,
        "rules": run.rules,
        "entities": [
            {"entity": name, "rows": own.rows, "entered": own.came, "left": own.went}
            for name, own in run.entities.items()
            if wanted in (None, name)
        ],
        "segments": [
            {"segment": name, "entity": entity, **_segment_json(run, (entity, name))}
            for entity, name in run.segments
            if wanted in (None, entity)
        ],
    }


def _segment_json(run: RecordedRun, segment: Segment) -> dict[str, Any]:
    own, rows = run.segments[segment], run.entities[segment[0]].rows
    parts = {name: _came_json(came) for name, came in (("entered", own.entered), ("left", own.left))}
    return {"members": own.members, "share": own.members / rows if rows else 0.0, **parts}


def _came_json(came: Came | None) -> dict[str, int] | None:
    return None if came is None else {"customer": came.customer, "rule": came.rule}


def _many(came: Came | None) -> str:
    return "" if came is None else f"{came.customer + came.rule:,}"


def _of_rule(own: SegmentRun) -> bool:
    return any(came is not None and came.rule for came in (own.entered, own.left))


def _label(label: str | None) -> str:
    return "no stage" if label is None else safe(label)


def _count(many: int) -> str:
    return f"{many:,}" if many else "·"
