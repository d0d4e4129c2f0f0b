"""Sequences of the checker: the form of their steps, and the span in which rows must lie."""

from __future__ import annotations

from dataclasses import dataclass

from segrules.language import syntax
from segrules.language.aggregates import AGGREGATES
from segrules.language.check_findings import Findings, refuse, words
from segrules.language.check_time import DAYS_OF_UNIT, SHORT_UNITS, constant_duration, is_calendar
from segrules.language.core import Expression, Step
from segrules.language.scope import Row

_EXAMPLE = "`{0}({1} where A then B)`"


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What a sequence has beside its first step: the further ones, and microseconds from first to last."""

    steps: tuple[Step, ...] = ()
    within: int | None = None


def refuse_sequence(call: syntax.Call, relation: Row, findings: Findings) -> bool:
    """Whether steps or `within` stand where they mean nothing, or are missing, or contradict each other."""
    function = call.function.text
    before = len(findings)
    if not AGGREGATES[function].has_steps:
        if call.steps:
            message = f"`then` has no meaning in `{function}`"
            help = f"`sequence({relation.name} where … then …)`"
            refuse(findings, "wrong-arguments", call.steps[0].span, message, help)
        elif call.within is not None and function != "max_count":
            message = f"`within` has no meaning in `{function}`"
            help = "rows of a span are picked by a window: `in last 7 days`"
            refuse(findings, "wrong-arguments", call.within.span, message, help)
        elif call.within is None and function == "max_count":
            message = "`max_count` needs `within`: how long the span is in which rows are counted"
            refuse(
                findings, "missing-where", call.function.span, message, f"`max_count({relation.name} within 24 hours)`"
            )
    elif call.where is None or not call.steps:
        message = f"`{function}` needs at least two steps"
        help = _EXAMPLE.format(function, relation.name)
        refuse(findings, "missing-where", call.function.span, message, help)
    else:
        _refuse_steps(call, findings)
    if call.within is not None and relation.time is None and len(findings) == before:
        message = f"`{relation.name}` has no `time`, so nothing lies within {words(call.within.span)} of it"
        refuse(findings, "no-time", call.within.span, message, "declare `time` in segrules.yml")
    return len(findings) > before


def _refuse_steps(call: syntax.Call, findings: Findings) -> None:
    last = call.steps[-1]
    if isinstance(call.where, syntax.Unary) and call.where.operator == "not":
        message = f"the first step of `{call.function.text}` is a row that is there, and `not` could mean that none is"
        help = f"a row that fails the test: `({words(call.where.span)})`"
        refuse(findings, "wrong-arguments", call.where.span, message, help)
        return
    for number, step in enumerate(call.steps):
        if step.negated and call.function.text == "funnel":
            message = "`funnel` counts steps that were taken, so `then not` has no meaning in it"
            refuse(findings, "wrong-arguments", step.span, message, "`sequence` has `then not`")
            return
        if step.negated and step.directly:
            message = "`directly` says that a row follows at once, and `not` that none does"
            refuse(
                findings,
                "wrong-arguments",
                step.span,
                message,
                "leave `directly` out, or test the row: `directly then not (…)`",
            )
            return
        if step.negated and number and call.steps[number - 1].negated:
            message = "two steps in a row say what must not come"
            refuse(findings, "wrong-arguments", step.span, message, "join them: `then not (A or B)`")
            return
    if last.negated and call.within is not None:
        for step in call.steps[:-1]:
            if step.negated or step.directly:
                word = "then not" if step.negated else "directly then"
                message = f"`{word}` cannot stand before a last `then not` that has `within`"
                refuse(findings, "wrong-arguments", step.span, message, "write two sequences, joined with `and`")
                return


def span_of(length: Expression, findings: Findings) -> int | None:
    """The microseconds of a constant length from seconds to weeks; None with a finding for any other."""
    duration = constant_duration(length, findings)
    if duration is None:
        return None
    if is_calendar(length):
        message = f"`{words(length)}` has no fixed length, and `within` counts time as it passes"
        refuse(findings, "impossible-duration", length.span, message, "say it in days or weeks")
        return None
    if duration.count < 0:
        message = f"`{words(length)}` is less than nothing, and no row lies within it"
        refuse(findings, "impossible-duration", length.span, message)
        return None
    seconds = SHORT_UNITS.get(duration.unit) or DAYS_OF_UNIT[duration.unit] * 86_400
    return duration.count * seconds * 1_000_000
