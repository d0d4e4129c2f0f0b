"""Rows made up for a question as rows of tables that keep the promises of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from segrules.language.types import Kind, Type
from segrules.planning.time import AsOf, to_local
from segrules.project.model import Column, Project, Rules
from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.mutating.draft_worlds import World, world
from segrules.workflows.sources import owners

_LARGEST, _HUGE = 2**63 - 1, 1e300
_YEARS = range(1000, 9001)  # of which every engine and every zone can tell the days

Rows = Mapping[str, Sequence[Mapping[str, object]]]
"""Rows by table."""
_NONE: Rows = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ground:
    """What made-up rows stand on. columns: by table those of the contract; key: of a row whose key does not matter."""

    project: Project
    rules: Rules
    moment: AsOf
    columns: Mapping[str, Mapping[str, Column]]
    key: object


def ground_of(project: Project, rules: Rules, moment: AsOf, key: object) -> Ground:
    """The ground of an entity's rows."""
    columns = {table: {column.name: column for column in owner.columns} for table, owner in owners(project)}
    return Ground(project, rules, moment, columns, key)


def plausible_world(draft: Draft, ground: Ground, others: Rows = _NONE) -> World | None:
    """The rows that a draft stands for, with a value where none may be missing; None where they break the contract.

    others: rows of other entity rows beside them.
    """
    place = ((), ground.rules.entity.key)
    keyed = Draft({**draft.cells, place: ground.key}, draft.rows) if draft.cells.get(place) is None else draft
    try:
        made = world(keyed, ground.rules, ground.project, ground.moment)
    except (ValueError, ArithmeticError, KeyError):
        return None
    given: dict[str, list[dict[str, object]]] = {}
    for table, columns in ground.columns.items():  # an entity of a relation's keys has no table to put rows into
        if table not in made.given:
            continue
        given[table] = [_completed(row, columns, ground.moment) for row in made.given[table]]
        if not all(_keeps(row, columns) for row in given[table]):
            return None
    entity = ground.rules.entity
    for table, rows in others.items():
        if table == entity.name and any(row[entity.key] == made.key for row in rows):
            return None
        given.setdefault(table, []).extend(map(dict, rows))
    return World(made.key, given)


def _completed(row: Mapping[str, object], columns: Mapping[str, Column], moment: AsOf) -> dict[str, object]:
    """The row with a value for each column that is never missing, values as their types have them."""
    found = {name: stored(value, columns[name].type) for name, value in row.items() if name in columns}
    for name, column in columns.items():
        if column.never_missing and found.get(name) is None:
            found[name] = usual(column, moment)
    return found


def _keeps(row: Mapping[str, object], columns: Mapping[str, Column]) -> bool:
    return all(keeps(value, columns[name]) for name, value in row.items())


def keeps(value: object, column: Column) -> bool:
    """Whether a value is one that the contract of its column allows, and one that its type has."""
    if value is None:
        return not column.never_missing
    if not _is_of(value, column.type):
        return False
    if column.values is not None and value not in column.values:
        return False
    if column.least is not None and value < column.least:  # type: ignore[operator]
        return False
    return column.most is None or value <= column.most  # type: ignore[operator]


def _is_of(value: object, type: Type) -> bool:
    match type.kind:
        case Kind.BOOLEAN:
            return isinstance(value, bool)
        case Kind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST
        case Kind.DECIMAL:
            return isinstance(value, Decimal) and _fits(value, type)
        case Kind.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _HUGE
        case Kind.TEXT:
            return isinstance(value, str) and not any(one == "\0" or "\ud800" <= one <= "\udfff" for one in value)
        case Kind.DATE:
            return isinstance(value, date) and not isinstance(value, datetime) and value.year in _YEARS
        case Kind.TIMESTAMP:
            return isinstance(value, datetime) and value.year in _YEARS
        case Kind.LIST if type.element is not None:
            return isinstance(value, tuple) and all(part is None or _is_of(part, type.element) for part in value)
        case _:
            return False


def _fits(value: Decimal, type: Type) -> bool:
    if not value.is_finite() or abs(value) >= Decimal(10) ** type.digits_before:
        return False
    return value == value.quantize(Decimal(1).scaleb(-type.digits_behind)) if value else True


def stored(value: object, type: Type) -> object:
    """A value in the Python type that a column's values have, where that changes nothing of it."""
    match type.kind:
        case Kind.INTEGER if isinstance(value, Decimal | Fraction) and value == int(value):
            return int(value)
        case Kind.DECIMAL if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(format(Decimal(value), "f"))
        case Kind.DECIMAL if isinstance(value, Fraction):
            found = Decimal(value.numerator) / Decimal(value.denominator)
            return found if Fraction(found) == value else value
        case Kind.NUMBER if isinstance(value, Fraction | Decimal):
            return float(value)
        case Kind.LIST if isinstance(value, list):
            return tuple(value)
        case _:
            return value


def usual(column: Column, moment: AsOf) -> object:
    """Any value that a column may have."""
    if column.values:
        return column.values[0]
    return within(_usual_of(column.type, moment), column)


def _usual_of(type: Type, moment: AsOf) -> object:
    match type.kind:
        case Kind.BOOLEAN:
            return False
        case Kind.INTEGER:
            return 1
        case Kind.DECIMAL:
            return Decimal(1)
        case Kind.NUMBER:
            return 1.0
        case Kind.DATE:
            return moment.today - timedelta(days=30)
        case Kind.TIMESTAMP:
            day = to_local(moment.now, moment.zone).date() - timedelta(days=30)
            return datetime(day.year, day.month, day.day, 12)
        case Kind.LIST:
            return ()
        case _:
            return "example"


def within(value: object, column: Column) -> object:
    """The value moved into the bounds of its column."""
    if column.least is not None and value < column.least:  # type: ignore[operator]
        return stored(column.least, column.type)
    if column.most is not None and value > column.most:  # type: ignore[operator]
        return stored(column.most, column.type)
    return value
