"""Functions over all entity rows: what the checker refuses, and what the accepted ones become."""

from __future__ import annotations

import pytest
from shop_scope import checked, found

from segrules.language import parse
from segrules.language.core import Population
from segrules.language.names_used import names_in, names_used
from segrules.language.trees import may_be_missing, walk
from segrules.language.types import BOOLEAN, INTEGER, NUMBER
from segrules.source import whole_file

ERRORS = [
    # how many parts
    ("ntile(0, spend) == 1", "wrong-arguments", "0", None),
    ("ntile(-5, spend) == 1", "wrong-arguments", "-5", None),
    ("ntile(1001, spend) == 1", "wrong-arguments", "1001", None),
    ("ntile(2.5, spend) == 1", "wrong-arguments", "2.5", None),
    ("quantile_bin(10%, spend) == 1", "wrong-arguments", "10%", None),
    ("quantile_bin('5', spend) == 1", "wrong-arguments", "'5'", "`quantile_bin(5, spend)`"),
    ("ntile(age, spend) == 1", "wrong-arguments", "age", "`ntile(5, spend)`"),
    ("ntile(spend) == 1", "wrong-arguments", "ntile(spend)", "`ntile(5, spend)`"),
    ("ntile(age) == 1", "wrong-arguments", "ntile(age)", "`ntile(5, age)`"),
    ("ntile(spend, 5) == 1", "wrong-arguments", "5", "`ntile(5, spend)`"),
    ("ntile() == 1", "wrong-arguments", "ntile()", "`ntile(5, spend)`"),
    # shares and numbers of rows
    ("in_top(0, spend)", "wrong-arguments", "0", None),
    ("in_top(-1, spend)", "wrong-arguments", "-1", None),
    ("in_top(0%, spend)", "wrong-arguments", "0%", None),
    ("in_top(110%, spend)", "wrong-arguments", "110%", None),
    ("in_top(10.0, spend)", "wrong-arguments", "10.0", "a number of rows is whole: `10`"),
    ("in_bottom(1.5, spend)", "wrong-arguments", "1.5", None),
    ("in_top(0.1234567891, spend)", "wrong-arguments", "0.1234567891", None),
    ("in_top_share(80, spend)", "wrong-arguments", "80", "`80%`?"),
    ("in_top_share(800, spend)", "wrong-arguments", "800", None),
    ("in_top(spend)", "wrong-arguments", "in_top(spend)", "`in_top(10%, spend)`"),
    ("in_top(true, spend)", "wrong-arguments", "true", "`in_top(10%, spend)`"),
    ("in_top(params.nope, spend)", "unknown-param", "nope", None),
    # values
    ("rank(country desc) < 5", "wrong-type", "country", None),
    ("rank(subscribed desc) < 5", "wrong-type", "subscribed", None),
    ("ntile(5, tags) == 1", "wrong-type", "tags", None),
    ("in_top_share(80%, joined_on)", "wrong-type", "joined_on", None),
    ("rank(5 desc) < 5", "wrong-arguments", "5", "name a column or trait"),
    ("percent_rank(today) > 5%", "wrong-arguments", "today", "name a column or trait"),
    ("rank(visits desc) < 5", "relation-as-value", "visits", "`count(visits)`?"),
    ("rank(orders.amount desc) < 5", "relation-as-value", "orders.amount", "`max(orders.amount)`?"),
    ("rank(nope desc) < 5", "unknown-name", "nope", None),
    # directions
    ("rank(spend) < 5", "wrong-arguments", "spend", "`rank(spend desc)` puts the largest first"),
    ("in_bottom(10%, spend asc)", "wrong-arguments", "spend asc", "`in_top(…, spend)` the largest"),
    ("in_top_share(10%, spend asc)", "wrong-arguments", "spend asc", "leave `asc` out"),
    ("in_top(10% desc, spend)", "wrong-arguments", "10% desc", None),
    ("round(age desc) > 1", "wrong-arguments", "age desc", None),
    ("sum(orders.amount desc) > 1", "wrong-arguments", "orders.amount desc", None),
    # what picks rows, and groups
    ("rank(spend desc in last 90 days) < 5", "wrong-arguments", "in last 90 days", "after `where`"),
    ("rank(spend desc within 90 days) < 5", "wrong-arguments", "90 days", None),
    ("rank(spend desc where subscribed then subscribed) < 5", "wrong-arguments", "then subscribed", None),
    ("rank(spend desc where age) < 5", "wrong-type", "age", "`age > 0`"),
    ("rank(spend desc by tags) < 5", "wrong-type", "tags", None),
    ("rank(spend desc by params.least) < 5", "wrong-arguments", "params.least", "name a column or trait"),
    ("rank(spend desc by nope) < 5", "unknown-name", "nope", None),
    ("rank(spend as s) < 5", "wrong-arguments", "s", None),
    ("count(orders by channel) > 3", "wrong-arguments", "channel", "`rank(spend desc by country)`"),
    # inside aggregates
    ("any(orders where amount > overall(avg(spend)))", "nested-aggregate", "overall", "as a trait"),
    ("count(orders where in_top(10%, spend)) > 1", "nested-aggregate", "in_top", "as a trait"),
    ("sum(orders.amount * percent_rank(spend)) > 1", "nested-aggregate", "percent_rank", "as a trait"),
    # what was meant
    ("avg(spend) > 1", "wrong-arguments", "spend", "`overall(avg(spend))` looks at every customer"),
    ("quantile(10%, age) > 1", "wrong-arguments", "age", "`overall(quantile(0.2, age))`"),
    ("top(10%, spend)", "unknown-function", "top", "`in_top(10%, spend)`"),
    ("decile(spend) == 10", "unknown-function", "decile", "`ntile(10, spend)`"),
    ("percentile(spend) > 0.9", "unknown-function", "percentile", "`percent_rank(spend)`"),
    # overall
    ("overall(spend) > 1", "wrong-arguments", "spend", "`overall(avg(spend))`?"),
    ("overall(round(spend)) > 1", "wrong-arguments", "round(spend)", "`overall(median(spend))`"),
    ("overall(first(spend)) > 1", "wrong-arguments", "first", "`median`"),
    ("overall(any(subscribed))", "wrong-arguments", "any", "`count`"),
    ("overall() > 1", "wrong-arguments", "overall()", "`overall(median(spend))`"),
    ("overall(avg(spend) asc) > 1", "wrong-arguments", "avg(spend) asc", None),
    ("overall(avg(spend desc)) > 1", "wrong-arguments", "spend desc", None),
    ("overall(avg(spend, age)) > 1", "wrong-arguments", "avg(spend, age)", None),
    ("overall(avg(country)) > 1", "wrong-type", "country", None),
    ("overall(avg(5)) > 1", "wrong-arguments", "5", "name a column or trait"),
    ("overall(count(notes)) > 1", "relation-as-value", "notes", "name `count(notes)` as a trait"),
    ("overall(sum(orders.amount)) > 1", "relation-as-value", "orders.amount", "name `sum(orders.amount)` as a trait"),
    ("overall(count(customer)) > 1", "unknown-name", "customer", "`overall(count(customer_id))` counts every customer"),
    ("overall(avg(spend in last 3 days)) > 1", "wrong-arguments", "in last 3 days", "after `where`"),
    ("overall(avg(spend where age > 1) where age < 9) > 1", "wrong-arguments", "age < 9", "join the conditions"),
    ("overall(avg(spend by country) by country) > 1", "wrong-arguments", "country", None),
    ("overall(quantile(spend)) > 1", "wrong-arguments", "quantile(spend)", "`overall(quantile(0.2, spend))`"),
    ("overall(quantile(spend, 0.2)) > 1", "wrong-arguments", "0.2", "`quantile(0.2, spend)`"),
    ("overall(quantile(20, spend)) > 1", "wrong-arguments", "20", "`20%`"),
    ("overall(quantile(age, spend)) > 1", "wrong-arguments", "age", None),
    ("overall(quantile(0.2, country)) > 1", "wrong-type", "country", None),
    ("overall(nth(2, spend)) > 1", "wrong-arguments", "nth", "`median`"),
    ("overall(share(spend)) > 1", "wrong-arguments", "share", "`median`"),
    ("overall(median(overall)) > 1", "unknown-name", "overall", None),
]


@pytest.mark.parametrize(("text", "code", "words", "help"), ERRORS, ids=[error[0] for error in ERRORS])
def test_error(text: str, code: str, words: str, help: str | None) -> None:
    [(found_code, found_words, found_help)] = found(text, predicate=True)
    assert (found_code, found_words) == (code, words)
    assert help in found_help if help is not None and found_help is not None else found_help is help or help is None


@pytest.mark.parametrize("text", [error[0] for error in ERRORS])
def test_messages_are_one_sentence_without_the_words_of_programmers(text: str) -> None:
    _, findings = checked(text, predicate=True)
    for finding in findings:
        assert not finding.message.endswith(".")
        assert not any(word in finding.message for word in ("None", "Kind", "Expression", "segrules.", "node"))


def test_each_function_has_its_type() -> None:
    types = {
        "rank(spend desc)": INTEGER,
        "ntile(5, joined_on)": INTEGER,
        "quantile_bin(5, seen_at)": INTEGER,
        "percent_rank(age)": NUMBER,
        "in_top(params.least, spend)": BOOLEAN,
        "in_top_share(80%, age)": BOOLEAN,
        "overall(count(country))": INTEGER,
        "overall(median(age))": NUMBER,
        "overall(quantile(20%, age))": NUMBER,
        "overall(stddev(age where subscribed) by country)": NUMBER,
        "overall(mode(age))": INTEGER,
    }
    for text, type in types.items():
        node, findings = checked(text)
        assert findings == (), text
        assert isinstance(node, Population)
        assert node.type == type, text


def test_in_bottom_is_in_top_from_the_other_end() -> None:
    assert checked("in_bottom(5, spend)")[0] == checked("in_top(5, spend asc)")[0]


def test_where_and_by_may_stand_in_either_parentheses_of_overall() -> None:
    texts = ("overall(avg(spend where age > 5 by country))", "overall(avg(spend by country) where age > 5)")
    first, second = (checked(text)[0] for text in texts)
    assert first == second


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("rank(customer_id desc)", False),
        ("rank(age desc)", True),
        ("rank(customer_id desc where subscribed)", True),
        ("in_top(5, age)", False),
        ("overall(avg(customer_id))", False),
        ("overall(avg(age))", True),
        ("overall(count(age))", False),
        ("overall(sum(age where subscribed))", False),
    ],
)
def test_a_value_is_missing_only_where_it_can_be(text: str, missing: bool) -> None:
    node, _ = checked(text)
    assert node is not None
    assert may_be_missing(node) == missing


def test_names_inside_count_as_used() -> None:
    def traits(text: str) -> frozenset[str]:
        tree, _ = parse(whole_file("rule", text))
        assert tree is not None
        return names_used(names_in(tree)).traits

    assert traits("overall(count(orders where age > 5) by country)") == {"orders", "age", "country"}
    assert traits("overall((count(orders)))") == {"orders"}
    assert traits("count(orders) + overall(max(spend))") == {"spend"}
    assert traits("ntile(5, spend where age > 5 by country)") == {"spend", "age", "country"}


def test_a_trait_inside_overall_may_be_called_as_a_relation() -> None:
    node, findings = checked("overall(sum(orders))")
    names = [part for part in walk(node) if node is not None and hasattr(part, "name")] if node else []
    assert findings == ()
    assert len(names) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("in_top_share(80%, score)", "in_top_share(80%, score)"),
        ("in_top_share(80%, heavy)", "in_top_share(80%, heavy)"),
        ("overall(sum(score)) > 5", "overall(sum(score)) > 5"),
        ("overall(max(heavy)) > 5", "overall(max(heavy)) > 5"),
        ("overall(max(score)) > 5", None),
        ("age > overall(avg(score))", None),
        ("in_top(80%, score)", None),
        ("in_top_share(80%, balance)", None),
    ],
)
def test_sums_of_inexact_numbers_are_warned_of(text: str, words: str | None) -> None:
    warned = [found_words for code, found_words, _ in found(text, predicate=True) if code == "inexact-threshold"]
    assert warned == ([] if words is None else [words])
