"""Constants that a column or segmentation can never have: a slip that would make a segment empty."""

from __future__ import annotations

from collections.abc import Iterable

from segrules.diagnostics import did_you_mean
from segrules.language.check_findings import Findings, refuse, words
from segrules.language.check_things import labels_of, row_of
from segrules.language.core import Aggregate, Column, Element, Expression, Literal, Past, Reference
from segrules.language.scope import Scope
from segrules.language.types import Kind

_FEW = 6
_SHORTEST_GUESS = 2  # among single letters every one is close to every other


def known_values(node: Expression, scope: Scope) -> tuple[object, ...] | None:
    """The only values that a node may have, where its column's contract or its segmentation says so."""
    match node:
        case Column(row=row, path=path, name=name):
            reached = row_of(row, scope)
            for step in path:
                reached = reached.lookups[step] if reached is not None else None
            return reached.columns[name].values if reached is not None else None
        case Past(item=item):
            return known_values(item, scope)
        case Element(values=values):
            return values
        case Reference(to="segmentation", path=(_, *_)):
            return labels_of(node, scope)
        case Reference(to="segmentation", name=name):
            return scope.segmentations[name][0]
        case Reference(to="trait", name=name, path=()):
            expression = scope.traits[name].expression
            return known_values(expression, scope) if expression is not None else None
        case Aggregate(function="first" | "last" | "nth" | "mode" | "min" | "max", value=value) if value is not None:
            return known_values(value, scope)
        case _:
            return None


def refuse_unknown_constants(node: Expression, constants: Iterable[Expression], scope: Scope, found: Findings) -> None:
    """A finding for each constant that the node never has."""
    known = known_values(node, scope)
    if known is None:
        return
    for constant in constants:
        if not isinstance(constant, Literal) or constant.value is None:
            continue
        several = constant.value if isinstance(constant.value, tuple) else (constant.value,)
        for value in several:
            if value not in known:
                never = "never holds" if node.type.kind is Kind.LIST else "is never"
                message = f"`{words(node)}` {never} `{_written(value)}`"
                refuse(found, "unknown-constant", constant.span, message, _guess(value, known, words(node)))


def _guess(value: object, known: tuple[object, ...], name: str) -> str:
    if value == "":
        return f"whether it has a value is asked with `{name} is missing` or `{name} is known`"
    help = did_you_mean(_written(value), (_written(each) for each in known))
    if help and len(str(value)) >= _SHORTEST_GUESS:
        return help
    shown = ", ".join(f"`{_written(each)}`" for each in known[:_FEW])
    return f"it is one of {shown}{' …' if len(known) > _FEW else ''}"


def _written(value: object) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
