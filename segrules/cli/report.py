"""`segrules report`: one HTML file about a project, for people who look before they read."""

from __future__ import annotations

import os
import tempfile
import webbrowser
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from segrules.cli.arguments import AsOf, Env, MemoryLimit, Project, Set, named_folder, project_folder, settings_of
from segrules.cli.findings import to_json
from segrules.cli.terminal import note, note_findings, out, progress_bar
from segrules.cli.text import safe
from segrules.diagnostics import Diagnostic

if TYPE_CHECKING:
    from segrules.workflows.reporting.data import Report
    from segrules.workflows.running import Refusal

REPORT_FILE = "report.html"


Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Where the report is written, and runs were recorded.",
        show_default="PROJECT/out",
        parser=named_folder,
    ),
]
Language = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="The language of labels, such as th.", show_default="en, where there is one"),
]
Since = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="Write besides what changed since then: yesterday, last-week, last-month or a day.",
        show_default=False,
    ),
]


def report(
    project: Project = Path(),
    out_folder: Out = None,
    as_of: AsOf = None,
    language: Language = None,
    show_keys: Annotated[bool, typer.Option("--show-keys", help="Show the keys of the members in samples.")] = False,
    no_data: Annotated[bool, typer.Option("--no-data", help="Read no data: a report of the rules alone.")] = False,
    is_opened: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    since: Since = None,
    format: Annotated[
        Literal["markdown", "json"], typer.Option(help="How the changes since are printed.")
    ] = "markdown",
    is_served: Annotated[
        bool, typer.Option("--serve", help="Serve the report to a browser here, and follow what is saved.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where it is served; 0: any port that is free.")] = 8765,
    memory_limit: MemoryLimit = None,
    env: Env = None,
    sets: Set = None,
) -> None:
    """Write one HTML file that shows the segments, what the data says of them, and how they changed."""
    folder = project_folder(project)
    from segrules.report.dashboard.charts import is_available
    from segrules.workflows.apply import DEFAULT_OUT
    from segrules.workflows.reporting.gather import report as gather
    from segrules.workflows.running import Refusal

    is_drawn = is_available()
    if not is_drawn and since is None:
        _refuse(_UNDRAWN, folder)
    target = (out_folder or folder / DEFAULT_OUT) / REPORT_FILE
    gathering = partial(
        gather,
        folder,
        out=target.parent,
        as_of=as_of,
        settings=settings_of(env, sets),
        has_keys=show_keys,
        language=language,
        with_data=not no_data,
        memory_limit=memory_limit,
    )
    if is_served:
        _serve(gathering, port, since, is_drawn, is_opened)
        return
    with progress_bar("looking at segments") as progress:
        gathered = gathering(progress=progress)
    note_findings(gathered.findings, folder)
    if isinstance(gathered, Refusal):
        raise typer.Exit(gathered.exit_code)
    files, printed = ({}, None) if since is None else _digest(gathered, target.parent, since, format, folder)
    _show(files | _page(gathered, target, is_drawn), printed, folder)
    if is_opened and is_drawn:
        webbrowser.open(target.resolve().as_uri())


def _serve(gather: partial[Report | Refusal], port: int, since: str | None, is_drawn: bool, is_opened: bool) -> None:
    """Serves what `gather`, called with a folder and options, makes."""
    (folder,), options = gather.args, gather.keywords
    if since is not None:
        raise typer.BadParameter("nothing is written while a report is served: leave it out", param_hint="--since")
    if not is_drawn:
        _refuse(_UNDRAWN, folder)
    from segrules.cli.live_report import serve_report
    from segrules.workflows.reporting.refreshing import refreshed

    refresh = partial(refreshed, folder, **{name: options[name] for name in ("settings", "memory_limit", "with_data")})
    serve_report(folder, gather, refresh, port, is_opened=is_opened)


def _page(gathered: Report, target: Path, is_drawn: bool) -> dict[Path, bytes]:
    """The report as a file; none where nothing can be drawn."""
    if not is_drawn:
        note(f"{_UNDRAWN.message}; {_UNDRAWN.help}")
        return {}
    from segrules.report.dashboard.page import report_page

    return {target: report_page(gathered).encode("utf-8", "xmlcharrefreplace")}


def _show(files: Mapping[Path, bytes], printed: str | None, folder: Path) -> None:
    """Writes the files, says so, and prints what is to be printed."""
    say = out if printed is None else note
    for path, content in files.items():
        _write(path, content, folder)
        say(f"wrote {safe(str(path))} ({_size(len(content))})")
    if printed is not None:
        out(printed)


_UNDRAWN = Diagnostic(
    "output-refused", "a report cannot be drawn: plotly is not installed", help="pip install 'segrules[report]'"
)


def _digest(
    gathered: Report, folder: Path, since: str, format: str, project: Path
) -> tuple[dict[Path, bytes], str | None]:
    """The files of what changed, and what is printed of it."""
    from segrules.cli.digest import as_json, files
    from segrules.report.digest_markdown import markdown
    from segrules.workflows.reporting.digest import digest
    from segrules.workflows.running import Refusal

    found = digest(gathered, folder, since)
    if isinstance(found, Refusal):
        note_findings(found.findings, project)
        raise typer.Exit(found.exit_code)
    printed = to_json(as_json(found)) if format == "json" else markdown(found).removesuffix("\n")
    return files(found, folder), printed


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
