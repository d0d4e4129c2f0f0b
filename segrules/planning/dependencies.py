"""What the wanted things need: their definitions in order, the stored columns and aggregates in them, their levels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from graphlib import TopologicalSorter

from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Column,
    Compare,
    Expression,
    If,
    Literal,
    Or,
    Past,
    Population,
    Reference,
)
from segrules.language.trees import children, is_predicate, walk
from segrules.language.types import BOOLEAN, INTEGER, TEXT, list_of
from segrules.project.model import Labelling, Rules

Key = tuple[str, str]
"""What a Reference refers to: its kind ("trait", "segment", "segmentation") and name."""


def definitions(rules: Rules, wanted: Iterable[Key]) -> dict[Key, Expression]:
    """The expression of each wanted thing and of all that it refers to, each after those it refers to."""
    found: dict[Key, Expression] = {}
    graph: dict[Key, tuple[Key, ...]] = {}
    waiting = list(reversed(tuple(wanted)))
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found[key] = definition(rules, key)
        graph[key] = tuple(dict.fromkeys((node.to, node.name) for node in own_references(found[key], rules)))
        waiting.extend(reversed(graph[key]))
    return {key: found[key] for key in TopologicalSorter(graph).static_order()}


def own_references(node: Expression, rules: Rules) -> Iterator[Reference]:
    """The things of the entity itself that an expression asks for as they are at the as-of instant.

    Those that make the derived relations which it folds are among them.
    """
    match node:
        case Reference(path=()):
            yield node
        case Past():
            return
        case Aggregate(relation=relation):
            for part in (*children(node), *_making(relation, rules)):
                yield from own_references(part, rules)
        case _:
            for child in children(node):
                yield from own_references(child, rules)


def made_by(node: Expression, rules: Rules) -> Iterator[Expression]:
    """The expressions that make the derived relations which an expression folds."""
    for part in walk(node):
        if isinstance(part, Aggregate):
            yield from _making(part.relation, rules)


def _making(relation: str, rules: Rules) -> Iterator[Expression]:
    """The expressions that make a derived relation, and those of what it is made from."""
    while relation in rules.derived:
        made = rules.derived[relation]
        yield from (() if made.where is None else (made.where,))
        yield from (part for _, part in (*made.by, *made.columns))
        relation = made.base


def definition(rules: Rules, key: Key) -> Expression:
    """What a trait, segment (also a stage) or segmentation is computed from."""
    match key:
        case "trait", name:
            return rules.traits[name]
        case "segment", name if name in rules.segments:
            rule = rules.segments[name]
            return rule if is_predicate(rule) else And((rule,))  # a bare Boolean value may be missing
        case "segment", name:
            segmentation, label = name.split(".", 1)
            return _stage(segmentation, rules.segmentations[segmentation], label)
        case "segmentation", name:
            return _label(rules.segmentations[name])
    raise KeyError(key)


def overlap(labelling: Labelling) -> Expression:
    """How many stages a row matches. The sum branches in halves: one of hundreds in a row nests too deeply to print."""
    return _sum([If(((test, Literal(1, INTEGER)),), Literal(0, INTEGER), INTEGER) for _, test in labelling.stages])


def _sum(parts: Sequence[Expression]) -> Expression:
    if len(parts) == 1:
        return parts[0]
    half = (len(parts) + 1) // 2
    return Call("add", (_sum(parts[:half]), _sum(parts[half:])), INTEGER)


def columns_of(expressions: Iterable[Expression], row: str) -> tuple[Column | Reference, ...]:
    """The stored columns, and the things of other entities, that expressions name of one row: each once, as met."""
    nodes = (node for expression in expressions for node in walk(expression))
    own = (node for node in nodes if isinstance(node, Column) or (isinstance(node, Reference) and node.path))
    return tuple(dict.fromkeys(node for node in own if node.row == row))


def outer_parts(node: Expression) -> Iterator[Part]:
    """The parts of an expression at the entity's grain: aggregates are not entered."""
    match node:
        case Column() | Reference() | Aggregate() | Population() | Past():
            yield node
        case _:
            for child in children(node):
                yield from outer_parts(child)


Part = Column | Reference | Aggregate | Population | Past
"""What an expression at the entity's grain is made of."""


def borrowed_parts(node: Expression, labels: frozenset[str]) -> tuple[Part, ...]:
    """The parts at the entity's grain in an expression over rows with these labels, each once.

    An aggregate inside that asks nothing of these rows is one such part.
    """
    return tuple(dict.fromkeys(_borrowed(node, labels)))


def _borrowed(node: Expression, labels: frozenset[str]) -> Iterator[Part]:
    match node:
        case Column(row=row) | Reference(row=row):
            if row not in labels:
                yield node
        case Population() | Past():
            yield node
        case Aggregate() if not asks_of(node, labels):
            yield node
        case Aggregate(row=row):
            for child in children(node):
                yield from _borrowed(child, labels | {row})
        case _:
            for child in children(node):
                yield from _borrowed(child, labels)


def asks_of(node: Expression, labels: frozenset[str]) -> bool:
    """Whether an expression names columns of rows with these labels, or what their lookups lead to."""
    return any(isinstance(part, Column | Reference) and part.row in labels for part in walk(node))


def parts_inside(aggregate: Aggregate) -> tuple[Part, ...]:
    """The parts at the entity's grain in what an aggregate folds."""
    own = frozenset({aggregate.row})
    return tuple(dict.fromkeys(part for child in children(aggregate) for part in borrowed_parts(child, own)))


def levels(
    ordered: dict[Key, Expression], behind: Callable[[Aggregate], Iterable[Part]]
) -> tuple[dict[Key, int], dict[Aggregate | Population, int]]:
    """At which step of the entity's rows each definition and each fold is there; stored columns are at 0.

    A definition stands one above all it uses; an aggregate one above what it borrows from the entity, a population
    function one above its parts. A definition that is nothing but one of these is its column.
    """
    of_key: dict[Key, int] = {}
    of_fold: dict[Aggregate | Population, int] = {}

    def level(part: Part) -> int:
        match part:
            case Column() | Past() | Reference(path=(_, *_)):
                return 0
            case Reference(to=to, name=name):
                return of_key[to, name]
            case Aggregate():
                if part not in of_fold:
                    of_fold[part] = 1 + max(map(level, (*parts_inside(part), *behind(part))), default=0)
                return of_fold[part]
            case Population():
                if part not in of_fold:
                    inner = (own for child in children(part) for own in outer_parts(child))
                    of_fold[part] = 1 + max(map(level, inner), default=0)
                return of_fold[part]

    for key, expression in ordered.items():
        highest = max(map(level, outer_parts(expression)), default=0)
        of_key[key] = highest if isinstance(expression, Aggregate | Population) else highest + 1
    return of_key, of_fold


def _label(labelling: Labelling) -> Expression:
    otherwise = labelling.otherwise
    if labelling.hit != "any":
        arms = tuple((test, Literal(label, TEXT)) for label, test in labelling.stages)
        return If(arms, Literal(otherwise, TEXT), TEXT)
    labels = list_of(TEXT)
    each = tuple(If(((test, Literal(label, TEXT)),), Literal(None, TEXT), TEXT) for label, test in labelling.stages)
    some = Or(tuple(test for _, test in labelling.stages))
    rest = Literal(None if otherwise is None else (otherwise,), labels)
    return If(((some, Call("known_list", each, labels)),), rest, labels)


def _stage(name: str, labelling: Labelling, label: str) -> Expression:
    value = Literal(label, TEXT)
    may_be_missing = labelling.otherwise is None
    if labelling.hit == "any":
        carried = Reference("segmentation", name, list_of(TEXT), may_be_missing)
        return Call("list_contains", (carried, value), BOOLEAN)
    return Compare("==", Reference("segmentation", name, TEXT, may_be_missing), value)
