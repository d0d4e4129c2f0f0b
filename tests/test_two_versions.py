"""Laws of two versions: what is said to mean the same does, and who enters and leaves is the difference of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import running
from hypothesis import given, reject, settings
from strategies import Sample, samples

from segrules.engines import Engine, EngineError
from segrules.language.core import And, Expression, Or
from segrules.language.mutants import mutants
from segrules.language.trees import with_children
from segrules.planning.renaming import Thing, renamed, renamed_derivation, renamed_labelling
from segrules.planning.time import parse_as_of
from segrules.planning.two_versions import together
from segrules.project.model import Rules
from segrules.sql.scans import typed_scans
from segrules.workflows.reviewing.change import Version
from segrules.workflows.reviewing.changes import compare
from segrules.workflows.reviewing.member_changes import count_changes

ENTITY = "customer"


@settings(max_examples=settings().max_examples // 4)
@given(sample=samples(), data=st.data())
def test_what_changes_is_what_the_reference_says(sample: Sample, data: st.DataObject, duckdb_engine: Engine) -> None:
    project = running.open_project(sample.files)
    old = running.resolve_project(project)
    new = mutated(old, data)
    before, after = Version("old", project, old), Version("new", project, new)
    comparison = compare(before, after)
    as_of = parse_as_of(sample.as_of, sample.zone)
    worlds = sample.worlds[:1]
    then = running.expected(old[ENTITY], worlds, as_of.now, sample.zone)
    now = running.expected(new[ENTITY], worlds, as_of.now, sample.zone)
    for thing, name in comparison.same.items():
        if thing.entity == ENTITY and thing.kind != "relation":
            assert then[thing.name] == now[name], f"{thing} is not {name}"
    both = together(old, new, comparison.same)
    assert not both.lost
    tables = running.load(duckdb_engine, old[ENTITY], worlds, sample.zone, None)
    duckdb_engine.execute(f'DROP TABLE IF EXISTS "members of {ENTITY}"')
    scan = typed_scans(tables, sample.zone)
    try:
        found = count_changes(duckdb_engine, scan, both, old, comparison, ENTITY, as_of, with_keys=True)  # type: ignore[arg-type]
    except EngineError as error:
        if error.kind != "overflow":
            raise
        reject()
    for thing, change in found.members.items():
        was, is_now = _members(then, thing.name), _members(now, thing.name)
        assert (change.before, change.after) == (len(was), len(is_now)), thing
        assert (change.entered, change.left) == (len(is_now - was), len(was - is_now)), thing
        assert set(change.keys.entered) == is_now - was or len(is_now - was) > 5
        assert set(change.keys.left) == was - is_now or len(was - is_now) > 5
    unchanged = {thing.name for thing in comparison.same} | {thing.name for thing in found.members}
    assert unchanged >= set(old[ENTITY].segments)


@settings(max_examples=settings().max_examples // 4)
@given(sample=samples(), data=st.data())
def test_other_names_and_another_order_change_nothing(sample: Sample, data: st.DataObject) -> None:
    project = running.open_project(sample.files)
    old = running.resolve_project(project)
    name = data.draw(st.sampled_from(["อื่น", "other"]))

    def rename(thing: Thing) -> str:
        return f"{name}_{thing.name}" if thing.kind == "trait" else thing.name

    new = {
        entity: replace(
            own,
            traits={f"{name}_{trait}": _turned(renamed(node, own, rename)) for trait, node in own.traits.items()},
            segments={segment: _turned(renamed(node, own, rename)) for segment, node in own.segments.items()},
            segmentations={one: renamed_labelling(item, own, rename) for one, item in own.segmentations.items()},
            derived={made: renamed_derivation(item, own, rename) for made, item in own.derived.items()},
        )
        for entity, own in old.items()
    }
    new = linked(new)
    comparison = compare(Version("old", project, old), Version("new", project, new))
    assert {change.verdict for change in comparison.changes} <= {"renamed"}
    as_of = parse_as_of(sample.as_of, sample.zone)
    then = running.expected(old[ENTITY], sample.worlds[:1], as_of.now, sample.zone)
    now = running.expected(new[ENTITY], sample.worlds[:1], as_of.now, sample.zone)
    renames = {thing.name: name for thing, name in comparison.same.items() if thing == replace(thing, entity=ENTITY)}
    assert all(then[trait] == now[renames[trait]] for trait in old[ENTITY].traits)


def _turned(node: Expression) -> Expression:
    """The expression with the parts of every `and` and `or` in the opposite order."""
    node = with_children(node, _turned)
    return replace(node, items=node.items[::-1]) if isinstance(node, And | Or) else node


def mutated(rules: Mapping[str, Rules], data: st.DataObject) -> dict[str, Rules]:
    """The rules with one to three definitions changed a little, of whatever entity."""
    places = [
        (entity, kind, name)
        for entity, own in rules.items()
        for kind, names in (("traits", own.traits), ("segments", own.segments))
        for name in names
        if mutants(names[name])
    ]
    places += [(entity, "segmentations", name) for entity, own in rules.items() for name in own.segmentations]
    if not places:
        reject()
    new = dict(rules)
    for entity, kind, name in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True)):
        named: Mapping[str, Any] = getattr(new[entity], kind)
        if kind == "segmentations":
            order = data.draw(st.permutations(named[name].stages))
            hit = data.draw(st.sampled_from(("first", named[name].hit)))
            mutant = replace(named[name], stages=tuple(order), hit=hit)
        else:
            mutant = data.draw(st.sampled_from(mutants(named[name]))).rule
        changed: dict[str, Any] = {kind: {**named, name: mutant}}
        new[entity] = replace(new[entity], **changed)
    return linked(new)


def linked(rules: Mapping[str, Rules]) -> dict[str, Rules]:
    entities: dict[str, Rules] = {}
    for entity, own in rules.items():
        entities[entity] = replace(own, entities=entities)
    return entities


def _members(found: running.Found, name: str) -> set[Any]:
    return {key for (_, key), value in found[name].items() if value is True}
