"""DuckDB, locked down: it reads the files it was given, writes where it was told, and fetches nothing else."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from segrules.engines.arrow import ArrowFrame
from segrules.engines.aside import stoppable
from segrules.engines.engine import EngineError, ErrorKind, TablePlace, named_table
from segrules.engines.remote import RemoteFile, stored_at

if TYPE_CHECKING:
    from segrules.engines.lake_view import OnlyThese

T = TypeVar("T")
BATCH = 10_000  # rows per INSERT


class DuckDB:
    """One in-memory database. Made by `connect`."""

    dialect = "duckdb"

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, readable: Iterable[str] = (), catalog: str | None = None
    ) -> None:
        self._connection = connection
        self._readable = frozenset(map(glob.escape, readable))  # as a query names a path
        self._catalog = catalog
        self._lake: OnlyThese | None = None

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a query. A TIMESTAMP WITH TIME ZONE cannot be fetched: give it as a TIMESTAMP."""
        return self._guarded(lambda: self._connection.execute(statement).fetchall())

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> None:
        """Runs a statement whose rows, if any, nobody wants."""
        self._guarded(lambda: self._connection.execute(statement, parameters))

    def describe(self, statement: str) -> list[tuple[str, str]]:
        """Name and type of each column that a query would give."""
        return [(str(row[0]), str(row[1])) for row in self.run(f"DESCRIBE {statement}")]

    def reach(self, files: Sequence[RemoteFile]) -> None:
        """Makes files of stores readable; which of them may be read is said besides, as of other files."""
        from segrules.engines.lake_view import OnlyThese  # fsspec, where somebody has such a file

        self._lake = OnlyThese(files)
        self._connection.register_filesystem(self._lake)

    def locate(self, table: str) -> TablePlace | None:
        """Of a table of the attached database file, whose schema is `main` unless another is named."""
        if self._catalog is None:
            return None
        schema, name = named_table(table)
        return TablePlace(self._catalog, schema or "main", name)

    def load(self, table: str, columns: Sequence[tuple[str, str]], rows: Iterable[tuple[Any, ...]]) -> None:
        """Makes (or makes anew) a table with these rows; each column is (name, DuckDB type)."""
        name = _quoted(table)
        self.execute(f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{_quoted(c)} {kind}' for c, kind in columns)})")
        given = list(rows)
        lists = ", ".join(f"unnest(CAST(? AS {kind}[]))" for _, kind in columns)  # ten times as fast as `VALUES (?, …)`
        for start in range(0, len(given), BATCH):
            batch = given[start : start + BATCH]
            self.execute(f"INSERT INTO {name} SELECT {lists}", [list(values) for values in zip(*batch, strict=True)])

    def scan_frame(self, name: str, frame: ArrowFrame) -> list[tuple[str, str]]:
        """Gives a frame the name `name` in queries; name and DuckDB's type of each column that it can read.

        A table is scanned where it is, each time that a query names it; a reader is read now, into a table.
        """
        if frame.is_read_once:
            self._guarded(lambda: self._connection.register(f"reader {name}", frame.rows))
            self.execute(f"CREATE TEMPORARY TABLE {_quoted(name)} AS SELECT * FROM {_quoted(f'reader {name}')}")
            self._guarded(lambda: self._connection.unregister(f"reader {name}"))
        else:
            self._guarded(lambda: self._connection.register(name, frame.rows))
        return self.describe(f"SELECT * FROM {_quoted(name)}")

    def arrow(self, statement: str) -> Any:
        """The rows of a query as a table of pyarrow, which must be installed."""
        return self._guarded(lambda: self._connection.sql(statement).to_arrow_table())

    @property
    def version(self) -> str:
        return str(duckdb.__version__)

    def hold(self) -> None:
        """Nothing: files are not held, and a database file is open to this program alone."""

    def interrupt(self) -> None:
        if self._lake is not None:
            self._lake.stopped.set()
        self._connection.interrupt()

    def progress(self) -> float | None:
        """The share of the running statement that is done; None before the engine has an idea."""
        percent = self._connection.query_progress()
        return min(percent, 100.0) / 100.0 if percent >= 0 else None

    def close(self) -> None:
        self._connection.close()

    def _guarded(self, action: Callable[[], T]) -> T:
        if self._lake is not None:
            self._lake.stopped.clear()
        try:
            return stoppable(action, self.interrupt)  # DuckDB notices Ctrl-C only between long pieces of work
        except (duckdb.Error, RuntimeError) as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> EngineError:
        """DuckDB takes a file that is gone for a folder, which it then may not read."""
        if self._lake is not None and self._lake.failure is not None:
            failure, self._lake.failure = self._lake.failure, None
            return failure
        found = translate(error)
        path = (found.path or "").partition("/**/")[0]
        if found.kind == "permission" and path in self._readable:
            return EngineError(f"`{path}` is not there", "missing", path)
        return found


def connect(
    *,
    readable: Sequence[Path | RemoteFile] = (),
    writable: Sequence[Path] = (),
    database: Path | None = None,
    memory_limit: str | None = None,
    threads: int | None = None,
    temp_directory: Path | None = None,
    is_watched: bool = False,
    in_order: bool = False,
) -> DuckDB:
    """A connection that reads exactly the files `readable` and writes only inside the folders `writable`.

    database: a file of DuckDB whose tables can be read, too, under what `locate` says. Without `temp_directory` nothing
    is spilled to disk. Afterwards no setting can be changed. Rows have no order but the one that a statement asks for;
    in_order: or that they have in a file. is_watched: `progress` will be asked for.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "temp_directory": "" if temp_directory is None else str(temp_directory.absolute()),
        "default_order": "asc",
        "default_null_order": "nulls_last",
        "preserve_insertion_order": in_order,
    }
    if memory_limit is not None:
        config["memory_limit"] = memory_limit
    if threads is not None:
        config["threads"] = threads
    try:
        connection = duckdb.connect(":memory:", config=config)
    except duckdb.Error as error:
        raise translate(error) from error
    addresses = [stored_at(file) for file in readable]
    engine = DuckDB(connection, addresses, _attached(connection, database) if database is not None else None)
    folders = [*writable, *([temp_directory] if temp_directory else [])]
    engine.execute("SET TimeZone = 'UTC'")
    _silence_progress(engine, is_watched)
    if remote := [file for file in readable if isinstance(file, RemoteFile)]:
        engine.reach(remote)
    engine.execute(f"SET allowed_paths = {_texts([*addresses, *map(glob.escape, addresses)])}")
    engine.execute(f"SET allowed_directories = {_texts([stored_at(folder) for folder in folders])}")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def _attached(connection: duckdb.DuckDBPyConnection, database: Path) -> str:
    """The name of the catalog that a database file is now, to be read only: the file's own, as DuckDB gives it."""
    is_reserved = database.stem.casefold() in ("main", "memory", "system", "temp")
    name = f"{database.stem}_file" if is_reserved else database.stem
    path = str(database.absolute()).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{path}' AS {_quoted(name)} (READ_ONLY, TYPE duckdb)")
    except duckdb.Error as error:
        connection.close()
        raise _not_attached(str(error), database) from error
    return name


def _not_attached(text: str, database: Path) -> EngineError:
    """Why a database file cannot be opened; https://duckdb.org/docs/current/connect/concurrency tells of its lock."""
    shown = f"`{database}`"
    kind, message = next(
        ((kind, message) for pattern, kind, message in _NOT_ATTACHED if re.search(pattern, text)),
        ("data", f"cannot be opened as a database of DuckDB ({text.split(chr(10), 1)[0]})"),
    )
    return EngineError(f"{shown} {message}", kind, str(database))


def _silence_progress(engine: DuckDB, is_watched: bool) -> None:
    """No bar of DuckDB's own. In Jupyter it has one unless told otherwise, and the settings fail without ipywidgets."""
    if is_watched:
        engine.execute("SET enable_progress_bar = true")  # progress() reads it; a bar is printed after so many ms:
        engine.execute(f"SET progress_bar_time = {2**31 - 1}")  # never; `enable_progress_bar_print` is not obeyed
    elif engine.run("SELECT current_setting('enable_progress_bar')") == [(True,)]:
        engine.execute("SET enable_progress_bar = false")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _texts(values: Sequence[str]) -> str:
    texts = (value.replace("'", "''") for value in values)
    return "[" + ", ".join(f"'{text}'" for text in texts) + "]"


# What DuckDB says, what that is, and how to say it. The first that matches counts.
_MESSAGES: tuple[tuple[str, ErrorKind, str], ...] = (
    (r"INTERRUPT|Query interrupted", "interrupted", "stopped"),
    (r"max_temp_directory_size", "disk-full", "no space left for temporary files"),
    (r"No space left on device|Disk quota exceeded|File too large", "disk-full", "no space left on the disk"),
    (r"Out of Memory Error", "memory", "the run needs more memory than it may use"),
    (r"Cannot access file", "permission", "{path} is neither a source of the project nor inside the output folder"),
    (r"Permission denied", "permission", "{path} cannot be opened: permission denied"),
    (r"Read-only file system", "permission", "{path} cannot be written: the disk is read-only"),
    (r"No files found that match|Cannot open file", "missing", "{path} is not there"),
    (r"Corrupt database file", "data", "the database is damaged: a part of it cannot be read"),
    (r"Table with name .* does not exist", "missing", "there is no table `{table}`"),
    (r"Unknown TimeZone", "data", "the engine does not know the time zone {path}"),
    (
        r"Footer length error|No magic bytes|too small to be a Parquet",
        "data",
        "{path} is damaged or not a Parquet file",
    ),
    (r"Failed to read file", "data", "{path} is damaged: a part of it cannot be read"),
    (r"not a GZIP stream", "data", "{path} is damaged or not a gzip file"),
    (r"Malformed JSON", "data", "{path}: line {line} is not JSON"),
    (r"Out of Range Error|Overflow in", "overflow", "a number became too large: {inside}"),
    (
        r"Could not cast value|Could not convert|Conversion Error",
        "data",
        "a stored value does not fit its type ({first})",
    ),
)
# The same of a database file that is to be opened.
_NOT_ATTACHED: tuple[tuple[str, ErrorKind, str], ...] = (
    (r"database does not exist", "missing", "is not there"),
    (r"Is a directory", "missing", "is a folder, not a database file"),
    (r"Permission denied", "permission", "cannot be opened: permission denied"),
    (
        r"Could not set lock|Unique file handle conflict",
        "connection",
        "is open for writing elsewhere: end that program or its connection, and run this again",
    ),
    (r"version number|newer version", "data", f"was written by a newer DuckDB than this, {duckdb.__version__}"),
    (r"encrypted|encryption key|without a key", "permission", "is encrypted, and no key can be given"),
    (r"not a valid DuckDB database", "data", "is not a database of DuckDB"),
    (r"Corrupt database|Could not read enough bytes|checksum", "data", "is damaged: a part of it cannot be read"),
)
_PATH = re.compile(r"""(?:file|File|pattern|TimeZone) (["'])(?P<path>.+?)\1(?=[\s,:.!]|$)|stream: (?P<stream>\S.*)""")


def translate(error: Exception) -> EngineError:
    """The engine's own exception in words of ours, as short as they can be without losing the file and the row."""
    text = str(error)
    if "CSV Error on Line" in text or "CSV Parser" in text:
        return _csv_error(text)
    first = text.split("\n", 1)[0].strip()
    kind, message = next(
        ((kind, message) for pattern, kind, message in _MESSAGES if re.search(pattern, text)), ("internal", "{first}")
    )
    found = _PATH.search(text.replace('\\"', '"'))
    path = (found["path"] or found["stream"]) if found else None
    line = re.search(r"in (?:line|record/value) (\d+)", text)
    sum_of = re.search(r"of [A-Z0-9]+(?:\(\d+\))? \((.+?)\)[!.]", first)  # `Overflow in addition of INT64 (1 + 2)!`
    inside = sum_of[1] if sum_of else first
    table = re.search(r'Table with name "?(.+?)"? does not exist', first)
    words = message.format(
        path=f"`{path}`" if path else "a file",
        line=line[1] if line else "?",
        first=first,
        inside=inside,
        table=table[1] if table else "",
    )
    return EngineError(words, kind, path)


def _csv_error(text: str) -> EngineError:
    """`orders.csv: line 3 has 3 fields where 2 are expected`."""
    file = re.search(r"^\s*file = (.+)$", text, re.MULTILINE)
    line = re.search(r"CSV Error on Line: (\d+)", text)
    path = file.group(1).strip() if file else None
    where = f"`{path}`: line {line.group(1)}" if line else f"`{path}`: a line"
    fields = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if fields:
        found = "1 field" if fields.group(2) == "1" else f"{fields.group(2)} fields"
        message = f"{where} has {found} where the header has {fields.group(1)}"
    elif "unterminated quote" in text:
        message = f"{where} opens a quote that nothing closes"
    elif "unicode" in text or "not utf-8" in text:
        message = f"{where} is not UTF-8 text (state the file's `encoding` in `format`)"
    elif "Maximum line size" in text:
        message = f"{where} is longer than 2 MB"
    elif "invalid state" in text:
        message = f"`{path}` has lines that end in different ways, or text after a closing quote"
    else:
        message = f"{where} cannot be read as CSV"
    return EngineError(message, "data", path)
