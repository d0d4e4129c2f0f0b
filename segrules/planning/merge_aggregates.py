"""Pass: aggregates over the same rows and key become one fold, so that a relation is read and grouped once.

``count(orders)`` and ``sum(orders.amount where …)`` were two folds of `orders` by `customer_id`; now they are two
columns of one.
"""

from __future__ import annotations

from dataclasses import replace

from segrules.planning.names import fresh
from segrules.planning.nodes import Attachment, Borrow, Distinct, Fold, Lookups, Plan, Rows, Scan, Step, in_order


def merge_aggregates(plan: Plan) -> Plan:
    """The same plan with at most one fold per step, input and key."""
    taken = {node.name.casefold() for node in in_order(plan.root) if not isinstance(node, Fold)}
    return replace(plan, root=_merge(plan.root, {}, taken))


def _merge(node: Rows, done: dict[Rows, Rows], taken: set[str]) -> Rows:
    if node not in done:
        done[node] = _merged(node, done, taken)
    return done[node]


def _merged(node: Rows, done: dict[Rows, Rows], taken: set[str]) -> Rows:
    match node:
        case Scan():
            return node
        case Lookups(input=input) | Distinct(input=input) | Fold(input=input):
            return replace(node, input=_merge(input, done, taken))
        case Borrow(input=input, entity=entity):
            return replace(node, input=_merge(input, done, taken), entity=_merge(entity, done, taken))
        case Step(input=input, attachments=attachments):
            inner = _merge(input, done, taken)
            return replace(node, input=inner, attachments=_merge_attachments(attachments, done, taken))


def _merge_attachments(
    attachments: tuple[Attachment, ...], done: dict[Rows, Rows], taken: set[str]
) -> tuple[Attachment, ...]:
    groups: dict[object, list[Attachment]] = {}
    for attachment in attachments:
        fold = attachment.fold
        groups.setdefault((fold.input, fold.keys, fold.order, attachment.on), []).append(attachment)
    return tuple(_joined(group, _merge(group[0].fold.input, done, taken), taken) for group in groups.values())


def _joined(group: list[Attachment], input: Rows, taken: set[str]) -> Attachment:
    first = group[0]
    name = fresh(f"{input.name}_by_{first.fold.keys[-1]}", taken)
    columns = tuple(column for attachment in group for column in attachment.fold.columns)
    defaults = tuple(default for attachment in group for default in attachment.defaults)
    return replace(first, fold=replace(first.fold, name=name, input=input, columns=columns), defaults=defaults)
