"""The naive plan: obviously right. Every aggregate is folded by itself; passes merge what can be shared.

The entity's rows grow in steps: the stored columns, then whatever needs only those, then whatever needs that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from segrules.language.aggregates import AGGREGATES
from segrules.language.core import (
    Aggregate,
    Clock,
    Column,
    Expression,
    Literal,
    Past,
    Population,
    Reference,
)
from segrules.language.trees import may_be_missing, walk, with_children
from segrules.language.types import BOOLEAN, Type
from segrules.planning.dependencies import (
    Key,
    borrowed_parts,
    columns_of,
    definitions,
    levels,
    overlap,
)
from segrules.planning.fold_time import fold_time
from segrules.planning.names import fresh
from segrules.planning.nodes import (
    Attachment,
    Borrow,
    Carried,
    Define,
    DefineAggregate,
    Distinct,
    Fold,
    LookupJoin,
    Lookups,
    Output,
    Plan,
    Rows,
    Step,
)
from segrules.planning.others import Other, Part, looked_up, past_parts
from segrules.planning.populations import populate
from segrules.planning.tables import Place, default_of, place_of, stored_rows
from segrules.planning.time import AsOf
from segrules.project.model import Relation, Rules

Known = dict[Expression | Key, Column]
"""From parts of expressions to the plan's column that holds their value; named things by their Key."""


@dataclass(frozen=True, slots=True)
class _Related:
    """A relation's rows, where their columns are, and the columns that hold the entity's key.

    `order`: the relation's columns that its rows stand by, where some aggregate takes them in order.
    """

    relation: Relation
    rows: Rows
    place: Place
    keys: tuple[str, ...]
    order: tuple[str, ...]


def build(rules: Rules, wanted: Sequence[Reference], as_of: AsOf, partition: str | None = None) -> Plan:
    """The plan of everything wanted (and of what `carry` names) at one as-of instant.

    `partition` names a column that cuts every table into worlds of their own (test cases run as one batch).
    """
    carried = [item for item in rules.carry.values() if isinstance(item, Column | Reference)]
    grown = _grow(rules, (*wanted, *carried), as_of, partition, set(), with_overlaps=True)
    known = grown.known
    return Plan(
        grown.rows,
        grown.keys,
        rules.entity.key,
        tuple(Output(node, _find(node, known).name) for node in wanted),
        tuple(Carried(name, _find(item, known).name, item.type) for name, item in rules.carry.items()),
        tuple(grown.overlaps.items()),
    )


@dataclass(frozen=True, slots=True)
class _Grown:
    """An entity's rows with all that was wanted, the columns of the key, and where everything is."""

    rows: Rows
    keys: tuple[str, ...]
    known: Known
    overlaps: Mapping[str, str]


def _grow(
    rules: Rules,
    wanted: Sequence[Part],
    as_of: AsOf,
    partition: str | None,
    taken: set[str],
    *,
    with_overlaps: bool = False,
) -> _Grown:
    """One entity's rows at one instant, up to what is wanted of them."""
    needed = [(node.to, node.name) for node in wanted if isinstance(node, Reference) and not node.path]
    ordered = {key: fold_time(value, as_of) for key, value in definitions(rules, needed).items()}
    overlaps = {
        name: fold_time(overlap(rules.segmentations[name]), as_of)
        for to, name in ordered
        if with_overlaps and to == "segmentation" and rules.segmentations[name].hit == "unique"
    }
    expressions = (*ordered.values(), *(item for item in wanted if isinstance(item, Column) or item.path))

    def other(entity: str, parts: Sequence[Part], at: AsOf) -> Other:
        grown = _grow(rules.entities[entity], parts, at, partition, taken)
        return Other(grown.rows, grown.keys, {part: _find(part, grown.known).name for part in parts})

    others = {entity: other(entity, parts, as_of) for entity, parts in looked_up(rules, expressions).items()}
    related = _relations(rules, expressions, others, as_of, partition, taken)
    base, known = _entity_rows(rules, expressions, related, others, as_of, partition, taken)
    keys = (*_partition(partition), known[_key_column(rules)].name)
    pasts = {
        nodes: other(rules.entity.name, tuple(node.item for node in nodes), replace(as_of, now=moment))
        for moment, nodes in past_parts(expressions, as_of.now).items()
    }
    base = _with_past(base, keys, known, pasts, taken)
    root, counted = _steps(base, keys, _type_of_key(rules), known, ordered, overlaps, related, taken)
    return _Grown(root, keys, known, counted)


def _partition(partition: str | None) -> tuple[str, ...]:
    return () if partition is None else (partition,)


def _key_column(rules: Rules) -> Column:
    return Column(rules.entity.name, (), rules.entity.key, _type_of_key(rules), False)


def _type_of_key(rules: Rules) -> Type:
    return next(column.type for column in rules.entity.columns if column.name == rules.entity.key)


def _relations(
    rules: Rules,
    expressions: Iterable[Expression],
    others: Mapping[str, Other],
    as_of: AsOf,
    partition: str | None,
    taken: set[str],
) -> dict[str, _Related]:
    """The rows of each relation that some aggregate folds or that the entity is made of."""
    used = {node.relation for expression in expressions for node in walk(expression) if isinstance(node, Aggregate)}
    if rules.entity.from_relation is not None:
        used.add(rules.entity.from_relation)
    related = {}
    for name, relation in rules.relations.items():
        if name in used:
            own = [relation.key, *_order(relation, expressions)]
            columns = columns_of(expressions, name)
            rows, place = stored_rows(relation, columns, own, as_of, partition, taken, others)
            keys = (*_partition(partition), place[(), relation.key])
            related[name] = _Related(relation, rows, place, keys, _order(relation, expressions))
    return related


def _order(relation: Relation, expressions: Iterable[Expression]) -> tuple[str, ...]:
    nodes = (node for expression in expressions for node in walk(expression) if isinstance(node, Aggregate))
    if not any(node.relation == relation.name and AGGREGATES[node.function].in_order for node in nodes):
        return ()
    return tuple(part for part in (relation.time, relation.order) if part is not None)


def _entity_rows(
    rules: Rules,
    expressions: Iterable[Expression],
    related: Mapping[str, _Related],
    others: Mapping[str, Other],
    as_of: AsOf,
    partition: str | None,
    taken: set[str],
) -> tuple[Rows, Known]:
    """The entity's stored rows, or the distinct keys of the relation it is made of, with lookups joined on."""
    entity, key = rules.entity, _key_column(rules)
    columns = dict.fromkeys((*columns_of(expressions, entity.name), key))
    rows, place = stored_rows(entity, columns, (entity.key,), as_of, partition, taken, others)
    if entity.from_relation is not None:
        source = related[entity.from_relation]
        renamed = tuple(zip((*_partition(partition), entity.key), source.keys, strict=True))
        stored = rows.input if isinstance(rows, Lookups) else rows
        made = Distinct(stored.name, source.rows, renamed)
        rows = replace(rows, input=made) if isinstance(rows, Lookups) else made
    return rows, {column: _plan_column(place[place_of(column)], column) for column in columns}


def _with_past(
    rows: Rows, keys: tuple[str, ...], known: Known, pasts: Mapping[tuple[Past, ...], Other], taken: set[str]
) -> Rows:
    """The entity's rows with what they were at each moment; a row that did not exist then was in no segment."""
    names = {column.name.casefold() for column in known.values()} | {key.casefold() for key in keys}
    joins = []
    for nodes, other in pasts.items():
        columns = []
        for node in nodes:
            name = fresh(f"was {node.item.name}", names)
            columns.append((name, other.columns[node.item]))
            known[node] = _plan_column(name, node)
        defaults = tuple(default_of(node.item) for node in nodes)
        joins.append(LookupJoin(other.rows, tuple(zip(keys, other.keys, strict=True)), tuple(columns), defaults))
    return Lookups(fresh(f"{rows.name}_with_past", taken), rows, tuple(joins)) if joins else rows


def _plan_column(name: str, node: Expression) -> Column:
    return Column("", (), name, node.type, may_be_missing(node))


def _steps(
    base: Rows,
    keys: tuple[str, ...],
    key_type: Type,
    known: Known,
    ordered: Mapping[Key, Expression],
    overlaps: Mapping[str, Expression],
    related: Mapping[str, _Related],
    taken: set[str],
) -> tuple[Rows, dict[str, str]]:
    """The entity's rows with every definition; `known` learns where each is. Also the columns of overlaps."""
    of_key, of_fold = levels(dict(ordered))
    labels = {value: name for (_, name), value in ordered.items() if isinstance(value, Aggregate | Population)}
    names = {column.name.casefold() for column in known.values()} | {key.casefold() for key in keys}
    rows, counted = base, {}
    for level in range(1, max(of_key.values(), default=0) + 1):
        folds = [node for node, at in of_fold.items() if at == level]
        aggregates = [node for node in folds if isinstance(node, Aggregate)]
        attachments, fresh_columns = _attach(aggregates, rows, keys, known, related, labels, names, taken)
        ranked = [node for node in folds if isinstance(node, Population)]
        populated = populate(ranked, rows, keys, key_type, partial(place_columns, known=known), labels, names, taken)
        rows, attachments = populated.rows, (*attachments, *populated.attachments)
        fresh_columns |= dict(populated.found.items())
        here = [(key, value) for key, value in ordered.items() if of_key[key] == level]
        columns = [*populated.columns]
        for key, value in here:
            if not isinstance(value, Aggregate | Population):
                name = fresh(key[1], names)
                columns.append(Define(name, place_columns(value, known)))
                fresh_columns[key] = _plan_column(name, value)
                if key[0] == "segmentation" and key[1] in overlaps:
                    counted[key[1]] = fresh(f"{key[1]} matches", names)
                    columns.append(Define(counted[key[1]], place_columns(overlaps[key[1]], known)))
        known |= fresh_columns
        known |= {key: known[value] for key, value in here if isinstance(value, Aggregate | Population)}
        rows = Step(fresh(f"{base.name}_{level}", taken), rows, attachments, tuple(columns))
    return rows, counted


def _attach(
    aggregates: Sequence[Aggregate],
    entity: Rows,
    keys: tuple[str, ...],
    known: Known,
    related: Mapping[str, _Related],
    labels: Mapping[Aggregate | Population, str],
    names: set[str],
    taken: set[str],
) -> tuple[tuple[Attachment, ...], Known]:
    """One fold per aggregate, attached to the entity's rows, and the columns that come with them."""
    attachments = []
    columns: Known = {}
    for relation in dict.fromkeys(node.relation for node in aggregates):
        mine = [node for node in aggregates if node.relation == relation]
        source = related[relation]
        inside, rows = _inside(mine, source, entity, keys, known, taken)
        for node in mine:
            name = fresh(labels.get(node) or _describe(node), names)
            order = tuple(source.place[(), part] for part in source.order)
            folded = DefineAggregate(name, _place_aggregate(node, inside))
            fold = Fold(fresh(f"{relation}_{name}", taken), rows, source.keys, order, (folded,))
            on = tuple(zip(keys, source.keys, strict=True))
            attachments.append(Attachment(fold, on, ((name, name),), (_default(node),)))
            columns[node] = _plan_column(name, node)
    return tuple(attachments), columns


def _inside(
    aggregates: Sequence[Aggregate],
    source: _Related,
    entity: Rows,
    keys: tuple[str, ...],
    known: Known,
    taken: set[str],
) -> tuple[Known, Rows]:
    """Where an aggregate finds its columns: the relation's own, and those borrowed from the entity row."""
    inside: Known = {
        column: _plan_column(source.place[place_of(column)], column)
        for column in columns_of(aggregates, source.relation.name)
    }
    borrowed = dict.fromkeys(part for node in aggregates for part in borrowed_parts(node))
    if not borrowed:
        return inside, source.rows
    names = {name.casefold() for name in (*source.place.values(), *source.keys)}
    columns = []
    for part in borrowed:
        column = _find(part, known)
        name = fresh(column.name, names)
        columns.append((name, column.name))
        inside[_key_of(part)] = replace(column, name=name)
    on = tuple(zip(source.keys, keys, strict=True))
    rows = Borrow(fresh(f"{source.relation.name}_with_{keys[-1]}", taken), source.rows, entity, on, tuple(columns))
    return inside, rows


def _default(node: Aggregate) -> Literal | None:
    """The aggregate of no rows; None where that is missing."""
    match AGGREGATES[node.function].of_none:
        case "zero":
            return Literal(0, node.type)
        case "false" | "true" as said:
            return Literal(said == "true", BOOLEAN)
        case "missing":
            return None


def _describe(node: Aggregate) -> str:
    """A name for an aggregate that no trait names: ``max_ordered_at``, ``count_orders``."""
    named = [part.name for part in walk(node.value) if isinstance(part, Column)] if node.value else [node.relation]
    return "_".join((node.function, *named[:1]))


def _find(part: Expression, known: Known) -> Column:
    return known[_key_of(part)]


def _key_of(part: Expression) -> Expression | Key:
    """What a part is called in `Known`: a thing of the entity itself by its Key."""
    return (part.to, part.name) if isinstance(part, Reference) and not part.path else part


def _place_aggregate(node: Aggregate, inside: Known) -> Aggregate:
    placed = with_children(node, lambda part: place_columns(part, inside))
    assert isinstance(placed, Aggregate)
    return placed


def place_columns(node: Expression, known: Known) -> Expression:
    """The expression with every known part replaced by the plan's column that holds it."""
    match node:
        case Column() | Reference() | Aggregate() | Population() | Past():
            return _find(node, known)
        case Clock():
            raise TypeError(f"no place for {node!r}")
        case _:
            return with_children(node, lambda part: place_columns(part, known))
