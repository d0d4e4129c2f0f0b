"""Members into a table of PostgreSQL: one transaction, in which they arrive in a temporary table and are then taken on.

Whoever reads the table meanwhile sees what was there before. Rows are replaced and not the table, so that rights,
views and indexes stay. The table is looked at before anything is computed, and again in the transaction.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from segrules.engines.engine import Engine, EngineError
from segrules.planning.time import AsOf
from segrules.sql import delivery_tables as statements
from segrules.sql.delivery import Columns, csv_statement, nul_query
from segrules.sql.delivery_tables import Place
from segrules.sql.writes import Query
from segrules.workflows.delivering.target import Delivered, Mode, TableTarget, refuse_long_names
from segrules.workflows.output import OutputRefused

if TYPE_CHECKING:
    from segrules.engines.postgres import Postgres

Filling = Callable[["Postgres", Columns], int]
"""Puts an entity's members into the table that waits for them in a session; how many there are."""

_CHUNK = 1 << 18
_NOT_SQL = "42601"
"""What the server says of a statement that is none: https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def check_tables(
    target: TableTarget, entities: Mapping[str, Columns], as_of: AsOf, engine: Engine, sources: Collection[str]
) -> None:
    """OutputRefused where the server, its rights or the tables that are there already do not take the members.

    sources: the tables of the engine that the project reads.
    """
    with _session(target) as session:
        for entity, columns in entities.items():
            _refuse_source(session, target.place(entity), engine, sources)
            _usable(session, target, target.place(entity), columns, as_of)


def into_tables(
    target: TableTarget,
    entities: Mapping[str, tuple[Columns, Filling]],
    segments: Mapping[str, Sequence[str]] | None,
    as_of: AsOf,
) -> tuple[Delivered, ...]:
    """Writes each entity's members in one transaction. segments: by entity those that are replaced; None: all."""
    with _session(target) as session, session.transaction():
        host, database = session.place
        delivered = []
        for entity, (columns, fill) in entities.items():
            own = None if segments is None else segments[entity]
            schema = _prepared(session, target, target.place(entity), columns, as_of)
            place = Place(schema, target.place(entity).table)
            make, _ = statements.arriving_statements(columns)
            session.execute(make)
            rows = fill(session, columns)
            session.execute(statements.analyze_statement())
            entered, left = _taken_on(session, target, place, columns, own, as_of)
            session.execute(statements.drop_statement())
            if target.mode == "delta":
                rows = (entered or 0) + (left or 0)
            where = {"host": host, "database": database, "table": str(place)}
            delivered.append(Delivered(entity, target.mode, str(place), where, rows, entered, left))
    return tuple(delivered)


def streamed(engine: Engine, query: Query, folder: Path) -> Filling:
    """Rows as CSV of the engine that computed them, read by the server as they come. folder: where the pipe is made."""

    def fill(session: Postgres, columns: Columns) -> int:
        _, copy = statements.arriving_statements(columns)
        path = folder / "members.csv"
        try:
            with closing(_csv(engine, csv_statement(query, columns, str(path.absolute())), path)) as chunks:
                return session.copy_in(copy, chunks)
        except EngineError as error:
            _refuse_nul(engine, query, columns)
            raise error

    return fill


def _taken_on(
    session: Postgres,
    target: TableTarget,
    place: Place,
    columns: Columns,
    segments: Sequence[str] | None,
    as_of: AsOf,
) -> tuple[int | None, int | None]:
    """Takes what arrived into the table, as the mode says; how many entered and left, where that is known."""
    match target.mode:
        case "replace":
            ((entered, left),) = session.run(statements.moves_query(place, columns, segments))
            session.execute(statements.delete_statement(place, segments, None))
            session.execute(statements.insert_statement(place, columns, as_of))
            return entered, left
        case "append":
            session.execute(statements.delete_statement(place, segments, as_of))
            session.execute(statements.insert_statement(place, columns, as_of))
            return None, None
        case "delta":
            ((newest, is_later),) = session.run(statements.newest_query(place, as_of))
            if is_later:
                message = f"the log `{place}` goes on to {newest}, which is after {as_of.given.isoformat()}"
                raise OutputRefused(message, "changes are told in order: run a later day, or begin another log")
            session.execute(statements.delete_statement(place, segments, as_of))
            session.execute(statements.insert_changes_statement(place, columns, segments, as_of))
            ((entered, left),) = session.run(statements.change_counts_query(place, segments, as_of))
            return entered, left


def _prepared(session: Postgres, target: TableTarget, place: Place, columns: Columns, as_of: AsOf) -> str:
    """Keeps other runs away from the table until the transaction ends, and makes it if need be; its schema."""
    schema, is_there = _usable(session, target, place, columns, as_of)
    number = int.from_bytes(hashlib.sha256(f"segrules {schema}.{place.table}".encode()).digest()[:7])
    ((is_ours,),) = session.run(statements.lock_query(number))
    if not is_ours:
        raise OutputRefused(f"another run is writing to `{schema}.{place.table}`", "wait for it, and run again")
    if not is_there:
        is_log = target.mode == "delta"
        session.execute(
            statements.create_statement(
                Place(schema, place.table), columns, as_of, is_log=is_log, is_dated=target.mode != "replace"
            )
        )
    return schema


def _usable(session: Postgres, target: TableTarget, place: Place, columns: Columns, as_of: AsOf) -> tuple[str, bool]:
    """The table's schema and whether it is there, or OutputRefused where it cannot be made or written as it is."""
    is_log = target.mode == "delta"
    wanted = statements.wanted(columns, as_of, is_log=is_log)
    refuse_long_names([*filter(None, (place.schema, place.table)), *(name for name, _ in wanted)])
    (facts,) = session.run(statements.facts_query(place))
    schema, may_make, may_stage, kind, *rights = facts
    if schema is None:
        message = f"there is no schema `{place.schema}`" if place.schema else "the search path has no schema"
        raise OutputRefused(message, "name one that is there: `…/database/schema.table`")
    if not may_stage:
        raise OutputRefused("the user may not make temporary tables", "GRANT TEMPORARY ON DATABASE … TO …")
    if kind is None:
        if not may_make:
            help = "GRANT CREATE ON SCHEMA … TO …, or make the table first"
            raise OutputRefused(f"the user may not make a table in the schema `{schema}`", help)
        return schema, False
    if kind not in ("r", "p"):
        raise OutputRefused(f"`{place}` is there and is no table", "name another one")
    for right, has in zip(("SELECT", "INSERT", "DELETE"), rights, strict=True):
        if not has:
            help = "GRANT SELECT, INSERT, DELETE ON … TO …"
            raise OutputRefused(f"the user has no right to {right} in the table `{place}`", help)
    key = {name for (name,) in session.run(statements.primary_key_query(place))}
    _refuse_other_mode(place, key, target.mode)
    _refuse_other_columns(place, wanted, session.run(statements.columns_query(place)), is_log)
    if target.mode == "replace" and not key and session.run(statements.several_query(place)):
        _refuse_to_lose(f"the table `{place}` has rows of several as-ofs")
    return schema, True


def _refuse_source(session: Postgres, place: Place, engine: Engine, sources: Collection[str]) -> None:
    """A table of the same database must not be one that the project reads, by itself or through a view."""
    if engine.dialect != session.dialect or engine.run(statements.server_query()) != session.run(
        statements.server_query()
    ):
        return
    written = set(session.run(statements.relations_query(place)))
    for source in sources:
        found = engine.locate(source)
        if found is None or written.isdisjoint(engine.run(statements.relations_query(Place(found.schema, found.name)))):
            continue
        message = f"`{place}` is a source of the project"
        if str(place) != source:
            message = f"`{place}` is read by the project, as `{source}`"
        raise OutputRefused(message, "name another table with --to")


def _refuse_other_columns(
    place: Place,
    wanted: Sequence[tuple[str, str]],
    found: Sequence[tuple[str, str]],
    is_log: bool,
) -> None:
    there = dict(found)
    missing = [f"`{name}` ({made})" for name, made in wanted if name not in there]
    if missing:
        help = "ALTER TABLE … ADD COLUMN, or name another table, which is made"
        raise OutputRefused(f"the table `{place}` has no column {', '.join(missing)}", help)
    if "change" in there and not is_log:
        help = "write with --mode delta, or name another table"
        raise OutputRefused(f"the table `{place}` has a column `change`: it is a log of changes", help)
    for name, made in wanted:
        if not statements.fits(there[name], made):
            message = f"the column `{name}` of the table `{place}` is {there[name]}, and {made} is written into it"
            raise OutputRefused(message, "ALTER TABLE … ALTER COLUMN … TYPE, or name another table, which is made")


def _refuse_other_mode(place: Place, key: Collection[str], mode: Mode) -> None:
    """A primary key tells of how many as-ofs a table is: `replace` would lose all but one, the others find no room."""
    if mode == "replace" and "as_of" in key:
        _refuse_to_lose(f"the table `{place}` has a primary key with `as_of`: it is for several as-ofs")
    if mode != "replace" and key and "as_of" not in key:
        message = f"the table `{place}` has a primary key without `as_of`: it has room for one as-of"
        raise OutputRefused(message, "write with --mode replace, or name another table")


def _refuse_to_lose(what: str) -> NoReturn:
    raise OutputRefused(
        f"{what}, of which --mode replace would keep one", "write with --mode append, or name another table"
    )


def _csv(engine: Engine, statement: str, path: Path) -> Generator[bytes, None, None]:
    """The bytes that a COPY writes to `path`, through a pipe where there are such files, while it writes them."""
    try:
        os.mkfifo(path)
    except (AttributeError, OSError):  # Windows, and file systems of networks
        engine.execute(statement)
        with path.open("rb") as file:
            yield from iter(partial(file.read, _CHUNK), b"")
        path.unlink()
        return
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writing = os.open(path, os.O_WRONLY)  # a reader meets the end when this is closed, also if nothing was written
    os.set_blocking(reading, True)
    broken: list[BaseException] = []
    is_over = threading.Event()

    def write() -> None:
        try:
            if not is_over.is_set():
                engine.execute(statement)
        except BaseException as error:
            broken.append(error)
        finally:
            os.close(writing)

    writer = threading.Thread(target=write, daemon=True)
    try:
        writer.start()
        yield from iter(partial(os.read, reading, _CHUNK), b"")
        writer.join()
        if broken:
            raise _Uncomputed(broken[0])
    finally:
        is_over.set()  # a signal may have come while the thread was starting
        os.set_blocking(reading, False)
        while writer.is_alive():  # it heeds no interrupt while it waits for a reader to come, or to go on
            engine.interrupt()
            with suppress(BlockingIOError):
                os.read(reading, _CHUNK)
            writer.join(0.01)
        os.close(reading)
        path.unlink()


class _Uncomputed(Exception):
    """The rows themselves could not be computed or read; it holds the error that says so."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error


def _refuse_nul(engine: Engine, query: Query, columns: Columns) -> None:
    statement = nul_query(query, columns)
    for key, name in engine.run(statement) if statement else ():
        shown = str(key).replace("\0", r"\0")
        message = f"`{name}` of `{shown}` has a NUL character, which PostgreSQL cannot hold"
        raise OutputRefused(message, "take it out of the data, or the column out of `carry`")


@contextmanager
def _session(target: TableTarget) -> Iterator[Postgres]:
    """A session that ends with the body; what the server refuses becomes OutputRefused."""
    try:
        from segrules.engines.postgres import connect  # an extra
    except ImportError:
        help = "pip install 'segrules[postgres]'"
        raise OutputRefused("members cannot be written to PostgreSQL: psycopg is not installed", help) from None
    shown, is_open = Place(target.schema, target.table), False
    try:
        with closing(connect(target.url)) as session:
            is_open = True
            yield session
    except _Uncomputed as broken:
        raise broken.error from None
    except EngineError as error:
        if error.kind == "internal" and getattr(error.__cause__, "sqlstate", None) in (None, _NOT_SQL):
            raise
        is_sure = error.kind != "connection" or not is_open  # it can be lost while the server ends the transaction
        help = "nothing of it was changed" if is_sure else "run it again: it may be changed or not, and never half"
        raise OutputRefused(f"`{shown}` cannot be written: {error.message}", help) from None
