"""The aggregates of rules, each declared once: what it folds, what it gives of no rows, whether places matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf


@dataclass(frozen=True, slots=True)
class AggregateFunction:
    """A fold of rows, or (of_rows false) of a value of each row.

    of_none: of no rows, "zero", "false", "true" or "missing". in_order: it needs to know how rows stand.
    takes_one: it takes the value of one row, so that rows at one place are a matter of luck to its author.
    has_steps: it is of several steps. anew: it can be asked anew for each row of another aggregate.
    argument: the constant that is written before the value: a share of 1, or the place of a row, from 1.
    """

    name: str
    of_rows: bool
    of_none: OneOf["zero", "false", "true", "missing"]
    doc: str
    in_order: bool = False
    takes_one: bool = False
    has_steps: bool = False
    anew: bool = True
    argument: OneOf["share", "place"] | None = None
    written: str | None = None


AGGREGATE_FUNCTIONS: tuple[AggregateFunction, ...] = (
    AggregateFunction("count", True, "zero", "how many rows", written="count(orders)"),
    AggregateFunction("any", True, "false", "whether there is such a row", written="any(orders where …)"),
    AggregateFunction("none", True, "true", "whether there is none", written="none(orders where …)"),
    AggregateFunction(
        "every",
        True,
        "false",
        "whether there are rows and all pass the test",
        anew=False,
        written="every(orders where …)",
    ),
    AggregateFunction(
        "share",
        True,
        "missing",
        "the part of the rows that pass the test, 0 to 1",
        anew=False,
        written="share(orders where …)",
    ),
    AggregateFunction(
        "max_count",
        True,
        "zero",
        "the most rows inside any span of that length, ends included",
        in_order=True,
        anew=False,
        written="max_count(orders within 24 hours)",
    ),
    AggregateFunction(
        "sequence",
        True,
        "false",
        "whether rows follow each other so",
        in_order=True,
        has_steps=True,
        anew=False,
        written="sequence(orders where A then B)",
    ),
    AggregateFunction(
        "funnel",
        True,
        "zero",
        "how many of the steps follow each other, from the first one on",
        in_order=True,
        has_steps=True,
        anew=False,
        written="funnel(orders where A then B)",
    ),
    AggregateFunction("count_distinct", False, "zero", "how many different values"),
    AggregateFunction("sum", False, "zero", "the sum"),
    AggregateFunction("avg", False, "missing", "the mean"),
    AggregateFunction("min", False, "missing", "the smallest"),
    AggregateFunction("max", False, "missing", "the largest"),
    AggregateFunction("median", False, "missing", "the middle value"),
    AggregateFunction(
        "quantile",
        False,
        "missing",
        "the value below which a share of the values lies, between two of them in proportion",
        argument="share",
        written="quantile(0.2, orders.amount)",
    ),
    AggregateFunction("stddev", False, "missing", "the sample's standard deviation; of fewer than two missing"),
    AggregateFunction("mode", False, "missing", "the most frequent value; of several the smallest"),
    AggregateFunction("first", False, "missing", "the value of the first row", in_order=True, takes_one=True),
    AggregateFunction("last", False, "missing", "the value of the last row", in_order=True, takes_one=True),
    AggregateFunction(
        "nth",
        False,
        "missing",
        "the value of the third row",
        in_order=True,
        takes_one=True,
        argument="place",
        written="nth(3, orders.ordered_at)",
    ),
    AggregateFunction(
        "longest_streak",
        False,
        "zero",
        "the longest run of consecutive days or whole numbers among the values",
        anew=False,
    ),
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
