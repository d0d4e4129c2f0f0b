"""Which traits, segments and segmentations an expression may refer to, from its words alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

from segrules.language import syntax
from segrules.language.scope import Row, Scope

RELATION_FUNCTIONS = frozenset({"count", "any", "none", "every", "share", "max_count", "sequence", "funnel"})
"""The functions whose argument is a relation, so that a bare name there is one."""

Node = syntax.Expression | syntax.Window | syntax.Step


@dataclass(frozen=True, slots=True)
class NamesIn:
    """The names inside an expression, by what they may stand for.

    values: every one that stands for a value, unlike the relation in `count(orders)`.
    aliases: the names given to rows and elements, `t` in `any(tags as t where …)`; aliased: what gets one, `tags`.
    relations: what may be relations, the first parts of dotted names and what `count` and its kin take.
    """

    values: tuple[syntax.Name, ...]
    aliases: frozenset[str]
    aliased: frozenset[str]
    relations: frozenset[str]


@dataclass(frozen=True, slots=True)
class NamesUsed:
    """Candidates: a name may also turn out to be a column. Stages are segments, `lifecycle.churned`."""

    traits: frozenset[str]
    segments: frozenset[str]
    segmentations: frozenset[str]


def names_used(names: NamesIn, entity: str | None = None, relations: Collection[str] = frozenset()) -> NamesUsed:
    """The names that an order among traits and segments has to respect.

    `entity` is the name of the entity; without it any first part of `x.y` may be the entity. relations: the names
    that are no lists in `any(x as item where …)`.
    """
    values = {name for name in names.aliased if name not in relations}
    segments: set[str] = set()
    for name in names.values:
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


def names_elsewhere(names: NamesIn, scope: Scope) -> dict[str, NamesUsed]:
    """By entity the same of the names that lead to it through lookups: `company.tier`, `members.user.segments.vip`."""
    found: dict[str, list[str]] = {}
    rows = [row for row in (scope.entity, *scope.relations.values()) if row.lookups]
    for name in names.values if rows else ():
        parts = [part.text for part in name.parts]
        for row in rows:
            is_alias = parts[0] in names.aliases and row is not scope.entity
            starts = (0, 1) if parts[0] == row.name or is_alias else (0,)
            for entity, rest in (reached for start in starts for reached in _reached(row, parts[start:])):
                found.setdefault(entity, []).append(rest)
    return {entity: _used(rests) for entity, rests in found.items()}


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


def names_in(expression: syntax.Expression) -> NamesIn:
    """Every name inside, found in one walk."""
    values: list[syntax.Name] = []
    arguments: list[syntax.Argument] = []
    relations: list[str] = []
    waiting: list[Node] = [expression]
    while waiting:
        match waiting.pop():
            case syntax.Name() as name:
                values.append(name)
            case syntax.Call() as call:
                arguments += call.arguments
                waiting += _given(call.where, *call.steps, call.window, call.within, call.by)
                for argument in call.arguments:
                    if _is_relation(argument.value, call):
                        relations.append(argument.value.parts[0].text)
                    else:
                        waiting.append(argument.value)
                if call.function.text == "overall":
                    waiting += _folded_by_overall(call)
            case node:
                waiting += _inside(node)
    aliased = (item.value for item in arguments if item.alias is not None)
    return NamesIn(
        tuple(values),
        frozenset(item.alias.text for item in arguments if item.alias is not None),
        frozenset(value.parts[0].text for value in aliased if isinstance(value, syntax.Name) and len(value.parts) == 1),
        frozenset((*relations, *(name.parts[0].text for name in values if len(name.parts) > 1))),
    )


def _inside(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside one that is no call and no name."""
    match node:
        case syntax.Constant() | syntax.Percent() | syntax.Length() | syntax.Moment() | syntax.Calendar():
            return ()
        case syntax.Comparison() | syntax.Arithmetic() | syntax.TextTest() | syntax.ListTest():
            return (node.left, node.right)
        case syntax.Logic():
            return node.operands
        case syntax.Parentheses():
            return (node.inner,)
        case syntax.Unary():
            return (node.operand,)
        case syntax.In():
            return (node.item, node.values)
        case syntax.ListOf():
            return node.items
        case syntax.Between():
            return (node.item, node.low, node.high)
        case syntax.Is():
            return (node.item,)
        case syntax.InWindow():
            return (node.item, node.window)
        case syntax.Ago() | syntax.Trailing():
            return (node.length,)
        case syntax.FromTo():
            return (node.low, node.high)
        case syntax.Since() | syntax.Before():
            return (node.bound,)
        case syntax.Step():
            return (node.test,)
        case syntax.Case():
            return (*(part for arm in node.arms for part in arm), *_given(node.otherwise))
        case syntax.Name() | syntax.Call():
            raise AssertionError("names and calls are looked into by themselves")


def _given(*parts: Node | None) -> Iterator[Node]:
    return (part for part in parts if part is not None)


def _is_relation(value: syntax.Expression, call: syntax.Call) -> TypeGuard[syntax.Name]:
    """Whether an argument of a call is the name of a relation."""
    return call.function.text in RELATION_FUNCTIONS and isinstance(value, syntax.Name) and len(value.parts) == 1


def _folded_by_overall(call: syntax.Call) -> Iterator[syntax.Expression]:
    """The argument of the aggregate in `overall(count(orders))`, where a bare name is a value and no relation."""
    for argument in call.arguments:
        inner = argument.value
        while isinstance(inner, syntax.Parentheses):
            inner = inner.inner
        if isinstance(inner, syntax.Call):
            yield from (own.value for own in inner.arguments if _is_relation(own.value, inner))
