"""A file that is not YAML gets a finding that says where, and what to do about it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from segrules.diagnostics import Diagnostic
from segrules.project import yaml_source
from segrules.project.yaml_source import read_yaml


@pytest.fixture(
    params=[getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader], ids=["c", "python"], autouse=True
)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(yaml_source, "_LOADER", request.param)
    return request.param


def only_finding(text: str) -> Diagnostic:
    (finding,) = read_yaml("rules.yml", text)[1]
    return finding


def findings_of(text: str) -> list[tuple[str, tuple[int, int], str]]:
    """Code, line and column, and the words that each finding is about."""
    findings = read_yaml("rules.yml", text)[1]
    spans = [finding.span for finding in findings if finding.span]
    places = [(span.file.position(span.start), span.text) for span in spans]
    return [(finding.code, *place) for finding, place in zip(findings, places, strict=True)]


FOLD_HELP = "write `>-` and then the rule on the next line, indented"


@pytest.mark.parametrize("character", list("'\"[{*@`%|>"))
@pytest.mark.parametrize("before", ["vip: ", "  - ", "- vip: "])
def test_a_rule_that_starts_with_a_sign_is_advised_to_fold(character: str, before: str) -> None:
    closing = {"[": "]", "{": "}", "'": "'", '"': '"'}.get(character, "")
    finding = only_finding(f"a: 1\nsegments:\n  {before}{character}x{closing} == country and age > 5\n")
    assert finding.code == "yaml-syntax"
    assert finding.span
    assert finding.span.file.position(finding.span.start)[0] == 3
    assert FOLD_HELP in (finding.help or "")


@pytest.mark.parametrize(
    ("text", "place", "words", "message"),
    [
        ("vip: 'TH' == country\n", (1, 11), "==", "`==` stands after the end of the value"),
        ('vip: "total" > 5\n', (1, 14), ">", "`>` stands after the end of the value"),
        ("vip: a == 'x: y'\n", (1, 13), ":", "a colon and a blank stand a second time in this entry"),
        ("vip: [a, b\nx: 1\n", (1, 6), "[", "`[` is not closed: no `]` follows"),
        ("vip: {a: b\n", (1, 6), "{", "`{` is not closed: no `}` follows"),
        ("vip: [a > 1, 'TH' == b]\n", (1, 19), "==", "a comma or `]` is missing before `==`"),
        ("a: [b, {c\n]\n", (1, 8), "{", "`{` is not closed: no `}` follows"),
        ("a: ['b'\n  'c']\n", (2, 3), "'c'", "a comma or `]` is missing before `'c'`"),
        ("a: [x in [b]]\n", (1, 10), "[", "a comma or `]` is missing before `[`"),
        ("vip: `x`\n", (1, 6), "`", "a value cannot start with a backtick"),
        ("a: 1\n" + "x" * 100 + "\n", (2, 1), "x" * 100, "this line has no colon"),
        ("a: 1\n" + ": " * 2, (2, 1), ":", "`:` does not line up"),
        ("vip: 'abc\nx: 1\n", (1, 6), "'", "this quote is never closed"),
        ("😀: @x\n", (1, 4), "@", "a value cannot start with `@`"),
        ("size: >= 100\n", (1, 7), ">", "`>` at the start of a value announces text on the next lines"),
        ("vip: >5\nb: 1\n", (1, 6), ">5", "`>5` announces text on the next lines, and none follows"),
        ("vip: - 5\n", (1, 6), "-", "`-` starts a list item"),
        ("vip: & x\n", (1, 6), "&", "`&` at the start of a value names an anchor"),
        ("vip: *x and y\n", (1, 6), "*x", "`*x` refers to an anchor that is not there"),
        ("a:\n  b: 1\n c: 2\n", (3, 2), "c:", "`c:` does not line up with the lines above"),
        ("a: 1\nfoo\nb: 2\n", (2, 1), "foo", "this line has no colon"),
        ("foo\na: 1\n", (2, 2), ":", "this colon does not make a key here"),
        ('p: "\\d+"\n', (1, 5), "\\d", "`\\d` has no meaning here inside double quotes"),
        ("a: 1\n]\n", (2, 1), "]", "`]` does not line up with the lines above"),
        ("[a] b\n", (1, 5), "b", "`b` stands after the end"),
        ("a: ,\n", (1, 4), ",", "a value is missing before `,`"),
    ],
)
def test_syntax_errors_say_where_and_what(text: str, place: tuple[int, int], words: str, message: str) -> None:
    for line_break in ("\n", "\r\n"):
        for mark in ("", "\ufeff"):
            finding = only_finding(mark + text.replace("\n", line_break))
            assert finding.span
            line, column = finding.span.file.position(finding.span.start)
            assert (line, column - (len(mark) if line == 1 else 0)) == place
            assert (finding.code, finding.span.text) == ("yaml-syntax", words)
            assert finding.message.startswith(message)
            assert read_yaml("rules.yml", text)[0] is None or words == ">5"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a:\n\tb: 1\n", [(2, 1)]),
        ("\ta: 1\n", [(1, 1)]),
        ("a: x\n\ty\n", [(2, 1)]),
        ("-\ta: 1\n  b: 2\n", [(1, 2)]),
        ("a: |\n\tb\n", [(2, 1)]),
        ("a: 'x\ty'  # c\td\nb: |\n  x\ty\n", []),
    ],
)
def test_tabs(text: str, places: list[tuple[int, int]]) -> None:
    assert findings_of(text) == [("yaml-tab", place, "\t") for place in places]


def test_tabs_that_yaml_would_accept_are_findings_too(loader: Any) -> None:
    if loader is yaml.SafeLoader:
        assert findings_of("a:\tx\nb:\ty\n") == [("yaml-tab", (1, 3), "\t")]  # stops at the first
    else:
        found = findings_of("a:\tx\nb: [1,\t\t2]\nc: 3\t# t\ta\n")
        assert [place for _, place, _ in found] == [(1, 3), (2, 7), (3, 5)]
        assert [place for _, place, _ in findings_of("a:\tx\nb: 1\nc:\n\td: 1\n")] == [(1, 3), (4, 1)]


def test_long_words_are_cut_in_messages() -> None:
    finding = only_finding("a: 'b' " + "x" * 1000)
    assert finding.message == "`" + "x" * 39 + "…` stands after the end of the value"


def test_an_apostrophe_in_quoted_text_is_explained() -> None:
    help = only_finding("label: 'It's fine'\n").help
    assert help
    assert help.startswith("a value that starts with `'` ends at the next `'`")
