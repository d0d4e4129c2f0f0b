"""Slips whose help says what to write: the words underlined, the help, and the rule that follows it, which is fine."""

from __future__ import annotations

import pytest
from shop_scope import SHOP, found

from segrules.diagnostics import Diagnostic
from segrules.language.checker import check
from segrules.language.parser import parse
from segrules.language.scope import Row, Scope, ScopeColumn
from segrules.language.types import INTEGER
from segrules.source import whole_file

FOLLOWED = (
    # years and days
    ("joined_on ⟦is in 2025⟧", "syntax", "year(joined_on) == 2025", "year(joined_on) == 2025"),
    ("joined_on ⟦in 2025⟧", "syntax", "year(joined_on) == 2025", "year(joined_on) == 2025"),
    ("age ⟦in 2025⟧", "syntax", "[2025]", "age in [2025]"),
    ("age > 3 and joined_on ⟦is in 2025⟧", "syntax", "year(joined_on) == 2025", "age > 3 and year(joined_on) == 2025"),
    ("count(orders ⟦in 2025⟧) > 3", "syntax", "from 2025-01-01 to 2025-12-31", None),
    ("joined_on >= ⟦2025⟧", "wrong-type", "2025-01-01", None),
    ("joined_on >= ⟦2025⟧", "wrong-type", "year(joined_on)", "year(joined_on) >= 2025"),
    ("joined_on in [⟦2025⟧]", "wrong-type", "year(joined_on)", "year(joined_on) in [2025]"),
    ("joined_on is since ⟦2025⟧", "wrong-type", "2025-01-01", None),
    ("joined_on is from 2024-01-01 to ⟦2025⟧", "wrong-type", "2025-12-31", None),
    ("count(orders before ⟦2025⟧) > 3", "wrong-type", "2025-01-01", None),
    ("joined_on ⟦is after⟧ 2025-01-01", "syntax", ">", None),
    ("joined_on ⟦is after⟧ 2025-01-01", "syntax", "is since", None),
    ("joined_on ⟦after⟧ 2025-01-01", "syntax", ">", None),
    ("joined_on ⟦is on⟧ 2025-01-01", "syntax", "==", None),
    ("joined_on ⟦is earlier than⟧ today", "syntax", "is before", None),
    ("age ⟦is more than⟧ 5", "syntax", ">", None),
    ("age ⟦is at least⟧ 5", "syntax", ">=", None),
    ("count(orders ⟦after 2025-12-31⟧) > 1", "syntax", "since 2026-01-01", None),
    ("joined_on > ⟦01.02.2025⟧", "impossible-date", "2025-02-01", None),
    ("joined_on > ⟦31.12.2025⟧", "impossible-date", "2025-12-31", None),
    ("joined_on > ⟦2025.12.31⟧", "impossible-date", "2025-12-31", None),
    ("joined_on > ⟦31/12/2025⟧", "wrong-type", "2025-12-31", None),
    ("⟦31/12/2025⟧ < joined_on", "wrong-type", "2025-12-31", None),
    ("joined_on > ⟦12/31/2025⟧", "wrong-type", "2025-12-31", None),
    ("joined_on > ⟦31-12-2025⟧", "wrong-type", "2025-12-31", None),
    ("joined_on > ⟦01/02/2025⟧", "impossible-date", "2025-02-01", None),
    ("joined_on > ⟦01/02/2025⟧", "impossible-date", "2025-01-02", None),
    ("joined_on > ⟦31/01/2025⟧", "impossible-date", "2025-01-31", None),
    ("joined_on is since ⟦31/12/2025⟧", "wrong-type", "2025-12-31", None),
    # windows
    ("joined_on is in last ⟦30⟧", "syntax", "30 days", None),
    ("joined_on is in last ⟦30⟧ and age > 4", "syntax", "30 days", None),
    ("count(orders in last ⟦30⟧) > 1", "syntax", "30 days", None),
    (
        "count(orders in last 30 days ⟦and⟧ channel == 'web') > 1",
        "syntax",
        "where channel == 'web' in last 30 days",
        "count(orders where channel == 'web' in last 30 days) > 1",
    ),
    (
        "count(orders where shipped_on in last 30 days ⟦and⟧ gift) > 1",
        "syntax",
        "shipped_on is in last 30 days",
        "count(orders where shipped_on is in last 30 days and gift) > 1",
    ),
    (
        "count(orders where amount > 1 since 2025-01-01 ⟦and⟧ (gift or channel == 'web')) > 1",
        "syntax",
        "where amount > 1 and (gift or channel == 'web') since 2025-01-01",
        "count(orders where amount > 1 and (gift or channel == 'web') since 2025-01-01) > 1",
    ),
    (
        "count(orders where ⟦shipped_on⟧ in last 30 days) > 1",
        "wrong-type",
        "shipped_on is in last 30 days",
        "count(orders where shipped_on is in last 30 days) > 1",
    ),
    (
        "count(orders where gift and ⟦shipped_on⟧ since 2025-01-01) > 1",
        "wrong-type",
        "shipped_on is since 2025-01-01",
        "count(orders where gift and shipped_on is since 2025-01-01) > 1",
    ),
    # amounts
    ("spend > ⟦$⟧100.50", "syntax", "100.50", "spend > 100.50"),
    ("spend > ⟦€⟧ 1,000", "syntax", "1_000", "spend > 1_000"),
    ("spend > 100⟦€⟧", "syntax", "100", "spend > 100"),
    ("spend > 100 ⟦USD⟧", "syntax", "100", "spend > 100"),
    ("spend > 100 ⟦baht⟧", "syntax", "100", "spend > 100"),
    # tests that nothing joins
    ("orders > 5 ⟦but⟧ spend < 10", "syntax", "and", None),
    ("orders > 5 ⟦spend⟧ < 10", "syntax", "and", "orders > 5 and spend < 10"),
    ("orders > 5\n⟦spend⟧ < 10", "syntax", "and", "orders > 5\nand spend < 10"),
    ("country == 'TH'\n⟦spend⟧ < 10", "syntax", "or", "country == 'TH'\nor spend < 10"),
    ("age > 5\n⟦not⟧ segments.vip", "syntax", "and", "age > 5\nand not segments.vip"),
    # names and values
    ("⟦segment.vip⟧", "unknown-name", "segments.vip", None),
    ("⟦segment.lifecycle.churned⟧", "unknown-name", "segments.lifecycle.churned", None),
    ("age > ⟦param.least⟧", "unknown-name", "params.least", None),
    ("⟦traits.spend⟧ > 5", "unknown-name", "spend", None),
    ("subscribed == ⟦TRUE⟧", "unknown-name", "true", None),
    ("subscribed ⟦is true⟧", "syntax", "subscribed", "subscribed"),
    ("age > 3 and subscribed ⟦is False⟧", "syntax", "not subscribed", "age > 3 and not subscribed"),
    ("country == ⟦''⟧", "unknown-constant", "country is missing", "country is missing"),
    ("email in [⟦NO⟧]", "unknown-name", "'NO'", None),
    ("email in [⟦ages⟧]", "unknown-name", "'ages'", None),
    ("email in [⟦city⟧]", "wrong-type", "'city'", None),
    ("email == ⟦NO⟧", "unknown-name", "'NO'", None),
    ("age ⟦between⟧ 5 - 10", "syntax", "age between 5 and 10", "age between 5 and 10"),
    ("age between 5 ⟦to⟧ 10", "syntax", "age between 5 and 10", "age between 5 and 10"),
    ("age not between 5⟦,⟧ 10", "syntax", "age not between 5 and 10", "age not between 5 and 10"),
    # aggregates
    ("sum(⟦orders⟧) > 5", "relation-as-value", "sum(orders.amount)", "sum(orders.amount) > 5"),
    ("avg(⟦notes⟧) > 5", "relation-as-value", "avg(notes.amount)", "avg(notes.amount) > 5"),
    ("sum(⟦visits⟧) > 5", "relation-as-value", "count(visits)", "count(visits) > 5"),
    ("⟦count(orders, channel == 'web')⟧ > 1", "wrong-arguments", "count(orders where channel == 'web')", None),
    (
        "⟦max(orders.amount, channel == 'web', gift is known)⟧ > 1",
        "wrong-arguments",
        "max(orders.amount where channel == 'web' and gift is known)",
        None,
    ),
    ("max(⟦count⟧(orders)) > 1", "nested-aggregate", "count(orders)", "count(orders) > 1"),
)


def findings_of(text: str, scope: Scope = SHOP) -> tuple[Diagnostic, ...]:
    tree, findings = parse(whole_file("rule", text))
    return findings if tree is None else check(tree, scope, predicate=True)[1]


@pytest.mark.parametrize(("marked", "code", "advice", "followed"), FOLLOWED)
def test_a_help_that_is_followed_makes_a_rule(marked: str, code: str, advice: str, followed: str | None) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    first, *_ = findings_of(text)
    assert first.span is not None
    assert f"{text[: first.span.start]}⟦{first.span.text}⟧{text[first.span.end :]}" == marked
    assert first.code == code
    assert first.help is not None
    assert advice in first.help.split("`")[1::2]
    repaired = text[: first.span.start] + advice + text[first.span.end :] if followed is None else followed
    assert [each.code for each in findings_of(repaired) if each.severity == "error"] == []


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("email == params.least", "a quoted param is text: write `least: '500'`"),
        ("email == 500", "text stands in single quotes: `'500'`"),
        ("recency_days < params.window", "`recency_days` is a number: write `window: 90`"),
        ("age in params.codes", None),
        ("sum(visits.customer_id + 1) > 2 and avg(visits) > 1", "`count(visits)` counts its rows"),
        ("joined_on > 32.13.2025", "a date is year-month-day, as in `2026-01-31`"),
        ("joined_on > 30", "`days_since(joined_on)` is a number of days"),
        ("spend > $", "write the number alone, as in `100`"),
        ("spend > $price", 'a name with such a character is written in double quotes, as in `"total spend"`'),
        ("count(orders in last 30 days and ) > 1", "the window goes last, after `where` and its tests"),
        ("count(orders, channel) > 1", "tests stand after `where`: `count(orders where …)`"),
    ],
)
def test_a_help_fits_its_case(text: str, help: str | None) -> None:
    assert [finding.help for finding in findings_of(text)] == [help]


def test_a_name_with_a_blank_is_proposed_in_double_quotes() -> None:
    columns = {name: ScopeColumn(name, INTEGER) for name in ("last visit", "since", "ลูกค้า_ใหม่")}
    scope = Scope(Row("customer", columns, {}), {}, {}, frozenset(), {}, {})
    assert [finding.help for finding in findings_of("last_visit > 5", scope)] == ['did you mean `"last visit"`?']
    assert findings_of('"last visit" > 5', scope) == ()
    assert [finding.help for finding in findings_of("customer.sinc > 5", scope)] == ['did you mean `"since"`?']
    assert [finding.help for finding in findings_of("ลูกค้า_ใหม > 5", scope)] == ["did you mean `ลูกค้า_ใหม่`?"]


@pytest.mark.parametrize("text", ["10/2/2024 > age", "age > 31 - 12 - 5", "max(age / 2 / 3, 1) > 2"])
def test_numbers_that_are_no_date_stay_numbers(text: str) -> None:
    assert not any(code == "impossible-date" for code, _, _ in found(text))
