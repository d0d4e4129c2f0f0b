"""The core tree: what an expression means, in about a dozen typed node kinds.

Sugar is gone: `!=` is `not ==`, `between` two comparisons, params their values, a window a predicate on the
relation's time. Time is still open: `Clock` nodes and durations become literals in planning. Spans take part
in neither equality nor hash, so that equal predicates of two files are one.

A *predicate* is a Boolean that is never missing (Compare, Membership, IsMissing, And, Or, Not, a Call of a
predicate function, a Reference to a segment, the aggregates any, none, every). Other Booleans are values and may
be missing; where a test is needed a missing one counts as false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal as OneOf

from segrules.language.functions import PREDICATES, missing_rule
from segrules.language.types import BOOLEAN, DATE, TIMESTAMP, Kind, Type
from segrules.source import Span


@dataclass(frozen=True, slots=True)
class Duration:
    """A constant length of time as written: `90 days`. The count may be negative, never fractional."""

    count: int
    unit: OneOf["second", "minute", "hour", "day", "week", "month", "quarter", "year"]


Scalar = bool | int | Decimal | float | str | date | datetime | Duration


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. A datetime is naive: in the core it is the project's wall clock, in a plan it is UTC.

    A list constant is a tuple. A value of None is a missing value (the untaken `else` of `if`).
    """

    value: Scalar | tuple[Scalar, ...] | None
    type: Type
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A stored value of a row: of the entity or of the relation called `row`, through `path` of lookups.

    `orders.product.category` is Column("orders", ("product",), "category", TEXT, …).
    """

    row: str
    path: tuple[str, ...]
    name: str
    type: Type
    may_be_missing: bool = True
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """Another named thing of the entity: a trait's value, whether a segment has the row, a segmentation's value.

    A stage `lifecycle.churned` is the segment of that name.
    """

    to: OneOf["trait", "segment", "segmentation"]
    name: str
    type: Type
    may_be_missing: bool = False
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Clock:
    """`now`, the as-of instant (a timestamp), or `today`, the last day begun before it (a date)."""

    reading: OneOf["now", "today"]
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return TIMESTAMP if self.reading == "now" else DATE


@dataclass(frozen=True, slots=True)
class Call:
    """A scalar function or operator of language.functions applied to values."""

    function: str
    arguments: tuple[Expression, ...]
    type: Type
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """A predicate: both sides known, of one common kind, and in this order. `!=` is Not of `==`."""

    operator: OneOf["==", "<", "<=", ">", ">="]
    left: Expression
    right: Expression
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return BOOLEAN


@dataclass(frozen=True, slots=True)
class Membership:
    """A predicate: the item is known and equal to an element of `values` (a Literal tuple or a list value)."""

    item: Expression
    values: Expression
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return BOOLEAN


@dataclass(frozen=True, slots=True)
class IsMissing:
    """A predicate: the item has no value."""

    item: Expression
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return BOOLEAN


@dataclass(frozen=True, slots=True)
class And:
    """A predicate: every item holds. At least one item; missing ones count as false."""

    items: tuple[Expression, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return BOOLEAN


@dataclass(frozen=True, slots=True)
class Or:
    """A predicate: some item holds. At least one item; missing ones count as false."""

    items: tuple[Expression, ...]
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    """A predicate: the exact complement of the item, hence true where the item is missing."""

    item: Expression
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return BOOLEAN


@dataclass(frozen=True, slots=True)
class If:
    """The value of the first arm (condition, value) whose condition holds, else `otherwise`."""

    arms: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression
    type: Type
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A fold of one entity row's rows of a relation.

    function: count, count_distinct, sum, avg, min, max, median, first, last, any, none, every.
    value: what is folded; None for count, any, none, every. window: which rows are looked at; where: which
    of those are taken (in `every`: the test on them). Inside, Columns of `relation` are the row's own.
    """

    function: str
    relation: str
    value: Expression | None
    where: Expression | None
    window: Expression | None
    type: Type
    span: Span | None = field(default=None, compare=False, repr=False)


Expression = (
    Literal | Column | Reference | Clock | Call | Compare | Membership | IsMissing | And | Or | Not | If | Aggregate
)


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside a node, in the order written."""
    match node:
        case Literal() | Column() | Reference() | Clock():
            return ()
        case Call(arguments=arguments):
            return arguments
        case Compare(left=left, right=right):
            return (left, right)
        case Membership(item=item, values=values):
            return (item, values)
        case IsMissing(item=item) | Not(item=item):
            return (item,)
        case And(items=items) | Or(items=items):
            return items
        case If(arms=arms, otherwise=otherwise):
            return (*(part for arm in arms for part in arm), otherwise)
        case Aggregate(value=value, where=where, window=window):
            return tuple(part for part in (value, where, window) if part is not None)


def walk(node: Expression) -> Iterator[Expression]:
    """The node and all nodes inside it."""
    yield node
    for child in children(node):
        yield from walk(child)


def with_children(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The node with each expression directly inside it changed; a leaf as it is."""
    match node:
        case Literal() | Column() | Reference() | Clock():
            return node
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(map(change, arguments)))
        case Compare(left=left, right=right):
            return replace(node, left=change(left), right=change(right))
        case Membership(item=item, values=values):
            return replace(node, item=change(item), values=change(values))
        case IsMissing(item=item) | Not(item=item):
            return replace(node, item=change(item))
        case And(items=items) | Or(items=items):
            return replace(node, items=tuple(map(change, items)))
        case If(arms=arms, otherwise=otherwise):
            changed = tuple((change(condition), change(value)) for condition, value in arms)
            return replace(node, arms=changed, otherwise=change(otherwise))
        case Aggregate(value=value, where=where, window=window):
            value, where, window = (part if part is None else change(part) for part in (value, where, window))
            return replace(node, value=value, where=where, window=window)


def is_predicate(node: Expression) -> bool:
    """Whether a Boolean node is never missing (see the module's docstring)."""
    match node:
        case Compare() | Membership() | IsMissing() | And() | Or() | Not():
            return True
        case Call(function=function):
            return function in PREDICATES
        case Reference(to=to):
            return to == "segment" or not node.may_be_missing
        case Aggregate(function=function):
            return function in ("any", "none", "every")
        case Literal(value=value):
            return value is not None
        case _:
            return node.type.kind is Kind.BOOLEAN and not may_be_missing(node)


def may_be_missing(node: Expression) -> bool:
    """Whether some row can give no value for this node."""
    match node:
        case Literal(value=value):
            return value is None
        case Column() | Reference():
            return node.may_be_missing
        case Clock() | Compare() | Membership() | IsMissing() | And() | Or() | Not():
            return False
        case Call(function=function, arguments=arguments):
            return missing_rule(function, tuple(may_be_missing(argument) for argument in arguments))
        case If(arms=arms, otherwise=otherwise):
            return any(may_be_missing(value) for _, value in arms) or may_be_missing(otherwise)
        case Aggregate(function=function):
            return function not in ("count", "count_distinct", "sum", "any", "none", "every")
