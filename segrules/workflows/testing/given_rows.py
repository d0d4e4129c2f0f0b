"""Rows that tests give, as tables of an engine: one table per source for a whole batch of cases.

A batch is one run: a partition column says which case a row belongs to, and every join compares it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
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


def load_given(
    engine: Engine, project: Project, cases: Sequence[GivenRows], read: Mapping[str, Set[str]] | None = None
) -> dict[str, Table]:
    """A table per stored source of the project with the rows of every case; a source not given is empty.

    read: the columns, by table, that anybody will ask for, where that is known; nothing else is loaded then.
    """
    for table, owner in owners(project):
        if read is not None and table not in read:
            continue
        columns = [column for column in owner.columns if read is None or column.name in read[table]]
        kinds = [(PARTITION, type_name(INTEGER, engine.dialect))]
        kinds += [(column.name, type_name(column.type, engine.dialect)) for column in columns]
        rows = (
            (number, *_values(columns, row, project.timezone))
            for number, given in enumerate(cases)
            for row in given.get(table, ())
        )
        engine.load(_name(table), kinds, rows)
    return given_tables(project)


def given_tables(project: Project) -> dict[str, Table]:
    """The tables that rows are loaded into."""
    return {table: Table("table", name=_name(table)) for table, _ in owners(project)}


def _name(table: str) -> str:
    return f"given {table}"


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
