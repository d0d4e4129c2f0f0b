"""Which traits, segments and segmentations an expression may refer to, from its words alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import get_args

from segrules.language import syntax
from segrules.language.scope import Row, Scope

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


def names_used(
    expression: syntax.Expression, entity: str | None = None, relations: Collection[str] = frozenset()
) -> NamesUsed:
    """The names that an order among traits and segments has to respect.

    `entity` is the name of the entity; without it any first part of `x.y` may be the entity. relations: the names
    that are no lists in `any(x as item where …)`.
    """
    values = {name for name in _named_items(expression) if name not in relations}
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


def names_elsewhere(expression: syntax.Expression, scope: Scope) -> dict[str, NamesUsed]:
    """By entity the same of the names that lead to it through lookups: `company.tier`, `members.user.segments.vip`."""
    found: dict[str, list[str]] = {}
    aliases = _aliases(expression)
    for name in names_in(expression):
        parts = [part.text for part in name.parts]
        for row in (scope.entity, *scope.relations.values()):
            starts = (0, 1) if parts[0] == row.name or (parts[0] in aliases and row is not scope.entity) else (0,)
            for entity, rest in (reached for start in starts for reached in _reached(row, parts[start:])):
                found.setdefault(entity, []).append(rest)
    return {entity: _used(names) for entity, names in found.items()}


def _reached(row: Row, parts: list[str]) -> Iterator[tuple[str, str]]:
    """Each entity that parts lead to, with the rest of them where that may be one of its things."""
    for number, part in enumerate(parts):
        rest = parts[number:]
        if row.things is not None and (len(rest) == 1 or part == "segments"):
            yield row.things.entity, ".".join(rest)
        if part not in row.lookups:
            return
        row = row.lookups[part]


def _used(names: Iterable[str]) -> NamesUsed:
    segments = {name.removeprefix("segments.") for name in names if name.startswith("segments.")}
    values = {name for name in names if "." not in name}
    stages_of = {name.split(".")[0] for name in segments if "." in name}
    return NamesUsed(frozenset(values), frozenset(segments), frozenset(values | stages_of))


def _aliases(expression: syntax.Expression) -> frozenset[str]:
    """The names that an expression gives to rows: `r` in `any(returns as r where …)`."""
    return frozenset(argument.alias.text for argument in _arguments(expression) if argument.alias is not None)


def _named_items(expression: syntax.Expression) -> Iterator[str]:
    """The names whose rows or elements get a name: `tags` in `any(tags as t where …)`."""
    for argument in _arguments(expression):
        match argument:
            case syntax.Argument(value=syntax.Name(parts=(part,)), alias=syntax.Identifier()):
                yield part.text


def _arguments(expression: syntax.Expression) -> Iterator[syntax.Argument]:
    """The arguments of all calls inside."""
    waiting: list[object] = [expression]
    while waiting:
        match waiting.pop():
            case tuple() as several:
                waiting.extend(several)
            case node if isinstance(node, _NODES):
                if isinstance(node, syntax.Argument):
                    yield node
                waiting.extend(getattr(node, field.name) for field in fields(node))


def relations_named(expression: syntax.Expression) -> frozenset[str]:
    """The names that may be those of relations: first parts of dotted ones, and what `count` and its kin take."""
    found: set[str] = set()
    waiting: list[object] = [expression]
    while waiting:
        match waiting.pop():
            case syntax.Name(parts=(first, _, *_)):
                found.add(first.text)
            case syntax.Call() as call:
                waiting.extend((call.where, call.steps, call.window, call.within, call.by))
                for argument in call.arguments:
                    if _is_relation(call, argument) and isinstance(argument.value, syntax.Name):
                        found.add(argument.value.parts[0].text)
                    else:
                        waiting.append(argument.value)
            case tuple() as several:
                waiting.extend(several)
            case node if isinstance(node, _NODES):
                waiting.extend(getattr(node, field.name) for field in fields(node))
    return frozenset(found)


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
