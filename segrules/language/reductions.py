"""What each alternative of the grammar becomes in the syntax tree: one function for each `-> name` in segrules.lark.

A function takes the parts of its alternative (words, trees, lists of them) and gives a tree, a list for its parent,
or a Diagnostic where the grammar allows more than the language does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from segrules.language import calls, literals, syntax
from segrules.source import Span

Parts = list[Any]


def _whole(parts: Parts) -> Span:
    """The span from the first part to the last."""
    first: Span = parts[0].span
    return first.to(parts[-1].span)


def _several(parts: Parts) -> Parts:
    return parts


def _more(parts: Parts) -> Parts:
    items: Parts = parts[0]
    items.extend(parts[1:])
    return items


def _logic(parts: Parts) -> syntax.Logic:
    operands, operators = parts[0][::2], parts[0][1::2]
    spans = tuple(operator.span for operator in operators)
    return syntax.Logic(operators[0].text, tuple(operands), operators=spans, span=_whole(operands))


def _unary(parts: Parts) -> syntax.Unary:
    return syntax.Unary(parts[0].text, parts[1], span=_whole(parts))


def _arithmetic(parts: Parts) -> syntax.Arithmetic:
    left, operator, right = parts
    return syntax.Arithmetic(operator.text, left, right, operator_span=operator.span, span=_whole(parts))


def _comparison(parts: Parts) -> syntax.Comparison:
    left, operator, right = parts
    return syntax.Comparison(operator.text, left, right, operator_span=operator.span, span=_whole(parts))


def _membership(parts: Parts) -> syntax.In:
    return syntax.In(len(parts) == 4, parts[0], parts[-1], span=_whole(parts))


def _between(parts: Parts) -> syntax.Between:
    return syntax.Between(len(parts) == 6, parts[0], parts[-3], parts[-1], span=_whole(parts))


def _text_test(parts: Parts) -> syntax.TextTest:
    left, *operator, right = parts
    test: Any = " ".join(operator[-1].text.split())
    return syntax.TextTest(test, len(operator) == 2, left, right, operator_span=_whole(operator), span=_whole(parts))


def _list_test(parts: Parts) -> syntax.ListTest:
    left, *operator, right = parts
    quantity: Any = operator[-1].text.split()[1]
    negated = len(operator) == 2
    return syntax.ListTest(quantity, negated, left, right, operator_span=_whole(operator), span=_whole(parts))


def _is_state(parts: Parts) -> syntax.Is:
    return syntax.Is(parts[0], parts[2].text, span=_whole(parts))


def _in_window(parts: Parts) -> syntax.InWindow:
    return syntax.InWindow(parts[0], parts[2], span=_whole(parts))


def _ago(parts: Parts) -> syntax.Ago:
    return syntax.Ago(parts[0], span=_whole(parts))


def _parentheses(parts: Parts) -> syntax.Parentheses:
    return syntax.Parentheses(parts[1], span=_whole(parts))


def _name(parts: Parts) -> syntax.Name:
    identifiers = parts[0][::2]
    return syntax.Name(tuple(identifiers), span=_whole(identifiers))


def _list_of(parts: Parts) -> syntax.ListOf:
    items = parts[1][::2] if len(parts) == 3 else ()
    return syntax.ListOf(tuple(items), span=_whole(parts))


REDUCTIONS: dict[str, Callable[[Parts], Any]] = {
    "several": _several,
    "more": _more,
    "logic": _logic,
    "unary": _unary,
    "comparison": _comparison,
    "membership": _membership,
    "between": _between,
    "text_test": _text_test,
    "list_test": _list_test,
    "is_state": _is_state,
    "in_window": _in_window,
    "arithmetic": _arithmetic,
    "ago": _ago,
    "parentheses": _parentheses,
    "number": literals.number,
    "percent": literals.percent,
    "text": literals.text,
    "truth": literals.truth,
    "date_or_time": literals.date_or_time,
    "moment": literals.moment,
    "name": _name,
    "plain_name": literals.plain_name,
    "quoted_name": literals.quoted_name,
    "length": literals.length,
    "list_of": _list_of,
    "call": calls.call,
    "argument": calls.argument,
    "keyword_argument": calls.keyword_argument,
    "arm": calls.arm,
    "otherwise": calls.otherwise,
    "where": calls.where,
    "window": calls.window,
    "within": calls.within,
    "by": calls.by,
    "step": calls.step,
    "trailing": calls.trailing,
    "calendar": calls.calendar,
    "from_to": calls.from_to,
    "since": calls.since,
    "before": calls.before,
}
