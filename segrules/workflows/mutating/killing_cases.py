"""Cases that mutants fail: one entity row with its rows in relations and lookups, and what the rule makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from segrules.engines.engine import Engine
from segrules.language.core import Aggregate, Expression, Past, Population, Reference
from segrules.language.trees import walk, with_children
from segrules.language.types import INTEGER, Kind
from segrules.planning import reference
from segrules.planning.dependencies import definition, overlap
from segrules.planning.fold_time import fold_time
from segrules.planning.time import AsOf
from segrules.planning.variants import Thing, Users, Variant, in_place, reached, with_variants
from segrules.project.model import Project, Rules
from segrules.workflows.mutating.draft_rows import add_row, expanded
from segrules.workflows.mutating.draft_values import Cells, Draft, Maker
from segrules.workflows.mutating.draft_worlds import World, world
from segrules.workflows.mutating.drafting import (
    LEADS,
    Answer,
    Proposal,
    drafted,
    drafts_for,
    first_difference,
    maker_for,
)
from segrules.workflows.mutating.drafts import hold
from segrules.workflows.mutating.leading import lead
from segrules.workflows.testing.case_runs import Computed, compute
from segrules.workflows.testing.row_text import case, scalar
from segrules.workflows.testing.unit_tests import matches_trait

LARGEST = 3_000
"""Nodes of a rule with all that it rests on put in, for which drafts are made."""
ROUNDS = 2
"""How often values are taken out of a found row, one at a time, where it still tells."""
_UNWRITABLE = (Kind.DURATION, Kind.VERSION, Kind.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Question:
    """What made-up rows are asked: what becomes of one thing, by the rules and by variants of them."""

    engine: Engine
    project: Project
    rules: Mapping[str, Rules]
    thing: Thing
    users: Users
    moment: AsOf

    @property
    def own(self) -> Rules:
        return self.rules[self.thing[0]]


def by_cases(
    question: Question, changed: Thing, variants: Mapping[int, Variant], names: Mapping[int, str]
) -> dict[int, Answer]:
    """For each variant of a changed thing a case that it fails, where one is found. names: what cases are called."""
    own, thing = question.own, question.thing
    nothing = {number: Answer(None, 0) for number in variants}
    rule = inlined(own, definition(own, thing[1:]), question.moment)
    if rule is None or reference(own, thing[2]).type.kind in _UNWRITABLE or _looks_at_all(rule):
        return nothing
    maker = maker_for(question.project, own, question.moment, " ".join(changed))
    if changed[1] == "relation":
        drafts = _drafts_of_relation(own, rule, changed[2], variants, maker)
    else:
        others = [definition(in_place(question.rules, item)[thing[0]], thing[1:]) for item in variants.values()]
        mutants = [inlined(own, other, question.moment) for other in others]
        drafts = drafts_for(rule, [mutant for mutant in mutants if mutant is not None], maker)
    found = by_drafts(question, drafts, variants, names)
    asks_others = any(isinstance(node, Reference) and node.path for node in walk(rule))
    if asks_others or _folds_rollup(own, rule) or changed[1] == "relation":  # that none is found says little of these
        drafts = []
    return {number: Answer(found.get(number), len(drafts)) for number in variants}


def by_drafts(
    question: Question, drafts: Sequence[Draft], variants: Mapping[int, Variant], names: Mapping[int, str]
) -> dict[int, Proposal]:
    """For each variant a case made of the first draft that it fails, without what it can do without."""
    found = best(question, drafts, variants)
    for _ in range(ROUNDS):
        every = [smaller for draft in found.values() for smaller in _smaller(draft)]
        better = best(
            question, sorted(every, key=lambda draft: draft.size), {number: variants[number] for number in found}
        )
        found |= {number: draft for number, draft in better.items() if draft.size < found[number].size}
    return {number: _written(question, draft, names[number]) for number, draft in found.items()}


def _looks_at_all(rule: Expression) -> bool:
    """Whether a rule compares an entity row with others, or with what it was, for which drafts have no rows."""
    return any(isinstance(node, Population | Past) for node in walk(rule))


def _folds_rollup(rules: Rules, rule: Expression) -> bool:
    """Whether a rule asks for rows that are made of several rows each, which drafts do not think of."""
    folded = (node.relation for node in walk(rule) if isinstance(node, Aggregate))
    return any(_rests_on_rollup(rules, name) for name in folded)


def _rests_on_rollup(rules: Rules, name: str) -> bool:
    made = rules.derived.get(name)
    return made is not None and (bool(made.by) or _rests_on_rollup(rules, made.base))


def nearest_user(thing: Thing, users: Users) -> Thing | None:
    """A trait, segment or segmentation that rests on a relation, by way of as little else as can be."""
    waiting, seen = [thing], {thing}
    for item in waiting:
        if item[1] != "relation":
            return item
        new = sorted(users.get(item, frozenset()) - seen)
        seen |= set(new)
        waiting += new
    return None


def inlined(rules: Rules, rule: Expression, moment: AsOf) -> Expression | None:
    """A rule with what its names stand for, and no open time; None where that is too large."""
    left = [LARGEST]

    def inline(node: Expression) -> Expression:
        left[0] -= 1
        if left[0] < 0:
            return node
        if isinstance(node, Reference) and not node.path:
            base = node.name.partition(".")[0]
            known = node.name in (*rules.traits, *rules.segments) or base in rules.segmentations
            return inline(definition(rules, (node.to, node.name))) if known else node
        return with_children(node, inline)

    made = inline(rule)
    return None if left[0] < 0 else fold_time(made, moment)


def _drafts_of_relation(
    rules: Rules, rule: Expression, relation: str, variants: Mapping[int, Variant], maker: Maker
) -> list[Draft]:
    """Drafts with a row of the base of a derived relation that only some variant keeps, or gives another value."""
    folds = [node for node in walk(rule) if isinstance(node, Aggregate) and _rests_on(node.relation, relation, rules)]
    makes = [
        _kept(fold, relation, item, maker) for item in variants.values() for fold in folds[:1] for _ in range(LEADS)
    ]
    return drafted(makes)


def _rests_on(name: str, relation: str, rules: Rules) -> bool:
    return name == relation or (name in rules.derived and _rests_on(rules.derived[name].base, relation, rules))


def _kept(fold: Aggregate, relation: str, variant: Variant, maker: Maker) -> Callable[[Draft], None]:
    made = maker.rules.derived[relation]
    before = made.where if variant.part is None else dict(made.columns)[variant.part]

    def make(draft: Draft) -> None:
        scopes = maker.scopes(draft)
        for _ in range(maker.luck.randrange(3)):
            add_row(fold, True, scopes, draft, maker)
        row = add_row(fold, True, scopes, draft, maker)
        labels = {fold.row: row, relation: row}
        base = relation
        while base in maker.rules.derived:
            base = maker.rules.derived[base].base
            labels[base] = row
        assert before is not None
        row.clear()
        lead(fold_time(before, maker.moment), fold_time(variant.rule, maker.moment), {**scopes, **labels}, draft, maker)
        for test in (fold.where, fold.window):
            if test is not None:
                hold(expanded(test, fold.relation, fold.row, maker), True, {**scopes, **labels}, draft, maker)

    return make


def best(question: Question, drafts: Sequence[Draft], variants: Mapping[int, Variant]) -> dict[int, Draft]:
    """For each variant the first draft of which it makes something else than the rules do."""
    if not drafts or not variants:
        return {}
    worlds = [world(draft, question.own, question.project, question.moment) for draft in drafts]
    moves = any(kind == "relation" for item in variants.values() for _, kind, _ in reached(item.thing, question.users))
    if moves:
        own = _values(question, question.rules, [question.thing[2]], worlds)[0]
        others = {
            number: _values(question, in_place(question.rules, item), [question.thing[2]], worlds)[0]
            for number, item in variants.items()
        }
    else:
        more, names = with_variants(question.rules, tuple(variants.values()), question.users, [question.thing])
        found = _values(question, more, [question.thing[2], *(name[question.thing] for name in names)], worlds)
        own, others = found[0], dict(zip(variants, found[1:], strict=True))
    first = first_difference(own, others)
    return {number: drafts[at] for number, at in first.items()}


_TWICE = object()
"""In place of a value where several stages match and only one may: no test of such rows passes."""


def _values(
    question: Question, rules: Mapping[str, Rules], names: Sequence[str], worlds: Sequence[World]
) -> list[list[object]]:
    """For versions of the thing by their names the value in each world."""
    entity, kind, _ = question.thing
    own = rules[entity]
    node = Reference(kind, names[0], reference(question.own, question.thing[2]).type)  # type: ignore[arg-type]
    wanted = [replace(node, name=name) for name in names]
    counts: list[Reference] = []
    if kind == "segmentation" and own.segmentations[names[0]].hit == "unique":
        counts = [Reference("trait", matches_trait(names[0]), INTEGER)]
        own = replace(own, traits={**own.traits, counts[0].name: overlap(own.segmentations[names[0]])})
    given = [one.given for one in worlds]
    computed = compute(
        question.engine, question.project, {**rules, entity: own}, {entity: [*wanted, *counts]}, given, question.moment
    )
    return [
        [_value(one, at.key, entity, node, counts) for one, at in zip(computed, worlds, strict=True)] for node in wanted
    ]


def _value(computed: Computed, key: object, entity: str, node: Reference, counts: Sequence[Reference]) -> object:
    matches = [computed.of(entity, count).get(key) for count in counts]
    if any(isinstance(number, int) and number > 1 for number in matches):
        return _TWICE
    return computed.of(entity, node).get(key)


def _smaller(draft: Draft) -> list[Draft]:
    """The draft without one of its rows, or one of its values."""
    found = [
        Draft({at: value for at, value in draft.cells.items() if at != place}, draft.rows) for place in draft.cells
    ]
    for name, rows in draft.rows.items():
        for number, row in enumerate(rows):
            rest = [*rows[:number], *rows[number + 1 :]]
            found.append(Draft(draft.cells, {**draft.rows, name: rest} if rest else _without(draft.rows, name)))
            for place in row:
                less: Cells = {at: value for at, value in row.items() if at != place}
                found.append(Draft(draft.cells, {**draft.rows, name: [*rows[:number], less, *rows[number + 1 :]]}))
    return found


def _without(rows: Mapping[str, list[Cells]], name: str) -> dict[str, list[Cells]]:
    return {other: kept for other, kept in rows.items() if other != name}


def _written(question: Question, draft: Draft, name: str) -> Proposal:
    """The draft as a case that expects what the rules make of it."""
    made = world(draft, question.own, question.project, question.moment)
    value = _values(question, question.rules, [question.thing[2]], [made])[0][0]
    key = scalar(made.key)
    expected = f"{{{key}: {scalar(value)}}}"
    if question.thing[1] == "segment":
        expected = f"[{key}]" if value else "[]"
    return Proposal("case", case(name, made.given, question.thing[2], expected, question.moment.given))
