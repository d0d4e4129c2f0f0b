"""Pass: rows that no aggregate of a fold looks at are left out before they are grouped.

``count(orders in last 30 days)`` and ``sum(orders.amount in last 90 days)`` grouped all orders ever; now they group the
orders of the last 90 days, and only the first one asks for the time of an order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from typing import Literal as OneOf

from segrules.language.core import Aggregate, And, Column, Compare, Expression, Literal
from segrules.planning.names import fresh
from segrules.planning.nodes import Attachment, Fold, Pick, Plan, Rows, Step, in_order, inputs, with_inputs
from segrules.planning.places import of_none

_TESTS_ROWS = ("every", "share")
"""Aggregates whose `where` is what they ask of the rows, not which rows they look at."""

Bound = tuple[OneOf["<", "<=", ">", ">="], Column]
"""The operator and the column of a comparison with a constant."""


def narrow_folds(plan: Plan) -> Plan:
    """The same plan with a `Pick` before each fold whose aggregates all leave out some rows."""
    nodes = in_order(plan.root)
    readers = Counter(part for node in nodes for part in inputs(node))
    taken = {node.name.casefold() for node in nodes}
    own = {
        attachment.rows
        for node in nodes
        if isinstance(node, Step)
        for attachment in node.attachments
        if readers[attachment.rows] == 1 and _gives_what_none_gives(attachment)
    }
    done: dict[Rows, Rows] = {}
    for node in nodes:
        better = with_inputs(node, done.__getitem__)
        done[node] = _narrowed(better, taken) if node in own and isinstance(better, Fold) else better
    return replace(plan, root=done[plan.root])


def _gives_what_none_gives(attachment: Attachment) -> bool:
    """Whether a row without a group gets what it would get from a group of which no row is looked at."""
    match attachment.rows:
        case Fold(keys=(_, *_), columns=columns):
            aggregates = {column.name: column.value for column in columns}
            named = zip(attachment.columns, attachment.defaults, strict=True)
            return all(default == of_none(aggregates[old]) for (_, old), default in named)
        case _:
            return False


def _narrowed(fold: Fold, taken: set[str]) -> Fold:
    """The fold over the rows that some aggregate looks at; tests that hold for all of these are gone."""
    aggregates = [column.value for column in fold.columns]
    held = _held_by_all([tuple(_conditions(node)) for node in aggregates])
    if not held:
        return fold
    input = Pick(fresh(f"{fold.input.name}_looked_at", taken), fold.input, And(held))
    columns = tuple(replace(column, value=_without(column.value, held)) for column in fold.columns)
    return replace(fold, input=input, columns=columns)


def _held_by_all(conditions: Sequence[Sequence[Expression]]) -> tuple[Expression, ...]:
    """The tests that every row passes which passes one of these lists of tests."""
    first, *others = conditions
    common = [test for test in first if all(test in tests for tests in others)]
    bounds = [_bounds(tests) for tests in conditions]
    shared = [bound for bound in bounds[0] if all(bound in each for each in bounds)]
    weakest = [_weakest(bound, [end for each in bounds for end in each[bound]]) for bound in shared]
    return tuple(dict.fromkeys((*weakest, *common)))


def _weakest(bound: Bound, ends: Sequence[Literal]) -> Compare:
    operator, column = bound
    in_order = sorted(ends, key=_constant)
    return Compare(operator, column, in_order[0 if operator in (">", ">=") else -1])


def _constant(end: Literal) -> Any:
    return end.value


def _bounds(tests: Sequence[Expression]) -> dict[Bound, list[Literal]]:
    """The ends that tests set to columns with an order that is the same everywhere."""
    ends: dict[Bound, list[Literal]] = {}
    for test in tests:
        match test:
            case Compare(
                operator="<" | "<=" | ">" | ">=" as operator,
                left=Column() as column,
                right=Literal(value=int() | Decimal() | date()) as end,
            ):
                ends.setdefault((operator, column), []).append(end)
    return ends


def _conditions(node: Aggregate) -> Iterator[Expression]:
    """The tests that a row must pass to be looked at."""
    for test in (node.window, None if node.function in _TESTS_ROWS else node.where):
        yield from _parts(test)


def _parts(test: Expression | None) -> Iterator[Expression]:
    match test:
        case None:
            return
        case And(items=items):
            for item in items:
                yield from _parts(item)
        case _:
            yield test


def _without(node: Aggregate, held: Collection[Expression]) -> Aggregate:
    """The aggregate over rows for which these tests hold."""
    where = node.where if node.function in _TESTS_ROWS else _left(node.where, held)
    return replace(node, window=_left(node.window, held), where=where)


def _left(test: Expression | None, held: Collection[Expression]) -> Expression | None:
    parts = tuple(part for part in _parts(test) if part not in held)
    return And(parts) if parts else None
