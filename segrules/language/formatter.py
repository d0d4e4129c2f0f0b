"""The canonical text of an expression: one line, one blank between words, parentheses as their author put them.

Reading the text again gives an equal tree. Parentheses that a tree needs and lacks (trees made by programs) are added.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import assert_never

from segrules.language import syntax


class _Level(IntEnum):
    """How tightly a form binds: a part that binds less tightly than its place demands gets parentheses."""

    OR = 1
    AND = 2
    NOT = 3
    TEST = 4
    SUM = 5
    PRODUCT = 6
    SIGNED = 7
    ATOM = 8


def format_expression(expression: syntax.Expression) -> str:
    """The text of the expression as `segrules fmt` writes it."""
    return _text(expression)


def _within(expression: syntax.Expression, level: _Level) -> str:
    text = _text(expression)
    return text if _level(expression) >= level else f"({text})"


def _level(expression: syntax.Expression) -> _Level:
    match expression:
        case syntax.Logic(operator=operator):
            return _Level.OR if operator == "or" else _Level.AND
        case syntax.Unary(operator=operator):
            return _Level.NOT if operator == "not" else _Level.SIGNED
        case syntax.Arithmetic(operator=operator):
            return _Level.SUM if operator in ("+", "-") else _Level.PRODUCT
        case (
            syntax.Comparison()
            | syntax.In()
            | syntax.Between()
            | syntax.Is()
            | syntax.TextTest()
            | syntax.ListTest()
            | syntax.InWindow()
        ):
            return _Level.TEST
        case _:
            return _Level.ATOM


def _text(expression: syntax.Expression) -> str:
    match expression:
        case syntax.Constant():
            return _constant(expression)
        case syntax.Percent(value=value):
            return f"{_decimal(value, shift=2)}%"
        case syntax.Length(count=count, unit=unit):
            return f"{_decimal(count)} {unit}{'' if count == 1 else 's'}"
        case syntax.Ago(length=length):
            return f"{_within(length, _Level.ATOM)} ago"
        case syntax.Moment(reading=reading):
            return reading
        case syntax.Name(parts=parts):
            return ".".join(_identifier(part) for part in parts)
        case syntax.ListOf(items=items):
            return f"[{', '.join(_text(item) for item in items)}]"
        case syntax.Parentheses(inner=inner):
            return f"({_text(inner)})"
        case syntax.Unary(operator=operator, operand=operand):
            return f"not {_within(operand, _Level.NOT)}" if operator == "not" else f"-{_within(operand, _Level.SIGNED)}"
        case syntax.Logic(operator=operator, operands=operands):
            level = _Level.AND if operator == "or" else _Level.NOT
            return f" {operator} ".join(_within(operand, level) for operand in operands)
        case syntax.Arithmetic(operator=operator, left=left, right=right):
            level = _level(expression)
            return f"{_within(left, level)} {operator} {_within(right, _Level(level + 1))}"
        case syntax.Call():
            return _call(expression)
        case syntax.Case():
            return _case(expression)
        case _:
            return _test(expression)


_Test = syntax.Comparison | syntax.In | syntax.Between | syntax.Is | syntax.TextTest | syntax.ListTest | syntax.InWindow


def _test(test: _Test) -> str:
    match test:
        case syntax.Comparison(operator=operator, left=left, right=right):
            words = f"{operator} {_within(right, _Level.SUM)}"
        case syntax.In(negated=negated, item=left, values=values):
            words = f"{_not(negated)}in {_text(values)}"
        case syntax.Between(negated=negated, item=left, low=low, high=high):
            words = f"{_not(negated)}between {_within(low, _Level.SUM)} and {_within(high, _Level.SUM)}"
        case syntax.Is(item=left, state=state):
            words = f"is {state}"
        case syntax.TextTest(test=name, negated=negated, left=left, right=right):
            words = f"{_not(negated)}{name} {_within(right, _Level.SUM)}"
        case syntax.ListTest(quantity=quantity, negated=negated, left=left, right=right):
            words = f"{_not(negated)}contains {quantity} {_text(right)}"
        case syntax.InWindow(item=left, window=window):
            words = f"is {_window(window)}"
        case _:
            assert_never(test)
    return f"{_within(left, _Level.SUM)} {words}"


def _not(negated: bool) -> str:
    return "not " if negated else ""


def _window(window: syntax.Window) -> str:
    match window:
        case syntax.Trailing(direction=direction, length=length):
            return f"in {direction} {_text(length)}"
        case syntax.Calendar(which=which, unit=unit):
            return f"in {which} {unit}"
        case syntax.FromTo(low=low, high=high):
            return f"from {_within(low, _Level.SUM)} to {_within(high, _Level.SUM)}"
        case syntax.Since(bound=bound):
            return f"since {_within(bound, _Level.SUM)}"
        case syntax.Before(bound=bound):
            return f"before {_within(bound, _Level.SUM)}"
        case _:
            assert_never(window)


# calls


def _call(call: syntax.Call) -> str:
    words = [", ".join(_argument(argument) for argument in call.arguments)]
    if call.where is not None:
        words.append(f"where {_text(call.where)}")
    words += [_step(step) for step in call.steps]
    if call.window is not None:
        words.append(_window(call.window))
    if call.within is not None:
        words.append(f"within {_text(call.within)}")
    if call.by is not None:
        words.append(f"by {_text(call.by)}")
    return f"{_identifier(call.function)}({' '.join(words)})"


def _argument(argument: syntax.Argument) -> str:
    text = _text(argument.value)
    if argument.keyword is not None:
        text = f"{_identifier(argument.keyword)}: {text}"
    if argument.direction is not None:
        text = f"{text} {argument.direction}"
    if argument.alias is not None:
        text = f"{text} as {_identifier(argument.alias)}"
    return text


def _step(step: syntax.Step) -> str:
    directly = "directly " if step.directly else ""
    test = _text(step.test)
    if test.startswith("not "):  # `then not` is a step of its own kind
        test = f"({test})"
    return f"{directly}then {_not(step.negated)}{test}"


def _case(case: syntax.Case) -> str:
    arms = [f"{_text(condition)} -> {_text(value)}" for condition, value in case.arms]
    if case.otherwise is not None:
        arms.append(f"else {_text(case.otherwise)}")
    return f"case({', '.join(arms)})"


# leaves


def _identifier(identifier: syntax.Identifier) -> str:
    text = identifier.text.replace('"', '""')
    return f'"{text}"' if identifier.quoted else text


def _constant(constant: syntax.Constant) -> str:
    match constant.value:
        case bool(value):
            return "true" if value else "false"
        case int() | Decimal() if constant.written is not None:
            return constant.written
        case int(value):
            return str(value)
        case Decimal() as value:
            return _decimal(value)
        case str(value):
            return "'" + value.replace("'", "''") + "'"
        case datetime() as value:
            return re.sub(r"(\.\d*?)0+$", r"\1", value.isoformat())
        case date() as value:
            return value.isoformat()
        case _:
            assert_never(constant.value)


def _decimal(value: Decimal, shift: int = 0) -> str:
    """The digits without exponent, the point moved `shift` places to the right."""
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    return format(Decimal((sign, digits, exponent + shift)), "f")
