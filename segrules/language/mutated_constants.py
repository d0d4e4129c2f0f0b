"""Changes of constants: a number, a date or a length of time one step away, a list without one of its values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from segrules.language.check_numbers import number
from segrules.language.core import Call, Duration, Literal, Membership, Scalar
from segrules.language.mutated_tests import Change
from segrules.language.types import Kind
from segrules.language.written import written
from segrules.source import Edit, Span

_MOST_VALUES = 6
_PERCENT = Decimal("0.01")


def changed_constant(node: Literal, around: Span | None, ways: Sequence[str]) -> Iterator[Change]:
    """A constant one step up or down: 1, the last digit, one percent, a day, a second, one of a duration's unit.

    around: the words that a length of time without words of its own is in, such as `in last 90 days`.
    """
    if isinstance(node.value, Duration):
        yield from _changed_duration(node, node.value, around, ways)
        return
    if node.span is None or not node.span.file.path or node.type.kind is Kind.VERSION:
        return
    for way in ways:
        value = stepped(node, 1 if way == "up" else -1)
        if value is None:
            continue
        text = written(value)
        if isinstance(value, Decimal) and node.span.text.endswith("%"):
            text = f"{written(value * 100)}%"
        elif isinstance(value, Decimal):
            text = format(value, "f")
        other = replace(node, value=value)
        if isinstance(value, Decimal):
            other = replace(number(value, node.span, []), span=node.span)
        yield Change("constant", other, node.span, (Edit(node.span, text),), is_whole=False)


def stepped(node: Literal, sign: int) -> Scalar | None:
    """The next value of a constant's type, as its author would see it; None where there is none, as of text."""
    match node.value:
        case bool():
            return None
        case int() as value:
            return value + sign
        case Decimal() as value:
            percent = node.span is not None and node.span.text.endswith("%")
            step = Decimal(1).scaleb(-max(0, -int(value.as_tuple().exponent)))
            return value + sign * (min(step, _PERCENT) if percent else step)
        case datetime() as value:
            return value + timedelta(seconds=sign)
        case date() as value:
            return value + timedelta(days=sign)
        case _:
            return None


def _changed_duration(node: Literal, length: Duration, around: Span | None, ways: Sequence[str]) -> Iterator[Change]:
    shown = node.span or around
    if shown is None or not shown.file.path or node.type.kind is not Kind.DURATION:
        return
    count = abs(length.count)
    numbers = [found for found in re.finditer(LENGTH, shown.text) if int(found[1].replace("_", "")) == count]
    named = list(re.finditer(r"params\.\w+", shown.text))
    if len(numbers) != 1 and len(named) != 1:
        return
    for way in ways:
        other = count + (1 if way == "up" else -1)
        if other < 1:
            continue
        found = numbers[0] if len(numbers) == 1 else named[0]
        text = other_length(numbers[0], other) if len(numbers) == 1 else other_length(None, other, length.unit)
        place = Span(shown.file, shown.start + found.start(), shown.start + found.end())
        value = replace(length, count=other if length.count > 0 else -other)
        yield Change("window", replace(node, value=value), shown, (Edit(place, text),), is_whole=False)


LENGTH = r"(\d[\d_]*)(\s*)([^\W\d]+)"
"""A length of time as written: its number, the blanks, its unit."""


def other_length(found: re.Match[str] | None, count: int, unit: str = "day") -> str:
    """A length of time, as found or of a unit, with another number: `2 days` for `1 day`."""
    blanks, unit = (found[2], found[3]) if found is not None else (" ", unit)
    return f"{count}{blanks}{unit.removesuffix('s')}{'' if count == 1 else 's'}"


def shorter_lists(node: Membership) -> Iterator[Change]:
    """`x in [1, 2]` without one of the values; of a long list without each of the first few."""
    if isinstance(node.values, Literal):
        for change in _shorter(node.values):
            yield replace(change, node=replace(node, values=change.node))


def shorter_constants(node: Call) -> Iterator[Change]:
    """The same of `tags contains any ['a', 'b']`."""
    match node:
        case Call(function="contains_any" | "contains_all", arguments=(item, Literal() as values)):
            for change in _shorter(values):
                yield replace(change, node=replace(node, arguments=(item, change.node)))


def _shorter(values: Literal) -> Iterator[Change]:
    span = values.span
    if not isinstance(values.value, tuple) or span is None or not span.file.path:
        return
    if values.type.element is None or values.type.element.kind is Kind.VERSION or len(values.value) < 2:
        return
    for place, value in enumerate(values.value[:_MOST_VALUES]):
        words = written(value)
        at = span.text.find(words)
        shown = Span(span.file, span.start + at, span.start + at + len(words)) if at >= 0 else span
        other = replace(values, value=values.value[:place] + values.value[place + 1 :])
        yield Change("value", other, shown, (), words)
