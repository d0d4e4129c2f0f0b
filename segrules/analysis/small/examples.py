"""From one value for each thing to a row: values of columns and lists, and rows of relations that are counted so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from segrules.analysis.answers import Cells, Example, Place
from segrules.analysis.small.constants import instant_of
from segrules.analysis.small.formulas import Thing
from segrules.analysis.small.search import State
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.values import Values
from segrules.language.core import Column
from segrules.language.types import Kind, Type
from segrules.planning.time import to_local


def example_of(theory: Theory, row: State) -> Example | None:
    """The row that things with these values are; None where they cannot be written down."""
    try:
        return Example(cells_of(theory, theory.rules.entity.name, row))
    except Unwritten:
        return None


class Unwritten(Exception):
    """A value that has no plain form, such as a third."""


def cells_of(theory: Theory, label: str, row: State) -> Cells:
    """The values of the columns of a row with a label."""
    found: dict[Place, object] = {}
    for thing, values in row.items():
        if isinstance(thing.node, Column) and thing.node.row == label and not values.missing:
            place = (thing.node.path, thing.node.name)
            if thing.node.type.kind is Kind.LIST:
                found[place] = _list_of(thing, row, theory.moment.zone)
            else:
                found[place] = python_value(values.edges[0][0], thing.node.type, theory.moment.zone)
    return found


def _list_of(thing: Thing, row: Mapping[Thing, Values], zone: str) -> tuple[object, ...]:
    """The elements that a list must have, and as many as it must."""
    assert thing.node is not None
    element = thing.node.type.element
    held = [
        one.about for one, values in row.items() if one.group == thing.group and one.about[0] == "has" and values.has(1)
    ]
    length = next(
        (values for one, values in row.items() if one.group == thing.group and one.about[0] == "length"), None
    )
    wanted = len(held) if length is None else length.edges[0][0]
    if element is None or wanted < len(held):
        raise Unwritten
    own = [python_value(value, element, zone) for value in sorted(one[1] for one in held)]
    if wanted > len(own) and not own and element.kind is not Kind.TEXT:
        raise Unwritten
    return (*own, *[own[0] if own else "another"] * (wanted - len(own)))


def python_value(value: Any, type: Type, zone: str) -> object:
    """A value as rows have it."""
    match type.kind:
        case Kind.BOOLEAN:
            return bool(value)
        case Kind.DATE:
            return date.fromordinal(value)
        case Kind.TIMESTAMP:
            return to_local(instant_of(value), zone)
        case Kind.NUMBER:
            return float(value)
        case Kind.DECIMAL:
            return _decimal(Fraction(value))
        case _:
            return value


def _decimal(value: Fraction) -> Decimal:
    found = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(found) != value:
        raise Unwritten
    return found
