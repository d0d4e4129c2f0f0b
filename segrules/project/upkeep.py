"""What a project says of its own upkeep: how far a change may go, findings that are not wanted, recorded runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal as OneOf

from segrules.language.core import Duration
from segrules.source import Span


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a change of rules may do to a segment: rows, or with `is_share` a share of its members before.

    measure: `change` of its size either way, rows that `entered`, rows that `left`. `text` is as written.
    """

    measure: OneOf["change", "entered", "left"]
    most: Decimal
    is_share: bool
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's word that one change may go beyond the limits, until the end of a day. `change` is its fingerprint."""

    change: str
    reason: str
    expires: date
    by: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class History:
    """That every run records who entered and left. keep: how long; None is for good."""

    keep: Duration | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that takes findings of one code out of some lines of its file. The span is the code in it.

    removable: the comment with the blanks around it, where it has no other code.
    """

    code: str
    reason: str
    lines: range
    span: Span
    removable: Span | None = None
