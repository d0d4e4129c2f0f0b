"""The circuit breaker: what `expect` says of a segment's size and share, held against what was counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from segrules.diagnostics import Diagnostic
from segrules.project.model import Expectation, Range, Segment


def broken_expectations(
    segments: Iterable[Segment], members: Mapping[tuple[str, str], int], rows: Mapping[str, int]
) -> tuple[Diagnostic, ...]:
    """A finding for each expectation that is not met; `members` by (entity, segment), `rows` by entity."""
    return tuple(
        _breach(segment, expected, members[segment.entity, segment.name], rows[segment.entity])
        for segment in segments
        if (segment.entity, segment.name) in members
        for expected in segment.expect
        if not is_met(expected, members[segment.entity, segment.name], rows[segment.entity])
    )


def is_met(expected: Expectation, members: int, rows: int) -> bool:
    """Whether a size or share is as expected, exactly: a share is compared as members against share times rows.

    Of no rows, every share is 0.
    """
    unit = Decimal(1) if expected.measure == "size" else Decimal(rows)
    return _within(Decimal(members), unit, expected.range)


def _within(members: Decimal, unit: Decimal, bounds: Range) -> bool:
    if bounds.least is not None:
        least = bounds.least * unit
        if members < least or (bounds.over and members == least):
            return False
    if bounds.most is not None:
        most = bounds.most * unit
        if members > most or (bounds.under and members == most):
            return False
    return True


def _breach(segment: Segment, expected: Expectation, members: int, rows: int) -> Diagnostic:
    counted = f"{members:,} of {rows:,} rows"
    if expected.measure == "share":
        counted += f", {members / rows:.1%}" if rows else ""
    return Diagnostic(
        "expectation-broken",
        f"`{segment.name}` has {counted}, its {expected.measure} is expected to be `{expected.text}`",
        expected.span,
        "`apply` writes nothing then, unless it is told --allow-breach",
    )
