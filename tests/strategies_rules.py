"""Random rule texts of a wanted type. Constants come from the same few values as the rows' cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from strategies_pool import LENGTHS, Pool, before

_PATTERNS = ("^T", "H$", "[A-Z]+", "^$", "a.b", "[0-9]", "ไท", "^.$", "(TH|TW)", r"\\")
_ELAPSED = ("0 days", "1 day", "24 hours", "36 hours", "90 minutes", "30 days", "1 second", "2 weeks")
_DAY = datetime(2026, 1, 31)


@dataclass(frozen=True)
class Windowed:
    """A relation that rules may fold: its columns by type, bare and qualified."""

    name: str
    bare: Mapping[str, tuple[str, ...]]
    qualified: Mapping[str, tuple[str, ...]]
    has_time: bool


@dataclass(frozen=True)
class Names:
    """What a rule may name where it stands: values by type, relations to fold, segments, segmentations and stages."""

    pool: Pool
    values: Mapping[str, tuple[str, ...]]
    relations: tuple[Windowed, ...] = ()
    segments: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_value(self, type: str, name: str) -> Names:
        return replace(self, values={**self.values, type: (*self.values.get(type, ()), name)})

    def with_segment(self, name: str) -> Names:
        return replace(self, segments=(*self.segments, name))

    def with_labels(self, labels: Mapping[str, tuple[str, ...]]) -> Names:
        return replace(self, labels=labels)

    def inside(self, relation: Windowed) -> Names:
        """What `where` may name: the relation's columns beside what the entity has, but no further fold."""
        kinds = {*self.values, *relation.bare}
        values = {
            kind: (*relation.bare.get(kind, ()), *relation.qualified.get(kind, ()), *self.values.get(kind, ()))
            for kind in sorted(kinds)
        }
        return replace(self, values=values, relations=())


@st.composite
def rule(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """The text of a random expression of the type."""
    return write(draw, names, type, depth)


@st.composite
def fold(draw: DrawFn, names: Names, type: str) -> str:
    """The text of an aggregate of the type."""
    return _folded(draw, names, type, 1)


def write(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    if depth <= 0 or (type != "boolean" and draw(st.integers(0, 2)) == 0):
        return _atom(draw, names, type)
    usable = [form for form in _FORMS[type] if names.relations or form not in _FOLDS]
    return str(_one(draw, usable)(draw, names, type, depth - 1))


def _one(draw: DrawFn, options: Any) -> Any:
    return draw(st.sampled_from(options))


# atoms


def _atom(draw: DrawFn, names: Names, type: str, depth: int = 0) -> str:
    """A column or trait, or now and then a constant."""
    known = names.values.get(type, ())
    if type == "duration":
        return _difference(draw, names, type, 0)
    if type == "boolean" and (not known or draw(st.integers(0, 2))):
        return str(_one(draw, _SIMPLE_TESTS)(draw, names, type, 0))
    if not known or (type not in ("boolean", "list") and draw(st.integers(0, 5)) == 0):
        return constant(draw, names, type)
    return str(_one(draw, known))


def constant(draw: DrawFn, names: Names, type: str) -> str:
    match type:
        case "integer":
            return str(_one(draw, names.pool.integer))
        case "decimal":
            return str(_one(draw, (*names.pool.decimal, "10%", "1_000.5")))
        case "number":
            return str(_one(draw, (*names.pool.number, *names.pool.decimal)))
        case "text":
            return text_constant(_one(draw, names.pool.text))
        case "boolean":
            return str(_one(draw, ("true", "false")))
        case "date":
            return str(_one(draw, ("today", _day(draw, names))))
        case "timestamp":
            return str(_one(draw, ("now", _instant(draw, names))))
        case _:
            return str(_one(draw, _ELAPSED))


def text_constant(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _day(draw: DrawFn, names: Names) -> str:
    return str(_one(draw, names.pool.date))


def _instant(draw: DrawFn, names: Names) -> str:
    return str(_one(draw, [one for one in names.pool.timestamp if not one.microsecond]).isoformat())


# booleans

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_NUMERIC = ("integer", "decimal", "number")


def _right(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    return constant(draw, names, type) if draw(st.booleans()) else write(draw, names, type, depth)


def _compare_numbers(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    left = write(draw, names, _one(draw, _NUMERIC), depth)
    return f"{left} {_one(draw, _COMPARISONS)} {_right(draw, names, _one(draw, _NUMERIC), depth)}"


def _compare_alike(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kind = _one(draw, ("text", "date", "timestamp", "duration", "boolean"))
    comparisons = ("==", "!=") if kind == "boolean" else _COMPARISONS
    left = write(draw, names, kind, depth)
    return f"({left}) {_one(draw, comparisons)} {_parenthesised(_right(draw, names, kind, depth))}"


def _compare_days(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """A timestamp against a date, in either order."""
    kinds = _one(draw, (("timestamp", "date"), ("date", "timestamp")))
    if draw(st.booleans()):
        return f"{_atom(draw, names, kinds[0])} {_one(draw, _COMPARISONS)} {constant(draw, names, kinds[1])}"
    left, right = write(draw, names, kinds[0], depth), _right(draw, names, kinds[1], depth)
    return f"{left} {_one(draw, _COMPARISONS)} {right}"


def _parenthesised(text: str) -> str:
    return text if text.replace(".", "").isidentifier() or text.isdigit() else f"({text})"


def _membership(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kind = _one(draw, ("integer", "integer", "decimal", "number", "text", "text", "date"))
    word = _one(draw, ("in", "not in"))
    item = _parenthesised(write(draw, names, kind, depth))
    if kind == "integer" and draw(st.integers(0, 3)) == 0:
        return f"{item} {word} params.codes"
    if kind == "text" and names.values.get("list") and draw(st.integers(0, 5)) == 0:
        return f"{item} {word} tags"
    listed = [_plain(draw, names, kind) for _ in range(draw(st.integers(1, 3)))]
    return f"{item} {word} [{', '.join(listed)}]"


def _plain(draw: DrawFn, names: Names, kind: str) -> str:
    """A constant that is no clock."""
    if kind == "date":
        return _day(draw, names)
    return constant(draw, names, kind)


def _between(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kind = _one(draw, ("integer", "decimal", "number", "text", "date", "timestamp"))
    item, low, high = (
        _parenthesised(write(draw, names, kind, depth)),
        constant(draw, names, kind),
        constant(draw, names, kind),
    )
    return f"{item} {_one(draw, ('between', 'not between'))} {low} and {high}"


def _is_known(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kinds = ("integer", "decimal", "number", "text", "date", "timestamp", "boolean", "list")
    kind = _one(draw, kinds if names.values.get("list") else kinds[:-1])
    return f"{_parenthesised(write(draw, names, kind, depth))} is {_one(draw, ('missing', 'known'))}"


def _text_test(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    test = _one(draw, ("contains", "starts with", "ends with", "matches"))
    negated = _one(draw, ("", "not "))
    left = _parenthesised(write(draw, names, "text", depth))
    if test == "matches":
        return f"{left} {negated}matches {text_constant(_one(draw, _PATTERNS))}"
    return f"{left} {negated}{test} {_parenthesised(_right(draw, names, 'text', 0))}"


def _list_test(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    if not names.values.get("list"):
        return _text_test(draw, names, type, depth)
    listed = ", ".join(text_constant(_one(draw, names.pool.text)) for _ in range(draw(st.integers(1, 3))))
    negated = _one(draw, ("", "not "))
    match _one(draw, ("one", "any", "all")):
        case "one":
            return f"tags {negated}contains {_right(draw, names, 'text', 0)}"
        case quantity:
            return f"tags {negated}contains {quantity} [{listed}]"


def _logic(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    items = [write(draw, names, "boolean", depth) for _ in range(draw(st.integers(2, 3)))]
    return "(" + f" {_one(draw, ('and', 'or'))} ".join(f"({item})" for item in items) + ")"


def _negation(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    return f"not ({write(draw, names, 'boolean', depth)})"


def _in_window(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    item = write(draw, names, _one(draw, ("date", "timestamp")), depth)
    return f"{_parenthesised(item)} is {_window(draw, names, False)}"


def _segment(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    stages = tuple(f"{name}.{label}" for name, labels in names.labels.items() for label in labels)
    tests = tuple(
        f"{name} == {text_constant(label)}"
        for name, labels in names.labels.items()
        for label in labels
        if name != "groups"
    )
    known = (*(f"segments.{name}" for name in (*names.segments, *stages)), *tests)
    return str(_one(draw, known)) if known else _compare_numbers(draw, names, type, depth)


# windows


def _window(draw: DrawFn, names: Names, is_folded: bool) -> str:
    length = _one(draw, (*names.pool.lengths, *names.pool.lengths, "params.window"))
    day, other = sorted((_day(draw, names), _day(draw, names)))
    ago = f"{_one(draw, names.pool.lengths)} ago"
    near, far = sorted(names.pool.lengths, key=lambda length: before(_DAY, LENGTHS[length]), reverse=True)
    calendar = f"in {_one(draw, ('this', 'last'))} {_one(draw, ('week', 'month', 'quarter', 'year'))}"
    forms = [f"in last {length}", f"from {far} ago to {near} ago", f"from {day} to {other}", calendar]
    if is_folded:
        forms += [f"since {day}", f"before {day}", f"since {ago}", f"before {ago}"]
    else:
        forms.append(f"in next {length}")
    return str(_one(draw, forms))


# folds of relations


def _count(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    relation = _one(draw, names.relations)
    return f"count({relation.name}{_qualifiers(draw, names, relation, depth, False)})"


def _quantified(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    relation, function = _one(draw, names.relations), _one(draw, ("any", "none", "every", "every"))
    return f"{function}({relation.name}{_qualifiers(draw, names, relation, depth, function == 'every')})"


def _qualifiers(draw: DrawFn, names: Names, relation: Windowed, depth: int, needs_where: bool) -> str:
    text = ""
    if needs_where or draw(st.integers(0, 4)) > 2:
        text += f" where {write(draw, names.inside(relation), 'boolean', depth)}"
    if relation.has_time and draw(st.integers(0, 2)) == 2:
        text += f" {_window(draw, names, True)}"
    return text


def _folded(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """An aggregate with a value of the type."""
    functions = ["min", "max", "first", "last", "first", "last"]
    if type in _NUMERIC:
        functions.append("sum")
    kind, function = type, _one(draw, functions)
    if type == "number" and draw(st.booleans()):
        kind, function = _one(draw, _NUMERIC), _one(draw, ("avg", "median"))
    if type == "integer" and draw(st.booleans()):
        kind, function = _one(draw, ("integer", "decimal", "text", "date", "boolean")), "count_distinct"
    relations = [one for one in names.relations if kind in one.qualified]
    if not relations:
        return _atom(draw, names, type)
    relation = _one(draw, relations)
    value = _one(draw, relation.qualified[kind])
    if kind in ("integer", "decimal") and draw(st.integers(0, 3)) == 0:
        other = _one(draw, relation.qualified["integer"])
        value = f"{value} {_one(draw, ('+', '-', '*'))} {other}"
    return f"{function}({value}{_qualifiers(draw, names, relation, depth, False)})"


# values


def _arithmetic(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    operator = _one(draw, ("+", "-", "*", "%"))
    if type == "number":
        operator = _one(draw, ("+", "-", "*", "/", "/"))
    kinds = {"integer": ("integer",), "decimal": ("integer", "decimal"), "number": _NUMERIC}[type]
    left, right = write(draw, names, type, depth), write(draw, names, _one(draw, kinds), depth)
    return f"(({left}) {operator} ({right}))"


def _numeric_call(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    if type == "integer":
        function, kind = _one(draw, ("abs", "round", "floor", "ceil")), "integer"
        if function != "abs":
            kind = _one(draw, ("decimal", "number"))
        return f"{function}({write(draw, names, kind, depth)})"
    inner = write(draw, names, type, depth)
    digits = ", 1" if type == "decimal" else ""
    return str(_one(draw, (f"abs({inner})", f"round({inner}{digits})", f"(-({inner}))")))


def _chosen(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    first, second, third = (write(draw, names, type, depth) for _ in range(3))
    test, other = write(draw, names, "boolean", depth), write(draw, names, "boolean", 0)
    forms = [f"if({test}, {first}, {second})", f"coalesce({first}, {second})"]
    forms.append(f"case({test} -> {first}, {other} -> {second}, else {third})")
    if type in ("integer", "decimal", "number", "text", "date", "timestamp"):
        forms.append(f"{_one(draw, ('least', 'greatest'))}({first}, {second}, {third})")
    return str(_one(draw, forms))


def _measure(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    """An integer from another type."""
    day = write(draw, names, _one(draw, ("date", "timestamp")), depth)
    other = write(draw, names, _one(draw, ("date", "timestamp")), depth)
    part = _one(draw, ("year", "quarter", "month", "week", "weekday"))
    return str(
        _one(
            draw,
            (
                f"length({write(draw, names, 'text', depth)})",
                "length(tags)" if names.values.get("list") else "3",
                f"days_since({day})",
                f"days_between({day}, {other})",
                f"{part}({day})",
                f"hour({write(draw, names, 'timestamp', depth)})",
            ),
        )
    )


def _text_call(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    return f"{_one(draw, ('lower', 'upper', 'trim'))}({write(draw, names, 'text', depth)})"


def _shifted(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    lengths = [length for length in (*names.pool.lengths, "1 month") if type == "timestamp" or "hour" not in length]
    return f"({write(draw, names, type, depth)} {_one(draw, ('+', '-'))} {_one(draw, lengths)})"


def _calendar_day(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    unit = _one(draw, ("day", "week", "month", "quarter", "year"))
    day = write(draw, names, _one(draw, ("date", "timestamp")), depth)
    return str(_one(draw, (f"start_of({unit}, {day})", f"date({write(draw, names, 'timestamp', depth)})")))


def _difference(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kind = _one(draw, ("date", "timestamp"))
    return f"({write(draw, names, kind, depth)} - {write(draw, names, kind, depth)})"


Form = Callable[[DrawFn, Names, str, int], str]
_SIMPLE_TESTS = (_compare_numbers, _compare_alike, _compare_days, _membership, _between, _is_known, _text_test)
_FOLDS = (_count, _quantified, _folded)
_FORMS: Mapping[str, tuple[Form, ...]] = {
    "boolean": (
        *(_compare_numbers, _compare_numbers, _compare_numbers, _compare_alike, _compare_alike, _compare_days),
        *(_membership, _between, _is_known, _text_test, _list_test, _logic, _logic, _logic, _negation, _in_window),
        *(_segment, _quantified, _quantified, _quantified, _atom),
    ),
    "integer": (_atom, _count, _count, _folded, _arithmetic, _numeric_call, _chosen, _measure),
    "decimal": (_atom, _folded, _folded, _arithmetic, _numeric_call, _chosen),
    "number": (_atom, _folded, _folded, _arithmetic, _numeric_call, _chosen),
    "text": (_atom, _folded, _text_call, _chosen),
    "date": (_atom, _folded, _shifted, _calendar_day, _chosen),
    "timestamp": (_atom, _folded, _shifted, _chosen),
    "duration": (_difference,),
    "list": (_atom,),
}
