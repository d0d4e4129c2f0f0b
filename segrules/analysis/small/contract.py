"""What the contract promises of stored columns, as sets of values with the fact that each rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from segrules.analysis.answers import Fact
from segrules.analysis.small.constants import scalar
from segrules.analysis.small.values import EVERYTHING, Values, among, compared
from segrules.language.core import Column
from segrules.language.trees import relation_of
from segrules.language.types import Kind
from segrules.planning.time import AsOf, start_of_day, to_utc
from segrules.project.model import Column as Declared
from segrules.project.model import Lookup, Rules

Promises = tuple[tuple[Values, Fact], ...]


def promises_of(rules: Rules, column: Column, moment: AsOf) -> tuple[Values, Promises]:
    """What a column's value can be in any run, and what the contract leaves of it."""
    found = declared(rules, column)
    if found is None:
        return EVERYTHING, ()
    table, item = found
    frame = _frame(rules, column, item, moment)
    promises = []
    if item.name == rules.entity.key and table == rules.entity.name and not column.path:
        promises += [(values, fact) for values, fact in key_promises(rules, moment) if _makes(rules, fact.table)]
    for promise, values in _promised(item, moment.zone):
        if promise != "missing":
            promises.append((values.or_missing(), Fact(table, item.name, promise)))
        elif not column.path:  # a lookup may lead to no row
            promises.append((values, Fact(table, item.name, "missing")))
    return frame, tuple(promises)


def key_promises(rules: Rules, moment: AsOf) -> Promises:
    """What the relations promise of their keys, which are those of entity rows with rows in them."""
    found = []
    for name, relation in rules.relations.items():
        item = next((one for one in relation.columns if one.name == relation.key), None)
        if name not in rules.derived and item is not None:
            found += [
                (values.or_missing(), Fact(name, item.name, promise))
                for promise, values in _promised(item, moment.zone)
                if promise != "missing"
            ]
    return tuple(found)


def _makes(rules: Rules, relation: str) -> bool:
    """Whether the entity's rows are the keys of a relation, or of what is derived from it."""
    name = rules.entity.from_relation or ""
    while name in rules.derived:
        name = rules.derived[name].base
    return name == relation


def declared(rules: Rules, column: Column) -> tuple[str, Declared] | None:
    """A stored column's declaration, and the table that it is declared for."""
    name = relation_of(column.row)
    if name == rules.entity.name:
        table, columns, lookups = name, rules.entity.columns, rules.entity.lookups
    elif name in rules.relations:
        while (made := rules.derived.get(name)) is not None:
            if not column.path and (made.by or column.name in dict(made.columns)):
                return None
            name = made.base
        table, columns, lookups = name, rules.relations[name].columns, rules.relations[name].lookups
    else:
        return None
    for step in column.path:
        lookup = next((item for item in lookups if item.name == step), None)
        if lookup is None:
            return None
        table, columns, lookups = _led(rules, table, lookup)
    item = next((item for item in columns if item.name == column.name), None)
    return None if item is None else (table, item)


def _led(rules: Rules, table: str, lookup: Lookup) -> tuple[str, tuple[Declared, ...], tuple[Lookup, ...]]:
    if lookup.entity is None:
        return f"{table}.{lookup.name}", lookup.columns, lookup.lookups
    other = rules.entities[lookup.entity].entity
    return other.name, other.columns, other.lookups


def _frame(rules: Rules, column: Column, item: Declared, moment: AsOf) -> Values:
    """What the run itself sees to: keys are there, and rows from now on are not seen."""
    if column.path:
        return EVERYTHING
    name = relation_of(column.row)
    if name == rules.entity.name:
        frame = _never_missing(EVERYTHING) if column.name == rules.entity.key else EVERYTHING
        return frame & _before(item, moment) if column.name == rules.entity.time else frame
    relation = rules.relations[name]
    if column.name == relation.time:
        return _never_missing(_before(item, moment))
    return _never_missing(EVERYTHING) if column.name == relation.key else EVERYTHING


def _never_missing(values: Values) -> Values:
    return values.known()


def _before(item: Declared, moment: AsOf) -> Values:
    """Times of rows that are visible, or none."""
    match item.type.kind:
        case Kind.TIMESTAMP:
            return compared("<", scalar(moment.now, item.type)).or_missing()
        case Kind.DATE:
            return compared("<=", moment.today.toordinal()).or_missing()
        case _:
            return EVERYTHING


def _promised(item: Declared, zone: str) -> Iterator[tuple[Any, Values]]:
    if item.never_missing:
        yield "missing", EVERYTHING.known()
    if item.type.kind is Kind.LIST:
        return
    if item.values is not None:
        constants = [scalar(_instant(item, value, zone), item.type) for value in item.values]
        if None not in constants:
            yield "values", among(constants)
    if item.least is not None:
        least = scalar(_instant(item, item.least, zone), item.type)
        if least is not None:
            yield "min", compared(">=", least)
    if item.most is not None:
        yield from _most(item, zone)


def _most(item: Declared, zone: str) -> Iterator[tuple[Any, Values]]:
    day = item.most
    if item.type.kind is Kind.TIMESTAMP and isinstance(day, date) and not isinstance(day, datetime):
        if day < date.max:  # a day of a timestamp column is in to its end
            yield "max", compared("<", scalar(start_of_day(day + timedelta(days=1), zone), item.type))
        return
    most = scalar(_instant(item, day, zone), item.type)
    if most is not None:
        yield "max", compared("<=", most)


def _instant(item: Declared, value: Any, zone: str) -> Any:
    """A bound as it is stored: of a timestamp column its instant in UTC."""
    if item.type.kind is not Kind.TIMESTAMP:
        return value
    if isinstance(value, datetime):
        return to_utc(value, zone)
    return start_of_day(value, zone) if isinstance(value, date) else value
