"""Every node of every rule, found in one walk for all that look for something in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from segrules.language.core import Expression
from segrules.language.trees import walk
from segrules.project.model import Rules


class Part(NamedTuple):
    """A node, and the definition whose rule it stands in: its kind and name."""

    kind: str
    name: str
    node: Expression


def parts_of(rules: Rules) -> tuple[Part, ...]:
    """The nodes of an entity's traits, segments, segmentations, derived relations, `value` and carried values."""
    return tuple(Part(kind, name, node) for kind, name, rule in _rules(rules) for node in walk(rule))


def _rules(rules: Rules) -> Iterator[tuple[str, str, Expression]]:
    yield from (("trait", name, rule) for name, rule in rules.traits.items())
    yield from (("segment", name, rule) for name, rule in rules.segments.items())
    for name, labelling in rules.segmentations.items():
        yield from (("segmentation", name, rule) for _, rule in labelling.stages)
    for name, made in rules.derived.items():
        yield from (("relation", name, rule) for _, rule in (*made.by, *made.columns))
        if made.where is not None:
            yield "relation", name, made.where
    if rules.value is not None:
        known = (rule for rule in (rules.value.spend, rules.value.margin) if rule is not None)
        yield from (("relation", rules.value.relation, rule) for rule in known)
    yield from (("carry", name, rule) for name, rule in rules.carry.items())
