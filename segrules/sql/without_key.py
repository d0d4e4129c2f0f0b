"""Files of rows without those of one key, which is their first column: to be written in place of what they were."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segrules.language.core import Literal
from segrules.sql.literals import column, literal
from segrules.sql.states import file_rows


def rows_of_key(path: str, key: str, wanted: Literal) -> str:
    """How many rows of a Parquet file have the key."""
    query = exp.Select(expressions=[exp.Count(this=exp.Star())]).from_(file_rows(path), copy=False)
    return query.where(exp.EQ(this=column(key), expression=literal(wanted)), copy=False).sql("duckdb", pretty=True)


def own_rows(path: str, key: str, wanted: Literal, columns: Sequence[str] = ()) -> str:
    """The rows of a Parquet file that have the key; columns: some of theirs, where not all are wanted."""
    query = exp.Select(expressions=[*map(column, columns)] or [exp.Star()]).from_(file_rows(path), copy=False)
    return query.where(exp.EQ(this=column(key), expression=literal(wanted)), copy=False).sql("duckdb", pretty=True)


def other_rows(path: str, key: str, wanted: Literal) -> exp.Select:
    """All rows of a Parquet file but those that have the key."""
    query = exp.Select(expressions=[exp.Star()]).from_(file_rows(path), copy=False)
    return query.where(exp.NullSafeNEQ(this=column(key), expression=literal(wanted)), copy=False)


def columns_of(path: str) -> str:
    """The query that has a Parquet file's columns: to be described."""
    return exp.Select(expressions=[exp.Star()]).from_(file_rows(path), copy=False).sql("duckdb")
