"""BigQuery, to be read: https://cloud.google.com/bigquery/docs/reference/standard-sql/functions-all

No statement of it was ever run. What is not known to mean the same is refused by name.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segrules.language.core import Call
from segrules.sql.dialect import Dialect, Scalar
from segrules.sql.dialects.unwritten import UNWRITTEN_STORAGE, days_between, folds, refuse, refusing
from segrules.sql.literals import operand
from segrules.sql.scalars import function

Parts = Sequence[exp.Expr]


def _contains(call: Call, parts: Parts) -> exp.Expr:
    return exp.GT(this=exp.Anonymous(this="INSTR", expressions=list(parts)), expression=exp.Literal.number(0))


def _list_contains(call: Call, parts: Parts) -> exp.Expr:
    return exp.In(this=operand(parts[1]), unnest=exp.Unnest(expressions=[parts[0]]))


def _wall_from_utc(moment: exp.Expr, zone: str) -> exp.Expr:
    if zone == "UTC":
        return moment
    instant = exp.Anonymous(this="TIMESTAMP", expressions=[moment, exp.Literal.string("UTC")])
    return exp.Anonymous(this="DATETIME", expressions=[instant, exp.Literal.string(zone)])


def _extract(field: str) -> Scalar:
    return lambda call, parts: exp.Extract(this=exp.var(field), expression=parts[0])


def _weekday(call: Call, parts: Parts) -> exp.Expr:
    """From 1, a Monday; DAYOFWEEK counts from 1, a Sunday."""
    day = exp.Add(this=_extract("DAYOFWEEK")(call, parts), expression=exp.Literal.number(5))
    rest = exp.Anonymous(this="MOD", expressions=[day, exp.Literal.number(7)])
    return exp.Add(this=rest, expression=exp.Literal.number(1))


BIGQUERY = Dialect(
    name="bigquery",
    scalars={
        **refusing(
            "trim", "contains_any", "contains_all", "list_length", "known_list", "elapsed", "start_of",
            "anniversary", "distance_km", "version", "bucket", "least", "greatest",
        ),
        "contains": _contains,
        "starts_with": function("STARTS_WITH"),
        "ends_with": function("ENDS_WITH"),
        "matches": function("REGEXP_CONTAINS"),
        "lower": function("LOWER"),
        "upper": function("UPPER"),
        "length": function("CHAR_LENGTH"),
        "abs": function("ABS"),
        "list_contains": _list_contains,
        "days_between": days_between,
        "year": _extract("YEAR"),
        "quarter": _extract("QUARTER"),
        "month": _extract("MONTH"),
        "week": _extract("ISOWEEK"),
        "weekday": _weekday,
        "hour": _extract("HOUR"),
    },
    aggregates=folds("LOGICAL_OR", "LOGICAL_AND"),
    storage=UNWRITTEN_STORAGE,
    passing=refuse("any, every and count of elements"),
    utc_from_wall=refuse("from_local"),
    wall_from_utc=_wall_from_utc,
    filters_by_case=True,
    has_groups=False,
    is_run=False,
    dot=":",
)  # fmt: skip
