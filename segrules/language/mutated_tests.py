"""Changes of single tests: another operator, the opposite, `between` without an end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from segrules.language.core import And, Column, Compare, Expression, IsMissing, Literal, Membership, Not
from segrules.source import Edit, Span

LONGEST = 70
"""Characters of a test that is shown as a whole where a part of it changes."""
Operator = OneOf["==", "<", "<=", ">", ">="]
_BOUNDARY: dict[str, Operator] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_OPPOSITE: dict[str, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Change:
    """A node in place of another. `edits` are what it means in the text at `span`; none where the span's words go.

    words: those that go where they are not the span's, such as a value of a list param. is_whole: the span is that of
    a test or sum which makes sense by itself.
    """

    kind: str
    node: Expression
    span: Span
    edits: tuple[Edit, ...]
    words: str | None = None
    is_whole: bool = True

    @classmethod
    def of(cls, kind: str, node: Expression, shown: Span, place: Span, text: str) -> Change:
        """A change of one place, shown in the words around it."""
        return cls(kind, node, shown, (Edit(place, text),))

    @classmethod
    def all_of(cls, kind: str, node: Expression, shown: Span, places: Iterable[Span], text: str) -> Change:
        """A change of several places to the same words."""
        return cls(kind, node, shown, tuple(Edit(place, text) for place in places))


def comparison_changes(node: Compare) -> Iterator[Change]:
    """`<=` and `>` for `<`, `!=` for `==`; none for a comparison that a window or other sugar became."""
    place = operator_place(node)
    if place is None or node.span is None:
        return
    if node.operator == "==":
        yield Change.of("operator", Not(node, node.span), node.span, place, "!=")
        return
    for kind, table in (("boundary", _BOUNDARY), ("operator", _OPPOSITE)):
        operator = table[node.operator]
        other = Compare(operator, node.left, node.right, node.span)
        yield Change.of(kind, other, node.span, place, operator)


def operator_place(node: Compare) -> Span | None:
    """Where the operator of a comparison stands in the text, if it stands there."""
    whole, left, right = node.span, node.left.span, node.right.span
    if whole is None or left is None or right is None or left.file is not whole.file or right.file is not whole.file:
        return None
    if not whole.start <= left.start < left.end < right.start <= right.end <= whole.end:
        return None
    gap = Span(whole.file, left.end, right.start)
    found = re.search(r"<=|>=|==|!=|<|>", gap.text)
    if found is None or found[0] not in (node.operator, "!="):
        return None
    return Span(whole.file, gap.start + found.start(), gap.start + found.end())


def is_between(items: Sequence[Expression]) -> bool:
    """Whether two tests are those of `x between 1 and 5`."""
    match items:
        case [Compare(operator=">=", left=low, span=one), Compare(operator="<=", left=high, span=two)]:
            return one == two and one is not None and low.span == high.span and " between " in one.words
        case _:
            return False


def between_changes(node: And) -> Iterator[Change]:
    """`x > 1 and x <= 5` and `x >= 1 and x < 5` for `x between 1 and 5`."""
    low, high = node.items
    assert isinstance(low, Compare)
    assert isinstance(high, Compare)
    spans = (low.left.span, low.right.span, high.right.span)
    if node.span is None or not all(spans):
        return
    item, first, last = (span.words for span in spans if span is not None)
    for one, two in ((">", "<="), (">=", "<")):
        items = (Compare(one, low.left, low.right, low.span), Compare(two, high.left, high.right, high.span))  # type: ignore[arg-type]
        text = f"{item} {one} {first} and {item} {two} {last}"
        yield Change.of("boundary", And(items, node.span), node.span, node.span, text)


def turned(node: Expression) -> Iterator[Change]:
    """The opposite of a test."""
    if node.span is None or isinstance(node, Literal) or not node.span.file.path:
        return
    words = node.span.text
    place = Span(node.span.file, node.span.start, node.span.end)
    match node:
        case IsMissing(item=item) if item.span is not None and words.rstrip().endswith("missing"):
            at = words.rstrip().rfind("missing")
            place = Span(place.file, place.start + at, place.start + at + len("missing"))
            text = "known"
        case Membership(item=item) if item.span is not None and item.span.end <= place.end:
            rest = place.file.text[item.span.end : place.end]
            found = re.search(r"\bin\b", rest)
            if found is None or found.start() > 3:
                text = f"not ({words})"
            else:
                start = item.span.end + found.start()
                place, text = Span(place.file, start, start), "not "
        case Column():
            text = f"not {words}"
        case _:
            text = f"not {words}" if re.fullmatch(r"\S+|[^\s(]+\(.*\)", words, re.DOTALL) else f"not ({words})"
    yield Change.of("negated", Not(node, node.span), node.span, place, text)


def plain_of(node: Not) -> Iterator[Change]:
    """The test that a `not` denies: `==` for `!=`, `in` for `not in`, `missing` for `known`."""
    span, item = node.span, node.item
    if span is None or item.span is None or not item.span.file.path:
        return
    if item.span != span:
        if span.text.startswith("not") and item.span.file is span.file:
            yield Change.of("negated", item, span, span, item.span.text)
        return  # `none:` of a tree
    start = _end_of_first(item, span)
    found = re.search(r"!=|\bknown\b|\bnot\s+", span.file.text[start : span.end])
    if found is not None:
        place = Span(span.file, start + found.start(), start + found.end())
        text = {"!": "==", "k": "missing", "n": ""}[found[0][0]]
        yield Change.of("negated" if text != "==" else "operator", item, span, place, text)


def _end_of_first(item: Expression, span: Span) -> int:
    """Where the first operand of a test ends."""
    match item:
        case Compare(left=first) | Membership(item=first) | IsMissing(item=first):
            pass
        case And(items=(Compare(left=first), *_)):
            pass
        case _:
            return span.start
    inside = first.span is not None and first.span.file is span.file and span.start <= first.span.end <= span.end
    return first.span.end if inside and first.span is not None else span.start


def wider(change: Change, node: Expression) -> Change:
    """The change, shown in the words of the whole test or sum that it is in, where these are few."""
    if change.is_whole or node.span is None or len(node.span.words) > LONGEST:
        return change
    inside = node.span.file is change.span.file and node.span.start <= change.span.start <= node.span.end
    return replace(change, span=node.span, is_whole=True) if inside else change
