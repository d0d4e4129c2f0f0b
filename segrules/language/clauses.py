"""The clauses of a rule as its author wrote them: what sugar (`between`, a window) stands for is one clause."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from segrules.language.core import And, Expression, Not, Or
from segrules.language.trees import children


def written_clauses(node: And | Or) -> tuple[Expression, ...]:
    """The clauses that a list joins. `a and x between 1 and 5` has three items and two clauses.

    Items that stand at one place are one clause: an `and` (or `or`) of its own, with the span of its items.
    """
    found: list[Expression] = []
    for span, group in groupby(node.items, lambda item: item.span):
        same = tuple(group)
        once = same if span is None or len(same) == 1 else tuple(dict.fromkeys(same))  # an alias may stand there twice
        found += once if span is None or len(once) == 1 else (replace(node, items=once, span=span),)
    return tuple(found)


def is_one_test(node: Expression) -> bool:
    """Whether the author wrote one test where the tree has several, such as `between` or `not in`."""
    parts = children(node)
    return node.span is not None and bool(parts) and all(part.span == node.span for part in parts)


def denies_own_test(node: Not) -> bool:
    """Whether what a `not` denies is written on its own: `not (…)`, the clauses of `none`, but not `x not in […]`."""
    return not is_one_test(node) or (isinstance(node.item, And | Or) and not is_one_test(node.item))


def words_of(node: Expression) -> str:
    """The author's words for an expression, on one line."""
    return "?" if node.span is None else node.span.words
