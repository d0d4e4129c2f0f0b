"""`was`: which moments and things it takes, what it means, and what it refuses."""

from __future__ import annotations

import pytest
from shop_scope import found, short, understood

from segrules.language.trees import is_predicate, may_be_missing


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("was(segments.vip, 30 days ago)", "was(segment:vip at shift(now, -30 day))"),
        ("was(segments.lifecycle.new, now)", "was(segment:lifecycle.new at now)"),
        ("was(spend, 2025-12-31)", "was(trait:spend at instant(shift(2025-12-31, 1 day)))"),
        ("was(customer.spend, 2025-12-31T09:30:00)", "was(trait:spend at 2025-12-31 09:30:00)"),
        ("was(lifecycle, today)", "was(segmentation:lifecycle at instant(shift(today, 1 day)))"),
        ("was(spend, now - params.window)", "was(trait:spend at shift(now, -90 day))"),
        (
            "was(spend, start_of(month, today) - 1 day)",
            "was(trait:spend at instant(shift(shift(start_of('month', today), -1 day), 1 day)))",
        ),
        (
            "count(orders where was(segments.vip, 1 hour ago))",
            "count<orders where was(segment:vip at shift(now, -1 hour))>",
        ),
    ],
)
def test_what_it_means(text: str, meaning: str) -> None:
    assert short(understood(text)) == meaning


def test_a_segment_is_never_missing_and_all_else_may_be() -> None:
    segment, trait = understood("was(segments.vip, now)"), understood("was(orders, now)")
    assert is_predicate(segment)
    assert not may_be_missing(segment)
    assert may_be_missing(trait)


FORM = "`was(segments.vip, 30 days ago)`"
MOMENTS = "a day, an instant, or `30 days ago`"


@pytest.mark.parametrize(
    ("text", "code", "words", "help"),
    [
        ("was(segments.vip)", "wrong-arguments", "was(segments.vip)", FORM),
        ("was(segments.vip, now, now)", "wrong-arguments", "was(segments.vip, now, now)", FORM),
        ("any(orders where was(segments.vip, now where gift))", "wrong-arguments", "gift", FORM),
        (
            "was(country, 30 days ago) == 'TH'",
            "wrong-arguments",
            "country",
            "name it as a trait, and ask about the trait",
        ),
        (
            "was(count(orders), 30 days ago) > 1",
            "wrong-arguments",
            "count(orders)",
            "name it as a trait, and ask about the trait",
        ),
        ("was(spend, 30 days) > 1", "wrong-type", "30 days", "`30 days ago`?"),
        ("was(spend, 'yesterday') > 1", "wrong-type", "'yesterday'", MOMENTS),
        ("was(spend, joined_on) > 1", "wrong-arguments", "joined_on", MOMENTS),
        ("any(orders where was(segments.vip, ordered_at))", "wrong-arguments", "ordered_at", MOMENTS),
        ("was(spend, max(orders.ordered_at)) > 1", "wrong-arguments", "max(orders.ordered_at)", MOMENTS),
        ("was(segments.vip, now + 1 hour)", "impossible-date", "now + 1 hour", None),
        ("was(segments.vip, today + 1 day)", "impossible-date", "today + 1 day", None),
        ("was(segments.vip, start_of(month, today) + 2 months)", "impossible-date", "start_of(month", None),
        ("was(segments.vip, 9999-12-31)", "impossible-date", "9999-12-31", None),
        ("was(segments.vp, 30 days ago)", "unknown-segment", "vp", "did you mean `vip`?"),
        ("was(lifecycle, 30 days ago) == 'nw'", "unknown-constant", "'nw'", "did you mean `'new'`?"),
    ],
)
def test_what_it_refuses(text: str, code: str, words: str, help: str | None) -> None:
    ((found_code, found_words, found_help),) = found(text, predicate=True)
    assert (found_code, found_words[: len(words)], found_help) == (code, words, help)
