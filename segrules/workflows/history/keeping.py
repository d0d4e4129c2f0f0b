"""Newly recorded runs beside those that are there: what is put in place, what goes, and how long runs are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from segrules.engines.duckdb import DuckDB
from segrules.language.core import Duration
from segrules.planning.time import shift_instant
from segrules.sql import writes
from segrules.sql.past_states import later_state
from segrules.workflows.history.recording import state_of
from segrules.workflows.history.records import FOLDER, RULES, History, RecordedRun, unreadable
from segrules.workflows.output import Beside


def settled(
    engine: DuckDB, history: History, new: Sequence[RecordedRun], staged: Path, keep: Duration | None
) -> Beside:
    """What becomes of the record with new runs, in order, in place of those that are there from the first of them on.

    Their files are below the folder `staged`. Runs older than `keep` before the last go. Of the others the state is
    kept where nothing else tells it: at the first run, where an entity is new, and at the last two.
    """
    replaced = {run.folder.name for run in new}
    earlier = [run for run in history.runs if run.as_of.now < new[0].as_of.now and run.folder.name not in replaced]
    every = [*earlier, *new]
    kept = every if keep is None else _kept(every, keep)
    for run in every:
        if run not in kept:
            for file in _files(run) if run in new else ():
                file.unlink()
    write_states(engine, every, kept[0], staged)
    for run in new:
        if run in kept:
            for file in _spare_states(run, kept):
                file.unlink()
    out = history.folder.parent
    rules = {run.rules for run in kept}
    gone = [file for run in history.runs if run not in kept for file in _files(run)]
    gone += [file for run in earlier if run in kept for file in _spare_states(run, kept)]
    gone += [file for file in (history.folder / RULES).glob("*.json") if file.stem not in rules]
    for file in (staged / FOLDER / RULES).glob("*.json"):
        if file.stem not in rules:
            file.unlink()
    wanted = {RULES, kept[0].folder.name, *(run.folder.name for run in (*new, *kept[-2:]) if run in kept)}
    files = (file for name in sorted(wanted) for file in sorted((staged / FOLDER / name).glob("*")) if file.is_file())
    added = [file.relative_to(staged).as_posix() for file in files]
    lost = [file.relative_to(out).as_posix() for file in gone]
    return Beside(tuple(added), tuple(file for file in lost if file not in added))


def _kept(runs: Sequence[RecordedRun], keep: Duration) -> list[RecordedRun]:
    """The runs of the time before the last one that is kept."""
    last = runs[-1].as_of
    first = shift_instant(last.now, Duration(-keep.count, keep.unit), last.zone)
    return [run for run in runs if run.as_of.now >= first]


def _files(run: RecordedRun) -> list[Path]:
    return [file for file in run.folder.iterdir() if file.is_file()]


def _spare_states(run: RecordedRun, kept: Sequence[RecordedRun]) -> Iterator[Path]:
    """The states of a run that the changes since an earlier one tell as well."""
    if run in (kept[0], *kept[-2:]):
        return
    for entity in run.entities:
        if has_changes(run, entity) and run.state(entity).exists():
            yield run.state(entity)


def has_changes(run: RecordedRun, entity: str) -> bool:
    """Whether a run tells who came and went of an entity; it does not where it is the first that has the entity."""
    return run.changes(entity).name in run.about["files"]


def write_states(engine: DuckDB, runs: Sequence[RecordedRun], first: RecordedRun, staged: Path) -> None:
    """Writes the states of a run, where it has none, below the folder `staged`."""
    for entity, own in first.entities.items():
        if first.state(entity).exists():
            continue
        base, steps = way_to(runs, first, entity)
        told, was = names_on_the_way(runs, entity, own.names, steps)
        changes = [(str(run.changes(entity).absolute()), names) for run, names in told]
        query = later_state(state_of(base, entity), own.names, was, own.key, changes)
        target = replace(first, folder=staged / FOLDER / first.folder.name).state(entity)
        target.parent.mkdir(parents=True, exist_ok=True)
        engine.execute(writes.copy_statement(query, str(target.absolute()), "parquet"))


def names_on_the_way(
    runs: Sequence[RecordedRun], entity: str, names: Sequence[str], steps: Sequence[RecordedRun]
) -> tuple[list[tuple[RecordedRun, dict[str, str]]], dict[str, str]]:
    """For each step the names of today by those that changes tell of there, and by name the one in the state before.

    Both only where they are other ones, and empty where a name stands for something else, which is not it.
    """
    then = dict(zip(names, names, strict=True))
    told = []
    for run in reversed(steps):
        called = {old: name for name, old in then.items()}
        own = {old: name for old, name in called.items() if old != name}
        told.append((run, own | {name: "" for name in names if name not in called}))
        earlier = runs[runs.index(run) - 1]
        before = {name: run.renamed.get((entity, old), old) for name, old in then.items()}
        taken = run.names_before(entity)
        then = {
            name: old
            for name, old in before.items()
            if (entity, old) in earlier.segments and (old not in taken or (entity, then[name]) in run.renamed)
        }
    was = {name: then.get(name, "") for name in names}
    return told, {name: old for name, old in was.items() if old != name}


def way_to(
    runs: Sequence[RecordedRun], target: RecordedRun, entity: str
) -> tuple[RecordedRun, tuple[RecordedRun, ...]]:
    """The last run up to a target that has the state of an entity, and the runs from there to the target."""
    steps: list[RecordedRun] = []
    for run in reversed([run for run in runs if run.as_of.now <= target.as_of.now]):
        if run.state(entity).exists():
            return run, tuple(reversed(steps))
        steps.append(run)
    raise unreadable(target.state(entity))
