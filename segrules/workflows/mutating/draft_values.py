"""A row made up so far: its values, what expressions come to by them, and values to give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from segrules.language.core import (
    Aggregate,
    Call,
    Column,
    Duration,
    Expression,
    Literal,
    Reference,
)
from segrules.language.trees import relation_of
from segrules.language.types import Kind
from segrules.planning.time import AsOf, shift_date, shift_instant, start_of_day, to_local, to_utc
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Rules
from segrules.workflows.mutating.near_values import folded

Place = tuple[tuple[str, ...], str]
"""A path of lookups and the name of a column, trait or segment at its end."""
Cells = dict[Place, object]
_PICKING = ("first", "last", "mode", "min", "max")
Scopes = Mapping[str, Cells]
"""By the label of a row its values so far."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The values of one entity row, and its rows in each stored relation, as far as something was found for them."""

    cells: Cells = field(default_factory=dict)
    rows: dict[str, list[Cells]] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """How many values it has; of two with as many the one with fewer rows is the simpler one."""
        rows = [row for rows in self.rows.values() for row in rows]
        known = sum(value is not None for row in (self.cells, *rows) for value in row.values())
        return len(self.cells) + sum(len(row) + 1 for row in rows), known


@dataclass(frozen=True, slots=True)
class Maker:
    """What drafts are made with: the rules, the columns of contracts by table and place, the moment, a source of luck.

    give_rows: makes rows for which an aggregate comes to a value, which is `draft_rows.give_rows`.
    """

    rules: Rules
    columns: Mapping[tuple[str, Place], StoredColumn]
    moment: AsOf
    luck: Random
    give_rows: Callable[[Aggregate, object, Scopes, Draft, Maker], None]

    def scopes(self, draft: Draft) -> dict[str, Cells]:
        return {self.rules.entity.name: draft.cells}


def value_of(node: Expression, scopes: Scopes, draft: Draft, maker: Maker) -> object:
    """What an expression comes to by the values so far, timestamps in UTC; None where that is not known."""
    match node:
        case Literal(value=value):
            return value
        case Column(row=row, path=path, name=name):
            found = scopes.get(row, {}).get((path, name))
            return to_utc(found, maker.moment.zone) if isinstance(found, datetime) else found
        case Reference(path=path, name=name):
            return scopes[maker.rules.entity.name].get((path, name))
        case Call(function="shift", arguments=(item, Literal(value=Duration() as length))):
            start, zone = value_of(item, scopes, draft, maker), maker.moment.zone
            if node.type.kind is Kind.TIMESTAMP and type(start) is date:
                start = start_of_day(start, zone)
            if isinstance(start, datetime):
                return shift_instant(start, length, zone)
            return shift_date(start, length) if isinstance(start, date) else None
        case Call(function="date", arguments=(item, *_)):
            instant = value_of(item, scopes, draft, maker)
            return to_local(instant, maker.moment.zone).date() if isinstance(instant, datetime) else instant
        case Call(function="local" | "from_local", arguments=(item, *_)):
            return value_of(item, scopes, draft, maker)
        case Call(arguments=arguments):
            return folded(node, tuple(value_of(part, scopes, draft, maker) for part in arguments))
        case Aggregate(where=None, window=None):
            return _folded_rows(node, scopes, draft, maker)
        case _:
            return None


def _folded_rows(node: Aggregate, scopes: Scopes, draft: Draft, maker: Maker) -> object:
    """What an aggregate of all rows comes to by the rows so far; None where there are none, or that is not known."""
    rows = draft.rows.get(node.relation, [])
    if node.function == "count":
        return len(rows) or None
    values = [value_of(node.value, {**scopes, node.row: row}, draft, maker) for row in rows if node.value is not None]
    known = [value for value in values if value is not None]
    are_alike = len({Decimal if isinstance(value, int) else type(value) for value in known}) == 1
    match node.function:  # a made-up row may hold a value of another kind, which has no place among the others
        case "min" if are_alike:
            return min(known)  # type: ignore[type-var]
        case "max" if are_alike:
            return max(known)  # type: ignore[type-var]
        case "sum" if known and all(isinstance(value, int | Decimal) for value in known):
            return sum(map(Decimal, known), Decimal(0))  # type: ignore[arg-type]
        case "count_distinct" if known:
            return len(set(known))
        case _:
            return None


def some_value(node: Expression, maker: Maker) -> object:
    """Any value of an expression's type that is not missing."""
    return maker.luck.choice(tuple(_some_values(node, maker)))


def _some_values(node: Expression, maker: Maker) -> Iterator[object]:
    contract = contract_of(node, maker)
    if contract is not None and contract.values:
        yield from contract.values
        return
    match node.type.kind:
        case Kind.BOOLEAN:
            yield from (True, False)
        case Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER:
            yield from (Decimal(1), Decimal(2), Decimal(10), Decimal(100), Decimal(100), Decimal(1000))
        case Kind.DATE:
            yield from (maker.moment.today - timedelta(days=days) for days in (1, 2, 10, 40))
        case Kind.TIMESTAMP:
            yield from (maker.moment.now - timedelta(days=days, hours=1) for days in (1, 2, 10, 40))
        case Kind.LIST:
            yield ("other",)
        case _:
            yield "other"


def contract_of(node: Expression, maker: Maker) -> StoredColumn | None:
    """The contract of a column, or of the one whose values an aggregate picks; of other expressions there is none."""
    if isinstance(node, Aggregate) and node.function in _PICKING and node.value is not None:
        node = node.value
    if not isinstance(node, Column):
        return None
    return maker.columns.get((relation_of(node.row), (node.path, node.name)))


def other_value(item: Expression, values: tuple[object, ...], maker: Maker) -> object:
    """A value for an expression that is none of some."""
    contract = contract_of(item, maker)
    if contract is not None and contract.values:
        others = [value for value in contract.values if value not in values]
        return maker.luck.choice(others) if others else None
    if values and isinstance(values[0], str):
        return "other" if "other" not in values else "another"
    if values and isinstance(values[0], datetime):
        return max(values) + timedelta(seconds=1)  # type: ignore[type-var,operator]
    if values and isinstance(values[0], date):
        return max(values) + timedelta(days=1)  # type: ignore[type-var,operator]
    return max(values) + 1 if values and isinstance(values[0], int | Decimal) else None  # type: ignore[type-var,operator]
