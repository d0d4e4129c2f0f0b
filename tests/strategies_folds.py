"""Random texts of aggregates over relations."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from strategies_writing import (
    NUMERIC,
    Names,
    Windowed,
    atom,
    one,
    window,
    write,
)


def count(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    relation = one(draw, names.relations)
    return f"count({relation.name}{qualifiers(draw, names, relation, depth, False)})"


def share(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    relation = one(draw, names.relations)
    return f"share({relation.name}{qualifiers(draw, names, relation, depth, True)})"


def quantified(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    relation, function = one(draw, names.relations), one(draw, ("any", "none", "every", "every"))
    return f"{function}({relation.name}{qualifiers(draw, names, relation, depth, function == 'every')})"


def qualifiers(draw: DrawFn, names: Names, relation: Windowed, depth: int, needs_where: bool) -> str:
    text = ""
    if needs_where or draw(st.integers(0, 4)) > 2:
        text += f" where {write(draw, names.inside(relation), 'boolean', depth)}"
    if relation.has_time and draw(st.integers(0, 2)) == 2:
        text += f" {window(draw, names, True)}"
    return text


def folded(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """An aggregate with a value of the type."""
    functions = ["min", "max", "mode", "first", "last", f"nth({one(draw, (1, 2, 3))}, "]
    if type in NUMERIC:
        functions.append("sum")
    kind, function = type, one(draw, functions)
    if type == "number" and draw(st.booleans()):
        quantile = f"quantile({one(draw, ('0', '0.2', '25%', '0.5', '0.9', '1'))}, "
        kind, function = one(draw, NUMERIC), one(draw, ("avg", "median", quantile, quantile, "stddev"))
        kind = one(draw, ("integer", "decimal")) if function == "stddev" else kind
    if type == "integer" and draw(st.booleans()):
        kind, function = one(draw, ("integer", "decimal", "text", "date", "boolean")), "count_distinct"
    relations = [one for one in names.relations if kind in one.qualified]
    if not relations:
        return atom(draw, names, type)
    relation = one(draw, relations)
    value = one(draw, relation.qualified[kind])
    if kind in ("integer", "decimal") and draw(st.integers(0, 3)) == 0:
        other = one(draw, relation.qualified["integer"])
        value = f"{value} {one(draw, ('+', '-', '*'))} {other}"
    opening = function if "(" in function else f"{function}("
    return f"{opening}{value}{qualifiers(draw, names, relation, depth, False)})"
