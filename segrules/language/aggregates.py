"""The aggregates of rules, each declared once: what it folds, what it gives of no rows, whether places matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf


@dataclass(frozen=True, slots=True)
class AggregateFunction:
    """A fold of rows, or (of_rows false) of a value of each row.

    of_none: of no rows, "zero", "false", "true" or "missing". in_order: it matters how rows stand.
    """

    name: str
    of_rows: bool
    of_none: OneOf["zero", "false", "true", "missing"]
    doc: str
    in_order: bool = False
    written: str | None = None


AGGREGATE_FUNCTIONS: tuple[AggregateFunction, ...] = (
    AggregateFunction("count", True, "zero", "how many rows", written="count(orders)"),
    AggregateFunction("any", True, "false", "whether there is such a row", written="any(orders where …)"),
    AggregateFunction("none", True, "true", "whether there is none", written="none(orders where …)"),
    AggregateFunction(
        "every", True, "false", "whether there are rows and all pass the test", written="every(orders where …)"
    ),
    AggregateFunction("count_distinct", False, "zero", "how many different values"),
    AggregateFunction("sum", False, "zero", "the sum"),
    AggregateFunction("avg", False, "missing", "the mean"),
    AggregateFunction("min", False, "missing", "the smallest"),
    AggregateFunction("max", False, "missing", "the largest"),
    AggregateFunction("median", False, "missing", "the middle value"),
    AggregateFunction("first", False, "missing", "the value of the first row", in_order=True),
    AggregateFunction("last", False, "missing", "the value of the last row", in_order=True),
)

AGGREGATES = {function.name: function for function in AGGREGATE_FUNCTIONS}
OF_ROWS = tuple(function.name for function in AGGREGATE_FUNCTIONS if function.of_rows)
OF_VALUES = tuple(function.name for function in AGGREGATE_FUNCTIONS if not function.of_rows)


def never_missing(function: str) -> bool:
    """Whether an aggregate has a value also where there are no rows."""
    return AGGREGATES[function].of_none != "missing"


def is_test(function: str) -> bool:
    """Whether an aggregate is a predicate."""
    return AGGREGATES[function].of_none in ("true", "false")
