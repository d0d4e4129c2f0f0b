"""Whether two texts of a file say the same: equal values in equal places, equal rules, the same comments.

Known keys may stand in another order; names that people give may not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from segrules.project.layout.rules import parsed_rule
from segrules.project.layout.shapes import Keys, Rule, Shape, alone, inside, resolved
from segrules.project.yaml_nodes import Mapping, Node, Scalar, Sequence, key_name

_COMMENT_BESIDE_SIGN = re.compile(r"[|>][-+0-9]* *(#[^\n]*)")
_COMMENT = re.compile(r"(?<!\S)#[^\n]*")


def says_the_same(before: Node, after: Node, shape: Shape) -> bool:
    """Whether a file still means what it meant, and has all its comments."""
    return _same(before, after, shape) and Counter(comments(before)) == Counter(comments(after))


def comments(root: Node) -> Iterator[str]:
    """All comments of a file."""
    text = root.span.file.text
    place = 0
    for start, end in sorted(set(_scalars(root))):
        yield from (found[0].rstrip() for found in _COMMENT.finditer(text, place, start))
        if text[start] in "|>" and (beside := _COMMENT_BESIDE_SIGN.match(text, start)):
            yield beside[1].rstrip()
        place = max(place, end)
    yield from (found[0].rstrip() for found in _COMMENT.finditer(text, place))


def _scalars(node: Node) -> Iterator[tuple[int, int]]:
    match node:
        case Scalar(span=span):
            if span.start < span.end:
                yield span.start, span.end
        case Mapping(entries=entries):
            for key, value in entries:
                yield from _scalars(key)
                yield from _scalars(value)
        case Sequence(items=items):
            for item in items:
                yield from _scalars(item)


def _same(before: Node, after: Node, shape: Shape) -> bool:
    shape = resolved(shape, before)
    match before, after:
        case Mapping(), Mapping():
            first, second = before.entries, after.entries
            if isinstance(shape, Keys):
                first, second = (
                    tuple(sorted(entries, key=lambda entry: key_name(entry[0]))) for entries in (first, second)
                )
            return len(first) == len(second) and all(
                _same_text(key, other) and _same(value, changed, inside(shape, key_name(key)))
                for (key, value), (other, changed) in zip(first, second, strict=True)
            )
        case Sequence(), Sequence():
            return len(before.items) == len(after.items) and all(
                _same(item, changed, inside(shape, "")) for item, changed in zip(before.items, after.items, strict=True)
            )
        case Scalar(), Scalar():
            kind = alone(shape)
            return _same_text(before, after) or (isinstance(kind, Rule) and _same_rule(before, after, kind))
        case _:
            return False


def _same_text(before: Scalar, after: Scalar) -> bool:
    return (before.fragment.text, before.value, before.plain) == (after.fragment.text, after.value, after.plain)


def _same_rule(before: Scalar, after: Scalar, shape: Rule) -> bool:
    """Whether two texts are one rule. `false` in quotes and without them can be two things."""
    kinds = [None if isinstance(rule.value, str) else type(rule.value) for rule in (before, after)]
    if kinds[0] is not kinds[1]:
        return False
    if before.fragment.text == after.fragment.text:
        return True
    (first, *rest), (second, *others) = parsed_rule(before, shape), parsed_rule(after, shape)
    return first is not None and first == second and rest == others
