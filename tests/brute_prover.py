"""A prover that tries every row there can be: right by being slow, for entities whose columns have few values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from segrules.analysis.answers import NEVER, Answer, Example, Regions
from segrules.engines.duckdb import connect
from segrules.language.core import Expression
from segrules.language.types import Kind
from segrules.planning.time import AsOf
from segrules.project.model import Column, Project, Rules
from segrules.workflows.proving.examples import trial, tried
from segrules.workflows.proving.judging import Judge
from segrules.workflows.proving.replay import draft_of


def values_of(column: Column) -> list[object]:
    """Every value that the contract allows, and missing."""
    missing = [] if column.never_missing else [None]
    if column.values is not None:
        return [*column.values, *missing]
    if column.type.kind is Kind.BOOLEAN:
        return [True, False, *missing]
    assert isinstance(column.least, int)
    assert isinstance(column.most, int)
    return [*range(column.least, column.most + 1), *missing]


@dataclass(frozen=True)
class BruteProver:
    """Knows all about the entity's own columns; rows of relations there are none."""

    project: Project
    rules: Rules
    moment: AsOf
    name: str = "every row"

    def ask(self, tests: Sequence[Expression]) -> Answer:
        raise NotImplementedError

    def conflict(self, tests: Sequence[Expression]) -> tuple[int, ...]:
        raise NotImplementedError

    def regions(self, tests: Sequence[Any], chosen: Sequence[int] | None = None) -> Regions:
        columns = [column for column in self.rules.entity.columns if column.name != self.rules.entity.key]
        rows = product(*map(values_of, columns))
        names = [((), column.name) for column in columns]
        examples = [Example(dict(zip(names, row, strict=True))) for row in rows]
        engine = connect()
        judge = Judge(engine, self.project, self.rules, self.moment)
        masks = [one.within for one in tried(trial(judge, tests), map(draft_of, examples))]
        engine.close()
        places = range(len(tests))

        def first(taken: int, left: int = 0) -> int:
            return next((at for at, mask in enumerate(masks) if mask & taken == taken and not mask & left), NEVER)

        return Regions(
            tuple(examples),
            tuple(tuple(bool(mask >> place & 1) for place in places) for mask in masks),
            tuple(tuple(first(1 << i | 1 << j) for j in places) for i in places),
            tuple(tuple(first(1 << i, 1 << j) for j in places) for i in places),
            tuple(first(0, 1 << i) for i in places),
        )
