"""Aggregates over derived relations as aggregates over the rows that those are made of."""

from __future__ import annotations

from dataclasses import replace

from segrules.analysis.small.theory import Theory
from segrules.language.core import Aggregate, And, Column, Expression, Previous, Reference
from segrules.language.trees import walk, with_children
from segrules.project.model import Derivation

_LOOKED_AT = ("every", "share")
"""Aggregates whose `where` is the test on rows, so that what picks them stands beside their window."""


def through(theory: Theory, node: Aggregate) -> Aggregate:
    """The same fold of stored rows, where a relation keeps some rows of another and adds columns to them.

    ``count(paid where net > 5)`` becomes ``count(orders where amount > 0 and amount * 0.9 > 5)``. Rollups, and what
    asks how the kept rows stand, stay as they are.
    """
    while (made := theory.rules.derived.get(node.relation)) is not None:
        if not _can_be_seen_through(theory, node, made):
            return node
        node = _of_base(theory, node, made)
    return node


def _can_be_seen_through(theory: Theory, node: Aggregate, made: Derivation) -> bool:
    own, base = theory.rules.relations[node.relation], theory.rules.relations[made.base]
    if made.by or node.steps or node.within is not None or (own.time, own.order) != (base.time, base.order):
        return False
    return node.row == node.relation and not any(
        isinstance(part, Previous) and part.item.row == node.row for part in walk(node)
    )


def _of_base(theory: Theory, node: Aggregate, made: Derivation) -> Aggregate:
    added = {name: theory.prepared(part) for name, part in made.columns}
    label = node.row

    def changed(part: Expression) -> Expression:
        match part:
            case Column(row=row, path=(), name=name) if row == label and name in added:
                return added[name]
            case Column(row=row) | Reference(row=row) if row == label:
                return replace(part, row=made.base)
            case _:
                return with_children(part, changed)

    inner = with_children(node, changed)
    assert isinstance(inner, Aggregate)
    kept = None if made.where is None else theory.prepared(made.where)
    inner = replace(inner, relation=made.base, row=made.base)
    if node.function in _LOOKED_AT:
        return replace(inner, window=_both(kept, inner.window))
    return replace(inner, where=_both(kept, inner.where))


def _both(one: Expression | None, other: Expression | None) -> Expression | None:
    parts = tuple(part for part in (one, other) if part is not None)
    return And(parts) if parts else None
