"""Values as the solver has them: whole numbers for days, instants and elapsed times, exact fractions for decimals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import z3

from segrules.language.core import Scalar
from segrules.language.types import Kind, Type

TRUE = z3.BoolVal(True)
FALSE = z3.BoolVal(False)
EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
"""A day of 24 hours in microseconds."""
FIRST_DAY = EPOCH.toordinal()


@dataclass(frozen=True, slots=True)
class Term:
    """A value of a row: whether it is known (a formula), and what it then is.

    A date is its ordinal, a timestamp the microseconds since 1970 in UTC, a duration microseconds, a list its length,
    a text a number that no other text has.
    """

    known: z3.BoolRef
    value: z3.ExprRef


def sort_of(type: Type) -> z3.SortRef:
    """The solver's sort for values of a type."""
    match type.kind:
        case Kind.BOOLEAN:
            return z3.BoolSort()
        case Kind.DECIMAL | Kind.NUMBER:
            return z3.RealSort()
        case _:
            return z3.IntSort()


def code_of(text: str) -> int:
    """The number that stands for a text, another one for each."""
    return int.from_bytes(b"\x01" + text.encode("utf-8", "surrogatepass"), "big")


def constant(value: Scalar, type: Type) -> z3.ExprRef:
    """A constant as a value of a type.

    Compared with a `number` a constant is the double next to it, as engines have it.
    """
    match value:
        case bool():
            return z3.BoolVal(value)
        case str():
            return z3.IntVal(code_of(value))
        case datetime():
            return z3.IntVal((value - EPOCH) // MICROSECOND)
        case date():
            return z3.IntVal(value.toordinal())
        case int() | Decimal() | float():
            exact = Fraction(float(value)) if type.kind is Kind.NUMBER else Fraction(value)
            whole = sort_of(type) == z3.IntSort() and exact.denominator == 1
            return z3.IntVal(exact.numerator) if whole else z3.Q(exact.numerator, exact.denominator)
    raise AssertionError(f"{value!r} is no constant of a plan")


def some(sort: z3.SortRef) -> z3.ExprRef:
    """Any value of a sort, for where it does not matter."""
    if sort == z3.BoolSort():
        return FALSE
    return z3.RealVal(0) if sort == z3.RealSort() else z3.IntVal(0)


def both(*tests: z3.BoolRef) -> z3.BoolRef:
    """All tests at once."""
    return _joined(z3.And, tests, FALSE, TRUE)


def either(*tests: z3.BoolRef) -> z3.BoolRef:
    """At least one of the tests."""
    return _joined(z3.Or, tests, TRUE, FALSE)


def _joined(join: type, tests: Iterable[z3.BoolRef], ends: z3.BoolRef, nothing: z3.BoolRef) -> z3.BoolRef:
    found: dict[int, z3.BoolRef] = {}
    for test in tests:
        if test.eq(ends):
            return ends
        if not test.eq(nothing):
            found.setdefault(test.get_id(), test)
    parts = list(found.values())
    return parts[0] if len(parts) == 1 else join(parts) if parts else nothing


def denied(test: z3.BoolRef) -> z3.BoolRef:
    """The complement of a test."""
    if test.eq(TRUE):
        return FALSE
    if test.eq(FALSE):
        return TRUE
    return test.arg(0) if z3.is_not(test) else z3.Not(test)


def chosen(test: z3.BoolRef, one: z3.ExprRef, other: z3.ExprRef) -> z3.ExprRef:
    """One value where a test holds, else the other."""
    if test.eq(TRUE) or one.eq(other):
        return one
    return other if test.eq(FALSE) else z3.If(test, one, other)


def alike(one: z3.ExprRef, other: z3.ExprRef) -> tuple[z3.ExprRef, z3.ExprRef]:
    """Two numbers as values of one sort."""
    if one.sort() == other.sort():
        return one, other
    return _as_real(one), _as_real(other)


def _as_real(value: z3.ExprRef) -> z3.ExprRef:
    if z3.is_int_value(value):
        return z3.RealVal(value.as_long())
    return z3.ToReal(value) if value.sort() == z3.IntSort() else value


def compared(operator: str, one: z3.ExprRef, other: z3.ExprRef) -> z3.BoolRef:
    """Two known values in this order."""
    one, other = alike(one, other)
    match operator:
        case "==":
            return one == other
        case "<":
            return one < other
        case "<=":
            return one <= other
        case ">":
            return other < one
        case _:
            return other <= one


def first_known(terms: Iterable[Term]) -> Term:
    """The first known value of several."""
    *before, last = terms
    for term in reversed(before):
        value, rest = alike(term.value, last.value)
        last = Term(either(term.known, last.known), chosen(term.known, value, rest))
    return last


def extreme(terms: Iterable[Term], *, is_least: bool) -> Term:
    """The smallest or largest known value of several."""
    first, *others = terms
    for term in others:
        one, other = alike(first.value, term.value)
        is_first = compared("<=" if is_least else ">=", one, other)
        better = chosen(is_first, one, other)
        value = chosen(first.known, chosen(term.known, better, one), other)
        first = Term(either(first.known, term.known), value)
    return first


def symbols_in(formulas: Iterable[z3.ExprRef]) -> dict[int, z3.ExprRef]:
    """The symbols in formulas, by the number that z3 gives each."""
    found: dict[int, z3.ExprRef] = {}
    seen: set[int] = set()
    waiting = list(formulas)
    while waiting:
        part = waiting.pop()
        if part.get_id() not in seen:
            seen.add(part.get_id())
            if z3.is_const(part) and part.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                found[part.get_id()] = part
            waiting += part.children()
    return found
