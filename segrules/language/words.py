"""The words and signs that an expression's text is cut into."""

from __future__ import annotations

from dataclasses import dataclass

from segrules.source import Span

END = "$END"
"""The kind of the word behind the last one, as the grammar's table calls it."""

# fmt: off
RESERVED = frozenset((
    "and", "or", "not", "in", "between", "is", "where", "then", "directly", "within", "since", "before", "from", "to",
    "as", "by", "asc", "desc", "true", "false", "today", "now",
))
# fmt: on
"""Words that are names only in double quotes; the grammar keeps the same list."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word or sign: its kind in the grammar, its text, where it stands in the file and in the rule's text."""

    kind: str
    text: str
    span: Span
    start: int
    end: int

    def joined(self, other: Word) -> Word:
        """The words from this one to the other as one."""
        span = self.span.to(other.span)
        return Word(self.kind, span.text, span, self.start, other.end)
