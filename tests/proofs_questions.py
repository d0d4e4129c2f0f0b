"""Tests that a prover is asked about: segments and stages, parts of rules, and tests that are near these parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, get_args
from typing import Literal as OneOf

import running

from segrules.analysis import Prover, open_prover
from segrules.language.core import (
    Aggregate,
    Compare,
    Elements,
    Expression,
    IsMissing,
    Literal,
    Population,
)
from segrules.language.trees import children, is_predicate
from segrules.language.types import BOOLEAN, INTEGER, Kind
from segrules.planning import reference
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules

_ORDERED = (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER, Kind.DATE, Kind.TIMESTAMP, Kind.DURATION)
_OF_OTHER_ROWS = Aggregate | Population | Elements
_OPERATORS: tuple[OneOf["==", "<", "<=", ">", ">="], ...] = get_args(OneOf["==", "<", "<=", ">", ">="])


@dataclass(frozen=True)
class Asked:
    """Tests of an entity's rows. By its name, each is a segment of the rules, or a stage."""

    project: Project
    rules: Mapping[str, Rules]
    entity: str
    moment: AsOf
    names: tuple[str, ...]
    tests: tuple[Expression, ...]

    @property
    def own(self) -> Rules:
        return self.rules[self.entity]

    def prover(self, *, is_small: bool) -> Prover:
        return open_prover(self.project, self.own, self.moment, self.tests, is_small=is_small)


def drawn(
    project: Project, rules: Mapping[str, Rules], entity: str, moment: AsOf, luck: Random, most: int = 10
) -> Asked:
    """Some segments and stages of an entity, some parts of its rules, and tests that are near these parts."""
    own = rules[entity]
    named = [name for name in running.wanted_names(own) if reference(own, name).to == "segment"]
    parts = list(dict.fromkeys(part for rule in _definitions(own) for part in _tests(rule)))
    chosen = _some(parts, most, luck)
    near = list(dict.fromkeys(other for part in chosen for other in _some(list(neighbours(part)), 2, luck)))
    probes = list(dict.fromkeys((*chosen, *_some(near, most // 2, luck))))
    added = {f"probe {number}": probe for number, probe in enumerate(probes)}
    formed = replace(own, segments={**own.segments, **added})
    everyone = {**rules, entity: formed}
    formed = replace(formed, entities=everyone)
    names = (*_some(named, most // 2, luck), *added)
    tests = tuple(added[name] if name in added else reference(own, name) for name in names)
    return Asked(project, {**everyone, entity: formed}, entity, moment, names, tests)


def named(project: Project, rules: Mapping[str, Rules], entity: str, moment: AsOf, names: Sequence[str]) -> Asked:
    """Segments and stages by their names."""
    tests = tuple(reference(rules[entity], name) for name in names)
    return Asked(project, rules, entity, moment, tuple(names), tests)


def _some(items: Sequence[Any], most: int, luck: Random) -> list[Any]:
    return luck.sample(list(items), min(most, len(items)))


def _definitions(rules: Rules) -> Iterator[Expression]:
    yield from rules.segments.values()
    yield from rules.traits.values()
    for labelling in rules.segmentations.values():
        yield from (test for _, test in labelling.stages)


def _tests(node: Expression) -> Iterator[Expression]:
    """The tests in a rule that are of the entity's row itself."""
    if is_predicate(node) and node.type.kind is Kind.BOOLEAN and not isinstance(node, Literal):
        yield node
    if not isinstance(node, _OF_OTHER_ROWS):
        for child in children(node):
            yield from _tests(child)


def _own_parts(node: Expression) -> Iterator[Expression]:
    """The parts of an expression that are of the entity's row itself."""
    yield node
    if not isinstance(node, _OF_OTHER_ROWS):
        for child in children(node):
            yield from _own_parts(child)


def neighbours(test: Expression) -> Iterator[Expression]:
    """Tests of the same values as a test: such contradict each other more often than not."""
    for node in _own_parts(test):
        match node:
            case Compare(left=left, right=right):
                is_ordered = left.type.kind in _ORDERED
                yield from (Compare(operator, left, right) for operator in (_OPERATORS if is_ordered else ("==",)))
                yield from (IsMissing(side) for side in (left, right) if not isinstance(side, Literal))
            case Aggregate():
                yield from _near_fold(node)
            case Population(function="in_top" | "in_bottom" | "in_top_share"):
                yield IsMissing(node.value)


def _near_fold(node: Aggregate) -> Iterator[Expression]:
    """Whether there are rows, more rows, the same rows without a test or a window; whether a fold has a value."""
    if node.steps or node.within is not None or node.function in ("sequence", "funnel", "max_count", "nth"):
        return
    count = replace(node, function="count", value=None, type=INTEGER, argument=None)
    counts = (count, replace(count, where=None), replace(count, window=None))
    yield from (Compare(">", one, Literal(bound, INTEGER)) for one in counts for bound in (0, 1))
    yield from (replace(one, function="any", type=BOOLEAN) for one in counts)
    if node.value is not None:
        yield IsMissing(node)
        yield from (
            Compare(operator, replace(node, function=function), node)
            for function in ("min", "max")
            if node.function in ("min", "max", "first", "last")
            for operator in ("<", ">", "==")
            if node.type.kind in _ORDERED
        )
