"""What `was` asks about that has not been: moments after the as-of instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from segrules.diagnostics import Diagnostic
from segrules.language.check_findings import words
from segrules.language.core import Column, Expression, Literal, Past, Reference
from segrules.language.trees import walk
from segrules.planning.fold_time import fold_time
from segrules.planning.others import Reached, past_parts, reached
from segrules.planning.time import AsOf, start_of_day
from segrules.project.model import Rules


def late_moments(rules: Iterable[Rules], as_of: AsOf) -> tuple[Diagnostic, ...]:
    """An error for each `was` in rules that asks about a moment after the as-of instant."""
    expressions = (expression for own in rules for expression in _expressions(own))
    return tuple(dict.fromkeys(_late(expressions, as_of)))


def late_moments_of(rules: Rules, wanted: Iterable[Reference], as_of: AsOf) -> tuple[Diagnostic, ...]:
    """The same for what things rest on."""
    now = (one.expression for one in reached(rules, wanted) if not one.is_past)
    return tuple(dict.fromkeys(_late(now, as_of)))


def past_tables(rules: Rules, wanted: Iterable[Reference], as_of: AsOf) -> set[tuple[datetime, str]]:
    """The earlier instants (naive UTC, exclusive) at which rules look, each with every table of keys it looks at."""
    found: set[tuple[datetime, str]] = set()
    waiting = [(rules, tuple(wanted), as_of)]
    while waiting:
        own, items, at = waiting.pop()
        for one in (one for one in reached(own, items) if not one.is_past):
            if at is not as_of:
                found |= {(at.now, table) for table in _tables(one)}
            for moment, nodes in past_parts([fold_time(one.expression, at)], at.now).items():
                waiting.append((one.rules, tuple(node.item for node in nodes), replace(at, now=moment)))
    return found


def _tables(one: Reached) -> Iterator[str]:
    """The entity, and the lookups through which columns are read."""
    yield one.rules.entity.name
    for node in walk(one.expression):
        if isinstance(node, Column | Reference) and node.path:
            yield from (".".join((node.row, *node.path[:depth])) for depth in range(1, len(node.path) + 1))


def _expressions(rules: Rules) -> Iterator[Expression]:
    yield from (*rules.traits.values(), *rules.segments.values())
    yield from (test for labelling in rules.segmentations.values() for _, test in labelling.stages)


def _late(expressions: Iterable[Expression], as_of: AsOf) -> Iterator[Diagnostic]:
    """`today` may end after now, where the as-of is an instant: it counts as now."""
    tonight = start_of_day(as_of.today + timedelta(days=1), as_of.zone)
    for node in (node for expression in expressions for node in walk(expression)):
        if isinstance(node, Past):
            moment = fold_time(node.moment, as_of)
            if isinstance(moment, Literal) and isinstance(moment.value, datetime) and moment.value > tonight:
                message = f"`{words(node.moment)}` lies after {as_of.given.isoformat()}, as of which rules are read"
                yield Diagnostic("impossible-date", message, node.moment.span)
