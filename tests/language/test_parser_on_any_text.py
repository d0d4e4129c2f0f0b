"""No text whatever makes the parser raise, and what it accepts is written back as it was meant."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from syntax_trees import read
from test_parser import FORMS

from segrules.language.formatter import format_expression
from segrules.language.parser import parse
from segrules.language.words import RESERVED
from segrules.source import whole_file

VALID = (*FORMS, "x == 'it''s' and \"a b\" in [1, 2.5, 10%]", "d is from 2025-01-01 to 30 days ago")
WORDS = "last days ago is missing else -> ( ) [ ] , . : ' \" == = <> && % 10% - 1 2026-02-30 2026-01-31T x “ ๕ 😀"
PIECES = st.sampled_from([*sorted(RESERVED), *WORDS.split(), "\u00a0", "\u200b", "\u202e"])


def check_any(text: str) -> None:
    tree, findings = parse(whole_file("rule", text))
    assert (tree is None) == bool(findings)
    if tree is not None:
        canonical = format_expression(tree)
        assert read(canonical) == tree
        assert format_expression(read(canonical)) == canonical
    for finding in findings:
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert "\n" not in finding.message
        assert not any(word in f"{finding.message} {finding.help}" for word in ("$END", "IN_SPAN", "COMPARE", "Token"))


@given(st.text())
def test_no_text_raises(text: str) -> None:
    check_any(text)


@given(st.lists(PIECES | st.text(max_size=2), max_size=12))
def test_no_row_of_words_raises(pieces: list[str]) -> None:
    check_any(" ".join(pieces))
    check_any("".join(pieces))


@given(st.data())
def test_no_slip_in_a_good_rule_raises(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(VALID))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 6)))
        text = text[:start] + data.draw(st.just("") | PIECES | st.text(max_size=2)) + text[end:]
    check_any(text)
