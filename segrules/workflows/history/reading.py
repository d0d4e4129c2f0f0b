"""What recorded runs say: who was in a segment as of a day, and who moved from stage to stage."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.engines.duckdb import DuckDB, connect
from segrules.engines.engine import EngineError
from segrules.planning.time import parse_as_of
from segrules.sql import writes
from segrules.sql.past_states import members_query, moves_query
from segrules.workflows.connecting import broken_off
from segrules.workflows.history.keeping import names_on_the_way, way_to
from segrules.workflows.history.recording import state_of
from segrules.workflows.history.records import HELP, History, RecordedRun, Segment, read_history
from segrules.workflows.outcome import refusal_of
from segrules.workflows.output import OutputRefused, complete
from segrules.workflows.running import Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PastMembers:
    """The keys, in order, of who was in a segment at a recorded run."""

    segment: Segment
    run: RecordedRun
    keys: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class PastMoves:
    """How many rows carried each stage at one recorded run and each at a later one, in the order of the stages.

    None stands for no stage, and for rows that were not there yet or are not there any more.
    """

    segmentation: Segment
    start: RecordedRun
    end: RecordedRun
    labels: tuple[str | None, ...]
    counts: Mapping[tuple[str | None, str | None], int]


def recorded_runs(out: Path) -> History | Refusal:
    """What is recorded below an output folder; a Refusal where that is nothing, or cannot be read."""
    try:
        history = opened_history(out)
    except OutputRefused as error:
        return refusal_of(error)
    return history if history.runs else Refusal((no_history(out),), 2)


def opened_history(out: Path) -> History:
    """What is recorded below an output folder, completed where a run died; nothing where there is no such folder.

    OutputRefused where it cannot be read, or another run is writing.
    """
    if out.is_dir():
        complete(out)
    return read_history(out)


def past_members(
    out: Path, segment: str, *, entity: str | None = None, as_of: str | None = None
) -> PastMembers | Refusal:
    """Who was in a segment or stage at the last recorded run up to a day."""

    def reading(history: History, engine: DuckDB) -> PastMembers | Refusal:
        found = known_segment(history, segment, entity)
        run = run_at(history, as_of)
        if isinstance(found, Diagnostic) or isinstance(run, Diagnostic):
            return Refusal(tuple(item for item in (found, run) if isinstance(item, Diagnostic)), 2)
        query = members_at(history, run, found)
        keys = () if query is None else engine.run(writes.in_order(query, ("key",)).sql("duckdb"))
        return PastMembers(found, run, tuple(key for (key,) in keys))

    return _with_history(out, reading)


def past_moves(
    out: Path, segmentation: str, *, entity: str | None = None, start: str | None = None, end: str | None = None
) -> PastMoves | Refusal:
    """Who moved from stage to stage between two recorded runs: by default the first that has it and the last."""

    def reading(history: History, engine: DuckDB) -> PastMoves | Refusal:
        runs = (history.runs[0] if start is None else run_at(history, start), run_at(history, end))
        wrong = tuple(item for item in runs if isinstance(item, Diagnostic))
        first, last = runs
        if wrong or isinstance(first, Diagnostic) or isinstance(last, Diagnostic):
            return Refusal(wrong, 2)
        if first.as_of.now >= last.as_of.now:
            return Refusal((_without_two_runs(history, first, last),), 2)
        found = known_segmentation(last, segmentation, entity)
        if isinstance(found, Diagnostic):
            return Refusal((found,), 2)
        if start is None:
            first = first_with(history, found, last)
        if first is last:
            before = f"no run before that of {last.given.isoformat()} has `{found[1]}`"
            message = f"{before}, and moves are from one run to another"
            return Refusal((Diagnostic("no-history", message, help=HELP),), 2)
        return moves_between(history, engine, found, first, last)

    return _with_history(out, reading)


def _without_two_runs(history: History, first: RecordedRun, last: RecordedRun) -> Diagnostic:
    """That nobody can have moved between two runs, as there are none."""
    oldest, newest = history.runs[0].given.isoformat(), history.runs[-1].given.isoformat()
    if len(history.runs) == 1:
        message = f"one run is recorded, of {oldest}, and moves are from one run to another"
        help = "`segrules backfill --from DAY` computes the past from the data"
        return Diagnostic("no-history", message, help=help)
    if first is last:
        message = f"both ends are the run of {first.given.isoformat()}, so that there is nothing between them"
    else:
        message = f"the run of {first.given.isoformat()} is later than that of {last.given.isoformat()}"
    return Diagnostic("no-history", message, help=f"the recorded runs go from {oldest} to {newest}")


def first_with(history: History, segmentation: Segment, end: RecordedRun) -> RecordedRun:
    """The first run that has a stage of what is called so at a later one, under its name then; else that later one."""
    entity, name = segmentation
    upto = history.up_to(end.as_of)
    stages = [own for own in end.segments if own[0] == entity and own[1].startswith(f"{name}.")]
    having = {run for own in stages for run, _ in upto.of(own) if run is not end}
    if not having:  # all stages are new: those that were there before them
        having = {
            run
            for run in upto.runs
            for owner, own in run.segments
            if (owner, own.partition(".")[0]) == segmentation and "." in own
        }
    return next((run for run in upto.runs if run in having), end)


def moves_between(
    history: History, engine: DuckDB, segmentation: Segment, start: RecordedRun, end: RecordedRun
) -> PastMoves:
    """The moves of a segmentation whose rows carry one stage, between two recorded runs."""
    entity, name = segmentation
    upto = history.up_to(end.as_of)
    now = [own for owner, own in end.segments if owner == entity and own.startswith(f"{name}.")]
    before: dict[str, str] = {}  # by the name at the start, the label that is shown
    for own in now:
        before |= {called: own.partition(".")[2] for run, called in upto.of((entity, own)) if run is start}
    called_then = {own.partition(".")[0] for own in before} or {name}
    for owner, own in start.segments:
        if owner == entity and own not in before and own.partition(".")[0] in called_then and "." in own:
            before[own] = own.partition(".")[2]
    earlier, later = {}, {}
    for own, label in before.items():
        if (query := members_at(history, start, (entity, own), is_name_there=True)) is not None:
            earlier[label] = query
    for own in now:
        if (query := members_at(history, end, (entity, own), is_name_there=True)) is not None:
            later[own.partition(".")[2]] = query
    rows = engine.run(moves_query(earlier, later)) if earlier and later else []
    counts = {(was, now): many for was, now, many in rows}
    labels: dict[str | None, None] = dict.fromkeys((*later, *earlier))
    if any(None in pair for pair in counts):
        labels[None] = None
    return PastMoves(segmentation, start, end, tuple(labels), counts)


def members_at(
    history: History, run: RecordedRun, segment: Segment, *, is_name_there: bool = False
) -> writes.Query | None:
    """The query of the keys, as `key`, of who was in a segment at a run; None where there was no such segment then.

    is_name_there: the name is the one that the segment had at that run, not the one that it had last.
    """
    entity, name = segment
    called = name if is_name_there else dict(history.of(segment)).get(run)
    if called is None or (entity, called) not in run.segments:
        return None
    base, steps = way_to(history.runs, run, entity)
    told, was = names_on_the_way(history.runs, entity, (called,), steps)
    changes = []
    for one, names in told:
        own = next((label for label, then in names.items() if then == called), None if called in names else called)
        if own is not None:  # else it was not there yet: what had its name is something else
            changes.append((str(one.changes(entity).absolute()), own))
    first = was.get(called, called)
    return members_query(state_of(base, entity), first or None, run.entities[entity].key, changes)


def known_segment(history: History, name: str, entity: str | None) -> Segment | Diagnostic:
    """The segment or stage of that name in some recorded run, of the last that has it."""
    every = dict.fromkeys(own for run in reversed(history.runs) for own in run.segments)
    stages = [own for _, own in every if own.startswith(f"{name}.")]
    if stages and not any(own == name for _, own in every):
        help = f"its stages are {', '.join(f'`{stage}`' for stage in stages)}; `segrules moves {name}` shows them all"
        return Diagnostic("unknown-segment", f"`{name}` is a segmentation", help=help)
    return _chosen(name, entity, every, "segment")


def known_segmentation(run: RecordedRun, name: str, entity: str | None) -> Segment | Diagnostic:
    """The segmentation of that name at a run, if its rows carry one stage."""
    listed = {(item["entity"], item["segmentation"]): item["hit"] for item in run.about.get("segmentations", ())}
    found = _chosen(name, entity, listed, "segmentation")
    if not isinstance(found, Diagnostic) and listed[found] == "any":
        message = f"rows carry several stages of `{name}`, so that nobody moves from one to another"
        return Diagnostic("no-history", message, help="`segrules history --segment` shows each stage")
    return found


def _chosen(name: str, entity: str | None, every: Mapping[Segment, object], what: str) -> Segment | Diagnostic:
    own = [found for found in every if found[1] == name and entity in (None, found[0])]
    if len(own) == 1:
        return own[0]
    if own:
        listed = " or ".join(f"`--entity {owner}`" for owner, _ in own)
        return Diagnostic("unknown-segment", f"several entities have a {what} `{name}`", help=f"say {listed}")
    listed = ", ".join(f"`{found}`" for _, found in every)
    help = did_you_mean(name, [found for _, found in every]) or (f"there is {listed}" if 0 < len(every) <= 10 else None)
    return Diagnostic("unknown-segment", f"no {what} `{name}` is recorded", help=help)


def run_at(history: History, text: str | None) -> RecordedRun | Diagnostic:
    """The last recorded run up to a day or instant; of all, where none is named."""
    last = history.runs[-1]
    if text is None:
        return last
    try:
        moment = parse_as_of(text, last.as_of.zone)
    except ValueError:
        help = "write a day, `2026-01-31`, or an instant, `2026-01-31T12:00`"
        return Diagnostic("impossible-date", f"`{text}` is no day or instant", help=help)
    found = next((run for run in reversed(history.runs) if run.is_of(moment)), None) or history.at(moment)
    if found is None:
        first = history.runs[0].given.isoformat()
        message = f"no run up to {text} is recorded: the first one is of {first}"
        return Diagnostic(
            "no-history", message, help=f"`segrules backfill --from {text}` computes the past from the data"
        )
    return found


def no_history(out: Path) -> Diagnostic:
    """That nothing is recorded below a folder."""
    help = "`segrules apply --record` records each run; `segrules backfill --from DAY` computes the past from the data"
    return Diagnostic("no-history", f"no run is recorded in `{out}`", help=help)


def unreadable_history(error: EngineError) -> Diagnostic:
    """That the engine cannot read what is recorded."""
    return Diagnostic("history-unreadable", broken_off(error).message, help=HELP)


@contextmanager
def reading_engine(history: History) -> Iterator[DuckDB]:
    """An engine that reads what is recorded."""
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        engine = connect(writable=(history.folder,), temp_directory=Path(workdir))
        try:
            yield engine
        finally:
            engine.close()


def _with_history(out: Path, reading: Callable[[History, DuckDB], T | Refusal]) -> T | Refusal:
    history = recorded_runs(out)
    if isinstance(history, Refusal):
        return history
    try:
        with reading_engine(history) as engine:
            return reading(history, engine)
    except OutputRefused as error:
        return refusal_of(error)
    except EngineError as error:
        return Refusal((unreadable_history(error),), 2)
