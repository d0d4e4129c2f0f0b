"""Tests of texts with constants: each is a symbol, and which of one text's tests can hold at once is found beforehand.

Else a text is a number, the same for the same text: two texts can be compared for equality.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import z3

from segrules.analysis.solver.space import Space, Text
from segrules.analysis.solver.terms import Term, both, code_of, either, symbols_in
from segrules.analysis.text_classes import TextTest, text_classes
from segrules.analysis.text_letters import Function
from segrules.language.core import Call, Expression, Literal
from segrules.language.pattern_letters import ALL
from segrules.language.pattern_trees import Letters, Place, Repeat, Tree, pattern_tree
from segrules.language.pattern_trees import Sequence as InTurn

LONGEST = 300
"""Lengths up to this are compared letter by letter."""


def text_of_term(term: Term, space: Space) -> Text | None:
    """What is known of the text that a term is, where it is a symbol."""
    if not _is_symbol(term.value):
        return None
    return space.texts.setdefault(term.value.get_id(), Text(term))


def _is_symbol(value: z3.ExprRef) -> bool:
    return bool(z3.is_const(value) and value.decl().kind() == z3.Z3_OP_UNINTERPRETED)


def inside_functions(node: Expression) -> tuple[Expression, tuple[Function, ...]]:
    """A text and the functions that were applied to it, the first one first."""
    functions: list[Function] = []
    while isinstance(node, Call) and node.function in ("lower", "upper", "trim"):
        functions.append(node.function)  # type: ignore[arg-type]
        (node,) = node.arguments
    return node, tuple(reversed(functions))


def is_constant(text: Text, constant: str, functions: tuple[Function, ...], space: Space) -> z3.BoolRef:
    """Whether a known text is a constant, after functions."""
    if functions:
        return _test(text, TextTest(_letters(constant), False, functions), space)
    if constant not in text.constants:
        text.constants[constant] = space.fresh("is", z3.BoolSort())
    return text.constants[constant]


def passes(text: Text, node: Call, functions: tuple[Function, ...], space: Space) -> z3.BoolRef | None:
    """Whether a known text passes a test of texts with a constant; None for another test."""
    match node.function, node.arguments[1]:
        case "matches", Literal(value=str() as pattern):
            return _test(text, TextTest(pattern_tree(pattern), True, functions), space)
        case "contains", Literal(value=str() as part):
            return _test(text, TextTest(_letters(part), True, functions), space)
        case "starts_with", Literal(value=str() as part):
            return _test(text, TextTest(InTurn((Place("start"), _letters(part))), True, functions), space)
        case "ends_with", Literal(value=str() as part):
            return _test(text, TextTest(InTurn((_letters(part), Place("end"))), True, functions), space)
    return None


def is_at_least(text: Text, length: int, functions: tuple[Function, ...], space: Space) -> z3.BoolRef:
    """Whether a known text has so many letters."""
    return _test(text, TextTest(Repeat(Letters(ALL), max(length, 0), None), False, functions), space)


def _letters(constant: str) -> Tree:
    return InTurn(tuple(Letters(((ord(letter), ord(letter)),)) for letter in constant))


def _test(text: Text, test: TextTest, space: Space) -> z3.BoolRef:
    if test not in text.tests:
        text.tests[test] = space.fresh("passes", z3.BoolSort())
    return text.tests[test]


def settle(space: Space, formulas: Iterable[z3.ExprRef]) -> None:
    """Says which tests of each text can hold together. formulas: all that use these texts."""
    used = symbols_in([*(formula for formula, _ in space.promises), *formulas])
    for number, text in space.texts.items():
        names, constants = tuple(text.tests), tuple(text.constants)
        if number in used:
            for constant, name in text.constants.items():
                space.always(name == (text.term.value == code_of(constant)))
        found = text_classes(names, constants) if names or constants else ()
        if not found:  # nothing is asked of it, or too much
            _exclude(space, text)
            continue
        text.classes, text.number = found, space.fresh("class", z3.IntSort())
        space.always(both(text.number >= 0, text.number < len(found)))
        for place, test in enumerate(names):
            _is_in(space, text, text.tests[test], [at for at, one in enumerate(found) if one.holds[place]])
        for constant in constants:
            places = [at for at, one in enumerate(found) if one.constant == constant]
            _is_in(space, text, text.constants[constant], places)


def _is_in(space: Space, text: Text, name: z3.BoolRef, places: Sequence[int]) -> None:
    assert text.number is not None
    space.always(name == either(*(text.number == place for place in places)))


def _exclude(space: Space, text: Text) -> None:
    """A text is no two constants at once: all that is said where its classes are too many."""
    names = list(text.constants.values())
    if len(names) > 1:
        space.always(z3.AtMost(*names, 1))
