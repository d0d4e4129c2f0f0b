"""`segrules report`: one HTML file about a project, for people who look before they read."""

from __future__ import annotations

import os
import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from segrules.cli.arguments import AsOf, Env, MemoryLimit, Project, Set, named_folder, project_folder, settings_of
from segrules.cli.terminal import note_findings, out, progress_bar
from segrules.cli.text import safe
from segrules.diagnostics import Diagnostic

REPORT_FILE = "report.html"


def report(
    project: Project = Path(),
    out_folder: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Where the report is written, and runs were recorded.",
            show_default="PROJECT/out",
            parser=named_folder,
        ),
    ] = None,
    as_of: AsOf = None,
    language: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="The language of labels, such as th.", show_default="en, where there is one"),
    ] = None,
    show_keys: Annotated[bool, typer.Option("--show-keys", help="Show the keys of the members in samples.")] = False,
    no_data: Annotated[bool, typer.Option("--no-data", help="Read no data: a report of the rules alone.")] = False,
    is_opened: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    memory_limit: MemoryLimit = None,
    env: Env = None,
    sets: Set = None,
) -> None:
    """Write one HTML file that shows the segments, what the data says of them, and how they changed."""
    folder = project_folder(project)
    _refuse_without_library(folder)
    from segrules.workflows.apply import DEFAULT_OUT
    from segrules.workflows.reporting.gather import report as gather
    from segrules.workflows.running import Refusal

    target = (out_folder or folder / DEFAULT_OUT) / REPORT_FILE
    with progress_bar("looking at segments") as progress:
        gathered = gather(
            folder,
            out=target.parent,
            as_of=as_of,
            settings=settings_of(env, sets),
            has_keys=show_keys,
            language=language,
            with_data=not no_data,
            memory_limit=memory_limit,
            progress=progress,
        )
    note_findings(gathered.findings, folder)
    if isinstance(gathered, Refusal):
        raise typer.Exit(gathered.exit_code)
    from segrules.report.dashboard.page import report_page

    _write(target, report_page(gathered).encode("utf-8", "surrogateescape"), folder)
    out(f"wrote {safe(str(target))} ({_size(target.stat().st_size)})")
    if is_opened:
        webbrowser.open(target.resolve().as_uri())


def _refuse_without_library(folder: Path) -> None:
    from segrules.report.dashboard.charts import is_available

    if not is_available():
        message = "a report cannot be drawn: plotly is not installed"
        _refuse(Diagnostic("output-refused", message, help="pip install 'segrules[report]'"), folder)


def _write(target: Path, content: bytes, folder: Path) -> None:
    """Puts the file in place of an old one in one step: whatever happens, there is the old one or the new one."""
    name = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".segrules-report-", dir=target.parent)
        with open(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except OSError as error:
        message = f"`{target}` cannot be written: {(error.strerror or str(error)).lower()}"
        _refuse(Diagnostic("output-refused", message, help="name another folder with --out"), folder)
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _refuse(finding: Diagnostic, folder: Path) -> None:
    note_findings((finding,), folder)
    raise typer.Exit(2)


def _size(count: int) -> str:
    """`4.8 MB`, `312 kB`."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
