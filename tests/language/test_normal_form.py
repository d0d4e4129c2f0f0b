"""One form for what can be written in several ways, and never one for what means different things."""

from __future__ import annotations

import pytest
from shop_scope import understood

from segrules.language.core import Expression
from segrules.language.normal_form import normal_form

EQUAL = [
    ("age > 5 and city == 'x'", "city == 'x' and (5 < age)"),
    ("age > 5 and (city == 'x' and subscribed)", "subscribed and (age >= 6 and city == 'x') and age > 5"),
    ("age > 5", "age >= 6"),
    ("age <= 5", "age < 6"),
    ("age between 1 and 5", "age < 6 and age > 0"),
    ("country == 'TH' or country == 'TW'", "country in ['TW', 'TH', 'TW']"),
    ("country != 'TH' and country != 'TW'", "country not in ['TH', 'TW']"),
    ("country in ['TH']", "'TH' == country"),
    ("not (country == 'TH' and age > 5)", "not (age >= 6) or country != 'TH'"),
    ("not not (age > 5)", "age > 5"),
    ("not (count(orders) < 5)", "count(orders) >= 5"),
    ("count(orders where amount > 5) > 0", "any(orders where amount > 5)"),
    ("count(orders) == 0 or age > 1", "age > 1 or none(orders)"),
    ("not any(orders where amount > 5)", "none(orders where amount > 5.0)"),
    ("sum(orders.amount) > 500", "sum(orders.amount) > 500.00"),
    ("count(orders where gift since 2025-01-01) > 5", "count(orders where ordered_at >= 2025-01-01 and gift) > 5"),
    ("any(orders where shipped_on > 2026-01-01)", "any(orders where shipped_on >= 2026-01-02)"),
    ("age + 2 > 5", "2 + age > 5"),
    ("age == demographics.income", "demographics.income == age"),
    ("age < demographics.income", "demographics.income > age"),
]
DIFFERENT = [
    ("age > 5", "age > 6"),
    ("age > 5", "age >= 5"),
    ("sum(orders.amount) > 5", "sum(orders.amount) >= 6"),
    ("not (age > 5)", "age <= 5"),  # the first also holds where the age is missing
    ("age > 5 and city == 'x'", "age > 5 or city == 'x'"),
    ("country == 'TH'", "city == 'TH'"),
    ("city == 'TH'", "city == 'th'"),
    ("age - 2 > 5", "2 - age > 5"),
    ("every(orders where gift in last 90 days)", "every(orders where gift and ordered_at is in last 90 days)"),
    ("count(orders in last 90 days) > 5", "count(orders in last 91 days) > 5"),
    ("count(orders) > 0", "count(orders) > 1"),
    ("any(orders)", "any(visits)"),
    ("length(email) > 3", "email contains '3'"),
]


def form(text: str) -> Expression:
    return normal_form(understood(text))


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=[left for left, _ in EQUAL])
def test_what_means_the_same_has_one_form(left: str, right: str) -> None:
    assert form(left) == form(right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=[left for left, _ in DIFFERENT])
def test_what_differs_has_two_forms(left: str, right: str) -> None:
    assert form(left) != form(right)


@pytest.mark.parametrize("text", [text for pair in (*EQUAL, *DIFFERENT) for text in pair])
def test_the_form_of_a_form_is_itself(text: str) -> None:
    assert normal_form(form(text)) == form(text)
