"""YAML files come out as YAML 1.2 means them, and what is wrong with them is said at the right place."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from segrules.diagnostics import Diagnostic
from segrules.project import yaml_source
from segrules.project.yaml_source import Mapping, Node, Scalar, read_yaml

LOADERS = [getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader]


@pytest.fixture(params=LOADERS, ids=["c", "python"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(yaml_source, "_LOADER", request.param)
    return request.param


def plain(node: Node | None) -> Any:
    """A node as dictionaries and lists of values."""
    if node is None or isinstance(node, Scalar):
        return node and node.value
    if isinstance(node, Mapping):
        return {key.fragment.text: plain(value) for key, value in node.entries}
    return [plain(item) for item in node.items]


def read(text: str) -> Any:
    node, findings = read_yaml("rules.yml", text)
    assert [shown(finding) for finding in findings] == []
    return plain(node)


def shown(finding: Diagnostic) -> tuple[str, tuple[int, int], str]:
    """Code, line and column, and the words that the finding is about."""
    assert finding.span
    return finding.code, finding.span.file.position(finding.span.start), finding.span.text


def findings_of(text: str) -> list[tuple[str, tuple[int, int], str]]:
    return [shown(finding) for finding in read_yaml("rules.yml", text)[1]]


def only_finding(text: str) -> Diagnostic:
    (finding,) = read_yaml("rules.yml", text)[1]
    return finding


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((word, None) for word in ("", "~", "null", "Null", "NULL")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *(
            (word, word)
            for word in ("NO", "no", "on", "yes", "y", "tRUE", "nULL", "012", "-012", "00", "01.5", "12:30")
        ),
        *((word, word) for word in ("12:30:45", "1_000", "1,000", ".inf", "-.inf", ".nan", ".", "1.2.3", "0b1", "0o8")),
        *((word, word) for word in ("0xG", "1e", "٣", "1e9999", "9" * 5000, "NaN", "Infinity", "+", "1 2", "5 days")),
        *((word, int(word)) for word in ("0", "5", "-3", "+5", "12345678901234567890")),
        ("0o14", 12),
        ("0x1F", 31),
        *((word, Decimal(word)) for word in ("1.5", "-0.10", ".5", "5.", "1e3", "1.5E-7", "+2.0")),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-1-31", "2026-1-31"),
        ("2026-01-31T09:30:00", datetime(2026, 1, 31, 9, 30)),
        ("2026-01-31 09:30:00", datetime(2026, 1, 31, 9, 30)),
        ("2026-01-31T09:30:00.5", datetime(2026, 1, 31, 9, 30, 0, 500000)),
        ("2026-01-31T09:30:00.000001", datetime(2026, 1, 31, 9, 30, 0, 1)),
        ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00Z"),
        ("2026-01-31T09:30:00+07:00", "2026-01-31T09:30:00+07:00"),
        ("2026-01-31..2026-02-28", "2026-01-31..2026-02-28"),
        ("'5'", "5"),
        ('"2026-01-31"', "2026-01-31"),
        ("''", ""),
        ("'null'", "null"),
        ("|-\n  5", "5"),
        (">-\n  true", "true"),
        ("!!str 5", "5"),
        ("! 5", "5"),
        ("!!str", ""),
        ("http://a.b/c#d", "http://a.b/c#d"),
        ("a # comment", "a"),
        ("a\u2028b\x85c\u2029d", "a\u2028b\x85c\u2029d"),
        ("'a\u2028 b'", "a\u2028 b"),
        ("|-\n  a\u2028  b\x85c", "a\u2028  b\x85c"),
    ],
)
def test_values(written: str, value: object) -> None:
    found = read(f"k: {written}\n")["k"]
    assert found == value
    assert type(found) is type(value)


def test_a_decimal_keeps_its_digits() -> None:
    assert str(read("k: 1.50")["k"]) == "1.50"


def test_text_is_kept_beside_the_value() -> None:
    node, _ = read_yaml("rules.yml", "a: 0x1F\nb: ~\nc:\nd: 1.50\n")
    assert isinstance(node, Mapping)
    texts = [value.fragment.text for _, value in node.entries if isinstance(value, Scalar)]
    assert texts == ["0x1F", "~", "", "1.50"]


def test_structure_spans_and_access() -> None:
    text = "# ก\nseg: &x\n  - a: [1, '2']\n    b: {c: 3}\n\n# end\nя: *x\n"
    node, findings = read_yaml("rules.yml", text)
    assert findings == ()
    assert isinstance(node, Mapping)
    expected = [{"a": [1, "2"], "b": {"c": 3}}]
    assert plain(node) == {"seg": expected, "я": expected}
    assert node.span.text == text[4:-1]
    items, key = node.get("seg"), node.key("я")
    assert items
    assert items.span.text == "- a: [1, '2']\n    b: {c: 3}"
    assert key
    assert key.span.text == "я"
    assert node.get("nothing") is None
    assert node.key("nothing") is None
    first = plain_list(items)[0]
    assert isinstance(first, Mapping)
    assert [value.span.text for _, value in first.entries] == ["[1, '2']", "{c: 3}"]


def plain_list(node: Node) -> tuple[Node, ...]:
    assert not isinstance(node, Scalar | Mapping)
    return node.items


def test_keys_are_found_in_any_normal_form() -> None:
    node, _ = read_yaml("rules.yml", "cafe\u0301: 1\n")
    assert isinstance(node, Mapping)
    assert plain(node.get("caf\xe9")) == 1


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n", "# only a comment\n", "---\n", "--- # x\n...\n"])
def test_an_empty_file_is_none(text: str) -> None:
    assert read_yaml("rules.yml", text) == (None, ())


def test_a_lone_value_and_document_marks() -> None:
    assert read("%YAML 1.2\n---\na: 1\n...\n") == {"a": 1}
    assert read("null") is None
    assert read("- ~") == [None]


def test_numbers_and_dates_as_keys_are_text() -> None:
    assert read("1: a\n2026-01-31: b\ntrue: c\n") == {"1": "a", "2026-01-31": "b", "true": "c"}


def test_every_duplicate_key_is_found() -> None:
    text = "a: 1\nb: {x: 1, 'x': 2}\na: 2\nb: 3\na: 4\ncafé: 1\ncafe\u0301: 2\n1: x\n'1': y\n"
    assert findings_of(text) == [
        ("duplicate-key", (2, 11), "'x'"),
        ("duplicate-key", (3, 1), "a"),
        ("duplicate-key", (4, 1), "b"),
        ("duplicate-key", (5, 1), "a"),
        ("duplicate-key", (7, 1), "cafe\u0301"),
        ("duplicate-key", (9, 1), "'1'"),
    ]
    node, findings = read_yaml("rules.yml", text)
    assert plain(node)["a"] == 1
    assert findings[1].message == "`a` is written twice here"
    assert findings[1].help == "the first one is in line 1"


def test_duplicates_before_a_syntax_error_are_found_too() -> None:
    assert [code for code, _, _ in findings_of("a: 1\na: 2\nb: 'x' == y\n")] == ["duplicate-key", "yaml-syntax"]


def test_an_alias_as_a_key_is_a_duplicate_too() -> None:
    assert [code for code, _, _ in findings_of("- &k x\n- {*k : 1, *k : 2}\n")] == ["duplicate-key"]


@pytest.mark.parametrize(
    "impossible", ["2026-02-30", "2026-13-01", "0000-01-01", "2026-01-31T24:30:00", "2026-01-31 23:59:60"]
)
def test_impossible_dates(impossible: str) -> None:
    assert findings_of(f"a: 1\nb: {impossible}\n") == [("impossible-date", (2, 4), impossible)]
    assert findings_of(f"b: '{impossible}'\n") == []


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: !!python/object:os.system x\n", (1, 4), "!!python/object:os.system"),
        ("a: !!int '5'\n", (1, 4), "!!int"),
        ("a: &x !set {b}\n", (1, 7), "!set"),
        ("a: !<tag:yaml.org,2002:int> 5\n", (1, 4), "!<tag:yaml.org,2002:int>"),
        ("a: !in_thailand and age > 5\n", (1, 4), "!in_thailand"),
        ("b: &b {x: 1}\na:\n  <<: *b\n", (3, 3), "<<"),
        ("? [a, b]\n: c\n", (1, 3), "[a, b]"),
        ("? {a: b}\n: c\n", (1, 3), "{a: b}"),
        ("a: 1\n---\nb: 2\n", (2, 1), "---"),
        ("%YAML 1.1\n---\nb: 2\n", (1, 1), "%YAML 1.1"),
        ("%TAG !e! tag:x,2000:\n---\nb: 2\n", (1, 1), "%TAG !e! tag:x,2000:"),
    ],
)
def test_unsupported_features(text: str, place: tuple[int, int], words: str) -> None:
    assert findings_of(text) == [("yaml-unsupported", place, words)]


def test_a_quoted_merge_key_is_text() -> None:
    assert read("'<<': 1\n") == {"<<": 1}


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x9f", "\ud800", "\ufffe", "\uffff", chr(0xFEFF)])
def test_forbidden_characters(character: str) -> None:
    node, findings = read_yaml("rules.yml", f"😀: 1\nb: x{character}y\nb: 2\n")
    assert node is None
    assert [shown(finding) for finding in findings] == [
        ("yaml-syntax", (2, 5), character),
        ("duplicate-key", (3, 1), "b"),
    ]
    assert f"U+{ord(character):04X}" in findings[0].message


def test_findings_about_forbidden_characters_are_bounded() -> None:
    assert len(findings_of("a: " + "\x01" * 1000)) == 20


def test_a_file_may_have_four_megabytes() -> None:
    limit = 4 * 1024 * 1024
    fits = "a: '" + "é" * ((limit - 5) // 2) + "'"
    assert read_yaml("rules.yml", fits)[1] == ()
    node, (finding,) = read_yaml("rules.yml", fits + "##")
    assert (node, finding.code, finding.path, finding.span) == (None, "file-too-large", "rules.yml", None)


def test_a_file_may_have_a_bounded_number_of_values(loader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segrules.project.yaml_composer.MAX_VALUES", 100)
    assert read("- 1\n" * 99) == [1] * 99
    node, (finding,) = read_yaml("rules.yml", "- 1\n" * 101)
    assert (node, shown(finding)) == (None, ("file-too-large", (101, 3), "1"))


def nested(depth: int) -> list[str]:
    block = "".join("  " * level + f"k{level}:\n" for level in range(depth))
    return ["[" * depth + "]" * depth, "{a: " * depth + "1" + "}" * depth, block, "- " * depth + "1"]


def test_fifty_levels_are_read() -> None:
    for text in nested(50):
        assert read_yaml("rules.yml", text)[1] == ()


@pytest.mark.parametrize("depth", [51, 400])
def test_more_than_fifty_levels_are_a_finding(depth: int) -> None:
    for text in nested(depth):
        node, (finding,) = read_yaml("rules.yml", text)
        assert (node, finding.code) == (None, "yaml-too-deep")


def test_a_hundred_thousand_brackets_are_a_finding() -> None:
    assert only_finding("[" * 100_000).code == "yaml-too-deep"


def test_levels_that_an_alias_adds_count() -> None:
    text = f"a: &a {'[' * 30}{']' * 30}\nb: {'[' * 30}*a{']' * 30}\n"
    assert [code for code, _, _ in findings_of(text)] == ["yaml-too-deep"]


def test_aliases_are_bounded_by_what_they_expand_to() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 10)
    )
    assert [code for code, _, _ in findings_of(bomb)] == ["yaml-too-many-aliases"]
    fine = "a: &a [1, 2]\nb: [" + "*a, " * 1000 + "]\n"
    assert findings_of(fine) == []


def test_an_alias_inside_its_own_anchor_is_a_finding() -> None:
    assert findings_of("a: &a [1, *a]\n") == [("yaml-too-many-aliases", (1, 11), "*a")]


def test_an_anchor_may_be_named_again() -> None:
    assert read("- &a 1\n- *a\n- &a 2\n- *a\n- &a [&a 3, *a]\n- *a\n") == [1, 1, 2, 2, [3, 3], 3]


def test_an_anchor_ends_where_its_name_does() -> None:
    node, findings = read_yaml("rules.yml", "&a:b")
    assert not findings
    assert texts(node) == [":b"]
    assert node is not None
    assert node.span.text == ":b"


MATERIAL = [
    *"abк😀 \n\r\t:-?[]{},#&*!|>'\"%@`\\.\x85\u2028\ufeff\0\ud800",
    ": ",
    "- ",
    "\n  ",
    "---\n",
    "...",
    "<<",
    "&a ",
    "*a",
]
MATERIAL += [
    "\r\n",
    "''",
    "\\u0e01",
    "|\n  ",
    ">-\n ",
    "!!str ",
    "!!x ",
    "2026-02-30",
    "1e5",
    "null",
    "? ",
    "%YAML 1.2\n",
    "  ",
]


@pytest.mark.parametrize("loader", LOADERS, ids=["c", "python"])
def test_any_text_gives_a_node_or_a_finding(loader: Any) -> None:
    @settings(max_examples=400, deadline=None)
    @given(st.lists(st.sampled_from(MATERIAL), max_size=25).map("".join) | st.text(max_size=40))
    def check(text: str) -> None:
        with mock.patch.object(yaml_source, "_LOADER", loader):
            node, findings = read_yaml("rules.yml", text)
        for finding in findings:
            assert finding.span
            assert 0 <= finding.span.start <= finding.span.end <= len(text)
            assert finding.message
        if not findings and not set("\x85\u2028") & set(text):
            events = [event.value for event in yaml.parse(text, Loader=loader) if isinstance(event, yaml.ScalarEvent)]
            if "*" not in text and events != [""]:
                assert list(texts(node)) == events

    check()


def texts(node: Node | None) -> list[str]:
    if node is None:
        return []
    if isinstance(node, Scalar):
        assert bool(node.fragment.runs) == bool(node.fragment.text)
        return [node.fragment.text]
    if isinstance(node, Mapping):
        return [text for key, value in node.entries for text in (key.fragment.text, *texts(value))]
    return [text for item in node.items for text in texts(item)]
