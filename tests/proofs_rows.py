"""Rows that proofs are held against: what they make of tests, and made-up examples as rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import running
from proofs_questions import Asked

from segrules.analysis import Example
from segrules.engines import Engine, EngineError
from segrules.language.core import (
    Reference,
)
from segrules.language.types import BOOLEAN, Kind
from segrules.project.model import Column, Entity, Lookup, Project
from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.mutating.draft_worlds import World, world
from segrules.workflows.sources import owners
from segrules.workflows.testing.case_runs import compute
from segrules.workflows.testing.examples import some_values
from segrules.workflows.testing.given_rows import GivenRows

Truths = dict[str, bool]
"""What one row makes of each test, by the tests' names."""


def by_reference(asked: Asked, given: Sequence[GivenRows]) -> list[dict[Any, Truths]]:
    """For each world, by key, what its rows make of the tests, by the reference evaluator."""
    found = running.expected(asked.own, given, asked.moment.now, asked.moment.zone)
    rows: list[dict[Any, Truths]] = [{} for _ in given]
    for name in asked.names:
        for (number, key), value in found[name].items():
            rows[number].setdefault(key, {})[name] = value
    return rows


def by_engine(asked: Asked, given: Sequence[GivenRows], engine: Engine) -> list[dict[Any, Truths]]:
    """The same by an engine, in one statement."""
    wanted = [Reference("segment", name, BOOLEAN) for name in asked.names]
    computed = compute(engine, asked.project, asked.rules, {asked.entity: wanted}, given, asked.moment)
    rows: list[dict[Any, Truths]] = [{} for _ in given]
    for number, one in enumerate(computed):
        for node in wanted:
            for key, value in one.of(asked.entity, node).items():
                assert isinstance(value, bool)
                rows[number].setdefault(key, {})[node.name] = value
    return rows


def as_world(asked: Asked, example: Example) -> World:
    """A made-up example as rows of tables, with values in columns that are never missing."""
    rows = {name: [dict(row) for row in rows] for name, rows in example.rows.items()}
    made = world(Draft(dict(example.cells), rows), asked.own, asked.project, asked.moment)
    return replace(made, given=allowed(asked.project, made.given))


def allowed(project: Project, given: GivenRows) -> GivenRows:
    """The rows as contracts allow them: values that they do not let in are changed, keys stand once."""
    found = {}
    for table, owner in owners(project):
        keys = [owner.key] if isinstance(owner, Entity) else []
        keys += [theirs for _, theirs in owner.on] if isinstance(owner, Lookup) and owner.valid is None else []
        rows: dict[object, dict[str, object]] = {}
        for number, row in enumerate(given.get(table, ())):
            kept = {column.name: _allowed(row.get(column.name), column) for column in owner.columns}
            rows.setdefault(tuple(kept[key] for key in keys) if keys else number, {**row, **kept})
        found[table] = tuple(rows.values())
    return found


def _allowed(value: Any, column: Column) -> Any:
    """The value, or another one where a contract does not let it in."""
    least: Any = column.least
    most: Any = column.most
    if value is None and not column.never_missing:
        return None
    plain: Any = value
    if value is None:
        plain = False if column.type.kind is Kind.BOOLEAN else next(some_values(column.type))
    if column.type.kind is Kind.DECIMAL and column.type.scale is not None:
        plain = Decimal(plain).quantize(Decimal(1).scaleb(-column.type.scale))
        largest = Decimal(10) ** column.type.digits_before - Decimal(1).scaleb(-column.type.scale)
        plain = min(max(plain, -largest), largest)
    if column.values is not None and plain not in column.values:
        plain = column.values[0]
    if least is not None and plain < least:
        plain = least
    if most is not None and plain > most:
        plain = most
    return plain


def replayed(asked: Asked, examples: Sequence[Example | None], engine: Engine) -> list[Truths | None]:
    """What examples make of the tests, on which evaluator and engine must agree; None where a rule does not see them.

    None also where there is no example, and where it has numbers or days for which there is no room.
    """
    known = [example for example in examples if example is not None]
    found = iter(_replayed(asked, known, engine) if known else ())
    return [None if example is None else next(found) for example in examples]


def _replayed(asked: Asked, examples: Sequence[Example], engine: Engine) -> list[Truths | None]:
    worlds = [as_world(asked, example) for example in examples]
    given = [one.given for one in worlds]
    try:
        found, expected = by_engine(asked, given, engine), by_reference(asked, given)
    except (EngineError, OverflowError, ValueError) as error:  # of the last two: days before the year 1, after 9999
        if isinstance(error, EngineError) and error.kind != "overflow":
            raise
        return [None] if len(examples) == 1 else [_replayed(asked, [one], engine)[0] for one in examples]
    for one, theirs, ours in zip(worlds, expected, found, strict=True):
        assert theirs == ours, f"evaluator {theirs}, engine {ours}, rows {dict(one.given)}"
    return [rows.get(one.key) for one, rows in zip(worlds, found, strict=True)]
