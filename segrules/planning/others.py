"""What rules look up beyond their own rows: things and columns of another entity, and what a thing was at a moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from segrules.language.core import Aggregate, Column, Expression, Literal, Past, Reference
from segrules.language.trees import walk
from segrules.planning.dependencies import definition, made_by, own_references
from segrules.planning.nodes import Rows
from segrules.project.model import Entity, Lookup, Relation, Rules

Part = Column | Reference
"""What can be looked up: a stored column or a thing, through lookups where it has a path."""


@dataclass(frozen=True, slots=True)
class Other:
    """Rows of an entity, the columns of the partition (if any) and the key, and the column that holds each part."""

    rows: Rows
    keys: tuple[str, ...]
    columns: Mapping[Part, str]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A part whose path leads to another entity: the path until there, and the part as that entity's rules name it."""

    path: tuple[str, ...]
    entity: str
    inner: Part


def crossing(table: Entity | Relation, part: Part) -> Crossing | None:
    """Where the path of a part leads to another entity for the first time, if it does."""
    lookups: tuple[Lookup, ...] = table.lookups
    for depth, step in enumerate(part.path, 1):
        lookup = next(lookup for lookup in lookups if lookup.name == step)
        if lookup.entity is not None:
            rest = part.path[depth:]
            inner: Part = replace(part, row=lookup.entity, path=rest)
            if isinstance(inner, Reference) and not rest:
                inner = replace(inner, row="")
            return Crossing(part.path[:depth], lookup.entity, inner)
        lookups = lookup.lookups
    return None


def looked_up(rules: Rules, expressions: Iterable[Expression]) -> dict[str, tuple[Part, ...]]:
    """By other entity the parts of it that expressions use, each once."""
    found: dict[str, dict[Part, None]] = {}
    nodes = [node for expression in expressions for node in walk(expression)]
    tables: dict[str, Entity | Relation] = {rules.entity.name: rules.entity}
    tables |= rules.relations
    tables |= {node.row: rules.relations[node.relation] for node in nodes if isinstance(node, Aggregate)}
    for node in nodes:
        if isinstance(node, Column | Reference) and node.path:
            crossed = crossing(tables[node.row], node)
            if crossed is not None:
                found.setdefault(crossed.entity, {})[crossed.inner] = None
    return {entity: tuple(parts) for entity, parts in found.items()}


def past_parts(expressions: Iterable[Expression], now: datetime) -> dict[datetime, tuple[Past, ...]]:
    """By moment (a UTC instant, exclusive, not after `now`) what is asked of it; time in the expressions is folded."""
    found: dict[datetime, dict[Past, None]] = {}
    for node in (node for expression in expressions for node in walk(expression)):
        if isinstance(node, Past):
            assert isinstance(node.moment, Literal)
            assert isinstance(node.moment.value, datetime)
            found.setdefault(min(node.moment.value, now), {})[node] = None
    return {moment: tuple(nodes) for moment, nodes in found.items()}


@dataclass(frozen=True, slots=True)
class Reached:
    """A definition that something wanted rests on, or a part that it looks up, and the rules in which it stands.

    is_past: it is asked about at an earlier moment.
    """

    rules: Rules
    expression: Expression
    is_past: bool = False


def reached(rules: Rules, wanted: Iterable[Expression]) -> Iterator[Reached]:
    """All that things rest on, of whatever entity and at whatever moment, each once."""
    waiting = deque(Reached(rules, node) for node in wanted)
    seen: set[tuple[str, Expression, bool]] = set()
    while waiting:
        here = waiting.popleft()
        place = (here.rules.entity.name, here.expression, here.is_past)
        if place in seen:
            continue
        seen.add(place)
        own, past = here.rules, here.is_past
        if isinstance(here.expression, Reference) and not here.expression.path:
            node = here.expression
            waiting.append(replace(here, expression=definition(own, (node.to, node.name))))
            continue
        yield here
        waiting += [Reached(own, node, past) for node in own_references(here.expression, own)]
        waiting += [Reached(own, part, past) for part in made_by(here.expression, own)]
        for entity, parts in looked_up(own, [here.expression]).items():
            waiting += [Reached(own.entities[entity], part, past) for part in parts]
        pasts = (node.item for node in walk(here.expression) if isinstance(node, Past))
        waiting += [Reached(own, item, True) for item in pasts]
