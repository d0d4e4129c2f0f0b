"""What is wrong with a text that cannot be read, in the words of its author."""

from __future__ import annotations

from segrules.diagnostics import Diagnostic
from segrules.language.words import Word
from segrules.source import Fragment


def explain(fragment: Fragment, words: list[Word]) -> Diagnostic:
    position = words[-1].end if words else 0
    return Diagnostic("syntax", "the expression cannot be read from here", fragment.span_of(position, position + 1))
