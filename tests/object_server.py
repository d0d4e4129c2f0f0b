"""An object server on loopback (moto), and a proxy before it that counts bytes and fails as servers do."""

from __future__ import annotations

import http.client
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from moto.server import ThreadedMotoServer

KEY, SECRET = "AKIATESTTESTTESTTEST", "S3KR3T-that-nobody-may-see"
Trouble = Literal["denied", "broken off", "gone"]


@dataclass
class ObjectServer:
    """`address` is where clients are sent: the proxy's. trouble: what becomes of GETs from now on; calm: how many of
    them pass before that. fetched: bytes of bodies so far; asked: the requests.
    """

    address: str
    trouble: Trouble | None = None
    calm: int = 0
    fetched: int = 0
    asked: list[str] = field(default_factory=list)

    def recover(self) -> None:
        """As if nothing had been asked yet; what is stored stays."""
        self.trouble, self.calm, self.fetched = None, 0, 0
        self.asked.clear()

    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        }


@contextmanager
def serving() -> Iterator[ObjectServer]:
    """A server without any bucket, as long as the body runs."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    store.start()
    host, port = store.get_host_and_port()
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server = ObjectServer(f"http://127.0.0.1:{proxy.server_port}")
    proxy.RequestHandlerClass = _handler(server, f"{host}:{port}")
    proxy.daemon_threads = True
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        proxy.shutdown()
        proxy.server_close()
        store.stop()


def _handler(server: ObjectServer, store: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            is_data = self.command == "GET" and "list-type" not in self.path and self.path.count("/") > 1
            server.asked.append(f"{self.command} {self.path}")
            trouble = server.trouble if is_data and server.calm <= 0 else None
            server.calm -= is_data
            if trouble == "denied" or (server.trouble == "denied" and self.command == "HEAD"):
                self._answer(403, {"Content-Type": "application/xml"}, _ERROR.format("AccessDenied", "Access Denied"))
                return
            if trouble == "gone":
                self.close_connection = True
                self.connection.close()
                return
            status, headers, body = self._forwarded()
            if trouble == "broken off":
                body = body[: len(body) // 2]  # fewer than Content-Length says
            self._answer(status, headers, body, whole=trouble != "broken off")
            if self.command == "GET":
                server.fetched += len(body)

        do_HEAD = do_PUT = do_POST = do_DELETE = do_GET

        def _forwarded(self) -> tuple[int, Mapping[str, str], bytes]:
            length = int(self.headers.get("Content-Length") or 0)
            connection = http.client.HTTPConnection(store, timeout=30)
            connection.request(self.command, self.path, self.rfile.read(length), dict(self.headers))
            response = connection.getresponse()
            body = response.read()
            dropped = ("transfer-encoding", "connection", "server", "date")
            headers = {name: value for name, value in response.getheaders() if name.lower() not in dropped}
            connection.close()
            return response.status, headers, body

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes | str, whole: bool = True) -> None:
            content = body.encode() if isinstance(body, str) else body
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() != "content-length" or self.command == "HEAD" or not whole:
                    self.send_header(name, value)
            if whole and self.command != "HEAD":
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            if not whole:
                self.close_connection = True
                self.wfile.flush()
                self.connection.close()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


_ERROR = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>'
