"""Expressions of rules as values and tests of the solver."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

import z3

from segrules.analysis.solver import lists
from segrules.analysis.solver.constants import MIRRORED, as_comparisons, with_plain_side
from segrules.analysis.solver.scalars import call, quotient_against
from segrules.analysis.solver.space import Space, Text, column, lookup_present, symbol
from segrules.analysis.solver.terms import (
    FALSE,
    TRUE,
    Term,
    alike,
    both,
    chosen,
    compared,
    constant,
    denied,
    either,
    some,
    sort_of,
)
from segrules.analysis.solver.texts import LONGEST, inside_functions, is_at_least, is_constant, passes, text_of_term
from segrules.analysis.text_letters import Function
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Clock,
    Column,
    Compare,
    Duration,
    Element,
    Elements,
    Expression,
    If,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Past,
    Population,
    Previous,
    Reference,
)
from segrules.language.functions import PREDICATES
from segrules.language.trees import is_predicate, may_be_missing
from segrules.language.types import NUMBER, UNKNOWN, Kind, Type
from segrules.planning.dependencies import asks_of, definition
from segrules.planning.fold_time import fold_time

_NUMBERS = ("count", "count_distinct", "max_count", "funnel", "longest_streak")
"""Folds that are never below 0."""


def test(node: Expression, space: Space) -> z3.BoolRef:
    """Whether a test holds; a missing Boolean counts as false. Time is folded."""
    term = value(node, space)
    return both(term.known, term.value)


def value(node: Expression, space: Space) -> Term:
    """What an expression without open time gives for a row."""
    if space.outer is not None and _is_of_outer(node, space.label):
        return value(node, space.outer)
    if node not in space.terms:
        space.terms[node] = _value(node, space)
    return space.terms[node]


def _is_of_outer(node: Expression, label: str) -> bool:
    """Whether a part of a test of a relation's rows is about the entity's row."""
    match node:
        case Column(row=row):
            return row not in ("", label)
        case Reference(path=()):
            return True
        case Reference() | Aggregate() | Population() | Past():
            return not asks_of(node, frozenset({label}))
        case _:
            return False


def definition_of(node: Reference, space: Space) -> Expression:
    """What a named thing of the entity is, time folded."""
    return fold_time(definition(space.rules, (node.to, node.name)), space.moment)


def _value(node: Expression, space: Space) -> Term:
    match node:
        case Literal(value=None):
            return Term(FALSE, some(sort_of(node.type)))
        case Literal(value=tuple() as values):
            return Term(TRUE, z3.IntVal(len(values)))
        case Literal(value=plain):
            return Term(TRUE, constant(plain, node.type))  # type: ignore[arg-type]
        case Column(row=row):
            return column(space, node) if row in ("", space.label) else opaque(node, space)
        case Reference(path=()):
            return value(definition_of(node, space), space)
        case Call(function=function) if function in PREDICATES:
            return Term(TRUE, _predicate(node, space))
        case Call():
            return _call(node, space)
        case Compare():
            return Term(TRUE, _compare(node, space))
        case Membership():
            return Term(TRUE, _membership(node, space))
        case IsMissing(item=item):
            return Term(TRUE, denied(value(item, space).known))
        case And(items=items):
            return Term(TRUE, both(*(test(item, space) for item in items)))
        case Or(items=items):
            return Term(TRUE, either(*(test(item, space) for item in items)))
        case Not(item=item):
            return Term(TRUE, denied(test(item, space)))
        case If():
            return _branches(node, space)
        case Aggregate() if space.fold is not None:
            return space.fold(node, None)
        case Population():
            return _population(node, space)
        case Elements(function=function):
            return _elements(node, space) if function != "count" else opaque(node, space)
        case Reference() | Past() | Aggregate() | Previous() | Element():
            return opaque(node, space)
        case Clock():
            raise AssertionError("time is folded before the solver sees it")
        case _:
            assert_never(node)


def opaque(node: Expression, space: Space) -> Term:
    """A symbol for what the theory does not look into."""
    is_known = is_predicate(node) or not may_be_missing(node)
    term = symbol(space, type(node).__name__.lower(), node.type, not is_known)
    if isinstance(node, Aggregate | Elements) and node.type.kind is Kind.INTEGER and node.function in _NUMBERS:
        space.always(term.value >= 0)
    if isinstance(node, Reference) and node.path and node.row == space.label:
        there = lookup_present(space, node.path)
        holds = term.value if node.type.kind is Kind.BOOLEAN and is_known else term.known
        space.always(z3.Implies(holds, there))
    return term


def _call(node: Call, space: Space) -> Term:
    match node.function, node.arguments:
        case "list_length", (items,):
            return value(items, space)
        case "known_list", arguments:
            known = [value(argument, space).known for argument in arguments]
            return Term(TRUE, z3.Sum([z3.If(one, 1, 0) for one in known]) if known else z3.IntVal(0))
    terms = [as_type(argument, _operand(node), space) for argument in node.arguments if not _is_length(argument)]
    found = call(node, terms, space)
    return opaque(node, space) if found is None else found


def _operand(node: Call) -> Type:
    """The type that operands of a call are brought to: that of the result where it is one of them."""
    return node.type if node.function in ("coalesce", "least", "greatest") else UNKNOWN


def _is_length(node: Expression) -> bool:
    """Whether an argument is a length of months and the like, which is no value of its own."""
    return isinstance(node, Literal) and isinstance(node.value, Duration)


def _predicate(node: Call, space: Space) -> z3.BoolRef:
    match node.function, node.arguments:
        case "list_contains", (items, item):
            return holds_element(items, item, space)
        case "contains_any" | "contains_all" as function, (items, Literal(value=tuple() as values, type=type)):
            assert type.element is not None
            each = [holds_element(items, Literal(one, type.element), space) for one in values]
            return either(*each) if function == "contains_any" else both(*each)
        case "contains_any" | "contains_all", _:
            terms = [value(argument, space) for argument in node.arguments]
            return both(*(term.known for term in terms), opaque(node, space).value)
    found = of_text(node.arguments[0], space, lambda text, functions, own: passes(text, node, functions, own))
    if found is None:
        found = both(*(value(argument, space).known for argument in node.arguments), opaque(node, space).value)
    return found


Ask = Callable[[Text, tuple[Function, ...], Space], z3.BoolRef | None]
"""What is asked of a known text after functions, in the space that has it."""


def of_text(node: Expression, space: Space, ask: Ask) -> z3.BoolRef | None:
    """Whether a text is known and passes a test; None where it is no text of a row, or the test has no constant."""
    item, functions = inside_functions(node)
    if space.outer is not None and _is_of_outer(item, space.label):
        return of_text(node, space.outer, ask)
    match item:
        case Reference(path=()):
            return of_text(_applied(functions, definition_of(item, space)), space, ask)
        case If(arms=arms, otherwise=otherwise):
            found = of_text(_applied(functions, otherwise), space, ask)
            for condition, part in reversed(arms):
                holds = of_text(_applied(functions, part), space, ask)
                if holds is None or found is None:
                    return None
                found = chosen(test(condition, space), holds, found)
            return found
        case Call(function="coalesce", arguments=parts):
            found = FALSE
            for part in reversed(parts):
                holds = of_text(_applied(functions, part), space, ask)
                if holds is None:
                    return None
                found = chosen(value(part, space).known, holds, found)
            return found
        case Literal(value=None):
            return FALSE
        case Literal():
            return None
    term = value(item, space)
    text = text_of_term(term, space)
    holds = None if text is None else ask(text, functions, space)
    return None if holds is None else both(term.known, holds)


def _applied(functions: tuple[Function, ...], node: Expression) -> Expression:
    for function in functions:
        node = Call(function, (node,), node.type)
    return node


def holds_element(items: Expression, item: Expression, space: Space) -> z3.BoolRef:
    """Whether a list has a value."""
    match items:
        case Literal(value=tuple() as values, type=type) if type.element is not None:
            return either(*(test(Compare("==", item, Literal(one, type.element)), space) for one in values))
        case Reference(path=()):
            return holds_element(definition_of(items, space), item, space)
        case Call(function="known_list", arguments=arguments):
            return either(*(test(Compare("==", argument, item), space) for argument in arguments))
        case If(arms=arms, otherwise=otherwise):
            found = holds_element(otherwise, item, space)
            for condition, part in reversed(arms):
                found = chosen(test(condition, space), holds_element(part, item, space), found)
            return found
    whole, one = value(items, space), value(item, space)
    plain = item.value if isinstance(item, Literal) and not isinstance(item.value, tuple) else None
    return both(whole.known, one.known, lists.has(space, items, whole, one, plain))


def _elements(node: Elements, space: Space) -> Term:
    """Whether some or every element passes a test: of a list without elements that is known beforehand."""
    items = value(node.items, space)
    found = opaque(node, space)
    space.always(z3.Implies(found.value, both(items.known, items.value > 0)))
    return found


def _compare(node: Compare, space: Space) -> z3.BoolRef:
    plain = with_plain_side(node, lambda reference: definition_of(reference, space), space.moment)
    if not isinstance(plain, Compare):
        return test(plain, space)
    operator, left, right = plain.operator, plain.left, plain.right
    if isinstance(right, Literal) and right.value is not None and left.type.kind is not Kind.VERSION:
        match left:
            case Aggregate() if space.fold is not None:
                return test_of(space.fold(left, (operator, right)))
            case If():
                return _branched(left, operator, right, space)
            case Call(function="divide", arguments=(above, below)) if above.type.is_exact and below.type.is_exact:
                one = value(left, space)
                parts = value(above, space), value(below, space)
                return both(one.known, quotient_against(operator, one, parts, right, space))
            case Reference(path=()):
                return _compare(Compare(operator, definition_of(left, space), right, node.span), space)
        if (found := _text_against(operator, left, right, space)) is not None:
            return found
    if isinstance(left, Literal) and isinstance(right, Literal) and left.type == right.type and operator == "==":
        return z3.BoolVal(left.value is not None and left.value == right.value)
    kinds = {left.type.kind, right.type.kind}
    if kinds == {Kind.TEXT} and operator != "==":
        return both(value(left, space).known, value(right, space).known, opaque(plain, space).value)
    terms = value(left, space), value(right, space)
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
            known = value(item, space).known
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
    term = value(node, space)
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
            return both(
                value(part, space).known, compared(operator, as_type(part, NUMBER, space).value, _number(right))
            )
        return test(Compare(operator, part, right), space)  # type: ignore[arg-type]

    found = against(node.otherwise)
    for condition, part in reversed(node.arms):
        found = chosen(test(condition, space), against(part), found)
    return found


def _membership(node: Membership, space: Space) -> z3.BoolRef:
    match node.values:
        case Literal(value=tuple() as values) as constants:
            return either(*(test(one, space) for one in as_comparisons(node.item, values, constants)))
        case items:
            return holds_element(items, node.item, space)


def _branches(node: If, space: Space) -> Term:
    found = as_type(node.otherwise, node.type, space)
    for condition, part in reversed(node.arms):
        holds, term = test(condition, space), as_type(part, node.type, space)
        one, other = alike(term.value, found.value)
        found = Term(chosen(holds, term.known, found.known), chosen(holds, one, other))
    return found


def _population(node: Population, space: Space) -> Term:
    """A symbol in the range of the function, that is there only for rows which count."""
    item = value(node.value, space)
    counts = item.known if node.where is None else both(item.known, test(node.where, space))
    found = opaque(node, space)
    if node.is_overall:
        is_in_order = node.where is None and node.by is None and node.type.kind is not Kind.TEXT
        if node.function in ("min", "max") and is_in_order:
            one, other = alike(item.value, found.value)
            beyond = compared("<=" if node.function == "max" else ">=", one, other)
            space.always(z3.Implies(both(item.known, found.known), beyond))
        return found
    if node.type.kind is Kind.BOOLEAN:
        space.always(z3.Implies(found.value, counts))
        return found
    space.always(z3.Implies(found.known, counts))
    match node.function, node.argument:
        case "ntile" | "quantile_bin", Literal(value=int() as bins):
            space.always(both(found.value >= 1, found.value <= bins))
        case "rank", _:
            space.always(found.value >= 1)
        case "percent_rank", _:
            space.always(both(found.value >= 0, found.value <= 1))
    return Term(counts, found.value)
