"""How a CSV file is written, guessed from its beginning: encoding, delimiter, decimal mark, dates."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path

from segrules.project.model import Format

_START = 1 << 20
_LAST_COMMON_BIG5 = 0xC6
_DELIMITERS = (",", ";", "\t", "|")
_FRACTION = re.compile(r"-?\d{1,15}([.,])\d{1,6}")
_WRITTEN_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2\d{4}(?: \d{1,2}:\d{2}(:\d{2})?)?")
_MISSING = ("NULL", "null", r"\N", "N/A", "n/a", "#N/A")
_MISSING_AMONG_NUMBERS = ("NA", "None", "-", "?")  # elsewhere they may be a country, a size, a name
_NUMBER_OR_DAY = re.compile(r"[+-]?\d+([.,]\d+)?|\d{4}-\d\d-\d\d([T ].*)?")
_ENCODINGS = (
    ("windows-1255", re.compile("[א-ת]{2,}")),
    ("windows-1251", re.compile("[А-яЁё]{2,}")),
    ("cp874", re.compile("[ก-ฺเ-์]{2,}")),
    ("big5", re.compile("[\u4e00-\u9fff]{2,}")),
    ("windows-1252", re.compile("(?<![À-ÿ])[À-ÿ]{1,2}(?![À-ÿ])")),
)
"""Encodings, with the runs of letters that text in them has: words, or single letters in the languages of the last."""


def guess_format(path: Path) -> tuple[Format, tuple[str, ...]]:
    """The format, and what about it is a guess that its owner should look at."""
    raw = _beginning(path)
    encoding = _encoding(raw)
    text = raw.decode(encoding, errors="replace").removeprefix("\ufeff")
    lines = text.splitlines()[: None if len(raw) < _START else -1]
    delimiter = _delimiter(lines)
    rows = list(csv.reader(lines, delimiter=delimiter))[1:]
    notes = [] if encoding == "utf-8" else [f"`{path.name}` is not UTF-8; it looks like {encoding}"]
    decimal = "," if delimiter != "," and _has_decimal_commas(rows) else "."
    dates, doubt = _dates(rows)
    if doubt:
        notes.append(f"`{path.name}` may have dates with the month first; {dates} was taken")
    marks = _marks(rows)
    if marks:
        notes.append(f"{', '.join(f'`{mark}`' for mark in marks)} in `{path.name}` is read as a missing value")
    missing = ("", *marks)
    return Format(delimiter=delimiter, encoding=encoding, decimal=decimal, dates=dates, missing=missing), tuple(notes)


def _beginning(path: Path) -> bytes:
    with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
        return file.read(_START)


def _encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(raw) - 4 or len(raw) < _START:
            return max(_ENCODINGS, key=lambda encoding: _share(raw, *encoding))[0]
    return "utf-8"


def _share(raw: bytes, encoding: str, words: re.Pattern[str]) -> float:
    """How much of what is not ASCII reads as words of the encoding's languages."""
    text = raw.decode(encoding, errors="replace")
    letters = [letter for word in words.findall(text) for letter in word]
    if encoding == "big5":  # other languages read as its rare characters, which stand behind the common ones
        letters = [letter for letter in letters if letter.encode(encoding)[0] <= _LAST_COMMON_BIG5]
    if encoding == "windows-1255" and raw.count(0xE9) < raw.count(0xE8):
        return 0.0  # more `и` than `й` makes sense, more `ט` than `י` does not
    return len(letters) / max(1, sum(not character.isascii() for character in text))


def _delimiter(lines: Sequence[str]) -> str:
    """The sign that most lines have the same number of times as the header."""

    def fit(sign: str) -> tuple[float, int]:
        counts = [line.count(sign) for line in lines[:200] if line]
        if not counts or not counts[0]:
            return 0.0, 0
        return sum(count == counts[0] for count in counts) / len(counts), counts[0]

    return max(_DELIMITERS, key=fit)


def _has_decimal_commas(rows: Iterable[Sequence[str]]) -> bool:
    marks = Counter(match[1] for row in rows for cell in row if (match := _FRACTION.fullmatch(cell.strip())))
    return marks[","] > marks["."]


def _marks(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The texts that stand for a missing value."""
    columns = [set(cells) for cells in zip_longest(*rows, fillvalue="")]
    unmistakable = [mark for mark in _MISSING if any(mark in cells for cells in columns)]
    doubtful = []
    for mark in _MISSING_AMONG_NUMBERS:
        others = [cells - {"", mark, *_MISSING} for cells in columns if mark in cells]
        if others and all(cells and all(map(_is_number_or_day, cells)) for cells in others):
            doubtful.append(mark)
    return (*unmistakable, *doubtful)


def _is_number_or_day(cell: str) -> bool:
    return bool(_NUMBER_OR_DAY.fullmatch(cell) or _WRITTEN_DATE.fullmatch(cell))


def _dates(rows: Iterable[Sequence[str]]) -> tuple[str | None, bool]:
    """The pattern of dates that are not written as ISO has it, and whether day and month cannot be told apart."""
    found = [match for row in rows for cell in row if (match := _WRITTEN_DATE.fullmatch(cell.strip()))]
    if not found:
        return None, False
    left, right = (max(int(match[place]) for match in found) for place in (1, 3))
    if left > 12 and right > 12:
        return None, False
    sign = found[0][2]
    clock = " %H:%M:%S" if found[0][4] else " %H:%M" if " " in found[0][0] else ""
    day, month = ("%m", "%d") if right > 12 else ("%d", "%m")
    return f"{day}{sign}{month}{sign}%Y{clock}", left <= 12 and right <= 12 and sign != "."
