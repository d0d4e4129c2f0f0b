"""Expressions on several lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syntax_trees import expressions, read

from segrules.language import format_expression, syntax
from segrules.language.wrapping import wrapped

WRAPPED = {
    "a and b": "a and b",
    "orders >= 5 and country == 'TH' and segments.vip": """\
orders >= 5
and country == 'TH'
and segments.vip""",
    "orders >= 5 and country == 'TH' or segments.vip and spend > 1_000": """\
orders >= 5 and country == 'TH'
or segments.vip and spend > 1_000""",
    "not (orders >= 5 or country in ['TH', 'TW']) and x": """\
not (
  orders >= 5
  or country in ['TH', 'TW']
)
and x""",
    "country in ['aaaaaaaa', 'bbbbbbbb', 'cccccccc', 'dddddddd', 'e']": """\
country in [
  'aaaaaaaa', 'bbbbbbbb',
  'cccccccc', 'dddddddd', 'e'
]""",
    "any(orders where amount > 5 and channel == 'web' in last 90 days)": """\
any(
  orders
  where amount > 5
    and channel == 'web'
  in last 90 days
)""",
    "funnel(events where event == 'view' then event == 'cart' then event == 'buy' within 1 hour) >= 3": """\
funnel(
  events where event == 'view'
  then event == 'cart'
  then event == 'buy'
  within 1 hour
) >= 3""",
    "count(likes in last 30 days) + 2 * count(shares in last 30 days)": """\
count(likes in last 30 days)
+ 2 * count(
  shares in last 30 days
)""",
    "a and count(orders in last month) + count(visits) >= 5": """\
a
and count(orders in last month)
  + count(visits) >= 5""",
    "private_label_spend >= 40% * food_spend": """\
private_label_spend
  >= 40% * food_spend""",
    "case(orders == 0 -> 'none', orders == 1 -> 'one', else 'many')": """\
case(
  orders == 0 -> 'none',
  orders == 1 -> 'one',
  else 'many'
)""",
    "coalesce(max(orders.ordered_at), joined_on, 2026-01-31)": """\
coalesce(
  max(orders.ordered_at),
  joined_on,
  2026-01-31
)""",
    "days_between(first_day, last_day) between 180 and 365": """\
days_between(
  first_day, last_day
) between 180 and 365""",
}


@pytest.mark.parametrize(("written", "lines"), WRAPPED.items())
def test_what_is_too_long_is_broken_where_a_reader_breathes(written: str, lines: str) -> None:
    assert "\n".join(wrapped(read(written), 33)) == lines


@given(expressions(), st.integers(1, 120))
def test_broken_lines_read_back_as_the_same_tree(tree: syntax.Expression, width: int) -> None:
    lines = wrapped(tree, width)
    again = read("\n".join(lines))
    assert again == tree
    assert wrapped(again, width) == lines
    if len(format_expression(tree)) <= width:
        assert len(lines) == 1


@given(expressions(), st.integers(1, 120))
def test_only_blanks_are_added(tree: syntax.Expression, width: int) -> None:
    assert "".join("".join(wrapped(tree, width)).split()) == "".join(format_expression(tree).split())


def test_a_call_of_nothing_stays_on_its_line() -> None:
    assert wrapped(read("count()"), 1) == ("count()",)
