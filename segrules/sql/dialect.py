"""What a dialect may answer differently: scalar functions and aggregates, by their core names.

The general answers stand in `scalars` and `aggregates`; a dialect is its name and a small table of exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segrules.language.core import Aggregate, Call
from segrules.language.types import Type

MOST_LISTED = 50

Scalar = Callable[[Call, Sequence[exp.Expr]], exp.Expr]
"""From a call and the SQL of its arguments to the SQL of its value."""

Listing = Callable[[exp.Expr, Sequence[object], Type], exp.Expr | None]
"""From a value's SQL, many constants and their type to the SQL that asks whether it is one; None: the general way."""

Folding = Callable[["AggregateParts"], exp.Expr]
"""From the parts of an aggregate to its SQL."""


Passing = Callable[[exp.Expr, str, exp.Expr], exp.Expr]
"""From a list, the name of its element and a test of it to how many elements pass; NULL or 0 of no list."""


@dataclass(frozen=True, slots=True)
class AggregateParts:
    """An aggregate's SQL: what is folded, which rows (None: all), and the columns that order rows."""

    node: Aggregate
    value: exp.Expr | None
    condition: exp.Expr | None
    order: tuple[exp.Expr, ...]


def coalesced(test: exp.Expr) -> exp.Expr:
    """FALSE where the test is NULL."""
    return exp.Coalesce(this=test, expressions=[exp.false()])


@dataclass(frozen=True, slots=True)
class Dialect:
    """An SQL dialect: sqlglot's name of it, exceptions to the general SQL, and facts that statements depend on.

    text_order: the collation that orders texts by code point, where the engine's own order is another. fences: a
    step's rows must be marked as computed once, because the engine would copy their expressions into every use.
    filters_by_case: an aggregate looks at rows by a CASE, because FILTER takes the engine longer the more there are.
    flag: the test's Boolean, FALSE where it is NULL. flags_what_it_computes: a predicate that becomes a column is made
    a flag also where it is never NULL, because the engine combines flags faster. long_list: how a value is looked for
    among more constants than MOST_LISTED, where the engine is slow with `IN`.
    """

    name: str
    scalars: Mapping[str, Scalar]
    aggregates: Mapping[str, Folding]
    text_order: str | None = None
    passing: Passing | None = None
    fences: bool = False
    filters_by_case: bool = False
    flag: Callable[[exp.Expr], exp.Expr] = coalesced
    flags_what_it_computes: bool = False
    long_list: Listing | None = None
