"""Rows that an engine keeps in a table for the statements that follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from segrules.language.types import MAX_PRECISION, decimal
from segrules.sql.dialect import Dialect
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.literals import data_type, name
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


def exact_statements(called: str, described: Sequence[tuple[str, str]]) -> Iterator[str]:
    """DuckDB's statements by which a table keeps whole numbers beyond 64 bits as decimals: Parquet would round them.

    described: name and type of each of its columns.
    """
    for label, kind in described:
        if kind == "HUGEINT":
            change = exp.AlterColumn(this=name(label), dtype=data_type(decimal(MAX_PRECISION, 0)))
            yield text(exp.Alter(this=exp.Table(this=name(called)), kind="TABLE", actions=[change]), DUCKDB)
