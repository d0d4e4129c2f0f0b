"""The naive plan: obviously right. Every aggregate is folded by itself; passes merge what can be shared.

The entity's rows grow in steps: the stored columns, then whatever needs only those, then whatever needs that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from segrules.language.core import Aggregate, Column, Expression, Past, Population, Reference
from segrules.language.trees import children, walk
from segrules.language.types import Type
from segrules.planning.dependencies import Key, Part, columns_of, definitions, levels, overlap
from segrules.planning.derived import Derivations, derivations_of, expressions_of, parts_of, relations_in
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
    Output,
    Plan,
    Rows,
    Step,
)
from segrules.planning.others import Other, looked_up, past_parts
from segrules.planning.others import Part as OtherPart
from segrules.planning.places import (
    Known,
    Placed,
    Related,
    RelatedRows,
    find,
    of_none,
    place_aggregate,
    place_columns,
    plan_column,
)
from segrules.planning.populations import populate
from segrules.planning.relations import relation_rows, with_derivations
from segrules.planning.sequences import AROUND, fold_around
from segrules.planning.tables import default_of, place_of, stored_rows
from segrules.planning.time import AsOf
from segrules.project.model import Rules


def build(rules: Rules, wanted: Sequence[Reference], as_of: AsOf, partition: str | None = None) -> Plan:
    """The plan of everything wanted (and of what `carry` names) at one as-of instant.

    `partition` names a column that cuts every table into worlds of their own (test cases run as one batch).
    """
    carried = [item for item in rules.carry.values() if isinstance(item, Column | Reference)]
    grown = grow(rules, (*wanted, *carried), as_of, partition, set(), with_overlaps=True)
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
class Grown:
    """An entity's rows with all that was wanted, the columns of the key, where everything is, the relations' rows."""

    rows: Rows
    keys: tuple[str, ...]
    known: Known
    related: RelatedRows
    overlaps: Mapping[str, str]


def grow(
    rules: Rules,
    wanted: Sequence[OtherPart],
    as_of: AsOf,
    partition: str | None,
    taken: set[str],
    *,
    with_overlaps: bool = False,
) -> Grown:
    """One entity's rows at one instant, up to what is wanted of them."""
    needed = [(node.to, node.name) for node in wanted if isinstance(node, Reference) and not node.path]
    ordered = {key: fold_time(value, as_of) for key, value in definitions(rules, needed).items()}
    overlaps = {
        name: fold_time(overlap(rules.segmentations[name]), as_of)
        for to, name in ordered
        if with_overlaps and to == "segmentation" and rules.segmentations[name].hit == "unique"
    }
    named = (*ordered.values(), *(item for item in wanted if isinstance(item, Column) or item.path))
    derivations = derivations_of(rules, named, as_of)
    expressions = with_derivations(named, derivations)

    def other(entity: str, parts: Sequence[OtherPart], at: AsOf) -> Other:
        grown = grow(rules.entities[entity], parts, at, partition, taken)
        return Other(grown.rows, grown.keys, {part: find(part, grown.known).name for part in parts})

    others = {entity: other(entity, parts, as_of) for entity, parts in looked_up(rules, expressions).items()}
    related = relation_rows(rules, expressions, derivations, others, as_of, partition, taken)
    base, known = _entity_rows(rules, expressions, related, others, as_of, partition, taken)
    keys = (*_partition(partition), known[_key_column(rules)].name)
    pasts = {
        nodes: other(rules.entity.name, tuple(node.item for node in nodes), replace(as_of, now=moment))
        for moment, nodes in past_parts(expressions, as_of.now).items()
    }
    base = _with_past(base, keys, known, pasts, taken)
    found = Placed(base, keys, known)
    root, counted = _steps(found, _type_of_key(rules), ordered, overlaps, derivations, related, taken)
    return Grown(root, keys, known, related, counted)


def _partition(partition: str | None) -> tuple[str, ...]:
    return () if partition is None else (partition,)


def _key_column(rules: Rules) -> Column:
    return Column(rules.entity.name, (), rules.entity.key, _type_of_key(rules), False)


def _type_of_key(rules: Rules) -> Type:
    return next(column.type for column in rules.entity.columns if column.name == rules.entity.key)


def _entity_rows(
    rules: Rules,
    expressions: Iterable[Expression],
    related: RelatedRows,
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
        source = related(entity.from_relation, Placed(rows, (), {}))
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
    derivations: Derivations,
    related: RelatedRows,
    taken: set[str],
) -> tuple[Rows, dict[str, str]]:
    """The entity's rows with every definition; `base.known` learns where each is. Also the columns of overlaps."""
    of_key, of_fold = levels(dict(ordered), partial(_parts_of, derivations=derivations))
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
    related: RelatedRows,
    labels: Mapping[Aggregate | Population, str],
    names: set[str],
    taken: set[str],
) -> tuple[tuple[Attachment, ...], Known]:
    """One fold per aggregate, attached to the entity's rows, and the columns that come with them."""
    attachments = []
    columns: Known = {}
    for relation, label in dict.fromkeys((node.relation, node.row) for node in aggregates):
        mine = [node for node in aggregates if (node.relation, node.row) == (relation, label)]
        source = related(relation, entity)
        parts = [part for node in mine for part in children(node)]
        looked = looked_at(parts, label, source, entity, related, taken)
        for node in mine:
            name = fresh(labels.get(node) or _describe(node), names)
            fold = _fold(node, looked, source, name, taken)
            on = tuple(zip(entity.keys, fold.keys, strict=True))
            attachments.append(Attachment(fold, on, ((name, name),), (of_none(node),)))
            columns[node] = plan_column(name, node)
    return tuple(attachments), columns


def _fold(node: Aggregate, looked: Placed, source: Related, name: str, taken: set[str]) -> Fold:
    if node.function in AROUND:
        return fold_around(node, looked, source, name, taken)
    folded = DefineAggregate(name, place_aggregate(node, looked.known))
    order = tuple(part.column for part in source.order)
    return Fold(fresh(f"{node.relation}_{name}", taken), looked.rows, looked.keys, order, (folded,))


def _parts_of(node: Aggregate, derivations: Derivations) -> Iterator[Part]:
    """The parts at the entity's grain that the derived relations behind an aggregate use."""
    waiting = relations_in((node,))
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in derivations and name not in seen:
            seen.add(name)
            yield from parts_of(derivations[name], name)
            waiting += [derivations[name].base, *relations_in(expressions_of(derivations[name]))]


def _describe(node: Aggregate) -> str:
    """A name for an aggregate that no trait names: ``max_ordered_at``, ``count_orders``."""
    named = [part.name for part in walk(node.value) if isinstance(part, Column)] if node.value else [node.relation]
    return "_".join((node.function, *named[:1]))
