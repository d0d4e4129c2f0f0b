"""Expressions of rules as values of the solver."""

from __future__ import annotations

from typing import assert_never

import z3

from segrules.analysis.solver import lists
from segrules.analysis.solver.comparisons import as_type, compare
from segrules.analysis.solver.constants import as_comparisons
from segrules.analysis.solver.populations import population
from segrules.analysis.solver.scalars import call
from segrules.analysis.solver.space import Space, column, opaque
from segrules.analysis.solver.terms import (
    FALSE,
    TRUE,
    Term,
    alike,
    both,
    chosen,
    constant,
    denied,
    either,
    some,
    sort_of,
)
from segrules.analysis.solver.texts import of_text, passes
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
from segrules.language.types import UNKNOWN, Type


def encode(node: Expression, space: Space) -> Term:
    """The value of an expression that was not met before."""
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
            return space.value(space.definition_of(node))
        case Call(function=function) if function in PREDICATES:
            return Term(TRUE, _predicate(node, space))
        case Call():
            return _call(node, space)
        case Compare():
            return Term(TRUE, compare(node, space))
        case Membership():
            return Term(TRUE, _membership(node, space))
        case IsMissing(item=item):
            return Term(TRUE, denied(space.value(item).known))
        case And(items=items):
            return Term(TRUE, both(*(space.test(item) for item in items)))
        case Or(items=items):
            return Term(TRUE, either(*(space.test(item) for item in items)))
        case Not(item=item):
            return Term(TRUE, denied(space.test(item)))
        case If():
            return _branches(node, space)
        case Aggregate() if space.fold is not None:
            return space.fold(node, None)
        case Population():
            return population(node, space)
        case Elements(function=function):
            return _elements(node, space) if function != "count" else opaque(node, space)
        case Reference() | Past() | Aggregate() | Previous() | Element():
            return opaque(node, space)
        case Clock():
            raise AssertionError("time is folded before the solver sees it")
        case _:
            assert_never(node)


def _call(node: Call, space: Space) -> Term:
    match node.function, node.arguments:
        case "list_length", (items,):
            return space.value(items)
        case "known_list", arguments:
            known = [space.value(argument).known for argument in arguments]
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
            terms = [space.value(argument) for argument in node.arguments]
            return both(*(term.known for term in terms), opaque(node, space).value)
    found = of_text(node.arguments[0], space, lambda text, functions, own: passes(text, node, functions, own))
    if found is None:
        found = both(*(space.value(argument).known for argument in node.arguments), opaque(node, space).value)
    return found


def holds_element(items: Expression, item: Expression, space: Space) -> z3.BoolRef:
    """Whether a list has a value."""
    match items:
        case Literal(value=tuple() as values, type=type) if type.element is not None:
            return either(*(space.test(Compare("==", item, Literal(one, type.element))) for one in values))
        case Reference(path=()):
            return holds_element(space.definition_of(items), item, space)
        case Call(function="known_list", arguments=arguments):
            return either(*(space.test(Compare("==", argument, item)) for argument in arguments))
        case If(arms=arms, otherwise=otherwise):
            found = holds_element(otherwise, item, space)
            for condition, part in reversed(arms):
                found = chosen(space.test(condition), holds_element(part, item, space), found)
            return found
    whole, one = space.value(items), space.value(item)
    plain = item.value if isinstance(item, Literal) and not isinstance(item.value, tuple) else None
    return both(whole.known, one.known, lists.has(space, items, whole, one, plain))


def _elements(node: Elements, space: Space) -> Term:
    """Whether some or every element passes a test: of a list without elements that is known beforehand."""
    items = space.value(node.items)
    match node.where:
        case Compare(operator="==", left=Element(row=node.row), right=Literal() as plain) if node.function == "any":
            return Term(TRUE, holds_element(node.items, plain, space))
        case Membership(item=Element(row=node.row), values=Literal(value=tuple() as values)) if node.function == "any":
            assert node.items.type.element is not None
            each = [Literal(one, node.items.type.element) for one in values]
            return Term(TRUE, either(*(holds_element(node.items, plain, space) for plain in each)))
    found = opaque(node, space)
    space.always(z3.Implies(found.value, both(items.known, items.value > 0)))
    return found


def _membership(node: Membership, space: Space) -> z3.BoolRef:
    match node.values:
        case Literal(value=tuple() as values) as constants:
            return either(*(space.test(one) for one in as_comparisons(node.item, values, constants)))
        case items:
            return holds_element(items, node.item, space)


def _branches(node: If, space: Space) -> Term:
    found = as_type(node.otherwise, node.type, space)
    for condition, part in reversed(node.arms):
        holds, term = space.test(condition), as_type(part, node.type, space)
        one, other = alike(term.value, found.value)
        found = Term(chosen(holds, term.known, found.known), chosen(holds, one, other))
    return found
