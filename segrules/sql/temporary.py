"""Rows that an engine keeps in a table for the statements that follow."""

from __future__ import annotations

from sqlglot import exp

from segrules.sql.dialect import Dialect
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.literals import name
from segrules.sql.text import text


def temporary_table(called: str, query: exp.Query) -> str:
    """DuckDB's statement that makes a temporary table of a query's rows, in place of one that is called so."""
    (statement,) = temporary_tables(called, query, DUCKDB)
    return statement


def temporary_tables(called: str, query: exp.Query, dialect: Dialect) -> tuple[str, ...]:
    """The same in a dialect: after statements that drop another that it cannot replace; or rows that are cached."""
    table = exp.Table(this=name(called))
    if dialect.keeps == "cache":
        free: list[exp.Expr] = [
            exp.Uncache(this=table, exists=True),
            exp.Drop(tables=[table.copy()], kind="VIEW", exists=True),
        ]
        storage = [exp.Literal.string("storageLevel"), exp.Literal.string("DISK_ONLY")]
        made_anew = exp.Cache(this=table.copy(), options=storage, expression=query)
        return tuple(text(statement, dialect) for statement in (*free, made_anew))
    made = exp.Create(
        this=table,
        kind="TABLE",
        replace=dialect.keeps == "replaced table",
        expression=query,
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
    )
    gone = exp.Drop(tables=[table.copy()], kind="TABLE", exists=True)
    return (*(() if dialect.keeps == "replaced table" else (text(gone, dialect),)), text(made, dialect))
