"""The statement of a run as a person would read it and run it in DuckDB."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.planning import plan
from segrules.sql import DIALECTS, generate
from segrules.sql.scans import Table
from segrules.workflows.running import Refusal, chosen, open_run


def show_sql(
    root: Path, *, select: Sequence[str] = (), as_of: str | None = None, dialect: str = "duckdb"
) -> tuple[str, tuple[Diagnostic, ...], int]:
    """The SQL of the wanted segments, one statement per entity, findings, and the exit code; no text where it is not 0.

    Paths are relative to the current folder, so that the text runs there as it is.
    """
    if dialect not in DIALECTS:
        help = did_you_mean(dialect, DIALECTS) or f"known are {', '.join(DIALECTS)}"
        return "", (Diagnostic("not-supported-yet", f"there is no SQL for `{dialect}` yet", help=help),), 2
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        run = open_run(root, Path(workdir), as_of_text=as_of, today=date.today())
        if isinstance(run, Refusal):
            return "", run.findings, run.exit_code
        run.engine.close()
        wanted = chosen(run.rules, select)
        if isinstance(wanted, Diagnostic):
            return "", (*run.findings, wanted), 2
        tables = _as_read(run.tables, dialect)
        statements = [
            generate(plan(run.rules[entity], references, run.as_of), tables, run.as_of.zone, dialect)
            for entity, references in wanted.items()
        ]
    return ";\n\n".join(statements) + ";", run.findings, 0


def _as_read(tables: Mapping[str, Table], dialect: str) -> dict[str, Table]:
    """The tables with paths relative to here; for an engine that reads no files, tables by their ids."""
    if dialect != "duckdb":
        return {name: Table("table", name=name) for name in tables}
    return {name: _relative(table) for name, table in tables.items()}


def _relative(table: Table) -> Table:
    groups = tuple((header, tuple(map(_here, paths))) for header, paths in table.groups)
    return replace(table, paths=tuple(map(_here, table.paths)), groups=groups)


def _here(path: str) -> str:
    return os.path.relpath(path).replace(os.sep, "/")
