"""What every engine gives: rows for a statement, and one kind of error said in words a data engineer knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from typing import Literal as OneOf

ErrorKind = OneOf[
    "data",
    "overflow",
    "disk-full",
    "memory",
    "timeout",
    "limit",
    "interrupted",
    "permission",
    "missing",
    "connection",
    "internal",
]


class EngineError(Exception):
    """A statement that an engine could not finish.

    `kind` says whose turn it is: data (a file that cannot be read as what it claims to be), overflow (a number out of
    range), disk-full, memory, timeout (of the server), limit (a statement that is too wide or deep for it), permission,
    missing (a file or table), connection, interrupted (the user stopped it), internal (a fault of segrules or of
    the engine). `path` is the file it is about, where the engine names one.
    """

    def __init__(self, message: str, kind: ErrorKind, path: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.path = path


@dataclass(frozen=True, slots=True)
class TablePlace:
    """The full name of a table, as statements give it; None where an engine finds out for itself."""

    catalog: str | None
    schema: str | None
    name: str


_NAMED = re.compile(r"""(?:("(?:[^"]|"")+"|[^."]*)\.)?("(?:[^"]|"")+"|[^."]*)""")


def named_table(table: str) -> tuple[str | None, str]:
    """Schema, if one is named, and name of what `table` or `schema.table` says; a dot in double quotes is a name's."""
    found = _NAMED.fullmatch(table)
    schema, name = found.groups() if found else table.rpartition(".")[::2]
    return _unquoted(schema or "") or None, _unquoted(name)


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name[:1] == '"' == name[-1:] and len(name) > 2 else name


class Engine(Protocol):
    """An open connection. Statements are text of the engine's own dialect; no method builds a query."""

    @property
    def dialect(self) -> str: ...

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""

    def execute(self, statement: str) -> None:
        """Runs a statement whose rows, if any, nobody wants."""

    def describe(self, statement: str) -> list[tuple[str, str]]:
        """Name and engine's type of each column that a query would give."""

    def locate(self, table: str) -> TablePlace | None:
        """Where a table is that a source names, as `named_table` reads it; None where the engine keeps no tables."""

    def load(self, table: str, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[Any, ...]]) -> None:
        """Makes (or makes anew) a temporary table with these rows: for the given rows of tests."""

    @property
    def version(self) -> str:
        """Of the engine, as it says it."""

    def hold(self) -> None:
        """From here on all statements see the data as it is now, where the engine can."""

    def interrupt(self) -> None:
        """Stops the running statement, from another thread."""

    def progress(self) -> float | None:
        """The share, 0 to 1, of the running statement that is done, where the engine knows it."""

    def close(self) -> None: ...


@runtime_checkable
class Cluster(Engine, Protocol):
    """An engine of many machines, which write what they have computed themselves."""

    @property
    def keeps_tables(self) -> bool:
        """Whether tables that are made in its catalog are there after `close`."""

    def write_parquet(self, statement: str, folder: str, partitions: Sequence[str] = ()) -> None:
        """Adds a query's rows to a folder of Parquet files, with a folder below it for each value of these columns."""

    def execute_beside(self, statement: str) -> None:
        """Runs a statement in the session that ran before ours, if there is one: what it knows of tables is its own."""

    def folders(self, above: str) -> list[str]:
        """The names of the folders right below one, also if it is not there."""

    def remove(self, folder: str) -> None:
        """Takes a folder away, with all that is in it."""


@runtime_checkable
class Server(Engine, Protocol):
    """An engine that is elsewhere, from which rows are brought here."""

    def copy_out(self, statement: str) -> Iterator[bytes]:
        """What a statement writes, in pieces."""
