"""What the checker refuses: the code, the underlined words, and what the help says."""

from __future__ import annotations

import pytest
from shop_scope import checked, found

ERRORS = [
    # names
    ("recency_day < 30", "unknown-name", "recency_day", "did you mean `recency_days`?"),
    ("county == 'US'", "unknown-name", "county", "did you mean `country`?"),
    ("income > 5", "unknown-name", "income", "did you mean `demographics.income`?"),
    ("demographics.incom > 5", "unknown-name", "incom", "did you mean `income`?"),
    ("demographics > 5", "unknown-name", "demographics", "`demographics.income`"),
    ("demografics.income > 5", "unknown-name", "demografics.income", "`demographics.income`"),
    ("customer.countri == 'US'", "unknown-name", "countri", "did you mean `country`?"),
    ("country.x == 'US'", "unknown-name", "country.x", None),
    ("vip", "unknown-name", "vip", "`segments.vip`"),
    ("window > 5", "unknown-name", "window", "`params.window`"),
    ("country == US", "unknown-name", "US", "`'US'`"),
    ('country == "Peru"', "unknown-name", '"Peru"', "single quotes: `'Peru'`"),
    ("country == null", "unknown-name", "null", "`is missing`"),
    ("amount > 5", "unknown-name", "amount", "`orders.amount`"),
    ("any(orders where order_idd > 5)", "unknown-name", "order_idd", "did you mean `order_id`?"),
    ("any(orders where product.catgory == 'x')", "unknown-name", "catgory", "did you mean `category`?"),
    ("any(orders where product == 'x')", "unknown-name", "product", "`product.category`"),
    ("sum(orders.amount * quantity) > 5", "unknown-name", "quantity", "write `orders.quantity`"),
    ("orders.amont > 5", "unknown-name", "amont", "did you mean `amount`?"),
    ("orders.product.categry == 'x'", "unknown-name", "categry", "did you mean `category`?"),
    ("any(orders where email == 'x')", "ambiguous-name", "email", "write `orders.email` or `customer.email`"),
    ("sum(orders.amount * length(email)) > 1", "ambiguous-name", "email", "`orders.email`"),
    ("segments.vipp", "unknown-segment", "vipp", "did you mean `vip`?"),
    ("segments.lifecycle", "unknown-segment", "lifecycle", "`segments.lifecycle.new`?"),
    ("segments.lifecycle.chrned", "unknown-segment", "lifecycle.chrned", "`lifecycle.churned`"),
    ("age > params.leest", "unknown-param", "leest", "did you mean `least`?"),
    # relations
    ("notes > 5", "relation-as-value", "notes", "`count(notes)`?"),
    ("visits is missing", "relation-as-value", "visits", "`none(visits)`?"),
    ("visits is known", "relation-as-value", "visits", "`any(visits)`?"),
    ("orders.amount > 5", "relation-as-value", "orders.amount", "`max(orders.amount)`?"),
    ("any(orders where visits.day > today)", "relation-as-value", "visits.day", "as a trait"),
    ("sum(orders) > 5", "relation-as-value", "orders", "`sum(orders.amount)`?"),
    ("first(visits) == 'x'", "relation-as-value", "visits", "`first(visits.day)`?"),
    ("count(orderz) > 1", "unknown-relation", "orderz", "did you mean `orders`?"),
    ("count(xyz) > 1", "unknown-relation", "xyz", "`orders`, `visits`, `notes`"),
    ("count(age) > 1", "value-as-relation", "age", "`orders`"),
    ("count(orders.amount) > 1", "value-as-relation", "orders.amount", "`count(orders where orders.amount is known)`"),
    ("any(orders.amount > 5)", "value-as-relation", "orders.amount > 5", "`any(orders where …)`"),
    ("any(age > 5)", "value-as-relation", "age > 5", "`orders`"),
    # aggregates
    ("sum(amount) > 5", "wrong-arguments", "amount", "`orders.amount`"),
    ("sum(age) > 5", "wrong-arguments", "age", "`orders."),
    ("sum(orders.amount + notes.amount) > 5", "wrong-arguments", "orders.amount + notes.amount", None),
    ("max(age, score) > 5", "wrong-arguments", "max(age, score)", "`greatest(…)`"),
    ("count() > 5", "wrong-arguments", "count()", None),
    ("sum(orders.channel) > 5", "wrong-type", "orders.channel", None),
    ("sum(orders.gift) > 5", "wrong-type", "orders.gift", "`count(orders where …)`"),
    ("max(orders.gift)", "wrong-type", "orders.gift", "`count(orders where …)`"),
    ("avg(orders.ordered_at) > today", "wrong-type", "orders.ordered_at", None),
    ("sum(orders.amount where sum(notes.amount) > 5) > 5", "nested-aggregate", "sum", "as a trait"),
    ("sum(max(orders.amount)) > 5", "nested-aggregate", "max", "leave `sum` out"),
    ("any(orders since max(visits.day))", "nested-aggregate", "max", "`max(visits.day)`"),
    ("every(orders)", "missing-where", "every", "`every(orders where …)`"),
    ("last(notes.said) == 'x'", "no-order", "last", "segrules.yml"),
    ("any(orders where amount)", "wrong-type", "amount", "`amount > 0`"),
    # comparing
    ("orders >= '5'", "wrong-type", "'5'", "drop the quotes: `5`"),
    ("'5' <= orders", "wrong-type", "'5'", "drop the quotes: `5`"),
    ("age == 'x'", "wrong-type", "'x'", None),
    ("joined_on > '2026-01-31'", "wrong-type", "'2026-01-31'", "write the date without quotes: `2026-01-31`"),
    ("joined_on == 'soon'", "wrong-type", "'soon'", "`2026-01-31`"),
    ("joined_on > 30 days", "wrong-type", "30 days", "`30 days ago`"),
    ("joined_on > 30", "wrong-type", "30", "`days_since(joined_on)`"),
    ("today - joined_on > 30", "wrong-type", "30", "`30 days`"),
    ("today - joined_on > 1 month", "impossible-duration", "1 month", "days"),
    ("recency_days < 30 days", "wrong-type", "30 days", "write `30`"),
    ("subscribed == 'true'", "wrong-type", "'true'", "`true`"),
    ("subscribed == 0", "wrong-type", "0", "`not subscribed`"),
    ("subscribed < true", "wrong-type", "subscribed < true", "`==`"),
    ("email == 5", "wrong-type", "5", "`'5'`"),
    ("tags == 'new'", "wrong-type", "'new'", "`tags contains …`"),
    ("tags == tags", "wrong-type", "tags", "`tags contains …`"),
    ("age between 1 and 'x'", "wrong-type", "'x'", None),
    ("country == 'th'", "unknown-constant", "'th'", "did you mean `'TH'`?"),
    ("'XX' != country", "unknown-constant", "'XX'", "`'TH'`, `'TW'`, `'US'`"),
    ("country in ['TH', 'XX']", "unknown-constant", "'XX'", "`'TH'`"),
    ("home == 'XX'", "unknown-constant", "'XX'", "`'TH'`"),
    ("lifecycle == 'chrned'", "unknown-constant", "'chrned'", "did you mean `'churned'`?"),
    ("groups contains any ['a', 'c']", "unknown-constant", "'c'", "`'a'`"),
    ("tags contains 'nw'", "unknown-constant", "'nw'", "`'new'`"),
    ("last(orders.channel) == 'wep'", "unknown-constant", "'wep'", "`'web'`"),
    # lists
    ("country in []", "empty-list", "[]", "at least one"),
    ("country in params.nothing", "empty-list", "params.nothing", None),
    ("tags contains any []", "empty-list", "[]", "at least one"),
    ("age in [1, 'a']", "wrong-type", "'a'", None),
    ("age in ['1']", "wrong-type", "'1'", "`1`"),
    ("age in [1, score]", "wrong-type", "score", None),
    ("country in params.least", "wrong-type", "params.least", "`country in [params.least]`"),
    ("tags in ['new']", "wrong-type", "tags", "`tags contains any ['new']`"),
    ("joined_on in [2026-01-01, 2026-01-01T09:00:00]", "wrong-type", "2026-01-01T09:00:00", None),
    ("country contains any ['T']", "wrong-type", "country", "`country in ['T']`"),
    ("tags contains 5", "wrong-type", "5", "`'5'`"),
    ("tags contains any [5]", "wrong-type", "5", "`'5'`"),
    ("tags starts with 'n'", "wrong-type", "tags", "`contains`"),
    ("age contains 'x'", "wrong-type", "age", None),
    ("email contains 5", "wrong-type", "5", "`'5'`"),
    # patterns
    ("email matches email", "wrong-type", "email", None),
    ("email matches '('", "invalid-pattern", "'('", None),
    ("email matches '(?=a)'", "invalid-pattern", "'(?=a)'", "`and`"),
    ("email matches 'a(?<!b)'", "invalid-pattern", "'a(?<!b)'", "`and`"),
    (r"email matches '(a)\1'", "invalid-pattern", r"'(a)\1'", None),
    ("email matches 'a++'", "invalid-pattern", "'a++'", "`+`"),
    ("email matches '(?>a)'", "invalid-pattern", "'(?>a)'", "`(?:…)`"),
    ("email matches '(?P<x>a)'", "invalid-pattern", "'(?P<x>a)'", "`(…)`"),
    ("email matches 'a(?i)'", "invalid-pattern", "'a(?i)'", "start"),
    ("email matches '[[:alpha:]]'", "invalid-pattern", "'[[:alpha:]]'", r"`\[`"),
    (r"email matches '\Z'", "invalid-pattern", r"'\Z'", None),
    (r"email matches '[\b]'", "invalid-pattern", r"'[\b]'", None),
    ("email matches 'a{1001}'", "invalid-pattern", "'a{1001}'", None),
    ("email matches '(a{40}b){50}'", "invalid-pattern", "'(a{40}b){50}'", None),
    ("email matches 'a{,3}'", "invalid-pattern", "'a{,3}'", "`{2,5}`"),
    ("email matches 'a{03}'", "invalid-pattern", "'a{03}'", "`{2,5}`"),
    ("email matches 'a(?:)'", "invalid-pattern", "'a(?:)'", None),
    (r"email matches '\—'", "invalid-pattern", r"'\—'", None),
    ("email matches 'a' and email matches '*'", "invalid-pattern", "'*'", None),
    # time
    ("any(notes in last 5 days)", "no-time", "in last 5 days", "segrules.yml"),
    ("any(orders in last 0 days)", "impossible-duration", "0 days", None),
    ("any(orders since 30 days)", "wrong-type", "30 days", "`30 days ago`?"),
    ("any(orders since 5)", "wrong-type", "5", "`5 days ago`?"),
    ("any(orders since '2026-01-01')", "wrong-type", "'2026-01-01'", "`2026-01-01`"),
    ("any(orders since shipped_on)", "wrong-arguments", "shipped_on", "`where`"),
    ("any(orders since orders.shipped_on)", "wrong-arguments", "orders.shipped_on", "`where`"),
    ("any(orders in last params.least)", "wrong-type", "params.least", "`500 days`?"),
    ("any(orders since params.least ago)", "wrong-type", "params.least", "`500 days`?"),
    (
        "any(orders from 90 days ago to 180 days ago)",
        "impossible-duration",
        "from 90 days ago to 180 days ago",
        "`from 180 days ago to 90 days ago`?",
    ),
    ("any(visits from today to 1 week ago)", "impossible-duration", "from today to 1 week ago", "from 1 week ago"),
    ("any(orders from 9 days ago to 9 days ago)", "impossible-duration", "from 9 days ago to 9 days ago", None),
    ("any(orders from 1 year ago to 400 days ago)", "impossible-duration", "from 1 year ago to 400 days ago", "from"),
    ("any(orders from 2026-01-31 to 2026-01-01)", "impossible-duration", "from 2026-01-31 to 2026-01-01", "from"),
    ("age is in last 5 days", "wrong-type", "age", None),
    ("1.5 days > today - joined_on", "impossible-duration", "1.5 days", "hours"),
    ("today + 999999 days > today", "impossible-duration", "999999 days", None),
    ("9999-12-01 + 1 year > today", "impossible-date", "9999-12-01 + 1 year", None),
    ("today + 5 > joined_on", "wrong-type", "today + 5", "`today + 5 days`"),
    ("today + (today - joined_on) > today", "wrong-type", "today - joined_on", None),
    ("30 days + 5 days > 3 days", "wrong-type", "30 days + 5 days", "`36 hours`"),
    ("hour(joined_on) > 5", "wrong-type", "joined_on", None),
    ("year('2026-01-01') == 2026", "wrong-type", "'2026-01-01'", "`2026-01-01`"),
    ("days_since(age) > 3", "wrong-type", "age", None),
    ("start_of(mnth, joined_on) > today", "wrong-arguments", "mnth", "`month`"),
    ("start_of('month', joined_on) > today", "wrong-arguments", "'month'", "`start_of(month, …)`"),
    ("start_of(month, age) > today", "wrong-type", "age", None),
    ("least(today - joined_on, 1 month) > 3 days", "impossible-duration", "1 month", "days"),
    # numbers and values
    ("email + 'x' == 'y'", "wrong-type", "email + 'x'", "join"),
    ("-email > 3", "wrong-type", "email", None),
    ("0.11111111111111111111 * 0.11111111111111111111 > 0", "wrong-type", "0.11111111111111111111 * ", "round("),
    ("abs(email) > 5", "wrong-type", "email", None),
    ("lower(age) == 'x'", "wrong-type", "age", None),
    ("round(score, age) > 5", "wrong-arguments", "age", None),
    ("round(score, 13) > 5", "wrong-arguments", "13", None),
    ("round(score, 1, 2) > 5", "wrong-arguments", "round(score, 1, 2)", None),
    ("if(age > 5, 1, 'x') > 3", "wrong-type", "'x'", None),
    ("if(age, 1, 2) > 1", "wrong-type", "age", "`age > 0`"),
    ("case(age > 5 -> 'a', else 1) == 'a'", "wrong-type", "1", "`'1'`"),
    ("coalesce(age, 'x') > 3", "wrong-type", "'x'", None),
    ("least(subscribed, subscribed)", "wrong-type", "subscribed", None),
    ("abs(age where age > 3) > 3", "wrong-arguments", "age > 3", None),
    # a test is needed
    ("orders", "wrong-type", "orders", "`orders > 0`"),
    ("not email", "wrong-type", "email", "`email is known`"),
    ("tags and subscribed", "wrong-type", "tags", "`length(tags) > 0`"),
    ("joined_on or subscribed", "wrong-type", "joined_on", "2026-01-31"),
    ("'x'", "wrong-type", "'x'", "`country == 'US'`"),
    # functions
    ("cuont(orders) > 3", "unknown-function", "cuont", "did you mean `count`?"),
    ("sum_if(age) > 3", "unknown-function", "sum_if", "`sum(orders.amount where …)`"),
    ("isnull(age)", "unknown-function", "isnull", "`x is missing`"),
    ("DateAdd(joined_on, 5) > today", "unknown-function", "DateAdd", "`d + 30 days`"),
    ("xyzzy(age) > 3", "unknown-function", "xyzzy", None),
    # part of the language, not of this version
    ("any(orders as r)", "not-supported-yet", "r", None),
    ("count(orders where gift within 5 days) > 3", "not-supported-yet", "5 days", None),
    ("sequence(orders where gift then gift)", "not-supported-yet", "sequence", None),
]


@pytest.mark.parametrize(("text", "code", "words", "help"), ERRORS, ids=[error[0] for error in ERRORS])
def test_error(text: str, code: str, words: str, help: str | None) -> None:
    [(found_code, found_words, found_help)] = found(text, predicate=True)
    assert (found_code, found_words if words == found_words else found_words[: len(words)]) == (code, words)
    assert help in found_help if help is not None and found_help is not None else found_help is help


def test_one_expression_has_several_findings() -> None:
    assert [code for code, _, _ in found("nope > 1 and age == 'x' and count(nix) > 3", predicate=True)] == [
        "unknown-name",
        "wrong-type",
        "unknown-relation",
    ]


@pytest.mark.parametrize("text", [error[0] for error in ERRORS])
def test_messages_are_one_sentence_without_the_words_of_programmers(text: str) -> None:
    _, findings = checked(text, predicate=True)
    for finding in findings:
        assert not finding.message.endswith(".")
        assert not any(word in finding.message for word in ("None", "Kind", "Expression", "segrules.", "node"))


@pytest.mark.parametrize("text", [r"email matches '(?i)^a\.b$'", r"email matches '[\d\-\]x]+(?:x|y)*?$'"])
def test_patterns_that_every_engine_reads_alike_are_fine(text: str) -> None:
    assert found(text, predicate=True) == []
