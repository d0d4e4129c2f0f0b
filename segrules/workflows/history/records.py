"""What is recorded of runs, read back: one folder for each run below `history/` of the output folder, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from segrules.planning.renaming import Thing
from segrules.planning.time import AsOf, parse_as_of
from segrules.workflows.output import RECORD, OutputRefused

FOLDER = "history"
FORMAT = 1
"""The form in which runs are recorded; a larger number is a newer segrules'."""
RULES = "rules"

Segment = tuple[str, str]
"""An entity and the name of a segment or stage of its."""


class HistoryUnreadable(OutputRefused):
    """What is recorded cannot be used; the message says why, `help` what to do. Nothing was changed."""

    code = "history-unreadable"


@dataclass(frozen=True, slots=True)
class Came:
    """How many entered, or left, since the run before: because customers changed, and because the rule did."""

    customer: int = 0
    rule: int = 0


@dataclass(frozen=True, slots=True)
class SegmentRun:
    """A segment or stage at one run. entered, left: None where there was no run before."""

    members: int
    entered: Came | None = None
    left: Came | None = None


@dataclass(frozen=True, slots=True)
class EntityRun:
    """An entity at one run: its rows, how many came and went, its key's name, and the names of the state's bits."""

    rows: int
    key: str
    names: tuple[str, ...]
    came: int | None = None
    went: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RecordedRun:
    """One recorded run, equal to itself alone. `folder` has its files; `about` is everything that run.json says.

    renamed: of segments and stages that have another name than at the run before, that name.
    """

    as_of: AsOf
    rules: str
    folder: Path
    entities: Mapping[str, EntityRun]
    segments: Mapping[Segment, SegmentRun]
    renamed: Mapping[Segment, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def given(self) -> date | datetime:
        return self.as_of.given

    def is_of(self, as_of: AsOf) -> bool:
        """Whether it is recorded under the name of an as-of: one day of several time zones is one name."""
        return self.folder.name == stamp(as_of)

    @property
    def is_replayed(self) -> bool:
        """Whether it was computed later from the data of the day on which that was done."""
        return self.about.get("replayed") is True

    def names_before(self, entity: str) -> frozenset[str]:
        """The names at the run before of what has another one now."""
        return frozenset(old for (owner, _), old in self.renamed.items() if owner == entity)

    def changes(self, entity: str) -> Path:
        """Who entered and left since the run before; there is no such file at the first run."""
        return self.folder / f"{entity}.changes.parquet"

    def state(self, entity: str) -> Path:
        """Who was in what; kept of the first run and of the last two only."""
        return self.folder / f"{entity}.members.parquet"


@dataclass(frozen=True, slots=True)
class History:
    """All recorded runs, the oldest first, below the folder `folder`."""

    folder: Path
    runs: tuple[RecordedRun, ...] = ()

    def before(self, as_of: AsOf) -> RecordedRun | None:
        """The last run before an as-of, but for one that it takes the place of."""
        return next((run for run in reversed(self.runs) if run.as_of.now < as_of.now and not run.is_of(as_of)), None)

    def at(self, as_of: AsOf) -> RecordedRun | None:
        """The last run up to an as-of."""
        return next((run for run in reversed(self.runs) if run.as_of.now <= as_of.now), None)

    def up_to(self, as_of: AsOf) -> History:
        """The runs up to an as-of alone."""
        return History(self.folder, tuple(run for run in self.runs if run.as_of.now <= as_of.now))

    def of(self, segment: Segment) -> tuple[tuple[RecordedRun, str], ...]:
        """The runs that have what was called so last, each with its name there, the oldest first.

        It may have been gone for some of them; but what had its name before something else took another name is that.
        """
        found = [(run, name) for run, name in self.called(segment) if (segment[0], name) in run.segments]
        return tuple(reversed(found))

    def called(self, segment: Segment) -> Iterator[tuple[RecordedRun, str]]:
        """The runs with the name that something has there, as `of`, but the newest first and those it was gone for."""
        entity, name = segment
        last = max((place for place, run in enumerate(self.runs) if segment in run.segments), default=-1)
        for run in reversed(self.runs[: last + 1]):
            yield run, name
            if (entity, name) not in run.renamed and name in run.names_before(entity):
                break
            name = run.renamed.get((entity, name), name)


def thing_of(segment: Segment) -> Thing:
    """A recorded segment or stage as what has a meaning."""
    entity, name = segment
    return Thing(entity, "stage" if "." in name else "segment", name)


def read_history(out: Path) -> History:
    """What is recorded below an output folder. HistoryUnreadable where that is damaged or of a newer segrules."""
    folder = out / FOLDER
    found = (_read(path.parent) for path in sorted(folder.glob(f"*/{RECORD}")))
    runs = tuple(sorted(found, key=lambda run: run.as_of.now))
    for entity in runs[0].entities if runs else ():
        if not runs[0].state(entity).is_file():
            raise _gone(runs[0].state(entity), entity)
    return History(folder, runs)


def refuse_older(history: History, as_of: AsOf) -> None:
    """OutputRefused where a later run is recorded: what came after it would not follow from it."""
    later = [run for run in history.runs if run.as_of.now > as_of.now and not run.is_of(as_of)]
    if later:
        last = later[-1].given.isoformat()
        message = f"a run of {last} is recorded, and {as_of.given.isoformat()} lies before it"
        help = "`--backfill` computes that day, and the recorded ones after it, anew and in order"
        raise OutputRefused(message, help)


def stamp(as_of: AsOf) -> str:
    """The name of a run's folder: its as-of, without colons, which some file systems do not take."""
    return as_of.given.isoformat().replace(":", "")


def rules_path(folder: Path, rules: str) -> Path:
    """Where the rule files of a recorded run are kept, by the hash of its rule set."""
    return folder / RULES / f"{rules}.json"


def _read(folder: Path) -> RecordedRun:
    path = folder / RECORD
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise unreadable(path) from None
    if isinstance(about, dict) and isinstance(about.get("format"), int) and about["format"] > FORMAT:
        message = f"`{path}` was written by a newer segrules ({about.get('segrules', 'of another version')})"
        raise HistoryUnreadable(message, "take that version, or another --out")
    try:
        run = _understood(folder, about)
        missing = next(_missing(run, about), None)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unreadable(path) from None
    if missing is not None:
        raise _gone(*missing)
    return run


HELP = "`segrules backfill --rebuild` computes the past anew from the data, and keeps what is there beside it"


def unreadable(path: Path) -> HistoryUnreadable:
    """That a file of the record is damaged."""
    return HistoryUnreadable(f"`{path}` is damaged: it cannot be read", HELP)


def _gone(path: Path, entity: str) -> HistoryUnreadable:
    return HistoryUnreadable(f"`{path}` is gone, so that who was in which segment of {entity} is not known", HELP)


def _missing(run: RecordedRun, about: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The files that a run must have and has not: who came and went, or else who was in what."""
    for entity in run.entities:
        has_changes = run.changes(entity).name in about["files"]
        wanted = run.changes(entity) if has_changes else run.state(entity)
        if not wanted.is_file():
            yield wanted, entity


def _understood(folder: Path, about: Mapping[str, Any]) -> RecordedRun:
    return RecordedRun(
        parse_as_of(about["as_of"], about["timezone"]),
        str(about["rules"]),
        folder,
        {name: _entity(found) for name, found in about["entities"].items()},
        {(found["entity"], found["segment"]): _segment(found) for found in about["segments"]},
        {(found["entity"], found["segment"]): found["before"] for found in about["renamed"]},
        about,
    )


def _entity(found: Mapping[str, Any]) -> EntityRun:
    names: Sequence[str] = found["names"]
    return EntityRun(int(found["rows"]), str(found["key"]), tuple(names), found["entered"], found["left"])


def _segment(found: Mapping[str, Any]) -> SegmentRun:
    return SegmentRun(int(found["members"]), _came(found["entered"]), _came(found["left"]))


def _came(found: Mapping[str, int] | None) -> Came | None:
    return None if found is None else Came(found["customer"], found["rule"])
