"""`segrules report --serve`: the report beside an editor, made anew whenever rules are saved."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from segrules.cli.serve import Live, ReportServer, Shown, keep_up
from segrules.cli.terminal import note, out, render
from segrules.diagnostics import is_error

if TYPE_CHECKING:
    from segrules.diagnostics import Diagnostic
    from segrules.workflows.reporting.data import Report
    from segrules.workflows.running import Refusal

Gather = Callable[[], "Report | Refusal"]

_OF_RUNS = ("expectation-broken", "stale-data")
"""Errors that are on the page of findings and leave everything to see."""


def serve_report(folder: Path, gather: Gather, port: int, *, is_opened: bool) -> None:
    """Serves until Ctrl-C. gather: makes the report of now."""
    from segrules.report.dashboard.live import waiting_page
    from segrules.workflows.reporting.watching import written

    live = Live(Shown(waiting_page(folder.resolve().name).encode("utf-8", "surrogateescape")))
    server = _server(live, port)
    stop = threading.Event()
    builder = threading.Thread(
        target=keep_up, args=(partial(written, folder), partial(rebuild, live, folder, gather), stop), daemon=True
    )
    builder.start()
    out(f"serving {server.url} until Ctrl-C; it follows what you save in {folder.resolve()}")
    if is_opened:
        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        note("stopped")
    finally:
        stop.set()
        server.server_close()


def _server(live: Live, port: int) -> ReportServer:
    try:
        return ReportServer(live, port)
    except (OSError, OverflowError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "there is no such port"
        message = f"port {port} cannot be used: {reason}; name another one, or 0 for any that is free"
        raise typer.BadParameter(message, param_hint="--port") from None


def rebuild(live: Live, folder: Path, gather: Gather, is_outdated: Callable[[], bool]) -> None:
    """Shows the report of now; where rules are wrong, what is wrong, beside the last good page."""
    try:
        found = gather()
        if is_outdated():
            return
        _show(live, found, folder)
    except Exception as error:  # whatever it is: the page must say that it is not of now, and the next save may mend it
        problem = f"The report could not be made: {type(error).__name__}: {error}"
        note(problem)
        live.fail(problem)


def _show(live: Live, found: Report | Refusal, folder: Path) -> None:
    from segrules.report.dashboard.page import served_page
    from segrules.workflows.running import Refusal

    problem = _problem(found.findings, folder)
    if isinstance(found, Refusal):
        note(problem)
        live.fail(problem)
        return
    page, version = served_page(found)
    live.show(Shown(page.encode("utf-8", "surrogateescape"), version, problem))


def _problem(findings: tuple[Diagnostic, ...], folder: Path) -> str:
    """The mistakes in rules, each with its line and carets."""
    wrong = [finding for finding in findings if is_error(finding) and finding.code not in _OF_RUNS]
    return render(wrong, folder=folder) if wrong else ""
