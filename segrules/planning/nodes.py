"""The logical plan: a DAG of nodes that give rows, each row's columns named and computed once.

Expressions in a plan name the columns of the node's input: `Column("", (), name)`. A node's `name` is what a reader
sees in SQL, and no other node's. Nodes are compared by identity: by value, each reader of a node would walk all of it
again, which in a DAG is without end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from segrules.language.core import Aggregate, Expression, Literal, Reference
from segrules.language.types import Type
from segrules.project.model import Column as StoredColumn


@dataclass(frozen=True, slots=True)
class Define:
    """A column and what computes it from the columns of the input."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The stored rows of a table for which `where` holds, with the columns that are read."""

    name: str
    table: str
    columns: tuple[StoredColumn, ...]
    where: Expression | None


@dataclass(frozen=True, slots=True)
class LookupJoin:
    """At most one row of `other` where `on` (own column, its column) is equal; its columns as (new name, name).

    defaults: the columns' values where there is no such row (None: missing); none of them where it is empty.
    """

    other: Rows
    on: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    defaults: tuple[Literal | None, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lookups:
    """The rows of the input with columns of to-one tables beside theirs; a later join may use an earlier one's."""

    name: str
    input: Rows
    joins: tuple[LookupJoin, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """The distinct keys of the input's rows, renamed: (new name, name)."""

    name: str
    input: Rows
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Borrow:
    """The rows of a relation whose entity row is known, with columns of that entity row: (new name, name)."""

    name: str
    input: Rows
    entity: Rows
    on: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DefineAggregate:
    """A column of a fold; the aggregate's value, where and window name columns of the fold's input."""

    name: str
    value: Aggregate


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """One row per key of the input, its columns aggregates. `order`: the columns that rows stand by."""

    name: str
    input: Rows
    keys: tuple[str, ...]
    order: tuple[str, ...]
    columns: tuple[DefineAggregate, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pick:
    """The rows of the input for which `where` holds."""

    name: str
    input: Rows
    where: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Keep:
    """The rows of the input with these columns alone."""

    name: str
    input: Rows
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A column that rows stand by; what is missing stands first, or last where the order is descending."""

    column: str
    type: Type
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows around one that a window function sees, ends included; None is without end, negative before the row.

    `places` counts groups of rows that are equal in all columns of the order, as SQL's GROUPS does; `span` adds to
    the one column of the order, an integer, as SQL's RANGE does.
    """

    unit: OneOf["places", "span"]
    start: int | None
    end: int | None


EARLIER = Frame("places", None, -1)
PREVIOUS = Frame("places", -1, -1)
UNTIL_HERE = Frame("places", None, 0)
LATER = Frame("places", 1, None)


@dataclass(frozen=True, slots=True)
class DefineWindow:
    """A column that each row computes from those around it: the rows with equal `partition`, in `order`.

    function: min, max, sum, count of `value` (None: of rows) in the frame (None: in the whole partition); or, without
    a frame, row_number, rank, dense_rank, percent_rank, ntile, of which `argument` is the number of tiles.
    """

    name: str
    function: str
    value: Expression | None
    partition: tuple[str, ...]
    order: tuple[Order, ...] = ()
    frame: Frame | None = None
    argument: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The rows of the input with `columns` beside theirs; none of these names another of them."""

    name: str
    input: Rows
    columns: tuple[DefineWindow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Exists:
    """The rows of the input with `column`: whether some row of `other` has equal `on` and passes `where`.

    columns: those of `other` that are looked at, as (new name, name), the new one being no name of the input's. `on`
    (own column, new name) and `where` name columns of both.
    """

    name: str
    input: Rows
    other: Rows
    columns: tuple[tuple[str, str], ...]
    on: tuple[tuple[str, str], ...]
    where: Expression
    column: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """Columns of at most one row of `rows` where `on` (own column, its column) is equal; without `on`, of its only row.

    columns: (new name, name there). defaults: their values where there is no such row (None: missing).
    """

    rows: Rows
    on: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    defaults: tuple[Literal | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The rows of the input with the attachments' columns and then `columns` beside theirs.

    `columns` name columns of the input only, never one another or an attached one.
    """

    name: str
    input: Rows
    attachments: tuple[Attachment, ...]
    columns: tuple[Define, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """The rows that an engine keeps in a table: columns, and Booleans that are never missing, by their numbers.

    packed: what the names of the table's columns that hold the Booleans begin with, as no column of the plan does.
    """

    name: str
    columns: tuple[str, ...]
    flags: tuple[tuple[str, int], ...]
    packed: str


Rows = Scan | Lookups | Distinct | Borrow | Fold | Pick | Keep | Windows | Exists | Step | Stored


@dataclass(frozen=True, slots=True)
class Output:
    """One thing that was asked for, and the column of the plan's root that has it."""

    wanted: Reference
    column: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A column or trait that goes beside the key, and the column of the plan's root that has it."""

    label: str
    column: str
    type: Type


@dataclass(frozen=True, slots=True)
class Plan:
    """The entity's rows with everything asked for.

    keys: the partition, if any, and the key, as columns of the root; `key_name` is the key's own name.
    overlaps: per `unique` segmentation the column that says how many of its stages match.
    """

    root: Rows
    keys: tuple[str, ...]
    key_name: str
    outputs: tuple[Output, ...]
    carried: tuple[Carried, ...]
    overlaps: tuple[tuple[str, str], ...]


def inputs(node: Rows) -> tuple[Rows, ...]:
    """The nodes that a node reads directly."""
    match node:
        case Scan() | Stored():
            return ()
        case Lookups(input=input, joins=joins):
            return (input, *(join.other for join in joins))
        case Distinct(input=input) | Fold(input=input) | Pick(input=input) | Keep(input=input) | Windows(input=input):
            return (input,)
        case Borrow(input=input, entity=other) | Exists(input=input, other=other):
            return (input, other)
        case Step(input=input, attachments=attachments):
            return (input, *(attachment.rows for attachment in attachments))


def with_inputs(node: Rows, change: Callable[[Rows], Rows]) -> Rows:
    """The node with each node that it reads directly changed; the same node where none changes."""
    before = inputs(node)
    after = tuple(map(change, before))
    if all(one is other for one, other in zip(before, after, strict=True)):
        return node
    first, *others = after
    match node:
        case Scan() | Stored():
            return node
        case Lookups(joins=joins):
            joined = tuple(replace(join, other=other) for join, other in zip(joins, others, strict=True))
            return replace(node, input=first, joins=joined)
        case Distinct() | Fold() | Pick() | Keep() | Windows():
            return replace(node, input=first)
        case Borrow():
            return replace(node, input=first, entity=others[0])
        case Exists():
            return replace(node, input=first, other=others[0])
        case Step(attachments=attachments):
            attached = tuple(replace(part, rows=other) for part, other in zip(attachments, others, strict=True))
            return replace(node, input=first, attachments=attached)


def columns_made(node: Rows) -> tuple[str, ...]:
    """The names of the columns that a node has and none of its inputs."""
    match node:
        case Scan(columns=read):
            return tuple(column.name for column in read)
        case Lookups(joins=joins):
            return tuple(new for join in joins for new, _ in join.columns)
        case Distinct(columns=pairs) | Borrow(columns=pairs):
            return tuple(new for new, _ in pairs)
        case Fold(columns=columns) | Windows(columns=columns):
            return tuple(column.name for column in columns)
        case Step(columns=columns, attachments=attachments):
            attached = (new for attachment in attachments for new, _ in attachment.columns)
            return (*attached, *(column.name for column in columns))
        case Exists(column=column):
            return (column,)
        case Stored(columns=columns_kept, flags=flags):
            return (*columns_kept, *(name for name, _ in flags))
        case Pick() | Keep():
            return ()


def in_order(root: Rows) -> tuple[Rows, ...]:
    """The nodes of a plan, each once and after those it reads."""
    done: dict[Rows, None] = {}
    waiting = [root]
    while waiting:
        node = waiting[-1]
        missing = [part for part in inputs(node) if part not in done]
        if missing:
            waiting.extend(reversed(missing))
        else:
            done.setdefault(waiting.pop())
    return tuple(done)
