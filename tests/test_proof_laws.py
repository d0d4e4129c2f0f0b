"""Laws of what proofs are used for: what is proven of a change, a mutant or an outcome, no row and no day denies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import running
from hypothesis import given, settings
from strategies import AS_OF, Sample, samples
from test_coverage_laws import watched
from test_two_versions import ENTITY, linked, mutated

from segrules.engines import Engine
from segrules.language.core import Aggregate, And, Expression, Or, Past, Reference
from segrules.language.trees import walk
from segrules.planning.renaming import Thing
from segrules.planning.time import parse_as_of
from segrules.planning.variants import Variant, in_place, rule_parts
from segrules.project.model import Rules
from segrules.workflows.mutating.equivalents import equivalent
from segrules.workflows.mutating.mutation import mutated_rules
from segrules.workflows.reviewing.change import Change, Version
from segrules.workflows.reviewing.changes import compare
from segrules.workflows.reviewing.proving import proven
from segrules.workflows.testing.impossible import impossible

FEW = settings(max_examples=max(1, settings().max_examples // 8))
Values = Mapping[str, Mapping[Any, Any]]


def values_on(sample: Sample, rules: Rules, days: tuple[str, ...]) -> Iterator[Values]:
    """What everything comes to as of each day, by the reference."""
    for day in days:
        moment = parse_as_of(day, sample.zone)
        yield running.expected(rules, sample.worlds[:1], moment.now, sample.zone)


def holding(values: Values, name: str) -> set[Any]:
    return {key for key, value in values[name].items() if value is True}


@FEW
@given(sample=samples(), data=st.data(), other=st.sampled_from(AS_OF))
def test_no_row_goes_a_way_that_is_proven_to_be_none(sample: Sample, data: st.DataObject, other: str) -> None:
    project = running.open_project(sample.files)
    old = running.resolve_project(project)
    new = mutated(old, data) if data.draw(st.booleans()) else _padded(old, data)
    before, after = Version("old", project, old), Version("new", project, new)
    comparison = compare(before, after)
    found = proven(comparison, before, after, parse_as_of(sample.as_of, sample.zone))
    days = (sample.as_of, other)
    then, now = list(values_on(sample, old[ENTITY], days)), list(values_on(sample, new[ENTITY], days))
    kept = {change.thing: change for change in found.changes}
    for change in (change for change in comparison.changes if change.thing.entity == ENTITY):
        _check(kept.get(change.thing), change.thing, then, now)


def _check(change: Change | None, thing: Thing, then: list[Values], now: list[Values]) -> None:
    """change: what became of a change in meaning; None where it is not told because nothing came of it."""
    if thing.kind == "relation":
        return
    if change is None or change.verdict in ("rewritten", "unmoved", "described"):
        for one, two in zip(then, now, strict=True):
            assert one[thing.name] == two[thing.name], f"{thing} is said to mean the same"
    for side in change.proof.sides if change is not None and change.proof is not None else ():
        if side.verdict != "never":
            continue
        for one, two in list(zip(then, now, strict=True))[: None if side.is_always else 1]:
            if side.way == "differs":
                assert one[thing.name] == two[thing.name], thing
            else:
                was, is_now = holding(one, thing.name), holding(two, thing.name)
                assert not (is_now - was if side.way == "enters" else was - is_now), (thing, side)


def _padded(rules: Mapping[str, Rules], data: st.DataObject) -> dict[str, Rules]:
    """The rules with some segments in other words: `a or (a and b)` for a, or nearly so."""
    new = dict(rules)
    for entity, own in rules.items():
        segments: dict[str, Expression] = {}
        for name, rule in own.segments.items():
            before = [node for node in list(own.segments.values())[: len(segments)] if _rests_on_nothing(node, own)]
            other = data.draw(st.sampled_from([*before, rule]))
            wide, narrow = Or((rule, And((rule, other)))), And((rule, Or((rule, other))))
            segments[name] = data.draw(st.sampled_from((wide, narrow, And((rule, other)), rule)))
        new[entity] = replace(own, segments=segments)
    return linked(new)


def _rests_on_nothing(node: Expression, rules: Rules) -> bool:
    """Whether a rule names nothing that could come back to the rule it is put into."""
    parts = list(walk(node))
    folded = {part.relation for part in parts if isinstance(part, Aggregate)}
    return not folded & rules.derived.keys() and not any(isinstance(part, Reference | Past) for part in parts)


@FEW
@given(sample=samples(), data=st.data(), other=st.sampled_from(AS_OF))
def test_a_mutant_that_is_proven_to_be_the_rule_is(sample: Sample, data: st.DataObject, other: str) -> None:
    project = running.open_project(sample.files)
    rules = running.resolve_project(project)
    every = [item.variant for item in mutated_rules(rules) if item.entity == ENTITY]
    every += list(_padded_parts(rules[ENTITY]))
    chosen = dict(enumerate(data.draw(st.lists(st.sampled_from(every), max_size=12)) if every else []))
    same = equivalent(project, rules[ENTITY], chosen)
    for day in (sample.as_of, other) if same else ():
        (own,) = values_on(sample, rules[ENTITY], (day,))
        for number in same:
            (theirs,) = values_on(sample, in_place(rules, chosen[number])[ENTITY], (day,))
            assert own == theirs, chosen[number]


def _padded_parts(rules: Rules) -> Iterator[Variant]:
    """Segments and stages with a segment more, which stands before them."""
    others = [rule for rule in list(rules.segments.values())[:2] if _rests_on_nothing(rule, rules)]
    for thing, part, rule in rule_parts(rules):
        if thing[1] == "segmentation" or (thing[1] == "segment" and thing[2] not in [*rules.segments][:2]):
            yield from (Variant(thing, Or((rule, And((rule, other)))), part) for other in others)
            yield from (Variant(thing, And((rule, other)), part) for other in others)


@FEW
@given(sample=samples(), data=st.data())
def test_no_row_comes_to_an_outcome_that_is_proven_impossible(
    sample: Sample, data: st.DataObject, duckdb_engine: Engine
) -> None:
    project = running.open_project(sample.files)
    rules = running.resolve_project(project)
    found = watched(duckdb_engine, project, rules, sample, sample.worlds)
    nothing = dict.fromkeys(found.seen, 8)  # looked at, and none of the outcomes seen
    some = data.draw(st.sets(st.sampled_from([*found.rules]), max_size=4)) if found.rules else set()
    never = impossible(replace(found, seen=nothing), some)
    for place, bits in never.items():
        name, at = place
        what = name if at == 0 else found.rules[name].atoms[at - 1].span.text
        assert not found.seen[place] & bits, f"{what} came to what is proven impossible: {bits}"
