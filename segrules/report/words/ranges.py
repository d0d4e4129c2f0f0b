"""Two bounds of one value as one test: `is from 1 to 5`, `is in the last 90 days`."""

from __future__ import annotations

from segrules.language.core import Aggregate, And, Compare, Expression, Or
from segrules.report.words.aggregates import has_between
from segrules.report.words.moments import of_day, window
from segrules.report.words.speaker import Speaker
from segrules.report.words.tests import is_missing


def is_range(node: Expression) -> bool:
    """Whether a test is that a value lies between two bounds, the lower one first and in."""
    match node:
        case And(items=(Compare(operator=">=") as low, Compare(operator="<" | "<=") as high)):
            is_whole = high.operator == "<=" or low.left.type.is_temporal
            return is_whole and of_day(low.left) == of_day(high.left)
        case _:
            return False


def in_range(node: And | Or, speaker: Speaker, is_denied: bool) -> str:
    """Such a test in words."""
    low, high = node.items
    assert isinstance(low, Compare)
    assert isinstance(high, Compare)
    subject = of_day(low.left)
    if isinstance(subject, Aggregate) and subject.function == "count":
        bounds = f"{speaker.value(low.right)} to {speaker.value(high.right)}"
        return f"{'not so: ' if is_denied else ''}{has_between(subject, bounds, speaker)}"
    words = window(node, speaker) if subject.type.is_temporal else None
    words = words or f"from {speaker.value(low.right)} to {speaker.value(high.right)} (both included)"
    gap = " (or is missing)" if is_denied and is_missing(subject, speaker) else ""
    return f"{speaker.value(subject)} {'is not' if is_denied else 'is'} {words}{gap}"


def merged(node: And | Or) -> tuple[Expression, ...]:
    """The items of a list, two bounds of one value that stand together as one."""
    if isinstance(node, Or):
        return node.items
    found: list[Expression] = []
    for item in node.items:
        if found and is_range(both := And((found[-1], item))):
            found[-1] = both
        else:
            found.append(item)
    return tuple(found)
