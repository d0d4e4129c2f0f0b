"""The words and signs that an expression's text is cut into."""

from __future__ import annotations

from dataclasses import dataclass

from segrules.source import Span


@dataclass(frozen=True, slots=True)
class Word:
    """One word or sign: its kind in the grammar, its text, where it stands, and where the text goes on after it."""

    kind: str
    text: str
    span: Span
    end: int

    @property
    def start(self) -> int:
        return self.end - len(self.text)
