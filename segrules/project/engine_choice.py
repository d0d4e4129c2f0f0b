"""Which engine runs the rules: the text of `--engine` or of `engine:`, taken apart without a word of it being shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal as OneOf
from urllib.parse import unquote, urlsplit

from segrules.diagnostics import Diagnostic
from segrules.source import Span

EngineKind = OneOf["duckdb", "postgres", "spark"]
KNOWN = "`duckdb`, `duckdb://data/shop.duckdb`, `postgres://HOST/DATABASE`, `spark://HOST:7077`, `local[4]`"


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """An engine and where it is. url: for its driver; it may have a password in it, and is never shown.

    database: of `duckdb`, the file that has the tables, relative to the project.
    """

    kind: EngineKind
    url: str = field(default="", repr=False)
    database: str | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


class NotAnEngine(ValueError):
    """A text that names no engine; message and help are for the user."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def engine_choice(text: str, span: Span | None = None, *, is_in_a_file: bool = False) -> EngineChoice:
    """The engine that a text names. Raises NotAnEngine; in a file, which others read, also of a password."""
    scheme, _, rest = text.partition("://")
    if text in ("duckdb", "duckdb://"):
        return EngineChoice("duckdb", span=span)
    if scheme == "duckdb" and rest:
        return EngineChoice("duckdb", database=unquote(rest), span=span)
    if re.fullmatch(r"spark|local|local\[(\d+|\*)\]|spark://[^/@?#,]+:\d+(,[^/@?#,]+:\d+)*", text):
        return EngineChoice("spark", text, span=span)
    if scheme in ("postgres", "postgresql"):
        if is_in_a_file and _has_password(text):
            raise NotAnEngine(
                "a password stands in `engine`, which everybody can read here",
                "leave it out: the driver takes it from PGPASSWORD or ~/.pgpass; an `@` behind the host is written %40",
            )
        return EngineChoice("postgres", text, span=span)
    if scheme == "spark":
        help = "write `spark://HOST:7077`; who may use it is in Spark's own configuration"
        raise NotAnEngine("an address of a master of Spark is its host and port", help)
    named = f"`{scheme}` is no engine" if re.fullmatch(r"[A-Za-z][\w+.-]*", scheme) else "this names no engine"
    raise NotAnEngine(named, f"engines are {KNOWN}")


def engine_finding(code: str, message: str, span: Span | None, help: str | None = None) -> Diagnostic:
    """A finding about an engine: the file is told, and the line where it says no more than a word."""
    if span is not None and not re.fullmatch(r"\w+", span.text):
        return Diagnostic(code, message, help=help, path=span.file.path)
    return Diagnostic(code, message, span, help)


def _has_password(url: str) -> bool:
    """Whether it may have one. libpq reads `#`, `/` and `?` in a password where others see the end of a host."""
    try:
        urlsplit(url)
    except ValueError:  # what cannot be taken apart is not trusted
        return True
    options = unquote(url.partition("?")[2])
    is_option = re.search(r"(?:^|&)[^=&]*password", options, re.DOTALL | re.IGNORECASE)
    return bool(re.search(r"://.*:.+@", url, re.DOTALL) or is_option)
