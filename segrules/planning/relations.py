"""The rows of relations: stored ones with the columns that rules need, derived ones when something folds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from segrules.language.aggregates import AGGREGATES
from segrules.language.core import Aggregate, Column, Expression, Previous, Reference
from segrules.language.trees import relation_of, walk
from segrules.planning.derived import Derivations, derive, expressions_of
from segrules.planning.nodes import Order
from segrules.planning.others import Other
from segrules.planning.places import Placed, Related, RelatedRows
from segrules.planning.tables import stored_rows
from segrules.planning.time import AsOf
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Relation, Rules


def relation_rows(
    rules: Rules,
    expressions: Iterable[Expression],
    derivations: Derivations,
    others: Mapping[str, Other],
    as_of: AsOf,
    partition: str | None,
    taken: set[str],
) -> RelatedRows:
    """The rows of each relation that expressions fold, or that the entity is made of, each made once.

    `expressions` has those of the derivations too.
    """
    nodes = [node for item in expressions for node in walk(item)]
    in_order = _in_order(nodes, derivations)
    needed = _needed(rules, nodes, derivations, in_order)
    found: dict[str, Related] = {}

    def rows_of(name: str, entity: Placed) -> Related:
        if name not in found:
            relation = rules.relations[name]
            if name in derivations:
                found[name] = derive(relation, derivations[name], rows_of, entity, as_of, taken)
            else:
                found[name] = _stored(relation, needed.get(name, {}), name in in_order)
        return found[name]

    def _stored(relation: Relation, parts: Mapping[Column | Reference, None], is_ordered: bool) -> Related:
        order = _order(relation) if is_ordered else ()
        own = (relation.key, *(column.name for column in order))
        rows, place = stored_rows(relation, parts, own, as_of, partition, taken, others)
        keys = (*(() if partition is None else (partition,)), place[(), relation.key])
        return Related(relation, rows, place, keys, tuple(Order(place[(), item.name], item.type) for item in order))

    return rows_of


def _in_order(nodes: Iterable[Expression], derivations: Derivations) -> set[str]:
    """The relations of which something asks how their rows stand; a derived one stands as its base does."""
    found: set[str] = set()
    for node in nodes:
        match node:
            case Aggregate(function=function, relation=relation) if AGGREGATES[function].in_order:
                found.add(relation)
            case Previous(item=item):
                found.add(relation_of(item.row))
    for name in reversed(tuple(derivations)):
        if name in found and not derivations[name].by:
            found.add(derivations[name].base)
    return found


def _needed(
    rules: Rules, nodes: Iterable[Expression], derivations: Derivations, in_order: set[str]
) -> dict[str, dict[Column | Reference, None]]:
    """By relation the stored columns, and things of other entities, that something names of its rows."""
    needed: dict[str, dict[Column | Reference, None]] = {}
    for node in nodes:
        if isinstance(node, Column | Reference) and relation_of(node.row) in rules.relations:
            name = relation_of(node.row)
            needed.setdefault(name, {})[replace(node, row=name)] = None
    for name in reversed(tuple(derivations)):
        made = derivations[name]
        if made.by:
            continue
        own = {column for column, _ in made.columns}
        wanted = [*needed.get(name, {}), *(_standing(rules.relations[name]) if name in in_order else ())]
        for part in wanted:
            if part.path or part.name not in own:
                needed.setdefault(made.base, {})[replace(part, row=made.base)] = None
    return needed


def _standing(relation: Relation) -> Iterator[Column]:
    return (Column(relation.name, (), column.name, column.type) for column in _order(relation))


def _order(relation: Relation) -> tuple[StoredColumn, ...]:
    """The columns that a relation's rows stand by."""
    wanted = [part for part in (relation.time, relation.order) if part is not None]
    return tuple(column for name in wanted for column in relation.columns if column.name == name)


def with_derivations(expressions: Iterable[Expression], derivations: Derivations) -> tuple[Expression, ...]:
    """The expressions and those of the derivations."""
    return (*expressions, *(node for made in derivations.values() for node in expressions_of(made)))
