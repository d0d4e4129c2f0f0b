"""A pattern finds the same texts on DuckDB, whose RE2 says what patterns mean, and on PostgreSQL, translated."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from segrules.engines import Engine, EngineError
from segrules.language.check_patterns import pattern_problem
from segrules.language.core import Call, Literal
from segrules.language.types import BOOLEAN, TEXT
from segrules.sql.dialect import Scalar
from segrules.sql.dialects.postgres import POSTGRES
from segrules.sql.dialects.postgres_patterns import postgres_pattern
from segrules.sql.scalars import SCALARS

TEXTS = (
    "", "a", "A", "k", "K", "\u212a", "s", "ſ", "é", "É", "ค", "ж", "Ж", "σ", "ς", "Σ", "ß", "ẞ", "i", "İ", "ı", "😀",
    "_", "7", "٣", " ", "\t", "\n", "\v", "\r", "\f", "\u00a0", "\u2028", "a\n", "\na", "a\nb", "a b", "a vip b",
    "évip", "vipé", "vips", "ab", "aab", "aaab", "a7_", "a.b", "axb", "a-b", "[", "]", "^", "\\", "{", "}", "a{b}",
    "|", "(a)", "Straße", "STRASSE", "привет мир", "ПРИВЕТ", "ไทย", "a@b.co", "x" * 300, "x" * 299 + "\n", "#", "a😀b",
)  # fmt: skip


def found(engine: Engine, pattern: str, texts: Sequence[str] = TEXTS) -> list[str]:
    """The texts that the engine finds the pattern in."""
    build: Scalar = {**SCALARS, **(POSTGRES.scalars if engine.dialect == "postgres" else {})}["matches"]
    written = Literal(pattern, TEXT)
    test = build(Call("matches", (written, written), BOOLEAN), (exp.column("text"), exp.Literal.string(pattern)))
    rows = [
        exp.Tuple(expressions=[exp.Literal.number(place), exp.Literal.string(text)]) for place, text in enumerate(texts)
    ]
    names = exp.TableAlias(this=exp.to_identifier("given"), columns=[exp.to_identifier(it) for it in ("place", "text")])
    query = exp.select("place").from_(exp.Values(expressions=rows, alias=names)).where(test).order_by("place")
    return [texts[place] for (place,) in engine.run(query.sql(engine.dialect))]


@pytest.mark.parametrize(
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
        (r"^a{2,3}?b$", ["aab", "aaab"]),
        (r"^[]\[^-]$", ["[", "]", "^"]),
        (r"a{b}", ["a{b}"]),
        (r"^[{-}]$", ["{", "}", "|"]),
        (r"^(|a)$", ["", "a"]),
        (r"a^|$a", []),
    ],
)
def test_both_engines_find(duckdb_engine: Engine, postgres_engine: Engine, pattern: str, texts: list[str]) -> None:
    assert pattern_problem(pattern) is None
    assert sorted(found(duckdb_engine, pattern)) == sorted(texts)
    assert sorted(found(postgres_engine, pattern)) == sorted(texts)


_ATOMS = st.sampled_from(
    (*r"aAkKsbx_7.^$-{}]é☃ßςжคı#, ", *"\n\t😀", *(rf"\{one}" for one in r"wWdDsSbAtnrfv.\^$|[]{}()*+?-_/"))
)
_MEMBERS = st.sampled_from(
    (*"ak_.éßς😀\n-^$(|\u2028", "b-y", "A-Z", "а-я", "0-9", *(rf"\{one}" for one in r"wWdDsStnrfv]\^-[."))
)
_SETS = st.tuples(st.sampled_from(("[", "[^", "[]", "[^]")), st.lists(_MEMBERS, min_size=1, max_size=3)).map(
    lambda made: f"{made[0]}{''.join(made[1])}]"
)
_REPEATS = st.sampled_from(
    ("", "", "", "*", "+", "?", "*?", "+?", "??", "{0}", "{2}", "{1,2}", "{2,}", "{0,2}?", "{3", "{300}", "{1,256}")
)


def _longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, max_size=3).map("".join)
    grouped = st.tuples(
        st.sampled_from(("(", "(?:", "(?i:", "(?s:", "(?is:")), st.lists(several, min_size=1, max_size=2)
    )
    whole = grouped.map(lambda made: f"{made[0]}{'|'.join(made[1])})")
    return st.tuples(st.one_of(several, whole), _REPEATS).map("".join)


_PATTERNS = st.tuples(
    st.sampled_from(("", "", "(?i)", "(?s)", "(?is)")),
    st.lists(st.recursive(st.one_of(_ATOMS, _SETS), _longer, max_leaves=6), max_size=3),
).map(lambda made: made[0] + "".join(made[1]))
_LETTERS = st.text("aAkKſ\u212asbBxyz_79.-,{}]é☃ßẞςσжЖคıİ# \n\t\v\r\u00a0\u2028😀\\^$|/", max_size=5)


@settings(max_examples=120)
@given(_PATTERNS, st.lists(_LETTERS, max_size=20))
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
    assert found_by_postgres == found(duckdb_engine, pattern, every), postgres_pattern(pattern)


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
    assert postgres_pattern(pattern) == written
