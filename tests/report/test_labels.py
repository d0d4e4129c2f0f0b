"""Labels and links: every language and script, and nothing that a label could break out of."""

from __future__ import annotations

from segrules.report.dashboard.anchors import anchor, href, link
from segrules.report.dashboard.labels import label_html, label_text, texts

THAI = "ลูกค้าประจำ"


def test_a_label_is_shown_in_the_first_language_and_holds_the_others() -> None:
    about = {"label": {"en": "Loyal", "th": THAI}}
    assert label_html(about, ("th", "en"), "loyal") == (
        f'<span class="label"><bdi lang="th">{THAI}</bdi><bdi lang="en" hidden>Loyal</bdi></span>'
    )
    assert label_text(about, ("en", "th")) == "Loyal"
    assert label_text(about, ("he", "th")) == THAI


def test_a_plain_label_says_no_language() -> None:
    assert label_html({"label": "Loyal"}, ("en",), "loyal") == "<bdi>Loyal</bdi>"
    assert texts("Loyal", ("en",)) == ((None, "Loyal"),)


def test_what_has_no_label_is_called_by_its_name() -> None:
    for about in ({}, {"label": ""}, {"label": None}, {"label": {}}, {"label": {"en": None}}):
        assert label_html(about, ("en",), "loyal_thai") == '<bdi class="name">loyal_thai</bdi>'
        assert label_text(about, ("en",), "loyal_thai") == "loyal_thai"


def test_labels_and_languages_are_escaped() -> None:
    hostile = "</bdi><script>alert('1')</script>\""
    shown = label_html({"label": {'"><b>': hostile, "en": hostile}}, ("en",), "x")
    assert "<script" not in shown
    assert "<b>" not in shown
    assert shown.count("</bdi>") == 2


def test_links_lead_to_ids_in_any_script() -> None:
    assert anchor("segment", "customer", "vip") == "segment/customer/vip"
    assert anchor("traits", "customer") == "traits/customer"
    assert anchor("trait", "customer", "tổng chi") == "trait/customer/tổng_chi"
    assert (
        href("segment/ลูกค้า/a\"'<%") == "#segment/%E0%B8%A5%E0%B8%B9%E0%B8%81%E0%B8%84%E0%B9%89%E0%B8%B2/a%22%27%3C%25"
    )
    assert link("findings", "<b>3</b>") == '<a href="#findings"><b>3</b></a>'
