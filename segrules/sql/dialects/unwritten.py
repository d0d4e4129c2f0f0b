"""What the dialects that are only read, and never run, have in common: they refuse what they are not sure of."""

from __future__ import annotations

from typing import Any, NoReturn

from sqlglot import exp

from segrules.sql.dialect import AggregateParts, NotWritten, Storage


def refusing(*names: str) -> dict[str, Any]:
    """Entries of a dialect's table that refuse these functions by name."""

    def entry(name: str) -> Any:
        def refuse(*given: object) -> NoReturn:
            raise NotWritten(name)

        return refuse

    return {name: entry(name) for name in names}


def case_where(parts: AggregateParts) -> exp.Expr:
    """The value where a row is looked at, else NULL."""
    assert parts.value is not None
    if parts.condition is None:
        return parts.value
    return exp.Case(ifs=[exp.If(this=parts.condition, true=parts.value)])


def refuse_elements(items: exp.Expr, element: str, test: exp.Expr) -> exp.Expr:
    raise NotWritten("any, every and count of elements")


def _refuse(*given: object) -> NoReturn:
    raise NotWritten("stored values")


UNWRITTEN_STORAGE = Storage(try_cast=_refuse, each=_refuse)
"""No stored value is read: tables have their columns as rules know them."""
