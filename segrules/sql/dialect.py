"""What a dialect may answer differently: scalar functions and aggregates, by their core names.

The general answers stand in `scalars` and `aggregates`; a dialect is its name and a small table of exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal as OneOf

from sqlglot import exp

from segrules.language.core import Aggregate, Call
from segrules.language.types import Type
from segrules.sql.zones import utc_from_wall, wall_from_utc

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


class NotWritten(Exception):
    """A construct, by the name that rules use, that a dialect has no SQL for."""


def count_where(test: exp.Expr) -> exp.Expr:
    """``COUNT(*) FILTER (WHERE test)``"""
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=test))


def utc_from_instant(instant: exp.Expr) -> exp.Expr:
    return exp.AtTimeZone(this=instant, zone=exp.Literal.string("UTC"))


def hash_of(parts: Sequence[exp.Expr]) -> exp.Expr:
    return exp.Anonymous(this="hash", expressions=list(parts))


def coalesced(test: exp.Expr) -> exp.Expr:
    """FALSE where the test is NULL."""
    return exp.Coalesce(this=test, expressions=[exp.false()])


@dataclass(frozen=True, slots=True)
class Storage:
    """How an engine keeps values in tables, and how they become values of rules.

    types: from the engine's names of types, in capitals, to DuckDB's. try_cast: the value as the declared type, NULL
    where it does not fit. double_as_decimal: the same of a double, where the engine's own cast would round it as DuckDB
    does not. each: the list of what a list's elements become. wide: a whole number that may need more than
    64 bits. never: by type, the test that a value is one that no rule knows. casts_lists: a list must have exactly the
    declared type. word: the type of sixteen bits. utc: an instant as a UTC timestamp without a zone. hashed: a number
    that tells one row of these columns from another.
    """

    try_cast: Callable[[exp.Expr, Type], exp.Expr]
    each: Callable[[exp.Expr, exp.Expr], exp.Expr]
    double_as_decimal: Callable[[exp.Expr, Type], exp.Expr] | None = None
    wide: Callable[[exp.Expr], exp.Expr] = lambda part: part.copy()
    types: Mapping[str, str] = field(default_factory=dict)
    never: Mapping[str, Callable[[exp.Expr], exp.Expr]] = field(default_factory=dict)
    casts_lists: bool = False
    utc: Callable[[exp.Expr], exp.Expr] = utc_from_instant
    word: exp.DType = exp.DType.INT
    hashed: Callable[[Sequence[exp.Expr]], exp.Expr] = hash_of


@dataclass(frozen=True, slots=True)
class Dialect:
    """An SQL dialect: sqlglot's name of it, with a version for an older one, exceptions to the general
    SQL, and facts that statements depend on.

    text_order: the collation that orders texts by code point, where the engine's own order is another. fences: a
    step's rows must be marked as computed once, because the engine would copy their expressions into every use.
    filters_by_case: an aggregate looks at rows by a CASE, because FILTER takes the engine longer the more there are.
    flag: the test's Boolean, FALSE where it is NULL. flags_what_it_computes: a predicate that becomes a column is made
    a flag also where it is never NULL, because the engine combines flags faster. long_list: how a value is looked for
    among more constants than MOST_LISTED, where the engine is slow with `IN`. utc_from_wall, wall_from_utc: a naive
    timestamp in a zone as UTC and back. counted: how many rows a test holds for. keeps: in what rows are kept for later
    statements. file_schemas: by kind of file, the schema in which its path is a table. longest_name: of an identifier,
    in bytes of UTF-8, where longer ones are cut. most_columns: of a table or query. queries_in_filters: a FILTER may
    look into another table. has_groups: a window's frame may count groups of equal rows. counts_in_32_bits: ranks and
    row numbers need a cast before arithmetic. may_keep: whether temporary tables can be made, where not everybody may.
    is_run: statements are run and not only read, so that a wrong one is found. dot: what stands for one in names.
    nests: rows that are read once are a subquery where they are read, because the engine analyses many CTEs slowly.
    counts_in_planes: many Booleans are counted faster as bits of numbers that each stand for many rows.
    """

    name: str
    scalars: Mapping[str, Scalar]
    aggregates: Mapping[str, Folding]
    storage: Storage
    text_order: str | None = None
    passing: Passing | None = None
    fences: bool = False
    filters_by_case: bool = False
    flag: Callable[[exp.Expr], exp.Expr] = coalesced
    flags_what_it_computes: bool = False
    long_list: Listing | None = None
    utc_from_wall: Callable[[exp.Expr, str], exp.Expr] = utc_from_wall
    wall_from_utc: Callable[[exp.Expr, str], exp.Expr] = wall_from_utc
    counted: Callable[[exp.Expr], exp.Expr] = count_where
    keeps: OneOf["replaced table", "table", "cache"] = "table"
    file_schemas: Mapping[str, str] = field(default_factory=dict)
    longest_name: int | None = None
    most_columns: int | None = None
    queries_in_filters: bool = False
    has_groups: bool = True
    counts_in_32_bits: bool = False
    may_keep: Callable[[], exp.Expr] | None = None
    is_run: bool = True
    dot: str = "."
    nests: bool = False
    counts_in_planes: bool = False
