"""Runs rules on an engine over Python rows and gives what the reference evaluator gives: a value per name and key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import reference
import reference_values as values

from segrules.diagnostics import Diagnostic, Severity
from segrules.engines import Engine
from segrules.language.types import INTEGER, Kind, Type
from segrules.planning.nodes import Plan
from segrules.project.loader import load as load_project
from segrules.project.model import Column, Lookup, Project, Rules
from segrules.project.reader import MAX_BYTES, RULE_FILE_ENDINGS
from segrules.project.resolve import resolve
from segrules.sql import generate
from segrules.sql.scans import Table

World = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by table."""

Found = dict[str, dict[tuple[int, Any], Any]]
"""By name, and by number of the world and key: a boolean, or the value of a trait or segmentation."""

_TYPES = {
    "duckdb": {Kind.NUMBER: "DOUBLE", Kind.TEXT: "VARCHAR"},
    "postgres": {Kind.NUMBER: "double precision", Kind.TEXT: "text"},
    "spark": {Kind.NUMBER: "DOUBLE", Kind.TEXT: "STRING", Kind.TIMESTAMP: "TIMESTAMP_NTZ"},
}
_COMMON = {Kind.BOOLEAN: "BOOLEAN", Kind.INTEGER: "BIGINT", Kind.DATE: "DATE", Kind.TIMESTAMP: "TIMESTAMP"}


def wanted_names(rules: Rules) -> list[str]:
    """Everything that a run can be asked for: segments, stages, segmentations, traits."""
    stages = [f"{name}.{label}" for name, one in rules.segmentations.items() for label in reference.labels_of(one)]
    return list(dict.fromkeys((*rules.segments, *stages, *rules.segmentations, *rules.traits)))


def stored_tables(rules: Rules) -> Iterator[tuple[str, tuple[Column, ...]]]:
    """Each table that the rules may read, with its columns."""
    for own in rules.entities.values():
        if own.entity.from_relation is None:
            yield own.entity.name, own.entity.columns
        yield from _lookups(own.entity.name, own.entity.lookups)
        for relation in own.relations.values():
            if relation.from_relation is not None:
                continue
            yield relation.name, relation.columns
            yield from _lookups(relation.name, relation.lookups)


def _lookups(owner: str, lookups: Sequence[Lookup]) -> Iterator[tuple[str, tuple[Column, ...]]]:
    for lookup in lookups:
        if lookup.entity is None:
            yield f"{owner}.{lookup.name}", lookup.columns
        yield from _lookups(f"{owner}.{lookup.name}", lookup.lookups)


def load(engine: Engine, rules: Rules, worlds: Sequence[World], zone: str, partition: str | None) -> dict[str, Table]:
    """The rows as tables of the engine; the partition column, if any, numbers the world of each row.

    DuckDB is given wall clocks, so that its scans have something to convert; the others are given UTC.
    """
    tables = {}
    is_wall_clock = engine.dialect == "duckdb"
    numbered = () if partition is None else (Column(partition, INTEGER),)
    for table, stored in stored_tables(rules):
        columns = (*numbered, *stored)
        kinds = [(column.name, sql_type(column.type, engine.dialect)) for column in columns]
        cells = [
            (
                *((number,) if numbered else ()),
                *(_cell(row.get(column.name), column, zone, is_wall_clock) for column in stored),
            )
            for number, world in enumerate(worlds)
            for row in world.get(table, [])
        ]
        engine.load(table, kinds, cells)
        tables[table] = Table("table", name=table, physical=tuple(kinds) if is_wall_clock else ())
    return tables


def sql_type(type: Type, dialect: str) -> str:
    if type.kind is Kind.LIST and type.element is not None:
        element = sql_type(type.element, dialect)
        return f"ARRAY<{element}>" if dialect == "spark" else f"{element}[]"
    if type.kind is Kind.DECIMAL:
        return f"DECIMAL({type.digits_before + type.digits_behind},{type.digits_behind})"
    return _TYPES[dialect].get(type.kind) or _COMMON[type.kind]


def _cell(value: Any, column: Column, zone: str, is_wall_clock: bool) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime) and not is_wall_clock:
        return values.to_utc(value, zone)
    return float(value) if column.type.kind is Kind.NUMBER and value is not None else value


def run(engine: Engine, plan: Plan, tables: Mapping[str, Table], zone: str) -> Found:
    """Per wanted name the value of each (world, key): a boolean for segments, the value of traits and segmentations."""
    rows = engine.run(generate(plan, tables, zone, engine.dialect))
    skipped = len(plan.keys) + len(plan.carried)
    keys = [(row[0] if len(plan.keys) > 1 else 0, row[len(plan.keys) - 1]) for row in rows]
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


def expected(rules: Rules, worlds: Sequence[World], now: datetime, zone: str) -> Found:
    """The same from the reference evaluator."""
    found: Found = {name: {} for name in wanted_names(rules)}
    for number, world in enumerate(worlds):
        for name, values_by_key in reference.everything(rules, world, now, zone).items():
            found[name] |= {(number, key): value for key, value in values_by_key.items()}
    return found


def differences(expected: Found, found: Found) -> list[str]:
    """What differs, a line each, for a message that a person reads."""
    return [
        f"{name} of {key}: expected {wanted.get(key, 'no row')!r}, found {found[name].get(key, 'no row')!r}"
        for name, wanted in expected.items()
        for key in sorted({*wanted, *found[name]})
        if wanted.get(key, "no row") != found[name].get(key, "no row")
    ]


@dataclass(frozen=True)
class Files:
    """A project's files in memory, for the loader."""

    files: Mapping[str, str]

    @property
    def root(self) -> Path | None:
        return None

    def list(self, folder: str, endings: tuple[str, ...] = RULE_FILE_ENDINGS) -> tuple[str, ...]:
        return tuple(sorted(path for path in self.files if path.startswith(f"{folder}/") and path.endswith(endings)))

    def text(self, path: str, most_bytes: int = MAX_BYTES) -> str | Diagnostic:
        found = self.files.get(path)
        return Diagnostic("file-missing", f"there is no file `{path}`", path=path) if found is None else found


def open_project(files: Mapping[str, str]) -> Project:
    """The project of these files (path -> text); fails where anything in them is an error."""
    project, findings = load_project(Files(files))
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    assert project is not None, lines(errors)
    assert not errors, lines(errors)
    return project


def resolve_project(project: Project) -> dict[str, Rules]:
    """Its rules by entity; fails where any is wrong."""
    rules, findings = resolve(project)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    assert not errors, lines(errors)
    return dict(rules)


def shown(files: Mapping[str, str], expected: Found, found: Found) -> str:
    """The rules, and the first differences, for a failing test's message."""
    return "\n".join((files["segments/rules.yml"], *differences(expected, found)[:10]))


def lines(findings: Iterable[Diagnostic]) -> str:
    return "\n".join(f"{one.code}: {one.message} ({one.span.text if one.span else one.path})" for one in findings)
