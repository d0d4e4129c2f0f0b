"""Tests of texts with constants: each is a symbol, and which of one text's tests can hold at once is found beforehand.

Else a text is a number, the same for the same text: two texts can be compared for equality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import z3

from segrules.analysis.solver.space import Space, Text
from segrules.analysis.solver.terms import FALSE, Term, both, chosen, code_of, either, symbols_in
from segrules.analysis.text_classes import TextTest, text_groups
from segrules.analysis.text_letters import Function
from segrules.language.core import Call, Expression, If, Literal, Reference
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


Ask = Callable[[Text, tuple[Function, ...], Space], z3.BoolRef | None]
"""What is asked of a known text after functions, in the space that has it."""


def of_text(node: Expression, space: Space, ask: Ask) -> z3.BoolRef | None:
    """Whether a text is known and passes a test; None where it is no text of a row, or the test has no constant."""
    item, functions = inside_functions(node)
    if space.outer is not None and space.is_of_outer(item):
        return of_text(node, space.outer, ask)
    match item:
        case Reference(path=()):
            return of_text(_applied(functions, space.definition_of(item)), space, ask)
        case If(arms=arms, otherwise=otherwise):
            found = of_text(_applied(functions, otherwise), space, ask)
            for condition, part in reversed(arms):
                holds = of_text(_applied(functions, part), space, ask)
                if holds is None or found is None:
                    return None
                found = chosen(space.test(condition), holds, found)
            return found
        case Call(function="coalesce", arguments=parts):
            found = FALSE
            for part in reversed(parts):
                holds = of_text(_applied(functions, part), space, ask)
                if holds is None:
                    return None
                found = chosen(space.value(part).known, holds, found)
            return found
        case Literal(value=None):
            return FALSE
        case Literal():
            return None
    term = space.value(item)
    text = text_of_term(term, space)
    holds = None if text is None else ask(text, functions, space)
    return None if holds is None else both(term.known, holds)


def _applied(functions: tuple[Function, ...], node: Expression) -> Expression:
    for function in functions:
        node = Call(function, (node,), node.type)
    return node


def settle(space: Space, formulas: Iterable[z3.ExprRef]) -> None:
    """Says which tests of each text can hold together. formulas: all that use these texts."""
    used = symbols_in([*(formula for formula, _ in space.promises), *formulas])
    for number, text in space.texts.items():
        names, constants = tuple(text.tests), tuple(text.constants)
        if number in used:
            for constant, name in text.constants.items():
                space.always(name == (text.term.value == code_of(constant)))
        groups = text_groups(names, constants) if names or constants else ()
        for group in groups:
            number_of = space.fresh("class", z3.IntSort())
            if text.number is None:
                text.classes, text.number = group.classes, number_of
            space.always(both(number_of >= 0, number_of < len(group.classes)))
            for at, place in enumerate(group.places):
                inside = [number for number, one in enumerate(group.classes) if one.holds[at]]
                _is_in(space, number_of, text.tests[names[place]], inside)
            for constant in group.constants:
                inside = [number for number, one in enumerate(group.classes) if one.constant == constant]
                _is_in(space, number_of, text.constants[constant], inside)
        if len(groups) != 1 and (names or constants):
            space.gaps.append("texts")
            _exclude(space, text)


def _is_in(space: Space, number: z3.ArithRef, name: z3.BoolRef, places: Sequence[int]) -> None:
    space.always(name == either(*(number == place for place in places)))


def _exclude(space: Space, text: Text) -> None:
    """A text is no two constants at once: all that is said where its classes are too many."""
    names = list(text.constants.values())
    if len(names) > 1:
        space.always(z3.AtMost(*names, 1))
