"""What a project defines, each at its place: parsed, and with the places that its words may refer to."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal as OneOf
from typing import NamedTuple

from segrules.diagnostics import Diagnostic
from segrules.language import parse, syntax
from segrules.language.names_used import NamesUsed, names_elsewhere, names_in, names_used
from segrules.language.scope import Scope
from segrules.project.model import (
    Making,
    Project,
    Relation,
    Segment,
    Segmentation,
    Suppression,
    Trait,
    Tree,
)
from segrules.source import Fragment

Definition = Trait | Segment | Segmentation | Suppression | Relation


class Place(NamedTuple):
    """The place of a definition in the order of all: what it defines, of which entity."""

    kind: OneOf["trait", "segment", "segmentation", "suppression", "relation"]
    entity: str
    name: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A definition with the syntax of each of its rules, None for one that cannot be read."""

    definition: Definition
    rules: Mapping[int, syntax.Expression | None]

    def syntax_of(self, rule: Fragment) -> syntax.Expression | None:
        return self.rules[id(rule)]


def parsed_definitions(project: Project, findings: list[Diagnostic]) -> dict[Place, Parsed]:
    """All definitions by their places, those of an entity together and in the order of the files."""
    return {
        place: _parse(item, findings)
        for entity in project.entities
        for place, item in definitions(project, entity.name)
    }


def definitions(project: Project, entity: str) -> Iterator[tuple[Place, Definition]]:
    """What is defined for an entity, each with its place, in the order of the files."""
    for relation in project.relations_of(entity):
        if relation.making is not None:
            yield Place("relation", entity, relation.name), relation
    for trait in project.traits:
        if trait.entity == entity:
            yield Place("trait", entity, trait.name), trait
    for segment in project.segments:
        if segment.entity == entity:
            yield Place("segment", entity, segment.name), segment
    for segmentation in project.segmentations:
        if segmentation.entity == entity:
            yield Place("segmentation", entity, segmentation.name), segmentation
    for suppression in project.suppressions:
        if suppression.entity == entity:
            yield Place("suppression", entity, "suppress"), suppression


def _parse(definition: Definition, findings: list[Diagnostic]) -> Parsed:
    rules: dict[int, syntax.Expression | None] = {}
    for rule in rules_of(definition):
        rules[id(rule)], wrong = parse(rule)
        findings += wrong
    return Parsed(definition, rules)


def rules_of(definition: Definition) -> Iterator[Fragment]:
    """The rules of a definition as written."""
    match definition:
        case Trait(rule=rule) | Suppression(rule=rule):
            yield rule
        case Segment(rule=tree, suppress=suppress):
            yield from _leaves(tree)
            if suppress is not None:
                yield suppress
        case Segmentation(stages=stages):
            yield from (stage.rule for stage in stages)
        case Relation(making=Making(where=where, by=by, columns=columns)):
            yield from (() if where is None else (where,))
            yield from (split_name(part)[0] for part in by)
            yield from (rule for _, rule in columns)


_NAMED = re.compile(r"\s+as\s+(?:([^\W\d]\w*)|\"((?:[^\"]|\"\")+)\")\s*\Z")


@cache
def split_name(part: Fragment) -> tuple[Fragment, str | None]:
    """`date(ordered_at) as day` as its rule and its name; one without a name has None."""
    named = _NAMED.search(part.text)
    if named is None:
        return part, None
    return part.until(named.start()), named[1] or named[2].replace('""', '"')


def _leaves(tree: Tree) -> Iterator[Fragment]:
    if tree.when is not None:
        yield tree.when
    for item in tree.items:
        yield from _leaves(item)


def references_of(parsed: Parsed, scope: Scope, known: Container[Place]) -> list[Place]:
    """What a definition's words may refer to, of the places that are known, in the order of the alphabet."""
    found: set[Place] = set()
    own = scope.entity.name
    for expression in parsed.rules.values():
        if expression is not None:
            names = names_in(expression)
            found.update(_places(own, names_used(names, own, scope.relations)))
            for entity, used in names_elsewhere(names, scope).items():
                found.update(_places(entity, used))
            found.update(Place("relation", own, name) for name in names.relations)
    if isinstance(parsed.definition, Relation) and parsed.definition.from_relation is not None:
        found.add(Place("relation", own, parsed.definition.from_relation))
        found.discard(Place("relation", own, parsed.definition.name))
    return sorted(place for place in found if place in known)


def _places(entity: str, used: NamesUsed) -> Iterator[Place]:
    yield from (Place("trait", entity, name) for name in used.traits)
    yield from (Place("segment", entity, name) for name in used.segments)
    yield from (Place("segmentation", entity, name) for name in used.segmentations)
