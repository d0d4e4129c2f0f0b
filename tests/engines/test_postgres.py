"""PostgreSQL as an engine: what a connection that fails says, transactions, rows as a stream of bytes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from functools import partial

import pytest

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
