"""`segrules validate`: every finding of the whole project at once."""

from __future__ import annotations

from pathlib import Path

import typer

from segrules.cli.arguments import Env, FailOn, FindingsFormat, Project, Set, project_folder, settings_of
from segrules.cli.terminal import out


def validate(
    project: Project = Path(),
    format: FindingsFormat = "text",
    fail_on: FailOn = "error",
    env: Env = None,
    sets: Set = None,
) -> None:
    """Check all rules and tests of a project and list every finding. Needs no data where columns are given."""
    folder = project_folder(project)
    from segrules.cli.findings import fails, written
    from segrules.project.environments import has_invalid_setting
    from segrules.project.loader import folder_reader
    from segrules.workflows.validate import validate as run

    findings = run(folder_reader(folder), settings_of(env, sets)).findings
    out(written(findings, folder, format, command="validate", fail_on=fail_on))
    raise typer.Exit(2 if has_invalid_setting(findings) else int(fails(findings, fail_on)))
