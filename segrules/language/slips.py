"""A slip of the pen in a rule, found and not yet a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from segrules.diagnostics import Diagnostic, Fix
from segrules.language.words import Word
from segrules.source import Fragment


class Change(NamedTuple):
    """Another text for what a rule has at [start, end)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong, what to do about it, and the word it is about where that is not the one at hand.

    changes: how the rule's text becomes what `help` says; is_safe: that is surely what was meant.
    """

    message: str
    help: str | None = None
    at: Word | None = None
    code: str = "syntax"
    changes: tuple[Change, ...] = ()
    is_safe: bool = True


def instead(message: str, at: Word, text: str, *, is_safe: bool = True) -> Slip:
    """The slip of words in whose place others belong."""
    return Slip(message, f"write `{text}`", at, changes=(Change(at.start, at.end, text),), is_safe=is_safe)


def finding_of(slip: Slip, word: Word, fragment: Fragment) -> Diagnostic:
    """The finding for a slip at a word of a rule, with its fix where the file can be changed so."""
    edits = [fragment.edit(*change) for change in slip.changes]
    possible = tuple(edit for edit in edits if edit is not None)
    is_whole = bool(edits) and len(possible) == len(edits)
    fix = Fix(slip.help or slip.message, possible, slip.is_safe) if is_whole else None
    return Diagnostic(slip.code, slip.message, (slip.at or word).span, slip.help, fix=fix)


def stretch(fragment: Fragment, start: int, end: int, kind: str = "") -> Word:
    """The text from one place to another as one word."""
    return Word(kind, fragment.text[start:end], fragment.span_of(start, end), start, end)


def shown(word: Word) -> str:
    """A word as messages show it: with single blanks, and not too long."""
    text = " ".join(word.text.split())
    return text if len(text) <= 30 else text[:29] + "…"
