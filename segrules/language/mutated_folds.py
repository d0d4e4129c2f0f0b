"""Changes of aggregates besides what is in them: another function, no `where`, no window, another span of time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from segrules.language.core import Aggregate, Literal, Population
from segrules.language.mutated_constants import LENGTH, changed_constant, other_length
from segrules.language.mutated_tests import Change, wider
from segrules.source import Edit, Span

_OPPOSITE = {"min": "max", "max": "min", "first": "last", "last": "first"}
_WHERE_IS_THE_TEST = ("every", "share", "sequence", "funnel")


def fold_changes(node: Aggregate) -> Iterator[Change]:
    """`max` for `min`, an aggregate without its `where` or window, a `within` one longer or shorter, no `directly`."""
    span = node.span
    if span is not None and node.function in _OPPOSITE and span.text.startswith(node.function):
        word = Span(span.file, span.start, span.start + len(node.function))
        other = replace(node, function=_OPPOSITE[node.function])
        yield Change.of("operator", other, span, word, _OPPOSITE[node.function])
    if node.where is not None and node.where.span is not None and node.function not in _WHERE_IS_THE_TEST:
        yield Change("dropped", replace(node, where=None), node.where.span, ())
    if node.window is not None and node.window.span is not None:
        yield Change("dropped", replace(node, window=None), node.window.span, ())
    yield from _other_spans(node)
    yield from _not_directly(node)
    yield from argument_changes(node)


def argument_changes(node: Aggregate | Population) -> Iterator[Change]:
    """The constant of `in_top(10%, …)`, `ntile(5, …)`, `nth(3, …)` one step up."""
    if node.argument is not None:
        for change in changed_constant(node.argument, None, ("up",)):
            assert isinstance(change.node, Literal)
            yield wider(replace(change, node=replace(node, argument=change.node)), node)


def _other_spans(node: Aggregate) -> Iterator[Change]:
    """`within 6 days` and `within 8 days` for `within 7 days`."""
    span = node.span
    words = [] if span is None else list(re.finditer(r"\bwithin\s+(?=\d)", span.text))
    found = re.compile(LENGTH).match(span.text, words[0].end()) if span is not None and len(words) == 1 else None
    if span is None or node.within is None or found is None:
        return
    count = int(found[1].replace("_", ""))
    if not count or node.within % count:
        return
    shown = Span(span.file, span.start + words[0].start(), span.start + found.end())
    length = Span(span.file, span.start + found.start(), span.start + found.end())
    for other in (count - 1, count + 1):
        if other:
            longer = replace(node, within=node.within // count * other)
            yield Change("window", longer, shown, (Edit(length, other_length(found, other)),))


def _not_directly(node: Aggregate) -> Iterator[Change]:
    """`then` for `directly then`."""
    span = node.span
    steps = [place for place, step in enumerate(node.steps) if step.directly]
    found = list(re.finditer(r"\bdirectly\s+", span.text)) if span is not None else []
    if span is None or len(found) != len(steps):
        return
    for place, word in zip(steps, found, strict=True):
        step = replace(node.steps[place], directly=False)
        other = replace(node, steps=(*node.steps[:place], step, *node.steps[place + 1 :]))
        at = Span(span.file, span.start + word.start(), span.start + word.end() + len("then"))
        yield Change("dropped", other, at, (Edit(at, "then"),))
