"""Values that are not looked into, as things: what each can be by the language and by the contract."""

from __future__ import annotations

from fractions import Fraction

from segrules.analysis.small.constants import unit_of
from segrules.analysis.small.contract import promises_of
from segrules.analysis.small.formulas import Thing
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.values import ANYTHING, EVERYTHING, MISSING, Values, between
from segrules.language.core import (
    Aggregate,
    Call,
    Column,
    Element,
    Elements,
    Expression,
    Literal,
    Past,
    Population,
    Previous,
    Reference,
)
from segrules.language.functions import missing_rule
from segrules.language.types import Kind

RANGES: dict[str, tuple[int | None, int | None]] = {
    "length": (0, None),
    "list_length": (0, None),
    "year": (1, 9999),
    "quarter": (1, 4),
    "month": (1, 12),
    "week": (1, 53),
    "weekday": (1, 7),
    "hour": (0, 23),
    "abs": (0, None),
    "distance_km": (0, None),
    "rank": (1, None),
    "percent_rank": (0, 1),
}
"""The least and the most of what functions give."""


ORDER = ("order",)
"""The group of things that say how two others stand to each other."""


def between_two(theory: Theory, keys: tuple[int, int], sides: tuple[Thing | None, Thing | None]) -> tuple[Thing, bool]:
    """What stands between two values, as a thing: -1, 0 or 1; and whether they are told in the other order."""
    is_turned = keys[0] > keys[1]
    if is_turned:
        keys, sides = (keys[1], keys[0]), (sides[1], sides[0])
    return theory.thing(("order", *keys), None, between(-1, 1), unit=1, group=ORDER, about=sides), is_turned


def is_plain_thing(node: Expression) -> bool:
    """Whether a value is nothing but a thing: it is missing where that is, and else what that is."""
    return isinstance(node, Column | Population | Past | Reference)


def thing_of(theory: Theory, node: Expression) -> Thing:
    """The thing that a value is. Its frame has a missing value only where that is not said by what stands inside."""
    number = theory.key(node)
    key = ("value", number)
    if key in theory.things:
        return theory.things[key]
    kind = node.type.kind
    group = ("text", number) if kind is Kind.TEXT else ("list", number) if kind is Kind.LIST else None
    about = ("list",) if kind is Kind.LIST else None
    if isinstance(node, Column):
        frame, promises = promises_of(theory.rules, node, theory.moment)
        frame = frame & _of_type(node)
        unit = unit_of(node.type)
        return theory.thing(key, node, frame, promises=promises, unit=unit, group=group, about=about)
    if isinstance(node, Call) and node.function == "list_length":
        group, about = ("list", theory.key(node.arguments[0])), ("length",)
    frame = _of_type(node) & _of_function(node)
    return theory.thing(key, node, frame, unit=_unit(node), group=group, about=about)


def _unit(node: Expression) -> Fraction | int | None:
    return None if node.type.kind is Kind.DECIMAL else unit_of(node.type)


def _of_type(node: Expression) -> Values:
    frame = between(0, 1) if node.type.kind is Kind.BOOLEAN else ANYTHING
    return frame | MISSING if _own_missing(node) else frame


def _own_missing(node: Expression) -> bool:
    """Whether the value may be missing even where everything inside is known."""
    match node:
        case Column() | Previous():
            return True
        case Reference(to=to):
            return to != "segment"
        case Past(item=item):
            return item.to != "segment"
        case Population(is_overall=is_overall):
            return is_overall  # else it is known exactly where its value is
        case Call(function=function, type=type):
            return missing_rule(function, ()) or type.kind is Kind.NUMBER  # a float that grew without bound
        case Aggregate(type=type):
            return type.kind is Kind.NUMBER
        case Element() | Elements() | Literal():
            return False
        case _:
            return False


def _of_function(node: Expression) -> Values:
    match node:
        case Call(function="bucket", arguments=(_, Literal(value=int() as most), *_)):
            return between(1, most).or_missing()
        case Population(function="ntile" | "quantile_bin", argument=Literal(value=int() as most)):
            return between(1, most).or_missing()
        case Population(is_overall=True):
            return EVERYTHING
        case Call(function=function) | Population(function=function) if function in RANGES:
            return between(*RANGES[function]).or_missing()
        case Elements(function="count"):
            return between(0, None)
        case _:
            return EVERYTHING
