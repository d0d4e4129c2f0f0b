"""What the dialects that are only read, and never run, have in common: they refuse what they are not sure of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from sqlglot import exp

from segrules.language.core import Call
from segrules.sql.dialect import AggregateParts, NotWritten, Storage


def refuse(construct: str) -> Callable[..., NoReturn]:
    """In place of what writes it."""

    def refused(*given: object) -> NoReturn:
        raise NotWritten(construct)

    return refused


def refusing(*names: str) -> dict[str, Any]:
    """Entries of a dialect's table that refuse these functions by name."""
    return {name: refuse(name) for name in names}


def folds(any_of: str, all_of: str) -> dict[str, Any]:
    """The table of aggregates, where these are the names of the functions that fold Booleans."""

    def some(parts: AggregateParts) -> exp.Expr:
        if parts.condition is None:
            return exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(0))
        return exp.Anonymous(this=any_of, expressions=[parts.condition])

    return {
        **refusing("median", "quantile", "first", "last", "nth", "mode", "stddev", "share"),
        "any": some,
        "none": lambda parts: exp.Not(this=exp.Is(this=exp.paren(some(parts)), expression=exp.true())),
        "every": lambda parts: exp.Anonymous(this=all_of, expressions=[_case_where(parts)]),
    }


def _case_where(parts: AggregateParts) -> exp.Expr:
    """The value where a row is looked at, else NULL."""
    assert parts.value is not None
    if parts.condition is None:
        return parts.value
    return exp.Case(ifs=[exp.If(this=parts.condition, true=parts.value)])


def days_between(call: Call, parts: Sequence[exp.Expr]) -> exp.Expr:
    return exp.DateDiff(this=parts[1], expression=parts[0], unit=exp.var("DAY"))


UNWRITTEN_STORAGE = Storage(try_cast=refuse("stored values"), each=refuse("stored values"))
"""No stored value is read: tables have their columns as rules know them."""
