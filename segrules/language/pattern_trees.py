"""PATTERN -> TREE: what a pattern of `matches` looks for, with its switches and classes written out as code points."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal as OneOf

from segrules.language.pattern_letters import ALL, Ranges, letters, others, set_letters
from segrules.language.patterns import counts, tokens


@dataclass(frozen=True, slots=True)
class Letters:
    """One letter, of these code points."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Place:
    """No letter: the start or the end of the text, or where a word (of ASCII letters, digits, `_`) starts or ends."""

    kind: OneOf["start", "end", "boundary"]


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other; of no parts, the empty text."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of the parts."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part so many times. most: None for any number."""

    part: Tree
    least: int
    most: int | None


Tree = Letters | Place | Sequence | Choice | Repeat

_PLACES = {"^": Place("start"), r"\A": Place("start"), "$": Place("end"), r"\b": Place("boundary")}
_NEW_LINE = 0x0A


@dataclass(frozen=True, slots=True)
class _Group:
    """An open group: the switches (`i`, `s`) that hold in it, and the parts of each of its choices so far."""

    switches: str
    choices: list[list[Tree]] = field(default_factory=lambda: [[]])

    def tree(self) -> Tree:
        found = tuple(parts[0] if len(parts) == 1 else Sequence(tuple(parts)) for parts in self.choices)
        return found[0] if len(found) == 1 else Choice(found)


def pattern_tree(pattern: str) -> Tree:
    r"""The tree of a pattern that the checker lets pass.

    Whether a text matches is all that is asked, so that lazy repeats are as good as greedy ones.
    `^a|[0-9]+?` -> Choice(Sequence(Place("start"), Letters(a)), Repeat(Letters(0 to 9), 1, None))
    """
    groups = [_Group("")]
    for token in tokens(pattern):
        text = token.group()
        parts = groups[-1].choices[-1]
        match token.lastgroup:
            case "group" if text.endswith(")"):
                groups = [_Group(text[2:-1])]
            case "open" | "group":
                groups.append(_Group(groups[-1].switches + text[2:-1]))
            case "close":
                closed = groups.pop().tree()
                groups[-1].choices[-1].append(closed)
            case "repeat":
                parts[-1] = Repeat(parts[-1], *counts(text))
            case "anchor" if text == "|":
                groups[-1].choices.append([])
            case _:
                parts.append(_PLACES[text] if text in _PLACES else Letters(_code_points(token, groups[-1].switches)))
    return groups[0].tree()


def _code_points(token: re.Match[str], switches: str) -> Ranges:
    if token.lastgroup == "dot":
        return ALL if "s" in switches else others(((_NEW_LINE, _NEW_LINE),))
    found = set_letters if token.lastgroup == "set" else letters
    return found(token.group(), "i" in switches)
