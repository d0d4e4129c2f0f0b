"""Expressions of a plan -> SQL expressions.

The two-valued logic is solved here, once. In a *condition* a NULL counts as false, so a positive test needs
nothing: ``age < 30``. A negated one says ``NOT … IS TRUE``, or ``IS DISTINCT FROM`` where that means the same.
A Boolean that becomes a column is made FALSE where it is NULL, and only if it can be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from sqlglot import exp

from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Clock,
    Column,
    Compare,
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
    Scalar,
)
from segrules.language.functions import PREDICATES
from segrules.language.trees import may_be_missing
from segrules.language.types import Kind, Type
from segrules.sql.aggregates import AGGREGATES
from segrules.sql.dialect import MOST_LISTED, AggregateParts, Dialect
from segrules.sql.literals import column, literal, operand
from segrules.sql.scalars import SCALARS, with_all_digits

Place = Callable[[str], exp.Expr]
"""From the name of a plan's column to the SQL that reads it."""

_OPERATORS: dict[str, type[exp.Binary]] = {
    "==": exp.EQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_OPPOSITES: dict[str, type[exp.Binary]] = {"==": exp.NEQ, "<": exp.GTE, "<=": exp.GT, ">": exp.LTE, ">=": exp.LT}


def value(node: Expression, dialect: Dialect, place: Place = column) -> exp.Expr:
    """The SQL of a node's value; a predicate's is never NULL."""
    match node:
        case Column(name=name):
            return place(name)
        case Literal():
            return literal(node)
        case Call(function="local", arguments=(item, Literal(value=str() as zone))):
            return dialect.wall_from_utc(value(item, dialect, place), zone)
        case Call(function="from_local", arguments=(item, Literal(value=str() as zone))):
            return dialect.utc_from_wall(value(item, dialect, place), zone)
        case Call(function=function, arguments=arguments) if function not in PREDICATES:
            build = dialect.scalars.get(function) or SCALARS[function]
            constant_length = function == "shift"
            parts = [value(part, dialect, place) for part in (arguments[:1] if constant_length else arguments)]
            return build(node, parts)
        case Element(row=row):
            return column(_element(row))
        case Elements(function="count", items=items, where=where):
            count = _passing(items, node.row, where, dialect, place)
            return exp.Coalesce(this=count, expressions=[exp.Literal.number(0)]) if may_be_missing(items) else count
        case If(arms=arms, otherwise=otherwise):
            values = (*(result for _, result in arms), otherwise)
            *results, rest = with_all_digits(values, [value(part, dialect, place) for part in values])
            tests = (condition(test, dialect, place) for test, _ in arms)
            branches = [exp.If(this=test, true=result) for test, result in zip(tests, results, strict=True)]
            default = None if otherwise == Literal(None, otherwise.type) else rest
            return exp.Case(ifs=branches, default=default)
        case _:
            test = condition(node, dialect, place)
            is_computed = dialect.flags_what_it_computes and not isinstance(node, And | Or | Not)
            return dialect.flag(test) if is_computed or can_be_null(node) else test


def condition(node: Expression, dialect: Dialect, place: Place = column) -> exp.Expr:
    """The SQL of a test in which NULL counts as false."""
    match node:
        case Compare(operator=operator, left=left, right=right):
            return _compare(_OPERATORS[operator], left, right, dialect, place)
        case And(items=items):
            return exp.and_(*(condition(item, dialect, place) for item in items), copy=False)
        case Or(items=items):
            return exp.or_(*(condition(item, dialect, place) for item in items), copy=False)
        case Not(item=item):
            return _negation(item, dialect, place)
        case IsMissing(item=item):
            return exp.Is(this=operand(value(item, dialect, place)), expression=exp.null())
        case Membership(item=item, values=Literal(value=tuple() as constants, type=kind)):
            sought = operand(value(item, dialect, place))
            return _is_listed(sought, item.type, constants, kind.element or item.type, dialect)
        case Membership(item=item, values=values):
            call = Call("list_contains", (values, item), node.type)
            return condition(call, dialect, place)
        case Call(function=function, arguments=arguments) if function in PREDICATES:
            build = dialect.scalars.get(function) or SCALARS[function]
            return build(node, [value(part, dialect, place) for part in arguments])
        case Elements(function="any" | "every" as function, items=items, where=where):
            some = exp.GT(this=_passing(items, node.row, where, dialect, place), expression=exp.Literal.number(0))
            if function == "any":
                return some
            failing = _passing(items, node.row, Not(where), dialect, place)
            return exp.and_(some, exp.EQ(this=failing, expression=exp.Literal.number(0)))
        case Column() | Literal() | If() | Call() | Element() | Elements():
            return value(node, dialect, place)
        case Reference() | Clock() | Previous() | Aggregate() | Population() | Past():
            raise TypeError(f"a plan has no {node!r} left in it")
        case _:
            assert_never(node)


def _element(row: str) -> str:
    """The name of a list's element in SQL, where no column has a name with this blank."""
    return f"{row} element"


def _passing(items: Expression, row: str, where: Expression, dialect: Dialect, place: Place) -> exp.Expr:
    """How many elements of a list pass a test; the missing ones do not."""
    assert dialect.passing is not None
    is_known = exp.Not(this=exp.Is(this=column(_element(row)), expression=exp.null()))
    in_place = replace(dialect, long_list=None)  # a lambda has no room for a query
    test = exp.and_(is_known, condition(where, in_place, place))
    return dialect.passing(value(items, dialect, place), _element(row), test)


def can_be_null(node: Expression) -> bool:
    """Whether a condition's SQL gives NULL for some row (in place of false)."""
    match node:
        case Compare(left=left, right=right):
            return may_be_missing(left) or may_be_missing(right)
        case And(items=items) | Or(items=items):
            return any(map(can_be_null, items))
        case Not(item=item):
            return False
        case IsMissing():
            return False
        case Elements(items=items):
            return may_be_missing(items)
        case Membership(item=item, values=values):
            return may_be_missing(item) or not isinstance(values, Literal)
        case Call(function=function, arguments=arguments) if function in PREDICATES:
            return any(may_be_missing(part) or part.type.kind is Kind.LIST for part in arguments)
        case _:
            return may_be_missing(node)


_PASSES_OVER_NULL = frozenset(
    ("count", "count_distinct", "sum", "avg", "min", "max", "median", "quantile", "stddev", "mode")
)


def aggregate(node: Aggregate, order: tuple[exp.Expr, ...], dialect: Dialect) -> exp.Expr:
    """The SQL of an aggregate; `order` are the columns that order rows."""
    window = [] if node.window is None else [node.window]
    where = [] if node.where is None else [node.where]
    if node.function == "every":
        assert node.where is not None
        value_sql: exp.Expr | None = exp.Coalesce(this=condition(node.where, dialect), expressions=[exp.false()])
        rows = window
    elif node.function == "share":
        assert node.where is not None
        value_sql, rows = condition(node.where, dialect), window
    else:
        value_sql = None if node.value is None or node.function == "count" else value(node.value, dialect)
        rows = window + where
    test = exp.and_(*(condition(part, dialect) for part in rows), copy=False) if rows else None
    if test is not None and dialect.filters_by_case and node.function in _PASSES_OVER_NULL:
        chosen = exp.Literal.number(1) if value_sql is None else value_sql
        value_sql, test = exp.Case(ifs=[exp.If(this=test, true=chosen)]), None
    build = dialect.aggregates.get(node.function) or AGGREGATES[node.function]
    return build(AggregateParts(node, value_sql, test, order))


def _compare(kind: type[exp.Binary], left: Expression, right: Expression, dialect: Dialect, place: Place) -> exp.Expr:
    sides = [operand(value(side, dialect, place)) for side in (left, right)]
    ordering = kind not in (exp.EQ, exp.NEQ, exp.NullSafeNEQ) and left.type.kind is Kind.TEXT
    if ordering and dialect.text_order is not None:
        sides[0] = exp.Collate(this=sides[0], expression=exp.to_identifier(dialect.text_order, quoted=True))
    return kind(this=sides[0], expression=sides[1])


def _is_listed(item: exp.Expr, own: Type, constants: tuple[Scalar, ...], type: Type, dialect: Dialect) -> exp.Expr:
    """Whether a value, of its own type, is one of some constants."""
    has_decimals = Kind.DECIMAL in (own.kind, type.kind)  # of which an engine may give up digits to compare them
    if dialect.long_list is not None and len(constants) > MOST_LISTED and not has_decimals:
        found = dialect.long_list(item, constants, type)
        if found is not None:
            return found
    return exp.In(this=item, expressions=[literal(Literal(constant, type)) for constant in constants])


def _negation(item: Expression, dialect: Dialect, place: Place) -> exp.Expr:
    """``NOT x``, which must be true where x is NULL."""
    match item:
        case IsMissing(item=inner):
            return exp.Not(this=exp.Is(this=operand(value(inner, dialect, place)), expression=exp.null()))
        case Compare(operator=operator, left=left, right=right) if not can_be_null(item):
            return _compare(_OPPOSITES[operator], left, right, dialect, place)
        case Compare(operator="==", left=left, right=right) if not (may_be_missing(left) and may_be_missing(right)):
            return _compare(exp.NullSafeNEQ, left, right, dialect, place)
    test = condition(item, dialect, place)
    if can_be_null(item):
        return exp.Not(this=exp.Is(this=operand(test), expression=exp.true()))
    return exp.Not(this=operand(test))
