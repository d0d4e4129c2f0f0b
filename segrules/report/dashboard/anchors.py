"""Where things stand in a report: the id of each page, and links to it."""

from __future__ import annotations

import re
from typing import Literal as OneOf
from urllib.parse import quote

from segrules.report.html import escape

Page = OneOf["segment", "segmentation", "traits", "trait", "overlaps", "recency"]


def anchor(page: Page, entity: str, name: str = "") -> str:
    """The id of an element, as `segment/customer/vip`, not yet escaped. A trait's stands on the page of its entity."""
    return "/".join(re.sub(r"\s", "_", part) for part in (page, entity, name) if part)


def href(anchor: str) -> str:
    """The value of a link to it, ready to stand between double quotes."""
    return escape("#" + quote(anchor, safe="/"))


def link(anchor: str, shown: str) -> str:
    """A link to it; `shown` is HTML."""
    return f'<a href="{href(anchor)}">{shown}</a>'
