"""Patterns as engines read them that have other classes, boundaries and switches than RE2.

https://github.com/google/re2/wiki/Syntax,
https://www.postgresql.org/docs/current/functions-matching.html#POSIX-SYNTAX-DETAILS and
https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html
Classes and switches are written out as sets, so that in PostgreSQL only the collation of `\\y` matters, which has to
be "C". Java's `$` would also stand before a last line break, and its `\\b` would know letters of all scripts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from segrules.language.pattern_letters import ALL, CONTROLS, LAST, Ranges, letters, others, set_letters
from segrules.language.patterns import counts, tokens

_SPECIAL = r"\.^$*+?()[]{}|"
_SPECIAL_IN_SET = r"\^-[]&"
_SIGNS: Mapping[tuple[int, int | None], str] = {(0, None): "*", (1, None): "+", (0, 1): "?"}
_WORD = "[0-9A-Za-z_]"


@dataclass(frozen=True, slots=True)
class Spelling:
    """How an engine writes the boundary of a word, the end of the text, any code point, one by its number, and the
    largest count of a repeat (None: RE2's own, 1,000).
    """

    boundary: str
    end: str
    anything: str
    code: Callable[[int], str]
    most_repeats: int | None = None


POSTGRES = Spelling(r"\y", "$", ".", lambda code: f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}", 255)
JAVA = Spelling(
    rf"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))", r"\z", r"[\s\S]", lambda code: f"\\x{{{code:x}}}"
)


@dataclass(frozen=True, slots=True)
class _Group:
    """An open group: the part it starts at, and the switches (`i`, `s`) that hold in it."""

    start: int
    switches: str


def spelled(pattern: str, spelling: Spelling) -> str:
    r"""The pattern that finds the same texts: `[0-9]+[^\n]` for `\d+?.`.

    Whether a text matches is all that is asked, so that lazy repeats are as good as greedy ones.
    """
    parts: list[str] = []
    groups = [_Group(0, "")]
    last = 0  # where the last thing that can be repeated starts
    for token in tokens(pattern):
        text = token.group()
        match token.lastgroup:
            case "group" if text.endswith(")"):
                groups = [_Group(0, text[2:-1])]
            case "open" | "group":
                groups.append(_Group(len(parts), groups[-1].switches + text[2:-1]))
                parts.append(text if text == "(" else "(?:")
            case "close":
                last = groups.pop().start
                parts.append(text)
            case "repeat":
                parts[last:] = [_repeated("".join(parts[last:]), *counts(text), spelling)]
            case _:
                last = len(parts)
                parts.append(_translated(token, groups[-1].switches, spelling))
    return "".join(parts)


def _translated(token: re.Match[str], switches: str, spelling: Spelling) -> str:
    text = token.group()
    if token.lastgroup == "anchor":
        return spelling.end if text == "$" else text
    if token.lastgroup == "dot":
        return spelling.anything if "s" in switches else r"[^\n]"
    if token.lastgroup == "set":
        return _set(set_letters(text, "i" in switches), spelling)
    if token.lastgroup == "escape" and text[1] in "bA":
        return spelling.boundary if text[1] == "b" else text
    return _set(letters(text, "i" in switches), spelling)


def _set(ranges: Ranges, spelling: Spelling) -> str:
    """These code points, as short as it can be read: a letter, `.`, `[0-9a]` or `[^,]`."""
    if not ranges:
        return r"[^\s\S]"
    if ranges == ALL:
        return spelling.anything
    if ranges[0][0] == ranges[-1][1]:
        return _written(ranges[0][0], _SPECIAL, spelling)
    if ranges[-1][1] == LAST:
        return f"[^{_runs(others(ranges), spelling)}]"
    return f"[{_runs(ranges, spelling)}]"


def _runs(ranges: Ranges, spelling: Spelling) -> str:
    return "".join(
        "".join(_written(code, _SPECIAL_IN_SET, spelling) for code in range(first, last + 1))
        if last - first < 2
        else f"{_written(first, _SPECIAL_IN_SET, spelling)}-{_written(last, _SPECIAL_IN_SET, spelling)}"
        for first, last in ranges
    )


def _written(code: int, special: str, spelling: Spelling) -> str:
    letter = chr(code)
    if letter in special:
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    control = next((name for name, control in CONTROLS.items() if control == letter and name != "v"), None)
    return f"\\{control}" if control else spelling.code(code)


def _repeated(part: str, least: int, most: int | None, spelling: Spelling) -> str:
    """A part so many times, longer counts as repeats of repeats: `(?:a{255}){3}a{35}` for `a{800}`."""
    if (least, most) in _SIGNS:
        return part + _SIGNS[least, most]
    limit = spelling.most_repeats
    if limit is None or max(least, most or 0) <= limit:
        return part + _count(least, most)
    rest = f"{part}*" if most is None else _long(part, most - least, "0,", limit)
    return f"(?:{_long(part, least, '', limit)}{rest})"


def _count(least: int, most: int | None) -> str:
    if least == most:
        return f"{{{least}}}"
    return f"{{{least},{'' if most is None else most}}}"


def _long(part: str, count: int, least: str, limit: int) -> str:
    whole, rest = divmod(count, limit)
    repeats = f"(?:{part}{{{least}{limit}}}){{{whole}}}" if whole else ""
    return repeats + (f"{part}{{{least}{rest}}}" if rest else "")
