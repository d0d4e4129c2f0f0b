"""`segrules sql`: the statement that a run would execute, or the plan that it is written from."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from segrules.cli.arguments import AsOf, Engine, Env, NamesAndProject, Select, Set, names_and_project, settings_of
from segrules.cli.terminal import note_findings, out

if TYPE_CHECKING:
    from segrules.planning.describe import Part


def sql(
    project: NamesAndProject = None,
    select: Select = None,
    as_of: AsOf = None,
    dialect: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The SQL of this database, in place of the engine's.", show_default=False),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print the plan that the SQL is written from, and what rules share in it.")
    ] = False,
    env: Env = None,
    sets: Set = None,
    engine: Engine = None,
) -> None:
    """Print the SQL of the whole run, or of some segments, ready to be read and run."""
    names, folder = names_and_project(select, project)
    from segrules.workflows.show_sql import show_plan, show_sql

    settings = settings_of(env, sets)
    if explain:
        plans, findings, exit_code = show_plan(folder, select=names, as_of=as_of, settings=settings, engine=engine)
        text = "\n\n".join(_plan_text(entity, parts) for entity, parts in plans.items())
    else:
        text, findings, exit_code = show_sql(
            folder, select=names, as_of=as_of, dialect=dialect, settings=settings, engine=engine
        )
    note_findings(findings, folder)
    if text:
        out(text)
    raise typer.Exit(exit_code)


def _plan_text(entity: str, parts: tuple[Part, ...]) -> str:
    """What each node of a plan does, and below it its columns with the places that name each, where several do."""
    lines = [f"{entity}: what a run computes, in order. (3) stands behind a column that is used in 3 places"]
    for part in parts:
        lines.append(f"  {part.name}: {part.does}")
        columns = [(column, f"{column} ({uses})" if uses > 1 else column) for column, uses in part.columns]
        lines += [f"      {shown} = {part.values[column]}" for column, shown in columns if column in part.values]
        others = "; ".join(shown for column, shown in columns if column not in part.values)
        if others:
            lines.append(fill(others, 100, initial_indent=" " * 6, subsequent_indent=" " * 6))
    return "\n".join(lines)
