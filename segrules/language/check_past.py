"""`was(segments.vip, 30 days ago)`: what a thing of the entity was at an earlier moment, by the same rules."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from segrules.language import syntax
from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.check_names import Place
from segrules.language.check_time import DAYS_OF_UNIT, SHORT_UNITS, instant, moved
from segrules.language.core import Call, Clock, Column, Duration, Expression, Literal, Past, Reference
from segrules.language.types import DURATION, Kind

Check = Callable[[syntax.Expression, Place, Findings], Expression]
"""The checker itself, for the parts of a call."""

_FORM = "`was(segments.vip, 30 days ago)`"


def past(call: syntax.Call, place: Place, findings: Findings, check: Check) -> Expression:
    """The node of a call of `was`."""
    for extra in (call.where, call.window, call.within, call.by, *call.steps):
        if extra is not None:
            message = "`was` takes a name and a moment, and nothing behind them"
            return refuse(findings, "wrong-arguments", extra.span, message, _FORM)
    if len(call.arguments) != 2:
        message = "`was` takes a segment, trait or segmentation, and then a moment"
        return refuse(findings, "wrong-arguments", call.span, message, _FORM)
    item, moment = (check(argument.value, place, findings) for argument in call.arguments)
    thing = _thing(item, place, findings)
    at = _moment(moment, findings)
    return unknown(call.span) if thing is None or at is None else Past(thing, at, call.span)


def _thing(item: Expression, place: Place, findings: Findings) -> Reference | None:
    """The segment, trait or segmentation that is asked about."""
    if isinstance(item, Reference) and not item.path:
        return item
    own = place.scope.entity.name
    message = f"`was` takes the name of a segment, trait or segmentation, and `{words(item)}` is none"
    help = "name it as a trait, and ask about the trait"
    match item:
        case _ if item.type.kind is Kind.UNKNOWN:
            return None
        case Reference():
            message = f"`was` asks about things of `{own}` itself, and `{words(item)}` is of another entity"
            help = "ask there: give that entity a segment or trait with `was` in it, and name it here"
        case Column():
            message = f"`was` takes the name of a segment, trait or segmentation, and `{words(item)}` is a column"
    refuse(findings, "wrong-arguments", item.span, message, help)
    return None


def _moment(node: Expression, findings: Findings) -> Expression | None:
    """The instant at which the thing is asked about; of a day its end, as `--as-of` means it."""
    if node.type.kind is Kind.UNKNOWN:
        return None
    if node.type.kind is Kind.DURATION:
        message = f"`{words(node)}` is a length of time, and `was` looks at a moment"
        refuse(findings, "wrong-type", node.span, message, f"`{words(node)} ago`?")
        return None
    if not node.type.is_temporal:
        message = f"`was` looks at a moment, and `{words(node)}` is {described(node.type)}"
        refuse(findings, "wrong-type", node.span, message, "a day, an instant, or `30 days ago`")
        return None
    ahead = _days_ahead(node)
    if ahead is None:
        message = f"`was` looks at one moment, the same for every row, which `{words(node)}` is not"
        refuse(findings, "wrong-arguments", node.span, message, "a day, an instant, or `30 days ago`")
        return None
    if ahead > 0:
        refuse(findings, "impossible-date", node.span, f"`{words(node)}` lies after now, where no rule can look")
        return None
    if node.type.kind is Kind.TIMESTAMP:
        return node
    end = moved(node, Literal(Duration(1, "day"), DURATION, node.span), 1, node.span, findings) if node.span else node
    return None if end.type.kind is Kind.UNKNOWN else instant(end)


def _days_ahead(node: Expression) -> float | None:
    """How many days after now a moment lies at least; None where it is no constant of the run."""
    match node:
        case Literal():
            return -inf
        case Clock():
            return 0
        case Call(function="shift", arguments=(item, Literal(value=Duration(count=count, unit=unit)))):
            start = _days_ahead(item)
            days = count * SHORT_UNITS[unit] / 86_400 if unit in SHORT_UNITS else count * DAYS_OF_UNIT[unit]
            return None if start is None else start + days
        case Call(function="start_of", arguments=(Literal(value=str() as unit), item)):
            start = _days_ahead(item)
            return None if start is None else start - DAYS_OF_UNIT[unit]
        case Call(function="date" | "instant", arguments=(item,)):
            return _days_ahead(item)
        case _:
            return None
