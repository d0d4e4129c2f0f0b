"""Patterns as PostgreSQL reads them, which has other classes, boundaries and switches than RE2.

https://github.com/google/re2/wiki/Syntax and
https://www.postgresql.org/docs/current/functions-matching.html#POSIX-SYNTAX-DETAILS
Classes and switches are written out as sets, so that only the collation of `\\y` matters, which has to be "C".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from segrules.language.pattern_letters import ALL, CONTROLS, LAST, Ranges, letters, others, set_letters
from segrules.language.patterns import counts, tokens

_SPECIAL = r"\.^$*+?()[]{}|"
_SPECIAL_IN_SET = r"\^-[]"
_CONSTRAINTS = {"b": r"\y", "A": r"\A"}
_SIGNS: Mapping[tuple[int, int | None], str] = {(0, None): "*", (1, None): "+", (0, 1): "?"}
_MOST_REPEATS = 255  # of PostgreSQL, where RE2 has 1,000


@dataclass(frozen=True, slots=True)
class _Group:
    """An open group: the part it starts at, and the switches (`i`, `s`) that hold in it."""

    start: int
    switches: str


def postgres_pattern(pattern: str) -> str:
    r"""The pattern that finds the same texts, under the collation "C": `[0-9]+[^\n]` for `\d+?.`.

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
                parts[last:] = [_repeated("".join(parts[last:]), *counts(text))]
            case _:
                last = len(parts)
                parts.append(_translated(token, groups[-1].switches))
    return "".join(parts)


def _translated(token: re.Match[str], switches: str) -> str:
    text = token.group()
    if token.lastgroup == "anchor":
        return text
    if token.lastgroup == "dot":
        return "." if "s" in switches else r"[^\n]"
    if token.lastgroup == "set":
        return _set(set_letters(text, "i" in switches))
    if token.lastgroup == "escape" and text[1] in _CONSTRAINTS:
        return _CONSTRAINTS[text[1]]
    return _set(letters(text, "i" in switches))


def _set(ranges: Ranges) -> str:
    """These code points, as short as it can be read: a letter, `.`, `[0-9a]` or `[^,]`."""
    if not ranges:
        return r"[^\s\S]"
    if ranges == ALL:
        return "."
    if ranges[0][0] == ranges[-1][1]:
        return _written(ranges[0][0], _SPECIAL)
    if ranges[-1][1] == LAST:
        return f"[^{_runs(others(ranges))}]"
    return f"[{_runs(ranges)}]"


def _runs(ranges: Ranges) -> str:
    return "".join(
        "".join(_written(code, _SPECIAL_IN_SET) for code in range(first, last + 1))
        if last - first < 2
        else f"{_written(first, _SPECIAL_IN_SET)}-{_written(last, _SPECIAL_IN_SET)}"
        for first, last in ranges
    )


def _written(code: int, special: str) -> str:
    letter = chr(code)
    if letter in special:
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    control = next((name for name, control in CONTROLS.items() if control == letter), None)
    return f"\\{control}" if control else f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def _repeated(part: str, least: int, most: int | None) -> str:
    """A part so many times, longer counts as repeats of repeats: `(?:a{255}){3}a{35}` for `a{800}`."""
    if (least, most) in _SIGNS:
        return part + _SIGNS[least, most]
    if max(least, most or 0) <= _MOST_REPEATS:
        return part + _count(least, most)
    rest = f"{part}*" if most is None else _long(part, most - least, "0,")
    return f"(?:{_long(part, least, '')}{rest})"


def _count(least: int, most: int | None) -> str:
    if least == most:
        return f"{{{least}}}"
    return f"{{{least},{'' if most is None else most}}}"


def _long(part: str, count: int, least: str) -> str:
    whole, rest = divmod(count, _MOST_REPEATS)
    repeats = f"(?:{part}{{{least}{_MOST_REPEATS}}}){{{whole}}}" if whole else ""
    return repeats + (f"{part}{{{least}{rest}}}" if rest else "")
