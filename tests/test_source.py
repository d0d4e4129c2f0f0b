"""Edits of a file's text."""

from __future__ import annotations

from segrules.source import Edit, SourceFile, Span, edited

FILE = SourceFile("a.yml", "vip: a < 1 and b")


def edit(start: int, end: int, text: str) -> Edit:
    return Edit(Span(FILE, start, end), text)


def test_edits_are_made_in_place_in_any_order() -> None:
    assert edited(FILE.text, [edit(15, 16, "c"), edit(7, 8, "<=")]) == "vip: a <= 1 and c"
    assert edited(FILE.text, []) == FILE.text


def test_of_two_that_touch_the_first_counts() -> None:
    assert edited(FILE.text, [edit(5, 10, "x"), edit(9, 10, "2")]) == "vip: x and b"


def test_insertions_at_one_place_keep_their_order() -> None:
    assert edited(FILE.text, [edit(5, 5, "("), edit(5, 5, "["), edit(16, 16, ")")]) == "vip: ([a < 1 and b)"
