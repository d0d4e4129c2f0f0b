"""How many real entity rows pass each of many questions' tests, in one look at the rows of an entity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from segrules.diagnostics import Diagnostic, has_errors
from segrules.language.core import And, Expression, Reference
from segrules.language.types import BOOLEAN
from segrules.planning import plan
from segrules.planning.dependencies import own_references
from segrules.project.model import Rules
from segrules.sql.scans import typed_scans
from segrules.workflows.contract import Fallen
from segrules.workflows.counting import checked, sizes_of
from segrules.workflows.running import Progress, Run, watched

Tests = Sequence[Expression]
"""What one row should pass at once."""


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many rows an entity has, and for each question how many of them pass all its tests."""

    rows: int
    passing: tuple[int, ...]


def count_rows(
    run: Run,
    questions: Mapping[str, Sequence[Tests]],
    progress: Progress | None = None,
    fallen: Fallen | None = None,
) -> tuple[dict[str, RowCounts], tuple[Diagnostic, ...]]:
    """The counts of each entity, and what is wrong with the data; no counts where that is an error.

    EngineError where the engine cannot finish. Tests are of the run's own rules. fallen: what falls with a promise that
    the data breaks.
    """
    findings = checked(run, {entity: _asked(own, run.rules[entity]) for entity, own in questions.items()}, fallen)
    if has_errors(findings):
        return {}, findings
    with watched(run.engine, progress):
        return {entity: _counted(run, entity, own) for entity, own in questions.items()}, findings


def _asked(questions: Sequence[Tests], rules: Rules) -> tuple[Reference, ...]:
    """The things of the entity that tests are about."""
    found = (node for tests in questions for test in tests for node in own_references(test, rules))
    return tuple(dict.fromkeys(found))


def _counted(run: Run, entity: str, questions: Sequence[Tests]) -> RowCounts:
    tests = dict.fromkeys(And(tuple(tests)) for tests in questions if tests)
    traits = {test: f"question {number}" for number, test in enumerate(tests)}  # two words: no rule's name
    rules = run.rules[entity]
    more = replace(rules, traits={**rules.traits, **{name: test for test, name in traits.items()}}, carry={})
    wanted = tuple(Reference("trait", name, BOOLEAN) for name in traits.values())
    made = plan(more, wanted, run.as_of)
    scan = typed_scans(run.tables, run.as_of.zone)
    _, rows, sizes = sizes_of(run.engine, made, scan, made.outputs, entity, keep=False)
    size = dict(zip(traits, sizes, strict=False))
    return RowCounts(rows, tuple(size[And(tuple(tests))] if tests else rows for tests in questions))
