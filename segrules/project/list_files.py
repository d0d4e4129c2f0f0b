"""The files of lists/ as lists of texts: `.txt` with a value per line, of `.csv` the first column under its header."""

from __future__ import annotations

import csv
import io
import re
from unicodedata import normalize

from segrules.diagnostics import Diagnostic
from segrules.language.value_lists import ValueList
from segrules.project.reader import Reader

LIST_FOLDER = "lists"
LIST_ENDINGS = (".csv", ".txt")
MOST_LIST_BYTES = 32 * 1024 * 1024


def load_lists(read: Reader) -> dict[str, ValueList]:
    """Every list by the name that rules give it, its path in lists/. What is wrong with it is told where it is used."""
    paths = read.list(LIST_FOLDER, LIST_ENDINGS)
    names = (normalize("NFC", path.removeprefix(f"{LIST_FOLDER}/")) for path in paths)
    return {name: _load(name, path, read) for name, path in zip(names, paths, strict=True)}


def list_text(read: Reader, path: str) -> str | Diagnostic:
    """The text of a list's file."""
    return read.text(path, MOST_LIST_BYTES)


def _load(name: str, path: str, read: Reader) -> ValueList:
    text = list_text(read, path)
    if isinstance(text, Diagnostic):
        return ValueList(name, (), problem=text)
    if not path.lower().endswith(".csv"):
        lines = ((number, line.strip()) for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1))
        return ValueList(name, tuple((number, line) for number, line in lines if line))
    return _csv(name, text)


def _csv(name: str, text: str) -> ValueList:
    """A CSV file's first column. Excel writes semicolons where the decimal sign is a comma."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = next((sign for sign in (",", ";", "\t") if sign in first), ",")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    entries: list[tuple[int, str]] = []
    header: str | None = None
    line = 1
    try:
        for row in rows:
            value = row[0].strip() if row else ""
            if header is None:
                header = normalize("NFC", value) if row else None
            elif value:
                entries.append((line, value))
            line = rows.line_num + 1
    except csv.Error:
        message = f"line {line} of `lists/{name}` cannot be read as CSV"
        help = "a quote inside a quoted value is doubled, and each one that is opened is closed"
        return ValueList(name, (), problem=Diagnostic("file-unreadable", message, help=help))
    return ValueList(name, tuple(entries), header)
