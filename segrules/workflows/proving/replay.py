"""Rows that a prover made up, tried on an engine before anybody sees them; where they fail, rows drafted anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from segrules.analysis import Example
from segrules.engines.engine import Engine
from segrules.language.core import And, Expression, Literal
from segrules.language.types import BOOLEAN
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.mutating.draft_worlds import contract_columns
from segrules.workflows.proving.edits import (
    Edit,
    columns_by_place,
    fewer_of_some,
    fewer_rows,
    fewer_values,
    part_of,
    places_in,
    replacements,
)
from segrules.workflows.proving.judging import Judge, passing
from segrules.workflows.proving.plausible import constants_in
from segrules.workflows.proving.shown import Shown, named, shown_value
from segrules.workflows.proving.smaller import Holds, improved
from segrules.workflows.proving.starting import draft_of, drafter, drafts_for, free_key, whole_test
from segrules.workflows.proving.worlds import Ground, ground_of, plausible_world

GROUP = 100
"""Questions whose rows are asked together."""
TRIES = (3, 17)
"""Rows drafted for a question where the prover's own is none, or does not do it: so many, and then so many more."""


@dataclass(frozen=True, slots=True)
class Question:
    """Tests that one entity row should pass at once, and the row that a prover made up for them, if it did."""

    tests: tuple[Expression, ...]
    example: Example | None = field(default=None)

    @property
    def test(self) -> Expression:
        return And(self.tests) if self.tests else Literal(True, BOOLEAN)


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
        found += _replayed(Judge(engine, project, rules[entity], moment), questions[start : start + GROUP])
    return found


def _replayed(judge: Judge, questions: Sequence[Question]) -> list[Shown | None]:
    tests = [question.test for question in questions]
    ground = ground_of(judge.project, judge.rules, judge.moment, free_key(judge.rules, tests))
    asking = judge.about_tests(tests)

    def holds(tried: Sequence[tuple[int, Draft]]) -> list[bool]:
        return passing(asking, [(place, plausible_world(draft, ground)) for place, draft in tried])

    wholes = [whole_test(judge.rules, test, judge.moment) for test in tests]
    found = _found(ground, questions, wholes, holds)
    return _shown(judge, ground, questions, _smallest(ground, found, wholes, holds))


def _found(
    ground: Ground, questions: Sequence[Question], wholes: Sequence[Expression], holds: Holds
) -> dict[int, Draft]:
    """For each question, by its place, a draft that passes: the prover's own or one drafted here."""
    own = {place: [draft_of(item.example)] for place, item in enumerate(questions) if item.example is not None}
    found = _first_passing(own, holds)
    makers = {
        place: drafter(ground.project, ground.rules, whole, ground.moment)
        for place, whole in enumerate(wholes)
        if place not in found
    }
    for count in TRIES:
        drafts = {
            place: drafts_for(wholes[place], maker, count) for place, maker in makers.items() if place not in found
        }
        found |= _first_passing(drafts, holds)
    return found


def _first_passing(drafts: Mapping[int, Iterable[Draft]], holds: Holds) -> dict[int, Draft]:
    """For each place of a question the first of its drafts that passes, if one does."""
    tried = [(place, draft) for place, own in drafts.items() for draft in own]
    found: dict[int, Draft] = {}
    for (place, draft), passes in zip(tried, holds(tried), strict=True):
        if passes:
            found.setdefault(place, draft)
    return found


def _smallest(
    ground: Ground, found: Mapping[int, Draft], wholes: Sequence[Expression], holds: Holds
) -> dict[int, Draft]:
    """The drafts without what their tests do not need, and with plausible values."""
    columns = columns_by_place(contract_columns(ground.project), ground.rules.entity.name)
    constants = {place: constants_in([wholes[place]], ground.moment) for place in found}

    def replaced(place: int, draft: Draft) -> Iterable[tuple[Edit, ...]]:
        return replacements(draft, constants[place], columns, ground.moment)

    best = {**found}
    for parts in (
        {place: part_of(draft, columns) for place, draft in found.items()},
        {place: part_of(draft, places_in(wholes[place], ground.rules)) for place, draft in found.items()},
    ):
        held = holds(list(parts.items()))
        best |= {place: draft for (place, draft), passes in zip(parts.items(), held, strict=True) if passes}
    for proposals in (fewer_rows, fewer_values, fewer_of_some, replaced):
        best |= improved(best, proposals, holds)
    return best


def _shown(
    judge: Judge, ground: Ground, questions: Sequence[Question], found: Mapping[int, Draft]
) -> list[Shown | None]:
    """What was found as people read it, with the values that the engine computes."""
    rules, moment = ground.rules, ground.moment
    worlds = {place: made for place, draft in found.items() if (made := plausible_world(draft, ground)) is not None}
    names = {place: named(rules, questions[place].tests) for place in worlds}
    parts = list(dict.fromkeys(one.part for own in names.values() for one in own))
    at = {part: number for number, part in enumerate(parts)}
    computed = judge.values(parts, list(worlds.values()))
    shown: list[Shown | None] = [None] * len(questions)
    for (place, made), row in zip(worlds.items(), computed, strict=True):
        if row is not None:
            values = {item.name: shown_value(row[at[item.part]], item.part.type) for item in names[place]}
            shown[place] = Shown(rules.entity.name, made.key, values, made.given, moment.given)
    return shown
