"""`segrules report --serve`: the report beside an editor, made anew whenever rules are saved."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
    from segrules.workflows.reporting.refreshing import Known
    from segrules.workflows.running import Refusal

Gather = Callable[[], "Report | Refusal"]
Refresh = Callable[["Known | None"], "Known | Refusal"]

_OF_RUNS = ("expectation-broken", "stale-data")
"""Errors that are on the page of findings and leave everything to see."""


def serve_report(folder: Path, gather: Gather, refresh: Refresh, port: int, *, is_opened: bool) -> None:
    """Serves until Ctrl-C. gather: makes the report of now; refresh: the first of it, sooner, from what is known."""
    from segrules.report.dashboard.live import waiting_page
    from segrules.workflows.reporting.watching import written

    live = Live(Shown(waiting_page(folder.resolve().name).encode("utf-8", "surrogateescape"), is_partial=True))
    server = _server(live, port)
    stop = threading.Event()
    builder = Builder(live, folder, gather, refresh)
    builder.start(partial(written, folder), stop)
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


class Builder:
    """Makes pages in two threads: one what a change of rules touches, at once, the other the whole of it, behind."""

    def __init__(self, live: Live, folder: Path, gather: Gather, refresh: Refresh) -> None:
        self._live, self._folder, self._gather, self._refresh = live, folder, gather, refresh
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self._round = 0
        self._known: Known | None = None

    def start(self, changed: Callable[[], object], stop: threading.Event) -> None:
        """Follows what changes until it is told to stop."""

        def completing() -> None:
            while not stop.is_set():
                if self._asked.wait(1):
                    self._asked.clear()
                    self.complete()

        threading.Thread(target=completing, daemon=True).start()
        threading.Thread(target=keep_up, args=(changed, self.refresh, stop), daemon=True).start()

    def refresh(self) -> None:
        """Shows what is soon known after a change of rules, or what is wrong with them, and asks for the rest."""
        from segrules.report.dashboard.page import served_page
        from segrules.workflows.running import Refusal

        with self._lock:
            self._round += 1
            begun = self._round
        with self._telling(begun):
            found = self._refresh(self._known)
            if isinstance(found, Refusal):
                self._refuse(found.findings)
                return
            page, version = (b"", "") if found.report is None else _encoded(*served_page(found.report))
            with self._lock:
                self._known = found
            if page:
                self._live.show(Shown(page, version, is_partial=True))
            else:
                self._live.say(is_partial=True)
            self._asked.set()

    def complete(self) -> None:
        """Shows the whole report, unless rules changed meanwhile: then another one is asked for already."""
        from segrules.report.dashboard.page import served_page
        from segrules.workflows.running import Refusal

        begun = self._round
        with self._telling(begun):
            found = self._gather()
            page, version = (b"", "") if isinstance(found, Refusal) else _encoded(*served_page(found))
            with self._lock:
                if begun != self._round:
                    return
                if isinstance(found, Refusal):
                    self._refuse(found.findings)
                    return
                if self._known is not None:
                    self._known = replace(self._known, report=found)
                self._live.show(Shown(page, version, _problem(found.findings, self._folder)))

    def _refuse(self, findings: Sequence[Diagnostic]) -> None:
        problem = _problem(findings, self._folder)
        note(problem)
        self._live.say(problem=problem)

    @contextmanager
    def _telling(self, begun: int) -> Iterator[None]:
        """Whatever goes wrong, unless rules changed meanwhile: the page says that it is not of now."""
        try:
            yield
        except Exception as error:
            problem = f"The report could not be made: {type(error).__name__}: {error}"
            with self._lock:
                if begun == self._round:
                    note(problem)
                    self._live.say(problem=problem)


def _encoded(page: str, version: str) -> tuple[bytes, str]:
    return page.encode("utf-8", "surrogateescape"), version


def _problem(findings: Sequence[Diagnostic], folder: Path) -> str:
    """The mistakes in rules and what is unfit in data, each with its line and carets."""
    wrong = [finding for finding in findings if is_error(finding) and finding.code not in _OF_RUNS]
    return render(wrong, folder=folder) if wrong else ""
