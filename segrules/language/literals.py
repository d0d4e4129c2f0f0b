"""Names and constants: from the word as written to its leaf of the tree, or what is wrong with it."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from unicodedata import normalize

from segrules.diagnostics import Diagnostic
from segrules.language import syntax
from segrules.language.foreign_dates import FOREIGN_DATE, rewritten
from segrules.language.types import MAX_PRECISION
from segrules.language.words import Word
from segrules.source import Span

BIDIRECTIONAL_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Invisible characters that let a name look like another one."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?")


def plain_name(words: list[Word]) -> syntax.Identifier:
    (word,) = words
    text = normalize("NFC", word.text)
    return syntax.Identifier(text, False, written=word.text if text != word.text else None, span=word.span)


def quoted_name(words: list[Word]) -> syntax.Identifier | Diagnostic:
    (word,) = words
    written = word.text[1:-1].replace('""', '"')
    text = normalize("NFC", written)
    if not text.strip():
        return Diagnostic(
            "invalid-name",
            "between these double quotes stands no name",
            word.span,
            "text goes in single quotes, and empty text is `''`",
        )
    if BIDIRECTIONAL_CONTROLS.intersection(text):
        return Diagnostic(
            "invalid-name",
            "this name holds an invisible character that changes the direction of writing",
            word.span,
            "type the name anew, without it",
        )
    return syntax.Identifier(text, True, written=word.text if text != written else None, span=word.span)


def text(words: list[Word]) -> syntax.Constant:
    (word,) = words
    return syntax.Constant(word.text[1:-1].replace("''", "'"), span=word.span)


def truth(words: list[Word]) -> syntax.Constant:
    (word,) = words
    return syntax.Constant(word.text == "true", span=word.span)


def moment(words: list[Word]) -> syntax.Moment:
    (word,) = words
    return syntax.Moment("today" if word.text == "today" else "now", span=word.span)


def number(words: list[Word]) -> syntax.Constant | Diagnostic:
    (word,) = words
    value: int | Decimal
    if finding := _unreadable_number(word, word.text):
        return finding
    value = Decimal(word.text) if "." in word.text else int(word.text)
    return syntax.Constant(value, written=word.text, span=word.span)


def percent(words: list[Word]) -> syntax.Percent | Diagnostic:
    (word,) = words
    digits = word.text[:-1]
    value = Decimal(f"{digits}e-2")
    return _unreadable_number(word, digits) or syntax.Percent(value, written=digits, span=word.span)


def length(words: list[Word]) -> syntax.Length | Diagnostic:
    count, unit = words
    return _unreadable_number(count, count.text) or syntax.Length(
        Decimal(count.text), unit.text.removesuffix("s"), written=count.text, span=count.span.to(unit.span)
    )


def _unreadable_number(word: Word, digits: str) -> Diagnostic | None:
    plain = digits.replace("_", "").replace(".", "")
    if len(plain) > 1 and plain.startswith("0") and not digits.startswith("0."):
        return _foreign_date(word) or Diagnostic(
            "syntax",
            f"`{_short(digits)}` begins with a zero",
            word.span,
            "a number does not; a code such as '0123' is text and goes in single quotes",
        )
    behind = digits.partition(".")[2].replace("_", "")
    if len(plain.lstrip("0")) > MAX_PRECISION or len(behind) > MAX_PRECISION:
        return Diagnostic(
            "syntax", f"this number has more than {MAX_PRECISION} digits", word.span, "a code is text: in single quotes"
        )
    return None


def _foreign_date(word: Word) -> Diagnostic | None:
    """The finding for a number with a zero before it that is part of `31/01/2025`."""
    text, place = word.span.file.text, word.span.start
    for found in FOREIGN_DATE.finditer(text, text.rfind("\n", 0, place) + 1):
        if found.start() <= place < found.end() and (help := rewritten(found[0])):
            span = Span(word.span.file, *found.span())
            return Diagnostic("impossible-date", f"`{found[0]}` is no date or time", span, help)
        if found.start() > place:
            break
    return None


def _short(digits: str) -> str:
    return digits if len(digits) <= 30 else digits[:30] + "…"


def date_or_time(words: list[Word]) -> syntax.Constant | Diagnostic:
    (word,) = words
    value: date
    try:
        if _DATE.fullmatch(word.text):
            value = date.fromisoformat(word.text)
        elif _TIMESTAMP.fullmatch(word.text):
            value = datetime.fromisoformat(word.text)
        else:
            return _badly_written_date(word)
    except ValueError:
        return _impossible(word)
    return syntax.Constant(value, span=word.span)


def _badly_written_date(word: Word) -> Diagnostic:
    help = "a date is written `2026-01-31`, a time `2026-01-31T09:30:00`"
    if word.text.endswith("Z") or re.search(r"T.*[+-]", word.text):
        help = "leave the zone out: times in rules are in the time zone of the project"
    return Diagnostic("impossible-date", f"`{_short(word.text)}` is no date or time", word.span, help)


def _impossible(word: Word) -> Diagnostic:
    day, _, time = word.text.partition("T")
    help = "a date is year-month-day, as in `2026-01-31`; a subtraction has blanks around `-`"
    if time and _is_day(day):
        help = "hours go from 00 to 23, minutes and seconds from 00 to 59"
    what = "time" if time else "date"
    return Diagnostic("impossible-date", f"`{word.text}` is a {what} that does not exist", word.span, help)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
