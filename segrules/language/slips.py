"""A slip of the pen in a rule, found and not yet a finding."""

from __future__ import annotations

from dataclasses import dataclass

from segrules.language.words import Word


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong, what to do about it, and the word it is about where that is not the one at hand."""

    message: str
    help: str | None = None
    at: Word | None = None
    code: str = "syntax"


def shown(word: Word) -> str:
    """A word as messages show it: with single blanks, and not too long."""
    text = " ".join(word.text.split())
    return text if len(text) <= 30 else text[:29] + "…"
