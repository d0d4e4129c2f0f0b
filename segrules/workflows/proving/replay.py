"""Rows that a prover made up, tried on an engine before anybody sees them; where they fail, rows drafted anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from segrules.analysis import Example
from segrules.engines.engine import Engine
from segrules.language.core import And, Expression, Literal
from segrules.language.types import BOOLEAN
from segrules.planning.dependencies import own_references
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.mutating.draft_worlds import World, contract_columns
from segrules.workflows.proving.crowds import NOBODY, among_others, looks_at_all
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
from segrules.workflows.proving.searching import search
from segrules.workflows.proving.shown import Shown, named, shown_value
from segrules.workflows.proving.smaller import Holds, improved
from segrules.workflows.proving.starting import draft_of, drafter, drafts_for, free_key, whole_test
from segrules.workflows.proving.worlds import Ground, Rows, ground_of, plausible_world

GROUP = 100
"""Questions whose rows are asked together."""
TRIES = 3
"""Rows drafted for a question where the prover's own does not do it, before one is sought clause by clause."""


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
    wholes = [whole_test(judge.rules, test, judge.moment) for test in tests]
    asking = judge.about_tests(tests)
    crowds: dict[int, Rows] = {}

    def made(place: int, draft: Draft) -> World | None:
        return plausible_world(draft, ground, crowds.get(place, NOBODY))

    def holds(tried: Sequence[tuple[int, Draft]]) -> list[bool]:
        return passing(asking, [(place, made(place, draft)) for place, draft in tried])

    found = _found(judge, ground, questions, wholes, holds)
    alone = {place: whole for place, whole in enumerate(wholes) if place not in found and looks_at_all(whole)}
    for place, (draft, crowd) in among_others(asking, ground, alone, _own(questions)).items():
        found[place], crowds[place] = draft, crowd
    best = _smallest(ground, found, wholes, holds)
    worlds = {place: world for place, draft in best.items() if (world := made(place, draft)) is not None}
    return _shown(judge, questions, worlds)


def _found(
    judge: Judge, ground: Ground, questions: Sequence[Question], wholes: Sequence[Expression], holds: Holds
) -> dict[int, Draft]:
    """For each question, by its place, a draft that passes: the prover's own or one drafted here."""
    own = _own(questions)
    found = _first_passing(own, holds)
    drafts = {
        place: drafts_for(whole, drafter(ground.project, ground.rules, whole, ground.moment), TRIES)
        for place, whole in enumerate(wholes)
        if place not in found
    }
    found |= _first_passing(drafts, holds)
    left = {place: questions[place].test for place in drafts if place not in found}
    return found | search(judge, ground, left, own)


def _own(questions: Sequence[Question]) -> dict[int, list[Draft]]:
    """By the place of a question what a prover made up for it."""
    return {place: [draft_of(item.example)] for place, item in enumerate(questions) if item.example is not None}


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


def _shown(judge: Judge, questions: Sequence[Question], worlds: Mapping[int, World]) -> list[Shown | None]:
    """What was found as people read it, with the values that the engine computes."""
    rules = judge.rules
    names = {place: named(rules, questions[place].tests) for place in worlds}
    things = {place: list(dict.fromkeys(own_references(questions[place].test, rules))) for place in worlds}
    asked = [*(one.part for own in names.values() for one in own), *chain.from_iterable(things.values())]
    at = {part: number for number, part in enumerate(dict.fromkeys(asked))}
    computed = judge.about_values(list(at)).everybody(list(worlds.values()))
    shown: list[Shown | None] = [None] * len(questions)
    for (place, made), rows in zip(worlds.items(), computed, strict=True):
        row = rows.get(made.key)
        if row is None:
            continue
        values = {item.name: shown_value(row[at[item.part]], item.part.type) for item in names[place]}
        several = things[place] if len(rows) > 1 else []
        everybody = {one.name: {key: own[at[one]] for key, own in sorted(rows.items(), key=repr)} for one in several}
        shown[place] = Shown(rules.entity.name, made.key, values, made.given, judge.moment.given, everybody)
    return shown
