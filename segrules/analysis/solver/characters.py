"""TEXT <-> VALUE OF THE SOLVER, and languages of one letter.

The solver's letters end at U+2FFFF, those of texts at U+10FFFF. The letters from `SPARE` on have no meaning in Unicode
up to U+2FFFF. No constant and no class of a pattern here tells a letter from SPARE on from another: what needs to is
not modelled. So each text stands, letter by letter and in the same order, for one that the solver can hold, and what is
proven for all of the solver's texts is proven for all texts.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Final

import z3

from segrules.language.pattern_letters import ALL, LAST, Ranges

SPARE: Final = 0x2FA20
_LAST_HELD: Final = 0x2FFFF
_SURROGATES: Final = range(0xD800, 0xE000)

TEXTS = z3.ReSort(z3.StringSort())
EMPTY_TEXT: z3.ReRef = z3.Re("")
ANY_TEXT: z3.ReRef = z3.Full(TEXTS)
ANY_LETTER: z3.ReRef = z3.AllChar(TEXTS)


class NotModelled(Exception):
    """What no value or regular language of the solver stands for exactly."""


def text_value(text: str) -> z3.SeqRef | None:
    """A text as a constant of the solver; None for one with a letter that it cannot hold or that has no meaning."""
    if any(ord(letter) >= SPARE or ord(letter) in _SURROGATES for letter in text):
        return None
    return _constant(text)


def text_of(value: z3.SeqRef) -> str | None:
    """The text of a constant; None for one that no file can hold (half of a pair of UTF-16)."""
    context, constant = value.ctx_ref(), value.as_ast()
    length = z3.Z3_get_string_length(context, constant)
    codes = (ctypes.c_uint * length)()
    z3.Z3_get_string_contents(context, constant, length, codes)
    return None if any(code in _SURROGATES for code in codes) else "".join(map(chr, codes))


def letter_language(ranges: Ranges) -> z3.ReRef | None:
    """The texts of one letter of these; None for no letter. Raises NotModelled where letters from SPARE on differ."""
    if ranges == ALL:
        return ANY_LETTER
    if any(first > SPARE or SPARE <= last < LAST for first, last in ranges):
        raise NotModelled
    return union(z3.Range(_letter(first), _letter(min(last, _LAST_HELD))) for first, last in ranges)


def literal_language(text: str) -> z3.ReRef:
    """The one text, of letters before SPARE."""
    return z3.Re(_constant(text))


def union(languages: Iterable[z3.ReRef | None]) -> z3.ReRef | None:
    """The texts of any of these; None is the language without a text."""
    found = [language for language in languages if language is not None]
    return z3.Union(*found) if len(found) > 1 else found[0] if found else None


def joined(*languages: z3.ReRef | None) -> z3.ReRef | None:
    """A text of the first, then one of the second and so on; None is the language without a text."""
    found = [language for language in languages if language is not None and not language.eq(EMPTY_TEXT)]
    if any(language is None for language in languages):
        return None
    return z3.Concat(*found) if len(found) > 1 else found[0] if found else EMPTY_TEXT


def _letter(code: int) -> z3.SeqRef:
    return _constant(chr(code))


def _constant(text: str) -> z3.SeqRef:
    """By code points, since in the solver's own writing a backslash may start an escape."""
    codes = (ctypes.c_uint * len(text))(*map(ord, text))
    context = z3.main_ctx()
    return z3.SeqRef(z3.Z3_mk_u32string(context.ref(), len(text), codes), context)
