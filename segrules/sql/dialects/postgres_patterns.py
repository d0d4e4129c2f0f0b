"""Patterns as PostgreSQL reads them, which has other classes, boundaries and switches than RE2.

https://github.com/google/re2/wiki/Syntax and
https://www.postgresql.org/docs/current/functions-matching.html#POSIX-SYNTAX-DETAILS
Classes and switches are written out as sets, so that only the collation of `\\y` matters, which has to be "C".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from segrules.language.patterns import counts, tokens

Ranges = tuple[tuple[int, int], ...]
"""Code points, first and last of each run, in order and apart."""

_FIRST, _LAST = 0x1, 0x10FFFF  # no text holds U+0000
_CLASSES: Mapping[str, Ranges] = {
    "d": ((0x30, 0x39),),
    "w": ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
    "s": ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)),
}
_SPECIAL = r"\.^$*+?()[]{}|"
_SPECIAL_IN_SET = r"\^-[]"
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_CONSTRAINTS = {"b": r"\y", "A": r"\A"}
_SIGNS: Mapping[tuple[int, int | None], str] = {(0, None): "*", (1, None): "+", (0, 1): "?"}
_MOST_REPEATS = 255  # of PostgreSQL, where RE2 has 1,000
_LAST_CASED = 0x1FFFF  # no letter beyond has an upper and a lower case


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
        is_negative = text.startswith("[^")
        found = _merged(_members(text[1 + is_negative : -1], "i" in switches))
        return _set(_others(found) if is_negative else found)
    if token.lastgroup == "escape" and text[1] in _CONSTRAINTS:
        return _CONSTRAINTS[text[1]]
    return _set(_merged(_meant(text, "i" in switches)))


def _members(inside: str, ignores_case: bool) -> Iterator[tuple[int, int]]:
    members = re.findall(r"\\.|.", inside, re.DOTALL)
    while members:
        if len(members) > 2 and members[1] == "-":
            ((first, _),), ((_, last),) = _meant(members[0], False), _meant(members[2], False)
            yield from _any_case(((first, last),)) if ignores_case else ((first, last),)
            members = members[3:]
        else:
            yield from _meant(members.pop(0), ignores_case)


def _meant(text: str, ignores_case: bool) -> Ranges:
    """The code points of one letter or escape."""
    letter = text[-1]
    if len(text) == 2 and letter.lower() in _CLASSES:
        found = _CLASSES[letter.lower()]
        found = _any_case(found) if ignores_case else found
        return _others(found) if letter.isupper() else found
    code = ord(_CONTROLS.get(letter, letter) if len(text) == 2 else letter)
    return _any_case(((code, code),)) if ignores_case else ((code, code),)


def _any_case(ranges: Ranges) -> Ranges:
    """With the letters that differ from one in it by case alone: `k`, `K` and the sign of Kelvin."""
    found = [(ord(other), ord(other)) for code, others in _cases().items() if _holds(ranges, code) for other in others]
    return _merged((*ranges, *found))


def _holds(ranges: Ranges, code: int) -> bool:
    return any(first <= code <= last for first, last in ranges)


@cache
def _cases() -> Mapping[int, str]:
    """By code point, the letters that are equal when case is ignored, by Unicode's simple case folding."""
    equal: dict[str, str] = {}
    for letter in map(chr, range(_LAST_CASED + 1)):
        folded = next((form for form in (letter.casefold(), letter.lower()) if len(form) == 1), letter)
        equal[folded] = equal.get(folded, "") + letter
    return {ord(letter): letters for letters in equal.values() if len(letters) > 1 for letter in letters}


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _others(ranges: Ranges) -> Ranges:
    edges = [_FIRST - 1, *(edge for first, last in ranges for edge in (first, last)), _LAST + 1]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((before + 1, after - 1) for before, after in pairs if before + 1 < after)


def _set(ranges: Ranges) -> str:
    """These code points, as short as it can be read: a letter, `.`, `[0-9a]` or `[^,]`."""
    if not ranges:
        return r"[^\s\S]"
    if ranges == ((_FIRST, _LAST),):
        return "."
    if ranges[0][0] == ranges[-1][1]:
        return _written(ranges[0][0], _SPECIAL)
    if ranges[-1][1] == _LAST:
        return f"[^{_runs(_others(ranges))}]"
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
    control = next((name for name, control in _CONTROLS.items() if control == letter), None)
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
