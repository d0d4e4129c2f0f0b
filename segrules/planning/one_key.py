"""A plan of one entity row: what it rests on is read for this row's key alone, wherever the rows carry the key.

Rows that others are measured by stay whole: those that a rank or `overall` looks at, and those of another entity. So do
lookups, but for those by the key itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from segrules.language.core import And, Column, Compare, Expression, Literal
from segrules.planning.names import fresh
from segrules.planning.nodes import (
    Attachment,
    Borrow,
    Distinct,
    Exists,
    Fold,
    Keep,
    Lookups,
    Pick,
    Plan,
    Rows,
    Scan,
    Step,
    Stored,
    Windows,
    in_order,
)


def of_one_key(plan: Plan, key: Literal) -> Plan:
    """The plan with the rows of one key, or with none where there is no such row. A partition stays whole."""
    return replace(plan, root=rows_of_key(plan.root, plan.keys[-1], key))


def rows_of_key(root: Rows, column: str, key: Literal) -> Rows:
    """The rows in which a column, which is never missing, has this value."""
    work = _Work(key, {node.name.casefold() for node in in_order(root)})
    return _narrowed(root, column, work)


@dataclass(frozen=True, slots=True)
class _Work:
    """The value, the names that nodes have, and what each node became for a column."""

    key: Literal
    taken: set[str]
    done: dict[tuple[Rows, str], Rows] = field(default_factory=dict)

    def test(self, column: str) -> Expression:
        return Compare("==", Column("", (), column, self.key.type, False), self.key)


def _narrowed(node: Rows, column: str, work: _Work) -> Rows:
    if (node, column) not in work.done:
        found = _pushed(node, column, work)
        if found is None:
            found = Pick(fresh(f"{node.name}_of_key", work.taken), node, work.test(column))
        else:
            found = replace(found, name=fresh(node.name, work.taken))
        work.done[node, column] = found
    return work.done[node, column]


def _pushed(node: Rows, column: str, work: _Work) -> Rows | None:
    """The node over fewer rows; None where leaving out rows below it would change those that stay."""
    match node:
        case Scan(where=where):
            test = work.test(column)
            return replace(node, where=test if where is None else And((where, test)))
        case Fold(keys=keys) if column in keys:
            return replace(node, input=_narrowed(node.input, column, work))
        case Pick() | Keep():
            return replace(node, input=_narrowed(node.input, column, work))
        case Distinct(columns=pairs):
            return replace(node, input=_narrowed(node.input, dict(pairs)[column], work))
        case Windows(columns=windows) if all(column in item.partition for item in windows):
            return replace(node, input=_narrowed(node.input, column, work))
        case Lookups(joins=joins) if column not in (new for join in joins for new, _ in join.columns):
            narrow = tuple(replace(join, other=_joined(join.other, join.on, column, work)) for join in joins)
            return replace(node, input=_narrowed(node.input, column, work), joins=narrow)
        case Borrow(columns=pairs, on=on) if column not in dict(pairs):
            entity = _joined(node.entity, on, column, work)
            return replace(node, input=_narrowed(node.input, column, work), entity=entity)
        case Exists(columns=pairs, on=on) if column != node.column:
            other = _joined(node.other, ((own, dict(pairs)[new]) for own, new in on), column, work)
            return replace(node, input=_narrowed(node.input, column, work), other=other)
        case Step() if column not in _made(node):
            attachments = tuple(_attached(item, column, work) for item in node.attachments)
            return replace(node, input=_narrowed(node.input, column, work), attachments=attachments)
        case Stored() | Fold() | Windows() | Lookups() | Borrow() | Exists() | Step():
            return None


def _made(step: Step) -> set[str]:
    """The columns that a step adds to those of its input."""
    attached = {new for attachment in step.attachments for new, _ in attachment.columns}
    return attached | {column.name for column in step.columns}


def _attached(attachment: Attachment, column: str, work: _Work) -> Attachment:
    return replace(attachment, rows=_joined(attachment.rows, attachment.on, column, work))


def _joined(rows: Rows, on: Iterable[tuple[str, str]], column: str, work: _Work) -> Rows:
    """Rows that are joined where `on` (own column, its column) is equal: those of the key, if it is among these."""
    theirs = dict(on).get(column)
    return rows if theirs is None else _narrowed(rows, theirs, work)
