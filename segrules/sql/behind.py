"""Queries for the rows of a relation that aggregates fold: how many there are, and the newest of them."""

from __future__ import annotations

from sqlglot import exp

from segrules.planning.rows_behind import Behind
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.literals import column, filtered
from segrules.sql.queries import ScanQuery, source, with_steps


def behind_counts_query(behind: Behind, scan: ScanQuery) -> str:
    """One row: how many rows, then for each aggregate how many it looks at and how many it takes."""
    marks = [column(name) for pair in behind.marks for name in pair]
    counts = [exp.Count(this=exp.Star()), *(filtered(exp.Count(this=exp.Star()), mark) for mark in marks)]
    return _text(exp.Select(expressions=counts), behind, scan)


def behind_rows_query(behind: Behind, scan: ScanQuery, most: int) -> str:
    """The newest rows, those first that some aggregate takes: what is shown of them, then the marks."""
    shown = [column(part.column) for part in behind.shown]
    marks = [column(name) for pair in behind.marks for name in pair]
    query = exp.Select(expressions=[*shown, *marks])
    order = [] if behind.order is None else [exp.Ordered(this=column(behind.order), desc=True, nulls_first=False)]
    first = exp.Ordered(this=exp.or_(*marks[1::2]), desc=True)
    query = query.order_by(first, *order, *(part.copy() for part in shown)).limit(most)
    return _text(query, behind, scan)


def _text(query: exp.Select, behind: Behind, scan: ScanQuery) -> str:
    rows = query.from_(source(behind.rows.name), copy=False)
    return with_steps(behind.rows, rows, DUCKDB, scan).sql("duckdb", pretty=True, copy=False)
