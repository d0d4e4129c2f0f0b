"""What `--to` names: a table of a server or of Spark, or files below a folder, and how members are put there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal as OneOf
from urllib.parse import parse_qs, unquote, urlsplit

from segrules.sql.delivery_spark import SESSION_CATALOG, SparkTable
from segrules.sql.delivery_tables import LONGEST_NAME, Place
from segrules.workflows.output import OutputRefused

Mode = OneOf["replace", "append", "delta"]
FORMATS = ("parquet", "csv", "json")
ENTITY, AS_OF = "{entity}", "{as_of}"
_SCHEMES = ("postgres", "postgresql")
_PLACES = "write `postgresql://user@host/database/schema.table`, `spark:database.table`, or a file or folder"
_NEARLY_A_SERVER = re.compile(r"^\w[\w+.-]+:|:.*@|passw\w*\s*=", re.IGNORECASE | re.DOTALL)  # `C:` is of Windows


@dataclass(frozen=True, slots=True)
class TableTarget:
    """A table of the server at `url`, which may hold a password; both names may have `{entity}` in them."""

    url: str = field(repr=False)
    schema: str | None
    table: str
    mode: Mode

    def place(self, entity: str) -> Place:
        schema, table = (None if text is None else text.replace(ENTITY, entity) for text in (self.schema, self.table))
        assert table is not None
        return Place(schema, table)

    @property
    def is_of_each_entity(self) -> bool:
        return ENTITY in f"{self.schema} {self.table}"


@dataclass(frozen=True, slots=True)
class FileTarget:
    """Files of a format below a folder; `path` goes on from there and may have `{entity}` and `{as_of}` in it."""

    folder: Path
    path: str
    format: str
    mode: Mode

    @property
    def is_of_each_entity(self) -> bool:
        return ENTITY in self.path


@dataclass(frozen=True, slots=True)
class SparkTarget:
    """A table of the catalog of the Spark session that runs the rules; both names may have `{entity}` in them."""

    database: str
    table: str
    mode: Mode

    def place(self, entity: str) -> SparkTable:
        """The table; OutputRefused where it would have a name that Spark's own catalog does not take."""
        table = SparkTable(*(text.replace(ENTITY, entity).lower() for text in (self.database, self.table)))
        if any(re.fullmatch(r"\w+", text, re.ASCII) is None for text in (table.database, table.name)):
            help = "write `spark:database.table`, of letters, digits and `_`; `{entity}` may be in it"
            raise OutputRefused(f"`{table}` is no name of a table of Spark", help)
        return table

    @property
    def is_of_each_entity(self) -> bool:
        return ENTITY in f"{self.database} {self.table}"


Target = TableTarget | FileTarget | SparkTarget


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was written of an entity, and where. entered, left: since what was there before, where that is known.

    where: for run.json, which gets no user, password or option of a URL.
    """

    entity: str
    mode: Mode
    place: str
    where: Mapping[str, str]
    rows: int
    entered: int | None = None
    left: int | None = None


def target(to: str, mode: Mode, layout: str, format: str) -> Target:
    """What `--to` names, or OutputRefused."""
    if layout != "long":
        raise OutputRefused(f"`--to` has a row for each membership, not the layout `{layout}`", "leave out --layout")
    scheme = re.match(r"(\w[\w+.-]*)://|spark:", to, re.IGNORECASE)
    if scheme is None:
        if _NEARLY_A_SERVER.search(to):  # a password may be in it, which would be the name of a folder
            raise OutputRefused("`--to` names no file, and no table as it is written", _PLACES)
        return _files(to, mode, format)
    if scheme[1] is not None and scheme[1].lower() not in _SCHEMES:
        raise OutputRefused(f"members cannot be written to `{scheme[1]}://`", _PLACES)
    if format != "parquet":
        raise OutputRefused("`--format` is of files, and `--to` names a table", "leave out --format")
    return _spark_table(to[len(scheme[0]) :], mode) if scheme[1] is None else _table(to, mode)


def _table(to: str, mode: Mode) -> TableTarget:
    """No message shows a part of the URL that may be one of a password that is not written as URLs ask for."""
    try:
        parts = urlsplit(to)
    except ValueError:
        parts = None
    if parts is None or to.count("@") > 1 or parts.fragment:
        help = "in a user or password write `@` as %40, `/` as %2F, `#` as %23, `?` as %3F, or set PGPASSWORD"
        raise OutputRefused("the URL of `--to` cannot be read", help)
    *database, name = parts.path.removeprefix("/").split("/")
    is_named_elsewhere = not parse_qs(parts.query).keys().isdisjoint({"service", "dbname"})
    if len(database) > 1 or not name or not (database or is_named_elsewhere):
        help = "write `postgresql://user@host/database/schema.table`"
        raise OutputRefused("the URL of `--to` does not name a database and a table", help)
    schema, dot, table = name.partition(".")
    found = [None if not dot else unquote(schema), unquote(table if dot else name)]
    if "." in table:
        raise OutputRefused(f"`{unquote(name)}` is no name of a table", "write `schema.table`, a dot in a name as %2E")
    for text in found:
        if text == "" or (text is not None and re.search(r"[{}]", text.replace(ENTITY, ""))):
            raise OutputRefused(
                f"`{unquote(name)}` is no name of a table", "write `schema.table`; `{entity}` may be in it"
            )
    options = f"?{parts.query}" if parts.query else ""
    url = (
        f"postgresql://{parts.netloc}{'/'.join(['', *database])}{options}"  # urlunsplit leaves `//` out without a host
    )
    assert found[1] is not None
    return TableTarget(url, found[0], found[1], mode)


def _spark_table(name: str, mode: Mode) -> SparkTarget:
    if "." not in name:
        raise OutputRefused(f"`{name}` names no database", "write `spark:database.table`")
    *catalog, database, table = name.split(".")
    if catalog and catalog != [SESSION_CATALOG]:
        message = f"members cannot be written into the catalog `{'.'.join(catalog)}`"
        raise OutputRefused(message, "name a table of the session's own catalog: `spark:database.table`")
    found = SparkTarget(database, table, mode)
    found.place("entity")
    return found


def _files(to: str, mode: Mode, format: str) -> FileTarget:
    if not to or "\0" in to:
        raise OutputRefused("`--to` names nothing", "name a table, a file or a folder")
    unknown = re.search(r"\{[^{}]*\}|[{}]", to.replace(ENTITY, "").replace(AS_OF, ""))
    if unknown:
        raise OutputRefused(f"`{unknown[0]}` in `--to` stands for nothing", f"`{ENTITY}` and `{AS_OF}` are known")
    ending = Path(to).suffix.lower().removeprefix(".")
    if to.endswith(("/", "\\")) or not ending:
        if mode == "delta" and format != "parquet":
            message = f"a log of changes is Parquet, whose values keep their types, and not {format}"
            raise OutputRefused(message, "leave out --format")
        each = "" if ENTITY in to else f"/{ENTITY}"
        below = f"{each}.{format}" if each else f"/members.{format}"
        below = below if mode == "replace" else f"{each}/as_of={AS_OF}/members.{format}"
        return _split(to.rstrip("/\\") or to[:1], below, format, mode)
    if ending not in FORMATS:
        raise OutputRefused(
            f"`{to}` ends in `.{ending}`", "write .parquet, .csv or .json, or a folder with `/` behind it"
        )
    if mode != "replace":
        help = f"name a folder: `--to {Path(to).with_suffix('').as_posix()}/`"
        raise OutputRefused(f"`{to}` is one file, and `--mode {mode}` adds a file for each as-of", help)
    if format not in ("parquet", ending):
        raise OutputRefused(f"`--format {format}` and `{to}` do not go together", "leave out --format")
    return _split(to, "", ending, mode)


def _split(path: str, below: str, format: str, mode: Mode) -> FileTarget:
    """The folder that is sure, and what goes on from there."""
    parts = Path(path).parts
    last = len(parts) if below else len(parts) - 1
    sure = next((place for place, part in enumerate(parts) if "{" in part), last)
    rest = "/".join(parts[sure:]) + below
    return FileTarget(Path(*parts[:sure]), rest.removeprefix("/"), format, mode)


def refuse_long_names(names: list[str]) -> None:
    """PostgreSQL would cut a longer name, and so take one for another."""
    for text in names:
        if len(text.encode()) > LONGEST_NAME:
            raise OutputRefused(f"`{text}` is longer than the {LONGEST_NAME} bytes that PostgreSQL gives a name")
