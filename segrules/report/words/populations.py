"""Places among all rows of an entity in plain words: `is among the top 10% by spend`."""

from __future__ import annotations

from segrules.language.core import Expression, Literal, Population
from segrules.language.types import INTEGER, Kind
from segrules.report.plurals import plural
from segrules.report.words.aggregates import share
from segrules.report.words.constants import value
from segrules.report.words.names import readable
from segrules.report.words.speaker import Speaker

_FOLDS = {
    "count_distinct": "number of different values of",
    "sum": "sum of",
    "avg": "average of",
    "min": "smallest",
    "max": "largest",
    "median": "median of",
    "stddev": "standard deviation of",
    "mode": "most frequent",
}


def population(node: Population, speaker: Speaker) -> str:
    """A place, part or fold as a value."""
    own = speaker.at(speaker.entity)
    what = own.value(node.value)
    if node.is_overall:
        return _overall(node, what, own)
    order = _order(node.value, node.descending)
    match node.function:
        case "rank":
            return f"the place by {what}, {order} first{_among(node, own)}"
        case "percent_rank":
            return f"the share of the others that stand before by {what}, {order} first{_among(node, own)}"
        case "ntile" | "quantile_bin":
            many = "equally many in each" if node.function == "ntile" else "cut at quantiles, equal values in one"
            parts = f"1 to {_count(node.argument)}, the {order} in 1, {many}"
            return f"the part number by {what} ({parts}){_among(node, own)}"
        case _:
            return f"whether it {population_test(node, speaker, False)}"


def _overall(node: Population, what: str, own: Speaker) -> str:
    everyone = f"all {plural(readable(own.entity))}"
    rows = f"{everyone}{_among(node, own)}"
    match node.function, node.argument:
        case "count", _:
            return f"the number of {everyone} with a known {what}{_among(node, own)}"
        case ("min" | "max") as function, _ if not _is_number(node.value):
            return f"the {'earliest' if function == 'min' else 'latest'} {what} over {rows}"
        case _, Literal() as argument:
            return f"the value below which {share(argument)} of {what} lies over {rows}"
        case function, _:
            return f"the {_FOLDS[function]} {what} over {rows}"


def population_test(node: Population, speaker: Speaker, is_denied: bool) -> str:
    """A test of a place: whether the row is at the top."""
    own = speaker.at(speaker.entity)
    what = own.value(node.value)
    verb = "is not" if is_denied else "is"
    subject = "" if speaker.is_own else f"the {readable(speaker.entity)} "
    assert node.argument is not None
    if node.function == "in_top_share":
        among = f"among the fewest who together have {share(node.argument)} of all {what}"
    else:
        end = "top" if node.descending else "bottom"
        end = end if _is_number(node.value) else "latest" if node.descending else "earliest"
        is_count = node.argument.type == INTEGER and isinstance(node.argument.value, int)
        many = _count(node.argument) if is_count else share(node.argument)
        among = f"among the {end} {many} by {what} (ties at the end are in)"
    return f"{subject}{verb} {among}{_among(node, own)}"


def _among(node: Population, own: Speaker) -> str:
    """Which rows are compared: those for which a test holds, those with the same value of a group."""
    said = "" if node.where is None else f", among those where {own.test(node.where)}"
    return said if node.by is None else f"{said}, among those with the same {own.value(node.by)}"


def _order(node: Expression, is_descending: bool) -> str:
    if _is_number(node):
        return "largest" if is_descending else "smallest"
    return "latest" if is_descending else "earliest"


def _is_number(node: Expression) -> bool:
    return node.type.is_numeric or node.type.kind is Kind.DURATION


def _count(argument: Literal | None) -> str:
    return value(None if argument is None else argument.value)
