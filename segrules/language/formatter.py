"""The canonical text of an expression: one line, one blank between words, parentheses as their author put them.

Names and numbers are spelled as their author spelled them, texts untouched; `wrapping` has the form for several lines.
Reading the text again gives an equal tree. Parentheses that a tree needs and lacks (trees made by programs) are added.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import assert_never

from segrules.language import syntax


class Level(IntEnum):
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


def within(expression: syntax.Expression, level: Level) -> str:
    text = _text(expression)
    return text if level_of(expression) >= level else f"({text})"


def level_of(expression: syntax.Expression) -> Level:
    match expression:
        case syntax.Logic(operator=operator):
            return Level.OR if operator == "or" else Level.AND
        case syntax.Unary(operator=operator):
            return Level.NOT if operator == "not" else Level.SIGNED
        case syntax.Arithmetic(operator=operator):
            return Level.SUM if operator in ("+", "-") else Level.PRODUCT
        case (
            syntax.Comparison()
            | syntax.In()
            | syntax.Between()
            | syntax.Is()
            | syntax.TextTest()
            | syntax.ListTest()
            | syntax.InWindow()
        ):
            return Level.TEST
        case _:
            return Level.ATOM


def _text(expression: syntax.Expression) -> str:
    match expression:
        case syntax.Constant():
            return _constant(expression)
        case syntax.Percent(value=value, written=written):
            return f"{written or _decimal(value, shift=2)}%"
        case syntax.Length(count=count, unit=unit, written=written):
            return f"{written or _decimal(count)} {unit}{'' if count == 1 else 's'}"
        case syntax.Ago(length=length):
            return f"{within(length, Level.ATOM)} ago"
        case syntax.Moment(reading=reading):
            return reading
        case syntax.Name(parts=parts):
            return ".".join(identifier_text(part) for part in parts)
        case syntax.ListOf(items=items):
            return f"[{', '.join(_text(item) for item in items)}]"
        case syntax.Parentheses(inner=inner):
            return f"({_text(inner)})"
        case syntax.Unary(operator=operator, operand=operand):
            return f"not {within(operand, Level.NOT)}" if operator == "not" else f"-{within(operand, Level.SIGNED)}"
        case syntax.Logic(operator=operator, operands=operands):
            level = Level.AND if operator == "or" else Level.NOT
            return f" {operator} ".join(within(operand, level) for operand in operands)
        case syntax.Arithmetic(operator=operator, left=left, right=right):
            level = level_of(expression)
            return f"{within(left, level)} {operator} {within(right, Level(level + 1))}"
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
            words = f"{operator} {within(right, Level.SUM)}"
        case syntax.In(negated=negated, item=left, values=values):
            words = f"{negation(negated)}in {_text(values)}"
        case syntax.Between(negated=negated, item=left, low=low, high=high):
            words = f"{negation(negated)}between {within(low, Level.SUM)} and {within(high, Level.SUM)}"
        case syntax.Is(item=left, state=state):
            words = f"is {state}"
        case syntax.TextTest(test=name, negated=negated, left=left, right=right):
            words = f"{negation(negated)}{name} {within(right, Level.SUM)}"
        case syntax.ListTest(quantity=quantity, negated=negated, left=left, right=right):
            words = f"{negation(negated)}contains {quantity} {_text(right)}"
        case syntax.InWindow(item=left, window=window):
            words = f"is {window_text(window)}"
        case _:
            assert_never(test)
    return f"{within(left, Level.SUM)} {words}"


def negation(negated: bool) -> str:
    return "not " if negated else ""


def window_text(window: syntax.Window) -> str:
    match window:
        case syntax.Trailing(direction=direction, length=length):
            return f"in {direction} {_text(length)}"
        case syntax.Calendar(which=which, unit=unit):
            return f"in {which} {unit}"
        case syntax.FromTo(low=low, high=high):
            return f"from {within(low, Level.SUM)} to {within(high, Level.SUM)}"
        case syntax.Since(bound=bound):
            return f"since {within(bound, Level.SUM)}"
        case syntax.Before(bound=bound):
            return f"before {within(bound, Level.SUM)}"
        case _:
            assert_never(window)


# calls


def _call(call: syntax.Call) -> str:
    words = [", ".join(argument_text(argument) for argument in call.arguments)]
    if call.where is not None:
        words.append(f"where {_text(call.where)}")
    words += [step_words(step) for step in call.steps]
    words += time_words(call)
    if call.by is not None:
        words.append(f"by {_text(call.by)}")
    return f"{identifier_text(call.function)}({' '.join(words)})"


def time_words(call: syntax.Call) -> list[str]:
    """The window and `within …`, in the order in which their author put them."""
    window = [] if call.window is None else [(call.window.span.start, window_text(call.window))]
    within = [] if call.within is None else [(call.within.span.start, f"within {_text(call.within)}")]
    return [words for _, words in sorted([*window, *within], key=lambda item: item[0])]


def argument_text(argument: syntax.Argument) -> str:
    text = _text(argument.value)
    if argument.keyword is not None:
        text = f"{identifier_text(argument.keyword)}: {text}"
    if argument.direction is not None:
        text = f"{text} {argument.direction}"
    if argument.alias is not None:
        text = f"{text} as {identifier_text(argument.alias)}"
    return text


def step_words(step: syntax.Step) -> str:
    directly = "directly " if step.directly else ""
    test = _text(step.test)
    if test.startswith("not "):  # `then not` is a step of its own kind
        test = f"({test})"
    return f"{directly}then {negation(step.negated)}{test}"


def _case(case: syntax.Case) -> str:
    arms = [f"{_text(condition)} -> {_text(value)}" for condition, value in case.arms]
    if case.otherwise is not None:
        arms.append(f"else {_text(case.otherwise)}")
    return f"case({', '.join(arms)})"


# leaves


def identifier_text(identifier: syntax.Identifier) -> str:
    if identifier.written is not None:
        return identifier.written
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
