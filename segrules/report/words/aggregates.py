"""Folds of rows in plain words: `the number of orders in the last 90 days`, `has at least 2 orders`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from segrules.language.core import Aggregate, Column, Expression, Literal
from segrules.language.trees import relation_of
from segrules.language.types import Kind
from segrules.report.words.constants import percent, span, value
from segrules.report.words.moments import window
from segrules.report.words.names import ordinal, readable, singular
from segrules.report.words.speaker import Speaker

_OF_VALUES: Mapping[str, str] = {
    "count_distinct": "the number of different values of",
    "sum": "the sum of",
    "avg": "the average of",
    "min": "the smallest",
    "max": "the largest",
    "median": "the median of",
    "stddev": "the standard deviation of",
    "mode": "the most frequent",
    "longest_streak": "the longest run of consecutive values of",
}
_OF_TIMES: Mapping[str, str] = {"min": "the earliest", "max": "the latest"}


def rows(node: Aggregate, speaker: Speaker, noun: str | None = None, *, is_last: bool = False) -> str:
    """The rows that are folded: `orders in the last 90 days (where amount is over 5)`.

    noun: what they are called; is_last: nothing follows, so that the test needs no parentheses.
    """
    parts = [noun or readable(node.relation), *_window(node, speaker)]
    if node.where is not None:
        where = f"where {_of_row(node, node.where, speaker)}"
        parts.append(where if is_last else f"({where})")
    return " ".join(parts)


def _window(node: Aggregate, speaker: Speaker) -> Iterator[str]:
    if node.window is not None:
        inner = speaker.at(node.row)
        yield window(node.window, inner) or f"where {inner.test(node.window)}"


def _of_row(node: Aggregate, test: Expression, speaker: Speaker) -> str:
    return speaker.at(node.row).test(test)


def aggregate(node: Aggregate, speaker: Speaker) -> str:
    """An aggregate as a value."""
    match node.function:
        case "count":
            return f"the number of {rows(node, speaker)}"
        case "share":
            looked = " ".join((readable(node.relation), *_window(node, speaker)))
            return f"the share of {looked} in which {_where(node, speaker)}"
        case "max_count":
            return f"the most {rows(node, speaker)} within any {span(node.within or 0)}"
        case "funnel":
            return (
                f"how many of these steps came one after another in {readable(node.relation)}: {steps(node, speaker)}"
            )
        case "any" | "none" | "every" | "sequence":
            return f"whether it {row_test(node, speaker, False)}"
    assert node.value is not None
    return _of_values(node, node.value, speaker)


def _of_values(node: Aggregate, folded: Expression, speaker: Speaker) -> str:
    what = speaker.at(node.row).value(folded)
    of = "in" if isinstance(folded, Column) else "over"
    where = rows(node, speaker)
    match node.function:
        case "first" | "last":
            return f"the {what} of the {node.function} {rows(node, speaker, singular(node.relation))}"
        case "nth":
            assert node.argument is not None
            place = ordinal(int(str(node.argument.value)))
            return f"the {what} of the {place} {rows(node, speaker, singular(node.relation))}"
        case "quantile":
            assert node.argument is not None
            return f"the value below which {share(node.argument)} of {what} lies, {of} {where}"
        case function:
            is_time = folded.type.kind in (Kind.DATE, Kind.TIMESTAMP)
            opening = _OF_TIMES.get(function, _OF_VALUES[function]) if is_time else _OF_VALUES[function]
            return f"{opening} {what} {of} {where}"


def share(node: Literal) -> str:
    """A constant share in percent."""
    assert isinstance(node.value, int | Decimal)
    return percent(node.value)


def _where(node: Aggregate, speaker: Speaker) -> str:
    assert node.where is not None
    return _of_row(node, node.where, speaker)


def row_test(node: Aggregate, speaker: Speaker, is_denied: bool) -> str:
    """An aggregate that is a test: whether there are such rows."""
    one = singular(node.relation)
    match node.function:
        case "any" if not is_denied:
            return f"{_has(speaker)} at least one {rows(node, speaker, one, is_last=True)}"
        case "none" if is_denied:
            return f"{_has(speaker)} at least one {rows(node, speaker, one, is_last=True)}"
        case "any" | "none":
            return f"{_has_none(speaker)} {rows(node, speaker, is_last=True)}"
        case "every":
            if is_denied:
                looked = " ".join((readable(node.relation), *_window(node, speaker)))
                return f"{_has_none(speaker)} {looked}, or one of which this does not hold: {_where(node, speaker)}"
            return f"{in_each(node, speaker)} {_where(node, speaker)}"
        case "sequence":
            verb = (
                ("never has" if is_denied else "has") if speaker.is_own else f"there are{' not' if is_denied else ''}"
            )
            what = f"these {readable(node.relation)} one after another{_spread(node, speaker)}"
            return f"{verb} {what}: {steps(node, speaker)}"
        case function:
            raise AssertionError(function)


def in_each(node: Aggregate, speaker: Speaker) -> str:
    """The opening of `every`: `has orders, and in each of them`."""
    return f"{_has(speaker)} {' '.join((readable(node.relation), *_window(node, speaker)))}, and in each of them"


def _has(speaker: Speaker) -> str:
    return "has" if speaker.is_own else "there is"


def _has_none(speaker: Speaker) -> str:
    return "has no" if speaker.is_own else "there are no"


def _spread(node: Aggregate, speaker: Speaker) -> str:
    """When the rows of a sequence are, and within which time."""
    said = list(_window(node, speaker))
    if node.within is not None:
        said.append(f"within {span(node.within)}")
    return "".join(f" {part}" for part in said)


def steps(node: Aggregate, speaker: Speaker) -> str:
    """The steps of a sequence or funnel, numbered by their order."""
    assert node.where is not None
    said = [f"first: {_of_row(node, node.where, speaker)}"]
    for step in node.steps:
        then = "then, as the very next one" if step.directly else "then never" if step.negated else "then"
        said.append(f"{then}: {_of_row(node, step.test, speaker)}")
    if node.function == "funnel" and (spread := _spread(node, speaker)):
        said.append(f"all{spread}")
    return "; ".join(said)


def counted(node: Aggregate, operator: str, number: int, speaker: Speaker) -> str:
    """A comparison of a count with a number: `has at least 2 orders in the last 90 days`."""
    is_one = number == 1 and operator in ("==", ">=", "<=", ">", "<")
    one = singular(node.relation)
    noun = one if is_one else readable(node.relation)
    what = rows(node, speaker, noun, is_last=True)
    shown = value(number)
    match operator:
        case "==" if number == 0:
            return f"{_has_none(speaker)} {rows(node, speaker, is_last=True)}"
        case "==":
            return f"{_has(speaker)} exactly {shown} {what}"
        case "!=" if number == 0:
            return f"{_has(speaker)} at least one {rows(node, speaker, one, is_last=True)}"
        case "!=":
            return f"{_has(speaker)} fewer or more than {shown} {what}"
        case ">=":
            return f"{_has(speaker)} at least {shown} {what}"
        case ">":
            return f"{_has(speaker)} more than {shown} {what}"
        case "<=":
            return f"{_has(speaker)} at most {shown} {what}"
        case _:
            return f"{_has(speaker)} fewer than {shown} {what}"


def has_between(node: Aggregate, bounds: str, speaker: Speaker) -> str:
    """A count that lies between two bounds, both in: `has 1 to 2 (both included) orders`."""
    return f"{'has' if speaker.is_own else 'there are'} {bounds} (both included) {rows(node, speaker, is_last=True)}"


def previous(item: Column, speaker: Speaker) -> str:
    return f"the {speaker.value(item)} of the {singular(relation_of(item.row))} before"
