"""Tests in plain words, as sentences without their subject's row: `recency days is under 30`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from segrules.language.core import (
    Aggregate,
    Call,
    Clock,
    Column,
    Compare,
    Elements,
    Expression,
    If,
    IsMissing,
    Literal,
    Membership,
    Past,
    Population,
    Reference,
)
from segrules.language.functions import missing_rule
from segrules.language.trees import may_be_missing
from segrules.language.types import Kind
from segrules.report.words.aggregates import counted, row_test
from segrules.report.words.constants import constant, number, values
from segrules.report.words.moments import BEFORE_AFTER, of_day
from segrules.report.words.names import listed, readable
from segrules.report.words.populations import population_test
from segrules.report.words.speaker import Speaker
from segrules.report.words.values import at_moment

_NUMBERS: Mapping[str, str] = {"<": "under", "<=": "at most", ">": "over", ">=": "at least", "==": ""}
_OPPOSITE: Mapping[str, str] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!="}
_TURNED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
_OF_TEXT: Mapping[str, tuple[str, str]] = {
    "contains": ("contains", "does not contain"),
    "starts_with": ("starts with", "does not start with"),
    "ends_with": ("ends with", "does not end with"),
    "matches": ("matches the pattern", "does not match the pattern"),
    "list_contains": ("has", "does not have"),
    "contains_any": ("has at least one of", "has none of"),
    "contains_all": ("has all of", "does not have all of"),
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def compare(node: Compare, speaker: Speaker, is_denied: bool) -> str:
    """A comparison, the constant last."""
    operator, left, right = str(node.operator), node.left, node.right
    if isinstance(left, Literal) and not isinstance(right, Literal):
        operator, left, right = _TURNED[operator], right, left
    if (parts := _at_least(node)) is not None:
        least = f"{'fewer than' if is_denied else 'at least'} {number(_count(right))}"
        return f"{least} of these hold: {'; '.join(speaker.test(part) for part in parts)}"
    match left, right:
        case Aggregate(function="count"), Literal(value=int() as many) if not isinstance(many, bool) and many >= 0:
            return counted(left, _OPPOSITE[operator] if is_denied else operator, many, speaker)
        case _, Literal(value=bool() as truth) if operator == "==":
            return _truth(left, truth, speaker, is_denied)
    subject, verb, what = _sides(left, right, operator, speaker)
    if not is_denied:
        return f"{subject} {verb} {what}"
    gap = _missing(node, speaker)
    if operator == "==":
        return f"{subject} is not {what}{f' (or {gap})' if gap else ''}"
    return f"{subject} {_verb(_OPPOSITE[operator], left)} {what}{f', or {gap}' if gap else ''}"


def _sides(left: Expression, right: Expression, operator: str, speaker: Speaker) -> tuple[str, str, str]:
    """The subject, the verb and what it is compared with."""
    subject = left if _is_call(right, "date") else of_day(left)  # a moment compared with a day goes by its day
    return speaker.value(subject), _verb(operator, left), _object(left, right, operator, speaker)


def _is_from_now(node: Expression) -> bool:
    return isinstance(node, Call) and node.function == "shift" and isinstance(node.arguments[0], Clock)


def _is_call(node: Expression, function: str) -> bool:
    return isinstance(node, Call) and node.function == function


def _verb(operator: str, left: Expression) -> str:
    if operator == "==":
        return "is"
    if operator == "!=":
        return "is not"
    if left.type.kind is Kind.TEXT:
        words = {"<": "comes before", "<=": "is or comes before", ">": "comes after", ">=": "is or comes after"}
        return words[operator]
    if left.type.kind is Kind.DATE:
        return f"is {BEFORE_AFTER[operator]}"
    if left.type.kind is Kind.TIMESTAMP:
        return f"is {BEFORE_AFTER[operator].replace('on or', 'at or')}"
    return f"is {_NUMBERS[operator]}"


def _object(left: Expression, right: Expression, operator: str, speaker: Speaker) -> str:
    if isinstance(right, Call) and right.function in ("first_day_from", "date") and _is_from_now(right.arguments[0]):
        return speaker.value(right.arguments[0])
    if not isinstance(right, Literal):
        return speaker.value(right)
    match left, right.value:
        case Call(function="weekday"), int() as day if operator == "==" and 1 <= day <= 7:
            return _DAYS[day - 1]
        case Call(function="month"), int() as month if operator == "==" and 1 <= month <= 12:
            return f"{date(2000, month, 1):%B}"
    is_plain = isinstance(left, Call) and left.function == "year"
    is_share = isinstance(left, Aggregate | Population) and left.function in ("share", "percent_rank")
    is_share = is_share and isinstance(right.value, Decimal | int)
    is_name = operator == "==" and isinstance(left, Column) and left.type.kind is Kind.INTEGER
    return constant(right, is_share=is_share, is_grouped=not (is_plain or is_name))


def _truth(left: Expression, truth: bool, speaker: Speaker, is_denied: bool) -> str:
    said = f"{speaker.value(left)} is {'not ' if is_denied else ''}{'true' if truth else 'false'}"
    if is_denied and is_missing(left, speaker):
        return f"{said} (or is missing)"
    return said


def _missing(node: Compare, speaker: Speaker) -> str:
    """What of a comparison may be missing, so that its complement holds."""
    sides = [side for side in (node.left, node.right) if is_missing(side, speaker)]
    if len(sides) == 2:
        return "one of the two is missing"
    if not sides:
        return ""
    return "is missing" if sides[0] == node.left else f"{speaker.value(sides[0])} is missing"


def is_missing(node: Expression, speaker: Speaker) -> bool:
    """Whether a value may be missing, beside what is said to be known."""
    if isinstance(node, Call):
        return missing_rule(node.function, tuple(is_missing(part, speaker) for part in node.arguments))
    return may_be_missing(node) and node not in speaker.known


def membership(node: Membership, speaker: Speaker, is_denied: bool) -> str:
    item = speaker.value(of_day(node.item))
    missing = " (or is missing)" if is_missing(node.item, speaker) else ""
    verb = "is not" if is_denied else "is"
    behind = missing if is_denied else ""
    words = "" if node.values.span is None else node.values.span.words
    match node.values:
        case Literal(value=tuple()) if words.startswith(("include:", "exclude:")):
            return f"{verb} named under {words.partition(':')[0]}"
        case Literal(value=tuple()) if words.startswith("in_list("):
            name = words[len("in_list(") :].rstrip(")").split(",")[0].strip().strip("'")
            return f"{item} {verb} in the list {name}{behind}"
        case Literal(value=tuple() as found):
            shown = _listed(node, found)
            return f"{item} {'is none of' if is_denied and len(found) > 1 else verb} {shown}{behind}"
        case _:
            return f"{item} {verb} one of {speaker.value(node.values)}{behind}"


def _listed(node: Membership, found: tuple[Any, ...]) -> str:
    """The constants of a list, one of which it is."""
    element = node.values.type.element
    if element is not None and element.kind is Kind.VERSION:
        return listed([constant(Literal(one, element)) for one in found], "or")
    if _is_call(node.item, "weekday") and all(one in range(1, 8) for one in found):
        return listed([_DAYS[one - 1] for one in found], "or")
    return values(found, "or")


def missing(node: IsMissing, speaker: Speaker, is_denied: bool) -> str:
    return f"{speaker.value(node.item)} is {'known' if is_denied else 'missing'}"


def of_text(node: Call, speaker: Speaker, is_denied: bool) -> str | None:
    """A test of a text or list; None for a function that is none."""
    if node.function not in _OF_TEXT:
        return None
    left, right = node.arguments
    verb = _OF_TEXT[node.function][is_denied]
    shown = speaker.value(right)
    if node.function == "matches" and isinstance(right, Literal):
        shown = f"“{right.value}”"
    gap = any(is_missing(side, speaker) for side in (left, right))
    return f"{speaker.value(left)} {verb} {shown}{' (or is missing)' if is_denied and gap else ''}"


def elements(node: Elements, speaker: Speaker, is_denied: bool) -> str:
    """`tags has a value such that it starts with vip`."""
    items, test = speaker.value(node.items), speaker.of_element(node.row).test(node.where)
    match node.function, is_denied:
        case "any", False:
            return f"{items} has a value of which this holds: {test}"
        case "any", True:
            return f"{items} has no value of which this holds: {test}"
        case "every", False:
            return f"{items} has values, and of each this holds: {test}"
        case _:
            return f"{items} has no values, or one of which this does not hold: {test}"


def named(node: Reference | Past, speaker: Speaker, is_denied: bool) -> str:
    """A segment, or a trait that is true or false."""
    item = node.item if isinstance(node, Past) else node
    when = f" {at_moment(node.moment, speaker)}" if isinstance(node, Past) else ""
    verb = "was" if isinstance(node, Past) else "is"
    if item.to != "segment":
        gap = " (or is missing)" if is_denied and is_missing(node, speaker) else ""
        return f"{speaker.value(item)} {verb} {'not ' if is_denied else ''}true{when}{gap}"
    subject = _owner(item, speaker)
    owner, _, stage = item.name.partition(".")
    place = f"the stage {readable(stage)} of {readable(owner)}" if stage else f"the segment {readable(owner)}"
    return f"{subject}{verb} {'not ' if is_denied else ''}in {place}{when}"


def _owner(item: Reference, speaker: Speaker) -> str:
    """Whose segment it is, where that is not the row that is spoken of."""
    row = item.row or speaker.entity
    if item.path:
        whose = "" if row == speaker.row else f"the {readable(row)}'s "
        return f"{whose}{' '.join(map(readable, item.path))} "
    return "" if row == speaker.row else f"the {readable(row)} "


def boolean(node: Expression, speaker: Speaker, is_denied: bool) -> str:
    """A value that is true or false, as a test: a missing one counts as false."""
    gap = " (or is missing)" if is_denied and is_missing(node, speaker) else ""
    return f"{speaker.value(node)} is {'not ' if is_denied else ''}true{gap}"


def fold(node: Aggregate | Population, speaker: Speaker, is_denied: bool) -> str:
    if isinstance(node, Population):
        return boolean(node, speaker, is_denied) if node.is_overall else population_test(node, speaker, is_denied)
    if node.function in ("any", "none", "every", "sequence"):
        return row_test(node, speaker, is_denied)
    return boolean(node, speaker, is_denied)


def _at_least(node: Compare) -> list[Expression] | None:
    """The tests of `at_least(2, a, b, c)`, each of which adds 1."""
    found: list[Expression] = []
    waiting: list[Expression] = [node.left]
    while waiting:
        match waiting.pop():
            case Call(function="add", arguments=(first, second)):
                waiting += (second, first)
            case If(arms=((test, Literal(value=1)),), otherwise=Literal(value=0)):
                found.append(test)
            case _:
                return None
    return found if node.operator == ">=" and isinstance(node.right, Literal) else None


def _count(node: Expression) -> int | Decimal:
    assert isinstance(node, Literal)
    assert isinstance(node.value, int | Decimal)
    return node.value
