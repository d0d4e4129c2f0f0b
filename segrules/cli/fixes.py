"""`segrules validate --fix` and `--diff`: what safe fixes change, written into the files or only shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from segrules.cli.file_changes import rewrite, unified_diff
from segrules.cli.terminal import note, note_findings, out, shown_path
from segrules.diagnostics import Diagnostic
from segrules.project.environments import Settings
from segrules.project.reader import Reader
from segrules.workflows.fixing import Fixed, fix
from segrules.workflows.validate import validate


def fixed(read: Reader, folder: Path, settings: Settings) -> tuple[Diagnostic, ...]:
    """Makes the safe fixes, says so on stderr, and gives the findings that are left."""
    found = fix(read, settings, lint_on=date.today())
    changed = [
        change.path for change in found.changes if not rewrite(folder / change.path, change.before, change.after)
    ]
    for path in changed:
        note(f"{shown_path(path, folder)} was changed meanwhile and is left as it is")
    written = len(found.changes) - len(changed)
    if written:
        findings = "1 finding" if found.mended == 1 else f"{found.mended:,} findings"
        note(f"mended {findings} in {'1 file' if written == 1 else f'{written:,} files'}")
    elif found.after.findings and not changed and not found.refused:
        note("nothing was mended: no finding has a safe fix")
    _note_refused(found, folder)
    return validate(read, settings, lint_on=date.today()).findings if changed else found.after.findings


def shown_diff(read: Reader, folder: Path, settings: Settings) -> tuple[Diagnostic, ...]:
    """Prints what the fixes would change, and on stderr the findings as they are now."""
    found = fix(read, settings, lint_on=date.today())
    if found.changes:
        out("".join(unified_diff(change.path, change.before, change.after) for change in found.changes).rstrip("\n"))
    note_findings(found.before.findings, folder)
    _note_refused(found, folder)
    return found.before.findings


def _note_refused(found: Fixed, folder: Path) -> None:
    for path in found.refused:
        note(f"{shown_path(path, folder)} is left as it is: its fixes would bring new errors with them")
