"""Rows that tests give, as tables of an engine: one table per source for a whole batch of cases.

A batch is one run: a partition column says which case a row belongs to, and every join compares it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from segrules.engines.engine import Engine
from segrules.language.types import INTEGER, Kind
from segrules.planning.time import to_utc
from segrules.project.model import Column, Project
from segrules.sql import type_name
from segrules.sql.scans import Table
from segrules.workflows.sources import owners

PARTITION = "test case"  # two words, so that no column of a rule's has this name unquoted

GivenRows = Mapping[str, Sequence[Mapping[str, object]]]
"""Rows by table id; a column left out is missing."""


def load_given(engine: Engine, project: Project, cases: Sequence[GivenRows]) -> dict[str, Table]:
    """A table per stored source of the project with the rows of every case; a source not given is empty."""
    tables = {}
    for table, owner in owners(project):
        columns = owner.columns
        kinds = [(PARTITION, type_name(INTEGER, engine.dialect))]
        kinds += [(column.name, type_name(column.type, engine.dialect)) for column in columns]
        rows = (
            (number, *_values(columns, row, project.timezone))
            for number, given in enumerate(cases)
            for row in given.get(table, ())
        )
        name = f"given {table}"
        engine.load(name, kinds, rows)
        tables[table] = Table("table", name=name)
    return tables


def _values(columns: Iterable[Column], row: Mapping[str, object], zone: str) -> Iterable[object]:
    """The row's values in the columns' order, timestamps in UTC, lists as lists."""
    for column in columns:
        value = row.get(column.name)
        if isinstance(value, datetime) and column.type.kind is Kind.TIMESTAMP:
            yield to_utc(value, zone)
        elif isinstance(value, tuple):
            yield list(value)
        else:
            yield value
