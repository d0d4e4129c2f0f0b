"""A run started: rules loaded, the engine chosen and connected, sources opened, rules resolved against the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.arrow import ArrowFrame
from segrules.engines.duckdb import DuckDB, connect
from segrules.engines.engine import Engine, EngineError
from segrules.planning.time import AsOf, as_of
from segrules.project.engine_choice import EngineChoice, EngineKind, engine_finding
from segrules.project.environments import (
    NO_SETTINGS,
    Settings,
)
from segrules.project.levels import adjusted
from segrules.project.loader import load
from segrules.project.model import Project
from segrules.project.reader import Reader, folder_reader
from segrules.project.resolve import resolve
from segrules.workflows.connecting import (
    ONLY_DUCKDB,
    broken_off,
    chosen_engine,
    connected,
    database_of,
    foreign_sources,
)
from segrules.workflows.files import StoredFile
from segrules.workflows.frames import NO_FRAMES, Frames, inspect_frames, opened_frames
from segrules.workflows.past import late_moments
from segrules.workflows.running import Refusal, Run, chosen_as_of, code_of_errors, hash_of_rules
from segrules.workflows.sources import Sources, concretize, inspect, open_sources


def open_run(
    root: Path,
    workdir: Path,
    *,
    as_of_text: str | None,
    today: date,
    settings: Settings = NO_SETTINGS,
    frames: Frames = NO_FRAMES,
    memory_limit: str | None = None,
    readable: Sequence[StoredFile] = (),
    writable: Sequence[Path] = (),
    is_watched: bool = False,
    read: Reader | None = None,
    engine: str | None = None,
    runs_on: frozenset[EngineKind] = ONLY_DUCKDB,
    refuse: Callable[[Project, EngineChoice], None] | None = None,
) -> Run | Refusal:
    """The project of a folder, ready to run on its engine, or why not. `workdir` takes spilled and transcoded data.

    frames: rows given in place of those of files. readable: files besides those of the sources. is_watched: somebody
    will ask how far the engine is. read: where the rules are, if not in the folder, which then has the data alone.
    engine: the text that names one, in place of the project's. runs_on: those that can do what is wanted; refuse raises
    what else is to be said before one is started.
    """
    read = folder_reader(root) if read is None else read
    project, findings = load(read, settings)
    if project is None or has_errors(findings := adjusted(findings, project)):
        return Refusal(findings, code_of_errors(findings))
    moment, choice = chosen_as_of(project, as_of_text, today), chosen_engine(project, engine, runs_on)
    if isinstance(moment, Diagnostic) or isinstance(choice, Diagnostic):
        return Refusal((*findings, *(one for one in (moment, choice) if isinstance(one, Diagnostic))), 2)
    if refuse is not None:
        refuse(project, choice)
    given, unfit = opened_frames(project, frames)
    sources, problems = _sources(choice, project, root, workdir, frames)
    problems = (*unfit, *problems, *foreign_sources(choice, sources, frames))
    if has_errors(problems):
        return Refusal((*findings, *problems), 2)
    local = _local(
        choice,
        readable=(*sources.readable, *readable),
        writable=writable,
        database=database_of(choice, root),
        memory_limit=memory_limit,
        temp_directory=workdir / "spill",
        is_watched=is_watched,
    )
    if isinstance(local, Diagnostic):
        return Refusal((*findings, local), 2)
    server = local if choice.kind == "duckdb" else connected(choice)
    if isinstance(server, Diagnostic):
        local.close()
        return Refusal((*findings, server), 2)
    run = _opened(project, findings, problems, sources, server, local, given, workdir, moment)
    if isinstance(run, Refusal):
        local.close()
        server.close()
        return run
    is_replay = as_of_text is not None and moment.now < as_of(project.as_of or today, project.timezone).now
    return replace(run, rules_hash=hash_of_rules(read, settings), settings=settings, is_replay=is_replay)


def _sources(
    choice: EngineChoice, project: Project, root: Path, workdir: Path, frames: Frames
) -> tuple[Sources, tuple[Diagnostic, ...]]:
    return open_sources(
        project,
        root,
        workdir / "sources",
        besides=frames.keys(),
        database=database_of(choice, root),
        is_cluster=choice.kind == "spark",
    )


def _local(choice: EngineChoice, **options: Any) -> DuckDB | Diagnostic:
    """DuckDB, with what `connect` takes, or why it does not open its database file."""
    try:
        return connect(**options)
    except EngineError as error:
        return engine_finding("engine-failed", error.message, choice.span)


def _opened(
    project: Project,
    findings: tuple[Diagnostic, ...],
    problems: tuple[Diagnostic, ...],
    sources: Sources,
    engine: Engine,
    local: DuckDB,
    given: Mapping[str, ArrowFrame],
    workdir: Path,
    moment: AsOf,
) -> Run | Refusal:
    """The run, with rules resolved against the data's own types, or what is wrong with them or the data."""
    try:
        stored, unreadable = inspect(engine, sources)
        framed, unfit = inspect_frames(local, given)
        tables = {**stored, **framed}
        more = (*unreadable, *unfit)
        typed, mistyped = (project, ()) if has_errors(more) else concretize(engine, project, tables)
        engine.hold()
    except EngineError as error:
        if engine is local:
            raise
        return Refusal((*findings, broken_off(error)), 2)
    problems = (*problems, *more, *mistyped)
    if has_errors(problems):
        return Refusal((*findings, *problems), 2)
    rules, wrong = resolve(typed)
    findings = adjusted((*findings, *problems, *wrong, *late_moments(rules.values(), moment)), project)
    if has_errors(findings):
        return Refusal(findings, code_of_errors(findings))
    return Run(
        typed, rules, "", NO_SETTINGS, sources, tables, engine, local, workdir / "spill", moment, False, findings
    )
