"""What expressions mean: the core tree of each form, and the type of each value."""

from __future__ import annotations

import pytest
from shop_scope import SHOP, checked, found, short, tree, understood

from segrules.language import core, trees
from segrules.language.checker import check
from segrules.language.names_used import names_in, names_used

MEANINGS = {
    # logic
    "orders >= 5 and age < 3": "((trait:orders >= 5) and (customer.age < 3))",
    "(age > 1 and age < 3) and subscribed": "((customer.age > 1) and (customer.age < 3) and customer.subscribed)",
    "(age > 1 or age < 3) or subscribed": "((customer.age > 1) or (customer.age < 3) or customer.subscribed)",
    "age > 1 or (age < 3 and subscribed)": "((customer.age > 1) or ((customer.age < 3) and customer.subscribed))",
    "not subscribed": "not customer.subscribed",
    "params.on and segments.vip": "(True and segment:vip)",
    # comparison
    "country != 'US'": "not (customer.country == 'US')",
    "age between 1 and 5": "((customer.age >= 1) and (customer.age <= 5))",
    "age not between 1 and 5": "not ((customer.age >= 1) and (customer.age <= 5))",
    "country in ['TH', 'US']": "(customer.country in ['TH', 'US'])",
    "country not in params.codes": "not (customer.country in ['TH', 'US'])",
    "email in tags": "(customer.email in customer.tags)",
    "age in [-1, 2.5]": "(customer.age in [-1, Decimal('2.5')])",
    "age is missing": "missing(customer.age)",
    "age is known": "not missing(customer.age)",
    "subscribed == true": "(customer.subscribed == True)",
    "age > params.least": "(customer.age > 500)",
    # text and lists
    "email contains 'a'": "contains(customer.email, 'a')",
    "email not starts with 'a'": "not starts_with(customer.email, 'a')",
    "email ends with country": "ends_with(customer.email, customer.country)",
    "lower(trim(email)) matches '^a+$'": "matches(lower(trim(customer.email)), '^a+$')",
    "tags contains 'new'": "list_contains(customer.tags, 'new')",
    "tags contains any ['new', 'old']": "contains_any(customer.tags, ['new', 'old'])",
    "tags not contains all ['new']": "not contains_all(customer.tags, ['new'])",
    "length(tags) > length(email)": "(list_length(customer.tags) > length(customer.email))",
    # numbers
    "1 + age * -2": "add(1, multiply(customer.age, -2))",
    "-(age - 3) % 2 / 10%": "divide(modulo(negate(subtract(customer.age, 3)), 2), 0.10)",
    "round(abs(score), 2)": "round(abs(customer.score), 2)",
    "least(age, 3.5)": "least(customer.age, 3.5)",
    # conditional
    "if(age > 5, 1, 2)": "case((customer.age > 5) -> 1, 2)",
    "if(subscribed, 'x')": "case(customer.subscribed -> 'x', None)",
    "case(age > 5 -> 'a', age > 3 -> 'b', else 'c')": "case((customer.age > 5) -> 'a', (customer.age > 3) -> 'b', 'c')",
    "coalesce(age, 0)": "coalesce(customer.age, 0)",
    # names
    "customer.country == country": "(customer.country == customer.country)",
    "customer.spend": "trait:spend",
    "demographics.income": "customer.demographics.income",
    "customer.demographics.income": "customer.demographics.income",
    "lifecycle == 'churned'": "(segmentation:lifecycle == 'churned')",
    "groups contains 'a'": "list_contains(segmentation:groups, 'a')",
    "segments.lifecycle.churned": "segment:lifecycle.churned",
    "\"country\" == 'TH'": "(customer.country == 'TH')",
    # dates
    "seen_at <= 2026-01-31": "(date(customer.seen_at) <= 2026-01-31)",
    "2026-01-31 >= seen_at": "(2026-01-31 >= date(customer.seen_at))",
    "joined_on == 2026-01-31T09:00:00": "(customer.joined_on == 2026-01-31)",
    "joined_on < now": "(customer.joined_on < date(now))",
    "seen_at in [2026-01-31]": "(date(customer.seen_at) in [datetime.date(2026, 1, 31)])",
    "joined_on in [2026-01-31T09:00:00]": "(customer.joined_on in [datetime.date(2026, 1, 31)])",
    "seen_at between 2026-01-01 and 2026-01-31": "((date(customer.seen_at) >= 2026-01-01) and "
    "(date(customer.seen_at) <= 2026-01-31))",
    "joined_on + 30 days": "shift(customer.joined_on, 30 day)",
    "30 days + joined_on": "shift(customer.joined_on, 30 day)",
    "joined_on - params.window": "shift(customer.joined_on, -90 day)",
    "joined_on + 1 month": "shift(customer.joined_on, 1 month)",
    "joined_on - 24 hours": "shift(instant(customer.joined_on), -24 hour)",
    "seen_at + 1.5 hours": "shift(customer.seen_at, 90 minute)",
    "today - joined_on": "elapsed(customer.joined_on, today)",
    "seen_at - joined_on > 30 days": "(elapsed(instant(customer.joined_on), customer.seen_at) > 30 day)",
    "days_between(seen_at, today)": "days_between(date(customer.seen_at), today)",
    "days_since(seen_at)": "days_between(date(customer.seen_at), today)",
    "year(seen_at)": "year(date(customer.seen_at))",
    "weekday(joined_on)": "weekday(customer.joined_on)",
    "hour(seen_at)": "hour(customer.seen_at)",
    "date(joined_on)": "customer.joined_on",
    "start_of(month, seen_at)": "start_of('month', date(customer.seen_at))",
    "seen_at > 30 days ago": "(customer.seen_at > shift(now, -30 day))",
    "joined_on >= 30 days ago": "(customer.joined_on >= first_day_from(shift(now, -30 day)))",
    "30 days ago > joined_on": "(first_day_from(shift(now, -30 day)) > customer.joined_on)",
    "joined_on > (30 days ago)": "(customer.joined_on > date(shift(now, -30 day)))",
    "joined_on between 30 days ago and today": "((customer.joined_on >= first_day_from(shift(now, -30 day))) and "
    "(customer.joined_on <= today))",
    # windows on a value
    "seen_at is in last 90 days": "((customer.seen_at >= shift(now, -90 day)) and (customer.seen_at < now))",
    "joined_on is in last 1 month": "((customer.joined_on >= first_day_from(shift(now, -1 month))) and "
    "(customer.joined_on < first_day_from(now)))",
    "seen_at is in next 2 weeks": "((customer.seen_at >= now) and (customer.seen_at < shift(now, 2 week)))",
    "joined_on is in this quarter": "((customer.joined_on >= start_of('quarter', today)) and "
    "(customer.joined_on < shift(start_of('quarter', today), 1 quarter)))",
    "seen_at is in last week": "((date(customer.seen_at) >= shift(start_of('week', today), -1 week)) and "
    "(date(customer.seen_at) < start_of('week', today)))",
    "last_visit is in last params.window": "((trait:last_visit >= first_day_from(shift(now, -90 day))) and "
    "(trait:last_visit < first_day_from(now)))",
    # aggregates
    "count(orders)": "count<orders>",
    "none(notes)": "none<notes>",
    "sum(orders.amount * orders.quantity)": "sum<orders of multiply(orders.amount, orders.quantity)>",
    "sum((orders.amount))": "sum<orders of orders.amount>",
    "avg(orders.product.price where gift)": "avg<orders of orders.product.price where orders.gift>",
    "count_distinct(orders.product.maker.city)": "count_distinct<orders of orders.product.maker.city>",
    "last(orders.channel)": "last<orders of orders.channel>",
    "every(orders where amount > 5)": "every<orders where (orders.amount > 5)>",
    "max(orders.shipped_on - orders.ordered_at)": "max<orders of elapsed(orders.ordered_at, "
    "instant(orders.shipped_on))>",
    "sum(orders.amount * demographics.income)": "sum<orders of multiply(orders.amount, customer.demographics.income)>",
    "any(orders where product.maker.city == city)": "any<orders where (orders.product.maker.city == customer.city)>",
    "any(orders where orders.email == customer.email)": "any<orders where (orders.email == customer.email)>",
    "any(orders where customer_id == 5)": "any<orders where (orders.customer_id == 5)>",
    "any(orders where segments.vip and spend > 5)": "any<orders where (segment:vip and (trait:spend > 5))>",
    "any(orders where ordered_at >= joined_on + 90 days)": "any<orders where (date(orders.ordered_at) >= "
    "shift(customer.joined_on, 90 day))>",
    # windows of a relation
    "count(orders in last 90 days)": "count<orders window (orders.ordered_at >= shift(now, -90 day))>",
    "count(visits in last 90 days)": "count<visits window (visits.day >= first_day_from(shift(now, -90 day)))>",
    "count(orders where gift in last 1 month)": "count<orders where orders.gift window "
    "(orders.ordered_at >= shift(now, -1 month))>",
    "any(orders from 180 days ago to 90 days ago)": "any<orders window ((orders.ordered_at >= shift(now, -180 day)) "
    "and (orders.ordered_at < shift(now, -90 day)))>",
    "any(visits from 180 days ago to 90 days ago)": "any<visits window ((visits.day >= "
    "first_day_from(shift(now, -180 day))) and (visits.day < first_day_from(shift(now, -90 day))))>",
    "any(visits from 2025-01-01 to 2025-03-31)": "any<visits window ((visits.day >= 2025-01-01) and "
    "(visits.day <= 2025-03-31))>",
    "any(orders from 2025-01-01 to 2025-01-01)": "any<orders window ((date(orders.ordered_at) >= 2025-01-01) and "
    "(date(orders.ordered_at) <= 2025-01-01))>",
    "any(orders from 90 days ago to today)": "any<orders window ((orders.ordered_at >= shift(now, -90 day)) and "
    "(date(orders.ordered_at) <= today))>",
    "any(orders since 2025-01-01)": "any<orders window (date(orders.ordered_at) >= 2025-01-01)>",
    "any(visits since 2025-01-01T09:00:00)": "any<visits window (visits.day >= first_day_from(2025-01-01 09:00:00))>",
    "any(orders before 2025-01-01)": "any<orders window (date(orders.ordered_at) < 2025-01-01)>",
    "any(visits before 30 days ago)": "any<visits window (visits.day < first_day_from(shift(now, -30 day)))>",
    "any(orders in this month)": "any<orders window (date(orders.ordered_at) >= start_of('month', today))>",
    "any(visits in last year)": "any<visits window ((visits.day >= shift(start_of('year', today), -1 year)) and "
    "(visits.day < start_of('year', today)))>",
    "any(orders since joined_on - 3 days)": "any<orders window (date(orders.ordered_at) >= "
    "shift(customer.joined_on, -3 day))>",
    "any(orders since last_visit)": "any<orders window (date(orders.ordered_at) >= trait:last_visit)>",
    "any(orders since params.window ago)": "any<orders window (orders.ordered_at >= shift(now, -90 day))>",
}


@pytest.mark.parametrize("text", MEANINGS)
def test_meaning(text: str) -> None:
    assert short(understood(text)) == MEANINGS[text]


TYPES = {
    "age": "integer",
    "age + 1": "integer",
    "age + 0.5": "decimal(21,1)",
    "9223372036854775808": "decimal(19,0)",
    "0.50 + 10.125": "decimal(6,3)",
    "0.5 * 0.25": "decimal(3,3)",
    "spend * spend": "decimal(38,4)",
    "spend % 0.125": "decimal(38,3)",
    "balance * 0.5": "decimal",
    "balance + age": "decimal",
    "score + 1": "number",
    "age / 2": "number",
    "-score": "number",
    "round(spend)": "integer",
    "round(score)": "number",
    "round(score, 2)": "number",
    "round(spend, 4)": "decimal(38,4)",
    "round(1.25, 1)": "decimal(3,1)",
    "round(balance, 2)": "decimal(38,2)",
    "floor(1.5)": "integer",
    "ceil(score)": "number",
    "abs(1.25)": "decimal(3,2)",
    "count_distinct(orders.email)": "integer",
    "sum(orders.quantity)": "integer",
    "sum(orders.amount)": "decimal(38,2)",
    "sum(orders.discount)": "decimal",
    "sum(orders.weight)": "number",
    "avg(orders.amount)": "number",
    "median(orders.quantity)": "number",
    "avg(orders.shipped_on - orders.shipped_on)": "duration",
    "min(orders.amount)": "decimal(10,2)",
    "max(orders.ordered_at)": "timestamp",
    "min(orders.channel)": "text",
    "first(orders.gift)": "boolean",
    "if(subscribed, 1, 2.50)": "decimal(21,2)",
    "case(subscribed -> balance, else 1)": "decimal",
    "least(age, score)": "number",
    "joined_on + 1 day": "date",
    "joined_on + 1 hour": "timestamp",
    "30 days ago": "timestamp",
    "groups": "list of text",
    "lifecycle": "text",
}


@pytest.mark.parametrize("text", TYPES)
def test_type(text: str) -> None:
    assert str(understood(text).type) == TYPES[text]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("age", True),
        ("joined_on", False),
        ("demographics.size", True),
        ("spend", False),
        ("recency_days", True),
        ("lifecycle", True),
        ("groups", True),
        ("count_distinct(orders.email)", False),
        ("if(subscribed, 1)", True),
        ("coalesce(age, 0)", False),
    ],
)
def test_whether_a_value_may_be_missing(text: str, missing: bool) -> None:
    assert trees.may_be_missing(understood(text)) is missing


def test_key_and_time_of_visible_rows_are_known() -> None:
    node = understood("any(orders where customer_id == 1 and ordered_at == 2026-01-01)")
    assert isinstance(node, core.Aggregate)
    assert isinstance(node.where, core.And)
    assert not any(trees.may_be_missing(child) for item in node.where.items for child in trees.children(item))


def test_nodes_stand_at_the_words_they_come_from() -> None:
    node = understood("age > 3 and country not in ['TH']")
    assert isinstance(node, core.And)
    assert [item.span.text for item in node.items if item.span] == ["age > 3", "country not in ['TH']"]
    window = understood("count(orders in last 90 days)")
    assert isinstance(window, core.Aggregate)
    assert window.window is not None
    assert window.window.span is not None
    assert window.window.span.text == "in last 90 days"


def test_equal_predicates_of_two_texts_are_equal() -> None:
    assert understood("country  !=  'US'") == understood("not (country == 'US')")


def test_a_trait_that_has_a_finding_has_no_second_one() -> None:
    assert found("broken > 'x' and broken + 1 == today and length(broken) in [2]", predicate=True) == []


def test_a_tree_whose_text_is_short_and_meaning_is_huge_is_refused() -> None:
    text = "age"
    for _ in range(30):
        text = f"if({text} between 1 and 2, 1, 2)"
    assert [code for code, _, _ in found(text)] == ["too-deep"]


def test_findings_come_in_the_order_of_the_text() -> None:
    assert [words for _, words, _ in found("nix > 1 and count(nada) > 2 and segments.zero")] == ["nix", "nada", "zero"]


def test_an_error_gives_no_tree() -> None:
    assert checked("agee > 3")[0] is None


def test_missing_warnings_can_be_left_to_the_caller() -> None:
    node, findings = check(tree("country != 'US'"), SHOP, predicate=True, warn_of_missing=False)
    assert node is not None
    assert findings == ()


def test_names_used() -> None:
    used = names_used(
        names_in(tree("spend > 1 and segments.vip and any(orders where days in last params.window)")), "customer"
    )
    assert used.traits == {"spend", "days"}
    assert used.segments == {"vip"}
    assert names_used(names_in(tree("customer.spend + orders.amount > 1")), "customer").traits == {"spend"}
    assert names_used(names_in(tree("segments.lifecycle.new or groups == 'a'")), "customer").segmentations == {
        "lifecycle",
        "groups",
    }


def test_a_trait_may_be_called_like_the_relation_it_counts() -> None:
    assert names_used(names_in(tree("count(orders)")), "customer").traits == set()
    assert names_used(names_in(tree("any(orders where orders > 1)")), "customer").traits == {"orders"}
