"""`segrules validate`: every finding of the whole project at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from segrules.cli.arguments import Env, Project, Set, project_folder, settings_of
from segrules.cli.terminal import out, paint_for, render

if TYPE_CHECKING:
    from segrules.diagnostics import Diagnostic

Format = Literal["text", "json", "github", "sarif", "junit"]


def validate(
    project: Project = Path(),
    format: Annotated[Format, typer.Option(help="How findings are written.")] = "text",
    fail_on: Annotated[Literal["error", "warning"], typer.Option(help="What makes the exit code 1.")] = "error",
    env: Env = None,
    sets: Set = None,
) -> None:
    """Check all rules and tests of a project and list every finding. Needs no data where columns are given."""
    folder = project_folder(project)
    from segrules.project.environments import has_invalid_setting
    from segrules.project.loader import folder_reader
    from segrules.workflows.validate import validate as run

    findings = run(folder_reader(folder), settings_of(env, sets)).findings
    out(written(findings, folder, format, fail_on_warning=fail_on == "warning"))
    failing = ("error", "warning") if fail_on == "warning" else ("error",)
    failed = any(finding.severity.value in failing for finding in findings)
    raise typer.Exit(2 if has_invalid_setting(findings) else int(failed))


def written(findings: tuple[Diagnostic, ...], folder: Path, format: Format, *, fail_on_warning: bool) -> str:
    """The findings in one of the formats."""
    if format == "text":
        return render(findings, folder=folder, paint=paint_for(sys.stdout))
    from segrules.cli.findings import as_github, as_json, as_junit, as_sarif

    match format:
        case "json":
            return as_json(findings)
        case "github":
            return as_github(findings, folder)
        case "sarif":
            return as_sarif(findings, folder)
        case "junit":
            return as_junit(findings, folder, fail_on_warning=fail_on_warning)
