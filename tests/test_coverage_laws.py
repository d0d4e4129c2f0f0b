"""Laws of coverage: tests see just what the reference evaluator comes to on their rows, and more tests see no less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import pytest
import reference
import running
from hypothesis import given, reject, settings
from strategies import Sample, samples

from segrules.engines import Engine, EngineError
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Compare,
    Expression,
    Membership,
    Not,
    Or,
    Population,
)
from segrules.language.functions import PREDICATES
from segrules.language.trees import walk
from segrules.language.types import Kind
from segrules.planning import references
from segrules.planning.time import parse_as_of
from segrules.project.model import Project, Rules
from segrules.source import Span
from segrules.workflows.testing import watching
from segrules.workflows.testing.atoms import BITS
from segrules.workflows.testing.coverage import coverage, percent, totals, unseen

SOME_ROWS = ("first", "last", "nth", "sequence", "funnel", "max_count")
Worlds = Sequence[running.World]


SEEN: dict[tuple[str, int, int], int] = {}  # of one example
INSIDE: list[Span] = []


@dataclass(frozen=True)
class Watching(reference.Subject):
    """An entity row that keeps, by place in the files, the outcomes of all tests that are evaluated for it."""

    def value(self, node: Expression, own: reference.Own) -> Any:
        if node.type.kind is not Kind.BOOLEAN or node.span is None or node.span in INSIDE:
            return super().value(node, own)
        INSIDE.append(node.span)
        value = super().value(node, own)
        outcome = "missing" if self.is_unknown(node, own) else "true" if value is True else "false"
        INSIDE.pop()
        if self.world.now == NOW[0]:
            place = (node.span.file.path, node.span.start, node.span.end)
            SEEN[place] = SEEN.get(place, 0) | BITS[outcome]
        return value

    def test(self, node: Expression, own: reference.Own) -> bool:
        """As ever, but without stopping at the first test that decides."""
        if not isinstance(node, And | Or):
            return super().test(node, own)
        groups = [tuple(parts) for _, parts in groupby(node.items, lambda item: item.span)]
        if len(groups) == 1:
            return super().test(node, own)
        parts = [same[0] if len(same) == 1 else replace(node, items=same, span=same[0].span) for same in groups]
        holding = [self.holds(part, own) for part in parts]
        return all(holding) if isinstance(node, And) else any(holding)

    def is_unknown(self, node: Expression, own: reference.Own) -> bool:
        match node:
            case Not(item=item) if item.span == node.span:
                return self.is_unknown(item, own)
            case Not():
                return False
            case And(items=items) | Or(items=items):
                is_one_test = len({item.span for item in items}) == 1
                return is_one_test and any(self.is_unknown(item, own) for item in items)
            case Compare(left=left, right=right) | Membership(item=left, values=right):
                return None in (self.value(left, own), self.value(right, own))
            case Call(function=function, arguments=arguments) if function in PREDICATES:
                return None in [self.value(part, own) for part in arguments]
            case _:
                return self.value(node, own) is None


NOW: list[Any] = [None]


@settings(max_examples=settings().max_examples // 4)
@given(sample=samples())
def test_tests_see_what_the_reference_comes_to(sample: Sample, duckdb_engine: Engine) -> None:
    project, rules = _resolved(sample)
    found = watched(duckdb_engine, project, rules, sample, sample.worlds)
    seen_by_reference(rules, sample)
    for (name, place), bits in found.seen.items():
        if place == 0 or name.entity != "customer":
            continue
        rule = found.rules[name]
        span = rule.atoms[place - 1].span
        expected = SEEN.get((span.file.path, span.start, span.end), 0)
        possible = sum(BITS[outcome] for outcome in rule.atoms[place - 1].outcomes)
        assert expected & ~possible == 0, f"{span.text} came to what is held for impossible: {expected}"
        if name.kind == "relation" or is_passed_over(rules, span):  # it makes rows of a relation when it needs them
            assert expected & ~bits == 0, f"{span.text}: {bits}, expected at least {expected}"
        else:
            assert bits == expected, f"{span.text}: {bits}, expected {expected}"


@settings(max_examples=settings().max_examples // 16)
@given(sample=samples())
def test_another_case_never_lowers_coverage(sample: Sample, duckdb_engine: Engine) -> None:
    project, rules = _resolved(sample)
    alone = [watched(duckdb_engine, project, rules, sample, [world]) for world in sample.worlds]
    together = watched(duckdb_engine, project, rules, sample, sample.worlds)
    for mark, bits in together.seen.items():
        joined = 0
        for one in alone:
            joined |= one.seen.get(mark, 0)
        assert bits == joined
    rest = coverage(together)
    assert (percent(*totals(rest)) == 100) == (unseen(rest) == ())
    assert totals(coverage(alone[0]))[0] <= totals(rest)[0]


def watched(
    engine: Engine, project: Project, rules: Mapping[str, Rules], sample: Sample, worlds: Worlds
) -> watching.Watch:
    """What cases see that have the rows of these worlds and expect something of everything."""
    watch = watching.watch(project, rules)
    wanted = references(rules["customer"], running.wanted_names(rules["customer"]))
    asked = [[("customer", node, None) for node in wanted]] * len(worlds)
    moment = parse_as_of(sample.as_of, sample.zone)
    try:
        watching.compute_watched(engine, project, rules, {"customer": wanted}, worlds, moment, watch, asked)
    except EngineError as error:
        if error.kind != "overflow":
            raise
        reject()
    return watch


def seen_by_reference(rules: Mapping[str, Rules], sample: Sample) -> None:
    SEEN.clear()
    NOW[0] = parse_as_of(sample.as_of, sample.zone).now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "Subject", Watching)
        for world in sample.worlds:
            reference.everything(rules["customer"], world, NOW[0], sample.zone)


def is_passed_over(rules: Mapping[str, Rules], span: Span) -> bool:
    """Whether a test stands where the reference does not look at all that there is."""
    own = rules["customer"]
    stages = (rule for labelling in own.segmentations.values() for _, rule in labelling.stages)
    made = (part for item in own.derived.values() for _, part in (*item.by, *item.columns))
    for rule in (*own.traits.values(), *own.segments.values(), *stages, *made):
        for node in walk(rule):
            if _is_passed_over(node) and node.span is not None:
                around = node.span
                if around.file is span.file and around.start <= span.start and span.end <= around.end:
                    return True
    return False


def _is_passed_over(node: Expression) -> bool:
    """The reference looks at some rows of these only, and once at population functions that are equal."""
    return isinstance(node, Population) or (isinstance(node, Aggregate) and node.function in SOME_ROWS)


def _resolved(sample: Sample) -> tuple[Project, dict[str, Rules]]:
    project = running.open_project(sample.files)
    return project, running.resolve_project(project)
