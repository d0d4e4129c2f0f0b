"""A rule in colours: the author's words, each by its kind, with links that lead to what names stand for."""

from __future__ import annotations

import html
import re

import pytest
from made_reports import outlined

from segrules.planning.renaming import Thing
from segrules.report.dashboard.rule_text import Named, expression_html, named_in, segment_rule_html
from segrules.report.dashboard.things import items_of
from segrules.source import whole_file
from segrules.workflows.reporting.data import SegmentReport

RULES = """\
params: {least: 5}
traits:
  spend: sum(orders.amount)
  ใช้จ่าย: spend * 2
segments:
  vip:
    all:
      - ใช้จ่าย >= params.least and country != 'TH'
      - none: [segments.other, life == 'new', joined_on < 2026-01-31]
    include: [7001, 7002]
    suppress: email is missing
  other: any(orders where amount > 5 and spend > 1 in last 30 days)
  long: >-
    count(orders where channel == 'web' and amount > 100 in last 30 days) >= 2 and (country == 'TH' or country == 'US')
segmentations:
  life: {stages: {new: spend == 0}}
"""


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """The rule of each segment as HTML."""
    report = outlined(RULES)
    items = items_of(report)
    return {item.name: segment_rule_html(item.definition, _named(item, items)) for item in report.entities[0].segments}


def _named(item: SegmentReport, items: dict) -> Named:  # type: ignore[type-arg]
    return named_in((item.rule,), item.entity, item.uses, items, ("en",))


def _text(shown: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", shown))


def _of_kind(shown: str, kind: str) -> list[str]:
    return [_text(found) for found in re.findall(rf'<(?:a|span) class="w-{kind}".*?</(?:a|span)>', shown)]


def test_the_text_is_the_authors(shown: dict[str, str]) -> None:
    assert _text(shown["vip"]) == (
        "all:\n"
        "  - ใช้จ่าย >= params.least and country != 'TH'\n"
        "  - none:\n"
        "      - segments.other\n"
        "      - life == 'new'\n"
        "      - joined_on < 2026-01-31\n"
        "include: 2 keys\n"
        "suppress: email is missing"
    )


def test_a_long_rule_is_broken_as_it_is_formatted(shown: dict[str, str]) -> None:
    assert _text(shown["long"]) == (
        "count(orders where channel == 'web' and amount > 100 in last 30 days) >= 2\n"
        "and (country == 'TH' or country == 'US')"
    )
    assert _of_kind(shown["long"], "text") == ["'web'", "'TH'", "'US'"]


def test_each_word_has_its_kind(shown: dict[str, str]) -> None:
    vip, other = shown["vip"], shown["other"]
    assert _of_kind(vip, "trait") == ["ใช้จ่าย"]
    assert _of_kind(vip, "segment") == ["segments.other", "life"]
    assert _of_kind(vip, "param") == ["params.least"]
    assert _of_kind(vip, "column") == ["country", "joined_on", "email"]
    assert _of_kind(vip, "date") == ["2026-01-31"]
    assert _of_kind(other, "function") == ["any"]
    assert _of_kind(other, "column") == ["orders", "amount"]
    assert _of_kind(other, "trait") == ["spend"]
    assert _of_kind(other, "number") == ["5", "1", "30", "days"]
    assert "in last" in _of_kind(other, "keyword")


def test_names_lead_to_what_they_stand_for_and_say_what_that_is(shown: dict[str, str]) -> None:
    assert 'href="#segment/customer/other"' in shown["vip"]
    assert 'href="#segmentation/customer/life"' in shown["vip"]
    assert 'title="spend times 2"' in shown["vip"]
    assert 'href="#trait/customer/spend" title="the sum of amount in orders"' in shown["other"]


def test_keys_are_never_shown(shown: dict[str, str]) -> None:
    assert "700" not in shown["vip"]


def test_text_that_is_no_rule_is_shown_as_it_stands() -> None:
    for text in ("a <", "</pre><script>alert(1)</script>", "", "a = 'x"):
        named = Named({}, {}, ())
        assert _text(expression_html(whole_file("x", text), named)) == text
        assert "<script" not in expression_html(whole_file("x", text), named)


def test_hostile_constants_are_escaped() -> None:
    text = "name == '</span><script>alert(1)</script>\"'"
    found = expression_html(whole_file("x", text), Named({}, {Thing("a", "b", "c"): None}, ()))  # type: ignore[dict-item]
    assert "<script" not in found
    assert _text(found) == text
