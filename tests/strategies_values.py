"""Random texts of numbers, texts, dates and timestamps."""

from __future__ import annotations

from hypothesis.strategies import DrawFn
from strategies_writing import (
    NUMERIC,
    Names,
    moment,
    one,
    text_constant,
    write,
)


def arithmetic(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    operator = one(draw, ("+", "-", "*", "%"))
    if type == "number":
        operator = one(draw, ("+", "-", "*", "/", "/"))
    kinds = {"integer": ("integer",), "decimal": ("integer", "decimal"), "number": NUMERIC}[type]
    left, right = write(draw, names, type, depth), write(draw, names, one(draw, kinds), depth)
    return f"(({left}) {operator} ({right}))"


def numeric_call(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    if type == "integer":
        function, kind = one(draw, ("abs", "round", "floor", "ceil")), "integer"
        if function != "abs":
            kind = one(draw, ("decimal", "number"))
        return f"{function}({write(draw, names, kind, depth)})"
    inner = write(draw, names, type, depth)
    digits = ", 1" if type == "decimal" else ""
    return str(one(draw, (f"abs({inner})", f"round({inner}{digits})", f"(-({inner}))")))


def chosen(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    first, second, third = (write(draw, names, type, depth) for _ in range(3))
    test, other = write(draw, names, "boolean", depth), write(draw, names, "boolean", 0)
    forms = [f"if({test}, {first}, {second})", f"coalesce({first}, {second})"]
    forms.append(f"case({test} -> {first}, {other} -> {second}, else {third})")
    if type in ("integer", "decimal", "number", "text", "date", "timestamp"):
        forms.append(f"{one(draw, ('least', 'greatest'))}({first}, {second}, {third})")
    return str(one(draw, forms))


def measure(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """An integer from another type."""
    day = write(draw, names, one(draw, ("date", "timestamp")), depth)
    other = write(draw, names, one(draw, ("date", "timestamp")), depth)
    part = one(draw, ("year", "quarter", "month", "week", "weekday", "fiscal_year", "fiscal_quarter"))
    return str(
        one(
            draw,
            (
                f"length({write(draw, names, 'text', depth)})",
                "length(tags)" if names.values.get("list") else "3",
                f"days_since({day})",
                f"days_between({day}, {other})",
                f"{part}({day})",
                f"hour({write(draw, names, 'timestamp', depth)})",
                f"bucket({one(draw, (1, 2, 10, 1_000_000))}, seed: {text_constant(one(draw, names.pool.text))})",
                f"bucket({one(draw, (2, 3))})",
            ),
        )
    )


def was(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """What a trait was; a trait's name is its type and a number."""
    known = [name for name in names.values.get(type, ()) if name.removeprefix(f"{type}_").isdigit()]
    return f"was({one(draw, known)}, {moment(draw, names)})" if known else write(draw, names, type, depth)


def text_call(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    return f"{one(draw, ('lower', 'upper', 'trim'))}({write(draw, names, 'text', depth)})"


def shifted(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    lengths = [length for length in (*names.pool.lengths, "1 month") if type == "timestamp" or "hour" not in length]
    return f"({write(draw, names, type, depth)} {one(draw, ('+', '-'))} {one(draw, lengths)})"


def calendar_day(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    unit = one(draw, ("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"))
    day = write(draw, names, one(draw, ("date", "timestamp")), depth)
    anniversary = f"anniversary({day})"
    return str(one(draw, (f"start_of({unit}, {day})", anniversary, f"date({write(draw, names, 'timestamp', depth)})")))


def distance(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    places = [write(draw, names, one(draw, NUMERIC), depth) for _ in range(2)]
    known = [one(draw, ("0", "-90", "13.75", "45", "89.5")), one(draw, ("0", "180", "-180", "100.5"))]
    return f"distance_km(({places[0]}) + 0, ({places[1]}) + 0, {', '.join(known)})"
