"""Looking into core trees and changing them: children, walks, and whether a value may be missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from segrules.language.aggregates import is_test, never_missing
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
from segrules.language.functions import PREDICATES, missing_rule
from segrules.language.types import Kind


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside a node, in the order written."""
    match node:
        case Literal() | Column() | Reference() | Clock() | Element():
            return ()
        case Call(arguments=arguments):
            return arguments
        case Compare(left=left, right=right):
            return (left, right)
        case Membership(item=item, values=values):
            return (item, values)
        case IsMissing(item=item) | Not(item=item) | Previous(item=item):
            return (item,)
        case And(items=items) | Or(items=items):
            return items
        case If(arms=arms, otherwise=otherwise):
            return (*(part for arm in arms for part in arm), otherwise)
        case Aggregate(value=value, where=where, steps=steps, window=window):
            return _known(value, where, *(step.test for step in steps), window)
        case Population(value=value, where=where, by=by):
            return _known(value, where, by)
        case Elements(items=items, where=where):
            return (items, where)
        case Past(item=item, moment=moment):
            return (item, moment)


def _known(*parts: Expression | None) -> tuple[Expression, ...]:
    return tuple(part for part in parts if part is not None)


def relation_of(label: str) -> str:
    """The relation of a row's label; that of one nested in its like has a number behind a blank."""
    return label.partition(" ")[0]


def walk(node: Expression) -> Iterator[Expression]:
    """The node and all nodes inside it, each before those inside it."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(children(part))


def with_children(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The node with each expression directly inside it changed; a leaf as it is.

    A `Previous` and a `Past` keep their item, which is a column or a reference whatever stands around it.
    """

    def changed(part: Expression | None) -> Expression | None:
        return None if part is None else change(part)

    match node:
        case Literal() | Column() | Reference() | Clock() | Element() | Previous():
            return node
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(map(change, arguments)))
        case Compare(operator=operator, left=left, right=right):
            return Compare(operator, change(left), change(right), node.span)
        case Membership(item=item, values=values):
            return replace(node, item=change(item), values=change(values))
        case IsMissing(item=item) | Not(item=item):
            return type(node)(change(item), node.span)
        case And(items=items) | Or(items=items):
            return type(node)(tuple(map(change, items)), node.span)
        case If(arms=arms, otherwise=otherwise):
            each = tuple((change(condition), change(value)) for condition, value in arms)
            return replace(node, arms=each, otherwise=change(otherwise))
        case Aggregate(value=value, where=where, steps=steps, window=window):
            after = tuple(replace(step, test=change(step.test)) for step in steps)
            return replace(node, value=changed(value), where=changed(where), steps=after, window=changed(window))
        case Population(value=value, where=where, by=by):
            return replace(node, value=change(value), where=changed(where), by=changed(by))
        case Elements(items=items, where=where):
            return replace(node, items=change(items), where=change(where))
        case Past(moment=moment):
            return replace(node, moment=change(moment))


def is_predicate(node: Expression) -> bool:
    """Whether a Boolean node is never missing (see the module's docstring)."""
    match node:
        case Compare() | Membership() | IsMissing() | And() | Or() | Not():
            return True
        case Call(function=function):
            return function in PREDICATES
        case Reference(to=to):
            return to == "segment" or not node.may_be_missing
        case Past(item=item):
            return item.to == "segment"
        case Aggregate(function=function):
            return is_test(function)
        case Literal(value=value):
            return value is not None
        case _:
            return node.type.kind is Kind.BOOLEAN and not may_be_missing(node)


def may_be_missing(node: Expression) -> bool:
    """Whether some row can give no value for this node."""
    match node:
        case Literal(value=value):
            return value is None
        case Column() | Reference():
            return node.may_be_missing
        case Clock() | Element() | Compare() | Membership() | IsMissing() | And() | Or() | Not() | Elements():
            return False
        case Call(function=function, arguments=arguments):
            return missing_rule(function, tuple(may_be_missing(argument) for argument in arguments))
        case If(arms=arms, otherwise=otherwise):
            return any(may_be_missing(value) for _, value in arms) or may_be_missing(otherwise)
        case Aggregate(function=function):
            return not never_missing(function)
        case Population(function=function, value=value, where=where, is_overall=True):
            # each row is one of those that are folded, unless where or its missing value keep it out
            some = function != "stddev" and where is None and not may_be_missing(value)
            return not (some or never_missing(function))
        case Population(value=value, where=where, type=type):
            return type.kind is not Kind.BOOLEAN and (where is not None or may_be_missing(value))
        case Past(item=item):
            return item.to != "segment"
        case Previous():
            return True
