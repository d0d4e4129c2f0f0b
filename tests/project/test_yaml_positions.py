"""Every character of a scalar is found again where the file has it, in every style a scalar can be written in."""

from __future__ import annotations

import re
from typing import Any
from unittest import mock

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from segrules.project import yaml_source
from segrules.project.yaml_source import Mapping, Scalar, read_yaml
from segrules.source import Fragment

BREAKS = ("\n", "\r\n", "\r")
SCRIPTS = "abcXYZ019_éяéกำลังשָׁלוֹםहिन्दी中😀👩‍👩‍👧𝒳\U0010fffd\u200d\u0085\u2028\u2029\xa0\ue000\u3000"
SIGNS = "'\"\\#:,-?![]{}&*|>%@`~=<.()"
letters = st.sampled_from(SCRIPTS)
words = st.text(letters, min_size=1, max_size=6)
signs_and_letters = st.text(SCRIPTS + SIGNS, min_size=1, max_size=8)
blanks = st.text(" \t", max_size=2)
breaks = st.sampled_from(BREAKS)
loaders = pytest.mark.parametrize(
    "loader", [getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader], ids=["c", "python"]
)


def read_scalar(loader: Any, text: str) -> Scalar:
    """The last value of a mapping or list without findings."""
    with mock.patch.object(yaml_source, "_LOADER", loader):
        node, findings = read_yaml("rules.yml", text)
    assert [finding.message for finding in findings] == []
    while not isinstance(node, Scalar):
        assert node is not None
        node = node.entries[-1][1] if isinstance(node, Mapping) else node.items[-1]
    return node


def assert_each_character_is_found(fragment: Fragment) -> None:
    place = fragment.runs[0].start if fragment.runs else 0
    for index, character in enumerate(fragment.text):
        span = fragment.span_of(index, index + 1)
        assert place <= span.start < span.end
        place = span.end
        if span.text == character:
            continue
        written = span.text
        if character in " \n":
            is_break = "\r" in written or "\n" in written
            assert (is_break and not written.strip(" \t\r\n")) or written in ("\\n", "\\ ", "\\x20", "\\x0a", "\\u000A")
        elif character == "'" and written == "''":
            continue
        else:
            assert unescaped(written) == character


def unescaped(written: str) -> str:
    assert re.fullmatch(r"\\(x..|u.{4}|U.{8}|[^xuU])", written, re.DOTALL), written
    if written[1] in "xuU":
        return chr(int(written[2:], 16))
    return {"n": "\n", "t": "\t", "N": "\x85", "L": "\u2028", "P": "\u2029", "_": "\xa0", "e": "\x1b", "0": "\0"}.get(
        written[1], written[1]
    )


@st.composite
def contexts(draw: st.DrawFn) -> tuple[str, str, str]:
    """What stands before a scalar, after it, and the line break of the file."""
    line_break = draw(breaks)
    mark = draw(st.sampled_from(["", "\ufeff"]))
    before = draw(
        st.sampled_from(["k: ", "# 😀 ก\nя: 1\nk: ", "- ", "- 😀: 'ש'\n  k: ", "k: !!str ", "k: &a !!str ", "? k\n: "])
    )
    after = draw(st.sampled_from(["\n", " \n", "\n# end\n", "\n\n"]))
    return mark + before.replace("\n", line_break), after.replace("\n", line_break), line_break


@st.composite
def folded_breaks(draw: st.DrawFn, line_break: str, style: str) -> tuple[str, str]:
    """A break inside a plain or quoted scalar: its value, and how it is written."""
    around = blanks if style else st.text(" ", max_size=2)
    count = draw(st.integers(1, 3))
    lines = "".join(draw(around) + line_break for _ in range(count))
    return ("\n" * (count - 1) or " "), lines + "    " + draw(around)


@st.composite
def flow_scalars(draw: st.DrawFn, style: str) -> tuple[str, str]:
    """A document whose last value is a plain (''), single or double quoted scalar, and that value."""
    before, after, line_break = draw(contexts())
    pieces: list[tuple[str, str]] = []
    for number in range(draw(st.integers(1, 6))):
        if number:
            gap = st.sampled_from([("", ""), (" ", " "), ("  ", "  ")]) | folded_breaks(line_break, style)
            if style == '"':
                gap |= blanks.map(lambda text: (text, f"{text}\\{line_break}    "))
            pieces.append(draw(gap))
        pieces.append(draw(_word(style)))
    value = "".join(text for text, _ in pieces)
    written = "".join(text for _, text in pieces)
    return f"{before}{style}{written}{style}{after}", value


def _word(style: str) -> st.SearchStrategy[tuple[str, str]]:
    if style == "'":
        return signs_and_letters.map(lambda text: (text, text.replace("'", "''")))
    if style == '"':
        escapes = st.sampled_from(
            [("\n", "\\n"), ("\t", "\\t"), ("A", "\\x41"), ("ก", "\\u0e01"), ("😀", "\\U0001F600")]
        )
        escapes |= st.sampled_from(
            [(" ", "\\ "), ('"', '\\"'), ("/", "\\/"), ("\0", "\\0"), ("\u2028", "\\L"), ("\x85", "\\N")]
        )
        plain = signs_and_letters.map(lambda text: (text, re.sub(r'(["\\])', r"\\\1", text)))
        return escapes | plain
    inner = st.sampled_from(["", "'", '"', "a#b", "a:b", "😀", "==", "\\n", "a,b", "(", "%"])
    return st.tuples(words, inner, words).map(lambda parts: ("".join(parts),) * 2)


@loaders
@pytest.mark.parametrize("style", ["", "'", '"'], ids=["plain", "single", "double"])
def test_characters_of_plain_and_quoted_scalars_are_found(loader: Any, style: str) -> None:
    @settings(max_examples=200, deadline=None)
    @given(flow_scalars(style))
    def check(case: tuple[str, str]) -> None:
        text, value = case
        scalar = read_scalar(loader, text)
        assert scalar.fragment.text == value
        assert scalar.plain == (style == "")
        assert scalar.span.text.startswith(style)
        assert scalar.span.text.endswith(style)
        assert scalar.fragment.runs
        assert_each_character_is_found(scalar.fragment)

    check()


@st.composite
def block_scalars(draw: st.DrawFn) -> str:
    """A document whose last value is a literal or folded scalar."""
    before, _, line_break = draw(contexts())
    line = st.builds("{}{}{}".format, st.sampled_from(["", "", " ", "  ", "\t"]), signs_and_letters | words, blanks)
    lines = draw(st.lists(line | st.sampled_from(["", "   ", " \t"]), max_size=6))
    sign, chomping, margin = draw(st.sampled_from("|>")), draw(st.sampled_from(["", "-", "+"])), "     "
    if any(text.startswith((" ", "\t")) for text in lines):
        indent = draw(st.integers(1, 5))
        chomping = draw(st.sampled_from([f"{chomping}{indent}", f"{indent}{chomping}"]))
        margin = " " * (indent + (2 if before.endswith("  k: ") else 0))
    header = sign + chomping + draw(st.sampled_from(["", " # 😀 + -", "  "]))
    body = "".join(line_break + (margin + text if text else "") for text in lines)
    return before + header + body + draw(st.sampled_from(["", line_break, line_break * 3]))


@loaders
def test_characters_of_block_scalars_are_found(loader: Any) -> None:
    @settings(max_examples=300, deadline=None)
    @given(block_scalars())
    def check(text: str) -> None:
        scalar = read_scalar(loader, text)
        stand_ins = {0x85: "Ā", 0x2028: "ā", 0x2029: "Ă"}  # PyYAML breaks lines there; YAML 1.2 does not
        events = yaml.parse(text.translate(stand_ins), Loader=loader)
        expected = [event.value for event in events if isinstance(event, yaml.ScalarEvent)][-1]
        assert scalar.fragment.text.translate(stand_ins) == expected
        assert bool(scalar.fragment.runs) == bool(expected)
        assert not scalar.span.text.endswith(("\n", "\r", " "))
        assert_each_character_is_found(scalar.fragment)

    check()


@loaders
@pytest.mark.parametrize("style", [None, "'", '"', "|", ">"])
def test_characters_of_dumped_text_are_found(loader: Any, style: str | None) -> None:
    dumpable = st.text(SCRIPTS.translate({0x85: None, 0x2028: None, 0x2029: None}) + SIGNS + " \n", max_size=60)

    @settings(max_examples=150, deadline=None)
    @given(dumpable, st.booleans(), st.sampled_from([20, 80, 10000]), breaks)
    def check(value: str, allow_unicode: bool, width: int, line_break: str) -> None:
        options: dict[str, Any] = {
            "allow_unicode": allow_unicode,
            "width": width,
            "line_break": line_break,
            "default_style": style,
        }
        scalar = read_scalar(loader, yaml.dump({"k": value}, **options))
        assert scalar.value == value or (style is None and scalar.fragment.text == value)
        assert bool(scalar.fragment.runs) == bool(value)
        assert_each_character_is_found(scalar.fragment)

    check()


@pytest.mark.parametrize(
    ("written", "value", "places"),
    [
        ("it''s", None, None),
        ("'it''s'", "it's", [1, 2, (3, 5), 5]),
        ('"a\\n\\x41\\u0e01"', "a\nAก", [1, (2, 4), (4, 8), (8, 14)]),
        ('"\\U0001F600b"', "😀b", [(1, 11), 11]),
        ('"a \\\n   b"', "a b", [1, 2, 8]),
        ("'a  \n\n  b'", "a\nb", [1, (5, 6), 8]),
        ("a\n  b", "a b", [0, (1, 2), 4]),
        (">-\n  a\n  b\n", "a b", [5, (6, 7), 9]),
        (">\n  a\n   b\n  c\n", "a\n b\nc\n", [4, 5, 8, 9, 10, 13, 14]),
        ("|+\n  a\n\n", "a\n\n", [5, 6, 7]),
        ("|1-\n  a\n", " a", [5, 6]),
        (">-\r\n  a\r\n  😀", "a 😀", [6, (7, 9), 11]),
    ],
)
def test_places(written: str, value: str | None, places: list[int | tuple[int, int]] | None) -> None:
    fragment = read_scalar(yaml_source._LOADER, "k: " + written).fragment
    assert fragment.text == (value or written)
    expected = [(place, place + 1) if isinstance(place, int) else place for place in places or range(len(written))]
    spans = [fragment.span_of(index, index + 1) for index in range(len(fragment.text))]
    assert [(span.start - 3, span.end - 3) for span in spans] == expected


def test_a_caret_lands_under_the_word_of_a_folded_rule() -> None:
    text = "segments:\n  vip: >-\n    recency_days < 30 and\n    ordrs >= 5  # not a comment\n"
    fragment = read_scalar(yaml_source._LOADER, text).fragment
    start = fragment.text.index("ordrs")
    span = fragment.span_of(start, start + 5)
    assert (span.text, span.file.position(span.start)) == ("ordrs", (4, 5))


def test_a_value_that_cannot_be_followed_points_at_the_whole_scalar() -> None:
    with mock.patch("segrules.project.yaml_positions._write_content", return_value=None):
        fragment = read_scalar(yaml_source._LOADER, "k: 'it''s'").fragment
    assert fragment.text == "it's"
    assert fragment.span_of(1, 2).text == "'it''s'"


def test_a_text_longer_than_any_rule_points_at_the_whole_scalar() -> None:
    fragment = read_scalar(yaml_source._LOADER, "k: '" + "it''s " * 50_000 + "'").fragment
    assert fragment.text == "it's " * 50_000
    assert fragment.span_of(1, 2) == fragment.span
