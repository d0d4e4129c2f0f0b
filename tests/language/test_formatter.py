"""The canonical text of expressions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from syntax_trees import NOWHERE, expressions, nodes, read

from segrules.language import syntax
from segrules.language.formatter import format_expression

REWRITTEN = {
    "a<5 and  b>=2": "a < 5 and b >= 2",
    "a\n  and b\n": "a and b",
    "not(a)": "not (a)",
    "- x+ 1": "-x + 1",
    "a*b%c": "a * b % c",
    "x in['a' ,'b']": "x in ['a', 'b']",
    "x not  in [ ]": "x not in []",
    "x not\tstarts  with 'a'": "x not starts with 'a'",
    "tags contains   any['x']": "tags contains any ['x']",
    "orders . amount": "orders.amount",
    "30 day": "30 days",
    "1 days": "1 day",
    "1.50 days": "1.50 days",
    "90days ago": "90 days ago",
    "10.0%": "10.0%",
    "2026-01-31T09:30": "2026-01-31T09:30:00",
    "2026-01-31T09:30:00.500": "2026-01-31T09:30:00.5",
    "count( orders )": "count(orders)",
    "count(orders in last 90 days where x>1)": "count(orders where x > 1 in last 90 days)",
    "sequence(e within 7 days where a then b directly  then c then  not d)": (
        "sequence(e where a then b directly then c then not d within 7 days)"
    ),
    "sample(10%,seed:'spring')": "sample(10%, seed: 'spring')",
    "case(a->1,else -1)": "case(a -> 1, else -1)",
}


@pytest.mark.parametrize(("written", "canonical"), REWRITTEN.items())
def test_spacing_and_order_are_made_uniform(written: str, canonical: str) -> None:
    assert format_expression(read(written)) == canonical
    assert format_expression(read(canonical)) == canonical


KEPT = (
    "((a)) and (b or c)",
    "a - (b - c)",
    "(a + b)",
    "1_000_000",
    "1_000%",
    "1_000 days",
    "0.50 days ago",
    "e\u0301 == 1",
    'events."e\u0301 ""x""" == 1',
    "0.10",
    "'it''s'",
    '"tổng chi" > 5',
    'events."order" == "a ""b"""',
    "x between 1 and 5 and y",
    "any(returns as r where none(purchases where sku == r.sku and bought_at <= r.returned_at))",
    "rank(spend desc where x by country) <= 10",
    "d is in next 30 days or d is in this month or d is from 2025-01-01 to 2025-03-31 or d is since params.start",
)


@pytest.mark.parametrize("text", KEPT)
def test_what_the_author_chose_stays(text: str) -> None:
    assert format_expression(read(text)) == text


@given(expressions())
def test_formatted_text_reads_back_as_the_same_tree(tree: syntax.Expression) -> None:
    text = format_expression(tree)
    again = read(text)
    assert again == tree
    # 1 and 1.0 and true are equal to Python: compare also what the values are
    assert [_kinds(node) for node in nodes(again)] == [_kinds(node) for node in nodes(tree)]
    assert format_expression(again) == text


def _kinds(node: Any) -> tuple[type, type]:
    return type(node), type(node.value) if isinstance(node, syntax.Constant) else type(None)


def _name(text: str) -> syntax.Name:
    return syntax.Name((syntax.Identifier(text, False, span=NOWHERE),), span=NOWHERE)


def test_parentheses_that_a_made_tree_needs_are_added() -> None:
    either = syntax.Logic("or", (_name("a"), _name("b")), operators=(NOWHERE,), span=NOWHERE)
    both = syntax.Logic("and", (either, _name("c")), operators=(NOWHERE,), span=NOWHERE)
    assert format_expression(both) == "(a or b) and c"
    difference = syntax.Arithmetic("-", _name("b"), _name("c"), operator_span=NOWHERE, span=NOWHERE)
    whole = syntax.Arithmetic("-", _name("a"), difference, operator_span=NOWHERE, span=NOWHERE)
    assert format_expression(whole) == "a - (b - c)"
    assert format_expression(syntax.Unary("not", syntax.Unary("not", _name("a"), span=NOWHERE), span=NOWHERE)) == (
        "not not a"
    )
    step = syntax.Step(False, False, syntax.Unary("not", _name("b"), span=NOWHERE), span=NOWHERE)
    rows = syntax.Argument(_name("e"), span=NOWHERE)
    function = syntax.Identifier("sequence", False, span=NOWHERE)
    call = syntax.Call(function, (rows,), where=_name("a"), steps=(step,), span=NOWHERE)
    assert format_expression(call) == "sequence(e where a then (not b))"


def test_numbers_made_by_programs_are_written_out() -> None:
    assert format_expression(syntax.Constant(Decimal("1E-7"), span=NOWHERE)) == "0.0000001"
    assert format_expression(syntax.Percent(Decimal("0.125"), span=NOWHERE)) == "12.5%"
    assert format_expression(syntax.Length(Decimal(1), "month", span=NOWHERE)) == "1 month"
