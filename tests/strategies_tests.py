"""Random texts of tests: comparisons, lists, windows, logic."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from strategies_writing import (
    COMPARISONS,
    NUMERIC,
    PATTERNS,
    Names,
    atom,
    constant,
    moment,
    one,
    other_side,
    parenthesised,
    plain,
    text_constant,
    window,
    write,
)


def compare_numbers(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    left = write(draw, names, one(draw, NUMERIC), depth)
    return f"{left} {one(draw, COMPARISONS)} {other_side(draw, names, one(draw, NUMERIC), depth)}"


def compare_alike(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kind = one(draw, ("text", "date", "timestamp", "duration", "boolean"))
    comparisons = ("==", "!=") if kind == "boolean" else COMPARISONS
    left = write(draw, names, kind, depth)
    return f"({left}) {one(draw, comparisons)} {parenthesised(other_side(draw, names, kind, depth))}"


def compare_days(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """A timestamp against a date, in either order."""
    kinds = one(draw, (("timestamp", "date"), ("date", "timestamp")))
    if draw(st.booleans()):
        return f"{atom(draw, names, kinds[0])} {one(draw, COMPARISONS)} {constant(draw, names, kinds[1])}"
    left, right = write(draw, names, kinds[0], depth), other_side(draw, names, kinds[1], depth)
    return f"{left} {one(draw, COMPARISONS)} {right}"


def membership(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kind = one(draw, ("integer", "integer", "decimal", "number", "text", "text", "date"))
    word = one(draw, ("in", "not in"))
    item = parenthesised(write(draw, names, kind, depth))
    if kind == "integer" and draw(st.integers(0, 3)) == 0:
        return f"{item} {word} params.codes"
    if kind == "text" and names.values.get("list") and draw(st.integers(0, 5)) == 0:
        return f"{item} {word} tags"
    listed = [plain(draw, names, kind) for _ in range(draw(st.integers(1, 3)))]
    return f"{item} {word} [{', '.join(listed)}]"


def in_list(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """A file of lists/; `many` has more values than DuckDB is given one by one."""
    name, kind = one(draw, (("few", "integer"), ("many", "integer"), ("many", "number"), ("texts", "text")))
    if kind == "integer" and draw(st.integers(0, 3)) == 0:
        return f"in_list('{name}.txt')"
    return f"in_list('{name}.txt', {write(draw, names, kind, depth)})"


def between(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kind = one(draw, ("integer", "decimal", "number", "text", "date", "timestamp"))
    item, low, high = (
        parenthesised(write(draw, names, kind, depth)),
        constant(draw, names, kind),
        constant(draw, names, kind),
    )
    return f"{item} {one(draw, ('between', 'not between'))} {low} and {high}"


def is_known(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kinds = ("integer", "decimal", "number", "text", "date", "timestamp", "boolean", "list")
    kind = one(draw, kinds if names.values.get("list") else kinds[:-1])
    return f"{parenthesised(write(draw, names, kind, depth))} is {one(draw, ('missing', 'known'))}"


def text_test(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    test = one(draw, ("contains", "starts with", "ends with", "matches"))
    negated = one(draw, ("", "not "))
    left = parenthesised(write(draw, names, "text", depth))
    if test == "matches":
        return f"{left} {negated}matches {text_constant(one(draw, PATTERNS))}"
    return f"{left} {negated}{test} {parenthesised(other_side(draw, names, 'text', 0))}"


def list_test(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    if not names.values.get("list"):
        return text_test(draw, names, type, depth)
    listed = ", ".join(text_constant(one(draw, names.pool.text)) for _ in range(draw(st.integers(1, 3))))
    negated = one(draw, ("", "not "))
    match one(draw, ("one", "any", "all")):
        case "one":
            return f"tags {negated}contains {other_side(draw, names, 'text', 0)}"
        case quantity:
            return f"tags {negated}contains {quantity} [{listed}]"


def logic(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    items = [write(draw, names, "boolean", depth) for _ in range(draw(st.integers(2, 3)))]
    return "(" + f" {one(draw, ('and', 'or'))} ".join(f"({item})" for item in items) + ")"


def negation(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    return f"not ({write(draw, names, 'boolean', depth)})"


def in_window(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    item = write(draw, names, one(draw, ("date", "timestamp")), depth)
    return f"{parenthesised(item)} is {window(draw, names, False)}"


def was(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """What a segment, stage or segmentation was."""
    stages = [f"{name}.{label}" for name, labels in names.labels.items() for label in labels]
    of_label = [(name, label) for name, labels in names.labels.items() for label in labels if name != "groups"]
    if of_label and draw(st.booleans()):
        name, label = one(draw, of_label)
        return f"was({name}, {moment(draw, names)}) == {text_constant(label)}"
    known = [*names.segments, *stages]
    return f"was(segments.{one(draw, known)}, {moment(draw, names)})" if known else in_window(draw, names, type, depth)


def at_least(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    items = [write(draw, names, "boolean", depth) for _ in range(draw(st.integers(1, 3)))]
    return f"at_least({draw(st.integers(1, len(items)))}, {', '.join(items)})"


def elements(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """A test of the elements of a list, which have a name that none around them have."""
    if not names.values.get("list"):
        return compare_numbers(draw, names, type, depth)
    known = names.values.get("text", ())
    word = next(f"item_{place}" for place in range(len(known) + 1) if f"item_{place}" not in known)
    texts = (word, word, word, word, *known)
    inside = replace(names, values={**names.values, "text": texts}, relations=())
    function = one(draw, ("any", "none", "every"))
    test = f"{function}(tags as {word} where {write(draw, inside, 'boolean', max(depth, 1))})"
    return test if draw(st.integers(0, 3)) else f"count{test.removeprefix(function)} {one(draw, COMPARISONS)} 1"


VERSIONS = ("1.2", "v1.10.0", "1.2.0-beta", "1.2.0+7", "1.2.0.1", "2", "1..2", "1.2.3.4.5", "999999999.0.0.999999999")


def version(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """A text that may be a version, against one."""
    test, text = write(draw, names, "boolean", 0), write(draw, names, "text", depth)
    left = f"version(case({test} -> '{one(draw, VERSIONS)}', else {text}))"
    constants = [f"'{one(draw, ('1.2', '1.10', '1.2.0-beta', '2', 'v1.2.0.1'))}'" for _ in range(2)]
    match one(draw, ("compare", "in", "between", "known")):
        case "compare":
            return f"{left} {one(draw, COMPARISONS)} {constants[0]}"
        case "in":
            return f"{left} in [{', '.join(constants)}]"
        case "between":
            return f"{left} between {constants[0]} and {constants[1]}"
        case _:
            return f"{left} is known"


def segment(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    stages = tuple(f"{name}.{label}" for name, labels in names.labels.items() for label in labels)
    tests = tuple(
        f"{name} == {text_constant(label)}"
        for name, labels in names.labels.items()
        for label in labels
        if name != "groups"
    )
    known = (*(f"segments.{name}" for name in (*names.segments, *stages)), *tests)
    return str(one(draw, known)) if known else compare_numbers(draw, names, type, depth)
