"""Aggregates of the core as SQL. Of no rows each gives NULL or 0; the plan's attachment says what that means."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from segrules.language.types import INTEGER, Kind
from segrules.sql.dialect import AggregateParts, Folding
from segrules.sql.literals import as_number, data_type, filtered
from segrules.sql.scalars import ratio
from segrules.sql.statistics import deviation, quantile


def simple(sql_name: str) -> Folding:
    """An aggregate called by this name."""

    def build(parts: AggregateParts) -> exp.Expr:
        return filtered(exp.Anonymous(this=sql_name, expressions=[_value(parts)]), parts.condition)

    return build


def _value(parts: AggregateParts) -> exp.Expr:
    assert parts.value is not None
    return parts.value


def _count(parts: AggregateParts) -> exp.Expr:
    return filtered(exp.Count(this=parts.value or exp.Star()), parts.condition)


def _count_distinct(parts: AggregateParts) -> exp.Expr:
    return filtered(exp.Count(this=exp.Distinct(expressions=[_value(parts)])), parts.condition)


def average(parts: AggregateParts) -> exp.Expr:
    """The mean; of decimals as the double nearest to the exact one."""
    assert parts.node.value is not None
    if parts.node.value.type.kind is Kind.DECIMAL:
        return exact_average(parts)
    return filtered(exp.Avg(this=_value(parts)), parts.condition)


def exact_average(parts: AggregateParts, added: exp.Expr | None = None) -> exp.Expr:
    """The double nearest to the exact sum by how many were added (see `ratio`). added: the value, if it needs room."""
    assert parts.node.value is not None
    total = filtered(exp.Sum(this=added or _value(parts)), parts.condition)
    known = filtered(exp.Count(this=_value(parts).copy()), parts.condition and parts.condition.copy())
    return ratio(total, known, parts.node.value.type, INTEGER)


def median_of(parts: AggregateParts, middle: Folding) -> exp.Expr:
    """The mean of the two middle values; decimals as whole numbers of their smallest unit until the end."""
    assert parts.node.value is not None
    item = parts.node.value.type
    if item.kind is not Kind.DECIMAL:
        return middle(parts)
    scale = exp.Literal.number(10**item.digits_behind)
    whole = exp.Round(this=exp.Mul(this=as_number(_value(parts)), expression=scale))
    return exp.Div(
        this=middle(AggregateParts(parts.node, whole, parts.condition, parts.order)), expression=scale.copy()
    )


def _median(parts: AggregateParts) -> exp.Expr:
    return median_of(parts, simple("median"))


def _cut(parts: AggregateParts) -> exp.Expr:
    at = exp.Literal.number(str(parts.node.argument.value if parts.node.argument else 0))
    return filtered(exp.Anonymous(this="quantile_cont", expressions=[_value(parts), at]), parts.condition)


def orderings(parts: AggregateParts) -> list[exp.Ordered]:
    """Rows from first to last (or back), rows of one place by their smallest known value.

    A missing `order` stands before the known ones.
    """
    last = parts.node.function == "last"
    places = [exp.Ordered(this=part, desc=last, nulls_first=not last) for part in parts.order]
    return [*places, exp.Ordered(this=_value(parts), desc=False, nulls_first=False)]


def _first(parts: AggregateParts) -> exp.Expr:
    ordered = exp.Order(this=_value(parts).copy(), expressions=orderings(parts))
    return filtered(exp.Anonymous(this="first", expressions=[ordered]), parts.condition)


def _any(parts: AggregateParts) -> exp.Expr:
    if parts.condition is None:
        return exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(0))
    return exp.Anonymous(this="bool_or", expressions=[parts.condition])


def _none(parts: AggregateParts) -> exp.Expr:
    return exp.Not(this=exp.Is(this=_any(parts), expression=exp.true()))


def nth(parts: AggregateParts) -> exp.Expr:
    """Of an array of all rows in order, the element at the place asked for: NULL where there are fewer."""
    assert parts.node.argument is not None
    assert isinstance(parts.node.argument.value, int)
    return exp.Bracket(
        this=exp.paren(in_order(parts)), expressions=[exp.Literal.number(parts.node.argument.value)], offset=1
    )


def in_order(parts: AggregateParts) -> exp.Expr:
    """The array of what every row has, in the order of the rows."""
    ordered = exp.Order(this=_value(parts).copy(), expressions=orderings(parts))
    return filtered(exp.Anonymous(this="array_agg", expressions=[ordered]), parts.condition)


def _mode(parts: AggregateParts) -> exp.Expr:
    """Of equally frequent values DuckDB takes the one met first: in order, the smallest."""
    item = _value(parts)
    ordered = exp.Order(this=item, expressions=[exp.Ordered(this=item.copy(), nulls_first=False)])
    return filtered(exp.Anonymous(this="mode", expressions=[ordered]), parts.condition)


def _share(parts: AggregateParts) -> exp.Expr:
    """Rows that pass the test by rows looked at."""
    passed = _value(parts) if parts.condition is None else exp.and_(parts.condition, _value(parts))
    rows = filtered(exp.Count(this=exp.Star()), parts.condition)
    return ratio(filtered(exp.Count(this=exp.Star()), passed), rows, INTEGER, INTEGER)


def _every(parts: AggregateParts) -> exp.Expr:
    return filtered(exp.Anonymous(this="bool_and", expressions=[_value(parts)]), parts.condition)


def _sum(parts: AggregateParts) -> exp.Expr:
    total = filtered(exp.Sum(this=_value(parts)), parts.condition)
    return exp.cast(total, data_type(parts.node.type)) if parts.node.type.kind is Kind.INTEGER else total


AGGREGATES: Mapping[str, Folding] = {
    "count": _count,
    "count_distinct": _count_distinct,
    "sum": _sum,
    "avg": average,
    "min": simple("min"),
    "max": simple("max"),
    "median": _median,
    "first": _first,
    "last": _first,
    "nth": nth,
    "quantile": lambda parts: quantile(parts, _cut),
    "stddev": deviation,
    "mode": _mode,
    "share": _share,
    "any": _any,
    "none": _none,
    "every": _every,
}
