"""The statement of a run as a person would read it, and run it on the project's engine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.engines.remote import stored_at
from segrules.planning import plan
from segrules.planning.describe import Part, described
from segrules.planning.nodes import Plan
from segrules.project.addresses import scheme_of
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.sql import DIALECTS, NotWritten, generate
from segrules.sql.scans import Table, as_declared
from segrules.workflows.connecting import EVERY, kind_of
from segrules.workflows.files import StoredFile, is_utf8
from segrules.workflows.opening import Opened
from segrules.workflows.running import Refusal, Run, chosen
from segrules.workflows.sources import Sources, owners
from segrules.workflows.starting import open_run


def show_sql(
    root: Path,
    *,
    select: Sequence[str] = (),
    as_of: str | None = None,
    dialect: str | None = None,
    settings: Settings = NO_SETTINGS,
    engine: str | None = None,
) -> tuple[str, tuple[Diagnostic, ...], int]:
    """The SQL of the wanted segments, one statement per entity, findings, and the exit code; no text where it is not 0.

    dialect: in place of the engine's own, in which paths are relative to the current folder and tables have their full
    names, so that the text runs as it is; in another, tables have the names of what they are a source of, and columns
    as they are declared.
    """
    if dialect is not None and dialect not in DIALECTS:
        known = [name for name in DIALECTS if "," not in name]
        help = did_you_mean(dialect, known) or f"known are {', '.join(known)}"
        return "", (Diagnostic("not-supported-yet", f"there is no SQL for `{dialect}` yet", help=help),), 2
    planned = _planned(root, select, as_of, settings, engine)
    if isinstance(planned, Refusal):
        return "", planned.findings, planned.exit_code
    run, plans = planned
    dialect = dialect or run.engine.dialect
    is_own = dialect in (run.engine.dialect, kind_of(run.engine))
    tables = _as_read(run.tables, _originals(run.sources)) if is_own else _elsewhere(run, dialect)
    try:
        statements = [generate(made, tables, run.as_of.zone, dialect, is_to_be_read=True) for made in plans.values()]
    except NotWritten as construct:
        message = f"`{construct}` cannot be written for {dialect} yet"
        help = "`--select` prints the segments that do without it"
        return "", (*run.findings, Diagnostic("not-supported-yet", message, help=help)), 2
    return "".join(_notes(run.sources)) + ";\n\n".join(statements) + ";", run.findings, 0


def show_plan(
    root: Path,
    *,
    select: Sequence[str] = (),
    as_of: str | None = None,
    settings: Settings = NO_SETTINGS,
    engine: str | None = None,
) -> tuple[dict[str, tuple[Part, ...]], tuple[Diagnostic, ...], int]:
    """By entity the nodes of the plan that the SQL of the wanted segments is written from, findings, the exit code."""
    planned = _planned(root, select, as_of, settings, engine)
    if isinstance(planned, Refusal):
        return {}, planned.findings, planned.exit_code
    run, plans = planned
    return {entity: described(made) for entity, made in plans.items()}, run.findings, 0


def _planned(
    root: Path, select: Sequence[str], as_of: str | None, settings: Settings, engine: str | None
) -> tuple[Run, dict[str, Plan]] | Refusal:
    """The run, its engine closed, and by entity the plan of what is wanted."""
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        run = open_run(
            root,
            Path(workdir),
            as_of_text=as_of,
            today=date.today(),
            settings=settings,
            engine=engine,
            runs_on=EVERY,
        )
        if isinstance(run, Refusal):
            return run
        run.close()
    wanted = chosen(run.rules, select)
    if isinstance(wanted, Diagnostic):
        return Refusal((*run.findings, wanted), 2)
    return run, {entity: plan(run.rules[entity], references, run.as_of) for entity, references in wanted.items()}


def _originals(sources: Sources) -> dict[str, str]:
    """From each path that the engine reads to the file that the project names: another one where it was decoded."""
    opened = sources.tables.values()
    return {stored_at(path): stored_at(file) for item in opened for path, file in _pairs(item)}


def _notes(sources: Sources) -> Iterator[str]:
    """A comment for each file that has to be decoded before the statement can read it."""
    decoded = [item for item in sources.tables.values() if item.kind == "csv" and not is_utf8(item.format.encoding)]
    pairs = {file: item.format.encoding for item in decoded for path, file in _pairs(item) if path != file}
    for file, encoding in pairs.items():
        yield f"-- {_here(stored_at(file))} is {encoding}: write it as UTF-8 before you run this\n"


def _pairs(opened: Opened) -> Iterator[tuple[StoredFile, StoredFile]]:
    return zip(opened.paths, opened.originals, strict=True)


def _elsewhere(run: Run, dialect: str) -> dict[str, Table]:
    """Tables that are called by their ids; what nobody runs reads columns as rules do, timestamps in UTC."""
    own = DIALECTS[dialect]
    return {
        name: as_declared(name, owner.columns, run.tables[name], own) if own.is_run else Table("table", name=name)
        for name, owner in owners(run.project)
    }


def _as_read(tables: Mapping[str, Table], originals: Mapping[str, str]) -> dict[str, Table]:
    """The tables where they are, paths relative to here."""

    def here(path: str) -> str:
        return _here(originals[path])

    return {
        name: replace(
            table,
            paths=tuple(map(here, table.paths)),
            groups=tuple((header, tuple(map(here, paths))) for header, paths in table.groups),
        )
        for name, table in tables.items()
    }


def _here(path: str) -> str:
    return path if scheme_of(path) else os.path.relpath(path).replace(os.sep, "/")
