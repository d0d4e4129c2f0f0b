"""How wide text is in a picture, as far as that can be told without its font."""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("fijlrtI.,:;'|!()[]{} -/")
_BROAD = frozenset("mwMWQOG@%&")


def pixels(text: str, size: float) -> float:
    """About how many pixels a text takes in a sans-serif font of a size; rather more than less."""
    return size * sum(map(_ems, text))


def _ems(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.05
    if character in _NARROW:
        return 0.4
    return 0.9 if character in _BROAD else 0.62


def shortened(text: str, size: float, most: float) -> str:
    """The text, or as much of its beginning as fits into so many pixels with `…` behind it."""
    if pixels(text, size) <= most:
        return text
    kept = text
    while kept and pixels(kept + "…", size) > most:
        kept = kept[:-1]
    while kept and unicodedata.category(kept[-1]) in ("Mn", "Me", "Cf"):
        kept = kept[:-1]
    return kept + "…"
