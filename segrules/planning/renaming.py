"""Other names for what an expression rests on: the things it refers to, of whatever entity, and relations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from segrules.language.core import Aggregate, Column, Expression, Past, Previous, Reference
from segrules.language.trees import relation_of, walk, with_children
from segrules.planning.others import crossing
from segrules.project.model import Derivation, Entity, Labelling, Relation, Rules


@dataclass(frozen=True, slots=True)
class Thing:
    """What has a name and a meaning. A stage is `lifecycle.churned`; a relation is a derived one."""

    entity: str
    kind: str
    name: str


Renaming = Callable[[Thing], str]
"""The name that a thing, stage or relation (also a stored one) shall have."""


def things_of(rules: Rules) -> Iterator[Thing]:
    """Everything that an entity's rules define, derived relations first; stages behind their segmentation."""
    entity = rules.entity.name
    yield from (Thing(entity, "relation", name) for name in rules.derived)
    yield from (Thing(entity, "trait", name) for name in rules.traits)
    yield from (Thing(entity, "segment", name) for name in rules.segments)
    for name, labelling in rules.segmentations.items():
        yield Thing(entity, "segmentation", name)
        yield from (Thing(entity, "stage", f"{name}.{label}") for label in labels(labelling))


def labels(labelling: Labelling) -> tuple[str, ...]:
    """Every label that a row may carry."""
    own = dict.fromkeys(label for label, _ in labelling.stages)
    return tuple(own if labelling.otherwise is None else {**own, labelling.otherwise: None})


def is_defined(thing: Thing, rules: Rules) -> bool:
    """Whether an entity's rules define a thing or relation: what has errors is named, perhaps, and not there."""
    match thing.kind:
        case "trait":
            return thing.name in rules.traits
        case "segment":
            return thing.name in rules.segments
        case "segmentation":
            return thing.name in rules.segmentations
        case "stage":
            name, _, label = thing.name.partition(".")
            return name in rules.segmentations and label in labels(rules.segmentations[name])
        case _:
            relation = rules.relations.get(thing.name)
            return relation is not None and (relation.from_relation is None or thing.name in rules.derived)


def thing_of(reference: Reference, rules: Rules) -> Thing:
    """What a reference in an entity's rules refers to."""
    own, inner = _there(reference, rules)
    if inner.to == "segment" and inner.name not in own.segments and "." in inner.name:
        return Thing(own.entity.name, "stage", inner.name)
    return Thing(own.entity.name, inner.to, inner.name)


def _there(reference: Reference, rules: Rules) -> tuple[Rules, Reference]:
    """The rules of the entity to which a reference's lookups lead, and the reference without them."""
    while reference.path:
        is_own = reference.row == rules.entity.name
        table: Entity | Relation = rules.entity if is_own else rules.relations[relation_of(reference.row)]
        crossed = crossing(table, reference)
        assert crossed is not None
        assert isinstance(crossed.inner, Reference)
        rules, reference = rules.entities[crossed.entity], crossed.inner
    return rules, reference


def renamed(node: Expression, rules: Rules, rename: Renaming) -> Expression:
    """The expression of an entity's rules with everything that it names called otherwise."""
    change = partial(renamed, rules=rules, rename=rename)
    match node:
        case Reference():
            return replace(node, name=rename(thing_of(node, rules)), row=_label(node.row, rules, rename))
        case Column():
            return _column(node, rules, rename)
        case Previous(item=item):
            return replace(node, item=_column(item, rules, rename))
        case Past(item=item):
            again = change(item)
            assert isinstance(again, Reference)
            changed = with_children(node, change)
            assert isinstance(changed, Past)
            return replace(changed, item=again)
        case Aggregate(relation=relation, row=row):
            changed = with_children(node, change)
            assert isinstance(changed, Aggregate)
            return replace(changed, relation=_relation(relation, rules, rename), row=_label(row, rules, rename))
        case _:
            return with_children(node, change)


def _column(node: Column, rules: Rules, rename: Renaming) -> Column:
    return replace(node, row=_label(node.row, rules, rename))


def _label(label: str, rules: Rules, rename: Renaming) -> str:
    """The label of a row: a relation's name, perhaps with a number behind it."""
    relation = relation_of(label)
    return _relation(relation, rules, rename) + label[len(relation) :] if relation in rules.relations else label


def _relation(name: str, rules: Rules, rename: Renaming) -> str:
    return rename(Thing(rules.relations[name].entity, "relation", name))


def renamed_derivation(made: Derivation, rules: Rules, rename: Renaming) -> Derivation:
    """A derivation likewise; its columns keep their names."""
    change = partial(renamed, rules=rules, rename=rename)
    return Derivation(
        _relation(made.base, rules, rename),
        None if made.where is None else change(made.where),
        tuple((name, change(node)) for name, node in made.by),
        tuple((name, change(node)) for name, node in made.columns),
    )


def renamed_labelling(labelling: Labelling, rules: Rules, rename: Renaming) -> Labelling:
    """A segmentation likewise; its labels stay."""
    stages = tuple((label, renamed(test, rules, rename)) for label, test in labelling.stages)
    return replace(labelling, stages=stages)


def referred(expressions: Iterable[Expression], rules: Rules) -> tuple[Thing, ...]:
    """The things and relations that expressions of an entity's rules name, each once."""
    found: dict[Thing, None] = {}
    for expression in expressions:
        for node in walk(expression):
            match node:
                case Reference():
                    found[thing_of(node, rules)] = None
                case Past(item=item):
                    found[thing_of(item, rules)] = None
                case Aggregate(relation=relation):
                    found[Thing(rules.relations[relation].entity, "relation", relation)] = None
    return tuple(found)
