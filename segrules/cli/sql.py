"""`segrules sql`: the statement that a run would execute."""

from __future__ import annotations

from typing import Annotated

import typer

from segrules.cli.arguments import AsOf, Env, NamesAndProject, Select, Set, names_and_project, settings_of
from segrules.cli.terminal import note_findings, out


def sql(
    project: NamesAndProject = None,
    select: Select = None,
    as_of: AsOf = None,
    dialect: Annotated[str, typer.Option(metavar="NAME", help="The SQL of this database.")] = "duckdb",
    env: Env = None,
    sets: Set = None,
) -> None:
    """Print the SQL of the whole run, or of some segments, ready to be read and run."""
    names, folder = names_and_project(select, project)
    from segrules.workflows.show_sql import show_sql

    settings = settings_of(env, sets)
    text, findings, exit_code = show_sql(folder, select=names, as_of=as_of, dialect=dialect, settings=settings)
    note_findings(findings, folder)
    if text:
        out(text)
    raise typer.Exit(exit_code)
