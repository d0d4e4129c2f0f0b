"""Names and lists of things as people say them."""

from __future__ import annotations

from collections.abc import Sequence


def readable(name: str) -> str:
    """A name of a file as words: `recency_days` is `recency days`."""
    return " ".join(name.replace("_", " ").split()) or name


def singular(name: str) -> str:
    """One of what a relation's name is the plural of, as far as English rules go: `order`, `purchase`, `company`."""
    words = readable(name)
    if not words.isascii() or not words.endswith("s") or words.endswith(("ss", "us", "is", "news")):
        return f"row of {words}"
    if words.endswith("ies"):
        return words[:-3] + "y"
    return words[:-2] if words.endswith(("sses", "xes", "ches", "shes")) else words[:-1]


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[:1] in 'aeiouAEIOU' else 'a'} {noun}"


def listed(parts: Sequence[str], word: str) -> str:
    """`a, b or c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
