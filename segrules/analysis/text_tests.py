"""Tests of a text against a constant, by the words of rules, as trees of letters."""

from __future__ import annotations

from typing import Literal as OneOf
from typing import assert_never

from segrules.analysis.text_classes import TextTest
from segrules.analysis.text_letters import Function
from segrules.language.pattern_letters import ALL
from segrules.language.pattern_trees import Choice, Letters, Place, Repeat, Sequence, Tree, pattern_tree

Kind = OneOf["matches", "contains", "starts_with", "ends_with", "==", "<", ">"]


def text_test(kind: Kind, constant: str, functions: tuple[Function, ...] = ()) -> TextTest:
    """A test of a text, after functions, against a constant; of `matches`, a pattern that the checker lets pass."""
    match kind:
        case "matches":
            return TextTest(pattern_tree(constant), functions=functions)
        case "contains":
            return TextTest(_text(constant), functions=functions)
        case "starts_with":
            return TextTest(Sequence((Place("start"), _text(constant))), functions=functions)
        case "ends_with":
            return TextTest(Sequence((_text(constant), Place("end"))), functions=functions)
        case "==":
            return TextTest(_text(constant), False, functions)
        case "<":
            return TextTest(Choice((*_below(constant), *_starts(constant))), False, functions)
        case ">":
            longer = Sequence((_text(constant), Letters(ALL), _ANYTHING))
            return TextTest(Choice((*_above(constant), longer)), False, functions)
        case _:
            assert_never(kind)


_ANYTHING = Repeat(Letters(ALL), 0, None)


def _text(text: str) -> Tree:
    return Sequence(tuple(Letters(((ord(letter), ord(letter)),)) for letter in text))


def _starts(text: str) -> list[Tree]:
    """What the text starts with and is longer than."""
    return [_text(text[:place]) for place in range(len(text))]


def _below(text: str) -> list[Tree]:
    """Texts by the letter that is the first to be below that of the text."""
    return [
        Sequence((_text(text[:place]), Letters(((0, ord(letter) - 1),)), _ANYTHING))
        for place, letter in enumerate(text)
        if letter != "\0"
    ]


def _above(text: str) -> list[Tree]:
    return [
        Sequence((_text(text[:place]), Letters(((ord(letter) + 1, ALL[0][1]),)), _ANYTHING))
        for place, letter in enumerate(text)
        if ord(letter) < ALL[0][1]
    ]
