"""Runs rules on an engine over Python rows and gives what the reference evaluator gives: a value per name and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import reference_values as values

from segrules.engines import Engine
from segrules.language.types import Kind, Type
from segrules.planning.nodes import Plan
from segrules.project.model import Column, Lookup, Rules
from segrules.sql import generate
from segrules.sql.scans import Table

Found = dict[str, dict[Any, Any]]

_TYPES = {
    "duckdb": {Kind.NUMBER: "DOUBLE", Kind.TEXT: "VARCHAR"},
    "postgres": {Kind.NUMBER: "double precision", Kind.TEXT: "text"},
}
_COMMON = {Kind.BOOLEAN: "BOOLEAN", Kind.INTEGER: "BIGINT", Kind.DATE: "DATE", Kind.TIMESTAMP: "TIMESTAMP"}


def wanted_names(rules: Rules) -> list[str]:
    """Everything that a run can be asked for: segments, stages, segmentations, traits."""
    stages = [f"{name}.{label}" for name, one in rules.segmentations.items() for label in dict(one.stages)]
    return list(dict.fromkeys((*rules.segments, *stages, *rules.segmentations, *rules.traits)))


def stored_tables(rules: Rules) -> Iterator[tuple[str, tuple[Column, ...]]]:
    """Each table that the rules may read, with its columns."""
    if rules.entity.from_relation is None:
        yield rules.entity.name, rules.entity.columns
    yield from _lookups(rules.entity.name, rules.entity.lookups)
    for relation in rules.relations.values():
        yield relation.name, relation.columns
        yield from _lookups(relation.name, relation.lookups)


def _lookups(owner: str, lookups: Sequence[Lookup]) -> Iterator[tuple[str, tuple[Column, ...]]]:
    for lookup in lookups:
        yield f"{owner}.{lookup.name}", lookup.columns
        yield from _lookups(f"{owner}.{lookup.name}", lookup.lookups)


def load(engine: Engine, rules: Rules, rows: Mapping[str, Sequence[Mapping[str, Any]]], zone: str) -> dict[str, Table]:
    """The rows as tables of the engine: wall clocks on DuckDB, so that scans have something to convert; else UTC."""
    tables = {}
    keeps_wall_clock = engine.dialect == "duckdb"
    for table, columns in stored_tables(rules):
        kinds = [(column.name, sql_type(column.type, engine.dialect)) for column in columns]
        cells = [
            tuple(_stored(row.get(column.name), column.type, zone, keeps_wall_clock) for column in columns)
            for row in rows.get(table, [])
        ]
        engine.load(table, kinds, cells)
        tables[table] = Table("table", name=table, physical=tuple(kinds) if keeps_wall_clock else ())
    return tables


def sql_type(type: Type, dialect: str) -> str:
    if type.kind is Kind.LIST and type.element is not None:
        return f"{sql_type(type.element, dialect)}[]"
    if type.kind is Kind.DECIMAL:
        return f"DECIMAL({type.digits_before + type.digits_behind},{type.digits_behind})"
    return _TYPES[dialect].get(type.kind) or _COMMON[type.kind]


def _stored(value: Any, type: Type, zone: str, keeps_wall_clock: bool) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime) and not keeps_wall_clock:
        return values.to_utc(value, zone)
    return float(value) if type.kind is Kind.NUMBER and value is not None else value


def run(engine: Engine, plan: Plan, tables: Mapping[str, Table], zone: str) -> Found:
    """Per wanted name the value of each key: a boolean for segments, the value of traits and segmentations."""
    rows = engine.run(generate(plan, tables, zone, engine.dialect))
    skipped = len(plan.keys) + len(plan.carried)
    keys = [row[len(plan.keys) - 1] for row in rows]
    assert len(set(keys)) == len(keys), "a key came out twice"
    return {
        output.wanted.name: {key: _python(row[skipped + place]) for key, row in zip(keys, rows, strict=True)}
        for place, output in enumerate(plan.outputs)
    }


def _python(value: Any) -> Any:
    """An engine's value in the form that the reference evaluator has."""
    if isinstance(value, Decimal):
        return Fraction(value)
    return tuple(map(_python, value)) if isinstance(value, list) else value
