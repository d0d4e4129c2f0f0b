"""`segrules report --serve`: what the server answers and to whom, and what it shows while rules are edited."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from segrules.cli.app import main
from segrules.cli.live_report import Builder
from segrules.cli.serve import Live, ReportServer, Shown, keep_up
from segrules.workflows.reporting.gather import report
from segrules.workflows.reporting.refreshing import refreshed
from segrules.workflows.reporting.watching import written

SHOP = Path(__file__).resolve().parents[1] / "docs_shop"
RULES = "traits: {orders: count(orders)}\nsegments:\n  regular: orders >= 2\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    shutil.copytree(SHOP, tmp_path / "shop")
    (tmp_path / "shop" / "segments").mkdir()
    (tmp_path / "shop" / "segments" / "rules.yml").write_text(RULES, "utf-8")
    return tmp_path / "shop"


@pytest.fixture
def server() -> Iterator[ReportServer]:
    with ReportServer(Live(Shown(b"<p>first", "1")), 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


def ask(server: ReportServer, path: str, host: str | None = None, method: str = "GET") -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", f"127.0.0.1:{server.server_port}" if host is None else host)
    connection.endheaders()
    return connection.getresponse()


def test_it_serves_the_page_and_nothing_else(server: ReportServer) -> None:
    with urllib.request.urlopen(server.url) as answer:
        assert answer.read() == b"<p>first"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Access-Control-Allow-Origin"] is None
    for path in ("/report.html", "/../segrules.yml", "/segments/rules.yml", "//etc/passwd", "/%2e%2e/", "/events/x"):
        assert ask(server, path).status == 404
    assert ask(server, "/", method="POST").status == 501


@pytest.mark.parametrize("path", ["/", "/events"])
def test_only_this_very_address_is_answered(server: ReportServer, path: str) -> None:
    assert server.server_address[0] == "127.0.0.1"
    for host in ("evil.example", f"evil.example:{server.server_port}", "127.0.0.1", "", "localhost:1"):
        answer = ask(server, path, host)
        assert answer.status == 403
        assert b"first" not in answer.read()
    assert ask(server, path, f"LOCALHOST:{server.server_port}").status == 200


def test_at_the_port_of_http_browsers_name_none(server: ReportServer, monkeypatch: pytest.MonkeyPatch) -> None:
    real = server.server_port
    for port, status in ((80, 200), (8000, 403)):
        monkeypatch.setattr(server, "server_port", port)
        for host in ("127.0.0.1", "localhost"):
            assert _status(real, host) == status
    assert _status(real, "evil.example") == 403


def _status(port: int, host: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("GET", "/", skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    return connection.getresponse().status


def states(answer: HTTPResponse) -> Iterator[dict[str, Any]]:
    for line in answer:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


def test_the_stream_tells_what_is_served_and_each_change(server: ReportServer) -> None:
    answer = ask(server, "/events")
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    told = states(answer)
    assert next(told) == {"version": "1", "problem": "", "is_partial": False}
    server.live.say(problem="line 1\nline 2 </script> ก", is_partial=True)
    assert next(told) == {"version": "1", "problem": "line 1\nline 2 </script> ก", "is_partial": True}
    server.live.show(Shown(b"<p>second", "2"))
    assert next(told) == {"version": "2", "problem": "", "is_partial": False}
    with urllib.request.urlopen(server.url) as page:
        assert page.read() == b"<p>second"


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_builds_once_for_each_change() -> None:
    files, built, stop = {"a": 1}, [], threading.Event()
    thread = threading.Thread(target=keep_up, args=(lambda: dict(files), lambda: built.append(dict(files)), stop))
    thread.start()
    until(lambda: built == [{"a": 1}])
    files["a"] = 2
    until(lambda: len(built) == 2)
    stop.set()
    thread.join()
    assert built == [{"a": 1}, {"a": 2}]


def test_every_rule_file_is_watched(shop: Path) -> None:
    seen = written(shop)
    assert set(seen) == {"segrules.yml", "segments/rules.yml"}
    for path in ("tests/cases.yml", "lists/vips.csv", "environments/test.yml", "segments/more/rules.yaml"):
        (shop / path).parent.mkdir(exist_ok=True)
        (shop / path).write_text("", "utf-8")
        assert set(written(shop)) == {*seen, path}
        seen = written(shop)
    (shop / "segments/rules.yml").write_text(RULES + " ", "utf-8")
    assert written(shop) != seen
    (shop / "data" / "notes.txt").write_text("", "utf-8")
    assert set(written(shop)) == set(seen)


def builder(live: Live, shop: Path, gather: Callable[[], Any] | None = None) -> Builder:
    return Builder(live, shop, gather or partial(report, shop), partial(refreshed, shop))


def test_broken_rules_keep_the_last_good_page(shop: Path) -> None:
    live = Live(Shown(b"waiting"))
    building = builder(live, shop)
    building.refresh()
    assert live.shown == Shown(b"waiting", is_partial=True)
    building.complete()
    good = live.shown
    assert good.version
    assert not good.is_partial
    assert b'"regular",2]' in good.page
    (shop / "segments/rules.yml").write_text(RULES.replace("orders >=", "order >="), "utf-8")
    building.refresh()
    broken = live.shown
    assert (broken.page, broken.version) == (good.page, good.version)
    assert "segments/rules.yml:3:12 error: " in broken.problem
    assert "^^^^^  did you mean `orders`?" in broken.problem
    (shop / "segments/rules.yml").write_text(RULES.replace(">= 2", ">= 1"), "utf-8")
    building.refresh()
    mended = live.shown
    assert (mended.problem, mended.is_partial) == ("", True)
    assert b'"regular",4]' in mended.page


def test_what_is_out_of_date_is_not_shown(shop: Path) -> None:
    live = Live(Shown(b"waiting"))

    def gather() -> Any:
        building.refresh()  # as when somebody saves meanwhile
        return report(shop, with_data=False)

    building = builder(live, shop, gather)
    building.refresh()
    building.complete()
    assert live.shown.page == b"waiting"


def test_a_mistake_of_ours_is_told_on_the_page(shop: Path) -> None:
    live = Live(Shown(b"good", "1"))

    def fail() -> Any:
        raise RuntimeError("nobody knows")

    builder(live, shop, fail).complete()
    assert live.shown == Shown(b"good", "1", "The report could not be made: RuntimeError: nobody knows")


def test_a_mistake_of_what_is_out_of_date_is_not_told(shop: Path) -> None:
    live = Live(Shown(b"waiting"))

    def fail() -> Any:
        building.refresh()  # as when somebody saves meanwhile
        raise RuntimeError("nobody knows")

    building = builder(live, shop, fail)
    building.refresh()
    building.complete()
    assert live.shown == Shown(b"waiting", is_partial=True)


def test_the_problem_of_refused_data_names_no_key(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = shop / "data" / "customers.csv"
    head, first, *rest = data.read_text("utf-8").splitlines()
    data.write_text("\n".join([head, first, first, *rest, ""]), "utf-8")
    live = Live(Shown(b"waiting"))
    builder(live, shop).complete()
    assert "1 key of `customer` stands more than once\n" in f"{live.shown.problem}\n".replace(" [", "\n")
    assert "such as" not in live.shown.problem + capsys.readouterr().err


def test_a_port_in_use_is_a_clear_error(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit) as end:
            main(["report", str(shop), "--serve", "--port", str(taken.getsockname()[1])])
    assert end.value.code == 2
    assert "address already in use; name another one" in capsys.readouterr().err


def test_nothing_is_told_of_changes_while_it_serves(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["report", str(shop), "--serve", "--since", "last-week"])
    assert end.value.code == 2
    assert "--since" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C of another process is a signal of POSIX")
def test_ctrl_c_ends_it_cleanly(shop: Path) -> None:
    command = [sys.executable, "-m", "segrules", "report", str(shop), "--serve", "--port", "0", "--no-data"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[1]
        assert line.startswith(f"serving http://127.0.0.1:{url.split(':')[2].rstrip('/')}/ until Ctrl-C")
        with urllib.request.urlopen(url) as answer:
            assert b"<title>shop: segments</title>" in answer.read()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said == "stopped\n"
