"""What a thing of the rules means, as one short text: equal for two versions with the same members or values.

It is a hash of normal forms, with the meaning of all that is referred to in place of names. Names do not matter, nor
how a rule is written. That two hashes differ does not prove that the members do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from segrules.language.core import Column, Expression, Past, Previous, Reference
from segrules.language.normal_form import normal_form
from segrules.language.trees import relation_of, walk, with_children
from segrules.planning.renaming import Renaming, Thing, is_defined, labels, referred, renamed, things_of
from segrules.project.model import Entity, Labelling, Lookup, Relation, Rules, Source


def meanings(rules: Mapping[str, Rules]) -> Callable[[Thing], str]:
    """From each thing of every entity to its meaning, found when it is asked for."""
    known: dict[Thing, str] = {}

    def meaning(thing: Thing) -> str:
        if thing not in known:
            known[thing] = thing.name  # of what has errors: is not there, or refers to itself
            own = rules[thing.entity]
            if is_defined(thing, own):
                known[thing] = hashlib.sha256(repr(content(thing, own)).encode()).hexdigest()[:16]
        return known[thing]

    def content(thing: Thing, own: Rules) -> object:
        facts = sorted({repr(fact) for fact in _facts(expressions_of(thing, own), own, meaning)})
        is_relation = thing.kind == "relation"
        rows = row_facts(own.entity) if is_relation else _rows_of(own, meaning)
        return is_relation, form(thing, own, meaning), rows, facts

    return meaning


def written_alike(old: Mapping[str, Rules], new: Mapping[str, Rules]) -> frozenset[Thing]:
    """The things that both versions have with the same expressions, and so all that these rest on.

    They mean the same, which is much cheaper to see than by their meanings. None where the contract differs.
    """
    if {entity: _ground(own) for entity, own in old.items()} != {entity: _ground(own) for entity, own in new.items()}:
        return frozenset()
    there = {thing for own in old.values() for thing in things_of(own)}
    known: dict[Thing, bool] = {}

    def is_alike(thing: Thing) -> bool:
        if thing not in known:
            known[thing] = False  # of what refers to itself
            before, after = old[thing.entity], new[thing.entity]
            if thing.kind == "relation" and thing.name not in after.derived:
                known[thing] = thing.name in before.relations and thing.name not in before.derived
            elif (
                thing not in there
                or not is_defined(thing, after)
                or _constants(thing, before) != _constants(thing, after)
            ):
                known[thing] = False
            else:
                is_same = expressions_of(thing, after) == expressions_of(thing, before)
                known[thing] = is_same and all(map(is_alike, rests_on(thing, after)))
        return known[thing]

    return frozenset(thing for own in new.values() for thing in things_of(own) if is_alike(thing))


def _ground(rules: Rules) -> object:
    """The contract that rules stand on."""
    return rules.entity, {name: item for name, item in rules.relations.items() if item.from_relation is None}


def _constants(thing: Thing, rules: Rules) -> object:
    """What makes a thing beside expressions."""
    match thing.kind:
        case "segmentation" | "stage":
            labelling = rules.segmentations[thing.name.partition(".")[0]]
            return labelling.hit, labelling.otherwise, [label for label, _ in labelling.stages]
        case "relation":
            made = rules.derived[thing.name]
            names = [name for name, _ in (*made.by, *made.columns)]
            return made.base, made.where is None, len(made.by), names, _relation_facts(rules.relations[thing.name])
        case _:
            return None


def form(thing: Thing, rules: Rules, rename: Renaming) -> object:
    """The normal form of a thing, what it refers to under other names."""

    def formed(node: Expression | None) -> Expression | None:
        return None if node is None else as_if_missing(normal_form(renamed(node, rules, rename)))

    match thing.kind:
        case "trait":
            return formed(rules.traits[thing.name])
        case "segment":
            return formed(rules.segments[thing.name])
        case "segmentation":
            labelling = rules.segmentations[thing.name]
            stages = [(label, formed(test)) for label, test in labelling.stages]
            return labelling.hit, sorted(stages, key=repr) if labelling.hit == "unique" else stages, labelling.otherwise
        case "stage":
            labelling, label = _labelling(thing, rules)
            return labelling.hit, [(at == label, formed(test)) for at, test in _deciding(labelling, label)]
        case _ if thing.name in rules.derived:
            made = rules.derived[thing.name]
            base = rename(Thing(rules.relations[made.base].entity, "relation", made.base))
            by, columns = (sorted((name, formed(node)) for name, node in part) for part in (made.by, made.columns))
            return base, formed(made.where), by, columns, _relation_facts(rules.relations[thing.name])
        case _:
            return thing.name, _relation_facts(rules.relations[thing.name])


def as_if_missing(node: Expression) -> Expression:
    """The expression with all that it names as what may be missing: `missing: never` is about data, not rules."""
    match node:
        case Column() | Reference():
            return replace(node, may_be_missing=True)
        case Previous(item=item):
            return replace(node, item=replace(item, may_be_missing=True))
        case Past(item=item, moment=moment):
            return Past(replace(item, may_be_missing=True), as_if_missing(moment), node.span)
        case _:
            return with_children(node, as_if_missing)


def expressions_of(thing: Thing, rules: Rules) -> tuple[Expression, ...]:
    """The expressions that make a thing."""
    match thing.kind:
        case "trait":
            return (rules.traits[thing.name],)
        case "segment":
            return (rules.segments[thing.name],)
        case "segmentation":
            return tuple(test for _, test in rules.segmentations[thing.name].stages)
        case "stage":
            return tuple(test for _, test in _deciding(*_labelling(thing, rules)))
        case _ if thing.name in rules.derived:
            made = rules.derived[thing.name]
            where = () if made.where is None else (made.where,)
            return (*where, *(node for _, node in (*made.by, *made.columns)))
        case _:
            return ()


def rests_on(thing: Thing, rules: Rules) -> tuple[Thing, ...]:
    """What a thing names, and the relation that it, or else its entity, is made from; each once."""
    base = rules.relations[thing.name].from_relation if thing.kind == "relation" else rules.entity.from_relation
    made_from = () if base is None else (Thing(rules.relations[base].entity, "relation", base),)
    return tuple(dict.fromkeys((*referred(expressions_of(thing, rules), rules), *made_from)))


def _labelling(stage: Thing, rules: Rules) -> tuple[Labelling, str]:
    name, _, label = stage.name.partition(".")
    assert label in labels(rules.segmentations[name])
    return rules.segmentations[name], label


def _deciding(labelling: Labelling, label: str) -> tuple[tuple[str, Expression], ...]:
    """The stages that decide who carries a label: also those before it, and all of them where it is for the rest."""
    if label == labelling.otherwise:
        return labelling.stages
    if labelling.hit != "first":
        return tuple(stage for stage in labelling.stages if stage[0] == label)
    last = max(place for place, (at, _) in enumerate(labelling.stages) if at == label)
    return labelling.stages[: last + 1]


def row_facts(entity: Entity) -> object:
    """What says which rows of its source an entity has."""
    return entity.key, source_facts(entity.source), entity.time, entity.valid


def source_facts(source: Source | None) -> object:
    """Where rows are read, and how: not where that is written."""
    return None if source is None else (source.path, source.table, source.format)


def _rows_of(rules: Rules, meaning: Renaming) -> object:
    """The facts of an entity's rows; where they are those of a relation, its meaning is one."""
    base = rules.entity.from_relation
    return row_facts(rules.entity), None if base is None else meaning(Thing(rules.entity.name, "relation", base))


def _relation_facts(relation: Relation) -> object:
    return relation.key, source_facts(relation.source), relation.time, relation.order


def _facts(expressions: Iterable[Expression], rules: Rules, meaning: Renaming) -> Iterator[object]:
    """How the lookups that expressions go through find their rows."""
    for node in (part for expression in expressions for part in walk(expression)):
        if isinstance(node, Column | Reference) and node.path:
            is_own = node.row == rules.entity.name
            table: Entity | Relation = rules.entity if is_own else rules.relations[relation_of(node.row)]
            yield from _lookup_facts(table, node.path, rules, meaning)


def _lookup_facts(
    table: Entity | Relation | Lookup, path: tuple[str, ...], rules: Rules, meaning: Renaming
) -> Iterator[object]:
    for step in path:
        lookup = next(lookup for lookup in table.lookups if lookup.name == step)
        yield step, lookup.on, lookup.valid, lookup.entity, source_facts(lookup.source)
        table = lookup
        if lookup.entity is not None:
            table = rules.entities[lookup.entity].entity
            yield lookup.entity, _rows_of(rules.entities[lookup.entity], meaning)
