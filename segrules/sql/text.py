"""Trees of statements -> text, with no name longer than the engine keeps.

PostgreSQL cuts a name after 63 bytes, without an error where two become one:
https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
"""

from __future__ import annotations

import hashlib

from sqlglot import ErrorLevel, UnsupportedError, exp

from segrules.sql.dialect import Dialect, NotWritten

_DIGITS = 8  # of the hash that tells a cut name from others


def text(statement: exp.Expr, dialect: Dialect) -> str:
    """The statement as a person would lay it out. The tree is used up."""
    if dialect.longest_name is not None:
        for part in statement.find_all(exp.Identifier):
            part.set("this", cut_name(part.this, dialect.longest_name))
    if dialect.dot != ".":
        for part in statement.find_all(exp.Identifier):
            part.set("this", part.this.replace(".", dialect.dot))
    if dialect.is_run:
        return statement.sql(dialect.name, pretty=True, copy=False)
    try:
        return statement.sql(dialect.name, pretty=True, copy=False, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise NotWritten(str(error)) from error


def cut_name(name: str, longest: int) -> str:
    """The name if it has no more bytes than that; else its beginning and a hash of all of it."""
    written = name.encode()
    if len(written) <= longest:
        return name
    beginning = written[: longest - _DIGITS - 1].decode(errors="ignore")
    return f"{beginning}~{hashlib.sha256(written).hexdigest()[:_DIGITS]}"
