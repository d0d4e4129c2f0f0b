"""The functions of a value among those of all entity rows, each declared once: what it takes and what it gives.

Read by the checker, planning, the reference evaluator and the docs. `in_bottom` is `in_top` from the other end and
`overall` an aggregate of the language, so that neither is a function of the core.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from segrules.language.types import BOOLEAN, INTEGER, NUMBER, Type

Takes = OneOf["nothing", "bins", "share", "share or count", "aggregate"]


@dataclass(frozen=True, slots=True)
class PopulationFunction:
    """takes: what stands before the value. directions: those that may follow it; the first one goes without saying.

    A function whose direction must be written has `says_direction`.
    """

    name: str
    takes: Takes
    directions: tuple[OneOf["asc", "desc"], ...]
    gives: Type
    written: str
    doc: str
    says_direction: bool = False


POPULATION_FUNCTIONS: tuple[PopulationFunction, ...] = (
    PopulationFunction("rank", "nothing", ("asc", "desc"), INTEGER, "rank(spend desc)", "the place, 1, 2, 2, 4", True),
    PopulationFunction(
        *("percent_rank", "nothing", ("asc", "desc"), NUMBER, "percent_rank(spend)"),
        "the share of the others that stand before: 0 for the first, 1 for the last",
    ),
    PopulationFunction(
        "ntile", "bins", ("asc", "desc"), INTEGER, "ntile(5, spend)", "which of 5 parts with equally many rows"
    ),
    PopulationFunction(
        *("quantile_bin", "bins", ("asc", "desc"), INTEGER, "quantile_bin(5, spend)"),
        "which of 5 parts that the quantiles cut, equal values in one",
    ),
    PopulationFunction(
        *("in_top", "share or count", ("desc", "asc"), BOOLEAN, "in_top(10%, spend)"),
        "whether the value is among the largest 10 %, or with `in_top(100, spend)` among the largest 100",
    ),
    PopulationFunction(
        *("in_bottom", "share or count", ("desc",), BOOLEAN, "in_bottom(10%, spend)"),
        "whether it is among the smallest",
    ),
    PopulationFunction(
        *("in_top_share", "share", ("desc",), BOOLEAN, "in_top_share(80%, spend)"),
        "whether the row is one of the fewest that together have 80 % of the sum",
    ),
    PopulationFunction(
        *("overall", "aggregate", (), NUMBER, "overall(median(spend))"),
        "an aggregate of the value over all rows, the same for each",
    ),
)

POPULATIONS = {function.name: function for function in POPULATION_FUNCTIONS}

IN_OVERALL = ("count", "count_distinct", "sum", "avg", "min", "max", "median", "quantile", "stddev", "mode")
"""The aggregates that `overall` can have."""

MOST_BINS = 1000
MOST_SHARE_DIGITS = 9
"""Behind the point, so that a share of as many rows as there are stays a whole number of 64 bits."""
