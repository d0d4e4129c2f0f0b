"""The core tree: what an expression means, in a handful of typed node kinds.

Sugar is gone: `!=` is `not ==`, `between` two comparisons, params their values, a window a predicate on the
relation's time. Time is still open: `Clock` nodes and durations become literals in planning. Spans take part
in neither equality nor hash, so that equal predicates of two files are one.

A *predicate* is a Boolean that is never missing (Compare, Membership, IsMissing, And, Or, Not, a Call of a
predicate function, a Reference to a segment, the aggregates any, none, every). Other Booleans are values and may
be missing; where a test is needed a missing one counts as false.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal as OneOf

from segrules.language.types import BOOLEAN, DATE, TIMESTAMP, Type
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
    """A stored value of a row: of the entity or of the aggregate whose label is `row`, through `path` of lookups.

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
    """A named thing of an entity: a trait's value, whether a segment has the row, a segmentation's value.

    A stage `lifecycle.churned` is the segment of that name. With a `path` it is a thing of the other entity to which
    these lookups lead from the row labelled `row`, as in `company.tier`; there, everything may be missing but segments.
    """

    to: OneOf["trait", "segment", "segmentation"]
    name: str
    type: Type
    may_be_missing: bool = False
    row: str = ""
    path: tuple[str, ...] = ()
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
class Previous:
    """A column's value in the row before, of the same owner; inside an aggregate only.

    Of rows at one place (equal in time and order) the smallest known value counts, and none is before another.
    """

    item: Column
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return self.item.type


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a sequence after the first. directly: no row lies between; negated: no such row may come."""

    test: Expression
    directly: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A fold of one owner's rows of a relation: of an entity row, or of a row of another aggregate that it stands in.

    function: one of language.aggregates. row: the label that Columns of the folded rows have. value: what is folded;
    None for aggregates of rows. window: which rows are looked at; where: which of those are taken (in `every` and
    `share`: the test on them; in `sequence` and `funnel` the first step). within: microseconds from the first step to
    the last, or that `max_count` counts in. argument: the share of `quantile`, the place of `nth`.
    """

    function: str
    relation: str
    value: Expression | None
    where: Expression | None
    window: Expression | None
    type: Type
    row: str = ""
    steps: tuple[Step, ...] = ()
    within: int | None = None
    argument: Literal | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Population:
    """What a value is among those of all entity rows: a rank or a share of them, or a fold of all (`overall`).

    function: one of language.populations, or the name of the aggregate in `overall`. Rows count for which `where`
    holds and the value is known, those with an equal `by` among themselves. argument: how many bins, tiles or rows,
    or which share; of `overall(quantile(…))` its share. descending: the largest stands first.
    """

    function: str
    value: Expression
    where: Expression | None
    by: Expression | None
    argument: Literal | None
    descending: bool
    is_overall: bool
    type: Type
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Element:
    """The element that `Elements` of this row label looks at. `values` are the only ones there can be, where known."""

    row: str
    type: Type
    values: tuple[object, ...] | None = field(default=None, compare=False, repr=False)
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Elements:
    """A fold of a list's elements: any, every, count of those for which `where` holds.

    Elements that are missing are passed over, and a missing list has none.
    """

    function: OneOf["any", "every", "count"]
    items: Expression
    row: str
    where: Expression
    type: Type
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Past:
    """What a named thing of the entity was at an earlier moment (a timestamp): the same rules as of then.

    A segment is false, everything else missing, for an entity row that did not exist then.
    """

    item: Reference
    moment: Expression
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def type(self) -> Type:
        return self.item.type


Expression = (
    Literal
    | Column
    | Reference
    | Clock
    | Call
    | Compare
    | Membership
    | IsMissing
    | And
    | Or
    | Not
    | If
    | Previous
    | Aggregate
    | Population
    | Element
    | Elements
    | Past
)
