"""Slips in tests that are said as people say them: `is after`, `is in 2025`, `between 5 to 10`, `is in last 30`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from segrules.language.aggregates import OF_ROWS, OF_VALUES
from segrules.language.foreign_dates import FOREIGN_DATE, rewritten
from segrules.language.slips import Slip, shown, stretch
from segrules.language.slips_of_brackets import innermost_open, inside_bracket
from segrules.language.words import END, Word
from segrules.source import Fragment

TEST_ENDS = frozenset({"AND", "OR", "NOT", "COMMA", "WHERE", "THEN", "THEN_NOT", "ARROW", "ELSE"})
"""Words after which a new test begins."""

_WINDOWS = frozenset({"IN_SPAN", "IN_PERIOD", "FROM", "SINCE", "BEFORE"})
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_NEW_TEST = re.compile(r"[ \t\r\n]*(?:[=!<>]|\.[^0-9]|\(|(?:in|is|between|contains|matches|starts|ends|not)\b)")
_YEAR = re.compile(r"\s*((?:19|20)[0-9]{2})(?![\w.%/-])")
_SPOKEN = (
    ("<", r"earlier than|less than|lower than|smaller than|fewer than|under|below"),
    (">=", r"at least"),
    ("<=", r"at most|no more than|until|up to"),
    (">", r"after|later than|greater than|more than|higher than|bigger than|over|above"),
    ("==", r"on|equal to|equals"),
)
_COMPARED = tuple((sign, re.compile(rf"\s*(?:{words})(?!\w)", re.IGNORECASE)) for sign, words in _SPOKEN)


def tested(words: list[Word], fragment: Fragment, start_of: Word) -> str:
    """What the test that `start_of` is the operator of looks at, in its author's words."""
    before = [word for word in words if word.end <= start_of.start]
    opening = innermost_open(before)
    start = opening.end if opening else 0
    for word in inside_bracket(before):
        if word.kind in TEST_ENDS and not (word.kind == "NOT" and word is before[-1]):
            start = word.end
    return " ".join(fragment.text[start : start_of.start].split()) or "…"


def spoken_comparison(before: Word, fragment: Fragment) -> Slip | None:
    """`is after 2025-01-01`: a comparison in everyday words after `is`."""
    for sign, words in _COMPARED:
        if found := words.match(fragment.text, before.end):
            at = stretch(fragment, before.start, found.end(), before.kind)
            dated = re.compile(rf"\s*(?:{_DAY}|today|now)").match(fragment.text, found.end())
            also = {">": "; `is since` takes the day itself in", "<": " or `is before`"}.get(sign, "") if dated else ""
            return Slip(f"`{shown(at)}` is not part of the language", f"write `{sign}`{also}", at)
    return None


def after_alone(word: Word, words: list[Word], fragment: Fragment) -> Slip | None:
    """`joined after 2025-01-01`, and the same as a window inside a call."""
    if word.text.lower() != "after":
        return None
    day = re.compile(rf"\s*({_DAY})(?![\w:])").match(fragment.text, word.end)
    message = "`after` is not part of the language"
    if not _picks_rows(words):
        return Slip(message, "write `>`; `is since` takes the day itself in" if day else "write `>`")
    try:
        next_day = date.fromisoformat(day[1]) + timedelta(days=1) if day else None
    except (ValueError, OverflowError):
        next_day = None
    if day and next_day:
        at = stretch(fragment, word.start, day.end(), word.kind)
        return Slip(f"`{shown(at)}` is not part of the language", f"write `since {next_day}`", at)
    return Slip(message, "write `since`, which takes the day itself in")


def _picks_rows(words: list[Word]) -> bool:
    """Whether the words end right after what an aggregate is about, where `where` or a window may come."""
    opening = innermost_open(words)
    place = words.index(opening) if opening else 0
    here = words[place + 1 :]
    aggregates = (*OF_ROWS, *OF_VALUES, "share")
    return place > 0 and words[place - 1].text in aggregates and all(w.kind in ("NAME", "QUOTED", "DOT") for w in here)


def in_year(operator: Word, words: list[Word], fragment: Fragment) -> Slip | None:
    """`joined in 2025` and `joined is in 2025`, of which `operator` is the `in`."""
    found = _YEAR.match(fragment.text, operator.end)
    if not found:
        return None
    year, first = found[1], words[-1] if words[-1].kind == "IS" else operator
    at = stretch(fragment, first.start, found.end(), first.kind)
    before = [word for word in words if word.end <= first.start]
    if _picks_rows(before):
        help = f"write `from {year}-01-01 to {year}-12-31`"
    else:
        help = f"write `year({tested(before, fragment, first)}) == {year}`"
        help += "" if first.kind == "IS" else f"; a list of numbers is `[{year}]`"
    return Slip(f"`{shown(at)}` is not part of the language", help, at)


def foreign_date(word: Word, before: Word, fragment: Fragment) -> Slip | None:
    """`31.12.2025`, whose second point cannot follow the number `31.12`."""
    found = FOREIGN_DATE.match(fragment.text, before.start) if before.kind == "NUMBER" and word.kind == "DOT" else None
    if not found or found.start() != before.start:
        return None
    help = rewritten(found[0]) or "a date is year-month-day, as in `2026-01-31`"
    at = stretch(fragment, before.start, found.end(), before.kind)
    return Slip(f"`{shown(at)}` is no date or time", help, at, "impossible-date")


def second_test(word: Word, words: list[Word], fragment: Fragment) -> Slip | None:
    """A test that follows another one without `and`, often on a line of its own."""
    before = words[-1]
    opening = innermost_open(words)
    here = inside_bracket(words)
    has_test = any(earlier.kind in _TESTS or earlier.kind in TEST_ENDS for earlier in here)
    new_line = "\n" in fragment.text[before.end : word.start] and (opening is None or has_test)
    if word.kind not in ("NAME", "QUOTED", "NOT") or (word.kind == "NOT" and not new_line):
        return None
    if new_line:
        return Slip("nothing joins this line with the one before", f"write `and` or `or` before `{shown(word)}`")
    if has_test and before.kind == "NUMBER" and before.end < word.start and _NEW_TEST.match(fragment.text, word.end):
        help = f"write `and` or `or` before `{shown(word)}`"
        return Slip("nothing joins this test with the one before", help)
    return None


_TESTS = frozenset({"COMPARE", "IN", "BETWEEN", "TEXT_TEST", "LIST_TEST", "IS"})


def without_unit(word: Word, words: list[Word]) -> Slip | None:
    """`in last 30`, without the unit."""
    if len(words) < 2 or words[-1].kind != "NUMBER" or words[-2].kind not in ("IN_SPAN", "WITHIN"):
        return None
    if word.kind in ("NAME", "QUOTED", "AGO", "DOT"):
        return None
    number = words[-1]
    return Slip(f"`{number.text}` is a number without a unit of time", f"write `{number.text} days`", number)


def after_window(word: Word, words: list[Word], fragment: Fragment) -> Slip | None:
    """`count(orders in last 30 days and gift)`: a test after the window of a call."""
    here = inside_bracket(words)
    window = next((place for place, earlier in enumerate(here) if earlier.kind in _WINDOWS), None)
    opening = innermost_open(words)
    if word.kind not in ("AND", "OR") or opening is None or not window or here[window - 1].kind == "IS":
        return None
    first = here[window]
    where = next((earlier for earlier in here[:window] if earlier.kind == "WHERE"), None)
    between = " ".join(fragment.text[first.start : word.start].split())
    message = f"`{word.text}` cannot follow the window `{between}`"
    if where and all(earlier.kind in ("NAME", "DOT", "QUOTED") for earlier in here[here.index(where) + 1 : window]):
        day = " ".join(fragment.text[where.end : first.start].split())
        return Slip(message, f"the window goes last; a test of a day has `is`: `{day} is {between}`")
    rest = " ".join(until_closed(fragment.text, word.end).split())
    if not rest:
        return Slip(message, "the window goes last, after `where` and its tests")
    test = f"{' '.join(fragment.text[where.end : first.start].split())} {word.text} {rest}" if where else rest
    return Slip(message, f"the window goes last: `where {test} {between}`")


def until_closed(text: str, position: int) -> str:
    """The text up to the bracket that closes what is open at a place."""
    depth, quote = 0, ""
    for place in range(position, len(text)):
        sign = text[place]
        if quote or sign in "'\"":
            quote = "" if sign == quote else quote or sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        if depth < 0:
            return text[position:place]
    return text[position:]


def half_between(between: Word, word: Word, words: list[Word], fragment: Fragment) -> str:
    """How to write a `between` that lacks its `and`, in the words of its author."""
    subject = tested(words, fragment, between).removesuffix(" not")
    low = " ".join(fragment.text[between.end : word.start].split()) or "…"
    high = "…"
    if span := re.fullmatch(r"([0-9.]+) ?- ?([0-9.]+)", low):
        low, high = span[1], span[2]
    elif word.kind != END and (simple := re.compile(r"\s*([^\s()\[\],]+)(?!\s*[(\[])").match(fragment.text, word.end)):
        high = simple[1]
    negated = "not " if re.search(r"\bnot\s*$", fragment.text[: between.start]) else ""
    return f"write `{subject} {negated}between {low} and {high}`"
