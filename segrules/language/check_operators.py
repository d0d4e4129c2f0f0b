"""Operators of the checker: from operands already checked to core nodes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from segrules.diagnostics import Diagnostic
from segrules.language.check_constants import refuse_unknown_constants
from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.check_numbers import arithmetic, meet, negated
from segrules.language.check_patterns import pattern_problem
from segrules.language.check_special import with_version
from segrules.language.check_time import day, elapsed, is_calendar, is_unknown, moved, refuse_calendar
from segrules.language.check_types import hint, paired, refuse_pair
from segrules.language.check_windows import is_reversed
from segrules.language.core import (
    And,
    Call,
    Compare,
    Duration,
    Expression,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
)
from segrules.language.scope import Scope
from segrules.language.types import BOOLEAN, DATE, DURATION, TEXT, VERSION, Kind, list_of
from segrules.source import Span

_TEMPORAL = (Kind.DATE, Kind.TIMESTAMP)
_TEXT_FUNCTIONS = {"contains": "contains", "starts with": "starts_with", "ends with": "ends_with", "matches": "matches"}


def combined(operator: str, items: tuple[Expression, ...], span: Span) -> Expression:
    """`and` or `or` of tests, nested ones of the same kind made one."""
    kind = And if operator == "and" else Or
    return kind(tuple(part for item in items for part in (item.items if isinstance(item, kind) else (item,))), span)


def negative(node: Expression, is_negative: bool, span: Span) -> Expression:
    """The node, or its complement."""
    return Not(node, span) if is_negative else node


def minus(operand: Expression, span: Span, findings: Findings) -> Expression:
    """`-x` of a number or a constant duration."""
    match operand:
        case Literal(value=Duration(count, unit)):
            return Literal(Duration(-count, unit), DURATION, span)
        case _ if operand.type.is_numeric:
            return negated(operand, span)
    message = f"`{words(operand)}` is {described(operand.type)}; minus turns numbers"
    return refuse(findings, "wrong-type", operand.span, message)


def calculation(operator: str, left: Expression, right: Expression, span: Span, findings: Findings) -> Expression:
    """`left operator right`: numbers, a date moved by a duration, or the time between two dates."""
    if left.type.is_numeric and right.type.is_numeric:
        return arithmetic(operator, left, right, span, findings)
    kinds = (left.type.kind, right.type.kind)
    if operator == "-" and kinds[0] in _TEMPORAL and kinds[1] in _TEMPORAL:
        return elapsed(right, left, span)
    if operator in "+-" and left.type.is_temporal and kinds[1] is Kind.DURATION:
        return moved(left, right, 1 if operator == "+" else -1, span, findings)
    if operator == "+" and kinds[0] is Kind.DURATION and right.type.is_temporal:
        return moved(right, left, 1, span, findings)
    if is_unknown(left, right):
        return unknown(span)
    return _refuse_calculation(operator, left, right, span, findings)


def _refuse_calculation(
    operator: str, left: Expression, right: Expression, span: Span, findings: Findings
) -> Expression:
    kinds = (left.type.kind, right.type.kind)
    help = None
    if kinds[0] in _TEMPORAL and kinds[1] in (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER):
        if isinstance(right, Literal) and operator in "+-":
            help = f"say of what: `{words(left)} {operator} {words(right)} days`"
        else:
            help = "a date is moved by a duration such as `30 days`"
    elif Kind.TEXT in kinds:
        culprit = left if kinds[0] is Kind.TEXT else right
        other = right if culprit is left else left
        help = hint(other, culprit) if other.type.kind is not Kind.TEXT else "rules cannot join texts"
    elif kinds == (Kind.DURATION, Kind.DURATION):
        help = "write one duration, such as `36 hours`"
    message = f"`{operator}` cannot join {described(left.type)} and {described(right.type)}"
    return refuse(findings, "wrong-type", span, message, help)


def comparison(
    operator: str, left: Expression, right: Expression, span: Span, scope: Scope, findings: Findings, ago: bool
) -> Expression:
    """A comparison; `!=` is the complement of `==`. `ago`: one side is written `30 days ago`."""
    sides = paired(left, right, findings)
    if sides is None:
        return unknown(span)
    if operator in ("==", "!="):
        refuse_unknown_constants(sides[0], (sides[1],), scope, findings)
        refuse_unknown_constants(sides[1], (sides[0],), scope, findings)
        return negative(Compare("==", *sides, span), operator == "!=", span)
    if left.type.kind is Kind.BOOLEAN:
        message = f"`{words(left)}` is true or false, which have no order"
        return refuse(findings, "wrong-type", span, message, "compare with `==`, or write the test alone")
    if ago:
        sides = _from_first_day(operator, left, right) or sides
    return Compare(operator, *sides, span)  # type: ignore[arg-type]


def _from_first_day(operator: str, left: Expression, right: Expression) -> tuple[Expression, Expression] | None:
    """The sides of `date >= 30 days ago`, the date standing for the start of its day, as in a window.

    With `>` and `<=` comparing the days says the same.
    """
    match left.type.kind, operator, right.type.kind:
        case Kind.DATE, ">=" | "<", Kind.TIMESTAMP:
            return left, Call("first_day_from", (right,), DATE, right.span)
        case Kind.TIMESTAMP, "<=" | ">", Kind.DATE:
            return Call("first_day_from", (left,), DATE, left.span), right
        case _:
            return None


def between(
    item: Expression, low: Expression, high: Expression, is_negative: bool, span: Span, findings: Findings, ago: bool
) -> Expression:
    """`x between low and high`, both ends in. `ago`: the low end is written `30 days ago`."""
    lower, upper = paired(item, low, findings), paired(item, high, findings)
    if lower is None or upper is None:
        return unknown(span)
    if item.type.kind is Kind.BOOLEAN:
        return refuse(findings, "wrong-type", item.span, f"`{words(item)}` is true or false, which have no order")
    if ago:
        lower = _from_first_day(">=", item, low) or lower
    if is_reversed(low, high):
        message = f"nothing lies between `{words(low)}` and `{words(high)}`"
        findings.append(Diagnostic("empty-range", message, span, "the lower end comes first"))
    both = And((Compare(">=", *lower, span), Compare("<=", *upper, span)), span)
    return negative(both, is_negative, span)


def constants(items: tuple[Expression, ...], span: Span, findings: Findings) -> Expression:
    """A list of constants, of one type."""
    if not items:
        return refuse(findings, "empty-list", span, "a list without values holds nothing", "name at least one value")
    for item in items:
        if not isinstance(item, Literal) or item.type.kind is Kind.LIST:
            message = f"a list holds constants, and `{words(item)}` is none"
            return refuse(findings, "wrong-type", item.span, message)
    if is_unknown(*items):
        return unknown(span)
    type = items[0].type
    for item in items[1:]:
        joined = meet(type, item.type)
        if joined is None:
            return refuse_pair(items[0], item, findings)
        type = joined
    return Literal(tuple(item.value for item in items if isinstance(item, Literal)), list_of(type), span)  # type: ignore[misc]


def membership(
    item: Expression,
    values: Expression,
    elements: tuple[Expression, ...],
    is_negative: bool,
    span: Span,
    findings: Findings,
) -> Expression:
    """`x in list`: constants, a list param or a list column; `elements` are the constants where they are written."""
    if is_unknown(item, values):
        return unknown(span)
    name = words(item)
    if values.type.kind is not Kind.LIST or values.type.element is None:
        help = f"`{name} == {words(values)}`, or a list: `{name} in [{words(values)}]`"
        message = f"`in` looks into a list, and `{words(values)}` is {described(values.type)}"
        return refuse(findings, "wrong-type", values.span, message, help)
    if item.type.kind is Kind.LIST:
        message = f"`{name}` is a list itself"
        return refuse(findings, "wrong-type", item.span, message, f"`{name} contains any {words(values)}`")
    if values == Literal((), values.type):
        return refuse(findings, "empty-list", values.span, f"`{words(values)}` is a list without values")
    if item.type.kind is Kind.VERSION:
        listed = _versions(item, values, elements, findings)
        return unknown(span) if listed is None else negative(Membership(item, listed, span), is_negative, span)
    pair = _same_days(item, values) if item.type.kind in _TEMPORAL else (item, values)
    element = _element(pair[1], elements)
    if meet(pair[0].type, element.type) is None:
        return refuse_pair(item, element, findings)
    calendar = next((element for element in elements if is_calendar(element)), None)
    if calendar is not None:
        return refuse_calendar(calendar, findings)
    return negative(Membership(*pair, span), is_negative, span)


def _versions(
    item: Expression, values: Expression, elements: tuple[Expression, ...], findings: Findings
) -> Expression | None:
    """A list of constant texts as versions; None with a finding where it is none."""
    if not isinstance(values, Literal) or not isinstance(values.value, tuple):
        message = f"`{words(item)}` is a version, and `{words(values)}` is {described(values.type)}"
        refuse(findings, "wrong-type", values.span, message, "write the versions here: `['2.0', '2.1']`")
        return None
    constants = elements or tuple(Literal(one, TEXT, values.span) for one in values.value)
    pairs = [with_version(item, constant, findings) for constant in constants]
    found = tuple(pair[1].value for pair in pairs if pair is not None and isinstance(pair[1], Literal))
    return replace(values, value=found, type=list_of(VERSION)) if len(found) == len(constants) else None  # type: ignore[arg-type]


def _same_days(item: Expression, values: Expression) -> tuple[Expression, Expression]:
    """A date or timestamp and a list of the other kind, both as days."""
    kind = values.type.element.kind if values.type.element else None
    if item.type.kind is Kind.TIMESTAMP and kind is Kind.DATE:
        return day(item), values
    if item.type.kind is Kind.DATE and kind is Kind.TIMESTAMP and isinstance(values, Literal):
        listed = values.value if isinstance(values.value, tuple) else ()
        days = tuple(value.date() if isinstance(value, datetime) else value for value in listed)
        return item, replace(values, value=days, type=list_of(DATE))
    return item, values


def _element(values: Expression, elements: tuple[Expression, ...]) -> Expression:
    """Something of the type of a list's elements, for messages: the first constant where they are written here."""
    assert values.type.element is not None
    if elements and isinstance(elements[0], Literal):
        return replace(elements[0], type=values.type.element)
    return Literal(None, values.type.element, values.span)


def text_test(
    test: str, left: Expression, right: Expression, is_negative: bool, operator: Span, span: Span, findings: Findings
) -> Expression:
    """`contains`, `starts with`, `ends with`, `matches`; `contains` also asks for one element of a list."""
    if is_unknown(left, right):
        return unknown(span)
    if left.type.kind is Kind.LIST and test == "contains":
        return _list_contains(left, right, is_negative, span, findings)
    for side in (left, right):
        if side.type.kind is not Kind.TEXT:
            message = f"`{words(operator)}` is for text, and `{words(side)}` is {described(side.type)}"
            return refuse(findings, "wrong-type", side.span, message, _text_help(left, right, side))
    if test == "matches":
        if not isinstance(right, Literal):
            message = f"a pattern is a constant, and `{words(right)}` is none"
            return refuse(findings, "wrong-type", right.span, message)
        problem = pattern_problem(str(right.value))
        if problem:
            return refuse(findings, "invalid-pattern", right.span, problem[0], problem[1])
    return negative(Call(_TEXT_FUNCTIONS[test], (left, right), BOOLEAN, span), is_negative, span)


def _text_help(left: Expression, right: Expression, side: Expression) -> str | None:
    if side.type.kind is Kind.LIST:
        return f"`{words(left)} in {words(right)}`?" if side is right else "a list has `contains`, `any` and `all`"
    return hint(left, right) if side is right else None


def _list_contains(
    left: Expression, right: Expression, is_negative: bool, span: Span, findings: Findings
) -> Expression:
    if right.type.kind is Kind.LIST:
        message = "`contains` asks for one value, and this is a list"
        help = f"`{words(left)} contains any {words(right)}`, or `contains all`"
        return refuse(findings, "wrong-type", right.span, message, help)
    element = Literal(None, left.type.element, left.span) if left.type.element else left
    if meet(element.type, right.type) is None:
        return refuse_element(left, right, findings)
    return negative(Call("list_contains", (left, right), BOOLEAN, span), is_negative, span)


def refuse_element(list_value: Expression, element: Expression, findings: Findings) -> Expression:
    """The finding for asking a list for something of another type than it holds."""
    message = f"`{words(list_value)}` is {described(list_value.type)}, and `{words(element)}` is "
    held = Literal(None, list_value.type.element, list_value.span) if list_value.type.element else list_value
    return refuse(findings, "wrong-type", element.span, message + described(element.type), hint(held, element))


def list_test(
    quantity: str,
    left: Expression,
    right: Expression,
    elements: tuple[Expression, ...],
    is_negative: bool,
    span: Span,
    findings: Findings,
) -> Expression:
    """`tags contains any […]`, `tags contains all […]`."""
    if is_unknown(left, right):
        return unknown(span)
    if left.type.kind is not Kind.LIST or left.type.element is None:
        message = f"`contains {quantity}` looks into a list, and `{words(left)}` is {described(left.type)}"
        help = f"`{words(left)} in {words(right)}`, or `contains` with one text after the other"
        return refuse(findings, "wrong-type", left.span, message, help if left.type.kind is Kind.TEXT else None)
    if right.type.kind is not Kind.LIST or right.type.element is None:
        message = f"`contains {quantity}` takes a list of values, and `{words(right)}` is {described(right.type)}"
        return refuse(findings, "wrong-type", right.span, message, f"`[{words(right)}]`")
    if right == Literal((), right.type):
        return refuse(findings, "empty-list", right.span, f"`{words(right)}` is a list without values")
    if meet(left.type.element, right.type.element) is None:
        return refuse_element(left, _element(right, elements), findings)
    return negative(Call(f"contains_{quantity}", (left, right), BOOLEAN, span), is_negative, span)


def state(item: Expression, is_known: bool, span: Span) -> Expression:
    """`x is missing`, `x is known`."""
    return negative(IsMissing(item, span), is_known, span)
