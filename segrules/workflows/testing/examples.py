"""Examples beside a rule: rows of column, trait and segment values that a segment must take in, or leave out.

A given trait or segment is a column of the example's row; everything else is computed as ever, from empty relations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count, islice

from segrules.engines.engine import Engine
from segrules.language.core import Clock, Expression, Literal, Membership, Population
from segrules.language.core import Column as ColumnNode
from segrules.language.trees import walk
from segrules.language.types import BOOLEAN, Kind, Type
from segrules.planning import reference
from segrules.planning.dependencies import definitions
from segrules.planning.others import reached
from segrules.planning.time import AsOf
from segrules.project.examples import SEGMENTS
from segrules.project.model import Column, Entity, Example, Lookup, Project, Rules, Segment, Source
from segrules.workflows.testing.case_runs import Values
from segrules.workflows.testing.given_rows import GivenRows
from segrules.workflows.testing.watching import Watch, compute_watched


@dataclass(frozen=True, slots=True)
class ExampleRun:
    """Examples of one segment that give the same names: a project in which those names are columns."""

    project: Project
    rules: Rules
    segment: Segment
    examples: tuple[Example, ...]
    given: tuple[GivenRows, ...]


def example_runs(project: Project, rules: Mapping[str, Rules], segment: Segment) -> Iterator[ExampleRun]:
    """The examples of a segment, those together that give values for the same names."""
    groups: dict[frozenset[str], list[Example]] = {}
    for example in segment.examples:
        groups.setdefault(frozenset(example.values), []).append(example)
    for names, examples in groups.items():
        own = _overridden_everywhere(rules[segment.entity], names)
        entity = own.entity
        entities = tuple(own.entities[item.name].entity for item in project.entities)
        key = example_key(entity, _named_keys(own, segment))
        given = tuple(_given(entity, example, key) for example in examples)
        yield ExampleRun(replace(project, entities=entities), own, segment, tuple(examples), given)


def wrong_examples(engine: Engine, run: ExampleRun, moment: AsOf, watch: Watch | None = None) -> tuple[Example, ...]:
    """The examples for which the segment does not do what they say."""
    name, entity = run.segment.name, run.rules.entity.name
    wanted = reference(run.rules, name)
    keys = [given[entity][0][run.rules.entity.key] for given in run.given]
    rules = {**run.rules.entities, entity: run.rules}
    asked = [[(entity, wanted, frozenset({key}))] for key in keys]
    computed = compute_watched(engine, run.project, rules, {entity: (wanted,)}, run.given, moment, watch, asked)
    got = (row_of(values.of(entity, wanted), key) for key, values in zip(keys, computed, strict=True))
    return tuple(example for example, member in zip(run.examples, got, strict=True) if member is not example.expected)


def row_of(values: Values, key: object) -> object:
    """The value of the example's row; other rows may be there because its lookups lead to them."""
    return values.get(key, next(iter(values.values()), False))


def needs_clock(rules: Rules, segment: Segment) -> bool:
    """Whether a segment's members depend on the as-of instant."""
    return any(isinstance(node, Clock) for node in _nodes(rules, segment))


def looks_at_all(rules: Rules, segment: Segment) -> Population | None:
    """The function over all entity rows that decides a segment's members, of which an example is only one."""
    return next((node for node in _nodes(rules, segment) if isinstance(node, Population)), None)


def _nodes(rules: Rules, segment: Segment) -> Iterator[Expression]:
    """Every node of the rules that a segment rests on."""
    for one in reached(rules, [reference(rules, segment.name)]):
        yield from walk(one.expression)


def example_key(entity: Entity, taken: Set[object] = frozenset()) -> object:
    """A key for a row whose example gives none: one that no rule names."""
    return next(value for value in some_values(column_of(entity.columns, entity.key).type) if value not in taken)


def _named_keys(rules: Rules, segment: Segment) -> frozenset[object]:
    """The keys that a segment's members depend on one by one, such as those of its `include`."""
    expressions = definitions(rules, [("segment", segment.name)]).values()
    lists = (node.values for part in expressions for node in walk(part) if isinstance(node, Membership))
    return frozenset(
        value for node in lists if isinstance(node, Literal) and isinstance(node.value, tuple) for value in node.value
    )


def _overridden_everywhere(rules: Rules, names: frozenset[str]) -> Rules:
    """The rules with what is given of the entity, and of others behind lookups (`company.tier`), as columns."""
    others: dict[str, set[str]] = {}
    for lookup in rules.entity.lookups:
        if lookup.entity is not None:
            given = (name.removeprefix(f"{lookup.name}.") for name in names if name.startswith(f"{lookup.name}."))
            others.setdefault(lookup.entity, set()).update(name.removeprefix(SEGMENTS) for name in given)
    entities = {
        name: _overridden(item, frozenset(others[name])) if others.get(name) else item
        for name, item in rules.entities.items()
    }
    own = _overridden(entities[rules.entity.name], names)
    entities[rules.entity.name] = own = replace(own, entities=entities)
    return own


def _overridden(rules: Rules, names: frozenset[str]) -> Rules:
    """The rules with each given trait and segment a stored column of the entity."""
    entity = rules.entity
    traits = {name: rules.traits[name].type for name in names if name in rules.traits}
    segments = {name: BOOLEAN for name in names if name in rules.segments and name not in traits}
    columns = tuple(Column(name, kind) for name, kind in {**traits, **segments}.items())
    stored = entity.source or Source(path=None, table=entity.name)
    return replace(
        rules,
        entity=replace(entity, source=stored, from_relation=None, columns=(*entity.columns, *columns)),
        traits={
            **rules.traits,
            **{name: ColumnNode(entity.name, (), name, kind) for name, kind in traits.items()},
        },
        segments={**rules.segments, **{name: ColumnNode(entity.name, (), name, BOOLEAN) for name in segments}},
    )


def _given(entity: Entity, example: Example, key: object) -> GivenRows:
    """The example as rows of the entity and of the lookups it gives values of (`demographics.income`)."""
    own = {name: value for name, value in example.values.items() if "." not in name or _has(entity, name)}
    own.setdefault(entity.key, key)
    led: dict[str, dict[str, object]] = {}
    for name, value in example.values.items():
        owner, _, column = name.partition(".")
        lookup = next((item for item in entity.lookups if item.name == owner), None)
        if name not in own and lookup is not None:
            row = led.setdefault(owner, _joined(entity, lookup, own, len(led)))
            row[column if lookup.entity is None else column.removeprefix(SEGMENTS)] = value
    rows: dict[str, list[dict[str, object]]] = {entity.name: [own]}
    for lookup in (item for item in entity.lookups if item.name in led):
        row, keys = led[lookup.name], [theirs for _, theirs in lookup.on]
        others = rows.setdefault(lookup.entity or f"{entity.name}.{lookup.name}", [])
        same = next((other for other in others if all(other.get(key) == row[key] for key in keys)), None)
        if same is None:
            others.append(row)
        else:
            same.update(row)
    return rows


def _joined(entity: Entity, lookup: Lookup, own: dict[str, object], before: int) -> dict[str, object]:
    """The lookup's key columns, equal to the row's own, which leads to no row that something before leads to."""
    keys: dict[str, object] = {}
    for local, other in lookup.on:
        taken = {own[entity.key]} if lookup.entity == entity.name else set()
        values = (value for value in some_values(column_of(entity.columns, local).type) if value not in taken)
        keys[other] = own.setdefault(local, next(islice(values, before, None)))
    return keys


def _has(entity: Entity, name: str) -> bool:
    return any(column.name == name for column in entity.columns)


def column_of(columns: Sequence[Column], name: str) -> Column:
    return next(column for column in columns if column.name == name)


def some_values(kind: Type) -> Iterator[object]:
    """Values of a type, each other than those before; as many as one can want."""
    for number in count(1):
        match kind.kind:
            case Kind.TEXT:
                yield "example" if number == 1 else f"example {number}"
            case Kind.DATE:
                yield date(2000, 1, 1) + timedelta(days=number - 1)
            case Kind.TIMESTAMP:
                yield datetime(2000, 1, 1) + timedelta(days=number - 1)
            case Kind.DECIMAL:
                yield Decimal(number)
            case Kind.LIST if kind.element is not None:
                yield tuple(islice(some_values(kind.element), number))
            case _:
                yield number
