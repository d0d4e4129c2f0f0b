"""Links to the pages of segments and segmentations, in the words that people know them by."""

from __future__ import annotations

from collections.abc import Sequence

from segrules.report.dashboard.anchors import anchor, link
from segrules.report.dashboard.labels import label_html
from segrules.workflows.reporting.data import SegmentationReport, SegmentReport


def page_of(item: SegmentReport | SegmentationReport) -> str:
    """The id of its page."""
    return anchor("segment" if isinstance(item, SegmentReport) else "segmentation", item.entity, item.name)


def link_to(item: SegmentReport | SegmentationReport, languages: Sequence[str]) -> str:
    return link(page_of(item), label_html(item.definition.about, languages, item.name))
