"""Findings as a person reads them: every column counted, nothing of a user's text obeyed by the terminal."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segrules.cli.terminal import coloured, paint_for, path_from_here, plain, render, render_finding
from segrules.cli.text import is_unsafe, safe, width
from segrules.diagnostics import Diagnostic
from segrules.source import SourceFile, Span


def finding(
    text: str, words: str, *, help: str | None = None, code: str = "unknown-name", end: int | None = None
) -> Diagnostic:
    file = SourceFile("segments/a.yml", text)
    start = text.index(words)
    span = Span(file, start, start + len(words) if end is None else end)
    return Diagnostic(code, f"`{words}` is not a column or trait", span, help)


def test_a_finding_looks_as_the_readme_shows_it() -> None:
    text = "traits: {}\n\n\n\nsegments:\n  vip:    recency_day < 30 and orders >= 5\n"
    assert render_finding(finding(text, "recency_day", help="did you mean `recency_days`?")) == (
        "segments/a.yml:6:11 error: `recency_day` is not a column or trait [unknown-name]\n"
        "  6 |   vip:    recency_day < 30 and orders >= 5\n"
        "    |           ^^^^^^^^^^^  did you mean `recency_days`?"
    )


def test_long_help_stands_on_its_own_line() -> None:
    lines = render_finding(finding("a: wrong", "wrong", help="word " * 30 + "end")).split("\n")
    assert lines[2:] == ["    |    ^^^^^", "    help: " + "word " * 30 + "end"]


def test_help_without_a_place_stands_on_its_own_line() -> None:
    assert render_finding(Diagnostic("file-missing", "there is no `x`", path="x", help="write it")) == (
        "x error: there is no `x` [file-missing]\n    help: write it"
    )


def test_a_finding_about_nothing_in_particular_has_no_place() -> None:
    assert render_finding(Diagnostic("data-missing", "no data")) == "error: no data [data-missing]"


def test_a_span_of_several_lines_shows_the_first_to_its_end() -> None:
    text = "a: >-\n  one two\n  three\n"
    assert render_finding(finding(text, "two", end=text.index("three") + 5)).split("\n")[1:] == [
        "  2 |   one two",
        "    |       ^^^",
    ]


@pytest.mark.parametrize(
    ("line", "words", "shown", "before", "carets"),
    [
        ("ลูกค้า: ยอด > x", "x", "ลูกค้า: ยอด > x", 12, 1),
        ("ลูกค้า: ที่นี่ > 5", "ที่นี่", "ลูกค้า: ที่นี่ > 5", 6, 2),
        ("客戶: 金額 > x", "金額", "客戶: 金額 > x", 6, 4),
        ("\ta:\tx", "x", "    a:  x", 8, 1),
        ("a: e\u0301e\u0301 x", "x", "a: e\u0301e\u0301 x", 6, 1),
        ("🎉: x", "x", "🎉: x", 4, 1),
        ("\u202e: x", "x", "<U+202E>: x", 10, 1),
        ("a: \x1b[2Jx", "x", "a: <U+001B>[2Jx", 14, 1),
    ],
)
def test_carets_stand_under_the_words(line: str, words: str, shown: str, before: int, carets: int) -> None:
    lines = render_finding(finding(line, words)).split("\n")
    assert lines[1:] == [f"  1 | {shown}", "    | " + " " * before + "^" * carets]


def test_an_empty_place_at_the_end_gets_one_caret() -> None:
    text = "a: b +"
    lines = render_finding(Diagnostic("syntax", "more expected", Span(SourceFile("f", text), 6, 6))).split("\n")
    assert lines == ["f:1:7 error: more expected [syntax]", "  1 | a: b +", "    |       ^"]


def test_a_place_behind_the_last_line_is_shown() -> None:
    lines = render_finding(Diagnostic("syntax", "more expected", Span(SourceFile("f", "a\n"), 2, 2))).split("\n")
    assert lines == ["f:2:1 error: more expected [syntax]", "  2 |", "    | ^"]


def test_a_long_line_is_cut_around_the_words() -> None:
    text = "a: " + "before " * 300 + "WRONG" + " behind" * 300
    _, source, carets = render_finding(finding(text, "WRONG")).split("\n")
    assert len(source) < 130
    assert source[carets.index("^") : carets.rindex("^") + 1] == "WRONG"
    assert source[6] == "…"
    assert source[-1] == "…"


def test_words_longer_than_the_window_are_cut_with_their_carets() -> None:
    _, source, carets = render_finding(finding("a: " + "x" * 5000, "x" * 5000)).split("\n")
    assert len(carets) <= len(source) < 130
    assert carets.endswith("^" * 80)


characters = st.characters(exclude_categories=("Cs",), exclude_characters="\t") | st.sampled_from(
    "กิ่ที่漢😀\u202e\x1b\u0301 ab"
)


@settings(max_examples=200)
@given(st.text(characters, max_size=4), st.text(characters, min_size=1, max_size=4), st.text(characters, max_size=4))
def test_carets_cover_what_the_words_take_on_the_screen(before: str, words: str, after: str) -> None:
    file = SourceFile("f", before + words + after)
    place = Span(file, len(before), len(before) + len(words))
    head, source, carets = render_finding(Diagnostic("syntax", "x", place)).split("\n")
    number, column = file.position(len(before))
    assert head.startswith(f"f:{number}:{column} ")
    assert not any(is_unsafe(character) for character in source)
    left = file.line(number)[: column - 1]
    assert carets.index("^") == len(f"  {number} | ") + width(safe(left))
    if not set(words) & set("\r\n"):
        assert carets.count("^") == max(1, width(safe(words)))


@settings(max_examples=200)
@given(st.text())
def test_safe_text_steers_no_terminal(text: str) -> None:
    assert not any(is_unsafe(character) for character in safe(text))
    assert safe(safe(text)) == safe(text)


def test_lone_surrogates_can_be_printed() -> None:
    safe("\udcff").encode("utf-8")


def test_findings_are_counted() -> None:
    errors = [finding("a: x", "x"), finding("b: x", "x")]
    warning = finding("a: x", "x", code="mixed-and-or")
    assert render([*errors, warning]).split("\n")[-1] == "2 errors, 1 warning"
    assert render([warning]).split("\n\n")[-1] == "1 warning"
    assert render([]) == "no findings"


def test_files_are_named_as_they_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_from_here("a/b.yml", Path()) == Path("a/b.yml")
    assert path_from_here("a/b.yml", Path("shop")) == Path("shop/a/b.yml")
    assert path_from_here("a/b.yml", tmp_path / "shop") == Path("shop/a/b.yml")
    assert path_from_here("a/b.yml", tmp_path.parent) == tmp_path.parent / "a/b.yml"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert paint_for(Terminal()) is coloured
    assert paint_for(StringIO()) is plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert paint_for(Terminal()) is plain
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert paint_for(Terminal()) is plain


def test_colours_change_nothing_but_colour() -> None:
    import re

    item = finding("a: wrong", "wrong", help="did you mean `right`?")
    assert re.sub("\x1b\\[[0-9;]*m", "", render([item], paint=coloured)) == render([item])


def test_other_words_of_a_finding_have_carets_too() -> None:
    text, other = SourceFile("a.yml", "a: x > 60 and y and x < 20\nb: ลูกค้า and z\n"), SourceFile("b.yml", "c: deep\n")
    spans = [Span(text, 3, 9), Span(text, 20, 26), Span(text, 41, 42), Span(text, 30, 36), Span(other, 3, 7)]
    finding = Diagnostic("never-matches", "no", spans[0], "mend", related=tuple(spans[1:]), notes=("example: {x: 1}",))
    assert render_finding(finding).splitlines() == [
        "a.yml:1:4 error: no [never-matches]",
        "  1 | a: x > 60 and y and x < 20",
        "    |    ^^^^^^           ^^^^^^  mend",
        "  2 | b: ลูกค้า and z",
        "    |    ^^^^     ^",
        "  b.yml:",
        "  1 | c: deep",
        "    |    ^^^^",
        "    example: {x: 1}",
    ]


def test_words_that_overlap_are_marked_once_and_those_cut_off_not_at_all() -> None:
    file = SourceFile("a.yml", "a: " + "x" * 300 + " end")
    finding = Diagnostic("never-matches", "no", Span(file, 3, 8), related=(Span(file, 6, 10), Span(file, 304, 307)))
    marks = render_finding(finding).splitlines()[2]
    assert marks == "    |    ^^^^^^^"
