"""Letters that no test of a text tells apart, the plainest of them, and what `lower`, `upper`, `trim` do to letters."""

from __future__ import annotations

import string
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Literal as OneOf

from segrules.language.pattern_letters import LAST, Ranges

Function = OneOf["lower", "upper", "trim"]
Question = tuple[tuple[Function, ...], Ranges]
"""Whether a letter, after functions, is one of these."""

BLANKS: Ranges = (
    (0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
    (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
)  # fmt: skip
"""What `trim` takes away at both ends: every blank of Unicode."""

_SURROGATES = range(0xD800, 0xE000)
_PLAIN: list[int] = [
    *map(ord, string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_ .,/:@+#"),
    *range(0x21, 0x7F),
]
_LAST_CASED = 0x1FFFF  # no letter beyond has an upper and a lower case
_MOST_TRIED = 300


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter. has_case: whether `lower` and `upper` may change it."""

    code: int
    has_case: bool = True


def mapped(letter: Letter, functions: Sequence[Function]) -> int:
    """The code point of a letter after functions that go letter by letter."""
    code = letter.code
    if letter.has_case:
        for function in functions:
            code = _lower(code) if function == "lower" else _upper(code)
    return code


def alphabet(questions: Sequence[Question], constants: frozenset[str]) -> tuple[tuple[Letter, ...], ...]:
    """All letters by what is answered of them: of each group those of the constants, and one for the rest.

    The plainest group comes first, and in it the letter for the rest where there is one.
    """
    functions = tuple(dict.fromkeys(functions for functions, _ in questions))
    own = {ord(letter) for letter in constants}
    bounds = {edge for _, ranges in questions for first, last in ranges for edge in (first, last + 1)}
    bounds |= {edge for code in own for edge in (code, code + 1)}
    cuts = sorted({0, *bounds} - {LAST + 1})
    changed = [code for code in _cased() if any(mapped(Letter(code), one) != code for one in functions)]
    groups: dict[tuple[bool, ...], list[Letter]] = {}
    for letter in _candidates(cuts, changed, functions):
        answers = tuple(_is_in(ranges, mapped(letter, one)) for one, ranges in questions)
        groups.setdefault(answers, []).append(letter)
    found = [_kept(group, own) for group in groups.values()]
    return tuple(sorted(found, key=lambda group: _plainness(group[0].code)))


def _candidates(cuts: list[int], changed: list[int], functions: Sequence[tuple[Function, ...]]) -> Iterator[Letter]:
    """A letter of each interval that nothing changes, and of those that are changed one for each way they go."""
    special = frozenset(changed)
    for first, end in zip(cuts, [*cuts[1:], LAST + 1], strict=True):
        code = _plainest(first, end, special)
        if code is not None:
            yield Letter(code)
    ways: dict[tuple[int, ...], int] = {}  # by the intervals they are in before and after functions
    for code in changed:
        letter = Letter(code)
        way = tuple(bisect_right(cuts, one) for one in (code, *(mapped(letter, each) for each in functions)))
        if way not in ways or _plainness(code) < _plainness(ways[way]):
            ways[way] = code
        if _is_new(code):
            yield Letter(code, has_case=False)
    yield from map(Letter, ways.values())


def _kept(group: list[Letter], own: set[int]) -> tuple[Letter, ...]:
    rest = [letter for letter in group if letter.code not in own]
    plainest = [min(rest, key=lambda letter: _plainness(letter.code))] if rest else []
    return (*plainest, *(letter for letter in group if letter.code in own))


def _plainest(first: int, end: int, special: frozenset[int]) -> int | None:
    for code in _PLAIN:
        if first <= code < end and code not in special:
            return code
    free = (code for code in range(first, end) if code not in special and code not in _SURROGATES)
    tried = sorted(islice(free, _MOST_TRIED), key=_plainness)
    return tried[0] if tried else None


def _plainness(code: int) -> int:
    letter = chr(code)
    if code in _PLAIN:
        return _PLAIN.index(code)
    return 1000 + (0 if letter.isalpha() else 1 if letter.isprintable() else 2 if letter.isspace() else 3)


def _is_in(ranges: Ranges, code: int) -> bool:
    return any(first <= code <= last for first, last in ranges)


@cache
def _cased() -> tuple[int, ...]:
    """The letters that have another case."""
    return tuple(code for code in range(_LAST_CASED + 1) if _lower(code) != code or _upper(code) != code)


def _is_new(code: int) -> bool:
    """Whether it, or its other case, came to Unicode so late that an engine may not know.

    The sharp s, which has its capital since 2008, is one that each engine is made to know.
    """
    old = unicodedata.ucd_3_2_0
    return chr(code) not in "ßẞ" and any(old.category(chr(one)) == "Cn" for one in (code, _lower(code), _upper(code)))


def _lower(code: int) -> int:
    """The first letter where Unicode has several in its place (İ), as engines do."""
    return ord(chr(code).lower()[0])


def _upper(code: int) -> int:
    """A letter that needs several stays, but for the sharp s, which has one since 2008; ᾀ is ᾈ."""
    letter = chr(code)
    forms = ("ẞ" if letter == "ß" else letter.upper(), letter.title(), letter)
    return next(ord(form) for form in forms if len(form) == 1)
