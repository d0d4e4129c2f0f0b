"""Numbers in the checker: constants, arithmetic, rounding, and the digits of each result."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal as OneOf

from segrules.language.check_findings import Findings, refuse, words
from segrules.language.core import Call, Expression, Literal
from segrules.language.types import (
    DECIMAL,
    INTEGER,
    MAX_PRECISION,
    NUMBER,
    UNKNOWN,
    Kind,
    Type,
    common_type,
    decimal,
)
from segrules.source import Span

MOST_ROUNDED_DIGITS = 12
_LARGEST_INTEGER = 2**63 - 1

FUNCTION_OF_OPERATOR = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}


def number(value: int | Decimal, span: Span, findings: Findings) -> Literal:
    """A constant number: an integer, or a decimal of as many digits as are written."""
    if isinstance(value, int) and abs(value) <= _LARGEST_INTEGER:
        return Literal(value, INTEGER, span)
    digits, exponent = _digits(value)
    if digits > MAX_PRECISION:
        message = f"`{words(span)}` has {digits} digits; a number can have {MAX_PRECISION}"
        return refuse(findings, "wrong-type", span, message)
    return Literal(Decimal(value), decimal(digits, exponent), span)


def _digits(value: int | Decimal) -> tuple[int, int]:
    """How many digits a number has, in all and behind the point."""
    _, digits, exponent = Decimal(value).as_tuple()
    behind = max(0, -int(exponent))
    return max(len(digits) + max(0, int(exponent)), behind), behind


def meet(left: Type, right: Type) -> Type | None:
    """The type that holds values of both, or None. With a decimal whose digits only the data decides, such a one."""
    if left.is_exact and right.is_exact and DECIMAL in (left, right):
        return DECIMAL
    return common_type(left, right)


def negated(operand: Expression, span: Span) -> Expression:
    """`-x` of a number, folded where it is a constant."""
    match operand:
        case Literal(value=int() | Decimal() as value, type=type) if not isinstance(value, bool):
            return Literal(-value, type, span)
        case _:
            return Call("negate", (operand,), operand.type, span)


def arithmetic(operator: str, left: Expression, right: Expression, span: Span, findings: Findings) -> Expression:
    """The call for `left operator right`, both numbers."""
    result = _result(operator, left.type, right.type)
    if result is None:
        message = f"`{words(span)}` has more than {MAX_PRECISION} digits behind the point"
        help = f"round a part of it: `round({words(left)}, 4)`"
        return refuse(findings, "wrong-type", span, message, help)
    return Call(FUNCTION_OF_OPERATOR[operator], (left, right), result, span)


def _result(operator: str, left: Type, right: Type) -> Type | None:
    kinds = (left.kind, right.kind)
    if Kind.UNKNOWN in kinds:
        return UNKNOWN
    if operator == "/" or Kind.NUMBER in kinds:
        return NUMBER
    if kinds == (Kind.INTEGER, Kind.INTEGER):
        return INTEGER
    if DECIMAL in (left, right):
        return DECIMAL
    if operator == "*":
        behind = left.digits_behind + right.digits_behind
        return _capped(left.digits_before + right.digits_before, behind)
    behind = max(left.digits_behind, right.digits_behind)
    before = max(left.digits_before, right.digits_before)
    return _capped(before + (operator != "%"), behind)


def _capped(before: int, behind: int) -> Type | None:
    """A decimal of so many digits; digits before the point give way to those behind, which are never lost."""
    return decimal(min(before + behind, MAX_PRECISION), behind) if behind <= MAX_PRECISION else None


def whole(function: OneOf["round", "floor", "ceil"], value: Expression, span: Span) -> Expression:
    """`round(x)`, `floor(x)`, `ceil(x)`: an integer, or a number of a number."""
    return Call(function, (value,), INTEGER if value.type.is_exact else value.type, span)


def rounded(value: Expression, digits: Expression, span: Span, findings: Findings) -> Expression:
    """`round(x, digits)`: a decimal of so many digits behind the point, or a number of a number."""
    if digits.type.kind is Kind.UNKNOWN:
        return Call("round", (value, digits), UNKNOWN, span)
    match digits:
        case Literal(value=int() as count) if not isinstance(count, bool) and 0 <= count <= MOST_ROUNDED_DIGITS:
            pass
        case _:
            message = f"`round` takes a whole number of digits from 0 to {MOST_ROUNDED_DIGITS}, not `{words(digits)}`"
            return refuse(findings, "wrong-arguments", digits.span, message)
    kind = value.type
    if kind.is_exact:
        before = MAX_PRECISION - count if kind == DECIMAL else kind.digits_before + 1
        kind = decimal(min(before + count, MAX_PRECISION), count)
    return Call("round", (value, digits), kind, span)
