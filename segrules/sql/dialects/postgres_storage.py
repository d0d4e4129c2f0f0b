"""Values as PostgreSQL's tables keep them: https://www.postgresql.org/docs/current/datatype.html"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segrules.language.types import INTEGER, Kind, Type
from segrules.sql.dialect import Storage
from segrules.sql.floats import MOST_DIGITS_OF_BIGINT, decimal_of_double
from segrules.sql.literals import data_type, name, operand, power_of_ten, rounded

_TYPES = {
    "INT": "INTEGER", "INT2": "SMALLINT", "INT4": "INTEGER", "INT8": "BIGINT", "NUMERIC": "DECIMAL",
    "REAL": "FLOAT", "FLOAT4": "FLOAT", "FLOAT8": "DOUBLE", "DOUBLE PRECISION": "DOUBLE", "BOOL": "BOOLEAN",
    "TEXT": "VARCHAR", "CHARACTER VARYING": "VARCHAR", "NAME": "CHAR", "CITEXT": "CHAR", "CHARACTER": "CHAR",
    "BPCHAR": "CHAR", "JSON": "CHAR", "JSONB": "CHAR", "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "INTERVAL": "INTERVAL",
}  # fmt: skip


def _try_cast(part: exp.Expr, to: Type) -> exp.Expr:
    """A number as a decimal where it has no more digits than that; nothing else has to be tried."""
    if to.kind is not Kind.DECIMAL:
        return exp.cast(part, data_type(to))
    exact = part.copy() if isinstance(part, exp.Column) else operand(part.copy())
    nearest = exp.Anonymous(
        this="round", expressions=[exp.cast(exact, "decimal"), exp.Literal.number(to.digits_behind)]
    )
    fits = exp.LT(this=exp.Abs(this=nearest), expression=power_of_ten(to.digits_before))
    return exp.Case(ifs=[exp.If(this=fits, true=exp.cast(nearest.copy(), data_type(to)))])


def exact(number: exp.Expr, digits: exp.Expr) -> exp.Expr:
    """A double with each of its digits, where there are no more of them than one and these.

    ``CAST(TO_CHAR(x, '9.' || REPEAT('9', digits) || 'EEEE') AS DECIMAL)``: a cast alone would keep 15 digits.
    """
    nines = exp.Repeat(this=exp.Literal.string("9"), times=digits)
    form = exp.DPipe(
        this=exp.DPipe(this=exp.Literal.string("9."), expression=nines), expression=exp.Literal.string("EEEE")
    )
    return exp.cast(exp.Anonymous(this="to_char", expressions=[number, form]), "decimal")


def _double_as_decimal(part: exp.Expr, to: Type) -> exp.Expr:
    return decimal_of_double(part, to, rounded, _whole)


def _whole(number: exp.Expr, digits: int) -> exp.Expr:
    if digits <= MOST_DIGITS_OF_BIGINT:
        return exp.cast(number, data_type(INTEGER))
    return exact(number.copy(), exp.Literal.number(digits))


def _each(items: exp.Expr, element: exp.Expr) -> exp.Expr:
    """``CASE WHEN items IS NOT NULL THEN ARRAY(SELECT … FROM UNNEST(items) AS t("element")) END``"""
    rows = exp.Unnest(
        expressions=[items.copy()], alias=exp.TableAlias(this=name("elements"), columns=[name("element")])
    )
    array = exp.Anonymous(this="array", expressions=[exp.Select(expressions=[element]).from_(rows)])
    known = exp.Not(this=exp.Is(this=items, expression=exp.null()))
    return exp.Case(ifs=[exp.If(this=known, true=array)])


def _is_not_a_number(part: exp.Expr) -> exp.Expr:
    """A decimal can be NaN, which is equal to itself here, or infinite."""
    words = [exp.Literal.string(word) for word in ("NaN", "Infinity", "-Infinity")]
    return exp.In(this=exp.cast(part.copy(), "text"), expressions=words)


def _is_outside(part: exp.Expr) -> exp.Expr:
    """An infinite day, or one that no calendar of four digits has, in any time zone."""
    first, last = (exp.Literal.string(day) for day in ("0001-01-02", "9999-12-31"))
    return exp.Not(this=exp.Between(this=part.copy(), low=first, high=last))


def _has_lists(part: exp.Expr) -> exp.Expr:
    """An array of arrays, which has the type of an array of values here."""
    dimensions = exp.Anonymous(this="array_ndims", expressions=[part.copy()])
    return exp.GT(this=dimensions, expression=exp.Literal.number(1))


def may_keep() -> exp.Expr:
    """Whether there is the right to make temporary tables, and the server is no standby, on which nobody can."""
    database = exp.Anonymous(this="current_database", expressions=[])
    right = exp.Anonymous(this="has_database_privilege", expressions=[database, exp.Literal.string("TEMPORARY")])
    return exp.and_(right, exp.Not(this=exp.Anonymous(this="pg_is_in_recovery", expressions=[])))


def _hashed(parts: Sequence[exp.Expr]) -> exp.Expr:
    row = exp.cast(exp.Anonymous(this="ROW", expressions=list(parts)), exp.DType.TEXT)
    return exp.Anonymous(this="hashtextextended", expressions=[row, exp.Literal.number(0)])


POSTGRES_STORAGE = Storage(
    try_cast=_try_cast,
    double_as_decimal=_double_as_decimal,
    each=_each,
    types=_TYPES,
    never={
        "DECIMAL": _is_not_a_number,
        "LIST": _has_lists,
        "DATE": _is_outside,
        "TIMESTAMP": _is_outside,
        "TIMESTAMP WITH TIME ZONE": _is_outside,
        "TIMESTAMPTZ": _is_outside,
    },
    casts_lists=True,
    hashed=_hashed,
)
