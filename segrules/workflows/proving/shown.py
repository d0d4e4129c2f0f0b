"""An example as people read it, and as a case of tests that they can paste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from segrules.language.core import Aggregate, Column, Expression, Past, Population, Reference
from segrules.language.trees import children
from segrules.language.types import Kind, Type
from segrules.planning.dependencies import definition, parts_inside
from segrules.project.examples import SEGMENTS
from segrules.project.model import Rules
from segrules.workflows.testing.given_rows import GivenRows
from segrules.workflows.testing.row_text import case_of, scalar

_UNSHOWN = (Kind.VERSION, Kind.UNKNOWN)
_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


@dataclass(frozen=True, slots=True)
class Shown:
    """A made-up entity row for which tests hold on an engine.

    values: of the columns and traits that the tests and what they refer to name, by their names in rules; given: its
    rows by table, those of relations, of lookups and of others to whom it is compared too; as_of: the day or instant
    of which this is true; everybody: by thing that is asked about its values by key, where there are several rows.
    """

    entity: str
    key: object
    values: Mapping[str, object] = field(default_factory=dict)
    given: GivenRows = field(default_factory=dict)
    as_of: date | datetime | None = None
    everybody: Mapping[str, Mapping[object, object]] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """`{country: TH, orders: 5, recency_days: 29}`"""
        return "{" + ", ".join(f"{name}: {scalar(_plain(value))}" for name, value in self.values.items()) + "}"

    def case(self, name: str, expect: Mapping[str, object]) -> str:
        """The rows as a case, to be put under `cases:` of a file in tests/.

        expect: by segment whether the row is in it; by segmentation or trait the label or value, None for missing.
        """
        expected = {}
        for thing, value in expect.items():
            values = self.everybody.get(thing, {self.key: value})
            members = ", ".join(scalar(key) for key, one in values.items() if one)
            each = ", ".join(f"{scalar(key)}: {scalar(one)}" for key, one in values.items())
            expected[thing] = f"[{members}]" if isinstance(value, bool) else f"{{{each}}}"
        return case_of(name, self.given, expected, self.as_of)


@dataclass(frozen=True, slots=True)
class Named:
    """A value of an entity row, by the name that rules have for it, or as they write it."""

    name: str
    part: Expression


def named(rules: Rules, tests: Sequence[Expression]) -> tuple[Named, ...]:
    """What tests, and the segments that they refer to, ask of an entity row: each once, in the order met."""
    found: dict[str, Named] = {}
    seen: set[tuple[str, str]] = set()
    for test in tests:
        for one in _named(rules, test, seen):
            if one.part.type.kind not in _UNSHOWN:
                found.setdefault(one.name, one)
    return tuple(found.values())


def _named(rules: Rules, node: Expression, seen: set[tuple[str, str]]) -> Iterator[Named]:
    match node:
        case Reference(to="trait", path=(), name=name):
            yield Named(name, node)
        case Reference(path=(), to=to, name=name):
            if (to, name) not in seen:
                seen.add((to, name))
                yield from _named(rules, definition(rules, (to, name)), seen)
        case Reference(path=path, to=to, name=name, row=row) if row == rules.entity.name:
            yield Named(".".join((*path, f"{SEGMENTS}{name}" if to == "segment" else name)), node)
        case Column(row=row, path=path, name=name) if row == rules.entity.name:
            yield Named(".".join((*path, name)), node)
        case Aggregate() | Population() | Past():
            if node.span is not None:
                yield Named(" ".join(node.span.text.split()), node)
            for part in _inside(node):
                yield from _named(rules, part, seen)
        case _:
            for child in children(node):
                yield from _named(rules, child, seen)


def _inside(node: Aggregate | Population | Past) -> tuple[Expression, ...]:
    """What a fold of an entity row asks of the entity row itself."""
    match node:
        case Aggregate():
            return parts_inside(node)
        case Population():
            return children(node)
        case Past():
            return ()


def shown_value(value: object, type: Type) -> object:
    """A value as people read it: a length of time with its unit."""
    if type.kind is not Kind.DURATION or not isinstance(value, int):
        return value
    length = timedelta(microseconds=value)
    for unit, one in _UNITS:
        if length % one == timedelta(0):
            count = length // one
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{length.total_seconds():g} seconds"


def _plain(value: object) -> object:
    """The value without zeros that say nothing."""
    match value:
        case Decimal():
            return Decimal(format(value.normalize(), "f")) if value else Decimal(0)
        case float() if value.is_integer() and abs(value) < 1e15:
            return int(value)
        case _:
            return value
