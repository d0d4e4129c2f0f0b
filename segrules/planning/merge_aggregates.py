"""Pass: aggregates over the same rows and key become one fold, so that a relation is read and grouped once.

``count(orders)`` and ``sum(orders.amount where …)`` were two folds of `orders` by `customer_id`; now they are two
columns of one.
"""

from __future__ import annotations

from dataclasses import replace

from segrules.planning.names import fresh
from segrules.planning.nodes import Attachment, Fold, Plan, Rows, Step, in_order, with_inputs


def merge_aggregates(plan: Plan) -> Plan:
    """The same plan with at most one fold per step, input and key."""
    taken = {node.name.casefold() for node in in_order(plan.root) if not isinstance(node, Fold)}
    return replace(plan, root=_merge(plan.root, {}, taken))


def _merge(node: Rows, done: dict[Rows, Rows], taken: set[str]) -> Rows:
    if node not in done:
        done[node] = _merged(node, done, taken)
    return done[node]


def _merged(node: Rows, done: dict[Rows, Rows], taken: set[str]) -> Rows:
    if not isinstance(node, Step):
        return with_inputs(node, lambda part: _merge(part, done, taken))
    inner = _merge(node.input, done, taken)
    return replace(node, input=inner, attachments=_merge_attachments(node.attachments, done, taken))


def _merge_attachments(
    attachments: tuple[Attachment, ...], done: dict[Rows, Rows], taken: set[str]
) -> tuple[Attachment, ...]:
    groups: dict[object, list[tuple[Attachment, Fold]]] = {}
    others = []
    for attachment in attachments:
        match attachment.rows:
            case Fold() as fold:
                place = (fold.input, fold.keys, fold.order, attachment.on)
                groups.setdefault(place, []).append((attachment, fold))
            case rows:
                others.append(replace(attachment, rows=_merge(rows, done, taken)))
    folds = (_joined(group, _merge(group[0][1].input, done, taken), taken) for group in groups.values())
    return (*folds, *others)


def _joined(group: list[tuple[Attachment, Fold]], input: Rows, taken: set[str]) -> Attachment:
    first, fold = group[0]
    name = fresh(f"{input.name}_by_{fold.keys[-1]}" if fold.keys else f"{input.name}_overall", taken)
    folded = tuple(column for _, each in group for column in each.columns)
    columns = tuple(column for attachment, _ in group for column in attachment.columns)
    defaults = tuple(default for attachment, _ in group for default in attachment.defaults)
    return replace(
        first, rows=replace(fold, name=name, input=input, columns=folded), columns=columns, defaults=defaults
    )
