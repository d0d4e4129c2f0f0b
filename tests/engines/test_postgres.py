"""PostgreSQL as an engine: what a connection that fails says, transactions, rows as a stream of bytes."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from segrules.engines import EngineError
from segrules.engines.postgres import Postgres, connect


@pytest.fixture
def session(postgres_url: str) -> Iterator[Postgres]:
    session = connect(postgres_url)
    session.execute("CREATE TEMPORARY TABLE kept (one integer, two text)")
    yield session
    session.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://bob:hunter2@127.0.0.1:1/crm", "no server answers at 127.0.0.1, port 1"),
        ("postgresql://bob:hunter2@/crm?host=/nowhere", "no server answers at the socket /nowhere/.s.PGSQL.5432"),
        ("postgresql://bob:hunter2@nowhere.invalid/crm", "the server's host is not known"),
        ("postgresql://bob:hunter2@127.0.0.1:1/crm?colour=red", 'invalid URI query parameter: "colour"'),
        ("postgresql://bob:hunter2@127.0.0.1:1/crm?sslmode=hunter2", 'invalid sslmode value: "***"'),
        ("postgresql://bob@127.0.0.1:1/crm?password=hunter2&sslmode=hunter2", 'invalid sslmode value: "***"'),
        ("postgresql:///crm?service=none-such", 'definition of service "none-such" not found'),
    ],
)
def test_a_connection_that_fails_says_why_and_tells_no_password(url: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        connect(url)
    assert said in caught.value.message
    assert caught.value.kind == "connection"
    assert "hunter2" not in caught.value.message
    assert caught.value.__cause__ is None  # nor do those whose message the driver wrote


def test_what_the_server_does_not_know_is_said(postgres_url: str) -> None:
    with pytest.raises(EngineError, match=r"^the server has no database `none-such`$"):
        connect(postgres_url.replace("/postgres?", "/none-such?"))
    with pytest.raises(EngineError, match=r"^the server knows no user `nobody`$"):
        connect(postgres_url.replace("//postgres:", "//nobody:"))


def test_settings_of_the_url_are_kept_beside_our_own(postgres_url: str) -> None:
    session = connect(f"{postgres_url}&options=-c%20statement_timeout%3D30ms")
    assert session.run("SHOW TimeZone") == [("UTC",)]
    with pytest.raises(EngineError, match="statement timeout") as caught:
        session.run("SELECT pg_sleep(1)")
    assert caught.value.kind == "timeout"
    session.close()


def test_settings_of_the_environment_and_of_a_service_are_kept(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search path decides which table a name without a schema is."""

    def path(url: str) -> object:
        session = connect(url)
        ((found,),) = session.run("SHOW search_path")
        assert session.run("SHOW TimeZone") == [("UTC",)]
        session.close()
        return found

    monkeypatch.setenv("PGOPTIONS", "-c search_path=crm")
    assert path(postgres_url) == "crm"
    assert path(f"{postgres_url}&options=-csearch_path%3Dsales") == "sales"
    monkeypatch.delenv("PGOPTIONS")
    given = conninfo_to_dict(postgres_url)
    service = f"[crm]\nhost={given['host']}\nuser=postgres\ndbname=postgres\noptions=-c search_path=crm\n"
    (tmp_path / "services.conf").write_text(service)
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services.conf"))
    assert path("postgresql:///?service=crm") == "crm"


def test_a_session_that_waits_is_not_ended(postgres_url: str) -> None:
    """While segrules writes files, its transaction waits."""
    options = "-cidle_in_transaction_session_timeout%3D20ms%20-cidle_session_timeout%3D20ms"
    session = connect(f"{postgres_url}&options={options}")
    time.sleep(0.1)
    session.hold()
    session.run("SELECT 1")
    time.sleep(0.1)
    assert session.run("SELECT 2") == [(2,)]
    session.execute("SET idle_in_transaction_session_timeout = 20")
    time.sleep(0.1)
    with pytest.raises(EngineError, match="idle-in-transaction timeout") as caught:
        session.run("SELECT 3")
    assert caught.value.kind == "connection"
    session.close()


def test_who_stopped_a_statement(session: Postgres, postgres_url: str) -> None:
    """The words for it are the same, and in the language of the server."""
    ((number,),) = session.run("SELECT pg_backend_pid()")
    other = connect(postgres_url)
    kinds = []
    for stop in (lambda: other.run(f"SELECT pg_cancel_backend({number})"), session.interrupt):
        timer = threading.Timer(0.2, stop)
        timer.start()
        with pytest.raises(EngineError) as caught:
            session.run("SELECT pg_sleep(20)")
        timer.join()
        kinds.append(caught.value.kind)
    other.close()
    assert kinds == ["timeout", "interrupted"]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            "SELECT 1 / (i - 1) AS x FROM generate_series(1, 3) i",
            "division by zero, in a view or a function of the database",
        ),
        ("SELECT shut(i) AS x FROM generate_series(1, 3) i", "permission denied for function shut"),
    ],
)
def test_what_a_view_may_not_is_a_fault_of_the_data(session: Postgres, postgres_url: str, made: str, said: str) -> None:
    session.execute("DROP SCHEMA IF EXISTS ward CASCADE; CREATE SCHEMA ward; SET search_path TO ward")
    session.execute("CREATE FUNCTION shut(int) RETURNS int LANGUAGE sql VOLATILE BEGIN ATOMIC SELECT 1; END")
    session.execute(
        "REVOKE ALL ON FUNCTION shut FROM PUBLIC; CREATE ROLE ward LOGIN; GRANT USAGE ON SCHEMA ward TO ward"
    )
    session.execute(f"CREATE VIEW seen AS {made}; GRANT SELECT ON seen TO ward")
    guest = connect(postgres_url.replace("postgres:@", "ward@"))
    try:
        with pytest.raises(EngineError) as caught:
            guest.run("SELECT sum(x) FROM ward.seen")
    finally:
        guest.close()
        session.execute("DROP SCHEMA ward CASCADE; DROP ROLE ward")
    assert (caught.value.message, caught.value.kind) == (said, "data")


def test_messages_are_in_english_where_the_user_may_have_them_so(session: Postgres) -> None:
    assert session.run("SHOW lc_messages") == [("C",)]


def test_a_server_of_long_ago_is_refused(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psycopg.ConnectionInfo, "server_version", 130_011)
    with pytest.raises(EngineError, match=r"^the server has version 13\.11, and 14 or later is needed$"):
        connect(postgres_url)


def test_a_transaction_takes_place_or_nothing_of_it(session: Postgres) -> None:
    def broken(end: Callable[[], object]) -> None:
        with session.transaction():
            session.execute("INSERT INTO kept VALUES (1, 'a')")
            end()

    with pytest.raises(EngineError):
        broken(lambda: session.execute("SELECT 1 / 0"))
    with pytest.raises(KeyboardInterrupt):
        broken(partial(signal.raise_signal, signal.SIGINT))
    assert session.run("SELECT * FROM kept") == []
    with session.transaction():
        session.execute("INSERT INTO kept VALUES (3, 'c')")
    assert session.run("SELECT * FROM kept") == [(3, "c")]


def test_bytes_become_rows_and_a_stream_that_breaks_off_leaves_none(session: Postgres) -> None:
    def broken() -> Iterator[bytes]:
        yield b"4,d\n"
        raise ZeroDivisionError

    copy = "COPY kept FROM STDIN (FORMAT csv)"
    assert session.copy_in(copy, [b"1,", b'"a\nb"\n2', b',\n3,""\n']) == 3
    assert session.run("SELECT * FROM kept ORDER BY one") == [(1, "a\nb"), (2, None), (3, "")]
    with pytest.raises(ZeroDivisionError):
        session.copy_in(copy, broken())
    with pytest.raises(EngineError, match="invalid input syntax for type integer") as caught:
        session.copy_in(copy, [b"one,a\n"])
    assert caught.value.kind == "data"
    assert session.run("SELECT count(*) FROM kept") == [(3,)]


def test_a_session_that_the_server_ends_is_a_lost_connection(postgres_url: str) -> None:
    session = connect(postgres_url)
    for _ in range(2):
        with pytest.raises(EngineError, match="the connection to the server was lost") as caught, session.transaction():
            session.run("SELECT pg_terminate_backend(pg_backend_pid())")
        assert caught.value.kind == "connection"
