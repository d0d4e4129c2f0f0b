"""Tests of texts with a constant: `starts with` is a range of texts, the others are things that bind each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from segrules.analysis.small.constants import value_of
from segrules.analysis.small.formulas import Thing
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.values import ANYTHING, Values, among, between, compared, starting_with
from segrules.language.core import Expression, Literal
from segrules.language.types import TEXT

MOST_TEXTS = 300
"""So many texts that there can be are tried one by one."""

_YES, _NO = compared("==", 1).on_grid(1), compared("==", 0).on_grid(1)


@dataclass(frozen=True, slots=True)
class Part:
    """What a thing asks of a text: `contains`, `ends_with` or `matches`, with a constant."""

    function: str
    part: str


def text_test(theory: Theory, text: Expression, function: str, part: str) -> bool | Values | Thing:
    """A test of a text: its outcome where that is certain, the texts that pass, or a thing that is 1 for them."""
    if isinstance(text, Literal):
        value = value_of(text, TEXT)
        if not isinstance(value, str):
            return False
        outcome = passes(value, Part(function, part))
        if outcome is not None:
            return outcome
    if function == "starts_with":
        return starting_with(part)
    if not part and function != "matches":
        return ANYTHING
    number = theory.key(text)
    return theory.thing(
        ("test of text", number, function, part),
        None,
        between(0, 1),
        unit=1,
        group=("text", number),
        about=Part(function, part),
    )


def passes(value: str, test: Part) -> bool | None:
    """Whether a text passes; None where that is not told here."""
    match test.function:
        case "contains":
            return test.part in value
        case "starts_with":
            return value.startswith(test.part)
        case "ends_with":
            return value.endswith(test.part)
        case _:
            return None


def likely_texts(values: Values, tests: Mapping[Part, Values]) -> Iterator[str]:
    """Texts of a set that pass or fail tests as they are told to, where such are easily made."""
    passed = [test for test, outcome in tests.items() if outcome == _YES]
    head = _common_head(values)
    middle = "".join(test.part for test in passed if test.function == "contains")
    ends = sorted((test.part for test in passed if test.function == "ends_with"), key=len)
    tail = ends[-1] if ends else ""
    found = [test.part.removeprefix("^").removesuffix("$") for test in passed if test.function == "matches"]
    pattern = found[0] if found and re.fullmatch(r"[\w @-]*", found[0]) else ""
    for text in (head + middle + pattern + tail, head + pattern + middle + tail, head + tail, middle, tail, pattern):
        fits = (values.has(text), *(_fits_or_unknown(text, test, outcome) for test, outcome in tests.items()))
        if all(fits):
            yield text


def _fits_or_unknown(text: str, test: Part, outcome: Values) -> bool:
    passed = passes(text, test)
    return passed is None or outcome.has(int(passed))


def bindings(things: Mapping[Thing, Values]) -> Iterator[tuple[Thing, Values]]:
    """What the values of things about one text, as far as they are told, leave of each other."""
    text = next((thing for thing in things if not isinstance(thing.about, Part)), None)
    tests = [thing for thing in things if isinstance(thing.about, Part)]
    passed = [thing.about for thing in tests if things[thing] == _YES]
    failed = [thing.about for thing in tests if things[thing] == _NO]
    head = ""
    if text is not None:
        own = things[text]
        if own.missing:
            return
        points = own.points(None, MOST_TEXTS)
        if points is not None:
            yield from _tried(text, own, points, tests, things)
            return
        head = _common_head(own)
    for thing in tests:
        if things[thing] in (_YES, _NO):
            continue
        if any(_implies(other, thing.about) for other in passed) or (head and _begins(head, thing.about)):
            yield thing, _YES
        elif any(_implies(thing.about, other) for other in failed) or any(
            _excludes(one, thing.about) for one in passed
        ):
            yield thing, _NO
    for one in passed:
        if any(_implies(one, other) for other in failed) or any(_excludes(one, other) for other in passed):
            yield tests[0], Values()
    if head and any(_begins(head, other) for other in failed):
        yield tests[0], Values()


def _tried(
    text: Thing, own: Values, points: tuple[str, ...], tests: list[Thing], things: Mapping[Thing, Values]
) -> Iterator[tuple[Thing, Values]]:
    """Each text that there can be is asked."""
    left = [point for point in points if all(_fits(point, thing, things[thing]) for thing in tests)]
    if len(left) < len(points):
        yield text, among(left) & own
    for thing in tests:
        outcomes = {passes(point, thing.about) for point in left}
        if outcomes == {True}:
            yield thing, _YES
        elif outcomes == {False}:
            yield thing, _NO


def _fits(point: str, thing: Thing, values: Values) -> bool:
    outcome = passes(point, thing.about)
    return outcome is None or values.has(int(outcome))


def _implies(one: Part, other: Part) -> bool:
    """Whether a text that passes one test passes another."""
    match one.function, other.function:
        case "contains" | "ends_with", "contains":
            return other.part in one.part
        case "ends_with", "ends_with":
            return one.part.endswith(other.part)
        case _:
            return False


def _excludes(one: Part, other: Part) -> bool:
    """Whether no text passes both: it ends in one way only."""
    if one.function != "ends_with" or other.function != "ends_with":
        return False
    return not (one.part.endswith(other.part) or other.part.endswith(one.part))


def _common_head(values: Values) -> str:
    """What every text of a set begins with."""
    low, high = values.low, values.high
    if low is None or high is None:
        return ""
    first, last = str(low[0]), str(high[0])
    length = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    if length is None:
        return first[:0] if len(first) != len(last) else ""
    head = first[:length]
    following = first[: length + 1]
    # up to, and without, the text behind all that begin so: those begin so
    if high[1] == 0 and last == head + chr(ord(following[-1]) + 1):
        return following
    return head


def _begins(head: str, test: Part) -> bool:
    """Whether all texts that begin so pass."""
    return test.function == "contains" and test.part in head
