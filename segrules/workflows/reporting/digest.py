"""What changed between two recorded runs, and what of it is worth a look: the digest of a week, a month or a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segrules.diagnostics import CODES, Diagnostic, Severity, is_error
from segrules.engines.duckdb import DuckDB
from segrules.engines.engine import EngineError
from segrules.language.core import Duration
from segrules.planning.renaming import Thing
from segrules.planning.time import parse_as_of, shift_date
from segrules.project.model import Expectation, Segment, Segmentation
from segrules.workflows.expectations import is_met
from segrules.workflows.history.reading import (
    moves_between,
    no_history,
    reading_engine,
    recorded_runs,
    unreadable_history,
)
from segrules.workflows.history.records import History, RecordedRun
from segrules.workflows.reporting.data import EntityReport, Moment, Moves, Report
from segrules.workflows.reporting.edits import Edit, causes, edits, uses_of
from segrules.workflows.reporting.jumps import Jump, jump_of
from segrules.workflows.running import Refusal

SINCE = {
    "yesterday": Duration(-1, "day"),
    "last-week": Duration(-7, "day"),
    "last-month": Duration(-1, "month"),
}
"""How long before the last recorded run a digest begins, by the words for it; any day may be named instead."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A segment, or a stage, at both ends. before, members: None where it was not there, or is not any more.

    entered, left: from run to run in between, because customers changed; one who came and went counts in both.
    called: its name at the start, where that was another one. sizes: at every recorded run up to the end. edits: the
    rules written anew that it rests on, where members came or went by rules.
    """

    entity: str
    name: str
    about: Mapping[str, Any]
    stage: str | None
    before: int | None
    members: int | None
    rows: int
    called: str | None = None
    entered: int = 0
    left: int = 0
    entered_by_rule: int = 0
    left_by_rule: int = 0
    sizes: tuple[int, ...] = ()
    jump: Jump | None = None
    unmet: tuple[Expectation, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def thing(self) -> Thing:
        return Thing(self.entity, "segment" if self.stage is None else "stage", self.name)

    @property
    def edit(self) -> Edit | None:
        """How its own rule was written anew."""
        return next((edit for edit in self.edits if edit.thing == self.thing), None)

    @property
    def change(self) -> int:
        return (self.members or 0) - (self.before or 0)

    @property
    def is_kept(self) -> bool:
        """Whether it was there at both ends."""
        return self.before is not None and self.members is not None

    @property
    def is_changed_by_rule(self) -> bool:
        return self.is_kept and bool(self.entered_by_rule or self.left_by_rule)


@dataclass(frozen=True, slots=True)
class EntityGrown:
    """An entity at both ends: its rows, None where it was not there, and how many came and went in between."""

    entity: str
    before: int | None
    rows: int
    came: int
    went: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What changed from one recorded run to a later one. findings: errors, and warnings of the data."""

    project: str
    start: Moment
    end: Moment
    languages: tuple[str, ...]
    entities: tuple[EntityGrown, ...]
    segments: tuple[Grown, ...]
    moves: tuple[tuple[str, Mapping[str, Any], Moves], ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The rules written anew by which members came or went."""
        return tuple(dict.fromkeys(edit for one in self.segments for edit in one.edits))


def digest(report: Report, out: Path, since: str) -> Digest | Refusal:
    """What changed up to the last recorded run of the report's time, or why there is nothing to tell.

    since: a word of SINCE, counted back from that run, or a day; the last run recorded up to then is the start.
    """
    history = recorded_runs(out)
    if isinstance(history, Refusal):
        return history
    moment = parse_as_of(report.as_of.isoformat(), history.runs[-1].as_of.zone)
    history = history.up_to(moment)
    start = _start(history, since) if history.runs else no_history(out)
    if isinstance(start, Diagnostic):
        return Refusal((start,), 2)
    try:
        with reading_engine(history) as engine:
            moves = tuple(_moves(report, history, start, engine))
    except EngineError as error:
        return Refusal((unreadable_history(error),), 2)
    end = history.runs[-1]
    return Digest(
        report.project,
        start.given,
        end.given,
        report.languages,
        tuple(_entity(history, start, name) for name in end.entities),
        _with_edits(tuple(_segments(report, history, start)), report, start, end),
        moves,
        tuple(finding for finding in report.findings if _is_worth_a_look(finding, report.as_of == end.given)),
    )


def _start(history: History, since: str) -> RecordedRun | Diagnostic:
    end = history.runs[-1]
    is_early = _early(since, end)
    if is_early is None:
        help = f"write {', '.join(f'`{word}`' for word in SINCE)} or a day, `2026-01-31`"
        return Diagnostic("impossible-date", f"`{since}` is no time that a digest can begin at", help=help)
    found = next((run for run in reversed(history.runs) if is_early(run)), None)
    if found is end:
        message = f"nothing is recorded after {since}: the last run is of {end.given.isoformat()}"
        return Diagnostic("no-history", message, help="`segrules apply --record` records a run")
    if found is None:
        first = history.runs[0].given.isoformat()
        message = f"no run up to {since} is recorded: the first one is of {first}, the last of {end.given.isoformat()}"
        help = "`segrules backfill --from DAY` computes the past from the data; or name a later day"
        return Diagnostic("no-history", message, help=help)
    return found


def _early(since: str, end: RecordedRun) -> Callable[[RecordedRun], bool] | None:
    """Whether a run is early enough to be the start. Words count days, at whatever hour a nightly run came by."""
    if since in SINCE:
        day = shift_date(end.as_of.today, SINCE[since])
        return lambda run: run.as_of.today <= day
    try:
        instant = parse_as_of(since, end.as_of.zone).now
    except ValueError:
        return None
    return lambda run: run.as_of.now <= instant


def _is_worth_a_look(finding: Diagnostic, is_of_the_run: bool) -> bool:
    """Errors, and warnings of the data; not what `expect` says of a run whose sizes are in the digest anyway."""
    if finding.code == "expectation-broken" and is_of_the_run:
        return False
    return is_error(finding) or (CODES[finding.code].is_of_data and finding.severity is not Severity.INFO)


def _entity(history: History, start: RecordedRun, entity: str) -> EntityGrown:
    end = history.runs[-1]
    between = [
        run.entities[entity] for run in history.runs if run.as_of.now > start.as_of.now and entity in run.entities
    ]
    before = start.entities[entity].rows if entity in start.entities else None
    came, went = sum(own.came or 0 for own in between), sum(own.went or 0 for own in between)
    return EntityGrown(entity, before, end.entities[entity].rows, came, went)


def _segments(report: Report, history: History, start: RecordedRun) -> Iterator[Grown]:
    """Those of the last run in its order, and then those that are gone."""
    end = history.runs[-1]
    entities = {own.entity: own for own in report.entities}
    kept: set[tuple[str, str]] = set()
    for entity, name in end.segments:
        grown = _grown(history, start, entities.get(entity), entity, name)
        if grown.before is not None:
            kept.add((entity, grown.called or name))
        yield grown
    for (entity, name), own in start.segments.items():
        if (entity, name) not in kept:
            rows = start.entities[entity].rows
            yield Grown(entity, name, {}, None, own.members, None, rows)


def _with_edits(segments: Sequence[Grown], report: Report, start: RecordedRun, end: RecordedRun) -> tuple[Grown, ...]:
    """The segments with the rules by which members came and went."""
    found = edits(start, end, {one.thing: one.called for one in segments if one.called is not None})
    uses = uses_of(report)
    return tuple(
        replace(one, edits=causes(one.thing, found, uses)) if one.is_changed_by_rule else one for one in segments
    )


def _grown(history: History, start: RecordedRun, own: EntityReport | None, entity: str, name: str) -> Grown:
    end = history.runs[-1]
    found = history.of((entity, name))
    called = dict(found).get(start)
    members, rows = end.segments[entity, name].members, end.entities[entity].rows
    between = [run.segments[entity, was] for run, was in found if run.as_of.now > start.as_of.now]
    came = [one.entered for one in between if one.entered is not None]
    went = [one.left for one in between if one.left is not None]
    definition, stage = _definition(own, name)
    expect = definition.expect if isinstance(definition, Segment) else ()
    return Grown(
        entity,
        name,
        {} if definition is None else definition.about,
        stage,
        None if called is None else start.segments[entity, called].members,
        members,
        rows,
        called if called != name else None,
        sum(one.customer for one in came),
        sum(one.customer for one in went),
        sum(one.rule for one in came),
        sum(one.rule for one in went),
        tuple(run.segments[entity, was].members for run, was in found),
        None if called is None else jump_of(entity, found, start),
        tuple(expected for expected in expect if not is_met(expected, members, rows)),
    )


def _definition(own: EntityReport | None, name: str) -> tuple[Segment | Segmentation | None, str | None]:
    """What the files of today say of a segment, or of the segmentation of a stage; and the stage."""
    if own is None:
        return None, None
    for segment in own.segments:
        if segment.name == name:
            return segment.definition, None
    for item in own.segmentations:
        for stage in item.stages:
            if f"{item.name}.{stage.label}" == name:
                return item.definition, stage.label
    return None, None


def _moves(
    report: Report, history: History, start: RecordedRun, engine: DuckDB
) -> Iterator[tuple[str, Mapping[str, Any], Moves]]:
    """By entity, with what the files say of the segmentation, the moves of each whose rows carry one stage."""
    end = history.runs[-1]
    for own in report.entities:
        for item in own.segmentations:
            has_stages = any(found == own.entity and name.startswith(f"{item.name}.") for found, name in end.segments)
            if item.definition.hit != "any" and has_stages and own.entity in start.entities:
                found = moves_between(history, engine, (own.entity, item.name), start, end)
                moves = Moves(item.name, start.given, end.given, found.labels, found.counts)
                yield own.entity, item.definition.about, moves
