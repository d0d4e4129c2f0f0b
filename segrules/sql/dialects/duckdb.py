"""DuckDB: https://duckdb.org/docs/current/sql/functions/overview"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segrules.language.core import Call
from segrules.language.types import Kind
from segrules.sql.dialect import Dialect
from segrules.sql.literals import operand


def _difference(unit: str, parts: Sequence[exp.Expr]) -> exp.Expr:
    return exp.Anonymous(this="date_diff", expressions=[exp.Literal.string(unit), *parts])


def _elapsed(call: Call, parts: Sequence[exp.Expr]) -> exp.Expr:
    if call.arguments[0].type.kind is Kind.DATE:
        days = operand(_difference("day", parts))
        return exp.Mul(this=days, expression=exp.Literal.number(86_400_000_000))
    return _difference("microsecond", parts)


def _known_list(call: Call, parts: Sequence[exp.Expr]) -> exp.Expr:
    kept = exp.Lambda(
        this=exp.Not(this=exp.Is(this=exp.column("label"), expression=exp.null())),
        expressions=[exp.to_identifier("label")],
    )
    return exp.Anonymous(this="list_filter", expressions=[exp.Array(expressions=list(parts)), kept])


DUCKDB = Dialect(
    name="duckdb",
    scalars={
        "days_between": lambda call, parts: _difference("day", parts),
        "elapsed": _elapsed,
        "known_list": _known_list,
    },
    aggregates={},
)
