"""Random texts of functions over all entity rows."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from strategies_writing import NUMERIC, Names, atom, one, write

SHARES = ("10%", "25%", "33.3%", "0.5", "80%", "100%")
ORDERED = ("integer", "decimal", "number", "date", "timestamp")


def ranked(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """A rank, tile, bin (integers) or share of ranks (a number)."""
    kind = one(draw, ORDERED)
    value = _value(draw, names, kind)
    if value is None:
        return atom(draw, names, type)
    direction = one(draw, ("", " asc", " desc"))
    rest = _rest(draw, names, depth)
    if type == "number":
        return f"percent_rank({value}{direction}{rest})"
    parts = draw(st.integers(1, 5))
    forms = (
        f"rank({value}{direction or ' desc'}{rest})",
        f"ntile({parts}, {value}{direction}{rest})",
        f"quantile_bin({parts}, {value}{direction}{rest})",
    )
    return str(one(draw, forms))


def in_top(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    share, count = one(draw, SHARES), draw(st.integers(1, 3))
    kind = one(draw, ORDERED)
    value, added = _value(draw, names, kind), _value(draw, names, one(draw, ("integer", "decimal")))
    if value is None or added is None:
        return atom(draw, names, type)
    rest = _rest(draw, names, depth)
    forms = (
        f"in_top({one(draw, (share, count))}, {value}{one(draw, ('', ' asc', ' desc'))}{rest})",
        f"in_bottom({one(draw, (share, count))}, {value}{rest})",
        f"in_top_share({share}, {added}{rest})",  # no inexact numbers: their sum depends on the order of adding
    )
    return str(one(draw, forms))


def overall(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """An aggregate of the type over all entity rows."""
    kind, function = type, one(draw, ("min", "max", "mode"))
    if type in ("integer", "decimal") and draw(st.booleans()):
        function = "sum"
    if type == "number" and draw(st.booleans()):
        kind, function = one(draw, ("integer", "decimal")), one(draw, ("avg", "median", "stddev", "quantile(20%, "))
    if type == "integer" and draw(st.booleans()):
        kind = one(draw, (*NUMERIC, "text", "date", "boolean"))
        function = one(draw, ("count_distinct", "count"))
    value = _value(draw, names, kind)
    if value is None:
        return atom(draw, names, type)
    rest = _rest(draw, names, depth)
    opening = function if "(" in function else f"{function}("
    return str(one(draw, (f"overall({opening}{value}{rest}))", f"overall({opening}{value}){rest})")))


def _value(draw: DrawFn, names: Names, kind: str) -> str | None:
    """A column or trait, now and then two of them."""
    known = [name for name in names.values.get(kind, ()) if not name.startswith("params.")]
    if not known:
        return None
    value = one(draw, known)
    if kind in ("integer", "decimal") and draw(st.integers(0, 3)) == 0:
        return f"{value} {one(draw, ('+', '-'))} {one(draw, known)}"
    return str(value)


def _rest(draw: DrawFn, names: Names, depth: int) -> str:
    text = ""
    if draw(st.integers(0, 2)) == 0:
        text += f" where {write(draw, names, 'boolean', min(depth, 1))}"
    if draw(st.integers(0, 2)) == 0:
        kinds = [kind for kind in ("text", "boolean", "integer", "date", "decimal") if names.values.get(kind)]
        group = [name for name in names.values.get(one(draw, kinds), ()) if not name.startswith("params.")]
        text += f" by {one(draw, group)}" if group else ""
    return text
