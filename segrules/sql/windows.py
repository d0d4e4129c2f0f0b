"""Window functions of a plan as SQL: a column that each row computes from the rows around it."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from segrules.language.types import INTEGER, Kind
from segrules.planning.nodes import DefineWindow, Frame, Order
from segrules.sql.dialect import Dialect
from segrules.sql.expressions import value
from segrules.sql.literals import column, data_type

_COUNTS = frozenset(("row_number", "rank", "dense_rank", "ntile"))


def window(node: DefineWindow, dialect: Dialect) -> exp.Expr:
    """``max("at") OVER (PARTITION BY "customer_id" ORDER BY "at" GROUPS BETWEEN …)``."""
    order = [_ordered(item, dialect) for item in node.order]
    found = exp.Window(
        this=_function(node, dialect),
        partition_by=[column(name) for name in node.partition],
        order=exp.Order(expressions=order) if order else None,
        spec=None if node.frame is None else _frame(node.frame),
    )
    is_narrow = dialect.counts_in_32_bits and node.function in _COUNTS
    return exp.cast(found, data_type(INTEGER)) if is_narrow else found


def places(node: DefineWindow, name: str) -> DefineWindow:
    """The column that numbers the groups of equal rows, which a frame may count in their stead."""
    return DefineWindow(name, "dense_rank", None, node.partition, node.order)


def by_places(node: DefineWindow, name: str) -> DefineWindow:
    """The window with its rows in the order of their numbered groups: `RANGE` of a number is `GROUPS`."""
    assert node.frame is not None
    return replace(node, order=(Order(name, INTEGER),), frame=replace(node.frame, unit="span"))


def _function(node: DefineWindow, dialect: Dialect) -> exp.Expr:
    if node.function == "count" and node.value is None:
        return exp.Count(this=exp.Star())
    arguments = [] if node.value is None else [value(node.value, dialect)]
    if node.argument is not None:
        arguments.append(exp.Literal.number(node.argument))
    if node.function in ("min", "max") and node.value is not None and node.value.type.kind is Kind.TEXT:
        arguments = [_by_code(part, dialect) for part in arguments]
    if node.function == "bool_and":
        return exp.LogicalAnd(this=arguments[0])
    return exp.Anonymous(this=node.function, expressions=arguments)


def _ordered(item: Order, dialect: Dialect) -> exp.Ordered:
    part: exp.Expr = column(item.column)
    if item.type.kind is Kind.TEXT:
        part = _by_code(part, dialect)
    return exp.Ordered(this=part, desc=item.descending, nulls_first=not item.descending)


def _by_code(part: exp.Expr, dialect: Dialect) -> exp.Expr:
    """A text as engines order it by code point."""
    if dialect.text_order is None:
        return part
    return exp.Collate(this=part, expression=exp.to_identifier(dialect.text_order, quoted=True))


def _frame(frame: Frame) -> exp.WindowSpec:
    start, start_side = _end(frame.start, "PRECEDING")
    end, end_side = _end(frame.end, "FOLLOWING")
    kind = "GROUPS" if frame.unit == "places" else "RANGE"
    return exp.WindowSpec(kind=kind, start=start, start_side=start_side, end=end, end_side=end_side)


def _end(offset: int | None, open_side: str) -> tuple[str | exp.Expr, str | None]:
    if offset is None:
        return "UNBOUNDED", open_side
    if offset == 0:
        return "CURRENT ROW", None
    return exp.Literal.number(abs(offset)), "PRECEDING" if offset < 0 else "FOLLOWING"
