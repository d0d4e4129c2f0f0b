"""Whether what is proven of one as-of holds as of any: the same question where now and today are unknown values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from segrules.analysis.answers import Answer, Prover
from segrules.analysis.prover import open_prover
from segrules.language.core import Clock, Column, Expression, Past
from segrules.language.trees import walk, with_children
from segrules.language.types import DATE, TIMESTAMP
from segrules.planning.meanings import expressions_of, rests_on
from segrules.planning.renaming import Thing, referred
from segrules.planning.time import LATEST, as_of
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Derivation, Project, Rules

_CLOCKS = {"now": "~now", "today": "~today"}  # names that no rule can write
_LAST = date(LATEST, 1, 1)  # rows are visible before it, and so before any as-of


@dataclass(frozen=True, slots=True)
class AnyMoment:
    """Answers questions about the rows of one entity as of whatever moment.

    past: the things whose own rules ask what something was at an earlier moment: nothing is known of these.
    """

    prover: Prover
    rules: Rules
    past: frozenset[Thing]

    def ask(self, tests: Sequence[Expression]) -> Answer:
        """Whether as of some moment some entity row passes all tests."""
        if not _is_of_now(tests, self.rules, self.past):
            return Answer("inconclusive")
        answer = self.prover.ask([_without_clock(test, self.rules.entity.name) for test in tests], example=False)
        return replace(answer, facts=tuple(fact for fact in answer.facts if fact.column not in _CLOCKS.values()))


def open_for_any_moment(project: Project, rules: Rules, tests: Sequence[Expression]) -> AnyMoment:
    """What answers questions as of any moment.

    "never" holds for every as-of; "possible" says little, because nothing binds today to now.
    """
    things = _reached(tests, rules)
    past = frozenset(thing for thing in things if _looks_back(expressions_of(thing, _rules_of(thing, rules))))
    entity, timeless = rules.entity.name, _timeless(rules, things - past)
    declared = replace(project, entities=tuple(own.entity for own in timeless.entities.values()))
    moment = as_of(_LAST, project.timezone)
    asked = [_without_clock(test, entity) for test in tests if _is_of_now((test,), rules, past)]
    return AnyMoment(open_prover(declared, timeless, moment, asked), rules, past)


def _is_of_now(tests: Sequence[Expression], rules: Rules, past: frozenset[Thing]) -> bool:
    """Whether nothing that tests rest on asks what something was at an earlier moment."""
    return not _looks_back(tests) and (not past or past.isdisjoint(_reached(tests, rules)))


def _looks_back(expressions: Iterable[Expression]) -> bool:
    return any(isinstance(node, Past) for part in expressions for node in walk(part))


def _reached(tests: Iterable[Expression], rules: Rules) -> frozenset[Thing]:
    """Everything that tests rest on, also of other entities."""
    waiting = list(referred(tests, rules))
    found: set[Thing] = set()
    while waiting:
        thing = waiting.pop()
        if thing not in found:
            found.add(thing)
            waiting += rests_on(thing, _rules_of(thing, rules))
    return frozenset(found)


def _rules_of(thing: Thing, rules: Rules) -> Rules:
    return rules if thing.entity == rules.entity.name else rules.entities[thing.entity]


def _timeless(rules: Rules, things: Iterable[Thing]) -> Rules:
    """The rules in which some things read now and today from columns."""
    by_entity: dict[str, list[Thing]] = {}
    for thing in things:
        by_entity.setdefault(thing.entity, []).append(thing)
    others: dict[str, Rules] = {}
    for name, own in {**rules.entities, rules.entity.name: rules}.items():
        others[name] = replace(_with_columns(own, by_entity.get(name, ())), entities=others)
    return others[rules.entity.name]


def _with_columns(rules: Rules, things: Iterable[Thing]) -> Rules:
    clocks = (
        StoredColumn(_CLOCKS["now"], TIMESTAMP, never_missing=True),
        StoredColumn(_CLOCKS["today"], DATE, never_missing=True),
    )
    entity = replace(rules.entity, columns=(*rules.entity.columns, *clocks))
    traits, segments = dict(rules.traits), dict(rules.segments)
    segmentations, derived = dict(rules.segmentations), dict(rules.derived)
    for thing in things:
        match thing.kind:
            case "trait":
                traits[thing.name] = _without_clock(rules.traits[thing.name], entity.name)
            case "segment":
                segments[thing.name] = _without_clock(rules.segments[thing.name], entity.name)
            case "segmentation" | "stage":
                name = thing.name.partition(".")[0]
                labelling = rules.segmentations[name]
                stages = tuple((label, _without_clock(test, entity.name)) for label, test in labelling.stages)
                segmentations[name] = replace(labelling, stages=stages)
            case "relation" if thing.name in rules.derived:
                derived[thing.name] = _derivation(rules.derived[thing.name], entity.name)
    return replace(rules, entity=entity, traits=traits, segments=segments, segmentations=segmentations, derived=derived)


def _derivation(made: Derivation, entity: str) -> Derivation:
    return replace(
        made,
        where=None if made.where is None else _without_clock(made.where, entity),
        by=tuple((name, _without_clock(node, entity)) for name, node in made.by),
        columns=tuple((name, _without_clock(node, entity)) for name, node in made.columns),
    )


def _without_clock(node: Expression, entity: str) -> Expression:
    """The expression that reads now and today from columns of the entity."""
    if isinstance(node, Clock):
        return Column(entity, (), _CLOCKS[node.reading], node.type, may_be_missing=False, span=node.span)
    return with_children(node, lambda part: _without_clock(part, entity))
