"""Derived relations in a plan: the rows of their base that pass a test, with columns added, or rolled up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from segrules.language.core import Aggregate, And, Column, Expression, If, IsMissing, Not
from segrules.language.trees import children, may_be_missing, walk
from segrules.planning.dependencies import Part, borrowed_parts, outer_parts, parts_inside
from segrules.planning.fold_time import fold_time
from segrules.planning.looking import borrow, looked_at
from segrules.planning.names import fresh
from segrules.planning.nodes import Attachment, Define, DefineAggregate, Fold, Keep, Order, Pick, Rows, Step
from segrules.planning.places import (
    Known,
    Placed,
    Related,
    RelatedRows,
    of_none,
    place_aggregate,
    place_columns,
    plan_column,
)
from segrules.planning.sequences import AROUND, fold_around
from segrules.planning.tables import Place, visible
from segrules.planning.time import AsOf
from segrules.project.model import Derivation, Relation, Rules

Derivations = Mapping[str, Derivation]
"""By their names the derivations that a plan needs, time folded."""


def derivations_of(rules: Rules, expressions: Iterable[Expression], as_of: AsOf) -> dict[str, Derivation]:
    """The derivations of all relations that expressions fold, and of those that these need; bases come first."""
    found: dict[str, Derivation] = {}
    waiting = [*relations_in(expressions), *([rules.entity.from_relation] if rules.entity.from_relation else [])]
    while waiting:
        name = waiting.pop()
        if name in found or name not in rules.derived:
            continue
        made = rules.derived[name]
        found[name] = Derivation(
            made.base,
            None if made.where is None else fold_time(made.where, as_of),
            tuple((column, fold_time(node, as_of)) for column, node in made.by),
            tuple((column, fold_time(node, as_of)) for column, node in made.columns),
        )
        waiting += [made.base, *relations_in(expressions_of(found[name]))]
    return {name: found[name] for name in sorted(found, key=lambda name: _depth(name, found))}


def _depth(name: str, derivations: Derivations) -> int:
    """How many derived relations a derived relation rests on."""
    return 1 + _depth(derivations[name].base, derivations) if name in derivations else 0


def relations_in(expressions: Iterable[Expression]) -> list[str]:
    """The relations that expressions fold."""
    nodes = (node for expression in expressions for node in walk(expression))
    return list(dict.fromkeys(node.relation for node in nodes if isinstance(node, Aggregate)))


def expressions_of(made: Derivation) -> tuple[Expression, ...]:
    """All expressions of a derivation."""
    own = () if made.where is None else (made.where,)
    return (*own, *(node for _, node in made.by), *(node for _, node in made.columns))


def parts_of(made: Derivation, name: str) -> tuple[Part, ...]:
    """The parts at the entity's grain that a derivation uses."""
    base = frozenset({made.base})
    rows = [part for part in (made.where, *(node for _, node in made.by)) if part is not None]
    if not made.by:
        rows += [node for _, node in made.columns]
        return tuple(part for node in rows for part in borrowed_parts(node, base))
    found = [part for node in rows for part in borrowed_parts(node, base)]
    for _, node in made.columns:
        for part in outer_parts(node):
            if isinstance(part, Aggregate):
                found += parts_inside(part)
            elif not (isinstance(part, Column) and part.row == name):
                found.append(part)
    return tuple(dict.fromkeys(found))


def derive(
    relation: Relation, made: Derivation, related: RelatedRows, entity: Placed, as_of: AsOf, taken: set[str]
) -> Related:
    """The rows of a derived relation."""
    base = related(made.base, entity)
    build = _rolled_up if made.by else _filtered
    rows, place, keys = build(relation, made, base, related, entity, taken)
    test = visible(relation, as_of) if made.by or relation.time != base.relation.time else None
    if test is not None:
        known: Known = {column: plan_column(place[(), column.name], column) for column in _columns(test)}
        rows = Pick(fresh(f"{relation.name}_visible", taken), rows, place_columns(test, known))
    own = tuple(dict.fromkeys((*keys, *place.values())))
    rows = Keep(fresh(f"{relation.name}_rows", taken), rows, own)
    types = {column.name: column.type for column in relation.columns}
    stand = [name for name in (relation.time, relation.order) if name is not None and ((), name) in place]
    return Related(relation, rows, place, keys, tuple(Order(place[(), name], types[name]) for name in stand))


def _columns(test: Expression) -> tuple[Column, ...]:
    return tuple(dict.fromkeys(node for node in walk(test) if isinstance(node, Column)))


Built = tuple[Rows, Place, tuple[str, ...]]
_Build = Callable[[Relation, Derivation, Related, RelatedRows, Placed, set[str]], Built]


def _filtered(
    relation: Relation, made: Derivation, base: Related, related: RelatedRows, entity: Placed, taken: set[str]
) -> Built:
    """The base's rows that pass `where`, with the columns added."""
    looked = looked_at(expressions_of(made), made.base, base, entity, related, taken)
    rows = _picked(relation, made, looked, taken)
    names = _names(base, looked)
    added = [Define(fresh(name, names), place_columns(node, looked.known)) for name, node in made.columns]
    place = dict(base.place)
    place |= {((), name): item.name for (name, _), item in zip(made.columns, added, strict=True)}
    return Step(fresh(relation.name, taken), rows, (), tuple(added)), place, base.keys


def _rolled_up(
    relation: Relation, made: Derivation, base: Related, related: RelatedRows, entity: Placed, taken: set[str]
) -> Built:
    """One row per key and value of `by`, its columns made of aggregates over the base's rows."""
    aggregates = list(dict.fromkeys(part for _, node in made.columns for part in _aggregates(node)))
    inner = [child for node in aggregates for child in children(node)]
    inside = [part for part in (made.where, *(node for _, node in made.by), *inner) if part is not None]
    looked = looked_at(inside, made.base, base, entity, related, taken)
    rows = _picked(relation, made, looked, taken)
    names = _names(base, looked)
    by = [Define(fresh(name, names), place_columns(node, looked.known)) for name, node in made.by]
    rows = Step(fresh(f"{relation.name}_by", taken), rows, (), tuple(by))
    gaps = [Not(IsMissing(plan_column(item.name, node))) for item, (_, node) in zip(by, made.by, strict=True)]
    rows = Pick(fresh(f"{relation.name}_known", taken), rows, And(tuple(gaps)))
    keys = (*base.keys, *(item.name for item in by))
    grouped = replace(looked, rows=rows, keys=keys)
    known: Known = {
        Column(relation.name, (), name, node.type, may_be_missing(node)): replace(
            plan_column(item.name, node), may_be_missing=False
        )
        for item, (name, node) in zip(by, made.by, strict=True)
    }
    folded = _folded(relation, aggregates, grouped, base, names, known, taken)
    outer = (part for _, node in made.columns for part in outer_parts(node) if part not in known)
    folded = borrow(dict.fromkeys(outer), Placed(folded, base.keys, known), entity, names, relation.name, taken)
    columns = [Define(fresh(name, names), place_columns(node, known)) for name, node in made.columns]
    place: Place = {((), base.relation.key): base.keys[-1]}
    place |= {((), name): item.name for (name, _), item in zip(made.by, by, strict=True)}
    place |= {((), name): item.name for (name, _), item in zip(made.columns, columns, strict=True)}
    return Step(fresh(relation.name, taken), folded, (), tuple(columns)), place, base.keys


def _aggregates(node: Expression) -> list[Aggregate]:
    return [part for part in outer_parts(node) if isinstance(part, Aggregate)]


def _folded(
    relation: Relation,
    aggregates: list[Aggregate],
    grouped: Placed,
    base: Related,
    names: set[str],
    known: Known,
    taken: set[str],
) -> Rows:
    """The groups with every aggregate; `known` learns where each is. What has no rows in a group has its default."""
    order = tuple(part.column for part in base.order)
    plain = [node for node in aggregates if node.function not in AROUND]
    folds = [
        DefineAggregate(fresh(f"{node.function} {number}", names), place_aggregate(node, grouped.known))
        for number, node in enumerate(plain, 1)
    ]
    rows: Rows = Fold(fresh(f"{relation.name}_folded", taken), grouped.rows, grouped.keys, order, tuple(folds))
    for node, item in zip(plain, folds, strict=True):
        known[node] = replace(plan_column(item.name, node), may_be_missing=True)
    attachments = []
    for node in aggregates:
        if node.function in AROUND:
            name = fresh(node.function, names)
            fold = fold_around(node, grouped, base, name, taken)
            on = tuple((key, key) for key in grouped.keys)
            attachments.append(Attachment(fold, on, ((name, name),), (None,)))
            known[node] = replace(plan_column(name, node), may_be_missing=True)
    if attachments:
        rows = Step(fresh(f"{relation.name}_joined", taken), rows, tuple(attachments), ())
    return _with_defaults(relation, aggregates, rows, names, known, taken)


def _with_defaults(
    relation: Relation, aggregates: list[Aggregate], rows: Rows, names: set[str], known: Known, taken: set[str]
) -> Rows:
    """The rows with what an aggregate is where it has taken none of a group's rows."""
    columns = []
    for node in aggregates:
        if (nothing := of_none(node)) is not None:
            found = known[node]
            value = If(((IsMissing(found), nothing),), found, node.type)
            columns.append(Define(fresh(found.name, names), value))
            known[node] = plan_column(columns[-1].name, node)
    return Step(fresh(f"{relation.name}_filled", taken), rows, (), tuple(columns)) if columns else rows


def _picked(relation: Relation, made: Derivation, looked: Placed, taken: set[str]) -> Rows:
    if made.where is None:
        return looked.rows
    return Pick(fresh(f"{relation.name}_picked", taken), looked.rows, place_columns(made.where, looked.known))


def _names(base: Related, looked: Placed) -> set[str]:
    own = (*base.place.values(), *base.keys, *(column.name for column in looked.known.values()))
    return {name.casefold() for name in own}
