"""Variants of a rule in which a test passes where a value in it is missing, which it never does of itself."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.language.core import Call, Column, Compare, Expression, IsMissing, Membership, Or, Reference
from segrules.language.functions import PREDICATES
from segrules.language.trees import children, walk, with_children


def passing_missing(rule: Expression) -> tuple[Expression, ...]:
    """For each test of a value that may be missing the rule with `or x is missing` behind it.

    >>> passing_missing(check("age < 30 and country != 'TH'"))
    (age < 30 or age is missing) and country != 'TH'; age < 30 and not (country == 'TH' or country is missing)
    """
    return tuple(dict.fromkeys(_passing(rule)))


def _passing(node: Expression) -> Iterator[Expression]:
    if _is_test(node):
        values = (part for part in walk(node) if isinstance(part, Column | Reference) and part.may_be_missing)
        for value in dict.fromkeys(values):
            yield Or((node, IsMissing(value)))
        return
    for part in children(node):
        for other in _passing(part):
            yield _with(node, part, other)


def _is_test(node: Expression) -> bool:
    return isinstance(node, Compare | Membership) or (isinstance(node, Call) and node.function in PREDICATES)


def _with(node: Expression, part: Expression, new: Expression) -> Expression:
    return with_children(node, lambda child: new if child is part else child)
