"""Laws of the checker on random syntax trees: it always answers, and an answer without errors is a whole core tree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from shop_scope import SHOP

from segrules.diagnostics import has_errors
from segrules.language import core, syntax, trees
from segrules.language.check_calls import ARITY
from segrules.language.checker import check
from segrules.language.names_used import names_in, names_used
from segrules.language.populations import POPULATIONS
from segrules.language.types import Kind
from segrules.source import whole_file

SPAN = whole_file("rule", "words of the rule").span
WORDS = (
    *("age", "country", "email", "tags", "subscribed", "joined_on", "seen_at", "balance", "score", "spend", "orders"),
    *("visits", "notes", "home", "broken", "customer", "demographics", "income", "product", "amount", "gift"),
    *("lifecycle", "groups", "segments", "params", "window", "codes", "vip", "month", "nope"),
)
FUNCTIONS = (*ARITY, "was", *POPULATIONS, "count", "sum", "avg", "first", "any", "every", "max", "nope")

identifiers = st.builds(syntax.Identifier, st.sampled_from(WORDS), st.just(False), span=st.just(SPAN))
constants = st.builds(
    syntax.Constant,
    st.one_of(
        st.booleans(),
        st.integers(-3, 10**40),
        st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-10, max_value=10),
        st.sampled_from(["TH", "", "5", "(", "2026-01-01"]),
        st.dates(date(1, 1, 1), date(9999, 12, 31)),
        st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),
    ),
    span=st.just(SPAN),
)
names = st.builds(syntax.Name, st.lists(identifiers, min_size=1, max_size=3).map(tuple), span=st.just(SPAN))
units = st.sampled_from(["second", "hour", "day", "week", "month", "quarter", "year"])
counts = st.sampled_from([Decimal(0), Decimal("1.5"), Decimal(30), Decimal(10**9)])
leaves = st.one_of(
    constants,
    names,
    st.builds(syntax.Length, counts, units, span=st.just(SPAN)),
    st.builds(syntax.Moment, st.sampled_from(["today", "now"]), span=st.just(SPAN)),
    st.builds(syntax.Percent, st.just(Decimal("0.10")), span=st.just(SPAN)),
)


def _windows(inner: SearchStrategy[syntax.Expression]) -> SearchStrategy[syntax.Window]:
    span = st.just(SPAN)
    return st.one_of(
        st.builds(syntax.Trailing, st.sampled_from(["last", "next"]), inner, span=span),
        st.builds(syntax.Calendar, st.sampled_from(["this", "last"]), st.sampled_from(["week", "year"]), span=span),
        st.builds(syntax.FromTo, inner, inner, span=span),
        st.builds(syntax.Since, inner, span=span),
        st.builds(syntax.Before, inner, span=span),
    )


def _larger(inner: SearchStrategy[syntax.Expression]) -> SearchStrategy[syntax.Expression]:
    span, yes = st.just(SPAN), st.booleans()
    pairs = st.lists(inner, min_size=2, max_size=3).map(tuple)
    lists = st.builds(syntax.ListOf, st.lists(inner, max_size=3).map(tuple), span=span)
    tests = st.sampled_from(["contains", "starts with", "matches"])
    arguments = st.lists(st.builds(syntax.Argument, inner, span=span), max_size=3).map(tuple)
    functions = st.builds(syntax.Identifier, st.sampled_from(FUNCTIONS), st.just(False), span=span)
    windows = _windows(inner)
    maybe = st.one_of(st.none(), inner)
    return st.one_of(
        st.builds(syntax.Ago, inner, span=span),
        st.builds(syntax.Parentheses, inner, span=span),
        st.builds(syntax.Unary, st.sampled_from(["not", "-"]), inner, span=span),
        st.builds(syntax.Logic, st.sampled_from(["and", "or"]), pairs, operators=st.just((SPAN, SPAN)), span=span),
        st.builds(syntax.Arithmetic, st.sampled_from("+-*/%"), inner, inner, operator_span=span, span=span),
        st.builds(
            syntax.Comparison, st.sampled_from(["==", "!=", "<", ">="]), inner, inner, operator_span=span, span=span
        ),
        st.builds(syntax.In, yes, inner, st.one_of(lists, inner), span=span),
        st.builds(syntax.Between, yes, inner, inner, inner, span=span),
        st.builds(syntax.Is, inner, st.sampled_from(["missing", "known"]), span=span),
        st.builds(syntax.TextTest, tests, yes, inner, inner, operator_span=span, span=span),
        st.builds(
            syntax.ListTest,
            st.sampled_from(["any", "all"]),
            yes,
            inner,
            st.one_of(lists, inner),
            operator_span=span,
            span=span,
        ),
        st.builds(syntax.InWindow, inner, windows, span=span),
        st.builds(syntax.Call, functions, arguments, maybe, st.just(()), st.one_of(st.none(), windows), span=span),
        st.builds(syntax.Case, st.lists(st.tuples(inner, inner), min_size=1, max_size=2).map(tuple), maybe, span=span),
    )


expressions = st.recursive(leaves, _larger, max_leaves=12)


@settings(max_examples=200)
@given(expressions, st.booleans())
def test_every_tree_has_an_answer(expression: syntax.Expression, predicate: bool) -> None:
    names_used(names_in(expression))
    node, findings = check(expression, SHOP, predicate=predicate)
    assert (node is None) == has_errors(findings)
    if node is None:
        return
    if not any(part.text == "broken" for name in names_in(expression).values for part in name.parts):
        assert all(part.type.kind is not Kind.UNKNOWN for part in _parts(node))
        assert not predicate or node.type.kind is Kind.BOOLEAN
    assert all(trees.may_be_missing(part) in (True, False) for part in _parts(node))


def _parts(node: core.Expression) -> Iterator[core.Expression]:
    yield node
    for child in trees.children(node):
        yield from _parts(child)


@settings(max_examples=100)
@given(expressions)
def test_checking_twice_gives_the_same(expression: syntax.Expression) -> None:
    assert check(expression, SHOP, predicate=False) == check(expression, SHOP, predicate=False)
