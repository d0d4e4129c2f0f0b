"""The frame of HTML pages: nothing from elsewhere, and text stays text."""

from __future__ import annotations

import re

from segrules.report import escape, page


def test_a_page_is_whole_and_loads_nothing() -> None:
    text = page("A <b>", "<p>hello</p>")
    assert "<title>A &lt;b&gt;</title>" in text
    assert not re.search(r"https?://|<script|<link|url\(", text)


def test_text_is_escaped_inside_attributes_too() -> None:
    assert escape("<a href='x' & \"y\">") == "&lt;a href=&#x27;x&#x27; &amp; &quot;y&quot;&gt;"
