"""The past recorded from the data of today: the same rules as of one day after another."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import EngineError
from segrules.language.core import Duration
from segrules.planning.time import AsOf, as_of, shift_date
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.levels import adjusted
from segrules.project.reader import folder_reader
from segrules.workflows.connecting import broken_off
from segrules.workflows.counting import Counted
from segrules.workflows.history.appending import Recording, ReplayBroken, replayed
from segrules.workflows.history.records import FOLDER, History, read_history, stamp
from segrules.workflows.outcome import exit_code, refusal_of
from segrules.workflows.output import RECORD, Beside, OutputRefused, locked, publish_beside, staging
from segrules.workflows.replay import replay_finding
from segrules.workflows.run_record import record_of
from segrules.workflows.running import Refusal, Run, chosen, texts_of_rules
from segrules.workflows.starting import open_run

MOST_RUNS = 5_000
_UNITS: dict[str, OneOf["day", "week", "month", "quarter", "year"]] = {
    "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip
_EVERY = re.compile(rf"(?:(\d+)\s+)?({'|'.join(_UNITS)})s?")


@dataclass(frozen=True, slots=True)
class Backfilled:
    """The moments that are recorded, in order. kept: where an earlier record was moved to, if it was.

    dropped: how many were computed that are older than the project keeps runs.
    """

    moments: tuple[date, ...]
    findings: tuple[Diagnostic, ...]
    kept: Path | None = None
    dropped: int = 0


def backfill(
    root: Path,
    out: Path,
    *,
    start: str,
    end: str | None = None,
    every: str = "week",
    rebuild: bool = False,
    settings: Settings = NO_SETTINGS,
    memory_limit: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Backfilled | Refusal:
    """Records runs as of `start` and so on up to `end` (or the project's own as-of), whole or not at all.

    Runs recorded of the time from `start` on are computed anew, in order with the new ones. rebuild: nothing of what
    is recorded is used; it is moved aside.
    """
    step = step_of(every)
    if isinstance(step, Diagnostic):
        return Refusal((step,), 2)
    try:
        with locked(out), staging(out) as staged, tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
            history = History(out / FOLDER) if rebuild else read_history(out)
            run = open_run(
                root,
                Path(workdir),
                as_of_text=end,
                today=date.today(),
                settings=settings,
                memory_limit=memory_limit,
                writable=(staged, out / FOLDER),
            )
            if isinstance(run, Refusal):
                return run
            try:
                done = _backfill(run, root, staged, out, history, start, step, rebuild, progress)
            except EngineError as error:
                done = Refusal((*run.findings, broken_off(error, run.sources)), 2)
            except ReplayBroken as error:
                done = Refusal((*run.findings, *error.findings), exit_code(error.findings))
            finally:
                run.close()
            return done
    except OutputRefused as error:
        return refusal_of(error)


def step_of(every: str) -> Duration | Diagnostic:
    """`week`, or `2 weeks`: how far apart runs are."""
    found = _EVERY.fullmatch(every.strip())
    if found is None or found[1] == "0":
        help = "write `day`, `week`, `month`, `quarter` or `year`, or a number of them such as `2 weeks`"
        return Diagnostic("impossible-date", f"`{every}` is no step from one run to the next", help=help)
    return Duration(int(found[1] or 1), _UNITS[found[2]])


def _backfill(
    run: Run,
    root: Path,
    staged: Path,
    out: Path,
    history: History,
    start: str,
    step: Duration,
    rebuild: bool,
    progress: Callable[[float], None] | None,
) -> Backfilled | Refusal:
    first = _first(start, run)
    if isinstance(first, Diagnostic):
        return Refusal((*run.findings, first), 2)
    moments = _moments(first, run.as_of, step, history)
    if not moments:
        message = f"no day from `{start}` on ends up to {run.as_of.given.isoformat()}"
        return Refusal((*run.findings, Diagnostic("impossible-date", message, help="take an earlier day")), 2)
    if len(moments) > MOST_RUNS:
        message = f"that would be more than {MOST_RUNS:,} runs"
        return Refusal((*run.findings, Diagnostic("impossible-date", message, help="take a longer --every")), 2)
    wanted = chosen(run.rules, ())
    assert not isinstance(wanted, Diagnostic)
    findings = adjusted((*run.findings, *replay_finding(run, wanted, is_backfill=True)), run.project)
    nothing = Counted({}, (), ())
    texts = texts_of_rules(folder_reader(root), run.settings)
    recording = Recording(history, staged, record_of(run, nothing), texts)

    def on_done(number: int) -> None:
        if progress is not None:
            progress(number / len(moments))

    beside = replayed(run, moments, recording, on_done)
    kept = None
    if rebuild and history.folder.exists():
        kept, aside = _set_aside(out, staged)
        gone = tuple(file for file in aside.gone if file not in beside.added)
        beside = Beside((*beside.added, *aside.added), (*beside.gone, *gone))
    publish_beside(out, staged, beside)
    recorded = tuple(moment.given for moment in moments if f"{FOLDER}/{stamp(moment)}/{RECORD}" in beside.added)
    return Backfilled(recorded, findings, kept, len(moments) - len(recorded))


def _first(start: str, run: Run) -> date | Diagnostic:
    help = "write a day, `2026-01-31`"
    try:
        first = date.fromisoformat(start)
        as_of(first, run.as_of.zone)
    except ValueError:
        return Diagnostic("impossible-date", f"`{start}` is no day that a run can be of", help=help)
    if first > run.as_of.today:
        message = f"`{start}` lies after {run.as_of.given.isoformat()}, the last day"
        return Diagnostic("impossible-date", message, help="`--to` names the last day")
    return first


def _moments(first: date, last: AsOf, step: Duration, history: History) -> Sequence[AsOf]:
    """Every step from the first day on, up to the last moment, and what is recorded of that time or later."""
    found = {moment.now: moment for moment in _steps(first, last, step)}
    begin = as_of(first, last.zone).now
    for run in history.runs:
        if run.as_of.now >= begin:
            found.setdefault(run.as_of.now, run.as_of)
    return [found[now] for now in sorted(found)]


def _steps(first: date, last: AsOf, step: Duration) -> Iterator[AsOf]:
    for number in range(MOST_RUNS + 1):
        day = shift_date(first, Duration(number * step.count, step.unit))
        if day > last.today:
            return
        moment = as_of(day, last.zone)
        if moment.now <= last.now:
            yield moment


def _set_aside(out: Path, staged: Path) -> tuple[Path, Beside]:
    """What is recorded, staged under a free name beside it, and the files that go in return."""
    number = 1
    while (target := out / f"{FOLDER}.kept-{number}").exists():
        number += 1
    files = [path.relative_to(out / FOLDER).as_posix() for path in (out / FOLDER).rglob("*") if path.is_file()]
    for file in files:
        copy = staged / target.name / file
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            _copied(out / FOLDER / file, copy)
        except OSError as error:
            raise OutputRefused(f"`{out / FOLDER}` cannot be kept: {(error.strerror or '').lower()}") from None
    return target, Beside(tuple(f"{target.name}/{file}" for file in files), tuple(f"{FOLDER}/{file}" for file in files))


def _copied(file: Path, copy: Path) -> None:
    """The same file under another name, or a copy where a file system has one name for a file only."""
    try:
        copy.hardlink_to(file)
    except OSError:
        shutil.copy2(file, copy)
