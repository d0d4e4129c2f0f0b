"""Random texts of aggregates over relations."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from strategies_writing import (
    NUMERIC,
    SPANS,
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


TIED = ("integer", "text", "date", "decimal")


def nested(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """A test of rows that compares each with rows of a relation, perhaps the same one."""
    outer, inner = one(draw, names.relations), one(draw, names.relations)
    function, asked = one(draw, ("any", "none", "count")), one(draw, ("any", "none", "count"))
    comparisons = ("==", "==", "==") if asked == "count" else ("==", "==", "<", "<=", ">", ">=", "!=")
    tests = []
    for _ in range(draw(st.integers(1, 2))):
        kind = one(draw, [kind for kind in TIED if kind in outer.bare and kind in inner.bare])
        mine, theirs = one(draw, outer.bare[kind]), one(draw, inner.bare[kind])
        tests.append(f"{inner.name}.{theirs} {one(draw, comparisons)} o.{mine}")
    if draw(st.integers(0, 2)) == 0:
        tests.append(f"({simple_test(draw, names.inside(inner))})")
    span = f" {window(draw, names, True)}" if inner.has_time and draw(st.integers(0, 3)) == 0 else ""
    test = f"{asked}({inner.name} where {' and '.join(tests)}{span})"
    test = f"{test} >= {draw(st.integers(0, 2))}" if asked == "count" else test
    whole = f"{function}({outer.name} as o where {test})"
    return f"{whole} >= {draw(st.integers(1, 2))}" if function == "count" else whole


def around(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """A sequence, or for whole numbers a funnel, the most rows in a span, a streak."""
    relation = one(draw, names.relations)
    if type == "boolean" and draw(st.integers(0, 2)) == 0:
        return f"{around(draw, names, 'integer', depth)} >= {draw(st.integers(1, 3))}"
    function = "sequence" if type == "boolean" else one(draw, ("funnel", "funnel", "max_count", "longest_streak"))
    if function == "longest_streak":
        values = (*relation.qualified["integer"], *relation.qualified.get("date", ()))
        return f"longest_streak({one(draw, values)}{qualifiers(draw, names, relation, depth, False)})"
    span = f" {window(draw, names, True)}" if relation.has_time and draw(st.integers(0, 2)) == 2 else ""
    within = f" within {one(draw, SPANS)}" if relation.has_time and draw(st.booleans()) else ""
    inside = names.inside(relation)
    if function == "max_count":
        if not relation.has_time:
            return f"count({relation.name})"
        where = f" where {write(draw, inside, 'boolean', 0)}" if draw(st.booleans()) else ""
        return f"max_count({relation.name}{where}{span}{within or ' within 1 day'})"
    tests = [f"({simple_test(draw, inside)})" for _ in range(draw(st.integers(2, 4)))]
    return f"{function}({relation.name} where {steps(draw, tests, function, bool(within))}{span}{within})"


def simple_test(draw: DrawFn, names: Names) -> str:
    """A test that many rows pass, so that several follow each other."""
    if draw(st.integers(0, 3)) == 0:
        return "true"
    return write(draw, names, "boolean", 0)


def steps(draw: DrawFn, tests: list[str], function: str, has_within: bool) -> str:
    """Tests joined by `then` and its kin, as the language allows them."""
    text, was_not = tests[0], False
    for number, test in enumerate(tests[1:], 1):
        is_last = number == len(tests) - 1
        words = ["then", "directly then"]
        if function == "sequence" and not was_not:
            words += ["then not", "then not"]
        word = one(draw, words)
        if is_last and word == "then not" and has_within and ("directly" in text or "then not" in text):
            word = "then"
        was_not = word == "then not"
        text += f" {word} {test}"
    return text


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
