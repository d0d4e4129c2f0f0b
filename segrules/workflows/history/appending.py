"""A run appended to the recorded ones, and the past computed anew: each recorded run follows from the one before it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segrules.diagnostics import Diagnostic, is_error
from segrules.engines.engine import EngineError
from segrules.planning.time import AsOf
from segrules.workflows.counting import Counted, count_members
from segrules.workflows.history.keeping import settled, write_states
from segrules.workflows.history.recording import record_run
from segrules.workflows.history.records import FOLDER, HELP, History, HistoryUnreadable, RecordedRun, rules_path
from segrules.workflows.output import Beside
from segrules.workflows.past import late_moments
from segrules.workflows.run_record import record_of
from segrules.workflows.running import Run

_OF_TODAY = ("expectation-broken", "stale-data")
"""What is wrong with a run that is mailed, but not with one that only tells how things were."""


class ReplayBroken(Exception):
    """A day of the past that cannot be computed, and what is wrong."""

    def __init__(self, as_of: AsOf, findings: tuple[Diagnostic, ...]) -> None:
        super().__init__(as_of.given.isoformat())
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Recording:
    """What every run that is recorded now has in common. about: what run.json says. texts: the files of the rules."""

    history: History
    staged: Path
    about: Mapping[str, Any]
    texts: Mapping[str, str]


def appended(run: Run, counted: Counted, recording: Recording) -> Beside:
    """Records a run whose rows are kept. Recorded runs of later days are computed anew from the data of today."""
    with _reading(recording.history):
        before = _before(run, run.as_of, recording)
        first = record_run(run, counted, before, recording.staged, recording.about, recording.texts)
        past = recording.history.runs
        later = [one.as_of for one in past if one.as_of.now > run.as_of.now and not one.is_of(run.as_of)]
        return _settled(run, [first, *_replayed(run, later, first, recording)], recording)


def replayed(run: Run, moments: Sequence[AsOf], recording: Recording, on_done: Callable[[int], None]) -> Beside:
    """Records the runs of these moments, in order, as the data of today tell them. on_done: told how many are done."""
    new: list[RecordedRun] = []
    with _reading(recording.history):
        before = _before(run, moments[0], recording)
        for number, recorded in enumerate(_replayed(run, moments, before, recording), 1):
            new.append(recorded)
            on_done(number)
        return _settled(run, new, recording)


def _before(run: Run, as_of: AsOf, recording: Recording) -> RecordedRun | None:
    """The recorded run before a moment, with its states: those that nobody kept are made of the changes."""
    before = recording.history.before(as_of)
    if before is None or all(before.state(entity).exists() for entity in before.entities):
        return before
    write_states(run.local, recording.history.runs, before, recording.staged)
    staged = replace(before, folder=recording.staged / FOLDER / before.folder.name)
    for entity in before.entities:
        if before.state(entity).exists():
            shutil.copyfile(before.state(entity), staged.state(entity))
    rules = rules_path(recording.staged / FOLDER, before.rules)
    rules.parent.mkdir(exist_ok=True)
    if rules_path(recording.history.folder, before.rules).exists():
        shutil.copyfile(rules_path(recording.history.folder, before.rules), rules)
    return staged


@contextmanager
def _reading(history: History) -> Iterator[None]:
    """Says of a file of the record that cannot be read what to do about it."""
    try:
        yield
    except EngineError as error:
        if error.kind in ("data", "missing") and error.path and history.folder.absolute() in Path(error.path).parents:
            raise HistoryUnreadable(error.message, HELP) from error
        raise


def _settled(run: Run, new: Sequence[RecordedRun], recording: Recording) -> Beside:
    keep = run.project.history.keep if run.project.history is not None else None
    return settled(run.local, recording.history, new, recording.staged, keep)


def _replayed(
    run: Run, moments: Sequence[AsOf], before: RecordedRun | None, recording: Recording
) -> Iterator[RecordedRun]:
    for moment in moments:
        past = replace(run, as_of=moment, is_replay=True, findings=late_moments(run.rules.values(), moment))
        counted = count_members(past, (), None, None, keep=True)
        wrong = tuple(finding for finding in counted.findings if is_error(finding) and finding.code not in _OF_TODAY)
        if wrong:
            raise ReplayBroken(moment, wrong)
        about = {**record_of(past, counted, recording.about["sources"]), "replayed": True}
        before = record_run(past, counted, before, recording.staged, about, recording.texts)
        yield before
