"""Where the search for a row begins: tests with all that they refer to put in, and rows drafted for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import chain

from segrules.analysis import Example
from segrules.language.core import Column, Compare, Expression, Literal, Membership, Reference
from segrules.language.trees import relation_of, walk, with_children
from segrules.planning.dependencies import own_references
from segrules.planning.fold_time import fold_time
from segrules.planning.others import crossing, reached
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.workflows.mutating.draft_values import Draft, Maker
from segrules.workflows.mutating.drafting import drafted, maker_for
from segrules.workflows.mutating.drafts import hold
from segrules.workflows.mutating.killing_cases import inlined
from segrules.workflows.testing.examples import example_key

DRAFTS = 20
"""Rows drafted for a test."""


def draft_of(example: Example) -> Draft:
    """What a prover made up, as a draft."""
    rows = {name: [dict(row) for row in rows] for name, rows in example.rows.items()}
    return Draft(dict(example.cells), rows)


def whole_test(rules: Rules, test: Expression, moment: AsOf) -> Expression:
    """A test with what its names stand for and no open time; the names left in where that is too large."""
    whole = inlined(rules, test, moment)
    return fold_time(test, moment) if whole is None else _with_others(rules, whole, moment)


def _with_others(rules: Rules, node: Expression, moment: AsOf) -> Expression:
    """The expression with what things of other entities, to which lookups lead, stand for in their rules."""
    if isinstance(node, Reference) and node.path:
        name = relation_of(node.row)
        table = rules.entity if name == rules.entity.name else rules.relations.get(name)
        crossed = crossing(table, node) if table is not None else None
        if crossed is None or not isinstance(crossed.inner, Reference) or crossed.inner.path:
            return node
        other = rules.entities[crossed.entity]
        whole = inlined(other, crossed.inner, moment)
        return node if whole is None else _led(whole, crossed.entity, node.row, crossed.path)
    return with_children(node, lambda part: _with_others(rules, part, moment))


def _led(node: Expression, entity: str, row: str, path: tuple[str, ...]) -> Expression:
    """An expression of an entity's row as one of the row from which a path leads there."""
    if isinstance(node, Column | Reference) and node.row == entity:
        return replace(node, row=row, path=(*path, *node.path))
    return with_children(node, lambda part: _led(part, entity, row, path))


def drafts_for_test(project: Project, rules: Rules, test: Expression, moment: AsOf) -> list[Draft]:
    """Rows made up so that a test should hold, the simplest first."""
    whole = whole_test(rules, test, moment)
    return drafts_for(whole, drafter(project, rules, whole, moment), DRAFTS)


def drafter(project: Project, rules: Rules, test: Expression, moment: AsOf) -> Maker:
    """What makes drafts for a test; for the same test the same ones. It knows the relations of all entities."""
    every = rules.entities.values()
    relations = {name: one for own in every for name, one in own.relations.items()}
    derived = {name: one for own in every for name, one in own.derived.items()}
    more = replace(rules, relations={**relations, **rules.relations}, derived={**derived, **rules.derived})
    return maker_for(project, more, moment, f"{rules.entity.name} {test!r}")


def drafts_for(test: Expression, maker: Maker, count: int) -> list[Draft]:
    """At most so many drafts of rows for which a test should hold, the simplest first."""
    return drafted([partial(_hold, test, maker)] * count)


def _hold(test: Expression, maker: Maker, draft: Draft) -> None:
    hold(test, True, maker.scopes(draft), draft, maker)


def free_key(rules: Rules, tests: Sequence[Expression]) -> object:
    """A key that no rule behind the tests names."""
    entity = rules.entity
    behind = reached(rules, (part for test in tests for part in own_references(test, rules)))
    taken: set[object] = set()
    for node in chain.from_iterable(walk(part) for part in (*tests, *(one.expression for one in behind))):
        match node:
            case Membership(item=Column(row=row, path=(), name=name), values=Literal(value=tuple() as values)):
                taken |= {*values} if (row, name) == (entity.name, entity.key) else set()
            case Compare(left=Column(row=row, path=(), name=name), right=Literal(value=value)):
                taken |= {value} if (row, name) == (entity.name, entity.key) else set()
            case _:
                continue
    return example_key(entity, taken)
