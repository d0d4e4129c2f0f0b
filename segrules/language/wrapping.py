"""The canonical text of an expression too long for one line: broken at `and` and `or` first, then inside brackets.

Lines are only broken between words, so that reading them gives an equal tree.

    any(
      posts
      where lower(text) matches params.our_words
        and not (lower(text) matches params.not_our_words)
      in last 30 days
    )
    and followers >= 1_000
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segrules.language import syntax
from segrules.language.formatter import (
    Level,
    argument_text,
    format_expression,
    identifier_text,
    level_of,
    negation,
    time_words,
)

INDENT = 2


def wrapped(expression: syntax.Expression, width: int, *, is_broken: bool = False) -> tuple[str, ...]:
    """The lines of the expression, at most `width` long where its words allow it; one line where it fits.

    With `is_broken`, what `and` or `or` join stands on lines of its own in any case.
    """
    return tuple(_broken(expression, width) if is_broken else _lines(expression, width))


def _lines(expression: syntax.Expression, width: int) -> list[str]:
    text = format_expression(expression)
    return [text] if len(text) <= width else _broken(expression, width)


def _broken(expression: syntax.Expression, width: int) -> list[str]:
    """The lines of an expression that is to stand on several, where it can."""
    match expression:
        case syntax.Logic(operator=operator, operands=operands):
            level = Level.AND if operator == "or" else Level.NOT
            parts = [_part(operand, level) for operand in operands]
            return _under_each_other(parts, [f"{operator} "] * len(parts), width)
        case syntax.Arithmetic(operator="+" | "-"):
            terms, signs = _terms(expression)
            return _under_each_other(terms, [f"{sign} " for sign in signs], width)
        case syntax.Unary(operator="not", operand=operand):
            return _after("not ", _lines(_part(operand, Level.NOT), width - 4))
        case syntax.Unary(operand=operand):
            return _after("-", _lines(_part(operand, Level.SIGNED), width - 1))
        case syntax.Parentheses(inner=inner):
            return ["(", *_indented(_lines(inner, width - INDENT)), ")"]
        case syntax.ListOf(items=items):
            return ["[", *_indented(_filled([format_expression(item) for item in items], width - INDENT)), "]"]
        case syntax.Call():
            return _call(expression, width)
        case syntax.Case():
            return ["case(", *_indented(_with_commas(_arms(expression, width - INDENT))), ")"]
        case syntax.Between(item=item) | syntax.Is(item=item) | syntax.InWindow(item=item):
            left = _part(item, Level.SUM)
            return _joined(_broken(left, width), format_expression(expression)[len(format_expression(left)) :], [""])
        case syntax.In(item=left, values=right):
            return _around(expression, _part(left, Level.SUM), right, width)
        case syntax.Comparison(left=left, right=right) | syntax.TextTest(left=left, right=right):
            return _around(expression, _part(left, Level.SUM), _part(right, Level.SUM), width)
        case syntax.ListTest(left=left, right=right):
            return _around(expression, _part(left, Level.SUM), right, width)
        case syntax.Arithmetic(left=left, right=right):
            return _around(expression, _part(left, Level.PRODUCT), _part(right, Level.SIGNED), width)
        case _:
            return [format_expression(expression)]


def _part(expression: syntax.Expression, level: Level) -> syntax.Expression:
    """A part of an expression, with the parentheses that its place demands."""
    fits = level_of(expression) >= level
    return expression if fits else syntax.Parentheses(expression, span=expression.span)


def _terms(sum: syntax.Arithmetic) -> tuple[list[syntax.Expression], list[str]]:
    """What is added and subtracted, and the sign before each; that of the first is not written."""
    terms: list[syntax.Expression] = []
    signs: list[str] = []
    left: syntax.Expression = sum
    while isinstance(left, syntax.Arithmetic) and left.operator in ("+", "-"):
        terms.append(_part(left.right, Level.PRODUCT))
        signs.append(left.operator)
        left = left.left
    return [_part(left, Level.PRODUCT), *terms[::-1]], ["", *signs[::-1]]


def _under_each_other(parts: Sequence[syntax.Expression], words: Sequence[str], width: int) -> list[str]:
    """The parts, each on a line of its own, all but the first after its word."""
    lines = _after("", _lines(parts[0], width))
    for part, word in zip(parts[1:], words[1:], strict=True):
        lines += _after(word, _lines(part, width - len(word)))
    return lines


def _after(word: str, lines: Sequence[str]) -> list[str]:
    """Lines after a word; those that follow stand further right, unless brackets hold them together."""
    is_held = all(line.startswith((" ", ")", "]")) for line in lines[1:])
    return [word + lines[0], *(lines[1:] if is_held else _indented(lines[1:]))]


def _around(whole: syntax.Expression, left: syntax.Expression, right: syntax.Expression, width: int) -> list[str]:
    """`left operator right`: before the operator where both sides fit on lines, else inside the longer side."""
    text, first, last = map(format_expression, (whole, left, right))
    operator = text[len(first) : len(text) - len(last)]
    rest = len(operator) + len(last) - 1
    if isinstance(whole, syntax.Comparison) and len(first) <= width and width // 4 < rest <= width - INDENT:
        return [first, f"{' ' * INDENT}{operator.lstrip()}{last}"]
    if len(last) > len(first):
        return _joined([first], operator, _broken(right, width))
    return _joined(_broken(left, width), operator, _lines(right, width - INDENT))


def _joined(before: Sequence[str], word: str, after: Sequence[str]) -> list[str]:
    return [*before[:-1], f"{before[-1]}{word}{after[0]}", *after[1:]]


def _filled(words: Sequence[str], width: int) -> list[str]:
    """Words with commas, as many on each line as fit."""
    lines: list[str] = []
    for number, word in enumerate(words):
        item = word if number == len(words) - 1 else f"{word},"
        if lines and len(lines[-1]) + 1 + len(item) <= width:
            lines[-1] += f" {item}"
        else:
            lines.append(item)
    return lines


def _call(call: syntax.Call, width: int) -> list[str]:
    inside = width - INDENT
    clauses = list(_clauses(call, inside))
    if not call.arguments and not clauses:
        return [f"{identifier_text(call.function)}()"]
    together = ", ".join(argument_text(argument) for argument in call.arguments)
    lines = [together]
    if len(together) > inside:
        lines = _with_commas([_argument(argument, inside) for argument in call.arguments])
    for clause in clauses:
        if len(lines) == len(clause) == 1 and lines[0] == together and len(together) + len(clause[0]) < inside:
            lines = [f"{together} {clause[0]}"]
        else:
            lines += clause
    return [f"{identifier_text(call.function)}(", *_indented(lines), ")"]


def _argument(argument: syntax.Argument, width: int) -> list[str]:
    text, value = argument_text(argument), format_expression(argument.value)
    if len(text) <= width:
        return [text]
    before, after = text.split(value, 1)
    return _joined([""], before, _joined(_broken(argument.value, width), after, [""]))


def _clauses(call: syntax.Call, width: int) -> Iterable[list[str]]:
    """`where …`, `then …`, the window and so on, each on lines of its own."""
    if call.where is not None:
        yield _clause("where ", call.where, width)
    for step in call.steps:
        word = f"{'directly ' if step.directly else ''}then {negation(step.negated)}"
        is_not = format_expression(step.test).startswith("not ")  # which after `then` would mean something else
        yield _clause(word, _part(step.test, Level.ATOM) if is_not else step.test, width)
    yield from ([words] for words in time_words(call))
    if call.by is not None:
        yield [f"by {format_expression(call.by)}"]


def _clause(word: str, expression: syntax.Expression, width: int) -> list[str]:
    return _after(word, _lines(expression, width - max(len(word), INDENT)))


def _arms(case: syntax.Case, width: int) -> list[list[str]]:
    arms = [
        _joined(_lines(condition, width - 4 - len(format_expression(value))), " -> ", _lines(value, width))
        for condition, value in case.arms
    ]
    if case.otherwise is not None:
        arms.append(_after("else ", _lines(case.otherwise, width - 5)))
    return arms


def _with_commas(parts: Sequence[list[str]]) -> list[str]:
    """All lines, with a comma after each part but the last."""
    separated = [_joined(part, ",", [""]) for part in parts[:-1]]
    return [line for part in (*separated, *parts[-1:]) for line in part]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"{' ' * INDENT}{line}" for line in lines]
