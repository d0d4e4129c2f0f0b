"""A pattern finds the same texts on DuckDB, whose RE2 says what patterns mean, and translated on other engines."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from strategies_patterns import LETTERS, PATTERNS, TEXTS, found

from segrules.engines import Engine, EngineError
from segrules.language.check_patterns import pattern_problem
from segrules.sql.dialects.patterns import JAVA, POSTGRES, spelled

SHORT = tuple(text for text in TEXTS if len(text) < 100)
KNOWN = pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"\bvip\b", ["a vip b", "évip", "vipé"]),
        (r"^.$", [one for one in TEXTS if len(one) == 1 and one != "\n"]),
        (r"(?s)^.$", [one for one in TEXTS if len(one) == 1]),
        (r"^[^a]$", [one for one in TEXTS if len(one) == 1 and one != "a"]),
        (r"^a.b$", ["a b", "aab", "a.b", "axb", "a-b", "a😀b"]),
        (r"(?s)^a.b$", ["a\nb", "a b", "aab", "a.b", "axb", "a-b", "a😀b"]),
        (r"(?s:a.)c|a.b$", ["a b", "aab", "aaab", "a.b", "axb", "a-b", "a😀b"]),
        (r"^a$", ["a"]),
        (r"a\.b", ["a.b"]),
        (r"^\w$", ["a", "A", "k", "K", "s", "i", "_", "7"]),
        (r"^[\w]$", ["a", "A", "k", "K", "s", "i", "_", "7"]),
        (r"(?i)^\w$", ["a", "A", "k", "K", "\u212a", "s", "ſ", "i", "_", "7"]),
        (r"^\d$", ["7"]),
        (r"^\s$", [" ", "\t", "\n", "\r", "\f"]),
        (r"^[\s\v]$", [" ", "\t", "\n", "\v", "\r", "\f"]),
        (r"^[^\W_]$", ["a", "A", "k", "K", "s", "i", "7"]),
        (r"[^\s\S]", []),
        (r"(?i)^k$", ["k", "K", "\u212a"]),
        (r"(?i)^[r-t]$", ["s", "ſ"]),
        (r"(?i)^σ$", ["σ", "ς", "Σ"]),
        (r"(?i)^ß$", ["ß", "ẞ"]),
        (r"(?i)^i$", ["i"]),
        (r"(?i)^привет", ["привет мир", "ПРИВЕТ"]),
        (r"(?i:straß)e", ["Straße"]),
        (r"(?is)^A.B$", ["a\nb", "a b", "aab", "a.b", "axb", "a-b", "a😀b"]),
        (r"^x{256,}$", ["x" * 300]),
        (r"^x{0,299}.?$", ["", *(one for one in TEXTS if len(one) == 1 and one != "\n"), "x" * 300]),
        (r"^(?:xx|x){150,400}$", ["x" * 300]),
        (r"^a(?:xx|x){1,2}b$", ["axb"]),
        (r"^a{2,3}?b$", ["aab", "aaab"]),
        (r"^[]\[^-]$", ["[", "]", "^"]),
        (r"a{b}", ["a{b}"]),
        (r"^[{-}]$", ["{", "}", "|"]),
        (r"^(|a)$", ["", "a"]),
        (r"a^|$a", []),
        (r"^[&-(]$", []),
        (r"^a&&b$|^[a&&b]$", ["a"]),
    ],
)


@KNOWN
def test_both_engines_find(duckdb_engine: Engine, postgres_engine: Engine, pattern: str, texts: list[str]) -> None:
    assert pattern_problem(pattern) is None
    assert sorted(found(duckdb_engine, pattern)) == sorted(texts)
    assert sorted(found(postgres_engine, pattern)) == sorted(texts)


@settings(max_examples=120)
@given(PATTERNS, st.lists(LETTERS, max_size=20))
@example("(?i)[^k]", ["K"])
def test_engines_agree(duckdb_engine: Engine, postgres_engine: Engine, pattern: str, texts: list[str]) -> None:
    """Every pattern that the checker lets pass."""
    assume(pattern_problem(pattern) is None)
    every = [*TEXTS, *texts]
    try:
        found_by_postgres = found(postgres_engine, pattern, every)
    except EngineError as error:  # such as ((\b)){300}: refused, and nobody is a wrong member
        assume("regular expression is too complex" not in str(error))
        raise
    assert found_by_postgres == found(duckdb_engine, pattern, every), spelled(pattern, POSTGRES)


@KNOWN
def test_spark_finds(spark_engine: Engine, pattern: str, texts: list[str]) -> None:
    """Java goes back and tries again, which takes ages with some patterns where a text is long."""
    is_hard = "|x)" in pattern
    every = SHORT if is_hard else TEXTS
    assert sorted(found(spark_engine, pattern, every)) == sorted(text for text in texts if text in every)


@settings(max_examples=max(settings().max_examples // 10, 40))
@given(PATTERNS, st.lists(LETTERS, max_size=20))
@example("(?i)[^k]", ["K"])
def test_spark_agrees(duckdb_engine: Engine, spark_engine: Engine, pattern: str, texts: list[str]) -> None:
    assume(pattern_problem(pattern) is None)
    every = [*SHORT, *texts]
    assert found(spark_engine, pattern, every) == found(duckdb_engine, pattern, every), spelled(pattern, JAVA)


def test_letters_are_equal_without_case_as_in_re2(duckdb_engine: Engine, postgres_engine: Engine) -> None:
    """Letters of Europe and the Caucasus, with the old signs that are equal to some of them."""
    letters = [
        letter
        for letter in map(chr, [*range(0xA0, 0x250), *range(0x370, 0x590), *range(0x1E90, 0x2000)])
        if not letter.isspace()
    ]
    for start in range(0, len(letters), 200):
        some = "".join(letters[start : start + 200 : 7])
        pattern = f"(?i)^[{some}]$"
        assert found(postgres_engine, pattern, letters) == found(duckdb_engine, pattern, letters)


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        (r"^[a-z0-9.-]+@b\.co$", r"^[\-.0-9a-z]+@b\.co$"),
        (r"\bvip\b", r"\yvip\y"),
        (r"(?i)th", "[Tt][Hh]"),
        (r"(?:\d{3}|[^,])+?", "(?:[0-9]{3}|[^,])+"),
        (r"[\w\W]\S", r".[^\t\n\f\r ]"),
        (r"a{600}", "(?:(?:a{255}){2}a{90})"),
    ],
)
def test_the_translation_can_be_read(pattern: str, written: str) -> None:
    assert spelled(pattern, POSTGRES) == written
