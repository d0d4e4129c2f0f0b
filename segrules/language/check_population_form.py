"""The form of calls of functions over all entity rows: which argument is the value, what may stand beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from segrules.language import syntax
from segrules.language.aggregates import AGGREGATES
from segrules.language.check_findings import Findings, refuse, words
from segrules.language.check_names import Place
from segrules.language.populations import IN_OVERALL, POPULATIONS, PopulationFunction
from segrules.language.scope import Scope
from segrules.source import Span


def value_of(call: syntax.Call, place: Place, findings: Findings) -> syntax.Argument | None:
    """The argument whose value is ranked (of `overall` the aggregate), or None with a finding about the call's form."""
    function = POPULATIONS[call.function.text]
    if place.relation is not None:
        message = f"`{function.name}` looks at every {place.scope.entity.name}, so it is no value of one row of "
        help = f"name `{words(call.span)}` as a trait, and use the trait here"
        refuse(findings, "nested-aggregate", call.function.span, f"{message}`{place.relation.name}`", help)
        return None
    if not _has_fitting_qualifiers(call, place, findings):
        return None
    wanted = 1 if function.takes in ("nothing", "aggregate") else 2
    if len(call.arguments) != wanted:
        message = f"`{function.name}` takes {_what(function)}, and here are {len(call.arguments) or 'no'} arguments"
        help = f"`{_example(function, call)}`"
        refuse(findings, "wrong-arguments", call.span, message, help)
        return None
    if not all(_is_plain(argument, function, findings) for argument in call.arguments[:-1]):
        return None
    last = call.arguments[-1]
    if _is_turned_round(call, findings):
        return None
    return last if _has_fitting_direction(last, function, findings) else None


def _is_turned_round(call: syntax.Call, findings: Findings) -> bool:
    """Whether a constant stands where the value belongs, with a finding."""
    first, last, name = call.arguments[0], call.arguments[-1], call.function.text
    if first is last or not isinstance(last.value, syntax.Constant | syntax.Percent):
        return False
    help = f"`{name}({words(last.value.span)}, {words(first.span)})`"
    message = f"the value comes last in `{name}`, and `{words(last.value.span)}` is a constant"
    refuse(findings, "wrong-arguments", last.value.span, message, help)
    return True


def _what(function: PopulationFunction) -> str:
    match function.takes:
        case "nothing":
            return "one value"
        case "bins":
            return "a number of parts and a value"
        case "share":
            return "a share and a value"
        case "share or count":
            return "a share or a number of rows, and a value"
        case "aggregate":
            return "one aggregate"
        case _:
            assert_never(function.takes)


def _example(function: PopulationFunction, call: syntax.Call) -> str:
    """How the call may have been meant: the function's own example around the value that was written."""
    named = [argument.value for argument in call.arguments if isinstance(argument.value, syntax.Name)]
    return function.written.replace("spend", words(named[0].span)) if len(named) == 1 else function.written


def _has_fitting_qualifiers(call: syntax.Call, place: Place, findings: Findings) -> bool:
    """Whether a call has no window, steps or span, which are for rows of relations."""
    name, entity = call.function.text, place.scope.entity.name
    if call.window is not None:
        message = f"`{name}` looks at every {entity}, so there are no rows for a window to pick"
        help = f"put a test of a date after `where`: `where … is {words(call.window.span)}`"
        refuse(findings, "wrong-arguments", call.window.span, message, help)
        return False
    for step in call.steps:
        refuse(findings, "wrong-arguments", step.span, f"`then` belongs to `sequence` and `funnel`, not to `{name}`")
        return False
    if call.within is not None:
        message = f"`within` belongs to `sequence`, `funnel` and `max_count`, not to `{name}`"
        refuse(findings, "wrong-arguments", call.within.span, message)
        return False
    return True


def _is_plain(argument: syntax.Argument, function: PopulationFunction, findings: Findings) -> bool:
    """Whether an argument is a value alone: without a keyword, another name or a direction."""
    if argument.direction is not None and _is_unnamed(argument, function, findings):
        message = f"`{argument.direction}` stands behind the value that is compared"
        refuse(findings, "wrong-arguments", argument.span, message, f"`{function.written}`")
    return argument.direction is None and _is_unnamed(argument, function, findings)


def _is_unnamed(argument: syntax.Argument, function: PopulationFunction, findings: Findings) -> bool:
    for extra in (argument.keyword, argument.alias):
        if extra is not None:
            message = f"`{function.name}` has no use for the name `{extra.text}` here"
            refuse(findings, "wrong-arguments", extra.span, message, f"`{function.written}`")
            return False
    return True


def _has_fitting_direction(argument: syntax.Argument, function: PopulationFunction, findings: Findings) -> bool:
    direction = argument.direction
    if not _is_unnamed(argument, function, findings):
        return False
    if direction in function.directions or (direction is None and not function.says_direction):
        return True
    value = words(argument.value.span)
    if direction is None:
        message = f"`{function.name}` does not say whether the largest `{value}` or the smallest stands first"
        help = f"`{function.name}({value} desc)` puts the largest first, `asc` the smallest"
    elif function.name == "overall":
        message, help = f"`{direction}` has no meaning in `overall`, which puts nothing in order", None
    elif function.name == "in_bottom":
        message = f"`{words(argument.span)}` can be read in two ways at the bottom"
        help = f"`in_bottom(…, {value})` takes the smallest, `in_top(…, {value})` the largest"
    else:
        message = f"`{function.name}` begins with the largest, so `{direction}` has no meaning in it"
        help = f"leave `{direction}` out"
    refuse(findings, "wrong-arguments", argument.span, message, help)
    return False


def in_overall(argument: syntax.Argument, findings: Findings) -> syntax.Call | None:
    """The aggregate inside `overall`, or None with a finding."""
    inner = argument.value
    while isinstance(inner, syntax.Parentheses):
        inner = inner.inner
    if not isinstance(inner, syntax.Call) or inner.function.text not in AGGREGATES:
        message = f"`overall` takes an aggregate of a value, and `{words(inner.span)}` is none"
        help = f"`overall(avg({words(inner.span)}))`?" if isinstance(inner, syntax.Name) else "`overall(median(spend))`"
        refuse(findings, "wrong-arguments", inner.span, message, help)
        return None
    known = tuple(name for name in IN_OVERALL if name in AGGREGATES)
    if inner.function.text not in known:
        message = f"`overall` cannot have `{inner.function.text}` in it"
        help = f"it can have {', '.join(f'`{name}`' for name in known)}"
        refuse(findings, "wrong-arguments", inner.function.span, message, help)
        return None
    return inner


def joined(call: syntax.Call, inner: syntax.Call, place: Place, findings: Findings) -> syntax.Call | None:
    """The aggregate in `overall` with the `where` and `by` of both, or None with a finding about its form."""
    if not _has_fitting_qualifiers(inner, place, findings):
        return None
    for outer, own, word in ((call.where, inner.where, "where"), (call.by, inner.by, "by")):
        if outer is not None and own is not None:
            message = f"`{word}` stands in `overall` and in `{inner.function.text}`, and one of them is enough"
            help = "join the conditions with `and`" if word == "where" else None
            refuse(findings, "wrong-arguments", outer.span, message, help)
            return None
    name, takes_share = inner.function.text, AGGREGATES[inner.function.text].argument is not None
    if len(inner.arguments) != 1 + takes_share:
        what = "a share and a value" if takes_share else "one value here"
        message = f"`{name}` takes {what}, and here are {len(inner.arguments) or 'no'} arguments"
        help = f"`overall({name}({'0.2, ' if takes_share else ''}spend))`"
        refuse(findings, "wrong-arguments", inner.span, message, help)
        return None
    if not all(_is_plain(argument, POPULATIONS["overall"], findings) for argument in inner.arguments):
        return None
    if _is_turned_round(inner, findings):
        return None
    return replace(inner, where=inner.where or call.where, by=inner.by or call.by)


def overall_help(inner: syntax.Call, scope: Scope, findings: Findings, before: int) -> None:
    """What helps where a relation, or a column of one, stands in `overall`, which folds the entity's rows."""
    if len(findings) == before or not isinstance(inner.arguments[-1].value, syntax.Name):
        return
    name, function = inner.arguments[-1].value, inner.function.text
    word, key = name.parts[0].text, scope.entity.key
    if findings[-1].code == "relation-as-value":
        fold = f"count({word})" if len(name.parts) == 1 else f"sum({words(name.span)})"
        help = f"`overall` folds values of every {scope.entity.name}: name `{fold}` as a trait and fold that"
        findings[-1] = replace(findings[-1], help=help)
    elif findings[-1].code == "unknown-name" and word == scope.entity.name and function == "count":
        findings[-1] = replace(findings[-1], help=f"`overall(count({key}))` counts every {word}")


def misplaced(call: syntax.Call, findings: Findings) -> Span | None:
    """Where a call of another function has `by`, `asc` or `desc`, with a finding."""
    name = call.function.text
    if call.by is not None:
        message = f"`by` makes groups of all entity rows, and `{name}` works on one"
        refuse(
            findings,
            "wrong-arguments",
            call.by.span,
            message,
            "it belongs to functions such as `rank(spend desc by country)`",
        )
        return call.by.span
    for argument in call.arguments:
        if argument.direction is not None:
            message = f"`{argument.direction}` has no meaning in `{name}`, which puts nothing in order"
            refuse(findings, "wrong-arguments", argument.span, message)
            return argument.span
    return None
