"""PostgreSQL through psycopg 3: one session, UTC, read and computed as the server holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from segrules.engines.engine import EngineError, ErrorKind, TablePlace, named_table


class Postgres:
    """One session. Made by `connect`."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self.dialect = "postgres" if connection.info.server_version >= 170_000 else "postgres, version=14"
        self._is_holding = False
        self._is_interrupted = False

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._translating():
            return self._connection.execute(_sent(statement)).fetchall()

    def execute(self, statement: str) -> None:
        """Runs a statement whose rows, if any, nobody wants."""
        with self._translating():
            self._connection.execute(_sent(statement))

    def describe(self, statement: str) -> list[tuple[str, str]]:
        """Name and type, as the server writes it, of each column that a query would give; an enum is `enum`."""
        with self._translating():
            cursor = self._connection.execute(f"SELECT * FROM ({statement}) AS described LIMIT 0".encode())
            found = cursor.description or []
            numbers, modifiers = ([column.type_code for column in found], [column._fmod for column in found])
            kinds = self._connection.execute(_KINDS_OF_COLUMNS, (numbers, modifiers)).fetchall()
        return [(column.name, str(kind)) for column, (kind,) in zip(found, kinds, strict=True)]

    def copy_out(self, statement: str) -> Iterator[bytes]:
        """What a COPY TO STDOUT writes, in pieces."""
        with self._translating(), self._connection.cursor().copy(statement.encode()) as copy:
            for chunk in copy:
                yield bytes(chunk)

    @property
    def version(self) -> str:
        number = self._connection.info.server_version
        return f"{number // 10_000}.{number % 10_000}"

    def hold(self) -> None:
        """A transaction that sees the data of its first statement until the session ends, which rolls it back."""
        with self._translating():
            self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        self._is_holding = True

    @contextmanager
    def _translating(self) -> Iterator[None]:
        """Errors in our words. What is held is let go where one has ended its transaction, and held anew."""
        try:
            yield
        except psycopg.Error as error:
            if self._is_holding and not self._connection.broken:
                with suppress(psycopg.Error):
                    self._connection.execute("ROLLBACK")
                    self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            raise _translated(error, self._is_interrupted) from error

    def locate(self, table: str) -> TablePlace:
        """Of a table of the server; without a schema, the search path finds it."""
        return TablePlace(None, *named_table(table))

    def load(self, table: str, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[Any, ...]]) -> None:
        """Makes (or makes anew) a temporary table with these rows; each column is (name, PostgreSQL type)."""
        name = sql.Identifier(table)
        fields = [sql.SQL("{} {}").format(sql.Identifier(label), _type(kind)) for label, kind in columns]
        labels = sql.SQL(", ").join(sql.Identifier(label) for label, _ in columns)
        with self._translating():
            self._connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
            made = sql.SQL("CREATE TEMPORARY TABLE {} ({})").format(name, sql.SQL(", ").join(fields))
            self._connection.execute(made)
            with self._connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(name, labels)) as copy:
                for row in rows:
                    copy.write_row([list(value) if isinstance(value, tuple) else value for value in row])

    @property
    def place(self) -> tuple[str, str]:
        """The server's host (or the folder of its socket), and the database."""
        return self._connection.info.host, self._connection.info.dbname

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done in the body takes place, or nothing of it: also where the program or the server ends."""
        try:
            self._connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")  # each statement sees what others did
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            if not self._connection.broken:
                with suppress(psycopg.Error):
                    self._connection.execute("ROLLBACK")
            if isinstance(error, psycopg.Error):
                raise _translated(error, self._is_interrupted) from error
            raise

    def copy_in(self, statement: str, chunks: Iterable[bytes]) -> int:
        """Runs a COPY FROM STDIN that reads these bytes, as they come; how many rows there were."""
        cursor = self._connection.cursor()
        with self._translating(), cursor.copy(statement.encode()) as copy:
            for chunk in chunks:
                copy.write(chunk)
        return cursor.rowcount

    def interrupt(self) -> None:
        self._is_interrupted = True
        self._connection.cancel()

    def progress(self) -> float | None:
        return None

    def close(self) -> None:
        self._connection.close()


_KINDS_OF_COLUMNS = """
SELECT CASE WHEN typtype = 'e' THEN 'enum' ELSE format_type(number, modifier) END
FROM unnest(%s::oid[], %s::int[]) WITH ORDINALITY AS described (number, modifier, place) JOIN pg_type ON oid = number
ORDER BY place
"""
_SETTINGS = {  # what a user, a database or a server may have set otherwise; compiling takes longer than it spares
    "timezone": "UTC", "datestyle": "ISO", "intervalstyle": "postgres", "extra_float_digits": "1",
    "bytea_output": "hex", "array_nulls": "on", "standard_conforming_strings": "on", "transform_null_equals": "off",
    "default_transaction_read_only": "off", "idle_in_transaction_session_timeout": "0", "idle_session_timeout": "0",
    "jit": "off", "lc_messages": "C",
}  # fmt: skip
_SET = """
SELECT set_config(setting, wanted, false) FROM unnest(%s::text[], %s::text[]) AS own (setting, wanted)
WHERE setting <> 'lc_messages' OR current_setting('is_superuser') = 'on'
"""
_OLDEST = 14


def _sent(statement: str) -> bytes:
    """A statement as the server gets it, which would end at the character NUL."""
    if "\0" in statement:
        raise EngineError("a rule has a text with the character NUL, which no text of PostgreSQL has", "data")
    return statement.encode()


def connect(url: str) -> Postgres:
    """A session on the server that `url` (postgresql://…) names, in UTC.

    What the URL leaves out is as libpq has it: PGPASSWORD, ~/.pgpass, a service. No error tells the URL or a password.
    """
    try:
        own = make_conninfo(url, client_encoding="utf8", application_name="segrules")
        connection = psycopg.connect(own, autocommit=True)
    except psycopg.Error as error:
        raise EngineError(_why_not_connected(error, url), "connection") from None
    try:
        _adjust(connection)
    except EngineError:
        connection.close()
        raise
    return Postgres(connection)


def _adjust(connection: psycopg.Connection) -> None:
    """Our own settings, beside those of the URL, PGOPTIONS or a service, which the connection began with."""
    if connection.info.server_version < _OLDEST * 10_000:
        version = Postgres(connection).version
        raise EngineError(f"the server has version {version}, and {_OLDEST} or later is needed", "connection")
    try:
        connection.execute(_SET, (list(_SETTINGS), list(_SETTINGS.values())))
    except psycopg.Error as error:
        raise _translated(error) from error


# What libpq and the server say of a connection, and how to say it. The first that matches counts.
_CONNECTION: tuple[tuple[str, str], ...] = (
    (r"password authentication failed", "the server refuses the user or the password"),
    (r"no password supplied", "the server asks for a password: set PGPASSWORD, or write it into ~/.pgpass"),
    (r'database "(.+)" does not exist', "the server has no database `{0}`"),
    (r'role "(.+)" does not exist', "the server knows no user `{0}`"),
    (r'server at "(.+?)".*?, port (\d+) failed: Connection refused', "no server answers at {0}, port {1}"),
    (r'socket "(.+?)" failed: (?:No such file|Connection refused)', "no server answers at the socket {0}"),
    (r"could not translate host name|failed to resolve host", "the server's host is not known"),
    (r"timeout expired|[Cc]onnection timed out", "the server does not answer"),
    (r"too many clients|remaining connection slots", "the server has no connection left"),
    (r"starting up|shutting down", "the server is starting or stopping"),
)


def _why_not_connected(error: psycopg.Error, url: str) -> str:
    text = str(error).strip()
    for pattern, words in _CONNECTION:
        if found := re.search(pattern, text):
            return words.format(*found.groups())
    first = re.sub(r"^.*(?:failed|bad): +(?:FATAL: +)?", "", text.split("\n", 1)[0])
    return f"the server cannot be reached ({_without_password(first, url)})"


def _without_password(text: str, url: str) -> str:
    """The text without what stands in a URL where a password can."""
    for secret in re.findall(r"^[^:]*://[^:/?#@]*:([^/?#]+)@|[?&]password=([^&#]+)", url):
        for part in filter(None, secret):
            text = text.replace(part, "***").replace(unquote(part), "***")
    return text


def _type(kind: str) -> sql.SQL:
    return sql.SQL(kind)  # a type's name from segrules.sql, not a user's text


_DIVISION_BY_ZERO = "22012"  # which no rule does
_UNDEFINED = "42704"
_CANCELED = "57014"  # by the user, by somebody else, or by a timeout
_KINDS: dict[str, ErrorKind] = {
    "22003": "overflow",
    "25006": "permission",
    "40001": "timeout",
    "40P01": "timeout",
    "55P03": "timeout",
    "53100": "disk-full",
    "53200": "memory",
    "42501": "data",  # members are written by sessions that say so themselves
    "42P01": "missing",
    "25P03": "connection",
    "25P04": "connection",
    _CANCELED: "timeout",
}
_LIMIT = "54"  # program limit exceeded: columns, nesting, sizes
_LOST = ("08", "57P")  # connection exceptions, and a server or a session that is ended
_UNFIT = ("22", "23", "P0001")  # values, constraints, and what a trigger refuses


def _translated(error: psycopg.Error, is_interrupted: bool = False) -> EngineError:
    """The server's own words; https://www.postgresql.org/docs/current/errcodes-appendix.html has the codes."""
    state = error.sqlstate or ""
    if state.startswith(_LOST) or (not state and isinstance(error, psycopg.OperationalError)):
        return EngineError("the connection to the server was lost", "connection")
    kind = _KINDS.get(state) or ("data" if state.startswith(_UNFIT) else "internal")
    if state.startswith(_LIMIT):
        kind = "limit"
    if state == _CANCELED and is_interrupted:
        kind = "interrupted"
    message = _first_line(error)
    if state == _DIVISION_BY_ZERO:
        message += ", in a view or a function of the database"
    if state == _UNDEFINED and (collation := re.search(r'"(pg_c_utf8|C\.utf8)"', message)):
        message = f"`lower` and `upper` need the collation `{collation[1]}`, which this database does not have"
        kind = "data"
    return EngineError(message, kind)


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().split("\n", 1)[0]
