"""One way to write what can be written in several: expressions that are equal here mean the same.

The converse does not hold: two expressions may mean the same and differ here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal as OneOf

from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Compare,
    Expression,
    Literal,
    Membership,
    Not,
    Or,
    Scalar,
)
from segrules.language.trees import is_predicate, may_be_missing, with_children
from segrules.language.types import BOOLEAN, DECIMAL, INTEGER, Kind, Type, list_of

_MIRRORED: dict[str, OneOf["==", "<", "<=", ">", ">="]] = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COMPLEMENTS: dict[str, OneOf["==", "<", "<=", ">", ">="]] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_COMMUTATIVE = ("add", "multiply")
_TESTED_BY_WHERE = ("every", "share")


def normal_form(node: Expression) -> Expression:
    """The expression in the one way: flat `and` and `or` in a fixed order without doubles, constants to the right.

    `not` stands before the smallest tests, and not where the opposite test can (values that are never missing);
    of whole numbers and dates only `>=` and `<` are left; equality with constants is membership; a window is a part of
    `where`; `none`, and a count that is only asked whether it is 0, are `any`.

    >>> normal_form(check("orders > 4 and not (vip or 30 <= age)"))
    age >= 30 is false, orders >= 5, vip is false: in one `and`, in this order
    """
    node = with_children(node, normal_form)
    match node:
        case And() | Or():
            return _joined(type(node), node.items, node)
        case Not(item=item):
            return _negated(item, node)
        case Compare():
            return _compared(node)
        case Membership(item=item, values=Literal(value=tuple() as values) as constant):
            return replace(node, values=_constants(values, item.type, constant))
        case Call(function=function, arguments=arguments) if function in _COMMUTATIVE:
            return replace(node, arguments=tuple(sorted(arguments, key=repr)))
        case Aggregate():
            return _aggregate(node)
        case _:
            return node


def _joined(kind: type[And] | type[Or], items: Iterable[Expression], at: And | Or | Not) -> Expression:
    """Normal items in one `and` or `or`."""
    flat = _gathered(_flat(kind, items), negated=kind is And)
    unique = sorted(dict.fromkeys(flat), key=repr)
    if len(unique) == 1 and is_predicate(unique[0]):
        return unique[0]
    return kind(tuple(unique), at.span)


def _flat(kind: type[And] | type[Or], items: Iterable[Expression]) -> Iterator[Expression]:
    for item in items:
        if isinstance(item, kind):
            yield from item.items
        elif isinstance(item, And | Or) and len(item.items) == 1:
            yield item.items[0]  # a test of a Boolean value that may be missing, which counts as false here too
        else:
            yield item


def _gathered(items: Iterable[Expression], *, negated: bool) -> Iterator[Expression]:
    """Alternatives, those that compare one value with constants as one; or (negated) what must not be, likewise."""
    values: dict[Expression, tuple[Scalar, ...]] = {}
    first: dict[Expression, Membership] = {}
    for item in items:
        test = item.item if negated and isinstance(item, Not) else None if negated else item
        match test:
            case Membership(item=value, values=Literal(value=tuple() as constants)):
                values[value] = (*values.get(value, ()), *constants)
                first.setdefault(value, test)
            case _:
                yield item
    for value, constants in values.items():
        test = replace(first[value], values=_constants(constants, value.type, first[value].values))
        yield Not(test, test.span) if negated else test


def _constants(values: Iterable[Scalar], type: Type, at: Expression) -> Literal:
    ordered = sorted({repr(value): value for value in map(_number, values)}.items())
    constants = tuple(value for _, value in ordered)
    return Literal(constants, list_of(_type_of(constants, type)), at.span)


def _type_of(values: Iterable[Scalar], type: Type) -> Type:
    """The type of constants that are compared with values of a type."""
    if not type.is_numeric:
        return type
    return INTEGER if all(isinstance(value, int) for value in values) else DECIMAL


def _negated(item: Expression, at: Not) -> Expression:
    match item:
        case Not(item=inner) if is_predicate(inner):
            return inner
        case And(items=items):
            return _joined(Or, (_negated(part, at) for part in items), at)
        case Or(items=items):
            return _joined(And, (_negated(part, at) for part in items), at)
        case Compare(operator=operator, left=left, right=right) if operator in _COMPLEMENTS:
            if not may_be_missing(left) and not may_be_missing(right):
                return _compared(Compare(_COMPLEMENTS[operator], left, right, at.span))
    return Not(item, at.span)


def _compared(node: Compare) -> Expression:
    operator, left, right = node.operator, node.left, node.right
    if _is_out_of_order(left, right):
        operator, left, right = _MIRRORED[operator], right, left
    if not isinstance(right, Literal):
        return Compare(operator, left, right, node.span)
    value = right.value
    assert not isinstance(value, tuple)
    if value is None or left.type.kind in (Kind.VERSION, Kind.DURATION):
        return Compare(operator, left, right, node.span)
    value = _number(value)
    is_count = isinstance(left, Aggregate) and left.function == "count"
    if operator == "==" and not (is_count and value == 0):
        return Membership(left, _constants((value,), left.type, right), node.span)
    if operator in (">", "<=") and (after := _next(value, left.type)) is not None:
        operator, value = (">=" if operator == ">" else "<"), after
    if isinstance(left, Aggregate) and is_count and (operator, value) in ((">=", 1), ("<", 1), ("==", 0)):
        some = replace(left, function="any", type=BOOLEAN)
        return some if operator == ">=" else Not(some, node.span)
    return Compare(operator, left, Literal(value, _type_of((value,), left.type), right.span), node.span)


def _is_out_of_order(left: Expression, right: Expression) -> bool:
    """Whether the two sides change places: constants stand to the right, of others the smaller text to the left."""
    if isinstance(left, Literal) or isinstance(right, Literal):
        return not isinstance(right, Literal)
    return repr(left) > repr(right)


def _number(value: Scalar) -> Scalar:
    """A whole number as an integer, however it is written."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value.normalize() if isinstance(value, Decimal) else value


def _next(value: Scalar, type: Type) -> Scalar | None:
    """The next value of the type, where it has one after this."""
    match type.kind, value:
        case Kind.INTEGER, int() if not isinstance(value, bool):
            return value + 1
        case Kind.DATE, date() if not isinstance(value, datetime) and value < date.max:
            return value + timedelta(days=1)
        case _:
            return None


def _aggregate(node: Aggregate) -> Expression:
    if node.window is not None and node.function not in _TESTED_BY_WHERE and not node.steps:
        tests = (node.window,) if node.where is None else (node.where, node.window)
        node = replace(node, where=_joined(And, tests, And(tests)), window=None)
    if node.function == "none":
        return Not(replace(node, function="any"), node.span)
    return node
