"""Snowflake, to be read: https://docs.snowflake.com/en/sql-reference/functions-all

No statement of it was ever run. What is not known to mean the same is refused by name.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segrules.sql.dialect import Dialect, Scalar
from segrules.sql.dialects.unwritten import UNWRITTEN_STORAGE, days_between, folds, refuse, refusing
from segrules.sql.scalars import function

Parts = Sequence[exp.Expr]


def _wall_from_utc(moment: exp.Expr, zone: str) -> exp.Expr:
    if zone == "UTC":
        return moment
    zones = [exp.Literal.string("UTC"), exp.Literal.string(zone)]
    return exp.Anonymous(this="CONVERT_TIMEZONE", expressions=[*zones, moment])


def _field(sql_name: str) -> Scalar:
    return lambda call, parts: exp.Anonymous(this=sql_name, expressions=[parts[0]])


SNOWFLAKE = Dialect(
    name="snowflake",
    scalars={
        **refusing(
            "trim", "matches", "list_contains", "contains_any", "contains_all", "list_length", "known_list",
            "elapsed", "start_of", "anniversary", "distance_km", "version", "bucket", "least", "greatest",
        ),
        "contains": function("CONTAINS"),
        "starts_with": function("STARTSWITH"),
        "ends_with": function("ENDSWITH"),
        "lower": function("LOWER"),
        "upper": function("UPPER"),
        "length": function("LENGTH"),
        "abs": function("ABS"),
        "days_between": days_between,
        "year": _field("YEAR"),
        "quarter": _field("QUARTER"),
        "month": _field("MONTH"),
        "week": _field("WEEKISO"),
        "weekday": _field("DAYOFWEEKISO"),
        "hour": _field("HOUR"),
    },
    aggregates=folds("BOOLOR_AGG", "BOOLAND_AGG"),
    storage=UNWRITTEN_STORAGE,
    passing=refuse("any, every and count of elements"),
    utc_from_wall=refuse("from_local"),
    wall_from_utc=_wall_from_utc,
    filters_by_case=True,
    has_groups=False,
    is_run=False,
)  # fmt: skip
