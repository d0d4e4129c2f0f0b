"""What the solver knows of texts: it denies no combination that a text has, and what it finds possible is a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import pytest
import reference_values
import z3
from hypothesis import given
from hypothesis import strategies as st

from segrules.analysis.solver.text_laws import laws, text_of, texts_in
from segrules.analysis.solver.texts import TEXT, changed, compared, constant_of, contained, length, text_value
from segrules.analysis.text_letters import Function
from segrules.analysis.text_tests import Kind

X, Y = z3.Const("x", TEXT), z3.Const("y", TEXT)
PLACES = st.sampled_from((X, X, X, Y))
CHANGES: tuple[tuple[Function, ...], ...] = ((), (), (), ("lower",), ("trim", "upper"))
PARTS = ("a", "b", "ab", "aB", "B", "a ", " ", "", "ก", "\U0003134a")
TEXTS = (*PARTS, "A", "AB", " ab", "abab", "b a", "z", "\U0010ffff")

Test = tuple[str, Any, tuple[Function, ...], str]


def formula(test: Test) -> z3.BoolRef:
    kind, text, functions, part = test
    for function in functions:
        text = changed(function, text)
    if kind in get_args(Kind)[:4]:
        return contained(kind, text, text_value(part))  # type: ignore[arg-type]
    return length(text) < len(part) if kind == "shorter" else compared(kind, text, text_value(part))


def holds(test: Test, texts: dict[Any, str]) -> bool:
    kind, place, functions, part = test
    text = texts[place]
    for function in functions:
        text = reference_values.STRICT[function](text)
    match kind:
        case "==":
            return text == part
        case "<":
            return text < part
        case ">=":
            return text >= part
        case "shorter":
            return len(text) < len(part)
    return reference_values.PREDICATES[kind](text, part)


def asked(*formulas: z3.BoolRef) -> tuple[z3.CheckSatResult, dict[Any, str | None]]:
    """Whether the formulas can hold at once, and if so which texts they hold for."""
    texts = texts_in(formulas)
    solver = z3.SimpleSolver()
    solver.set("rlimit", 2_000_000)
    solver.add(*laws(texts), *formulas)
    answer = solver.check()
    assert answer != z3.unknown
    if answer == z3.unsat:
        return answer, {}
    return answer, {text.value: text_of(text, solver.model()) for text in texts}


TESTS = st.lists(
    st.tuples(
        st.sampled_from(("contains", "starts_with", "ends_with", "==", "<", ">=", "shorter")),
        PLACES,
        st.sampled_from(CHANGES),
        st.sampled_from(PARTS),
    ),
    min_size=1,
    max_size=5,
)


@given(TESTS, st.lists(st.booleans(), min_size=5, max_size=5), st.sampled_from((None, True, False)))
def test_the_solver_agrees_with_texts(tests: list[Test], wanted: list[bool], same: bool | None) -> None:
    """same: whether x and y are to be equal, where that is asked."""
    formulas = [formula(test) if want else z3.Not(formula(test)) for test, want in zip(tests, wanted, strict=False)]
    formulas += [] if same is None else [compared("==", X, Y) == same]
    answer, found = asked(*formulas)

    def are(x: str, y: str) -> bool:
        known = same is None or (x == y) == same
        return known and all(holds(test, {X: x, Y: y}) == want for test, want in zip(tests, wanted, strict=False))

    if answer == z3.unsat:
        assert [(x, y) for x in TEXTS for y in TEXTS if are(x, y)] == []
    elif same is None:
        made = {place: found.get(place, "") for place in (X, Y)}
        is_bound = any(kind == "shorter" for kind, *_ in tests)
        assert is_bound or are(made[X] or "", made[Y] or "")


@pytest.mark.parametrize(
    ("formulas", "is_possible"),
    [
        ([("starts_with", X, (), "/blog/"), ("starts_with", X, (), "/shop/")], False),
        ([("starts_with", X, (), "/blog/"), ("ends_with", X, (), "/shop/")], True),
        ([("==", X, (), "a"), ("==", X, (), "b")], False),
        ([("==", X, ("lower",), "Ann")], False),
        ([("ends_with", X, ("trim", "lower"), "@gmail.com"), ("==", X, (), " Ann@Gmail.com ")], True),
        ([("==", X, ("lower",), "ann"), ("==", X, (), "Anna")], False),
        ([("shorter", X, (), "ab"), ("contains", X, (), "ab")], False),
        ([("matches", X, (), "^[a-z]+$"), ("matches", X, (), r"\d")], False),
        ([("matches", X, (), r"\bvip\b"), ("matches", X, (), r"^\w+$"), ("<", X, (), "w")], True),
    ],
)
def test_what_can_be(formulas: Sequence[Test], is_possible: bool) -> None:
    answer, found = asked(*map(formula, formulas))
    assert answer == (z3.sat if is_possible else z3.unsat)
    if is_possible:
        assert all(holds(test, {X: found[X] or ""}) for test in formulas)


def test_equal_texts_pass_the_same_tests() -> None:
    equal = compared("==", changed("lower", X), Y)
    assert asked(equal, formula(("starts_with", Y, (), "A")))[0] == z3.unsat
    assert asked(equal, formula(("starts_with", X, (), "A")), formula(("==", Y, (), "b")))[0] == z3.unsat
    assert asked(equal, formula(("starts_with", X, (), "A")), formula(("==", Y, (), "ab")))[0] == z3.sat


def test_two_texts_that_differ() -> None:
    _, found = asked(z3.Not(compared("==", X, Y)), *(formula(("starts_with", text, (), "a")) for text in (X, Y)))
    assert found[X] != found[Y]


def test_a_choice_of_texts() -> None:
    chosen = z3.If(z3.Bool("b"), X, text_value("abc"))
    assert asked(formula(("==", X, (), "x")), contained("contains", chosen, text_value("z")))[0] == z3.unsat
    assert asked(formula(("==", X, (), "x")), contained("contains", chosen, text_value("b")))[0] == z3.sat


@given(st.text())
def test_a_constant_is_itself_again(text: str) -> None:
    assert constant_of(text_value(text)) == text


def test_constants_after_functions() -> None:
    assert constant_of(changed("lower", text_value("ÀẞB"))) == "àßb"
    assert constant_of(changed("upper", text_value("àßb"))) == "ÀẞB"
    assert constant_of(changed("trim", text_value("\u00a0 a b\t"))) == "a b"
    assert z3.is_true(compared("<", text_value("a"), text_value("b")))
    assert z3.is_false(contained("ends_with", text_value("abc"), text_value("b")))
    assert length(text_value("ไทย")).as_long() == 3


def test_many_tests_of_one_text_are_told_in_parts() -> None:
    parts = [f"{letter}{letter}" for letter in "abcdefghijklmnop"]
    every = [formula(("contains", X, (), part)) for part in parts]
    answer, _ = asked(*every, formula(("contains", X, (), "aab")))
    assert answer == z3.sat
    assert asked(*every, z3.Not(formula(("contains", X, (), "a"))))[0] == z3.unsat
    assert asked(*every, formula(("starts_with", X, (), "b")), formula(("starts_with", X, (), "c")))[0] == z3.unsat
