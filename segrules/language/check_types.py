"""Whether two values go together, and what to say in a marketer's words where they do not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from segrules.language.check_findings import Findings, described, refuse, words
from segrules.language.check_numbers import meet
from segrules.language.check_special import with_version
from segrules.language.check_time import day, is_calendar, is_date_text, is_unknown, refuse_calendar
from segrules.language.core import Duration, Expression, Literal
from segrules.language.foreign_dates import is_year, rewritten
from segrules.language.types import DATE, Kind, Type

_NUMBER_TEXT = re.compile(r"\s*[-+]?\d[\d_]*(\.\d+)?\s*")
_TEMPORAL = (Kind.DATE, Kind.TIMESTAMP)


def paired(left: Expression, right: Expression, findings: Findings) -> tuple[Expression, Expression] | None:
    """Both sides of a comparison made comparable, or None with a finding. A date and a timestamp go by their days."""
    if is_unknown(left, right):
        return left, right
    kinds = (left.type.kind, right.type.kind)
    if Kind.VERSION in kinds:
        return with_version(left, right, findings)
    if kinds == (Kind.DURATION, Kind.DURATION):
        calendar = next((side for side in (left, right) if is_calendar(side)), None)
        if calendar is not None:
            refuse_calendar(calendar, findings)
            return None
        return left, right
    if Kind.LIST not in kinds and meet(left.type, right.type) is not None:
        return left, right
    if set(kinds) == set(_TEMPORAL):
        return _day(left), _day(right)
    refuse_pair(left, right, findings)
    return None


def _day(node: Expression) -> Expression:
    """The day of a date or timestamp; of a constant, itself a constant."""
    match node:
        case Literal(value=datetime() as value):
            return replace(node, value=value.date(), type=DATE)
        case _:
            return day(node)


def refuse_pair(left: Expression, right: Expression, findings: Findings) -> Expression:
    """The finding for two values of types that cannot be compared."""
    message = f"`{words(left)}` is {described(left.type)} and `{words(right)}` is {described(right.type)}"
    if left.type.kind is Kind.LIST and right.type.kind is Kind.LIST:
        message = f"lists such as `{words(left)}` are not compared as a whole"
    constant_left = (isinstance(left, Literal) or rewritten(words(left)) is not None) and not isinstance(right, Literal)
    value, constant = (right, left) if constant_left else (left, right)
    return refuse(findings, "wrong-type", constant.span, message, hint(value, constant))


def hint(value: Expression, constant: Expression) -> str | None:
    """What the author most likely meant by comparing a value with something of another type."""
    other = constant.value if isinstance(constant, Literal) else None
    name = words(value)
    if value.type.is_temporal and constant.type.is_numeric and (help := rewritten(words(constant))):
        return help
    if words(constant).startswith("params."):
        return _hint_of_param(value, other, words(constant))
    match value.type.kind, other:
        case Kind.LIST, _:
            return f"`{name} contains …` asks what the list holds"
        case ((Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER), str()) if _NUMBER_TEXT.fullmatch(other):
            return f"drop the quotes: `{other.strip()}`"
        case ((Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER), Duration()):
            return f"`{name}` is a number: write `{other.count}`"
        case ((Kind.DATE | Kind.TIMESTAMP), str()) if is_date_text(other):
            return f"write the date without quotes: `{other}`"
        case ((Kind.DATE | Kind.TIMESTAMP), str()):
            return "a date is written like `2026-01-31`, without quotes"
        case ((Kind.DATE | Kind.TIMESTAMP), Duration()):
            return f"a moment that long ago is `{words(constant)} ago`"
        case ((Kind.DATE | Kind.TIMESTAMP), int()) if is_year(words(constant)):
            return f"compare `year({name})` with it, or write a date: `{other}-01-01`"
        case ((Kind.DATE | Kind.TIMESTAMP), int() | Decimal()):
            return f"`days_since({name})` is a number of days"
        case Kind.DURATION, int() if not isinstance(other, bool):
            return f"say of what: `{other} days`"
        case Kind.BOOLEAN, _ if _truth(other) is not None:
            return f"write `{_truth(other)}`, or the test alone: `{name if _truth(other) == 'true' else f'not {name}'}`"
        case Kind.TEXT, int() | Decimal() | date():
            return f"text stands in single quotes: `'{words(constant)}'`"
    return None


def _hint_of_param(value: Expression, other: object, written: str) -> str | None:
    """The same where the constant is a param, whose value stands elsewhere."""
    param = written.removeprefix("params.")
    match value.type.kind, other:
        case Kind.LIST, _:
            return f"`{words(value)} contains …` asks what the list holds"
        case ((Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER), str()) if _NUMBER_TEXT.fullmatch(other):
            return f"a quoted param is text: write `{param}: {other.strip()}`"
        case ((Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER), Duration()):
            return f"`{words(value)}` is a number: write `{param}: {other.count}`"
        case ((Kind.DATE | Kind.TIMESTAMP), str()) if is_date_text(other):
            return f"a quoted param is text: write `{param}: {other}`"
        case ((Kind.DATE | Kind.TIMESTAMP), Duration()):
            return f"a moment that long ago is `{written} ago`"
        case ((Kind.DATE | Kind.TIMESTAMP), int() | Decimal()) if not isinstance(other, bool):
            return f"`days_since({words(value)})` is a number of days"
        case Kind.TEXT, int() | Decimal() | date() if not isinstance(other, bool):
            return f"a quoted param is text: write `{param}: '{other}'`"
    return None


def _truth(other: object) -> str | None:
    """`true` or `false` where a text or number stands for one of them."""
    word = str(other).casefold()
    if word in ("true", "yes", "1", "t", "y"):
        return "true"
    return "false" if word in ("false", "no", "0", "f", "n") else None


def as_test(node: Expression, findings: Findings) -> Expression:
    """The node where a test is needed: a finding unless it is true or false."""
    if node.type.kind in (Kind.BOOLEAN, Kind.UNKNOWN):
        return node
    name = words(node)
    match node.type.kind:
        case Kind.TEXT if isinstance(node, Literal):
            help = "a test compares something: `country == 'US'`"
        case Kind.TEXT:
            help = f"compare it, `{name} == '…'`, or ask `{name} is known`"
        case Kind.LIST:
            help = f"`{name} contains '…'`, or `length({name}) > 0`"
        case Kind.DATE | Kind.TIMESTAMP:
            help = f"compare it, `{name} >= 2026-01-31`, or ask `{name} is known`"
        case Kind.DURATION:
            help = f"compare it: `{name} > 30 days`"
        case Kind.VERSION:
            help = f"compare it: `{name} >= '2.10'`"
        case _:
            help = f"compare it: `{name} > 0`"
    message = f"a test must be true or false, and `{name}` is {described(node.type)}"
    return refuse(findings, "wrong-type", node.span, message, help)


def common(nodes: tuple[Expression, ...], what: str, findings: Findings) -> Type | None:
    """The one type of several values, such as the branches of `if`; None with a finding where there is none."""
    first, *rest = nodes
    type = first.type
    for node in rest:
        joined = meet(type, node.type)
        if joined is None:
            message = f"{what} are of one type, but `{words(first)}` is {described(type)} and `{words(node)}` is "
            refuse(findings, "wrong-type", node.span, message + described(node.type), hint(first, node))
            return None
        type = joined
    calendar = next((node for node in nodes if type.kind is Kind.DURATION and is_calendar(node)), None)
    if calendar is not None:
        refuse_calendar(calendar, findings)
        return None
    return type
