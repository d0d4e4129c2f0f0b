"""A naive evaluator of resolved rules over Python rows: what the members are, by the letter of the language.

Rows are dictionaries with Python values, None where missing; a datetime is the project's wall clock. Tables are
named `customer`, `orders`, and a lookup's `customer.demographics`, `orders.product`, `orders.product.maker`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import reference_values as values
from reference_aggregates import aggregate, previous
from reference_derived import derived_rows
from reference_population import population

from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Clock,
    Column,
    Compare,
    Element,
    Elements,
    Expression,
    If,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Past,
    Population,
    Previous,
    Reference,
)
from segrules.language.types import Kind, Type
from segrules.project.model import Entity, Labelling, Lookup, Relation, Rules

Row = Mapping[str, Any]
Own = Mapping[str, tuple[str, Row]]
Tables = Mapping[str, Sequence[Row]]


def members(rules: Rules, tables: Tables, now: datetime, zone: str) -> dict[str, set[Any]]:
    """The keys in each segment, and in each stage as `lifecycle.churned`. `now` is UTC, the first instant not seen."""
    found = everything(rules, tables, now, zone)
    stages = [f"{name}.{label}" for name, labelling in rules.segmentations.items() for label in labels_of(labelling)]
    return {name: {key for key, value in found[name].items() if value} for name in (*rules.segments, *stages)}


def everything(rules: Rules, tables: Tables, now: datetime, zone: str) -> dict[str, dict[Any, Any]]:
    """By name and key: booleans of segments and stages, labels of segmentations, values of traits.

    A segmentation under `hit: any` has a tuple of labels. Of traits, decimals are Fraction, timestamps naive UTC,
    durations microseconds.
    """
    world = World(rules, tables, now, zone)
    found: dict[str, dict[Any, Any]] = {}
    for row in world.entity_rows():
        key, subject = row[rules.entity.key], world.of(row)
        values_of_row: dict[str, Any] = {name: subject.trait(name) for name in rules.traits}
        values_of_row |= {name: subject.label(name) for name in rules.segmentations}
        for name, labelling in rules.segmentations.items():
            values_of_row |= {f"{name}.{one}": subject.segment(f"{name}.{one}") for one in labels_of(labelling)}
        values_of_row |= {name: subject.segment(name) for name in rules.segments}
        for name, value in values_of_row.items():
            found.setdefault(name, {})[key] = value
    names = (*rules.traits, *rules.segmentations, *rules.segments)
    stages = (f"{name}.{label}" for name, one in rules.segmentations.items() for label in labels_of(one))
    return {name: found.get(name, {}) for name in (*names, *stages)}


def overlaps(rules: Rules, tables: Tables, now: datetime, zone: str) -> dict[str, set[Any]]:
    """The keys that match several stages of each `unique` segmentation, where it has any: a run stops on them."""
    world = World(rules, tables, now, zone)
    found = {
        name: {row[rules.entity.key] for row in world.entity_rows() if len(world.of(row).stages(labelling)) > 1}
        for name, labelling in rules.segmentations.items()
        if labelling.hit == "unique"
    }
    return {name: keys for name, keys in found.items() if keys}


def labels_of(labelling: Labelling) -> list[str]:
    """Every label that a row can carry, once each."""
    own = [label for label, _ in labelling.stages]
    return own if labelling.otherwise in (None, *own) else [*own, str(labelling.otherwise)]


@dataclass(frozen=True)
class World:
    """The rows there are, and what a rule may see of them."""

    rules: Rules
    tables: Tables
    now: datetime
    zone: str
    subjects: dict[Any, Subject] = field(default_factory=dict)
    populations: dict[Population, dict[Any, Any]] = field(default_factory=dict)
    worlds: dict[tuple[str, datetime], World] = field(default_factory=dict)

    def elsewhere(self, entity: str, now: datetime) -> World:
        """The same tables as the rules of an entity see them at an instant."""
        if (entity, now) not in self.worlds:
            self.worlds[entity, now] = World(
                self.rules.entities[entity], self.tables, now, self.zone, worlds=self.worlds
            )
        return self.worlds[entity, now]

    def at(self, key: Any) -> Subject | None:
        """What rules say of the entity row with a key, if there is one."""
        key_column = self.rules.entity.key
        row = next((row for row in self.entity_rows() if row[key_column] == key), None)
        return None if row is None else self.of(row)

    def _rows(self, table: str) -> list[Row]:
        return list(self.tables.get(table, []))

    def entity_rows(self) -> list[Row]:
        entity = self.rules.entity
        if entity.from_relation is not None:
            relation = self.rules.relations[entity.from_relation]
            root = self.root(relation)
            keys = {row[root.key]: None for row in self.visible(root)}
            return [{entity.key: key} for key in keys if self.of({entity.key: key}).rows_of(relation)]
        return [row for row in self._rows(entity.name) if self.exists(row, entity)]

    def exists(self, row: Row, entity: Entity) -> bool:
        born = self.instant(row.get(entity.time)) if entity.time else None
        return (born is None or born < self.now) and self.valid(row, entity.valid)

    def valid(self, row: Row, between: tuple[str, str] | None) -> bool:
        """Whether the row was valid just before N; from `to` on it no longer is, and a missing bound is open."""
        if between is None:
            return True
        start, end = (self.instant(row.get(name)) for name in between)
        return (start is None or start < self.now) and (end is None or end >= self.now)

    def visible(self, relation: Relation) -> list[Row]:
        """Rows with a key and, where the relation has a time, with a time before N."""
        rows = [row for row in self._rows(relation.name) if row.get(relation.key) is not None]
        return self.before_now(relation, rows)

    def before_now(self, relation: Relation, rows: list[Row]) -> list[Row]:
        if relation.time is None:
            return rows
        timed = [(self.moment(row, relation.time), row) for row in rows]
        return [row for moment, row in timed if moment is not None and moment < self.now]

    def root(self, relation: Relation) -> Relation:
        """The stored relation that a relation is made from in the end."""
        while relation.from_relation is not None:
            relation = self.rules.relations[relation.from_relation]
        return relation

    def moment(self, row: Row, name: str) -> datetime | None:
        """The instant in a row's column."""
        value = row.get(name)
        is_made = name in getattr(row, "made", ())
        return value if is_made and isinstance(value, datetime) else self.instant(value)

    def instant(self, moment: date | datetime | None) -> datetime | None:
        if moment is None or isinstance(moment, datetime):
            return None if moment is None else values.to_utc(moment, self.zone)
        return values.start_of_day(moment, self.zone)

    def of(self, row: Row) -> Subject:
        key = row[self.rules.entity.key]
        if key not in self.subjects:
            self.subjects[key] = Subject(self, row)
        return self.subjects[key]

    def stored(self, owner: str, row: Row, column: Column) -> Any:
        """A column's value, through its lookups: each gives the one row with equal values, or nothing."""
        _, found = self.led(owner, row, column.path)
        if found is None or column.name in getattr(found, "made", ()):
            return None if found is None else found.get(column.name)
        return values.stored(found.get(column.name), column.type, self.zone)

    def led(self, owner: str, row: Row, path: tuple[str, ...]) -> tuple[str | None, Row | None]:
        """The row to which lookups lead, if there is one, and the entity that it is a row of, if it is."""
        found: Row | None = row
        table, lookups = owner, self.lookups(owner)
        if owner in self.rules.derived:
            table = self.root(self.rules.relations[owner]).name
        entity = None
        for step in path:
            lookup = next(lookup for lookup in lookups if lookup.name == step)
            entity = lookup.entity
            if entity is None:
                table, lookups = f"{table}.{step}", lookup.lookups
                found = self.looked_up(table, lookup, found)
                continue
            there = self.elsewhere(entity, self.now)
            table, lookups = entity, there.rules.entity.lookups
            ((own, _),) = lookup.on
            subject = None if found is None or found.get(own) is None else there.at(found[own])
            found = None if subject is None else subject.row
        return entity, found

    def subject(self, owner: str, row: Row, path: tuple[str, ...]) -> Subject | None:
        """What rules say of the other entity's row to which lookups lead."""
        entity, found = self.led(owner, row, path)
        return None if entity is None or found is None else self.elsewhere(entity, self.now).of(found)

    def lookups(self, owner: str) -> tuple[Lookup, ...]:
        entity = self.rules.entity
        return entity.lookups if owner == entity.name else self.rules.relations[owner].lookups

    def looked_up(self, table: str, lookup: Lookup, row: Row | None) -> Row | None:
        if row is None or any(row.get(own) is None for own, _ in lookup.on):
            return None
        for other in self._rows(table):
            if all(row[own] == other.get(theirs) for own, theirs in lookup.on) and self.valid(other, lookup.valid):
                return other
        return None


@dataclass(frozen=True)
class Subject:
    """One entity row, and what rules say of it."""

    world: World
    row: Row
    known: dict[tuple[str, str], Any] = field(default_factory=dict)

    def rows_of(self, relation: Relation) -> list[Row]:
        """The visible rows of a relation that the entity row has, always the very same ones."""
        if ("rows", relation.name) not in self.known:
            if relation.from_relation is None:
                key = self.row[self.world.rules.entity.key]
                rows = [row for row in self.world.visible(relation) if row[relation.key] == key]
            else:
                base = self.rows_of(self.world.rules.relations[relation.from_relation])
                rows = self.world.before_now(relation, derived_rows(self, relation, base))
            self.known["rows", relation.name] = rows
        found: list[Row] = self.known["rows", relation.name]
        return found

    # names

    def trait(self, name: str) -> Any:
        return self.once("trait", name, self.world.rules.traits[name])

    def segment(self, name: str) -> bool:
        rule = self.world.rules.segments.get(name)
        if rule is not None:
            return bool(self.once("segment", name, rule))
        segmentation = next(one for one in self.world.rules.segmentations if name.startswith(f"{one}."))
        carried = self.label(segmentation)
        wanted = name.removeprefix(f"{segmentation}.")
        return wanted in carried if isinstance(carried, tuple) else wanted == carried

    def once(self, kind: str, name: str, rule: Expression) -> Any:
        if (kind, name) not in self.known:
            value = self.value(rule, {})
            self.known[kind, name] = value if kind == "trait" else value is True
        return self.known[kind, name]

    def label(self, name: str) -> Any:
        labelling = self.world.rules.segmentations[name]
        if ("labels", name) not in self.known:
            self.known["labels", name] = self.stages(labelling)
        matching = self.known["labels", name]
        if not matching and labelling.otherwise is not None:
            matching = (labelling.otherwise,)
        if labelling.hit == "any":
            return matching or None
        return matching[0] if matching else None

    def stages(self, labelling: Labelling) -> tuple[str, ...]:
        return tuple(label for label, rule in labelling.stages if self.holds(rule, {}))

    # expressions; `own` has, by label, the table and row that each aggregate around the expression is looking at

    def holds(self, node: Expression, own: Own) -> bool:
        return self.value(node, own) is True

    def value(self, node: Expression, own: Own) -> Any:
        world = self.world
        match node:
            case Literal(value=constant, type=type):
                return values.stored(constant, type, world.zone)
            case Column(row=label):
                if label in own:
                    return world.stored(*own[label], node)
                assert label == world.rules.entity.name, f"a column of {label} outside its rows"
                return world.stored(label, self.row, node)
            case Element(row=label):
                return own[label][1][""]
            case Elements():
                return self.of_elements(node, own)
            case Clock(reading=reading):
                return world.now if reading == "now" else values.today(world.now, world.zone)
            case Reference(path=(_, *_)):
                table, row = own.get(node.row, (world.rules.entity.name, self.row))
                return _thing(world.subject(table, row, node.path), node)
            case Past(item=item, moment=moment):
                then = min(self.value(moment, own), world.now)
                return _thing(world.elsewhere(world.rules.entity.name, then).at(self.row[world.rules.entity.key]), item)
            case Reference(to="trait", name=name):
                return self.trait(name)
            case Reference(to="segment", name=name):
                return self.segment(name)
            case Reference(name=name):
                return self.label(name)
            case Call(function=function, arguments=arguments, type=type):
                return values.coerce(self.call(function, arguments, type, own), type, world.zone)
            case If(arms=arms, otherwise=otherwise, type=type):
                chosen = next((then for test, then in arms if self.holds(test, own)), otherwise)
                return values.coerce(self.value(chosen, own), type, world.zone)
            case Previous():
                return previous(self, node, own)
            case Aggregate(type=type):
                return values.coerce(aggregate(self, node, own), type, world.zone)
            case Population(type=type):
                return values.coerce(population(self, node), type, world.zone)
            case _:
                return self.test(node, own)

    def test(self, node: Expression, own: Own) -> bool:
        """The predicates: true or false, never missing."""
        match node:
            case Compare(operator=operator, left=left, right=right):
                return _compare(operator, self.value(left, own), self.value(right, own))
            case Membership(item=item, values=items):
                wanted, listed = self.value(item, own), self.value(items, own)
                return listed is not None and any(values.equal(wanted, one) for one in listed)
            case IsMissing(item=item):
                return self.value(item, own) is None
            case And(items=items):
                return all(self.holds(item, own) for item in items)
            case Or(items=items):
                return any(self.holds(item, own) for item in items)
            case Not(item=item):
                return not self.holds(item, own)
            case _:
                raise AssertionError(f"not a predicate: {node!r}")

    def of_elements(self, node: Elements, own: Own) -> Any:
        """What a list's known elements say; one that is missing, or a list that is, has nothing to say."""
        known = [item for item in self.value(node.items, own) or () if item is not None]
        passed = [self.holds(node.where, {**own, node.row: ("", {"": item})}) for item in known]
        if node.function == "every":
            return len(passed) > 0 and all(passed)
        return sum(passed) if node.function == "count" else any(passed)

    def call(self, function: str, arguments: tuple[Expression, ...], type: Type, own: Own) -> Any:
        if function == "shift":
            length = arguments[1]
            assert isinstance(length, Literal)
            return self.shift(self.value(arguments[0], own), length.value, type)
        given = [self.value(argument, own) for argument in arguments]
        if function in values.SKIPPING:
            known = [values.coerce(value, type, self.world.zone) for value in given if value is not None]
            return values.SKIPPING[function](*known) if known else None
        if function in values.PREDICATES:
            return None not in given and values.PREDICATES[function](*given)
        if None in given:
            return None
        if function in values.STRICT:
            return values.STRICT[function](*(_floats(given) if type.kind is Kind.NUMBER else given))
        return self.at(function, given)

    def at(self, function: str, given: list[Any]) -> Any:
        """The functions that ask for the project's zone."""
        zone = self.world.zone
        match function, given:
            case "date", [value]:
                return values.day_of(value, zone) if isinstance(value, datetime) else value
            case "instant", [value]:
                return value if isinstance(value, datetime) else values.start_of_day(value, zone)
            case "first_day_from", [value]:
                return values.first_day_from(value, zone)
            case "hour", [value]:
                return values.to_wall(value, zone).hour
            case "elapsed", [start, end]:
                assert isinstance(start, datetime) == isinstance(end, datetime), "a date and a timestamp"
                return values.microseconds(end - start)
            case _:
                raise AssertionError(f"unknown function {function}")

    def shift(self, start: Any, length: Any, type: Type) -> Any:
        if start is None:
            return None
        if not isinstance(start, datetime) and type.kind is Kind.TIMESTAMP:
            start = values.start_of_day(start, self.world.zone)
        if isinstance(start, datetime):
            return values.shift_instant(start, length, self.world.zone)
        return values.shift_date(start, length)


def _thing(subject: Subject | None, node: Reference) -> Any:
    """What a reference says of a row: where there is none, segments are false and all else is missing."""
    if subject is None:
        return False if node.to == "segment" else None
    return subject.value(replace(node, row="", path=()), {})


def _floats(given: Iterable[Any]) -> list[Any]:
    """Arguments of a function whose result is inexact: beside a float every number is one, except for `/`."""
    given = list(given)
    if any(isinstance(value, float) for value in given):
        return [float(value) if isinstance(value, int | Fraction) else value for value in given]
    return given


def _compare(operator: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    left, right = values.alike(left, right)
    match operator:
        case "==":
            return bool(left == right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)
