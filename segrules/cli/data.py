"""`segrules init`, `schema` and `sample`: from data to a project, a contract, a small copy."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from segrules.cli.arguments import Project, project_folder
from segrules.cli.terminal import note, note_findings, out
from segrules.cli.text import safe

DATA_ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet")


def init(
    project: Annotated[
        list[str] | None,
        typer.Argument(metavar="PROJECT", help="The folder to write into; by default this one.", show_default=False),
    ] = None,
    from_files: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="FILE…", help="Data files to write rules for.", show_default=False),
    ] = None,
) -> None:
    """Write a starter project, from your data files or with a few rows of its own."""
    files, folder = files_and_project(from_files, project)
    from segrules.workflows.init import init as run

    written = run(folder, files, ask=_ask if sys.stdin.isatty() and sys.stderr.isatty() else None)
    note_findings(written.findings, folder)
    for remark in written.notes:
        note(f"note: {safe(remark)}")
    if not written.paths:
        raise typer.Exit(2)
    out("\n".join(f"wrote {safe((folder / path).as_posix())}" for path in written.paths))
    where = "" if folder == Path() else f" {folder.as_posix()}"
    note(f"\nnext: segrules validate{where}, segrules test{where}, segrules count{where}")


def files_and_project(listed: Sequence[str] | None, rest: Sequence[str] | None) -> tuple[tuple[Path, ...], Path]:
    """What `--from a.csv b.csv PROJECT` means: words that name data files are files, one other word is the folder."""
    files = list(listed or ())
    folders: list[str] = []
    for word in rest or ():
        is_file = listed and (Path(word).is_file() or word.lower().endswith(DATA_ENDINGS) or set("*?[") & set(word))
        (files if is_file else folders).append(word)
    if len(folders) > 1:
        raise typer.BadParameter(f"one folder is expected, not {len(folders)}", param_hint="PROJECT")
    for file in files:
        if not Path(file).exists():
            raise typer.BadParameter(f"there is no file `{file}`", param_hint="--from")
    return tuple(map(Path, files)), Path(folders[0]) if folders else Path()


def _ask(question: str, choices: Sequence[str], guess: str) -> str:
    """The user's answer, the guess on Enter."""
    from rich.console import Console
    from rich.prompt import Prompt
    from rich.text import Text

    return Prompt.ask(Text(question), choices=list(choices), default=guess, console=Console(stderr=True))


def schema(
    project: Project = Path(),
    write: Annotated[bool, typer.Option("--write", help="Fill `columns` of segrules.yml from the data.")] = False,
    editor: Annotated[bool, typer.Option("--editor", help="Print the JSON Schema of the files, for editors.")] = False,
) -> None:
    """Print the contract that the data suggests, or write it where segrules.yml has none."""
    if editor:
        from segrules.workflows.schema import editor_schema

        out(editor_schema())
        raise typer.Exit
    folder = project_folder(project)
    from segrules.workflows.schema import schema as run

    result = run(folder, write=write)
    note_findings(result.findings, folder)
    if result.text:
        (note if write else out)(result.text)
    raise typer.Exit(result.exit_code)


def sample(
    out_folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the small copy is written.")],
    project: Project = Path(),
    keys: Annotated[
        int, typer.Option(metavar="N", min=1, help="How many entity rows to keep, with all that belongs to them.")
    ] = 20000,
) -> None:
    """Write a small, pseudonymous copy of the sources, for tests in CI."""
    folder = project_folder(project)
    from segrules.workflows.sample import sample as run

    result = run(folder, out_folder, keys=keys)
    note_findings(result.findings, folder)
    if result.written:
        out("\n".join(f"wrote {safe((out_folder / path).as_posix())}" for path in result.written))
    raise typer.Exit(result.exit_code)
