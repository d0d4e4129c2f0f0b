"""Functions over all entity rows, in the checker: `ntile(5, spend by country)`, `overall(median(spend))`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from segrules.language import syntax
from segrules.language.check_aggregates import result_type
from segrules.language.check_constant_arguments import share
from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.check_names import Place
from segrules.language.check_population_form import in_overall, joined, overall_help, value_of
from segrules.language.check_types import as_test
from segrules.language.core import Aggregate, Column, Expression, Literal, Population, Reference
from segrules.language.populations import MOST_BINS, MOST_SHARE_DIGITS, POPULATIONS, PopulationFunction
from segrules.language.trees import walk
from segrules.language.types import INTEGER, Kind

Check = Callable[[syntax.Expression, Place, Findings], Expression]
"""The checker of the parts of a call."""

_ORDERED = (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER, Kind.DATE, Kind.TIMESTAMP, Kind.DURATION)
_ADDED = (Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER)


def population(call: syntax.Call, place: Place, findings: Findings, check: Check) -> Expression:
    """The node of a call, whose parts `check` checks."""
    last = value_of(call, place, findings)
    if last is None:
        return unknown(call.span)
    if call.function.text == "overall":
        return _overall(call, last, place, findings, check)
    argument = None if last is call.arguments[0] else check(call.arguments[0].value, place, findings)
    value = check(last.value, place, findings)
    where, by = _rows(call, place, findings, check)
    return _ranked(call, argument, value, where, by, findings)


def _overall(call: syntax.Call, last: syntax.Argument, place: Place, findings: Findings, check: Check) -> Expression:
    """`overall(median(spend))`; `where` and `by` may stand in either pair of parentheses."""
    inner = in_overall(last, findings)
    both = None if inner is None else joined(call, inner, place, findings)
    if both is None:
        return unknown(call.span)
    function, argument = both.function.text, None
    if len(both.arguments) > 1:
        argument = share(check(both.arguments[0].value, place, findings), function, findings)
    before = len(findings)
    value = check(both.arguments[-1].value, place, findings)
    overall_help(both, place.scope, findings, before)
    where, by = _rows(both, place, findings, check)
    type = INTEGER if function == "count" else result_type(function, value, both.span, findings)
    if (argument is None) != (len(both.arguments) == 1):
        return unknown(call.span)
    if type is None or not (_is_of_rows(value, "overall", findings) and _is_group(by, findings)):
        return unknown(call.span)
    return Population(function, value, where, by, argument, False, True, type, call.span)


def _rows(
    call: syntax.Call, place: Place, findings: Findings, check: Check
) -> tuple[Expression | None, Expression | None]:
    """Which rows count, and in which groups."""
    where = None if call.where is None else as_test(check(call.where, place, findings), findings)
    return where, None if call.by is None else check(call.by, place, findings)


def _ranked(
    call: syntax.Call,
    argument: Expression | None,
    value: Expression,
    where: Expression | None,
    by: Expression | None,
    findings: Findings,
) -> Expression:
    """The node of a function whose parts are checked; `argument` is what stands before the value."""
    function = POPULATIONS[call.function.text]
    node = None if argument is None else _argument(function, argument, findings)
    if not _fits(function, value, by, findings) or (argument is not None and node is None):
        return unknown(call.span)
    name = "in_top" if function.name == "in_bottom" else function.name
    descending = _descends(call.arguments[-1], function)
    return Population(name, value, where, by, node, descending, False, function.gives, call.span)


def _descends(argument: syntax.Argument, function: PopulationFunction) -> bool:
    """Whether the largest value stands first."""
    descending = (argument.direction or function.directions[0]) == "desc"
    return not descending if function.name == "in_bottom" else descending


def _fits(function: PopulationFunction, value: Expression, by: Expression | None, findings: Findings) -> bool:
    kind = value.type.kind
    if kind is Kind.UNKNOWN or not _is_group(by, findings):
        return False
    if kind not in (_ADDED if function.takes == "share" else _ORDERED):
        what = "adds numbers" if function.takes == "share" else "compares numbers or dates"
        message = f"`{function.name}` {what}, and `{words(value)}` is {described(value.type)}"
        refuse(findings, "wrong-type", value.span, message)
        return False
    return _is_of_rows(value, function.name, findings)


def _is_of_rows(value: Expression, function: str, findings: Findings) -> bool:
    """Whether a value can differ from row to row."""
    if value.type.kind is Kind.UNKNOWN:
        return False
    if any(isinstance(part, Column | Reference | Aggregate | Population) for part in walk(value)):
        return True
    message = f"`{words(value)}` is the same for everybody, so `{function}` says nothing"
    refuse(findings, "wrong-arguments", value.span, message, "name a column or trait")
    return False


def _is_group(by: Expression | None, findings: Findings) -> bool:
    match by:
        case None:
            return True
        case Literal(type=type, span=span) if type.kind is not Kind.UNKNOWN:
            message = f"`by` makes groups of equal values, and `{words(by)}` is the same for everybody"
            refuse(findings, "wrong-arguments", span, message, "name a column or trait")
            return False
        case _ if by.type.kind is Kind.LIST:
            message = f"`by` makes groups of equal values, and `{words(by)}` is {described(by.type)}"
            refuse(findings, "wrong-type", by.span, message)
            return False
        case _:
            return by.type.kind is not Kind.UNKNOWN


def _argument(function: PopulationFunction, argument: Expression, findings: Findings) -> Literal | None:
    """The number of parts, share or number of rows; None with a finding where it is none."""
    if argument.type.kind is Kind.UNKNOWN:
        return None
    match argument:
        case Literal(value=int() | Decimal() as number) if not isinstance(number, bool):
            problem = _problem(function, number)
        case Literal():
            problem = _wanted(function), f"`{function.written}`"
        case _:
            problem = "it comes first and is a constant or a param", f"`{function.written}`"
    if problem is None:
        assert isinstance(argument, Literal)
        return argument
    message, help = problem
    what = "number of parts" if function.takes == "bins" else "share"
    what = "share or number of rows" if function.takes == "share or count" else what
    refuse(findings, "wrong-arguments", argument.span, f"`{words(argument)}` is no {what}: {message}", help)
    return None


def _wanted(function: PopulationFunction) -> str:
    if function.takes == "bins":
        return f"it is a whole number from 1 to {MOST_BINS:,}"
    return "a share lies above 0% and goes up to 100%"


def _problem(function: PopulationFunction, number: int | Decimal) -> tuple[str, str | None] | None:
    """What is wrong with a number before the value, and what helps."""
    if function.takes == "bins":
        fits = isinstance(number, int) and 1 <= number <= MOST_BINS
        return None if fits else (_wanted(function), None)
    if isinstance(number, int):
        if function.takes == "share":
            return _wanted(function), f"`{number}%`?" if 0 < number <= 100 else None
        return None if number > 0 else ("at least one row is asked for", None)
    if not 0 < number <= 1:
        whole = number == number.to_integral_value() and number > 1
        help = f"a number of rows is whole: `{number.to_integral_value()}`" if whole else None
        return _wanted(function), help if function.takes == "share or count" else None
    if _digits_behind(number) > MOST_SHARE_DIGITS:
        return f"a share has at most {MOST_SHARE_DIGITS} digits behind the point", None
    return None


def _digits_behind(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -int(exponent))
