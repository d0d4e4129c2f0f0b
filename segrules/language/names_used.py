"""Which traits, segments and segmentations an expression may refer to, from its words alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import get_args

from segrules.language import syntax

RELATION_FUNCTIONS = frozenset({"count", "any", "none", "every", "share", "max_count", "sequence", "funnel"})
"""The functions whose argument is a relation, so that a bare name there is one."""

_NODES = (
    *get_args(syntax.Expression),
    *get_args(syntax.Window),
    syntax.Argument,
    syntax.Step,
)


@dataclass(frozen=True, slots=True)
class NamesUsed:
    """Candidates: a name may also turn out to be a column. Stages are segments, `lifecycle.churned`."""

    traits: frozenset[str]
    segments: frozenset[str]
    segmentations: frozenset[str]


def names_used(expression: syntax.Expression, entity: str | None = None) -> NamesUsed:
    """The names that an order among traits and segments has to respect.

    `entity` is the name of the entity; without it any first part of `x.y` may be the entity.
    """
    values: set[str] = set()
    segments: set[str] = set()
    for name in names_in(expression):
        match [part.text for part in name.parts]:
            case ["segments", *rest]:
                segments.add(".".join(rest))
            case ["params", *_]:
                pass
            case [word]:
                values.add(word)
            case [first, second] if entity in (None, first):
                values.add(second)
    stages_of = {name.split(".")[0] for name in segments if "." in name}
    return NamesUsed(frozenset(values), frozenset(segments), frozenset(values | stages_of))


def names_in(expression: syntax.Expression) -> Iterator[syntax.Name]:
    """Every name inside that stands for a value: not the relation in `count(orders)`."""
    waiting: list[object] = [expression]
    while waiting:
        match waiting.pop():
            case syntax.Name() as name:
                yield name
            case syntax.Call() as call:
                waiting.extend((call.where, call.steps, call.window, call.within, call.by))
                waiting.extend(argument.value for argument in call.arguments if not _is_relation(call, argument))
                if call.function.text == "overall":
                    waiting.extend(_folded_by_overall(call))
            case tuple() as several:
                waiting.extend(several)
            case node if isinstance(node, _NODES):
                waiting.extend(getattr(node, field.name) for field in fields(node))


def _is_relation(call: syntax.Call, argument: syntax.Argument) -> bool:
    value = argument.value
    return call.function.text in RELATION_FUNCTIONS and isinstance(value, syntax.Name) and len(value.parts) == 1


def _folded_by_overall(call: syntax.Call) -> Iterator[syntax.Expression]:
    """The argument of the aggregate in `overall(count(orders))`, where a bare name is a value and no relation."""
    for argument in call.arguments:
        inner = argument.value
        while isinstance(inner, syntax.Parentheses):
            inner = inner.inner
        if isinstance(inner, syntax.Call):
            yield from (own.value for own in inner.arguments if _is_relation(inner, own))
