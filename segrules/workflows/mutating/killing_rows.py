"""Rows that tell a rule from its mutants: drafts of rows for all mutants of a thing, judged by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime

from segrules.analysis import Example
from segrules.engines.engine import Engine, EngineError
from segrules.language.core import Clock, Expression
from segrules.language.trees import walk
from segrules.planning.time import AsOf, as_of
from segrules.planning.variants import Thing, Variant, users_of
from segrules.project.model import Project, Rules, Segment
from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.mutating.drafting import Answer, Proposal
from segrules.workflows.mutating.killing_cases import Question, by_cases, by_drafts, nearest_user
from segrules.workflows.mutating.killing_examples import Asked, Input, by_examples, inputs_of
from segrules.workflows.testing.unit_tests import EXAMPLE_DAY


def answers(
    engine: Engine,
    project: Project,
    rules: Mapping[str, Rules],
    variants: Mapping[int, Variant],
    names: Mapping[int, str],
    day: date | datetime,
) -> dict[int, Answer]:
    """For each variant a test that it fails, where one is found.

    names: what the cases are called. day: their as-of; examples are of the project's, as they are when they run.
    """
    users = users_of(rules)
    by_thing: dict[Thing, dict[int, Variant]] = {}
    for number, variant in variants.items():
        by_thing.setdefault(variant.thing, {})[number] = variant
    found: dict[int, Answer] = {}
    for thing, own in by_thing.items():
        segment = segment_with_inputs(project, rules, thing)
        asked = nearest_user(thing, users)
        found |= {number: Answer(None, 0) for number in own}
        try:
            if segment is not None:
                moment = as_of(project.as_of or EXAMPLE_DAY, project.timezone)
                found |= by_examples(Asked(engine, project, rules[thing[0]], *segment, moment), own)
            elif asked is not None:
                moment = as_of(day, project.timezone)
                found |= by_cases(Question(engine, project, rules, asked, users, moment), thing, own, names)
        except EngineError:  # numbers that the engine has no room for: such rows tell nothing
            continue
    return found


def tried_out(
    engine: Engine,
    project: Project,
    rules: Mapping[str, Rules],
    variants: Mapping[int, Variant],
    names: Mapping[int, str],
    moment: AsOf,
    examples: Mapping[int, Example],
) -> dict[int, Proposal]:
    """By variant a case that it fails, made of the row that a prover made up for it, where that really tells them."""
    users = users_of(rules)
    groups: dict[Thing, list[int]] = {}
    for number in examples:
        asked = nearest_user(variants[number].thing, users)
        if asked is not None:
            groups.setdefault(asked, []).append(number)
    found: dict[int, Proposal] = {}
    for asked, numbers in groups.items():
        question = Question(engine, project, rules, asked, users, moment)
        drafts = {number: _draft_of(examples[number]) for number in numbers}
        try:
            found |= by_drafts(question, list(drafts.values()), {number: variants[number] for number in numbers}, names)
        except EngineError:  # numbers that the engine has no room for, in some of them
            for number, draft in drafts.items():
                with suppress(EngineError):
                    found |= by_drafts(question, [draft], {number: variants[number]}, names)
    return found


def _draft_of(example: Example) -> Draft:
    return Draft(dict(example.cells), {name: [dict(row) for row in own] for name, own in example.rows.items()})


def segment_with_inputs(
    project: Project, rules: Mapping[str, Rules], thing: Thing
) -> tuple[Segment, tuple[Input, ...]] | None:
    """A segment and what its rule asks for, where an example can give all of it."""
    entity, kind, name = thing
    if kind != "segment":
        return None
    rule = rules[entity].segments[name]
    inputs = inputs_of(rules[entity], rule)
    segment = next(item for item in project.segments if (item.entity, item.name) == (entity, name))
    if inputs is None or (project.as_of is None and _hangs_on_moment(rules[entity], rule, inputs)):
        return None
    return segment, inputs


def _hangs_on_moment(rules: Rules, rule: Expression, inputs: tuple[Input, ...]) -> bool:
    """Whether it matters when a rule is asked: it names the time since which an entity row is there, or counts days."""
    is_of_time = any(item.place == ((), rules.entity.time) for item in inputs)
    return is_of_time or any(isinstance(node, Clock) for node in walk(rule))
