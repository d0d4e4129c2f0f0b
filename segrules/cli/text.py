"""Text of users made safe to print, and measured in the columns a terminal gives it."""

from __future__ import annotations

import unicodedata

TAB_STOP = 4
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset("\u0085\u2028\u2029\ufeff")


def is_unsafe(character: str) -> bool:
    """Whether a character could move the cursor, reorder the line or cannot be encoded."""
    return character in _BIDI or character in _BREAKS or unicodedata.category(character) in ("Cc", "Cs")


def safe(text: str) -> str:
    """The text on one line, with what would steer the terminal written as `<U+202E>`; breaks and tabs become blanks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(safe_character(character) for character in text.replace("\r\n", " "))


def safe_character(character: str) -> str:
    """One character as `safe` writes it."""
    if character in "\n\r\t":
        return " "
    return f"<U+{ord(character):04X}>" if is_unsafe(character) else character


def width(text: str) -> int:
    """How many terminal columns the text takes: wide characters two, combining marks none."""
    return len(text) if text.isascii() else sum(map(character_width, text))


def character_width(character: str) -> int:
    """The columns of one character, as most terminals give them."""
    if "\u1160" <= character <= "\u11ff" or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def shown(line: str) -> tuple[str, ...]:
    """Each character of a line as it is printed: tabs as blanks up to the next stop, unsafe ones spelled out."""
    pieces: list[str] = []
    column = 0
    for character in line:
        piece = " " * (TAB_STOP - column % TAB_STOP) if character == "\t" else safe_character(character)
        column += width(piece)
        pieces.append(piece)
    return tuple(pieces)


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text with blanks up to so many terminal columns, in front of it with `right`."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks
