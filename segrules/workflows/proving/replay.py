"""Rows that a prover made up, tried on an engine before anybody sees them; where they fail, rows drafted anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from segrules.analysis import Example
from segrules.engines.engine import Engine
from segrules.language.core import And, Column, Compare, Expression, Literal, Membership
from segrules.language.trees import walk
from segrules.language.types import BOOLEAN
from segrules.planning.dependencies import own_references
from segrules.planning.others import reached
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.workflows.mutating.draft_values import Draft, Maker
from segrules.workflows.mutating.draft_worlds import World
from segrules.workflows.mutating.drafting import drafted, maker_for
from segrules.workflows.mutating.drafts import hold
from segrules.workflows.mutating.killing_cases import inlined
from segrules.workflows.proving.judging import Judge
from segrules.workflows.proving.shown import Shown, named, shown_value
from segrules.workflows.proving.worlds import Ground, ground_of, plausible_world
from segrules.workflows.testing.examples import example_key

DRAFTS = 20
"""Rows drafted for a question where the prover's own is none, or does not do it."""
GROUP = 25
"""Questions whose rows are asked together."""


@dataclass(frozen=True, slots=True)
class Question:
    """Tests that one entity row should pass at once, and the row that a prover made up for them, if it did."""

    tests: tuple[Expression, ...]
    example: Example | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A draft that passes a question's tests on the engine, and its rows."""

    draft: Draft
    world: World


def replay(
    engine: Engine,
    project: Project,
    rules: Mapping[str, Rules],
    entity: str,
    moment: AsOf,
    questions: Sequence[Question],
) -> list[Shown | None]:
    """For each question a row for which the engine says that all its tests hold; None where none was found.

    engine: one without data, in which tables are made. The same questions give the same rows.
    """
    found: list[Shown | None] = []
    for start in range(0, len(questions), GROUP):
        group = questions[start : start + GROUP]
        found += _replayed(Judge(engine, project, rules[entity], moment), group)
    return found


def _replayed(judge: Judge, questions: Sequence[Question]) -> list[Shown | None]:
    tests = [And(question.tests) if question.tests else Literal(True, BOOLEAN) for question in questions]
    rules = judge.rules
    ground = ground_of(judge.project, rules, judge.moment, free_key(rules, tests))
    own = {place: [draft_of(item.example)] for place, item in enumerate(questions) if item.example is not None}
    found = _first_passing(judge, ground, tests, own)
    drafts = {
        place: drafts_for_test(judge.project, rules, test, judge.moment)
        for place, test in enumerate(tests)
        if place not in found
    }
    found |= _first_passing(judge, ground, tests, drafts)
    return _shown(judge, questions, found)


def free_key(rules: Rules, tests: Sequence[Expression]) -> object:
    """A key that no rule behind the tests names."""
    entity = rules.entity
    behind = reached(rules, (part for test in tests for part in own_references(test, rules)))
    taken: set[object] = set()
    for node in chain.from_iterable(walk(part) for part in (*tests, *(one.expression for one in behind))):
        match node:
            case Membership(item=Column(row=row, path=(), name=name), values=Literal(value=tuple() as values)):
                taken |= {*values} if (row, name) == (entity.name, entity.key) else set()
            case Compare(left=Column(row=row, path=(), name=name), right=Literal(value=value)):
                taken |= {value} if (row, name) == (entity.name, entity.key) else set()
            case _:
                continue
    return example_key(entity, taken)


def draft_of(example: Example) -> Draft:
    rows = {name: [dict(row) for row in rows] for name, rows in example.rows.items()}
    return Draft(dict(example.cells), rows)


def drafts_for_test(project: Project, rules: Rules, test: Expression, moment: AsOf) -> list[Draft]:
    """Rows made up so that a test should hold, the simplest first."""
    whole = inlined(rules, test, moment)
    if whole is None:
        return []
    maker = maker_for(project, rules, moment, f"{rules.entity.name} {test!r}")
    make: Callable[[Draft], None] = partial(_make, whole, maker)
    return drafted([make] * DRAFTS)


def _make(test: Expression, maker: Maker, draft: Draft) -> None:
    hold(test, True, maker.scopes(draft), draft, maker)


def _first_passing(
    judge: Judge, ground: Ground, tests: Sequence[Expression], drafts: Mapping[int, Sequence[Draft]]
) -> dict[int, _Found]:
    """For each place of a test the first of its drafts for which it holds, if one does."""
    tried = [
        (place, _Found(draft, made))
        for place, own in drafts.items()
        for draft in own
        if (made := plausible_world(draft, ground)) is not None
    ]
    passing = judge.passing(tests, [(place, one.world) for place, one in tried])
    found: dict[int, _Found] = {}
    for (place, one), passes in zip(tried, passing, strict=True):
        if passes:
            found.setdefault(place, one)
    return found


def _shown(judge: Judge, questions: Sequence[Question], found: Mapping[int, _Found]) -> list[Shown | None]:
    """What was found as people read it, with the values that the engine computes."""
    names = {place: named(judge.rules, questions[place].tests) for place in found}
    parts = list(dict.fromkeys(one.part for own in names.values() for one in own))
    at = {part: place for place, part in enumerate(parts)}
    computed = judge.values(parts, [one.world for one in found.values()])
    shown: list[Shown | None] = [None] * len(questions)
    for (place, one), row in zip(found.items(), computed, strict=True):
        if row is not None:
            values = {item.name: shown_value(row[at[item.part]], item.part.type) for item in names[place]}
            shown[place] = Shown(judge.rules.entity.name, one.world.key, values, one.world.given, judge.moment.given)
    return shown
