"""Which small changes a rule has, and how they are said."""

from __future__ import annotations

import pytest
from shop_scope import checked, short

from segrules.language.core import And, Expression, Not, Or
from segrules.language.mutants import Mutant, mutants
from segrules.language.trees import may_be_missing, with_children


def mutants_of(text: str) -> tuple[Mutant, ...]:
    node, findings = checked(text)
    assert node is not None, findings
    return mutants(node)


def said(text: str) -> list[str]:
    return [
        f"without {mutant.before}"
        if mutant.after is None
        else mutant.after
        if mutant.before == text
        else f"…{mutant.after}…"
        for mutant in mutants_of(text)
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # a comparison of whole numbers: the other step of the constant is what the other operator says
        ("age < 30", ["age <= 30", "age > 30", "age < 29"]),
        ("age >= 30", ["age > 30", "age <= 30", "age >= 29"]),
        ("30 > age", ["30 >= age", "30 < age", "29 > age"]),
        ("age == 30", ["age != 30", "age == 31", "age == 29"]),
        ("age != 30", ["age == 30", "age != 31", "age != 29"]),
        ("balance > 9.99", ["balance >= 9.99", "balance < 9.99", "balance > 10.00"]),
        ("score > 10%", ["score >= 10%", "score < 10%", "score > 11%"]),
        ("joined_on < 2025-01-01", ["joined_on <= 2025-01-01", "joined_on > 2025-01-01", "joined_on < 2024-12-31"]),
        (
            "age between 18 and 65",
            [
                "not (age between 18 and 65)",
                "age > 18 and age <= 65",
                "age >= 18 and age < 65",
                "age between 17 and 65",
                "age between 18 and 66",
            ],
        ),
        (
            "age not between 18 and 65",
            [
                "age between 18 and 65",
                "not (age > 18 and age <= 65)",
                "not (age >= 18 and age < 65)",
                "age not between 17 and 65",
                "age not between 18 and 66",
            ],
        ),
        ("country == 'TH'", ["country != 'TH'"]),
        ("country in ['TH', 'US']", ["country not in ['TH', 'US']", "without 'TH'", "without 'US'"]),
        ("country not in ['TH', 'US']", ["country in ['TH', 'US']", "without 'TH'", "without 'US'"]),
        ("email is missing", ["email is known"]),
        ("email is known", ["email is missing"]),
        ("subscribed", ["not subscribed"]),
        ("not subscribed", ["subscribed"]),
        ("email contains '@'", ["not (email contains '@')"]),
        ("email not contains '@'", ["email contains '@'"]),
        (
            "subscribed and email is known",
            [
                "subscribed or email is known",
                "without subscribed",
                "…not subscribed…",
                "without email is known",
                "…email is missing…",
            ],
        ),
        (
            "count(orders where amount > 5 in last 90 days) >= 2",
            [
                "count(orders where amount > 5 in last 90 days) > 2",
                "count(orders where amount > 5 in last 90 days) <= 2",
                "…amount >= 5…",
                "…amount < 5…",
                "…amount > 6…",
                "…in last 89 days…",
                "…in last 91 days…",
                "without amount > 5",
                "without in last 90 days",
                "count(orders where amount > 5 in last 90 days) >= 1",
            ],
        ),
        ("max(orders.amount)", ["min(orders.amount)"]),
        ("coalesce(age, 0) + 5", ["…coalesce(age, 1)…", "coalesce(age, 0) + 6"]),
        (
            "joined_on is in last params.window",
            [
                "not (joined_on is in last params.window)",
                "joined_on is in last 89 days",
                "joined_on is in last 91 days",
            ],
        ),
        ("joined_on", []),
        (
            "joined_on is in last 1 month",
            ["not (joined_on is in last 1 month)", "joined_on is in last 2 months"],
        ),
        ("count(orders where gift)", ["without gift", "…not gift…"]),
        (
            "tags contains any ['new', 'old']",
            ["not (tags contains any ['new', 'old'])", "without 'new'", "without 'old'"],
        ),
        ("max_count(orders within 24 hours)", ["…within 23 hours…", "…within 25 hours…"]),
        (
            "sequence(orders where gift directly then amount > 5 within 1 day)",
            [
                "not sequence(orders where gift directly then amount > 5 within 1 day)",
                "…within 2 days…",
                "…then…",
                "…not gift…",
                "…amount >= 5…",
                "…amount < 5…",
                "…amount > 6…",
            ],
        ),
    ],
)
def test_each_rule_has_its_changes(rule: str, expected: list[str]) -> None:
    assert sorted(said(rule)) == sorted(expected)


def test_the_words_that_change_are_shown_where_they_stand() -> None:
    rule = "age < 30 and count(orders) >= 5"
    for mutant in mutants_of(rule):
        if mutant.after is not None:
            assert rule[mutant.span.start : mutant.span.end] == mutant.before


def test_a_mutant_means_what_its_words_say() -> None:
    rules = [
        "age < 30 and (country == 'TH' or not subscribed) and count(orders in last 30 days) >= 5",
        "not (age between 18 and 65) or email not contains '@' or joined_on > 2025-01-01",
        "any(orders where amount > 5 and product.category in ['a', 'b'] from 180 days ago to 90 days ago)",
        "if(age > 5, balance * 0.93, 0) > 9.99",
        "age not between 18 and 65 or joined_on between 2025-01-01 and 2025-12-31",
    ]
    checked_ones = 0
    for rule in rules:
        for mutant in mutants_of(rule):
            if mutant.after is None or mutant.after in ("and", "or"):  # of a long rule only the word is shown
                continue
            text = rule[: mutant.span.start] + mutant.after + rule[mutant.span.end :]
            again, findings = checked(text)
            assert again is not None, (text, findings)
            assert short(flat(again)) == short(flat(mutant.rule)), text
            checked_ones += 1
    assert checked_ones > 30


def test_a_mutant_has_the_type_of_its_rule() -> None:
    for rule in ("max(orders.amount)", "coalesce(age, 0)", "subscribed and age > 5", "if(age > 5, 1, 2)"):
        node, _ = checked(rule)
        assert node is not None
        for mutant in mutants(node):
            assert mutant.rule.type == node.type
            assert may_be_missing(mutant.rule) == may_be_missing(node)


def test_no_two_mutants_are_equal() -> None:
    rules = [mutant.rule for mutant in mutants_of("age < 30 and age < 30 or not (not subscribed)")]
    assert len(rules) == len(set(rules))


def flat(node: Expression) -> Expression:
    """The tree with `and` in `and`, and `not` of `not`, made one, as the text of a change may nest otherwise."""
    node = with_children(node, flat)
    if isinstance(node, Not) and isinstance(node.item, Not):
        return node.item.item
    if isinstance(node, And | Or):
        parts = [part for item in node.items for part in (item.items if isinstance(item, type(node)) else (item,))]
        return type(node)(tuple(parts))
    return node
