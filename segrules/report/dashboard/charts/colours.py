"""Colours as names of CSS variables, so that a picture follows the theme of its page; see assets/charts.css.

The first three are of Okabe and Ito; the first eight were searched so that people who see fewer colours tell them
apart, and so that each stands out from the paper. Further ones are less far apart, and areas then bear a pattern, too.
"""

from __future__ import annotations

from collections.abc import Sequence

INK = "var(--chart-ink)"
SOFT = "var(--chart-soft)"
PAPER = "var(--chart-paper)"
NOBODY = "var(--chart-none)"
"""Of rows that are in none of the things that the others stand for."""
UP = "var(--chart-1)"
DOWN = "var(--chart-2)"

SHADES = [[step / 2, f"var(--chart-shade-{step})"] for step in range(3)]
"""From none to most, in one colour; the ink is readable on all of it."""

_FULL = 8
_ALL = 16
_PATTERNS = ("/", "x", ".", "\\")


def colour(place: int) -> str:
    """The colour of the thing at a place, counted from 0."""
    return f"var(--chart-{place % _ALL + 1})"


def colour_of(label: str | None, order: Sequence[str | None]) -> str:
    """The colour of a stage, which is the same wherever the stages stand in the same order."""
    stages = [stage for stage in order if stage is not None]
    return colour(stages.index(label)) if label in stages else NOBODY


def soft(name: str) -> str:
    """The same colour, half transparent."""
    return name.replace(")", "-soft)")


def pattern(place: int) -> str:
    """The pattern on an area in the colour of a place: none for those whose colours differ enough."""
    return "" if place < _FULL else _PATTERNS[(place // 2) % len(_PATTERNS)]
