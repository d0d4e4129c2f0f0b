"""Numbers that several rules compare the same thing with, where a param would say once what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from segrules.diagnostics import Diagnostic
from segrules.language.check_findings import words
from segrules.language.core import Compare, Duration, Expression, Literal
from segrules.workflows.lints.parts import Part

FEWEST = 3
"""So many rules must have a number before it is remarked on."""

_Test = tuple[Expression, object]


def repeated_numbers(parts: Mapping[str, Sequence[Part]]) -> Iterator[Diagnostic]:
    """One finding for each number that three or more segments and segmentations compare one thing with, at the first.

    Not for 0, 1 and 2, which say none, one and several, and not where a param stands already.
    """
    for own in parts.values():
        places: dict[_Test, dict[tuple[str, str], Literal]] = {}
        for part in own:
            if part.kind in ("segment", "segmentation") and isinstance(part.node, Compare):
                for thing, number in _number(part.node):
                    key = (thing, number.value)
                    places.setdefault(key, {}).setdefault((part.kind, part.name), number)
        for (thing, _), rules in places.items():
            if len(rules) >= FEWEST:
                yield _finding(thing, rules)


def _number(test: Compare) -> Iterator[tuple[Expression, Literal]]:
    """The thing and the written number of a comparison of the two."""
    for thing, number in ((test.left, test.right), (test.right, test.left)):
        if isinstance(number, Literal) and not isinstance(thing, Literal) and _is_written(number):
            yield thing, number


def _is_written(literal: Literal) -> bool:
    """Whether a literal is a number or a length of time that a rule says itself, and does not tell its meaning."""
    match literal.value:
        case bool():
            return False
        case int() | Decimal():
            is_telling = literal.value in (0, 1, 2)
        case Duration():
            is_telling = False
        case _:
            return False
    return not is_telling and literal.span is not None and not literal.span.text.startswith("params")


def _finding(thing: Expression, rules: Mapping[tuple[str, str], Literal]) -> Diagnostic:
    first = next(iter(rules.values()))
    names = [f"`{name}`" for _, name in rules]
    others = len(names) - FEWEST
    listed = ", ".join(names[:FEWEST]) + (f" and {others:,} more" if others else "")
    message = f"`{words(thing)}` is compared with `{words(first.span)}` in {len(names):,} rules: {listed}"
    return Diagnostic("repeated-number", message, first.span, "a param gives it a name and says it once: `params.…`")
