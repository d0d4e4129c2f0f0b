"""The naive plan: obviously right. Every aggregate is folded by itself; passes merge what can be shared.

The entity's rows grow in steps: the stored columns, then whatever needs only those, then whatever needs that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from segrules.language.aggregates import AGGREGATES
from segrules.language.core import Aggregate, Column, Expression, Literal, Past, Population, Previous, Reference
from segrules.language.trees import children, walk
from segrules.language.types import BOOLEAN, Type
from segrules.planning.dependencies import Key, columns_of, definitions, levels, overlap
from segrules.planning.fold_time import fold_time
from segrules.planning.looking import looked_at
from segrules.planning.names import fresh
from segrules.planning.nodes import (
    Attachment,
    Carried,
    Define,
    DefineAggregate,
    Distinct,
    Fold,
    LookupJoin,
    Lookups,
    Order,
    Output,
    Plan,
    Rows,
    Step,
)
from segrules.planning.others import Other, looked_up, past_parts
from segrules.planning.others import Part as OtherPart
from segrules.planning.places import Known, Placed, Related, find, place_aggregate, place_columns, plan_column
from segrules.planning.populations import populate
from segrules.planning.sequences import AROUND, fold_around
from segrules.planning.tables import default_of, place_of, stored_rows
from segrules.planning.time import AsOf
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Relation, Rules


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
        tuple(Output(node, find(node, known).name) for node in wanted),
        tuple(Carried(name, find(item, known).name, item.type) for name, item in rules.carry.items()),
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
    wanted: Sequence[OtherPart],
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

    def other(entity: str, parts: Sequence[OtherPart], at: AsOf) -> Other:
        grown = _grow(rules.entities[entity], parts, at, partition, taken)
        return Other(grown.rows, grown.keys, {part: find(part, grown.known).name for part in parts})

    others = {entity: other(entity, parts, as_of) for entity, parts in looked_up(rules, expressions).items()}
    related = _relations(rules, expressions, others, as_of, partition, taken)
    base, known = _entity_rows(rules, expressions, related, others, as_of, partition, taken)
    keys = (*_partition(partition), known[_key_column(rules)].name)
    pasts = {
        nodes: other(rules.entity.name, tuple(node.item for node in nodes), replace(as_of, now=moment))
        for moment, nodes in past_parts(expressions, as_of.now).items()
    }
    base = _with_past(base, keys, known, pasts, taken)
    root, counted = _steps(Placed(base, keys, known), _type_of_key(rules), ordered, overlaps, related, taken)
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
) -> dict[str, Related]:
    """The rows of each relation that some aggregate folds or that the entity is made of."""
    aggregates = [node for item in expressions for node in walk(item) if isinstance(node, Aggregate)]
    used = {node.relation for node in aggregates}
    if rules.entity.from_relation is not None:
        used.add(rules.entity.from_relation)
    related = {}
    for name, relation in rules.relations.items():
        if name in used:
            own = [node for node in aggregates if node.relation == name]
            columns = [column for label in {node.row for node in own} for column in columns_of(expressions, label)]
            order = _order(relation) if any(map(_is_in_order, own)) else ()
            needed = (relation.key, *(column.name for column in order))
            rows, place = stored_rows(relation, columns, needed, as_of, partition, taken, others)
            keys = (*_partition(partition), place[(), relation.key])
            placed = tuple(Order(place[(), column.name], column.type) for column in order)
            related[name] = Related(relation, rows, place, keys, placed)
    return related


def _is_in_order(node: Aggregate) -> bool:
    """Whether an aggregate asks how its rows stand."""
    return AGGREGATES[node.function].in_order or any(
        isinstance(part, Previous) and part.item.row == node.row for part in walk(node)
    )


def _order(relation: Relation) -> tuple[StoredColumn, ...]:
    """The columns that a relation's rows stand by."""
    wanted = [part for part in (relation.time, relation.order) if part is not None]
    return tuple(column for name in wanted for column in relation.columns if column.name == name)


def _entity_rows(
    rules: Rules,
    expressions: Iterable[Expression],
    related: Mapping[str, Related],
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
    return rows, {column: plan_column(place[place_of(column)], column) for column in columns}


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
            known[node] = plan_column(name, node)
        defaults = tuple(default_of(node.item) for node in nodes)
        joins.append(LookupJoin(other.rows, tuple(zip(keys, other.keys, strict=True)), tuple(columns), defaults))
    return Lookups(fresh(f"{rows.name}_with_past", taken), rows, tuple(joins)) if joins else rows


def _steps(
    base: Placed,
    key_type: Type,
    ordered: Mapping[Key, Expression],
    overlaps: Mapping[str, Expression],
    related: Mapping[str, Related],
    taken: set[str],
) -> tuple[Rows, dict[str, str]]:
    """The entity's rows with every definition; `base.known` learns where each is. Also the columns of overlaps."""
    of_key, of_fold = levels(dict(ordered))
    labels = {value: name for (_, name), value in ordered.items() if isinstance(value, Aggregate | Population)}
    known, first, keys = base.known, base.rows, base.keys
    names = {column.name.casefold() for column in known.values()} | {key.casefold() for key in keys}
    rows, counted = first, {}
    for level in range(1, max(of_key.values(), default=0) + 1):
        folds = [node for node, at in of_fold.items() if at == level]
        aggregates = [node for node in folds if isinstance(node, Aggregate)]
        attachments, fresh_columns = _attach(aggregates, Placed(rows, keys, known), related, labels, names, taken)
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
                fresh_columns[key] = plan_column(name, value)
                if key[0] == "segmentation" and key[1] in overlaps:
                    counted[key[1]] = fresh(f"{key[1]} matches", names)
                    columns.append(Define(counted[key[1]], place_columns(overlaps[key[1]], known)))
        known |= fresh_columns
        known |= {key: known[value] for key, value in here if isinstance(value, Aggregate | Population)}
        rows = Step(fresh(f"{first.name}_{level}", taken), rows, attachments, tuple(columns))
    return rows, counted


def _attach(
    aggregates: Sequence[Aggregate],
    entity: Placed,
    related: Mapping[str, Related],
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
        parts = [part for node in mine for part in children(node)]
        looked = looked_at(parts, relation, source, entity, taken)
        for node in mine:
            name = fresh(labels.get(node) or _describe(node), names)
            fold = _fold(node, looked, source, name, taken)
            on = tuple(zip(entity.keys, fold.keys, strict=True))
            attachments.append(Attachment(fold, on, ((name, name),), (_default(node),)))
            columns[node] = plan_column(name, node)
    return tuple(attachments), columns


def _fold(node: Aggregate, looked: Placed, source: Related, name: str, taken: set[str]) -> Fold:
    if node.function in AROUND:
        return fold_around(node, looked, source, name, taken)
    folded = DefineAggregate(name, place_aggregate(node, looked.known))
    order = tuple(part.column for part in source.order)
    return Fold(fresh(f"{node.relation}_{name}", taken), looked.rows, looked.keys, order, (folded,))


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
