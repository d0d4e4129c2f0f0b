"""Functions and operators of values, as far as they are linear; the rest stays a symbol with what is known of it."""

from __future__ import annotations

from collections.abc import Sequence

import z3

from segrules.analysis.solver.dates import date_call
from segrules.analysis.solver.space import Space, symbol
from segrules.analysis.solver.terms import (
    Term,
    alike,
    both,
    compared,
    constant,
    either,
    extreme,
    first_known,
)
from segrules.language.core import Call, Literal
from segrules.language.types import NUMBER, Kind

EARTH = 20_038
"""No two places are further apart, in kilometres."""


def call(node: Call, terms: Sequence[Term], space: Space) -> Term | None:
    """The value of a call, or None for a function that is a symbol."""
    known = both(*(term.known for term in terms))
    match node.function:
        case "coalesce":
            return first_known(terms)
        case "least" | "greatest" if node.type.kind is Kind.TEXT:
            return Term(either(*(term.known for term in terms)), symbol(space, "text", node.type, False).value)
        case "least" | "greatest" as function:
            return extreme(terms, is_least=function == "least")
        case "length":
            length = symbol(space, "length", node.type, False).value
            space.always(length >= 0)
            return Term(known, length)
        case "lower" | "upper" | "trim":
            return Term(known, symbol(space, node.function, node.type, False).value)
        case "distance_km" | "bucket":
            return _in_range(node, space)
    found = date_call(node, terms, space)
    if found is not None:
        return found
    if node.function == "divide":
        return _quotient(node, terms, space)
    if node.type.kind is Kind.NUMBER or any(part.type.kind is Kind.NUMBER for part in node.arguments):
        return None
    return _exact(node, terms, known, space)


def _exact(node: Call, terms: Sequence[Term], known: z3.BoolRef, space: Space) -> Term | None:
    """Arithmetic of whole numbers and decimals."""
    values = [term.value for term in terms]
    match node.function, node.arguments:
        case ("add" | "subtract") as function, _:
            one, other = alike(*values)
            return Term(known, one + other if function == "add" else one - other)
        case "negate", _:
            return Term(known, -values[0])
        case "abs", _:
            return Term(known, z3.If(values[0] >= 0, values[0], -values[0]))
        case "multiply", _:
            one, other = alike(*values)
            if any(isinstance(part, Literal) for part in node.arguments):
                return Term(known, one * other)
            return _product(node, one, other, known, space)
        case "floor", _:
            return Term(known, _floor(values[0]))
        case "ceil", _:
            return Term(known, -_floor(-values[0]))
        case "round", (_,):
            return Term(known, _rounded(values[0], 0, is_whole=True))
        case "round", (_, Literal(value=int() as digits)):
            return Term(known, _rounded(values[0], digits, is_whole=False))
        case "modulo", (_, Literal(value=int() as by)) if values[0].sort() == z3.IntSort() and by != 0:
            size = abs(by)
            return Term(known, z3.If(values[0] >= 0, values[0] % size, -((-values[0]) % size)))
    return None


def _floor(number: z3.ExprRef) -> z3.ExprRef:
    return number if number.sort() == z3.IntSort() else z3.ToInt(number)


def _rounded(number: z3.ExprRef, digits: int, *, is_whole: bool) -> z3.ExprRef:
    """Half away from zero."""
    if number.sort() == z3.IntSort():
        return number if is_whole else z3.ToReal(number)
    half = z3.Q(1, 2)
    scaled = number * 10**digits
    whole = z3.If(scaled >= 0, z3.ToInt(scaled + half), -z3.ToInt(half - scaled))
    return whole if is_whole else z3.ToReal(whole) / 10**digits


def _product(node: Call, one: z3.ExprRef, other: z3.ExprRef, known: z3.BoolRef, space: Space) -> Term:
    """A product of two values: only its sign is known."""
    found = symbol(space, "product", node.type, False)
    signs = either(both(one >= 0, other >= 0), both(one <= 0, other <= 0))
    space.always(z3.Implies(signs, found.value >= 0))
    opposed = either(both(one >= 0, other <= 0), both(one <= 0, other >= 0))
    space.always(z3.Implies(opposed, found.value <= 0))
    space.always(z3.Implies(found.value == 0, either(one == 0, other == 0)))
    return Term(known, found.value)


def _quotient(node: Call, terms: Sequence[Term], space: Space) -> Term:
    """A quotient: missing where either side is or the lower one is 0."""
    found = symbol(space, "quotient", node.type, False)
    return Term(both(terms[0].known, terms[1].known, terms[1].value != 0), found.value)


def quotient_against(
    operator: str, quotient: Term, parts: tuple[Term, Term], right: Literal, space: Space
) -> z3.BoolRef:
    """A quotient of exact numbers compared with a constant c, by the double next to each.

    Rounding keeps order, so that a >= c * b (b > 0) makes the quotient >= the double of c; the same for <=.
    """
    assert right.value is not None
    assert not isinstance(right.value, tuple)
    exact, double = constant(right.value, right.type), constant(right.value, NUMBER)
    above, below = parts[0].value, parts[1].value
    number, bound = alike(quotient.value, double)
    above, times = alike(above, exact * below if exact.sort() == below.sort() else _product_of(exact, below))
    more, less = number >= bound, number <= bound
    space.always(z3.Implies(both(below > 0, above >= times), more))
    space.always(z3.Implies(both(below > 0, above <= times), less))
    space.always(z3.Implies(both(below < 0, above <= times), more))
    space.always(z3.Implies(both(below < 0, above >= times), less))
    return compared(operator, number, bound)


def _product_of(number: z3.ExprRef, other: z3.ExprRef) -> z3.ExprRef:
    one, two = alike(number, other)
    return one * two


def _in_range(node: Call, space: Space) -> Term:
    """A distance or a bucket: a symbol within its bounds."""
    if node.function == "distance_km":
        found = symbol(space, "distance", node.type, True)
        space.always(both(found.value >= 0, found.value <= EARTH))
        return found
    found = symbol(space, "bucket", node.type, False)
    match node.arguments:
        case (_, Literal(value=int() as many), *_):
            space.always(both(found.value >= 1, found.value <= many))
        case _:
            space.always(found.value >= 1)
    return found
