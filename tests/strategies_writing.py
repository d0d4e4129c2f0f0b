"""What random rules are made of: the names they may use, constants, and a writer that draws among known forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from strategies_pool import LENGTHS, Pool, before

PATTERNS = ("^T", "H$", "[A-Z]+", "^$", "a.b", "[0-9]", "ไท", "^.$", "(TH|TW)", r"\\")
ELAPSED = ("0 days", "1 day", "24 hours", "36 hours", "90 minutes", "30 days", "1 second", "2 weeks")
SPANS = ("0 seconds", "1 hour", "1 day", "2 days", "30 days", "52 weeks")
_DAY = datetime(2026, 1, 31)
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
NUMERIC = ("integer", "decimal", "number")

Form = Callable[[DrawFn, "Names", str, int], str]
FORMS: dict[str, tuple[Form, ...]] = {}
"""The ways to write an expression of each type; filled by strategies_rules."""

FOLDS: list[Form] = []
"""Those of them that fold a relation, which stand nowhere inside another one."""

SIMPLE_TESTS: list[Form] = []
"""Tests that need no further test inside."""


@dataclass(frozen=True)
class Windowed:
    """A relation that rules may fold: its columns by type, bare and qualified.

    columns: those among the bare ones that are no things of another entity; empty where all of them are columns.
    """

    name: str
    bare: Mapping[str, tuple[str, ...]]
    qualified: Mapping[str, tuple[str, ...]]
    has_time: bool
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """What a rule may name where it stands: values by type, relations to fold, segments, segmentations and stages."""

    pool: Pool
    values: Mapping[str, tuple[str, ...]]
    relations: tuple[Windowed, ...] = ()
    segments: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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
        return replace(self, values=values, relations=(), before=relation.columns or relation.bare)


def write(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    if depth <= 0 or (type != "boolean" and draw(st.integers(0, 2)) == 0):
        return atom(draw, names, type)
    usable = [form for form in FORMS[type] if names.relations or form not in FOLDS]
    return str(one(draw, usable)(draw, names, type, depth - 1))


def one(draw: DrawFn, options: Any) -> Any:
    return draw(st.sampled_from(options))


# atoms


def atom(draw: DrawFn, names: Names, type: str, depth: int = 0) -> str:
    """A column or trait, or now and then a constant."""
    known = names.values.get(type, ())
    if names.before.get(type) and draw(st.integers(0, 5)) == 0:
        return f"previous({one(draw, names.before[type])})"
    if type == "duration":
        return difference(draw, names, type, 0)
    if type == "boolean" and (not known or draw(st.integers(0, 2))):
        return str(one(draw, SIMPLE_TESTS)(draw, names, type, 0))
    if not known or (type not in ("boolean", "list") and draw(st.integers(0, 5)) == 0):
        return constant(draw, names, type)
    return str(one(draw, known))


def constant(draw: DrawFn, names: Names, type: str) -> str:
    match type:
        case "integer":
            return str(one(draw, names.pool.integer))
        case "decimal":
            return str(one(draw, (*names.pool.decimal, "10%", "1_000.5")))
        case "number":
            return str(one(draw, (*names.pool.number, *names.pool.decimal)))
        case "text":
            return text_constant(one(draw, names.pool.text))
        case "boolean":
            return str(one(draw, ("true", "false")))
        case "date":
            return str(one(draw, ("today", a_day(draw, names))))
        case "timestamp":
            return str(one(draw, ("now", instant(draw, names))))
        case _:
            return str(one(draw, ELAPSED))


def text_constant(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def a_day(draw: DrawFn, names: Names) -> str:
    return str(one(draw, names.pool.date))


def instant(draw: DrawFn, names: Names) -> str:
    return str(one(draw, [one for one in names.pool.timestamp if not one.microsecond]).isoformat())


def moment(draw: DrawFn, names: Names) -> str:
    """An instant or day that is the same for every row; one after now counts as now."""
    ago = f"{one(draw, names.pool.lengths)} ago"
    return str(one(draw, (ago, ago, "today", "start_of(month, today)", a_day(draw, names), instant(draw, names))))


def other_side(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    return constant(draw, names, type) if draw(st.booleans()) else write(draw, names, type, depth)


def parenthesised(text: str) -> str:
    return text if text.replace(".", "").isidentifier() or text.isdigit() else f"({text})"


def plain(draw: DrawFn, names: Names, kind: str) -> str:
    """A constant that is no clock."""
    if kind == "date":
        return a_day(draw, names)
    return constant(draw, names, kind)


def difference(draw: DrawFn, names: Names, type: str, depth: int) -> str:
    kind = one(draw, ("date", "timestamp"))
    return f"({write(draw, names, kind, depth)} - {write(draw, names, kind, depth)})"


# windows


def window(draw: DrawFn, names: Names, is_folded: bool) -> str:
    length = one(draw, (*names.pool.lengths, *names.pool.lengths, "params.window"))
    day, other = sorted((a_day(draw, names), a_day(draw, names)))
    ago = f"{one(draw, names.pool.lengths)} ago"
    near, far = sorted(names.pool.lengths, key=lambda length: before(_DAY, LENGTHS[length]), reverse=True)
    units = ("week", "month", "quarter", "year", "fiscal quarter", "fiscal year")
    calendar = f"in {one(draw, ('this', 'last'))} {one(draw, units)}"
    forms = [f"in last {length}", f"from {far} ago to {near} ago", f"from {day} to {other}", calendar]
    if is_folded:
        forms += [f"since {day}", f"before {day}", f"since {ago}", f"before {ago}"]
    else:
        forms.append(f"in next {length}")
    return str(one(draw, forms))
