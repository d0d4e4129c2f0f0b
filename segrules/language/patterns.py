"""The tokens of a pattern: what the checker of patterns and their translation into other dialects both read."""

from __future__ import annotations

import re
from collections.abc import Iterator

TOKEN = re.compile(
    r"(?P<escape>\\.?)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\]?)"
    r"|(?P<group>\(\?(?:P?<?[=!]|P<|P>|<|[a-zA-Z-]*[:)]?|.)?)"
    r"|(?P<greedy>(?:[*+?]|\{[0-9,]*\})\+)"
    r"|(?P<repeat>(?:[*+?]|\{(?:0|[1-9][0-9]*)(?:,(?:[1-9][0-9]*|0)?)?\})\??)"
    r"|(?P<odd_count>\{[0-9,]+\})"
    r"|(?P<open>\()"
    r"|(?P<close>\))"
    r"|(?P<anchor>[\^$|])"
    r"|(?P<dot>\.)"
    r"|(?P<letter>.)",
    re.DOTALL,
)
"""What stands at a place of a pattern. A `repeat` includes the `?` that makes it lazy."""


def tokens(pattern: str) -> Iterator[re.Match[str]]:
    """The tokens of a pattern, each with its kind as `lastgroup`."""
    return TOKEN.finditer(pattern)


def counts(repeat: str) -> tuple[int, int | None]:
    """The least and the most of a repeat, None for any number: (2, 5) of `{2,5}`."""
    match repeat[0]:
        case "*":
            return 0, None
        case "+":
            return 1, None
        case "?":
            return 0, 1
    numbers = repeat.rstrip("?")[1:-1].split(",")
    return int(numbers[0]), int(numbers[-1]) if numbers[-1] else None
