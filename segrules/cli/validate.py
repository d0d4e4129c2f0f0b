"""`segrules validate`: every finding of the whole project at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from segrules.cli.arguments import Env, FailOn, FindingsFormat, Project, Set, project_folder, settings_of
from segrules.cli.terminal import out


def validate(
    project: Project = Path(),
    format: FindingsFormat = "text",
    fail_on: FailOn = "error",
    fix: Annotated[bool, typer.Option("--fix", help="Make the safe changes that findings propose.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change; write nothing.")] = False,
    data: Annotated[bool, typer.Option("--data", help="Count members, too, and list what the data shows.")] = False,
    env: Env = None,
    sets: Set = None,
) -> None:
    """Check all rules and tests of a project and list every finding. Needs no data where columns are given."""
    folder = project_folder(project)
    if diff and format != "text":
        raise typer.BadParameter("a diff is text: leave --format out", param_hint="--diff")
    if diff and data:
        raise typer.BadParameter("a diff is of rules as they would be: leave --diff out", param_hint="--data")
    from segrules.cli.findings import fails, written
    from segrules.project.environments import has_invalid_setting
    from segrules.project.loader import folder_reader
    from segrules.workflows.validate import validate as run

    read, settings = folder_reader(folder), settings_of(env, sets)
    if fix or diff:
        from segrules.cli.fixes import fixed, shown_diff

        findings = (shown_diff if diff else fixed)(read, folder, settings)
    else:
        findings = run(read, settings, lint_on=date.today()).findings
    unusable = False
    if data:
        from segrules.workflows.data_findings import with_data

        findings, code = with_data(findings, folder, settings)
        unusable = code == 2
    if not diff:
        out(written(findings, folder, format, command="validate", fail_on=fail_on))
    raise typer.Exit(2 if unusable or has_invalid_setting(findings) else int(fails(findings, fail_on)))
