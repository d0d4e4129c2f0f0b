"""What an expression can name: columns, lookups, relations, traits, segments, params. What the checker looks into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from segrules.language.core import Expression, Literal
from segrules.language.types import Type
from segrules.language.value_lists import ValueList


@dataclass(frozen=True, slots=True)
class ScopeColumn:
    """A column of a row. `values` are the only ones it may have, where the contract says so."""

    name: str
    type: Type
    may_be_missing: bool = True
    values: tuple[bool | int | Decimal | str | date | datetime, ...] | None = None


@dataclass(frozen=True, slots=True)
class ScopeTrait:
    """A trait already checked; one that has a finding is of type UNKNOWN and has no expression."""

    type: Type
    may_be_missing: bool
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class Things:
    """What rules say of an entity's rows, for a lookup that leads to one: as in Scope, of that entity."""

    entity: str
    traits: Mapping[str, ScopeTrait]
    segments: frozenset[str]
    segmentations: Mapping[str, tuple[tuple[str, ...], str]]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What names can reach from one row of an entity, relation or lookup. Only relations have `time` and `order`.

    things: of a lookup that leads to another entity, what that entity's rules name. Such lookups may lead in circles.
    """

    name: str
    columns: Mapping[str, ScopeColumn]
    lookups: Mapping[str, Row]
    key: str | None = None
    time: str | None = None
    order: str | None = None
    things: Things | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rules of one entity can name.

    segments: names of segments, and of stages as `lifecycle.churned`.
    segmentations: per name its labels and its hit policy (first, unique, any).
    lists: the lists of values in files of their own, by the names of the files.
    entities: the names of all entities of the project.
    fiscal_year_starts: the month in which fiscal years start.
    guesses: what unknown names were taken for so far; a column that is renamed is one in a thousand rules.
    """

    entity: Row
    relations: Mapping[str, Row]
    traits: Mapping[str, ScopeTrait]
    segments: frozenset[str]
    segmentations: Mapping[str, tuple[tuple[str, ...], str]]
    params: Mapping[str, Literal]
    lists: Mapping[str, ValueList] = field(default_factory=dict)
    entities: frozenset[str] = frozenset()
    fiscal_year_starts: int = 1
    guesses: dict[object, str | None] = field(default_factory=dict, compare=False, repr=False)
