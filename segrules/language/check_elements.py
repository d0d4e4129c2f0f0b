"""Tests of the elements of a list, in the checker: `any(tags as t where t starts with 'vip')`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from segrules.language import syntax
from segrules.language.check_constants import known_values
from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.check_names import Place
from segrules.language.check_types import as_test
from segrules.language.core import Element, Elements, Expression, Not
from segrules.language.types import BOOLEAN, INTEGER, Kind

FUNCTIONS = ("any", "none", "every", "count")

Check = Callable[[syntax.Expression, Place, Findings], Expression]
"""The checker of the parts of a call."""


def is_of_elements(call: syntax.Call, place: Place) -> bool:
    """Whether a call names the elements of something that is no relation."""
    if call.function.text not in FUNCTIONS or len(call.arguments) != 1 or call.arguments[0].alias is None:
        return False
    match call.arguments[0].value:
        case syntax.Name(parts=(part,)):
            return part.text not in place.scope.relations
        case _:
            return True


def elements(call: syntax.Call, place: Place, findings: Findings, check: Check) -> Expression:
    """The node of a test of a list's elements; `none` is the complement of `any`."""
    function, argument = call.function.text, call.arguments[0]
    before = len(findings)
    items = check(argument.value, place, findings)
    if len(findings) > before and findings[-1].code == "relation-as-value" and argument.alias is not None:
        inner = f"{function}({words(argument.value.span)} as {words(argument.alias.span)} where …)"
        help = f"look into the rows first: `any({words(argument.value.span).split('.')[0]} where {inner})`"
        findings[-1] = replace(findings[-1], help=help)
    for part in (call.window, call.within, call.by, *call.steps):
        if part is not None:
            message = "the elements of a list have no time and no order"
            return refuse(findings, "wrong-arguments", part.span, message, "test them after `where`")
    if items.type.kind is Kind.UNKNOWN:
        return unknown(call.span)
    if items.type.kind is not Kind.LIST or items.type.element is None:
        message = f"`{function}` looks into a list or a relation, and `{words(items)}` is {described(items.type)}"
        return refuse(findings, "wrong-type", argument.value.span, message)
    alias = argument.alias
    assert alias is not None
    if _means_something(alias.text, place):
        message = f"`{alias.text}` means something here already"
        return refuse(findings, "ambiguous-name", alias.span, message, "call the elements by a name of their own")
    if call.where is None:
        help = f"`{function}({words(items)} as {words(alias.span)} where …)`; `length({words(items)})` counts all"
        return refuse(findings, "missing-where", call.function.span, "the elements of a list need a test", help)
    values = known_values(items, place.scope)
    element = Element(alias.text, items.type.element, values)
    test = as_test(check(call.where, replace(place, elements=(*place.elements, element)), findings), findings)
    kind = INTEGER if function == "count" else BOOLEAN
    node = Elements("any" if function == "none" else function, items, alias.text, test, kind, call.span)  # type: ignore[arg-type]
    return Not(node, call.span) if function == "none" else node


def _means_something(word: str, place: Place) -> bool:
    scope = place.scope
    rows = [scope.entity, *(looked.relation for looked in place.rows)]
    return (
        word in ("params", "segments", *scope.relations, *scope.traits, *scope.segmentations)
        or any(word == row.name or word in row.columns or word in row.lookups for row in rows)
        or any(word == element.row for element in place.elements)
        or any(word in (looked.label, looked.alias) for looked in place.rows)
    )


def refuse_inside(call: syntax.Call, findings: Findings) -> Expression:
    """The finding for an aggregate in a test of elements."""
    function = call.function.text
    message = f"`{function}` stands inside a test of the elements of a list"
    help = f"name `{words(call.span)}` as a trait, and use the trait here"
    return refuse(findings, "nested-aggregate", call.function.span, message, help)
