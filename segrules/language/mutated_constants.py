"""Changes of constants: a number, a date or a length of time one step away, a list without one of its values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from segrules.language.check_numbers import number
from segrules.language.core import Duration, Literal, Membership, Scalar
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
    numbers = [found for found in re.finditer(r"\d[\d_]*", shown.text) if int(found[0].replace("_", "")) == count]
    named = list(re.finditer(r"params\.\w+", shown.text))
    if len(numbers) != 1 and len(named) != 1:
        return
    for way in ways:
        other = count + (1 if way == "up" else -1)
        if other < 1:
            continue
        found = numbers[0] if len(numbers) == 1 else named[0]
        text = str(other) if len(numbers) == 1 else f"{other} {length.unit}{'' if other == 1 else 's'}"
        place = Span(shown.file, shown.start + found.start(), shown.start + found.end())
        value = replace(length, count=other if length.count > 0 else -other)
        yield Change("window", replace(node, value=value), shown, (Edit(place, text),), is_whole=False)


def shorter_lists(node: Membership) -> Iterator[Change]:
    """`x in [1, 2]` without one of the values; of a long list without each of the first few."""
    values, span = node.values, node.values.span
    if not isinstance(values, Literal) or not isinstance(values.value, tuple) or span is None or not span.file.path:
        return
    if values.type.element is None or values.type.element.kind is Kind.VERSION or len(values.value) < 2:
        return
    for place, value in enumerate(values.value[:_MOST_VALUES]):
        rest = values.value[:place] + values.value[place + 1 :]
        words = written(value)
        at = span.text.find(words)
        shown = Span(span.file, span.start + at, span.start + at + len(words)) if at >= 0 else span
        yield Change("value", replace(node, values=replace(values, value=rest)), shown, (), words)
