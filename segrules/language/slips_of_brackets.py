"""Slips with brackets and with the commas between them."""

from __future__ import annotations

import re

from segrules.language.slips import Change, Slip, shown
from segrules.language.words import Word
from segrules.source import Fragment

_CLOSING = {"(": ")", "[": "]"}
_THOUSANDS = re.compile(r"(?:,[0-9]{3})+(?![0-9])")


def innermost_open(words: list[Word]) -> Word | None:
    """The last bracket that is open after the words."""
    closed = 0
    for word in reversed(words):
        if word.kind in ("CLOSE", "CLOSE_LIST"):
            closed += 1
        elif word.kind in ("OPEN", "OPEN_LIST"):
            if not closed:
                return word
            closed -= 1
    return None


def inside_bracket(words: list[Word]) -> list[Word]:
    """The words after the innermost open bracket, those in closed brackets left out."""
    found: list[Word] = []
    closed = 0
    for word in reversed(words):
        if word.kind in ("CLOSE", "CLOSE_LIST"):
            closed += 1
        elif word.kind in ("OPEN", "OPEN_LIST"):
            if not closed:
                break
            closed -= 1
        elif not closed:
            found.append(word)
    return found[::-1]


def never_closed(opening: Word) -> Slip:
    return Slip(f"this `{opening.text}` is never closed", f"`{_CLOSING[opening.text]}` closes it", opening)


def at_the_end(words: list[Word]) -> Slip:
    opening = innermost_open(words)
    return never_closed(opening) if opening else Slip(f"something is missing after `{shown(words[-1])}`", at=words[-1])


def wrongly_closed(word: Word, words: list[Word]) -> Slip:
    opening = innermost_open(words)
    if opening is None:
        return closes_nothing(word)
    closing = _CLOSING[opening.text]
    if closing == word.text:
        return Slip(f"something is missing before `{word.text}`")
    return Slip(f"`{opening.text}` is closed by `{word.text}`", f"write `{closing}`")


def closes_nothing(word: Word) -> Slip:
    return Slip(f"this `{word.text}` closes nothing", "delete it, or open it earlier")


def wrong_comma(words: list[Word], fragment: Fragment, qualified: bool) -> Slip:
    """What is wrong with a comma after `words`; `qualified` where a `where` or the like stands before it."""
    thousands = _THOUSANDS.match(fragment.text, words[-1].end)
    if words[-1].kind == "NUMBER" and thousands:
        number = words[-1].text + thousands[0].replace(",", "_")
        changes = (Change(words[-1].start, thousands.end(), number),)
        return Slip("digits are not grouped with commas", f"write `{number}`", changes=changes)
    if qualified:
        return Slip("no comma goes here", "arguments come first, then `where` and the like, without commas")
    opening = innermost_open(words)
    if opening and opening.text == "(":
        return Slip("this comma separates nothing", "a list is written in square brackets: `[1, 2]`")
    return Slip("this comma separates nothing", "join conditions with `and` or `or`")
