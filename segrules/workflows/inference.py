"""The columns that data suggests, and their types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from segrules.engines.engine import Engine
from segrules.language.types import (
    BOOLEAN,
    DATE,
    DEFAULT_DECIMAL,
    INTEGER,
    MAX_PRECISION,
    NUMBER,
    TEXT,
    TIMESTAMP,
    Kind,
    Type,
    decimal,
    list_of,
)
from segrules.project.model import Column
from segrules.sql import DIALECTS, scans
from segrules.sql.inference import Profile, profile, profiles
from segrules.sql.scans import Table
from segrules.sql.stored_values import WIDEST, stored_type
from segrules.sql.text import text


def infer_columns(engine: Engine, table: Table) -> tuple[Column, ...]:
    """The columns of a table that rules can use, each with the narrowest type that holds all its values.

    Text is looked through as a whole: a code with a leading zero anywhere makes its column text.
    """
    if table.kind not in ("csv", "json"):
        natural = [(stored, scans.natural(kind, DIALECTS[engine.dialect])) for stored, kind in table.physical]
        return tuple(Column(stored, type) for stored, type in natural if type is not None)
    found = _profiles(engine, table, range(len(table.physical)))
    typed = [(table.physical[place][0], _type(profile)) for place, profile in found.items()]
    return tuple(Column(stored, type) for stored, type in typed if type is not None and stored)


def with_scales(engine: Engine, table: Table, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, every plain `decimal` with the digits that its stored values have."""
    open_ones = [item for item in columns if item.type.kind is Kind.DECIMAL and item.type.precision is None]
    places = {item.name: place for item in open_ones if (place := scans.position(table, item.name)) is not None}
    if not places:
        return tuple(columns)
    types: dict[str, Type] = {}
    if table.kind in ("csv", "json"):
        found = _profiles(engine, table, list(places.values()))
        types = {name: _decimal(found[place]) for name, place in places.items()}
    else:
        for name, place in places.items():
            stored = stored_type(table.physical[place][1], DIALECTS[engine.dialect].storage.types)
            is_decimal = stored.base == "DECIMAL"
            digits = (stored.precision, stored.scale) if stored.precision else WIDEST
            types[name] = decimal(*(digits if is_decimal else DEFAULT_DECIMAL))
    return tuple(replace(item, type=types.get(item.name, item.type)) for item in columns)


def _profiles(engine: Engine, table: Table, places: Sequence[int]) -> Mapping[int, Profile]:
    (row,) = engine.run(text(profile(table, places), DIALECTS[engine.dialect]))
    return dict(zip(places, profiles(row, len(places)), strict=True))


def _type(found: Profile) -> Type | None:
    if found.objects:
        return None
    if found.lists:
        return list_of(TEXT) if found.lists == found.known else None
    if found.known == 0:
        return TEXT
    choices: list[tuple[int, Type]] = [(found.day, DATE), (found.moment, TIMESTAMP), (found.truth, BOOLEAN)]
    if not found.quoted and (found.whole == found.known or found.behind or found.float > found.fraction):
        # digits alone that are too many for an integer are somebody's numbering, not a quantity
        choices = [(found.whole, INTEGER), (found.fraction, _decimal(found)), (found.float, NUMBER), *choices]
    return next((type for count, type in choices if count == found.known), TEXT)


def _decimal(found: Profile) -> Type:
    scale = min(found.behind, MAX_PRECISION - min(found.before, MAX_PRECISION))
    return decimal(min(max(found.before + scale, DEFAULT_DECIMAL[0]), MAX_PRECISION), scale)
