"""Texts and patterns for the solver: constants both ways, patterns as regular languages, what functions can give."""

from __future__ import annotations

import z3

from segrules.analysis.solver.characters import ANY_TEXT, EMPTY_TEXT, TEXTS, NotModelled, joined, letter_language
from segrules.analysis.solver.characters import text_of as text_of
from segrules.analysis.solver.characters import text_value as text_value
from segrules.analysis.solver.patterns import language_of
from segrules.analysis.text_letters import BLANKS
from segrules.language.pattern_letters import ALL, Ranges, others
from segrules.language.pattern_trees import Letters, Repeat, Sequence, pattern_tree

_CAPITALS: Ranges = (
    (0x41, 0x5A), (0xC0, 0xD6), (0xD8, 0xDE), (0x391, 0x3A1), (0x3A3, 0x3AB), (0x400, 0x42F), (0x531, 0x556)
)  # fmt: skip
_SMALL: Ranges = (
    (0x61, 0x7A), (0xDF, 0xF6), (0xF8, 0xFF), (0x3AC, 0x3AF), (0x3B1, 0x3CE), (0x430, 0x45F), (0x561, 0x586)
)  # fmt: skip
"""Letters that stand in rows and have had one other case on every engine for as long as Unicode has them."""

_ANYTHING = Repeat(Letters(ALL), 0, None)


def pattern_language(pattern: str) -> z3.ReRef | None:
    """All texts that a pattern, one the checker lets pass, is found in anywhere; None where no language is exact."""
    try:
        found = language_of(Sequence((_ANYTHING, pattern_tree(pattern), _ANYTHING)))
    except (NotModelled, RecursionError):
        return None
    return z3.Empty(TEXTS) if found is None else found


def lowered() -> z3.ReRef:
    """Texts that `lower` can give, and maybe more."""
    return z3.Star(letter_language(others(_CAPITALS)))


def uppered() -> z3.ReRef:
    """Texts that `upper` can give, and maybe more."""
    return z3.Star(letter_language(others(_SMALL)))


def trimmed() -> z3.ReRef:
    """The texts that `trim` can give."""
    outer = letter_language(others(BLANKS))
    return z3.Union(EMPTY_TEXT, outer, joined(outer, ANY_TEXT, outer))
