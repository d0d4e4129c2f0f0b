"""Recorded numbers without one customer: sizes, entries and exits of every run counted down by what it had."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segrules.planning.time import parse_as_of
from segrules.sql.stored import FLAGS

Event = tuple[str | None, str, str]
"""A segment (None: the entity row itself), `entered` or `left`, and the cause."""


@dataclass(slots=True)
class _Where:
    """Where the customer is after the runs so far."""

    is_there: bool = False
    segments: set[str] = field(default_factory=set)


Rows = Callable[[Path], list[tuple[Any, ...]]]
"""From a Parquet file of a record to its rows of the key, which is their first column; none where there is no file."""


def recounted(
    records: Mapping[Path, Mapping[str, Any]], entity: str, rows: Rows
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """What the runs of one record say of themselves without a key: those that say something else then.

    records: by the paths of their files, in any order.
    """
    where = _Where()
    moments = {path: parse_as_of(about["as_of"], about["timezone"]).now for path, about in records.items()}
    for path in sorted(records, key=lambda path: moments[path]):
        about = records[path]
        own = about["entities"].get(entity)
        if own is None:
            where = _Where()
            continue
        events = [
            (segment, change, cause) for _, segment, change, cause in rows(path.with_name(f"{entity}.changes.parquet"))
        ]
        state = path.with_name(f"{entity}.members.parquet")
        if state.is_file():
            where = _in_state(rows(state), own["names"])
        else:
            _take_events(where, about, entity, events)
        if where.is_there or events:
            yield path, _without(about, entity, where, events)


def _in_state(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> _Where:
    if not rows:
        return _Where()
    words = rows[0][1:]
    return _Where(True, {name for place, name in enumerate(names) if words[place // FLAGS] >> place % FLAGS & 1})


def _take_events(where: _Where, about: Mapping[str, Any], entity: str, events: Sequence[Event]) -> None:
    new = {item["before"]: item["segment"] for item in about["renamed"] if item["entity"] == entity}
    where.segments = {new.get(name, name) for name in where.segments}
    for segment, change, _ in events:
        if segment is None:
            where.is_there = change == "entered"
        elif change == "entered":
            where.segments.add(segment)
        else:
            where.segments.discard(segment)


def _without(about: Mapping[str, Any], entity: str, where: _Where, events: Sequence[Event]) -> dict[str, Any]:
    own = about["entities"][entity]
    rows = own["rows"] - where.is_there
    counts = {
        change: own[change] - _many(events, None, change) if own[change] is not None else None
        for change in ("entered", "left")
    }
    segments = [_segment(item, rows, where, events) if item["entity"] == entity else item for item in about["segments"]]
    entities = {**about["entities"], entity: {**own, "rows": rows, **counts}}
    return {**about, "entities": entities, "segments": segments}


def _segment(item: Mapping[str, Any], rows: int, where: _Where, events: Sequence[Event]) -> dict[str, Any]:
    name = item["segment"]
    changes = {
        change: None
        if item[change] is None
        else {cause: many - _many(events, name, change, cause) for cause, many in item[change].items()}
        for change in ("entered", "left")
    }
    return {**_fewer(item, rows, where), **changes}


def _many(events: Sequence[Event], segment: str | None, change: str, cause: str | None = None) -> int:
    return sum(event[:2] == (segment, change) and cause in (None, event[2]) for event in events)


def recounted_members(
    about: Mapping[str, Any], entity: str, rows: Mapping[str, Sequence[Mapping[str, Any]]], is_there: bool
) -> dict[str, Any]:
    """What the run that wrote the members says of itself without a key.

    rows: by the names of its files those that have the key. is_there: that the entity has it also where no file does.
    """
    names = {item["segment"] for item in about["segments"] if item["entity"] == entity}
    where = _Where(is_there or any(rows.values()))
    for file, own in rows.items():
        for row in own:
            match about["layout"]:
                case "long":
                    where.segments.add(row["segment"])
                case "files":
                    where.segments.add(file.partition("/")[2].rpartition(".")[0])
                case _:
                    where.segments |= {name for name in names if _is_shown(row, name)}
    all_rows = about["entities"][entity]["rows"] - where.is_there
    segments = [_fewer(item, all_rows, where) if item["entity"] == entity else item for item in about["segments"]]
    entities = {**about["entities"], entity: {**about["entities"][entity], "rows": all_rows}}
    return {**about, "entities": entities, "segments": segments}


def _is_shown(row: Mapping[str, Any], name: str) -> bool:
    """Whether a row of the wide layout has a segment, or a stage among what its segmentation's column says."""
    segmentation, _, label = name.partition(".")
    value = row[segmentation]
    if not label:
        return value in (True, "true")
    listed = value[1:-1].split(", ") if isinstance(value, str) and value.startswith("[") else value
    return label in listed if isinstance(listed, list) else label == listed


def _fewer(item: Mapping[str, Any], rows: int, where: _Where) -> dict[str, Any]:
    members = item["members"] - (item["segment"] in where.segments)
    return {**item, "members": members, "share": members / rows if rows else 0.0}
