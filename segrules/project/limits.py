"""`limits` and `approvals` of segrules.yml: how much a change of rules may move, and which changes may move more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal as OneOf

from segrules.project.documents import ProjectDocument
from segrules.project.upkeep import Approval, Limit


def limits(document: ProjectDocument) -> Iterator[Limit]:
    """The limits as written."""
    if document.limits is None:
        return
    measures: tuple[OneOf["change", "entered", "left"], ...] = ("change", "entered", "left")
    for measure in measures:
        given = getattr(document.limits, measure)
        if given is not None:
            most, text, span = given
            yield Limit(measure, most, text.endswith("%"), text, span)


def approvals(document: ProjectDocument) -> Iterator[Approval]:
    """The approvals as written."""
    for item in document.approvals:
        day = item.expires.value
        expires = day.date() if isinstance(day, datetime) else day
        by = item.by.value if item.by else None
        yield Approval(item.change.value, item.reason.value, expires, by, item.change.span)
