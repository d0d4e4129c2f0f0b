"""The engine of a run: which one was chosen, and a connection to it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import Engine, EngineError
from segrules.project.engine_choice import EngineChoice, EngineKind, NotAnEngine, engine_choice, engine_finding
from segrules.project.model import Project
from segrules.workflows.frames import Frames
from segrules.workflows.sources import Sources, data_finding

EVERY: frozenset[EngineKind] = frozenset(("duckdb", "postgres", "spark"))
ONLY_DUCKDB: frozenset[EngineKind] = frozenset(("duckdb",))

NAMES = {"duckdb": "DuckDB", "postgres": "PostgreSQL", "spark": "Spark"}
_READS = {"duckdb": ("csv", "json", "parquet", None), "postgres": (None,), "spark": ("parquet", None)}
_DRIVERS = {"postgres": "psycopg", "spark": "pyspark"}


def chosen_engine(project: Project, text: str | None, runs_on: frozenset[EngineKind]) -> EngineChoice | Diagnostic:
    """The engine that the command line names, else the project's, else DuckDB. runs_on: those that can do it."""
    try:
        choice = project.engine or EngineChoice("duckdb") if text is None else engine_choice(text)
    except NotAnEngine as error:
        return Diagnostic("invalid-engine", f"`--engine`: {error.message}", help=error.help)
    if choice.kind not in runs_on:
        message = f"this command runs on DuckDB only yet, and the project's engine is {NAMES[choice.kind]}"
        help = "`count` and `apply` run on it; an environment (`--env`) can name files and `engine: duckdb`"
        return engine_finding("not-supported-yet", message, choice.span, help)
    return choice


def connected(choice: EngineChoice) -> Engine | Diagnostic:
    """A connection to an engine that is a server, or why there is none."""
    driver = _DRIVERS[choice.kind]
    if find_spec(driver) is None:
        message = f"{NAMES[choice.kind]} cannot be used: the package `{driver}` is not installed"
        return engine_finding("engine-failed", message, choice.span, f"pip install 'segrules[{choice.kind}]'")
    try:
        if choice.kind == "spark":
            from segrules.engines.spark import connect as connect_spark

            return connect_spark(choice.url)
        from segrules.engines.postgres import connect as connect_postgres

        return connect_postgres(choice.url)
    except EngineError as error:
        return engine_finding("engine-failed", f"{NAMES[choice.kind]}: {error.message}", choice.span)


def kind_of(engine: Engine) -> str:
    """Which of NAMES an engine is: its dialect without a version."""
    return engine.dialect.partition(",")[0]


_CODES = {
    "disk-full": "output-refused",
    "permission": "output-refused",
    "overflow": "number-too-large",
    "connection": "engine-failed",
    "timeout": "engine-failed",
    "limit": "engine-failed",
}
_HELP = {"limit": "run fewer segments at once, with `--select`; or give a long rule's parts names of their own"}


def broken_off(error: EngineError, sources: Sources | None = None) -> Diagnostic:
    """What to say where the engine broke off, at the source whose file it is about. Nobody's mistake is raised on."""
    if error.kind in ("internal", "interrupted"):
        raise error
    source = sources.source_of(error) if sources is not None else None
    if source is not None:
        return data_finding(error, source)
    return Diagnostic(_CODES.get(error.kind, "data-unreadable"), error.message, help=_HELP.get(error.kind))


def foreign_sources(choice: EngineChoice, sources: Sources, frames: Frames) -> Iterator[Diagnostic]:
    """A finding for each source that the engine cannot read: files and frames of this machine."""
    readable = _READS[choice.kind]
    for opened in sources.tables.values():
        if opened.kind not in readable:
            message = f"`{opened.source.path}` is a file that {NAMES[choice.kind]} cannot read"
            yield Diagnostic("invalid-source", message, opened.source.span, "name a table: `{table: shop.orders}`")
    if frames and choice.kind != "duckdb":
        message = f"{NAMES[choice.kind]} cannot read rows that a program gives"
        yield engine_finding("invalid-source", message, choice.span, "leave `engine` out, or name tables")


def database_of(choice: EngineChoice, root: Path) -> Path | None:
    """The file with the tables, where the engine is DuckDB and has one."""
    return None if choice.database is None else root / choice.database
