"""The solver's languages of patterns hold the texts that DuckDB finds, and its constants are the texts they were."""

from __future__ import annotations

import pytest
import reference_values
import z3
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from strategies_patterns import LETTERS, PATTERNS, TEXTS, found

from segrules.analysis.solver.characters import SPARE
from segrules.analysis.solver.text import lowered, pattern_language, text_of, text_value, trimmed, uppered
from segrules.analysis.text_letters import BLANKS
from segrules.engines import Engine
from segrules.language.check_patterns import pattern_problem
from segrules.language.core import Call, Literal
from segrules.language.types import TEXT
from segrules.sql.scalars import SCALARS

SHORT = [text for text in TEXTS if len(text) < 50]
PLACES = st.lists(
    st.sampled_from(
        (*"^$^$ab,", r"\b", r"\b", "(^|,)", "(,|$)", "(?:^a|b)*", r"(\b|a){0,2}", "(a|^)+", "(?:$|a)?", "b*")
    ),
    max_size=6,
).map("".join)
NEAR_PLACES = st.text("ab, é\n", max_size=6)


def is_in(text: str, language: z3.ReRef) -> bool:
    value = text_value(text)
    assert value is not None
    answer = z3.simplify(z3.InRe(value, language))
    assert z3.is_true(answer) or z3.is_false(answer)
    return bool(z3.is_true(answer))


def some_text(*conditions: z3.BoolRef) -> str | None:
    """A text called `x` that the conditions hold for; None where there is none."""
    solver = z3.Solver()
    solver.set("rlimit", 2_000_000)
    solver.add(*conditions)
    verdict = solver.check()
    assert verdict != z3.unknown
    return text_of(solver.model().eval(z3.String("x"), model_completion=True)) if verdict == z3.sat else None


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"^$", [""]),
        (r"a^|$a", []),
        (r"(^|,)a(,|$)", ["a"]),
        (r"\bvip\b", ["a vip b", "évip", "vipé"]),
        (r"^\b", ["a", "A", "k", "K", "s", "i", "7", "_"]),
        (r"(?:^a|b)*$", SHORT),
        (r"^(?:\b|a){3}b", ["ab", "aab", "aaab"]),
        (r"^.$", [text for text in SHORT if len(text) == 1 and text != "\n"]),
        (r"(?s)^.$", [text for text in SHORT if len(text) == 1]),
        (r"(?i)^k$", ["k", "K", "\u212a"]),
        (r"^[^\s\S]?$", [""]),
        (r"(?i:straß)e", ["Straße"]),
    ],
)
def test_a_language_holds(pattern: str, texts: list[str]) -> None:
    assert pattern_problem(pattern) is None
    language = pattern_language(pattern)
    assert language is not None
    some = [text for text in SHORT if len(text) < 2] + texts
    assert {text for text in some if is_in(text, language)} == set(texts)


@settings(max_examples=120)
@given(st.one_of(PATTERNS, PLACES), st.lists(st.one_of(LETTERS, NEAR_PLACES), max_size=20))
@example("(?i)[^k]", ["K"])
@example(r"\b\b|a*\b", ["", "a", ",", "é"])
def test_a_language_holds_what_the_engine_finds(duckdb_engine: Engine, pattern: str, texts: list[str]) -> None:
    assume(pattern_problem(pattern) is None)
    language = pattern_language(pattern)
    assume(language is not None)
    every = [*SHORT, *texts]
    assert [text for text in every if is_in(text, language)] == found(duckdb_engine, pattern, every)


@given(st.lists(st.sampled_from(("^", "$", "a", "b", "[ab]", r"\d", r"\w+", ".", "(a|,)", "b*", r"\s?")), max_size=6))
def test_a_language_holds_what_the_reference_finds(parts: list[str]) -> None:
    pattern = "".join(parts)
    assume(pattern_problem(pattern) is None)
    language = pattern_language(pattern)
    assert language is not None
    assert [text for text in SHORT if is_in(text, language)] == [
        text for text in SHORT if reference_values.PREDICATES["matches"](text, pattern)
    ]


@settings(max_examples=60)
@given(st.one_of(PATTERNS, PLACES), st.booleans())
def test_the_engine_agrees_on_the_solver_s_examples(duckdb_engine: Engine, pattern: str, is_found: bool) -> None:
    assume(pattern_problem(pattern) is None)
    language = pattern_language(pattern)
    assume(language is not None)
    within = z3.InRe(z3.String("x"), language)
    text = some_text(within if is_found else z3.Not(within))
    assume(text is not None and "\0" not in text)
    assert (found(duckdb_engine, pattern, [text]) == [text]) == is_found


@pytest.mark.parametrize("pattern", ["[^ -\U0002ffff]", "\U0003134a", "^[\U0002fa20-\U0002fffe]", r"(?:\bab?)*"])
def test_what_the_solver_cannot_hold_is_not_modelled(pattern: str) -> None:
    assert pattern_problem(pattern) is None
    assert pattern_language(pattern) is None


@given(st.text(st.characters(max_codepoint=0x2FA1F, exclude_categories=["Cs"])))
@example("\\u{41}\\x41\\\\")
@example("ลูกค้า 😀 \U0002fa1d\0\n'\"")
def test_a_text_is_itself_again(text: str) -> None:
    value = text_value(text)
    assert value is not None
    assert text_of(value) == text
    x = z3.String("x")
    assert some_text(x == value, z3.Length(x) == len(text)) == text


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\U0003134a", "\U0010ffff", "\U0002fa20"])
def test_a_text_that_the_solver_cannot_hold(text: str) -> None:
    assert text_value(text) is None


def test_half_a_pair_of_utf16_is_no_text() -> None:
    assert text_of(z3.simplify(z3.StringVal(r"a\u{d800}"))) is None


def of_each_letter(engine: Engine, name: str) -> list[str]:
    """What a function gives of each letter of Unicode alone."""
    letter = exp.func("chr", exp.cast(exp.column("code"), "int"))
    value = SCALARS[name](Call(name, (Literal("", TEXT),), TEXT), (letter,)).sql("duckdb")
    codes = "SELECT UNNEST(RANGE(1, 1114112)) AS code"
    rows = engine.run(f"SELECT {value} FROM ({codes}) WHERE NOT code BETWEEN 55296 AND 57343 ORDER BY code")
    return [text for (text,) in rows]


@pytest.mark.parametrize(("name", "language"), [("lower", lowered()), ("upper", uppered())])
def test_no_letter_becomes_what_a_function_cannot_give(duckdb_engine: Engine, name: str, language: z3.ReRef) -> None:
    held = [text for text in of_each_letter(duckdb_engine, name) if text < chr(SPARE)]
    assert len(held) > 190_000
    for start in range(0, len(held), 500):
        assert is_in("".join(held[start : start + 500]), language)


def test_every_blank_is_trimmed(duckdb_engine: Engine) -> None:
    letters = [*range(1, 0xD800), *range(0xE000, 0x110000)]
    results = of_each_letter(duckdb_engine, "trim")
    blank = [code for code, text in zip(letters, results, strict=True) if text == ""]
    assert blank == [code for first, last in BLANKS for code in range(first, last + 1)]


@pytest.mark.parametrize(
    ("language", "texts", "others"),
    [
        (lowered(), ["", "a1_ß жไ", "ı"], ["A", "aÉ", "Ж", "Σ"]),
        (uppered(), ["", "A1_ẞ ЖไǅΣ"], ["a", "Aé", "ж", "ß", "ς"]),
        (trimmed(), ["", "a", "a b", "\x1ca"], [" ", "a ", "\ta", "a\u3000", "\u00a0\u2003"]),
    ],
)
def test_what_functions_give(language: z3.ReRef, texts: list[str], others: list[str]) -> None:
    assert [text for text in texts if not is_in(text, language)] == []
    assert [text for text in others if is_in(text, language)] == []
