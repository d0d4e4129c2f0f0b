"""What is right and may still surprise: negative tests on missing values, mixed `and` and `or`, inexact thresholds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shop_scope import SHOP, found, tree, understood

from segrules.language.check_warnings import missing_warnings
from segrules.language.checker import check
from segrules.language.core import And
from segrules.language.scope import ScopeTrait

NEGATIVE = [
    ("country != 'US'", "country != 'US'", "`country is known and country != 'US'` leaves them out"),
    ("country not in ['US']", "country not in ['US']", "`country is known and country not in ['US']`"),
    ("age not between 1 and 5", "age not between 1 and 5", "`age is known and age not between 1 and 5`"),
    ("email not contains 'x'", "email not contains 'x'", "`email is known and email not contains 'x'`"),
    ("tags not contains any ['new']", "tags not contains any ['new']", "`tags is known"),
    ("not (country == 'US')", "country == 'US'", "`country is known and not (country == 'US')`"),
    ("not (country == 'US' and city == 'x')", "country == 'US'", "`country is known"),
    ("not subscribed", "subscribed", "`subscribed is known and not subscribed`"),
    ("recency_days != 3", "recency_days != 3", "`recency_days is known"),
    ("demographics.size != 'S'", "demographics.size != 'S'", "`demographics.size is known"),
    ("length(email) != 3", "length(email) != 3", "`email is known and length(email) != 3`"),
    ("not (seen_at is in last 5 days)", "seen_at is in last 5 days", "`seen_at is known"),
    ("any(orders where channel != 'web')", "channel != 'web'", "`channel is known"),
    ("if(country != 'US', 1, 2) == 1", "country != 'US'", "`country is known"),
    ("country is known or country != 'US'", "country != 'US'", "`country is known"),
    ("age is known and country != 'US'", "country != 'US'", "`country is known"),
    ("if(age > 3, 1) != 5", "if(age > 3, 1) != 5", "`if(age > 3, 1) is known"),
    ("age != demographics.income", "age != demographics.income", "`age is known and demographics.income is known and"),
    ("coalesce(age, recency_days) != 1", "coalesce(age, recency_days) != 1", "`coalesce(age, recency_days) is known"),
    ("age % 2 != 1", "age % 2 != 1", "`age is known and age % 2 != 1`"),
    ("age / score != 1", "age / score != 1", "`age / score is known and"),
    ("max(orders.amount) != 5", "max(orders.amount) != 5", "`max(orders.amount) is known"),
]


@pytest.mark.parametrize(("text", "words", "help"), NEGATIVE, ids=[case[0] for case in NEGATIVE])
def test_a_negative_test_that_also_holds_where_the_value_is_missing(text: str, words: str, help: str) -> None:
    [(code, found_words, found_help)] = found(text)
    assert (code, found_words) == ("negative-on-missing", words)
    assert found_help is not None
    assert help in found_help


@pytest.mark.parametrize("text", [case[0] for case in NEGATIVE if case[0] in (case[1], f"not ({case[1]})")])
def test_what_the_help_says_silences_the_warning(text: str) -> None:
    [(_, _, help)] = found(text)
    assert help is not None
    assert found(help.split("`")[1]) == []


@pytest.mark.parametrize(
    "text",
    [
        "country == 'US'",
        "city != 'x'",
        "not (city == 'x')",
        "spend != 5",
        "not segments.vip",
        "not any(orders)",
        "lifecycle != 'churned'",
        "country is known and country != 'US'",
        "country != 'US' and country is known",
        "not (country is missing or country == 'US')",
        "country is missing or country != 'US'",
        "country in ['TH', 'TW'] and country != 'TW'",
        "length(email) > 3 and email != 'x'",
        "email contains '@' and (age > 3 or email not contains 'x')",
        "not (country != 'US')",
        "not (email is missing)",
        "any(orders where channel is known and channel != 'web')",
        "coalesce(age, 0) != 5",
    ],
)
def test_no_warning(text: str) -> None:
    assert found(text) == []


def test_two_negatives_on_two_values_are_two_warnings() -> None:
    assert [words for _, words, _ in found("not (country == 'US' or age > 5)")] == ["country == 'US'", "age > 5"]


def test_a_tree_of_several_expressions_is_looked_at_as_a_whole() -> None:
    tree = And((understood("country is known"), understood("country != 'US'")))
    assert missing_warnings(tree) == ()


@pytest.mark.parametrize(
    ("text", "words", "help"),
    [
        ("age > 3 and age < 9 or subscribed", "and", "`(age > 3 and age < 9) or subscribed`"),
        ("subscribed or age > 3 and age < 9", "and", "`subscribed or (age > 3 and age < 9)`"),
    ],
)
def test_and_with_or_without_parentheses(text: str, words: str, help: str) -> None:
    [(code, found_words, found_help)] = found(text)
    assert (code, found_words) == ("mixed-and-or", words)
    assert found_help is not None
    assert help in found_help


def test_and_with_or_in_parentheses_is_fine() -> None:
    assert found("(age > 3 and age < 9) or (subscribed and (age > 3 or age < 2))") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("heavy > 5", "heavy > 5"),
        ("sum(orders.weight) >= 0.5", "sum(orders.weight) >= 0.5"),
        ("100 < avg(orders.weight * 2)", "100 < avg(orders.weight * 2)"),
        ("sum(orders.weight) / 2 between 1 and 2", "sum(orders.weight) / 2 between 1 and 2"),
        ("heavy > params.least", "heavy > params.least"),
    ],
)
def test_a_threshold_on_a_sum_of_inexact_numbers(text: str, words: str) -> None:
    [(code, found_words, help)] = found(text)
    assert (code, found_words) == ("inexact-threshold", words)
    assert help == "declare `orders.weight` as `decimal`"


@pytest.mark.parametrize(
    "text",
    [
        "spend > 5",
        "avg(orders.amount) > 5",
        "median(orders.weight) > 5",
        "max(orders.weight) > 5",
        "spend / 3 > 5",
        "score > 5",
        "heavy > spend",
        "round(heavy, 2) > 5",
    ],
)
def test_exact_thresholds_are_fine(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["age between 5 and 1", "city between 'b' and 'a'", "age not between 5 and 1.5"])
def test_a_range_without_anything_in_it(text: str) -> None:
    assert "empty-range" in [code for code, _, _ in found(text)]


def test_a_range_of_one_value_is_fine() -> None:
    assert found("age between 5 and 5") == []


def test_traits_that_use_the_one_before_twice_are_looked_into_once() -> None:
    traits = dict(SHOP.traits)
    for number in range(60):
        before = f"t{number - 1}" if number else "spend"
        scope = replace(SHOP, traits=traits)
        node, findings = check(tree(f"{before} + {before}"), scope, predicate=False)
        assert node is not None, findings
        traits[f"t{number}"] = ScopeTrait(node.type, False, node)
    assert check(tree("t59 > 5"), replace(SHOP, traits=traits), predicate=True)[1] == ()
    assert check(tree("t59 + heavy > 5"), replace(SHOP, traits=traits), predicate=True)[1] != ()
