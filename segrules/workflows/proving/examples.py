"""Made-up rows tried on an engine: which segments each is in by the very SQL that `apply` runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segrules.analysis.answers import Example
from segrules.engines.engine import Engine
from segrules.language.core import Reference
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.mutating.draft_worlds import World, world
from segrules.workflows.proving.lattice import set_of
from segrules.workflows.testing.case_runs import compute
from segrules.workflows.testing.examples import row_of
from segrules.workflows.testing.given_rows import GivenRows
from segrules.workflows.testing.row_text import flow


@dataclass(frozen=True, slots=True)
class Tried:
    """A row that was made up. within: the set of segments it is in; line: the row as one line; rows: by table."""

    within: int
    line: str
    rows: GivenRows


def tried(
    engine: Engine,
    project: Project,
    rules: Rules,
    moment: AsOf,
    tests: Sequence[Reference],
    examples: Sequence[Example],
) -> list[Tried]:
    """Each example with the tests, by their places, that hold for it."""
    if not examples or not tests:
        return []
    entity = rules.entity.name
    worlds = [world(_draft(example), rules, project, moment) for example in examples]
    own = {**rules.entities, entity: rules}
    computed = compute(engine, project, own, {entity: tests}, [one.given for one in worlds], moment)
    found = []
    for one, values in zip(worlds, computed, strict=True):
        held = (row_of(values.of(entity, node), one.key) is True for node in tests)
        found.append(Tried(set_of(place for place, holds in enumerate(held) if holds), _line(one, rules), one.given))
    return found


def _draft(example: Example) -> Draft:
    return Draft(dict(example.cells), {name: [dict(row) for row in rows] for name, rows in example.rows.items()})


def _line(made: World, rules: Rules) -> str:
    own = made.given.get(rules.entity.name, ())
    return flow({name: value for row in own for name, value in row.items()})
