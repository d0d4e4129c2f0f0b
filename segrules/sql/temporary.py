"""Rows that DuckDB keeps in a table for the statements that follow."""

from __future__ import annotations

from sqlglot import exp

from segrules.sql.literals import name


def temporary_table(called: str, query: exp.Query) -> str:
    """The statement that makes a temporary table of a query's rows, in place of one that is called so."""
    made = exp.Create(
        this=exp.Table(this=name(called)),
        kind="TABLE",
        replace=True,
        expression=query,
        properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
    )
    return made.sql("duckdb", copy=False)
