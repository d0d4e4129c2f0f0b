"""What a thing rests on, by name and over all entities: traits, segments, segmentations and derived relations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from segrules.language.core import Aggregate, Expression, Reference
from segrules.language.trees import walk
from segrules.planning.dependencies import definition, own_references
from segrules.planning.others import looked_up
from segrules.project.model import Rules


class Thing(NamedTuple):
    """What rules refer to: kind is `trait`, `segment` (also a stage), `segmentation` or `relation` (a derived one)."""

    entity: str
    kind: str
    name: str


Found = dict[Thing, tuple[Thing, ...]]
"""What each thing refers to, as far as it was looked up."""


def rests_on(rules: Mapping[str, Rules], start: Thing, known: Found) -> dict[Thing, None]:
    """All that a thing rests on, with itself; what is found on the way is put into `known`.

    What was at an earlier moment is not gone into.
    """
    found: dict[Thing, None] = {}
    waiting = [start]
    while waiting:
        thing = waiting.pop()
        if thing not in found:
            found[thing] = None
            if thing not in known:
                known[thing] = tuple(dict.fromkeys(_next(rules[thing.entity], thing)))
            waiting += known[thing]
    return found


def _next(rules: Rules, thing: Thing) -> Iterator[Thing]:
    entity = rules.entity.name
    if thing.kind == "relation":
        made = rules.derived[thing.name]
        expressions = [*(() if made.where is None else (made.where,)), *(part for _, part in (*made.by, *made.columns))]
        if made.base in rules.derived:
            yield Thing(entity, "relation", made.base)
    else:
        expressions = [definition(rules, (thing.kind, thing.name))]
    for expression in expressions:
        yield from (Thing(entity, node.to, node.name) for node in own_references(expression, rules))
        folded = (node.relation for node in walk(expression) if isinstance(node, Aggregate))
        yield from (Thing(entity, "relation", relation) for relation in folded if relation in rules.derived)
    yield from _elsewhere(rules, expressions)


def _elsewhere(rules: Rules, expressions: Iterable[Expression]) -> Iterator[Thing]:
    """The things of other entities that expressions look up."""
    for entity, parts in looked_up(rules, expressions).items():
        things = [part for part in parts if isinstance(part, Reference)]
        yield from (Thing(entity, thing.to, thing.name) for thing in things if not thing.path)
        yield from _elsewhere(rules.entities[entity], [thing for thing in things if thing.path])
