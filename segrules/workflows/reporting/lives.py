"""What recorded runs tell a report: sizes over time, how long members stay, moves, and cohorts to be followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from segrules.engines.duckdb import DuckDB
from segrules.sql.past_states import Told, labelled, stayed_query, tenure_query
from segrules.sql.temporary import temporary_table
from segrules.workflows.history.keeping import has_changes
from segrules.workflows.history.reading import first_with, members_at, moves_between
from segrules.workflows.history.records import History, RecordedRun, Segment
from segrules.workflows.reporting.data import EntityReport, Moment, Moves, Point, Report, SegmentationReport, Stays

YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who was in some segments at one recorded run: the table has a row of `key` and `segment` for each member.

    sizes: by segment, under its name of today, how many there are.
    """

    run: RecordedRun
    table: str
    sizes: Mapping[str, int]

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.sizes)


def with_lives(report: Report, history: History, engine: DuckDB) -> Report:
    """The report with what recorded runs tell: points, stays, moves. engine: may read the files of the record."""
    if not history.runs:
        return report
    entities = tuple(_entity(own, history, engine) for own in report.entities)
    return replace(report, entities=entities, runs=tuple(run.given for run in history.runs))


def _entity(own: EntityReport, history: History, engine: DuckDB) -> EntityReport:
    tenures = _tenures(history, own.entity, engine)

    def stays(name: str, points: Sequence[Point]) -> Stays | None:
        if len(points) < 2:
            return None
        days, known = tenures.get(name, (None, 0))
        return Stays(days, known, *_turnover(points, history))

    segments = []
    for segment in own.segments:
        points = tuple(points_of(history, (own.entity, segment.name)))
        segments.append(replace(segment, points=points, stays=stays(segment.name, points)))
    segmentations = []
    for item in own.segmentations:
        stages = []
        for stage in item.stages:
            name = f"{item.name}.{stage.label}"
            points = tuple(points_of(history, (own.entity, name)))
            stages.append(replace(stage, points=points, stays=stays(name, points)))
        segmentations.append(replace(item, stages=tuple(stages), moves=_moves(item, history, engine)))
    runs = [(run, run.entities[own.entity]) for run in history.runs if own.entity in run.entities]
    grown = tuple(Point(run.given, one.rows, 1.0, one.came, one.went, None, None) for run, one in runs)
    return replace(own, segments=tuple(segments), segmentations=tuple(segmentations), points=grown)


def points_of(history: History, segment: Segment) -> Iterator[Point]:
    """A segment or stage at each run that has it; none of one that the last run does not have."""
    found = history.of(segment)
    if not found or found[-1][0] is not history.runs[-1]:
        return
    for run, name in found:
        own, rows = run.segments[segment[0], name], run.entities[segment[0]].rows
        part = own.members / rows if rows else 0.0
        if own.entered is None or own.left is None:
            yield Point(run.given, own.members, part)
        else:
            came, went = own.entered, own.left
            yield Point(run.given, own.members, part, came.customer, went.customer, came.rule, went.rule)


def _turnover(points: Sequence[Point], history: History) -> tuple[float | None, Moment | None]:
    """Those who came or went in the last year, as a share of the mean size at its runs; since when.

    None where the last year has one run of it alone, before which nobody came or went that is known of.
    """
    moments = {run.given: run.as_of.now for run in history.runs}
    last = moments[points[-1].as_of]
    recent = [point for point in points if moments[point.as_of] >= last - YEAR]
    parts = ((one.entered, one.left, one.entered_by_rule, one.left_by_rule) for one in recent[1:])
    moved = sum(part or 0 for some in parts for part in some)
    if len(recent) < 2:
        return None, None
    size = sum(one.members for one in recent) / len(recent)
    return (moved / size if size else None), recent[0].as_of


def _tenures(history: History, entity: str, engine: DuckDB) -> dict[str, tuple[float, int]]:
    """By segment or stage the median of days that members are in, of those whose entry is recorded; how many."""
    last = history.runs[-1]
    runs = [run for run in history.runs if entity in run.entities and has_changes(run, entity)]
    if not runs or entity not in last.entities:
        return {}
    told = _told(history, entity, runs)
    days = [(last.as_of.today - run.as_of.today).days for run in runs]
    key = last.entities[entity].key
    rows = engine.run(tenure_query(key, tuple(zip(told, days, strict=True))))
    return {segment: (float(median), many) for segment, median, many in rows if segment is not None}


def _told(history: History, entity: str, runs: Sequence[RecordedRun]) -> tuple[Told, ...]:
    """The files of changes of some runs, each with the names of today for what was called otherwise then.

    The name is empty where one of today stood for something else then.
    """
    today = [name for owner, name in history.runs[-1].segments if owner == entity]
    names: dict[RecordedRun, dict[str, str]] = {run: {} for run in history.runs}
    for name in today:
        for run, called in history.called((entity, name)):
            names[run][called] = name
    told = []
    for run in runs:
        others = {name: "" for name in today if name not in names[run]}
        renamed = {called: name for called, name in names[run].items() if called != name}
        told.append((str(run.changes(entity).absolute()), {**renamed, **others}))
    return tuple(told)


def _moves(item: SegmentationReport, history: History, engine: DuckDB) -> Moves | None:
    """Who moved in the last year, or since the first run that has the segmentation."""
    last = history.runs[-1]
    names = [name for owner, name in last.segments if owner == item.entity and name.startswith(f"{item.name}.")]
    if item.definition.hit == "any" or not names:
        return None
    recent = replace(history, runs=tuple(run for run in history.runs if run.as_of.now >= last.as_of.now - YEAR))
    start = first_with(recent, (item.entity, item.name), last)
    if start is last:
        return None
    found = moves_between(history, engine, (item.entity, item.name), start, last)
    return Moves(item.name, found.start.given, found.end.given, found.labels, found.counts)


# cohorts


def cohorts(history: History, entity: str, names: Sequence[str], engine: DuckDB) -> tuple[Cohort, ...]:
    """For segments and stages (as `lifecycle.new`) who was in at the first run of the last year that had members.

    They are kept in tables of the engine.
    """
    last = history.runs[-1]
    begun: dict[RecordedRun, dict[str, int]] = {}
    for name in names:
        found = history.of((entity, name))
        sizes = ((run, run.segments[entity, called].members) for run, called in found)
        starts = (one for one in sizes if one[0] is not last and one[0].as_of.now >= last.as_of.now - YEAR and one[1])
        first = next(starts, None)
        if first is not None:
            begun.setdefault(first[0], {})[name] = first[1]
    made = []
    for number, (run, own) in enumerate(begun.items(), 1):
        table = f"cohort {number} of {entity}"
        parts = {name: query for name in own if (query := members_at(history, run, (entity, name))) is not None}
        engine.execute(temporary_table(table, labelled(parts, "segment")))
        made.append(Cohort(run, table, own))
    return tuple(made)


def stayed(
    history: History, entity: str, cohort: Cohort, engine: DuckDB, ends: Sequence[datetime]
) -> Mapping[str, tuple[float, ...]]:
    """By segment the share of a cohort that was in it at the last recorded run up to each instant; `ends` in order."""
    runs = [run for run in history.runs if run.as_of.now > cohort.run.as_of.now and has_changes(run, entity)]
    key = cohort.run.entities[entity].key
    rows = engine.run(stayed_query(cohort.table, key, _told(history, entity, runs))) if runs else []
    steps: dict[str, dict[int, int]] = {}
    for place, segment, many in rows:
        steps.setdefault(segment, {})[place] = int(many)
    found: dict[str, tuple[float, ...]] = {}
    for name in cohort.segments:
        size = cohort.sizes[name]
        left, place, shares = size, 0, []
        for end in ends:
            while place < len(runs) and runs[place].as_of.now <= end:
                left += steps.get(name, {}).get(place, 0)
                place += 1
            shares.append(left / size)
        found[name] = tuple(shares)
    return found
