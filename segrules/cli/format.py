"""`segrules fmt`: canonical text of the project's files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segrules.cli.arguments import FindingsFormat, Project, project_folder
from segrules.cli.file_changes import rewrite, unified_diff
from segrules.cli.terminal import note, note_findings, out, shown_path
from segrules.cli.text import safe

if TYPE_CHECKING:
    from segrules.workflows.format import FormattedFile


def fmt(
    project: Project = Path(),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print what would change.")] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="Take one file from stdin, and print it to stdout.")] = False,
    stdin_name: Annotated[
        str, typer.Option(metavar="PATH", help="The path in the project of the file on stdin.")
    ] = "segments/stdin.yml",
    format: FindingsFormat = "text",
) -> None:
    """Write the project's files in canonical text: order of keys, blanks, line breaks. Comments stay."""
    if diff and format != "text":
        raise typer.BadParameter("a diff is text: leave --format out", param_hint="--diff")
    if stdin:
        if project != Path():
            raise typer.BadParameter("with --stdin no folder is read", param_hint="PROJECT")
        raise typer.Exit(_from_stdin(stdin_name, check=check, diff=diff))
    folder = project_folder(project)
    from segrules.cli.findings import written
    from segrules.diagnostics import has_errors
    from segrules.project.reader import folder_reader
    from segrules.workflows.format import findings_when_written, format_project, unformatted

    files, unread = format_project(folder_reader(folder))
    writes = not (check or diff)
    wrong = (findings_when_written(file) if writes else file.findings for file in files)
    findings = (*unread, *chain.from_iterable(wrong))
    changed = [file for file in files if file.before != file.after]
    failed = _note_unsafe(files, folder)
    if check and not diff:
        findings = (*findings, *map(unformatted, changed))
    if format == "text" and (writes or diff):
        note_findings(findings, folder)
    else:
        out(written(findings, folder, format, command="fmt"))
    if diff:
        _show_diff(changed)
    elif writes:
        failed |= not _write(changed, folder, quiet=format != "text")
    if not (changed or findings or failed or check):
        note("nothing to change")
    raise typer.Exit(2 if failed else int(has_errors(findings) or (check and bool(changed))))


def _write(changed: Sequence[FormattedFile], folder: Path, *, quiet: bool) -> bool:
    """Writes files in place and says so; whether all could be written."""
    is_whole = True
    for file in changed:
        path = shown_path(file.path, folder)
        try:
            if rewrite(folder / file.path, file.before, file.after):
                (note if quiet else out)(f"wrote {path}")
                continue
            note(f"{path} was changed meanwhile and is left as it is")
        except OSError as error:
            note(f"error: {path} cannot be written: {(error.strerror or str(error)).lower()}")
        is_whole = False
    return is_whole


def _note_unsafe(files: Sequence[FormattedFile], folder: Path) -> bool:
    """Says which files stay as they are because of a fault of segrules; whether there are any."""
    unsafe = [shown_path(file.path, folder) for file in files if not file.is_safe]
    for path in unsafe:
        note(
            f"internal error: {path} is left as it is, because its canonical text would say something else\n"
            "  this is a fault of segrules, not of your rules; please report it where you got segrules from"
        )
    return bool(unsafe)


def _show_diff(changed: Sequence[FormattedFile]) -> None:
    if changed:
        out("".join(unified_diff(file.path, file.before, file.after) for file in changed).rstrip("\n"))


def _from_stdin(name: str, *, check: bool, diff: bool) -> int:
    """Formats what stands on stdin; the exit code."""
    from segrules.workflows.format import findings_when_written, format_text

    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError:
        note("error: what stands on stdin is not UTF-8 text")
        return 1
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    file = format_text(name, text.removeprefix(mark))
    is_changed = file.before != file.after
    if diff:
        _show_diff([file] if is_changed else [])
    elif not check and file.after:
        out(mark + file.after.removesuffix("\n"))
    note_findings(file.findings if check or diff else findings_when_written(file), Path())
    if check and is_changed:
        note(f"{safe(name)} would change")
    failed = _note_unsafe([file], Path())
    return 2 if failed else int(bool(file.findings) or (check and is_changed))
