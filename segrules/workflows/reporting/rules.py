"""What rules have to do with each other and with tests: what each rests on, what rests on it, which cases look at it.

Things are those of `planning.renaming`. Besides, a source is one: of the kind `entity` (its own table), `relation`
(stored or derived) or `lookup`, which is called `orders.product` by what it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from segrules.language.core import Column, Expression
from segrules.language.trees import relation_of, walk
from segrules.planning.others import crossing
from segrules.planning.renaming import Thing, referred
from segrules.project.cases import Case, Expected
from segrules.project.model import Derivation, Entity, Lookup, Project, Relation, Rules
from segrules.workflows.reporting.data import Source, TestCase


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a thing uses and is used by, the nearest only, and the cases that expect something of it."""

    uses: tuple[Thing, ...] = ()
    used_by: tuple[Thing, ...] = ()
    tests: tuple[TestCase, ...] = ()


def rule_facts(project: Project, rules: Mapping[str, Rules], cases: Sequence[Case]) -> dict[Thing, RuleFacts]:
    """Of every trait, segment, segmentation and source; a thing whose rule has errors uses nothing.

    A case that looks at a stage is one of its segmentation; who uses a stage uses its segmentation, too.
    """
    uses = {thing: _uses(thing, rules) for thing in _things(project)}
    used_by: dict[Thing, dict[Thing, None]] = {}
    for thing, used in uses.items():
        for one in used:
            used_by.setdefault(_whole(one), {})[thing] = None
    tests = _tests(cases)
    return {thing: RuleFacts(used, tuple(used_by.get(thing, ())), tests.get(thing, ())) for thing, used in uses.items()}


def sources_of(project: Project, entity: str, facts: Mapping[Thing, RuleFacts]) -> tuple[Source, ...]:
    """Where the values of an entity come from, in the order of segrules.yml: its table, relations, their lookups."""
    return tuple(
        Source(thing, stored, facts[thing].uses, facts[thing].used_by)
        for owner in _owners(project, entity)
        for thing, stored in _sources(owner, entity)
    )


def _things(project: Project) -> Iterator[Thing]:
    for entity in project.entities:
        for owner in _owners(project, entity.name):
            yield from (thing for thing, _ in _sources(owner, entity.name))
    yield from (Thing(trait.entity, "trait", trait.name) for trait in project.traits)
    yield from (Thing(segment.entity, "segment", segment.name) for segment in project.segments)
    yield from (Thing(item.entity, "segmentation", item.name) for item in project.segmentations)


def _owners(project: Project, entity: str) -> tuple[Entity | Relation, ...]:
    return (project.entity(entity), *project.relations_of(entity))


def _sources(owner: Entity | Relation, entity: str) -> Iterator[tuple[Thing, str | None]]:
    """The sources of an entity or relation and of its lookups, with where they are stored."""
    kind = "entity" if isinstance(owner, Entity) else "relation"
    yield Thing(entity, kind, owner.name), _stored(owner)
    if isinstance(owner, Entity) or owner.from_relation is None:
        yield from _lookups(owner, owner.name, entity)


def _lookups(owner: Entity | Relation | Lookup, name: str, entity: str) -> Iterator[tuple[Thing, str | None]]:
    for lookup in owner.lookups:
        if lookup.entity is None:  # else its rows are those of an entity
            yield Thing(entity, "lookup", f"{name}.{lookup.name}"), _stored(lookup)
            yield from _lookups(lookup, f"{name}.{lookup.name}", entity)


def _stored(owner: Entity | Relation | Lookup) -> str | None:
    return None if owner.source is None else owner.source.path or owner.source.table


def _whole(thing: Thing) -> Thing:
    """The segmentation of a stage; everything else is itself."""
    return Thing(thing.entity, "segmentation", thing.name.partition(".")[0]) if thing.kind == "stage" else thing


# what a thing uses


def _uses(thing: Thing, rules: Mapping[str, Rules]) -> tuple[Thing, ...]:
    own = rules.get(thing.entity)
    if own is None:
        return ()
    named = referred(_expressions(thing, own), own)
    looked_at = (table for node in _expressions(thing, own) for table in _tables(node, own))
    return tuple(dict.fromkeys((*_base(thing, own), *named, *looked_at)))


def _expressions(thing: Thing, rules: Rules) -> tuple[Expression, ...]:
    """The rules that say what a thing is."""
    match thing.kind, thing.name:
        case "trait", name if name in rules.traits:
            return (rules.traits[name],)
        case "segment", name if name in rules.segments:
            return (rules.segments[name],)
        case "segmentation", name if name in rules.segmentations:
            return tuple(rule for _, rule in rules.segmentations[name].stages)
        case "relation", name if name in rules.derived:
            return tuple(_making(rules.derived[name]))
        case _:
            return ()


def _making(made: Derivation) -> Iterator[Expression]:
    if made.where is not None:
        yield made.where
    yield from (node for _, node in (*made.by, *made.columns))


def _base(thing: Thing, rules: Rules) -> Iterator[Thing]:
    """The relation that a derived one is made from, or an entity; what a lookup belongs to."""
    base = None
    if thing.kind == "relation" and thing.name in rules.relations:
        base = rules.relations[thing.name].from_relation
    elif thing.kind == "entity":
        base = rules.entity.from_relation
    if base is not None:
        yield Thing(thing.entity, "relation", base)


def _tables(expression: Expression, rules: Rules) -> Iterator[Thing]:
    """The entity's own table and the lookups whose columns an expression names."""
    for node in walk(expression):
        if isinstance(node, Column):
            yield from _table(node, rules)


def _table(column: Column, rules: Rules) -> Iterator[Thing]:
    entity = rules.entity.name
    relation = None if column.row == entity else rules.relations.get(relation_of(column.row))
    table = rules.entity if relation is None else relation
    crossed = crossing(table, column)
    if crossed is not None:
        assert isinstance(crossed.inner, Column)
        yield from _table(crossed.inner, rules.entities[crossed.entity])
    elif column.path:
        yield Thing(entity, "lookup", ".".join((_stored_name(table, rules), *column.path)))
    elif relation is None:
        yield Thing(entity, "entity", entity)


def _stored_name(table: Entity | Relation, rules: Rules) -> str:
    """The name of the stored relation whose lookups a relation has."""
    while isinstance(table, Relation) and table.from_relation is not None:
        table = rules.relations[table.from_relation]
    return table.name


def _tests(cases: Iterable[Case]) -> dict[Thing, tuple[TestCase, ...]]:
    """By thing the cases that expect something of it; what is expected of a stage counts for its segmentation."""
    found: dict[Thing, dict[TestCase, None]] = {}
    for case in cases:
        line, _ = case.span.file.position(case.span.start)
        for expected in case.expect:
            thing = _whole(Thing(expected.entity, _kind(expected), expected.name))
            found.setdefault(thing, {})[TestCase(case.name, case.span.file.path, line)] = None
    return {thing: tuple(tests) for thing, tests in found.items()}


def _kind(expected: Expected) -> str:
    match expected.kind:
        case "members":
            return "stage" if "." in expected.name else "segment"
        case "labels":
            return "segmentation"
        case "values":
            return "trait"
        case _:
            assert_never(expected.kind)
