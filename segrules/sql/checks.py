"""What stored rows break: one statement of counts per table, and small ones for examples where a count is not zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal as OneOf

from sqlglot import exp

from segrules.language.core import Expression
from segrules.language.types import Kind
from segrules.planning.dependencies import columns_of
from segrules.planning.time import start_of_day, to_utc
from segrules.project.model import Column
from segrules.sql import scans
from segrules.sql.dialect import Dialect
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.expressions import condition
from segrules.sql.literals import column, constant, name
from segrules.sql.scans import Table

CheckKind = OneOf["unfit", "missing", "no-time", "values", "least", "most", "unknown-key"]
_WHOSE = "whose key"  # two words, so that no column has this name
Bound = bool | int | Decimal | str | date | datetime


@dataclass(frozen=True, slots=True)
class Check:
    """Something that no row should be: a column's value is unfit, missing, outside its bounds, or nobody's key."""

    kind: CheckKind
    column: Column


@dataclass(frozen=True, slots=True)
class Known:
    """The keys that exist: a query of them, or every integer from one to another."""

    query: exp.Select | None = None
    every: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A table as rules see it at an instant (`now`, naive UTC, exclusive): its declared columns, the one that says
    when, the plan's test of which rows exist (None: all), and the dialect of what asks it.
    """

    table: Table
    columns: tuple[Column, ...]
    now: datetime
    zone: str
    time: str | None = None
    visible: Expression | None = None
    dialect: Dialect = field(default=DUCKDB, compare=False)

    def column(self, wanted: str) -> Column:
        return next(item for item in self.columns if item.name == wanted)


def may_be_unfit(view: View, item: Column) -> bool:
    """Whether a stored value can be unfit for its column at all: what fits by its stored type is never looked at."""
    return scans.misfit(view.table, item, view.zone, view.dialect) is not None


def summary(
    view: View,
    checks: Sequence[Check],
    known: Known | None = None,
    key: str | None = None,
    unseen: Sequence[Check] = (),
) -> exp.Select:
    """One row: stored rows, visible rows, the newest time of those (NULL where rows have none), how many of them have a
    `key`, the smallest and the largest of it, then the rows that fail each check.

    unseen: the checks that make a row of nobody, whose time is not the newest.
    """
    stored = exp.Count(this=exp.Star())
    visible = _where(stored, view) if view.visible else stored.copy()
    newest = exp.null() if view.time is None else _newest(view, view.time, [_fails(it, view, known) for it in unseen])
    extent = (exp.Count, exp.Min, exp.Max)
    about_key = [exp.null() if key is None else _where(fold(this=column(key)), view) for fold in extent]
    failing = [_filtered(stored, _fails(check, view, known)) for check in checks]
    parts = [stored, visible, newest, *about_key, *failing]
    return exp.Select(expressions=parts).from_(
        _with_known(_typed(view, checks, [key] if key else ()), checks, view, known)
    )


def strangers(view: View, check: Check, known: Known) -> exp.Select:
    """The three smallest keys that nobody has."""
    key = column(check.column.name)
    query = exp.Select(expressions=[key]).distinct().from_(_with_known(_typed(view, [check]), [check], view, known))
    return query.where(_fails(check, view, known)).order_by(_by_code(key, check.column, view)).limit(3)


def examples(view: View, check: Check) -> exp.Select:
    """The three smallest values that fail a check."""
    shown = column("stored " + check.column.name if check.kind == "unfit" else check.column.name)
    query = exp.Select(expressions=[shown.copy()]).distinct().from_(_typed(view, [check], with_stored=True))
    rows = query.where(_fails(check, view, None)).subquery(name("failing"))
    order = shown if check.kind == "unfit" else _by_code(shown, check.column, view)
    return exp.Select(expressions=[exp.Star()]).from_(rows).order_by(order.copy()).limit(3)


def distinct_in_range(view: View, key: str, low: int, high: int) -> exp.Select:
    """How many different integers between `low` and `high` the visible rows have as key: a bit for each, which takes
    a fifth of the time that a hash table takes. DuckDB's function.
    """
    bounds = [exp.cast(exp.Literal.string(str(bound)), "bigint") for bound in (low, high)]
    bits = exp.Anonymous(this="bitstring_agg", expressions=[exp.cast(column(key), "bigint"), *bounds])
    query = exp.Select(expressions=[exp.Anonymous(this="bit_count", expressions=[bits])]).from_(_typed(view, [], [key]))
    return query.where(_is_visible(view)) if view.visible else query


def duplicates(view: View, keys: Sequence[str]) -> exp.Select:
    """How many keys stand more than once among the visible rows, and the first three of them: (count, key, …)."""
    parts = [scans.value(view.table, view.column(key), view.zone, view.dialect).as_(key, quoted=True) for key in keys]
    rows = exp.Select(expressions=parts).from_(scans.rows(view.table))
    if view.visible:
        rows = exp.Select(expressions=[column(key) for key in keys]).from_(_typed(view, [], keys))
        rows = rows.where(_is_visible(view))
    names = [column(key) for key in keys]
    known = [exp.Not(this=exp.Is(this=part.copy(), expression=exp.null())) for part in names]
    many = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    twice = exp.Select(expressions=[part.copy() for part in names]).from_(rows.subquery(name("stored"))).where(*known)
    twice = twice.group_by(*(part.copy() for part in names)).having(many)
    total = exp.Window(this=exp.Count(this=exp.Star()))
    query = exp.Select(expressions=[total, *names]).from_(twice.subquery(name("twice")))
    return query.order_by(*(_by_code(column(key), view.column(key), view) for key in keys)).limit(3)


def keys(view: View, key: str) -> Known:
    """The keys of a table's visible rows."""
    part = column(key)
    known = exp.Not(this=exp.Is(this=part.copy(), expression=exp.null()))
    query = exp.Select(expressions=[part]).from_(_typed(view, [], [key])).where(known)
    return Known(query.where(_is_visible(view)) if view.visible else query)


def ties(view: View, key: str, order: Sequence[str]) -> exp.Select:
    """How many keys have rows that are equal in all of `order`, and the first three of them: (count, key)."""
    parts = [column(part) for part in (key, *order)]
    many = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    tied = exp.Select(expressions=parts).from_(_typed(view, [], [key, *order]))
    known = [exp.Not(this=exp.Is(this=part.copy(), expression=exp.null())) for part in parts]
    tied = tied.where(*known, *([_is_visible(view)] if view.visible else []))
    tied = tied.group_by(*(part.copy() for part in parts)).having(many)
    once = exp.Select(expressions=[column(key)]).distinct().from_(tied.subquery(name("tied")))
    total = exp.Window(this=exp.Count(this=exp.Star()))
    query = exp.Select(expressions=[total, column(key)]).from_(once.subquery(name("keys")))
    return query.order_by(_by_code(column(key), view.column(key), view)).limit(3)


def occurrences(
    table: Table,
    item: Column,
    constants: Iterable[Bound],
    zone: str,
    first: int | None = None,
    dialect: Dialect = DUCKDB,
) -> exp.Select:
    """Those of the constants that the column has, or has in its `first` rows: one read, however many they are."""
    stored = exp.Select(expressions=[scans.value(table, item, zone, dialect).as_(item.name, quoted=True)])
    stored = stored.from_(scans.rows(table))
    if first is not None:
        stored = stored.limit(first)
    query = exp.Select(expressions=[column(item.name)]).distinct().from_(stored.subquery(name("stored")))
    return query.where(exp.In(this=column(item.name), expressions=[constant(wanted) for wanted in constants]))


def distinct_values(table: Table, item: Column, zone: str, most: int, dialect: Dialect = DUCKDB) -> exp.Select:
    """Up to `most` of the column's values."""
    value = scans.value(table, item, zone, dialect).as_(item.name, quoted=True)
    query = exp.Select(expressions=[value]).distinct().from_(scans.rows(table))
    return query.limit(most)


def _typed(view: View, checks: Sequence[Check], own: Sequence[str] = (), with_stored: bool = False) -> exp.Expr:
    """The columns that checks and visibility name, typed, and for `unfit` whether the stored value is."""
    needed = {check.column.name: None for check in checks if check.kind != "unfit"} | dict.fromkeys(own)
    tested = columns_of([view.visible], "") if view.visible else ()
    needed |= dict.fromkeys([*([view.time] if view.time else []), *(part.name for part in tested)])
    parts = [
        scans.value(view.table, view.column(item), view.zone, view.dialect).as_(item, quoted=True) for item in needed
    ]
    for check in checks:
        wrong = scans.misfit(view.table, check.column, view.zone, view.dialect) if check.kind == "unfit" else None
        if wrong is not None:
            parts.append(wrong[0].as_("unfit " + check.column.name, quoted=True))
            if with_stored:
                parts.append(wrong[1].as_("stored " + check.column.name, quoted=True))
    if not parts:
        return scans.rows(view.table)
    return exp.Select(expressions=parts).from_(scans.rows(view.table)).subquery(name("stored"))


def _is_visible(view: View) -> exp.Expr:
    assert view.visible is not None
    return condition(view.visible, view.dialect)


def _where(fold: exp.Expr, view: View) -> exp.Expr:
    return _filtered(fold, _is_visible(view)) if view.visible else fold


def _newest(view: View, time: str, of_nobody: Sequence[exp.Expr]) -> exp.Expr:
    tests = [_is_visible(view)] if view.visible else []
    tests += [exp.Not(this=exp.Is(this=exp.paren(test), expression=exp.true())) for test in of_nobody]
    return _filtered(exp.Max(this=column(time)), exp.and_(*tests)) if tests else exp.Max(this=column(time))


def _filtered(fold: exp.Expr, test: exp.Expr) -> exp.Expr:
    return exp.Filter(this=fold.copy(), expression=exp.Where(this=test))


def _by_code(part: exp.Expr, item: Column, view: View) -> exp.Expr:
    """What rows stand by: texts by code point."""
    if view.dialect.text_order is None or item.type.kind is not Kind.TEXT:
        return part.copy()
    return exp.Collate(this=part.copy(), expression=name(view.dialect.text_order))


def _with_known(rows: exp.Expr, checks: Sequence[Check], view: View, known: Known | None) -> exp.Expr:
    """The rows, with the key of the known one that each belongs to where a FILTER cannot look for it."""
    check = next((check for check in checks if check.kind == "unknown-key"), None)
    if check is None or known is None or known.query is None or view.dialect.queries_in_filters:
        return rows
    (key,) = known.query.selects
    whose = exp.Select(expressions=[column(key.alias_or_name).as_(_WHOSE, quoted=True)]).distinct()
    whose = whose.from_(known.query.copy().subquery(name("keys")))
    on = exp.EQ(this=column(check.column.name, "stored"), expression=column(_WHOSE, "known"))
    joined = exp.Select(expressions=[exp.Star()]).from_(rows)
    return joined.join(whose.subquery(name("known")), on=on, join_type="left").subquery(name("rows"))


def _fails(check: Check, view: View, known: Known | None) -> exp.Expr:
    item = check.column
    if check.kind == "unfit":
        return column("unfit " + item.name)
    value = column(item.name)
    missing = exp.Is(this=value.copy(), expression=exp.null())
    if check.kind == "no-time":
        return missing
    tests: list[exp.Expr] = [_is_visible(view)] if view.visible else []
    if check.kind == "missing":
        tests.append(missing)
    elif check.kind == "unknown-key":
        assert known is not None
        tests += [exp.Not(this=missing), _is_unknown(value, known, view)]
    else:
        tests.append(_outside(value, check, view.zone))
    return exp.and_(*tests)


def _is_unknown(value: exp.Expr, known: Known, view: View) -> exp.Expr:
    if known.every is not None:
        low, high = map(constant, known.every)
        return exp.Not(this=exp.Between(this=value, low=low, high=high))
    assert known.query is not None
    if not view.dialect.queries_in_filters:
        return exp.Is(this=column(_WHOSE), expression=exp.null())
    return exp.Not(this=exp.In(this=value, query=known.query.copy().subquery()))


def _outside(value: exp.Expr, check: Check, zone: str) -> exp.Expr:
    item = check.column
    if check.kind == "values":
        return exp.Not(this=exp.In(this=value, expressions=[constant(allowed) for allowed in item.values or ()]))
    if check.kind == "least":
        assert item.least is not None
        return exp.LT(this=value, expression=constant(_first_moment(item, item.least, zone)))
    assert item.most is not None
    if item.type.kind is Kind.TIMESTAMP and not isinstance(item.most, datetime) and isinstance(item.most, date):
        if item.most == date.max:
            return exp.GT(this=value, expression=constant(datetime.max))
        after = start_of_day(item.most + timedelta(days=1), zone)
        return exp.GTE(this=value, expression=constant(after))
    return exp.GT(this=value, expression=constant(_first_moment(item, item.most, zone)))


def _first_moment(item: Column, bound: Bound, zone: str) -> Bound:
    """A bound as the column stores it: a day of a timestamp column is its first instant in the project's zone."""
    if item.type.kind is not Kind.TIMESTAMP:
        return bound
    if isinstance(bound, datetime):
        return to_utc(bound, zone)
    return start_of_day(bound, zone) if isinstance(bound, date) else bound
