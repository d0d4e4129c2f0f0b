"""segrules in a Python program: `load` a project, then `validate`, `count` and `apply` as on the command line.

Options have the names of the command line. Frames may stand in for files, members are Arrow tables, and what is wrong
is raised as `Refused`. Nothing is printed, and no rule or row is looked at in a way of its own: this calls workflows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from segrules.cli.table import counts as table_of_counts
from segrules.cli.terminal import render, summary
from segrules.diagnostics import Diagnostic, has_errors

if TYPE_CHECKING:
    from segrules.project.environments import Settings
    from segrules.workflows.counting import SegmentCount
    from segrules.workflows.delivering.target import Delivered
    from segrules.workflows.outcome import Outcome

Layout = Literal["long", "wide", "files"]
Format = Literal["parquet", "csv", "json"]
Mode = Literal["replace", "append", "delta"]
Sources = Mapping[str, Any]
"""By the name that a table has in segrules.yml, `orders.product` for a lookup: anything with `__arrow_c_stream__`."""


@dataclass(frozen=True, slots=True, repr=False)
class Findings(Sequence[Diagnostic]):
    """What is wrong or doubtful, in order; shown as the terminal shows it, paths under `folder`."""

    items: tuple[Diagnostic, ...]
    folder: Path

    @overload
    def __getitem__(self, place: int) -> Diagnostic: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Diagnostic, ...]: ...
    def __getitem__(self, place: int | slice) -> Diagnostic | tuple[Diagnostic, ...]:
        return self.items[place]

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return render(self.items, folder=self.folder)


class Refused(Exception):
    """Rules or data that cannot be used, or a run that must not go on. The message is what the terminal would show."""

    __module__ = "segrules"

    def __init__(self, findings: Findings) -> None:
        super().__init__(repr(findings))
        self.findings = findings


@dataclass(frozen=True, slots=True, repr=False)
class Counts(Sequence["SegmentCount"]):
    """How many members each segment has; shown as the terminal's table. `counts["vip"]` is the segment's own."""

    outcome: Outcome

    @overload
    def __getitem__(self, place: int | str) -> SegmentCount: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[SegmentCount, ...]: ...
    def __getitem__(self, place: int | str | slice) -> SegmentCount | tuple[SegmentCount, ...]:
        if not isinstance(place, str):
            return self.outcome.counts[place]
        found = [item for item in self.outcome.counts if item.segment == place]
        if len(found) > 1:
            raise KeyError(f"{place} is a segment of {' and of '.join(item.entity for item in found)}")
        if not found:
            raise KeyError(place)
        return found[0]

    def __len__(self) -> int:
        return len(self.outcome.counts)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict for each segment, as frames are made of: `polars.DataFrame(counts.to_dicts())`."""
        return [
            {
                "segment": str(item.segment),
                "entity": str(item.entity),
                "members": item.members,
                "rows": item.rows,
                "share": item.share,
                "change": item.change,
                "label": str(item.label),
            }
            for item in self.outcome.counts
        ]

    def __repr__(self) -> str:
        return table_of_counts(self.outcome)


@dataclass(frozen=True, slots=True, repr=False)
class Counted:
    """What `count` gives. as_of: the day or instant of the run. findings: warnings, and broken expectations."""

    as_of: date
    counts: Counts
    findings: Findings

    def __repr__(self) -> str:
        return "\n\n".join([repr(self.counts), *([f"{summary(self.findings)}: .findings"] if self.findings else [])])


@dataclass(frozen=True, slots=True, repr=False)
class Applied(Counted):
    """What `apply` gives: `by_entity` has the members as a table of pyarrow for each entity.

    written: the files, where they were written into a folder instead; `by_entity` is empty then. delivered: what went
    where, by `to`.
    """

    by_entity: Mapping[str, Any] = field(default_factory=dict)
    written: tuple[Path, ...] = ()
    delivered: tuple[Delivered, ...] = ()

    @property
    def members(self) -> Any:
        """The table of the only entity that has segments. ValueError where there are several, or files instead."""
        if len(self.by_entity) == 1:
            return next(iter(self.by_entity.values()))
        if self.written or self.delivered:
            place = "written" if self.written else "delivered"
            raise ValueError(f"the members were written elsewhere: see `.{place}`")
        choices = " or ".join(f"`.by_entity[{entity!r}]`" for entity in self.by_entity)
        raise ValueError(f"several entities have members: take {choices}" if choices else "there are no segments")


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a segrules.yml. Its files are read anew by each call, so that edits count at once."""

    path: Path
    env: str | None = None
    set: Mapping[str, str] = field(default_factory=dict)

    def validate(self) -> Findings:
        """Everything that is wrong with rules and tests, as `segrules validate` finds it. Raises nothing."""
        from segrules.project.loader import folder_reader
        from segrules.workflows.validate import validate

        checked = validate(folder_reader(self.path), self._settings(), lint_on=date.today())
        return Findings(checked.findings, self.path)

    def count(
        self,
        sources: Sources | None = None,
        *,
        as_of: str | date | None = None,
        select: str | Sequence[str] = (),
        out: str | os.PathLike[str] | None = None,
        memory_limit: str | None = None,
    ) -> Counted:
        """How many members each segment has, as `segrules count` does. Raises Refused where that cannot be told.

        A broken `expect` is among the findings. out: where the last run wrote, to tell changes; PROJECT/out if None.
        """
        from segrules.workflows.apply import count

        outcome = count(
            self.path,
            as_of=_day_or_instant(as_of),
            select=_names(select),
            settings=self._settings(),
            frames=sources or {},
            out=None if out is None else Path(out),
            memory_limit=_size(memory_limit),
        )
        if not outcome.counts:
            self._refuse(outcome)
        return Counted(_as_of(outcome), Counts(outcome), Findings(outcome.findings, self.path))

    def apply(
        self,
        sources: Sources | None = None,
        *,
        out: str | os.PathLike[str] | None = None,
        as_of: str | date | None = None,
        select: str | Sequence[str] = (),
        layout: Layout = "long",
        format: Format = "parquet",
        sort: bool = False,
        allow_breach: bool = False,
        record: bool = False,
        to: str | None = None,
        mode: Mode = "replace",
        memory_limit: str | None = None,
    ) -> Applied:
        """Who is in each segment. With `out`, written into that folder as `segrules apply` does, with run.json; else
        given as Arrow tables, with the columns of the `long` or `wide` files. Raises Refused where the data is not as
        the contract says or an `expect` is broken.

        sort: rows stand by key, in the layout `long` by segment and key; else in no particular order. record: who
        entered and left is recorded below `out`. to: a table or files that take the members instead, by a mode; `out`
        then has run.json alone.
        """
        from segrules.workflows.apply import apply, collect

        if (record or to is not None) and out is None:
            raise ValueError("runs are recorded below a folder: name it with `out`")

        _known("layout", layout, ("long", "wide", "files") if out is not None else ("long", "wide"))
        _known("format", format, ("parquet", "csv", "json"))
        _known("mode", mode, ("replace", "append", "delta"))
        options: dict[str, Any] = {
            "layout": layout,
            "sort": sort,
            "as_of": _day_or_instant(as_of),
            "select": _names(select),
            "settings": self._settings(),
            "frames": sources or {},
            "allow_breach": allow_breach,
            "memory_limit": _size(memory_limit),
        }
        if out is None:
            outcome = collect(self.path, **options)
        else:
            outcome = apply(self.path, Path(out), format=format, record=record, to=to, mode=mode, **options)
        if outcome.exit_code:
            self._refuse(outcome)
        written = tuple(Path(out) / file for file in outcome.written) if out is not None else ()
        findings = Findings(outcome.findings, self.path)
        return Applied(_as_of(outcome), Counts(outcome), findings, outcome.members, written, outcome.delivered)

    def _settings(self) -> Settings:
        from segrules.project.environments import Settings

        return Settings(self.env, tuple(f"{name}={text}" for name, text in self.set.items()))

    def _refuse(self, outcome: Outcome) -> None:
        if has_errors(outcome.findings):
            raise Refused(Findings(outcome.findings, self.path))


def load(
    path: str | os.PathLike[str] = ".", *, env: str | None = None, set: Mapping[str, object] | None = None
) -> Project:
    """The project of a folder, with the params and sources of `environments/ENV.yml`, and with params `set` besides.

    Rules may still be wrong: `validate` tells. Raises Refused where the folder is no project or has no such setting.
    """
    from segrules.project.environments import has_invalid_setting
    from segrules.project.loader import PROJECT_FILE, folder_reader
    from segrules.project.loader import load as read

    folder = Path(path)
    if not (folder / PROJECT_FILE).is_file():
        help = "`segrules init` writes a first one"
        missing = Diagnostic("file-missing", f"there is no `{PROJECT_FILE}` in `{folder}`", help=help)
        raise Refused(Findings((missing,), folder))
    project = Project(folder, env, {name: _text(value) for name, value in (set or {}).items()})
    _, findings = read(folder_reader(folder), project._settings())
    if has_invalid_setting(findings):
        wrong = tuple(finding for finding in findings if finding.code == "invalid-setting")
        raise Refused(Findings(wrong, folder))
    return project


def _as_of(outcome: Outcome) -> date:
    assert outcome.as_of is not None
    return outcome.as_of


def _day_or_instant(value: str | date | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _names(select: str | Sequence[str]) -> tuple[str, ...]:
    return (select,) if isinstance(select, str) else tuple(select)


def _text(value: object) -> str:
    """A value as `--set` takes it."""
    match value:
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _size(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"\d+(\.\d+)?\s*([KMGT]i?B)", text, re.IGNORECASE):
        raise ValueError(f"memory_limit is a size such as `512MB` or `4GB`, not `{text}`")
    return text


def _known(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        help = "; `files` are written into a folder: name it with `out`" if value == "files" else ""
        raise ValueError(f"{name} is one of {', '.join(f'`{choice}`' for choice in choices)}, not `{value}`{help}")
