"""Queries that ask a table what its columns hold: how many values, how many different, extremes, sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from segrules.language.types import Kind
from segrules.project.model import Column
from segrules.sql.literals import column
from segrules.sql.scans import Table, scan

MEASURES = 6


def facts_query(table: Table, columns: Sequence[Column], zone: str, dialect: str = "duckdb") -> str:
    """One row: how many rows, then of each column MEASURES: known, distinct, least, most, sum, most frequent value.

    The last four are NULL where they mean nothing: extremes of texts, sums of dates, the commonest number.
    """
    parts = [exp.Count(this=exp.Star()), *(part for item in columns for part in _measures(item))]
    rows = scan(table, columns, zone).subquery("stored")
    return exp.Select(expressions=parts).from_(rows).sql(dialect)


def first_query(table: Table, item: Column, zone: str, dialect: str = "duckdb") -> str:
    """The least value of a column, NULL where it has none."""
    rows = scan(table, [item], zone).subquery("stored")
    return exp.Select(expressions=[exp.Min(this=column(item.name))]).from_(rows).sql(dialect)


def _measures(item: Column) -> Iterator[exp.Expr]:
    kind = item.type.kind
    has_extremes = item.type.is_numeric or item.type.is_temporal
    yield exp.Count(this=column(item.name))
    yield exp.Count(this=exp.Distinct(expressions=[column(item.name)]))
    yield exp.Min(this=column(item.name)) if has_extremes else exp.null()
    yield exp.Max(this=column(item.name)) if has_extremes else exp.null()
    yield exp.Sum(this=column(item.name)) if item.type.is_exact else exp.null()
    yield exp.Anonymous(this="mode", expressions=[column(item.name)]) if kind is Kind.TEXT else exp.null()
