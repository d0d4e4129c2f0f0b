"""Tests of one text: every combination of answers that a text can have is a class, and the class's example has them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import reference_values
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies_patterns import LETTERS, PATTERNS, TEXTS, found

from segrules.analysis.text_classes import TextTest, text_classes
from segrules.analysis.text_letters import Function
from segrules.engines import Engine
from segrules.language import pattern_trees as trees
from segrules.language.check_patterns import pattern_problem

SHORT = [text for text in TEXTS if len(text) < 50]
FUNCTIONS: tuple[tuple[Function, ...], ...] = (
    (), (), ("lower",), ("upper",), ("trim",), ("trim", "lower"), ("lower", "trim", "upper")
)  # fmt: skip
PARTS = st.sampled_from(["a", "b", "ab", "ba", "A", "aB", " ", "ß", "ς", "K", "k", "a ", "é", ""])


def pattern(text: str, *functions: Function) -> TextTest:
    return TextTest(trees.pattern_tree(text), functions=functions)


def after(functions: Sequence[Function], text: str) -> str:
    for function in functions:
        text = reference_values.STRICT[function](text)
    return text


def combinations(tests: Sequence[TextTest], constants: Sequence[str] = ()) -> dict[tuple[object, ...], str]:
    classes = text_classes(tests, constants)
    assert classes is not None
    return {(*one.holds, one.constant): one.example for one in classes}


def test_a_start_an_end_and_constants() -> None:
    assert combinations([pattern("^a"), pattern("b$")], ["ab", "x"]) == {
        (False, False, None): "c",
        (True, False, None): "a",
        (False, True, None): "b",
        (True, True, None): "aab",
        (True, True, "ab"): "ab",
        (False, False, "x"): "x",
    }


def test_what_excludes_each_other() -> None:
    assert set(combinations([pattern("^/blog/"), pattern("^/shop/"), pattern("^/blog/news")])) == {
        (False, False, False, None),
        (True, False, False, None),
        (True, False, True, None),
        (False, True, False, None),
    }


def test_a_class_of_nothing_but_constants() -> None:
    """Of two letters each is a constant, so that no other text is left."""
    assert combinations([pattern("^[ab]$")], ["a", "b"]) == {
        (False, None): "c",
        (True, "a"): "a",
        (True, "b"): "b",
    }


def test_functions_of_one_text() -> None:
    lowered = [pattern("@gmail[.]com$", "trim", "lower"), pattern("@gmail[.]com$"), pattern("[A-Z]", "lower")]
    assert set(combinations(lowered)) == {
        (False, False, False, None),
        (True, False, False, None),
        (True, True, False, None),
    }


def test_words_and_their_places() -> None:
    found = combinations([pattern(r"\bvip\b"), pattern("vip"), pattern("^.$")])
    assert found == {
        (False, False, False, None): "aa",
        (False, False, True, None): "a",
        (True, True, False, None): "vip",
        (False, True, False, None): "avip",
    }


def test_the_least_length() -> None:
    classes = text_classes([pattern("^a{3,}$"), pattern("x.*y|^$")])
    assert classes is not None
    assert {one.holds: one.shortest for one in classes} == {(False, False): 1, (True, False): 3, (False, True): 0}


def test_a_letter_that_engines_may_not_know_the_case_of_goes_both_ways() -> None:
    """ⱥ came in Unicode 5.0 to Ⱥ of 4.1."""
    assert set(combinations([pattern("^ⱥ$", "lower"), pattern("^Ⱥ$")])) == {
        (False, False, None),
        (True, False, None),
        (True, True, None),
        (False, True, None),
    }


def test_too_many_tests() -> None:
    assert text_classes([pattern(f"{letter}.{letter}") for letter in "abcdefghijklmnopqrstuvwxyz"]) is None


@settings(max_examples=30)
@given(st.lists(PATTERNS, min_size=1, max_size=3), st.lists(LETTERS, max_size=10))
def test_texts_are_in_their_classes_by_the_engine(duckdb_engine: Engine, patterns: list[str], texts: list[str]) -> None:
    assume(all(pattern_problem(one) is None for one in patterns))
    classes = text_classes([pattern(one) for one in patterns])
    assume(classes is not None)
    every = [*SHORT, *texts]
    engine = [set(found(duckdb_engine, one, every)) for one in patterns]
    known = {one.holds for one in classes or ()}
    assert {tuple(text in one for one in engine) for text in every} <= known
    examples = [one.example for one in classes or () if "\0" not in one.example]
    engine = [set(found(duckdb_engine, one, examples)) for one in patterns]
    for one in classes or ():
        assert one.holds == tuple(one.example in found for found in engine) or "\0" in one.example


@settings(max_examples=settings().max_examples // 2)
@given(
    st.lists(
        st.tuples(st.sampled_from(("^{}", "{}$", "{}", "^{}$")), PARTS, st.sampled_from(FUNCTIONS)),
        min_size=1,
        max_size=4,
    ),
    st.lists(PARTS, max_size=3, unique=True),
    st.lists(st.lists(PARTS, max_size=4).map("".join), max_size=20),
)
def test_texts_are_in_their_classes_by_the_reference(
    parts: list[tuple[str, str, tuple[Function, ...]]], constants: list[str], texts: list[str]
) -> None:
    tests = [(form.format(re.escape(part)), functions) for form, part, functions in parts]
    classes = combinations([pattern(one, *functions) for one, functions in tests], constants)

    def answers(text: str) -> tuple[object, ...]:
        matches = reference_values.PREDICATES["matches"]
        constant = text if text in constants else None
        return (*(matches(after(functions, text), one) for one, functions in tests), constant)

    assert {answers(text) for text in (*texts, *constants, *SHORT)} <= set(classes)
    assert [example for combination, example in classes.items() if answers(example) != combination] == []
