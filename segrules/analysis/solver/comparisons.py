"""Comparisons: of dates with constants by the date itself, of texts by what is known of them, of doubles by doubles."""

from __future__ import annotations

import z3

from segrules.analysis.solver.constants import MIRRORED, with_plain_side
from segrules.analysis.solver.scalars import quotient_against
from segrules.analysis.solver.space import Space, opaque, symbol
from segrules.analysis.solver.terms import TRUE, Term, both, chosen, compared, constant, denied
from segrules.analysis.solver.texts import LONGEST, is_at_least, is_constant, of_text
from segrules.language.core import Aggregate, Call, Compare, Expression, If, Literal, Reference
from segrules.language.types import NUMBER, Kind, Type


def compare(node: Compare, space: Space) -> z3.BoolRef:
    """Whether both sides are known and in this order."""
    plain = with_plain_side(node, lambda reference: space.definition_of(reference), space.moment)
    if not isinstance(plain, Compare):
        return space.test(plain)
    operator, left, right = plain.operator, plain.left, plain.right
    if isinstance(right, Literal) and right.value is not None and left.type.kind is not Kind.VERSION:
        match left:
            case Aggregate() if space.fold is not None:
                return test_of(space.fold(left, (operator, right)))
            case If():
                return _branched(left, operator, right, space)
            case Call(function="divide", arguments=(above, below)) if above.type.is_exact and below.type.is_exact:
                one = space.value(left)
                parts = space.value(above), space.value(below)
                return both(one.known, quotient_against(operator, one, parts, right, space))
            case Reference(path=()):
                return compare(Compare(operator, space.definition_of(left), right, node.span), space)
        if (found := _text_against(operator, left, right, space)) is not None:
            return found
    if isinstance(left, Literal) and isinstance(right, Literal) and left.type == right.type and operator == "==":
        return z3.BoolVal(left.value is not None and left.value == right.value)
    kinds = {left.type.kind, right.type.kind}
    if kinds == {Kind.TEXT} and operator != "==":
        return both(space.value(left).known, space.value(right).known, opaque(plain, space).value)
    terms = space.value(left), space.value(right)
    known = both(terms[0].known, terms[1].known)
    if kinds & {Kind.VERSION, Kind.LIST} or (Kind.NUMBER in kinds and len(kinds) > 1 and not _has_constant(plain)):
        return both(known, opaque(plain, space).value)
    if Kind.NUMBER in kinds and isinstance(right, Literal):
        return both(known, compared(operator, terms[0].value, _number(right)))
    if Kind.NUMBER in kinds and isinstance(left, Literal):
        return both(known, compared(MIRRORED[operator], terms[1].value, _number(left)))
    return both(known, compared(operator, terms[0].value, terms[1].value))


def _text_against(operator: str, left: Expression, right: Literal, space: Space) -> z3.BoolRef | None:
    """A text, or its length, compared with a constant."""
    match left, right.value:
        case _, str() as plain if operator == "==" and left.type.kind is Kind.TEXT:
            return of_text(left, space, lambda text, functions, own: is_constant(text, plain, functions, own))
        case Call(function="length", arguments=(item,)), int() as length if 0 <= length <= LONGEST:

            def at_least(number: int) -> z3.BoolRef | None:
                return of_text(item, space, lambda text, functions, own: is_at_least(text, number, functions, own))

            reaches, exceeds = at_least(length), at_least(length + 1)
            if reaches is None or exceeds is None:
                return None
            known = space.value(item).known
            return {
                "==": both(reaches, denied(exceeds)),
                ">=": reaches,
                ">": exceeds,
                "<": both(known, denied(reaches)),
                "<=": both(known, denied(exceeds)),
            }[operator]
    return None


def test_of(term: Term) -> z3.BoolRef:
    """A Boolean value as a test."""
    return both(term.known, term.value)


def _has_constant(node: Compare) -> bool:
    return isinstance(node.left, Literal) or isinstance(node.right, Literal)


def _number(node: Literal) -> z3.ExprRef:
    """A constant as the double that engines compare a `number` with."""
    return constant(node.value, NUMBER)  # type: ignore[arg-type]


def as_type(node: Expression, type: Type, space: Space) -> Term:
    """A value where values of another type may stand: of an exact number beside a `number` the double next to it."""
    term = space.value(node)
    if type.kind is not Kind.NUMBER or not node.type.is_exact:
        return term
    if isinstance(node, Literal) and node.value is not None:
        return Term(TRUE, _number(node))
    key = Call("double", (node,), NUMBER)
    if key not in space.terms:
        space.terms[key] = Term(term.known, symbol(space, "double", NUMBER, False).value)
    return space.terms[key]


def _branched(node: If, operator: str, right: Literal, space: Space) -> z3.BoolRef:
    """A comparison of a conditional value, asked of the value of each arm."""

    def against(part: Expression) -> z3.BoolRef:
        if node.type.kind is Kind.NUMBER and part.type.is_exact:
            return both(space.value(part).known, compared(operator, as_type(part, NUMBER, space).value, _number(right)))
        return space.test(Compare(operator, part, right))  # type: ignore[arg-type]

    found = against(node.otherwise)
    for condition, part in reversed(node.arms):
        found = chosen(space.test(condition), against(part), found)
    return found
