"""PostgreSQL through psycopg 3: one session, UTC, read and computed as the server holds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql

from segrules.engines.engine import EngineError, ErrorKind


class Postgres:
    """One session. Made by `connect`."""

    dialect = "postgres"

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        try:
            return self._connection.execute(statement.encode()).fetchall()
        except psycopg.Error as error:
            raise _translated(error) from error

    def execute(self, statement: str) -> None:
        """Runs a statement whose rows, if any, nobody wants."""
        try:
            self._connection.execute(statement.encode())
        except psycopg.Error as error:
            raise _translated(error) from error

    def describe(self, statement: str) -> list[tuple[str, str]]:
        """Name and type of each column that a query would give."""
        try:
            cursor = self._connection.execute(f"SELECT * FROM ({statement}) AS described LIMIT 0".encode())
        except psycopg.Error as error:
            raise _translated(error) from error
        return [(column.name, column.type_display) for column in cursor.description or ()]

    def load(self, table: str, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[Any, ...]]) -> None:
        """Makes (or makes anew) a temporary table with these rows; each column is (name, PostgreSQL type)."""
        name = sql.Identifier(table)
        fields = [sql.SQL("{} {}").format(sql.Identifier(label), _type(kind)) for label, kind in columns]
        labels = sql.SQL(", ").join(sql.Identifier(label) for label, _ in columns)
        try:
            self._connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
            made = sql.SQL("CREATE TEMPORARY TABLE {} ({})").format(name, sql.SQL(", ").join(fields))
            self._connection.execute(made)
            with self._connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(name, labels)) as copy:
                for row in rows:
                    copy.write_row([list(value) if isinstance(value, tuple) else value for value in row])
        except psycopg.Error as error:
            raise _translated(error) from error

    def interrupt(self) -> None:
        self._connection.cancel()

    def progress(self) -> float | None:
        return None

    def close(self) -> None:
        self._connection.close()


def connect(url: str) -> Postgres:
    """A session on the server that `url` (postgresql://…) names, in UTC."""
    try:
        connection = psycopg.connect(url, autocommit=True, options="-c timezone=UTC -c client_encoding=utf8")
    except psycopg.Error as error:
        raise EngineError(f"the server cannot be reached ({_first_line(error)})", "connection") from error
    return Postgres(connection)


def _type(kind: str) -> sql.SQL:
    return sql.SQL(kind)  # a type's name from segrules.sql, not a user's text


_KINDS: dict[str, ErrorKind] = {
    "22003": "overflow",
    "53100": "disk-full",
    "53200": "memory",
    "42501": "permission",
    "42P01": "missing",
    "57014": "interrupted",
}


def _translated(error: psycopg.Error) -> EngineError:
    """The server's own words; https://www.postgresql.org/docs/current/errcodes-appendix.html has the codes."""
    state = error.sqlstate or ""
    kind = _KINDS.get(state) or ("data" if state.startswith("22") else "internal")
    return EngineError(_first_line(error), kind)


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().split("\n", 1)[0]
