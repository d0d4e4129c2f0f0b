"""Rules with other versions of some things beside them, so that one plan computes all the versions.

A version of a thing comes with versions of what rests on it: of `recency_days` one of `vip`, which asks for it, and of
`champions`, which is made of `vip`. Each is a trait, segment or segmentation more, under a name that no rule has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segrules.language.core import Aggregate, Expression, Past, Reference
from segrules.language.trees import walk, with_children
from segrules.planning.others import crossing
from segrules.project.model import Derivation, Entity, Labelling, Relation, Rules

Thing = tuple[str, str, str]
"""An entity, a kind (trait, segment, segmentation, relation) and a name. A stage is its segmentation."""
Users = Mapping[Thing, frozenset[Thing]]


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing with another rule. part: of a segmentation its stage; of a relation a column, or None for its where."""

    thing: Thing
    rule: Expression
    part: str | None = None


def rule_parts(rules: Rules) -> Iterator[tuple[Thing, str | None, Expression]]:
    """All rules of an entity: a thing, its stage or column (None: it is one rule, or a relation's where), the rule."""
    entity = rules.entity.name
    for name, made in rules.derived.items():
        yield from (((entity, "relation", name), None, part) for part in (made.where,) if part is not None)
        yield from (((entity, "relation", name), column, value) for column, value in made.columns)
    yield from (((entity, "trait", name), None, rule) for name, rule in rules.traits.items())
    yield from (((entity, "segment", name), None, rule) for name, rule in rules.segments.items())
    for name, labelling in rules.segmentations.items():
        yield from (((entity, "segmentation", name), label, test) for label, test in labelling.stages)


def thing_of(rules: Rules, wanted: Reference) -> Thing:
    """What a reference of an entity's own rules is about."""
    if wanted.to == "segment" and wanted.name not in rules.segments:
        return rules.entity.name, "segmentation", wanted.name.partition(".")[0]
    return rules.entity.name, wanted.to, wanted.name


def users_of(rules: Mapping[str, Rules]) -> Users:
    """For each thing those that ask for it: in their own rules, or through the derived relations that they fold."""
    users: dict[Thing, set[Thing]] = {}
    for own in rules.values():
        for user, expressions in _things(own):
            for expression in expressions:
                for used in _used(expression, own):
                    users.setdefault(used, set()).add(user)
    return {thing: frozenset(found) for thing, found in users.items()}


def _things(rules: Rules) -> Iterator[tuple[Thing, tuple[Expression, ...]]]:
    entity = rules.entity.name
    for name, rule in rules.traits.items():
        yield (entity, "trait", name), (rule,)
    for name, rule in rules.segments.items():
        yield (entity, "segment", name), (rule,)
    for name, labelling in rules.segmentations.items():
        yield (entity, "segmentation", name), tuple(test for _, test in labelling.stages)
    for name, made in rules.derived.items():
        parts = [value for _, value in (*made.by, *made.columns)]
        yield (entity, "relation", name), (*parts, *(() if made.where is None else (made.where,)))


def _used(expression: Expression, rules: Rules) -> Iterator[Thing]:
    for node in walk(expression):
        match node:
            case Reference(path=()):
                yield thing_of(rules, node)
            case Reference():
                other, inner = _beyond(rules, node, _tables(rules, expression))
                yield thing_of(other, inner)
            case Aggregate(relation=relation):
                while relation in rules.derived:
                    yield rules.entity.name, "relation", relation
                    relation = rules.derived[relation].base
            case _:
                continue


def _tables(rules: Rules, expression: Expression) -> dict[str, Entity | Relation]:
    """By the label of a row what it is a row of."""
    tables: dict[str, Entity | Relation] = {rules.entity.name: rules.entity}
    tables |= rules.relations
    folds = [node for node in walk(expression) if isinstance(node, Aggregate)]
    return tables | {node.row: rules.relations[node.relation] for node in folds}


def _beyond(rules: Rules, node: Reference, tables: Mapping[str, Entity | Relation]) -> tuple[Rules, Reference]:
    """The entity that a path leads to, and the reference as its rules say it."""
    own = rules
    part: Reference = node
    table = tables[node.row]
    while part.path:
        crossed = crossing(table, part)
        assert crossed is not None, "the path of a thing leads to another entity"
        assert isinstance(crossed.inner, Reference)
        own = own.entities[crossed.entity]
        part, table = crossed.inner, own.entity
    return own, part


def reached(thing: Thing, users: Users) -> frozenset[Thing]:
    """The thing and all that rests on it."""
    found = {thing}
    waiting = [thing]
    while waiting:
        new = users.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return frozenset(found)


def with_variants(
    rules: Mapping[str, Rules], variants: Sequence[Variant], users: Users, wanted: Iterable[Thing]
) -> tuple[dict[str, Rules], tuple[dict[Thing, str], ...]]:
    """The rules with versions of all wanted things that the variants change, and for each variant their names.

    None of the variants may reach a derived relation: for these there is `in_place`.
    """
    asked = frozenset(wanted)
    needed = {thing for thing in _all_things(rules) if reached(thing, users) & asked}
    more: dict[str, Rules] = {}
    for name, own in rules.items():
        copy = replace(own, entities=more)
        more[name] = replace(
            copy, traits=dict(own.traits), segments=dict(own.segments), segmentations=dict(own.segmentations)
        )
    names = []
    for number, variant in enumerate(variants):
        changed = reached(variant.thing, users) & needed
        new = {thing: f"{thing[2]} variant {number}" for thing in changed}
        for thing in changed:
            _add(more[thing[0]], rules[thing[0]], thing, new, variant)
        names.append(new)
    return more, tuple(names)


def _all_things(rules: Mapping[str, Rules]) -> Iterator[Thing]:
    for own in rules.values():
        yield from (thing for thing, _ in _things(own))


def _add(more: Rules, rules: Rules, thing: Thing, new: Mapping[Thing, str], variant: Variant) -> None:
    """Puts the version of one thing into the dictionaries of `more`."""
    _, kind, name = thing
    own = variant if thing == variant.thing else None
    match kind:
        case "trait" | "segment":
            place, old = (more.traits, rules.traits) if kind == "trait" else (more.segments, rules.segments)
            rule = old[name] if own is None else own.rule
            assert isinstance(place, dict)
            place[new[thing]] = _renamed(rule, new, rules)
        case "segmentation":
            assert isinstance(more.segmentations, dict)
            labelling = rules.segmentations[name] if own is None else _with_stage(rules.segmentations[name], own)
            stages = tuple((label, _renamed(test, new, rules)) for label, test in labelling.stages)
            more.segmentations[new[thing]] = replace(labelling, stages=stages)
        case _:
            raise AssertionError("a derived relation has no version beside it")


def _with_stage(labelling: Labelling, variant: Variant) -> Labelling:
    stages = tuple((label, variant.rule if label == variant.part else test) for label, test in labelling.stages)
    return replace(labelling, stages=stages)


def _renamed(expression: Expression, new: Mapping[Thing, str], rules: Rules) -> Expression:
    """The expression with each thing that has a version called by the version's name."""
    tables = _tables(rules, expression)

    def renamed(node: Expression) -> Expression:
        match node:
            case Reference():
                own, inner = _beyond(rules, node, tables) if node.path else (rules, node)
                thing = thing_of(own, inner)
                return replace(node, name=new[thing] + node.name[len(thing[2]) :]) if thing in new else node
            case Past(item=item):
                again = renamed(item)
                assert isinstance(again, Reference)
                return with_children(replace(node, item=again), renamed)
            case _:
                return with_children(node, renamed)

    return renamed(expression)


def in_place(rules: Mapping[str, Rules], variant: Variant) -> dict[str, Rules]:
    """The rules with the one thing defined otherwise, under its own name."""
    entity, kind, name = variant.thing
    other: dict[str, Rules] = {}
    for owner, own in rules.items():
        changed = replace(own, entities=other)
        if owner == entity:
            match kind:
                case "trait":
                    changed = replace(changed, traits={**own.traits, name: variant.rule})
                case "segment":
                    changed = replace(changed, segments={**own.segments, name: variant.rule})
                case "segmentation":
                    again = _with_stage(own.segmentations[name], variant)
                    changed = replace(changed, segmentations={**own.segmentations, name: again})
                case _:
                    changed = replace(changed, derived={**own.derived, name: _made(own.derived[name], variant)})
        other[owner] = changed
    return other


def _made(derivation: Derivation, variant: Variant) -> Derivation:
    if variant.part is None:
        return replace(derivation, where=variant.rule)
    columns = tuple((name, variant.rule if name == variant.part else value) for name, value in derivation.columns)
    return replace(derivation, columns=columns)
