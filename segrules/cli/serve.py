"""A report served to a browser on this machine, and kept up to date: one page, and a stream that tells of newer ones.

Nothing of the file system can be asked for. Only a browser that asks for this very address is answered, so that no
page of the web can have a name of its own lead here (DNS rebinding).
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"
_HEARTBEAT = 15.0  # seconds, after which it is noticed that a reader has gone
_POLL = 0.3
_SETTLED = 0.1
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What is served: a page, its version, and what is wrong with the rules of now, as text.

    is_partial: a page with more on it is being made.
    """

    page: bytes
    version: str = ""
    problem: str = ""
    is_partial: bool = False


class Live:
    """What is served now. One thread changes it, those of the readers wait for that."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._changed = threading.Condition()

    @property
    def shown(self) -> Shown:
        with self._changed:
            return self._shown

    def show(self, shown: Shown) -> None:
        with self._changed:
            self._shown = shown
            self._changed.notify_all()

    def say(self, *, problem: str = "", is_partial: bool = False) -> None:
        """Keeps the page, and says what is wrong, or that another is being made."""
        with self._changed:
            self._shown = replace(self._shown, problem=problem, is_partial=is_partial)
            self._changed.notify_all()

    def other_than(self, seen: Shown | None, seconds: float) -> Shown:
        """What is served as soon as it is not what was seen; or, after a while, all the same."""
        with self._changed:
            self._changed.wait_for(lambda: self._shown is not seen, seconds)
            return self._shown


class ReportServer(ThreadingHTTPServer):
    """Serves on this machine alone. OSError where the port is taken."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name == "posix"  # elsewhere it would let two servers share a port

    def __init__(self, live: Live, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.live = live

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}/"

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser may call it. It leaves out port 80, which is that of http anyway."""
        ports = (f":{self.server_port}", *([""] if self.server_port == 80 else []))
        return frozenset(f"{name}{port}" for name in (HOST, "localhost") for port in ports)


class _Handler(BaseHTTPRequestHandler):
    server: ReportServer
    server_version = "segrules"
    sys_version = ""

    def do_GET(self) -> None:
        try:
            if self.headers.get("Host", "").lower() not in self.server.hosts:
                self._answer(HTTPStatus.FORBIDDEN, "text/plain", b"this address is not served here\n")
            elif self.path == "/":
                self._answer(HTTPStatus.OK, "text/html", self.server.live.shown.page)
            elif self.path == "/events":
                self._tell()
            else:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"there is one page here: /\n")
        except ConnectionError:
            self.close_connection = True  # the reader has gone

    def _answer(self, status: HTTPStatus, type: str, content: bytes) -> None:
        self._begin(status, type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _begin(self, status: HTTPStatus, type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{type}; charset=utf-8")
        for name, value in _HEADERS.items():
            self.send_header(name, value)

    def _tell(self) -> None:
        """Sends what is served, and again each time that it is another, until the reader goes."""
        self._begin(HTTPStatus.OK, "text/event-stream")
        self.end_headers()
        seen: Shown | None = None
        while True:
            shown = self.server.live.other_than(seen, _HEARTBEAT)
            if shown is seen:
                self.wfile.write(b": still here\n\n")
            else:
                told = {"version": shown.version, "problem": shown.problem, "is_partial": shown.is_partial}
                self.wfile.write(f"event: state\ndata: {json.dumps(told)}\n\n".encode())
            self.wfile.flush()
            seen = shown

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: whoever edits rules wants to read about these alone."""


def keep_up(changed: Callable[[], object], rebuild: Callable[[], None], stop: threading.Event) -> None:
    """Builds, and again each time that what `changed` gives is another, until it is told to stop."""
    seen: object = None
    while True:
        now = changed()
        if now != seen:
            while not stop.wait(_SETTLED) and (later := changed()) != now:  # an editor may write in several steps
                now = later
            seen = now
            rebuild()
        if stop.wait(_POLL):
            return
