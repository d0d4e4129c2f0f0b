"""Scalar functions of the checker: `round(x, 2)`, `lower(x)`, `days_since(d)`, from checked arguments to core nodes."""

from __future__ import annotations

from segrules.diagnostics import did_you_mean
from segrules.language import syntax
from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.check_numbers import rounded, whole
from segrules.language.check_special import distance, version
from segrules.language.check_time import day, days_between, is_date_text, is_unknown
from segrules.language.check_types import common
from segrules.language.core import Call, Clock, Expression, If, Literal
from segrules.language.types import DATE, INTEGER, TEXT, Kind
from segrules.source import Span

_MANY = 1000

ARITY: dict[str, tuple[int, int]] = {
    "abs": (1, 1),
    "round": (1, 2),
    "floor": (1, 1),
    "ceil": (1, 1),
    "least": (2, _MANY),
    "greatest": (2, _MANY),
    "coalesce": (2, _MANY),
    "if": (2, 3),
    "lower": (1, 1),
    "upper": (1, 1),
    "trim": (1, 1),
    "length": (1, 1),
    "date": (1, 1),
    "year": (1, 1),
    "quarter": (1, 1),
    "month": (1, 1),
    "week": (1, 1),
    "weekday": (1, 1),
    "hour": (1, 1),
    "start_of": (2, 2),
    "fiscal_year": (1, 1),
    "fiscal_quarter": (1, 1),
    "days_between": (2, 2),
    "days_since": (1, 1),
    "anniversary": (1, 1),
    "at_least": (2, _MANY),
    "distance_km": (4, 4),
    "version": (1, 1),
    "bucket": (1, 2),
    "in_list": (1, 2),
}
"""How many arguments each scalar function takes, least and most."""

_ELSEWHERE = {
    "len": "`length(x)` counts the characters of a text",
    "char_length": "`length(x)` counts the characters of a text",
    "size": "`length(x)` counts the elements of a list, `count(orders)` rows",
    "now": "`now` is written without parentheses",
    "today": "`today` is written without parentheses",
    "current_date": "write `today`",
    "getdate": "write `now`, or `today`",
    "current_timestamp": "write `now`",
    "top": "write `in_top(10%, spend)`",
    "bottom": "write `in_bottom(10%, spend)`",
    "quartile": "`ntile(4, spend)` makes four parts of equal size, `quantile_bin(4, spend)` never parts equal values",
    "quintile": "`ntile(5, spend)` makes five parts of equal size, `quantile_bin(5, spend)` never parts equal values",
    "decile": "`ntile(10, spend)` makes ten parts of equal size, `quantile_bin(10, spend)` never parts equal values",
    "qcut": "write `quantile_bin(5, spend)`",
    "percentile": "`percent_rank(spend)` is a row's place, `overall(quantile(0.9, spend))` the value at 90 %",
    "dense_rank": "write `rank(spend desc)`",
    "row_number": "write `rank(spend desc)`",
    "dateadd": "dates move by durations: `d + 30 days`",
    "date_add": "dates move by durations: `d + 30 days`",
    "date_sub": "dates move by durations: `d - 30 days`",
    "datediff": "`days_between(a, b)` counts the days from a to b",
    "date_diff": "`days_between(a, b)` counts the days from a to b",
    "date_trunc": "`start_of(month, d)` is the first day of a month",
    "trunc": "`start_of(month, d)` for dates, `floor(x)` for numbers",
    "dayofweek": "`weekday(d)` is 1 for Monday",
    "isnull": "write `x is missing`",
    "is_null": "write `x is missing`",
    "isblank": "write `x is missing`",
    "isempty": "write `x is missing`",
    "nvl": "write `coalesce(x, y)`",
    "ifnull": "write `coalesce(x, y)`",
    "nullif": "write `if(x == y, …, …)` the other way round: `if(x != y, x)`",
    "iif": "write `if(test, a, b)`",
    "iff": "write `if(test, a, b)`",
    "switch": "write `case(test -> a, test -> b, else c)`",
    "sum_if": "write `sum(orders.amount where …)`",
    "sumif": "write `sum(orders.amount where …)`",
    "sumifs": "write `sum(orders.amount where …)`",
    "count_if": "write `count(orders where …)`",
    "countif": "write `count(orders where …)`",
    "countifs": "write `count(orders where …)`",
    "averageif": "write `avg(orders.amount where …)`",
    "average": "write `avg(orders.amount)`",
    "mean": "write `avg(orders.amount)`",
    "distinct": "write `count_distinct(orders.product_id)`",
    "countdistinct": "write `count_distinct(orders.product_id)`",
    "exists": "write `any(orders where …)`",
    "all": "write `every(orders where …)`",
    "concat": "rules cannot join texts; test the parts with `and`",
    "substring": "write `x starts with '…'`, `x contains '…'` or `x matches '…'`",
    "substr": "write `x starts with '…'`, `x contains '…'` or `x matches '…'`",
    "left": "write `x starts with '…'`",
    "right": "write `x ends with '…'`",
    "like": "write `x contains '…'` or `x matches '…'`",
    "regexp": "write `x matches '…'`",
    "startswith": "write `x starts with '…'`",
    "endswith": "write `x ends with '…'`",
    "not": "`not` takes no comma: `not (x)`",
    "ceiling": "write `ceil(x)`",
    "min_of": "write `least(a, b)`",
    "max_of": "write `greatest(a, b)`",
    "mod": "write `a % b`",
}


def unknown_function(function: syntax.Identifier, known: tuple[str, ...], findings: Findings) -> Expression:
    """The finding for a function that is not one of ours, with our way to say the same."""
    word = function.text.casefold()
    help = _ELSEWHERE.get(word) or did_you_mean(word, known)
    return refuse(findings, "unknown-function", function.span, f"there is no function `{function.text}`", help)


def right_count(function: syntax.Identifier, count: int, span: Span, findings: Findings) -> bool:
    """Whether a scalar function has as many arguments as it takes; a finding where it has not."""
    least, most = ARITY[function.text]
    if least <= count <= most:
        return True
    takes = f"{least} or more" if most == _MANY else f"{least}" if least == most else f"{least} or {most}"
    message = f"`{function.text}` takes {takes} value{'' if takes == '1' else 's'}, and here are {count}"
    refuse(findings, "wrong-arguments", span, message)
    return False


def scalar(function: str, arguments: tuple[Expression, ...], span: Span, findings: Findings) -> Expression:
    """The node of a scalar function, its arguments checked and of the right number; no form of its own such as `if`."""
    if is_unknown(*arguments):
        return unknown(span)
    first = arguments[0]
    match function:
        case "abs" | "round" | "floor" | "ceil":
            return _of_number(function, arguments, span, findings)
        case "least" | "greatest" | "coalesce":
            return _of_several(function, arguments, span, findings)
        case "distance_km":
            return distance(arguments, span, findings)
        case "version":
            return version(first, span, findings)
        case "lower" | "upper" | "trim" | "length":
            return _of_text(function, first, span, findings)
        case "hour" if first.type.kind is Kind.TIMESTAMP:
            return Call("hour", (first,), INTEGER, span)
        case "hour" if first.type.kind is Kind.DATE:
            message = f"`{words(first)}` is a date, which has no hours"
            return refuse(findings, "wrong-type", first.span, message)
    for argument in arguments:
        if not argument.type.is_temporal:
            return _refuse_date(function, argument, findings)
    return _of_date(function, arguments, span)


def _of_number(function: str, arguments: tuple[Expression, ...], span: Span, findings: Findings) -> Expression:
    value = arguments[0]
    if not value.type.is_numeric:
        message = f"`{function}` takes a number, and `{words(value)}` is {described(value.type)}"
        return refuse(findings, "wrong-type", value.span, message)
    if function == "abs":
        return Call("abs", (value,), value.type, span)
    if len(arguments) == 2:
        return rounded(value, arguments[1], span, findings)
    return whole(function, value, span)  # type: ignore[arg-type]


def _of_several(function: str, arguments: tuple[Expression, ...], span: Span, findings: Findings) -> Expression:
    type = common(arguments, f"the values of `{function}`", findings)
    if type is None:
        return unknown(span)
    if function != "coalesce" and type.kind in (Kind.BOOLEAN, Kind.LIST):
        message = f"`{words(arguments[0])}` is {described(type)}, of which none is the {function}"
        return refuse(findings, "wrong-type", arguments[0].span, message)
    return Call(function, arguments, type, span)


def _of_text(function: str, value: Expression, span: Span, findings: Findings) -> Expression:
    if function == "length" and value.type.kind is Kind.LIST:
        return Call("list_length", (value,), INTEGER, span)
    if value.type.kind is not Kind.TEXT:
        message = f"`{function}` takes text, and `{words(value)}` is {described(value.type)}"
        return refuse(findings, "wrong-type", value.span, message)
    return Call(function, (value,), INTEGER if function == "length" else TEXT, span)


def _of_date(function: str, arguments: tuple[Expression, ...], span: Span) -> Expression:
    match function:
        case "days_between":
            return days_between(arguments[0], arguments[1], span)
        case "days_since":
            return days_between(arguments[0], Clock("today", span), span)
        case "date":
            return day(arguments[0])
        case "anniversary":
            return Call("anniversary", (day(arguments[0]), Clock("today", span)), DATE, span)
        case _:
            return Call(function, (day(arguments[0]),), INTEGER, span)


def _refuse_date(function: str, value: Expression, findings: Findings) -> Expression:
    help = None
    if isinstance(value, Literal) and isinstance(value.value, str) and is_date_text(value.value):
        help = f"write the date without quotes: `{value.value}`"
    message = f"`{function}` takes a date, and `{words(value)}` is {described(value.type)}"
    return refuse(findings, "wrong-type", value.span, message, help)


def conditional(
    arms: tuple[tuple[Expression, Expression], ...], otherwise: Expression | None, span: Span, findings: Findings
) -> Expression:
    """`if` and `case`: branches of one type; without an `else` the value is missing where no test holds."""
    values = tuple(value for _, value in arms)
    type = common(values if otherwise is None else (*values, otherwise), "the values to choose from", findings)
    if type is None:
        return unknown(span)
    return If(arms, Literal(None, type, span) if otherwise is None else otherwise, type, span)
