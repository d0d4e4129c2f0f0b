"""`segrules test --update`: cases made to expect what comes out, shown as a diff and written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from segrules.cli.file_changes import rewrite, unified_diff
from segrules.cli.terminal import note, note_findings, out, paint_for, shown_path
from segrules.cli.test import as_text, refuse_no_test

if TYPE_CHECKING:
    from segrules.cli.findings import Format
    from segrules.project.environments import Settings


def updated(folder: Path, name: str | None, settings: Settings, format: Format, *, is_only_shown: bool) -> NoReturn:
    """Shows what changes in the files of tests, writes it, and says which tests fail still."""
    from segrules.project.environments import has_invalid_setting
    from segrules.project.loader import folder_reader
    from segrules.workflows.testing.updating import update

    if format != "text":
        raise typer.BadParameter("with --update it is text", param_hint="--format")
    found = update(folder_reader(folder), name=name, settings=settings)
    note_findings(found.tests.findings, folder)
    if any(finding.severity.value == "error" for finding in found.tests.findings):
        raise typer.Exit(2 if has_invalid_setting(found.tests.findings) else 1)
    refuse_no_test(name, found.tests)
    if found.changes:
        out("".join(unified_diff(change.path, change.before, change.after) for change in found.changes).rstrip("\n"))
    refused = [
        change.path
        for change in found.changes
        if not is_only_shown and not rewrite(folder / change.path, change.before, change.after)
    ]
    for path in refused:
        note(f"{shown_path(path, folder)} was changed meanwhile and is left as it is")
    failed = not all(result.passed for result in found.tests.results)
    if failed:
        note(as_text(found.tests, folder, paint_for(sys.stderr)))
        note("these fail still: an update changes what cases in tests/ expect, not examples and not their rows")
    cases = "1 case" if found.updated == 1 else f"{found.updated:,} cases"
    if not is_only_shown and not refused:
        note(f"updated {cases}" if found.updated else "there was nothing to update")
    raise typer.Exit(int(failed or bool(refused)))
