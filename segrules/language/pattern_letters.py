"""Which letters a place of a pattern stands for: RE2's classes, sets, and letters that are equal without case.

https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

Ranges = tuple[tuple[int, int], ...]
"""Code points, first and last of each run, in order and apart."""

LAST = 0x10FFFF
ALL: Ranges = ((0, LAST),)
CONTROLS: Mapping[str, str] = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
CLASSES: Mapping[str, Ranges] = {
    "d": ((0x30, 0x39),),
    "w": ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
    "s": ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)),
}
_LAST_CASED = 0x1FFFF  # no letter beyond has an upper and a lower case


def letters(text: str, ignores_case: bool) -> Ranges:
    r"""The code points of one letter or escape: those of `a`, `\.`, `\n`, `\d`."""
    letter = text[-1]
    if len(text) == 2 and letter.lower() in CLASSES:
        found = CLASSES[letter.lower()]
        found = _any_case(found) if ignores_case else found
        return others(found) if letter.isupper() else found
    code = ord(CONTROLS.get(letter, letter) if len(text) == 2 else letter)
    return _any_case(((code, code),)) if ignores_case else ((code, code),)


def set_letters(text: str, ignores_case: bool) -> Ranges:
    """The code points of a set with its brackets: those of `[^a-z_]`."""
    is_negative = text.startswith("[^")
    found = merged(_members(text[1 + is_negative : -1], ignores_case))
    return others(found) if is_negative else found


def _members(inside: str, ignores_case: bool) -> Iterator[tuple[int, int]]:
    members = re.findall(r"\\.|.", inside, re.DOTALL)
    while members:
        if len(members) > 2 and members[1] == "-":
            ((first, _),), ((_, last),) = letters(members[0], False), letters(members[2], False)
            yield from _any_case(((first, last),)) if ignores_case else ((first, last),)
            members = members[3:]
        else:
            yield from letters(members.pop(0), ignores_case)


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The runs of code points in order, those that touch made one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def others(ranges: Ranges) -> Ranges:
    """All other code points."""
    edges = [-1, *(edge for first, last in ranges for edge in (first, last)), LAST + 1]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((before + 1, after - 1) for before, after in pairs if before + 1 < after)


def common(ranges: Ranges, other: Ranges) -> Ranges:
    """The code points that are in both."""
    return others(merged((*others(ranges), *others(other))))


def _any_case(ranges: Ranges) -> Ranges:
    """With the letters that differ from one in it by case alone: `k`, `K` and the sign of Kelvin."""
    found = [(ord(other), ord(other)) for code, others in _cases().items() if _holds(ranges, code) for other in others]
    return merged((*ranges, *found))


def _holds(ranges: Ranges, code: int) -> bool:
    return any(first <= code <= last for first, last in ranges)


@cache
def _cases() -> Mapping[int, str]:
    """By code point, the letters that are equal when case is ignored, by Unicode's simple case folding."""
    equal: dict[str, str] = {}
    for letter in map(chr, range(_LAST_CASED + 1)):
        folded = next((form for form in (letter.casefold(), letter.lower()) if len(form) == 1), letter)
        equal[folded] = equal.get(folded, "") + letter
    return {ord(letter): letters for letters in equal.values() if len(letters) > 1 for letter in letters}
