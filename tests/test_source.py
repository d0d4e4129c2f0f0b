"""Edits of a file's text."""

from __future__ import annotations

import pytest

from segrules.project.yaml_source import Scalar, read_yaml
from segrules.source import Edit, SourceFile, Span, edited, whole_file, without_secrets

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


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("a < 1", "a <= 'x' 1"),
        ("'a < 1'", "'a <= ''x'' 1'"),
        ('"a < 1"', "\"a <= 'x' 1\""),
        (">-\n  a\n  < 1", ">-\n  a\n  <= 'x' 1"),
    ],
)
def test_an_edit_of_a_value_is_written_as_its_place_asks_for(written: str, after: str) -> None:
    node, _ = read_yaml("a.yml", written)
    assert isinstance(node, Scalar)
    edit = node.fragment.edit(2, 3, "<= 'x'")
    assert edit is not None
    text = edited(written, [edit])
    assert text == after
    again, _ = read_yaml("a.yml", text)
    assert isinstance(again, Scalar)
    assert again.fragment.text == "a <= 'x' 1"


@pytest.mark.parametrize(("start", "text"), [(0, "'x'"), (0, "!x"), (2, "\n"), (2, "\x01")])
def test_no_edit_makes_something_else_of_a_plain_value(start: int, text: str) -> None:
    assert whole_file("a.yml", "a < 1").edit(start, start + 1, text) is None


@pytest.mark.parametrize(
    "line",
    [
        "engine: [postgres://bob:hunter2/1@x/shop]",
        "engine: ['postgresql:/bob:hunter2@x/shop']",
        "engine: [postgres:bob:hunter2@x]",
        "engine: [host=x password=hunter2]",
        "source: https://x/a.csv?token=hunter2",
    ],
)
def test_of_a_line_no_secret_is_shown(line: str) -> None:
    assert "hunter2" not in without_secrets(line)
    assert len(without_secrets(line)) == len(line)


def test_a_line_without_secrets_is_shown_as_it_is() -> None:
    for line in ("source: abfss://shop@x/a.csv", "engine: postgres://bob@x/shop", "password: text", "a@b: {min: 1}"):
        assert without_secrets(line) == line
