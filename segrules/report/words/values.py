"""Values in plain words, as nouns: columns, traits, calculations, choices."""

from __future__ import annotations

from collections.abc import Mapping

from segrules.language.core import (
    Aggregate,
    Call,
    Clock,
    Column,
    Duration,
    Expression,
    If,
    Literal,
    Past,
    Population,
    Reference,
)
from segrules.language.trees import relation_of
from segrules.report.words.constants import constant
from segrules.report.words.moments import moment, of_day
from segrules.report.words.names import listed, readable, singular
from segrules.report.words.speaker import Speaker

_BETWEEN: Mapping[str, str] = {
    "add": "plus",
    "subtract": "minus",
    "multiply": "times",
    "divide": "divided by",
}
_BEHIND: Mapping[str, str] = {
    "abs": "without its sign",
    "floor": "rounded down",
    "ceil": "rounded up",
    "lower": "in lower case",
    "upper": "in upper case",
    "trim": "without blanks around it",
    "version": "as a version",
}
_OF: Mapping[str, str] = {
    "negate": "minus",
    "length": "the number of characters of",
    "list_length": "the number of values of",
    "date": "the day of",
    "instant": "the start of",
    "first_day_from": "the first day from",
    "year": "the year of",
    "quarter": "the quarter of",
    "month": "the month of",
    "week": "the week of the year of",
    "weekday": "the weekday of",
    "hour": "the hour of",
}

_OF_DAYS = frozenset(("year", "quarter", "month", "week", "weekday"))


def column(node: Column, speaker: Speaker) -> str:
    """A column, with whose it is where that is not the row that is spoken of."""
    return _owned(_named(node), node.row, speaker)


def thing(node: Reference, speaker: Speaker) -> str:
    """A trait, segment or segmentation by its name."""
    return _owned(_named(node), node.row or speaker.entity, speaker)


def _named(node: Column | Reference) -> str:
    """A name behind the lookups that lead to it; `product.product_category` says `product` once."""
    name, path = readable(node.name), [readable(step) for step in node.path]
    return " ".join((*(path[:-1] if path and name.startswith(f"{path[-1]} ") else path), name))


def _owned(name: str, row: str, speaker: Speaker) -> str:
    if row == speaker.row:
        return name
    if row == speaker.entity:
        return f"the {readable(row)}'s {name}"
    if relation_of(row) == relation_of(speaker.row):
        return f"the other {singular(relation_of(row))}'s {name}"
    return f"the {singular(relation_of(row))}'s {name}"


def past(node: Past, speaker: Speaker) -> str:
    return f"{speaker.value(node.item)} {at_moment(node.moment, speaker)}"


def at_moment(node: Expression, speaker: Speaker) -> str:
    """When something was asked, as it stands behind a verb: `30 days ago`, `at the end of 31 December 2025`."""
    match node:
        case Call(function="instant", arguments=(Call(function="shift", arguments=(day, Literal(value=by))),)) if (
            by == Duration(1, "day")
        ):
            return f"at the end of {speaker.value(day)}"
        case Call(function="shift", arguments=(Clock(reading="now"), _)) | Clock():
            return speaker.value(node)
        case _:
            return f"at {speaker.value(node)}"


def choice(node: If, speaker: Speaker) -> str:
    """`a if …, else b`."""
    arms = [f"{speaker.value(value)} if {speaker.test(test)}" for test, value in node.arms]
    is_open = isinstance(node.otherwise, Literal) and node.otherwise.value is None
    return f"({'; '.join(arms)}; else {'missing' if is_open else speaker.value(node.otherwise)})"


def call(node: Call, speaker: Speaker) -> str:
    """A scalar function that is not a test."""
    said = moment(node, speaker) or _of_dates(node, speaker)
    if said is not None:
        return said
    function = node.function
    arguments = tuple(map(of_day, node.arguments)) if function in _OF_DAYS else node.arguments
    parts = [_part(argument, function, speaker) for argument in arguments]
    if function == "multiply" and parts[0].endswith("%"):
        return f"{parts[0]} of {parts[1]}"
    if function in _BETWEEN:
        return f"{parts[0]} {_BETWEEN[function]} {parts[1]}"
    if function in _BEHIND:
        return f"{parts[0]} {_BEHIND[function]}"
    if function in _OF:
        return f"{_OF[function]} {parts[0]}"
    return _of_several(function, node, parts)


def _of_dates(node: Call, speaker: Speaker) -> str | None:
    match node.function, node.arguments:
        case "days_between", (start, Clock(reading="today")):
            return f"days since {_undated(start, speaker)}"
        case "days_between", (start, end):
            return f"days from {_undated(start, speaker)} to {_undated(end, speaker)}"
        case "elapsed", (start, end):
            return f"the time from {speaker.value(start)} to {speaker.value(end)}"
        case "anniversary", (start, *_):
            return f"the next anniversary of {_undated(start, speaker)}"
        case ("year" | "quarter") as unit, (Call(function="shift", arguments=(day, *_)),) if _is_fiscal(node):
            return f"the fiscal {unit} of {_undated(day, speaker)}"
        case (("local" | "from_local"), (inner, *_)):
            return speaker.value(inner)
        case _:
            return None


def _is_fiscal(node: Call) -> bool:
    return node.span is not None and node.span.words.startswith("fiscal_")


def _undated(node: Expression, speaker: Speaker) -> str:
    return speaker.value(of_day(node))


def _of_several(function: str, node: Call, parts: list[str]) -> str:
    match function:
        case "modulo":
            return f"the remainder of {parts[0]} divided by {parts[1]}"
        case "round" if len(parts) > 1:
            return f"{parts[0]} rounded to {parts[1]} {'digit' if parts[1] == '1' else 'digits'}"
        case "round":
            return f"{parts[0]} rounded"
        case "least":
            return f"the smallest of {listed(parts, 'and')}"
        case "greatest":
            return f"the largest of {listed(parts, 'and')}"
        case "coalesce":
            return f"{parts[0]} (where missing: {', or else '.join(parts[1:])})"
        case "known_list":
            return f"the known ones of {listed(parts, 'and')}"
        case "distance_km":
            return f"the distance in km from {parts[0]}, {parts[1]} to {parts[2]}, {parts[3]}"
        case "bucket":
            seed = node.arguments[2] if len(node.arguments) > 2 else None
            named = f", seed “{seed.value}”" if isinstance(seed, Literal) and seed.value else ""
            return f"the random group (1 to {parts[1]}{named}) of the key"
        case _:
            return f"{readable(function)} of {listed(parts, 'and')}"


def _part(node: Expression, function: str, speaker: Speaker) -> str:
    """A part of a calculation, in parentheses where it is long itself."""
    said = constant(node) if isinstance(node, Literal) else speaker.value(node)
    match node:
        case Call(function=inner) if inner in (*_BETWEEN, "negate", "modulo") and inner != function:
            return f"({said})"
        case Call(function="subtract" | "divide"):
            return f"({said})"
        case Aggregate() | Population() if function in _BETWEEN and " " in said:
            return f"({said})"
        case _:
            return said
