"""The syntax tree: an expression as its author wrote it, for the formatter, the checker and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal as OneOf

from segrules.source import Span


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name as written; `text` is without its double quotes and in NFC, `written` where that is not how it stands."""

    text: str
    quoted: bool
    written: str | None = field(default=None, compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Constant:
    """`5` (int), `0.5` (Decimal), `'x'` (str), `true`, `2026-01-31`, `2026-01-31T09:30:00` (naive).

    `written` is a number as its author grouped it: `1_000_000`.
    """

    value: bool | int | Decimal | str | date | datetime
    written: str | None = field(default=None, compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Percent:
    """`10%`: value is 0.10, as a Decimal. `written` is its number as its author grouped it: `1_000`."""

    value: Decimal
    written: str | None = field(default=None, compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Length:
    """`90 days`. The unit is singular; `written` is the number as its author grouped it."""

    count: Decimal
    unit: str
    written: str | None = field(default=None, compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Ago:
    """`30 days ago`, `params.window ago`."""

    length: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Moment:
    """`today` or `now`."""

    reading: OneOf["today", "now"]
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name: column, trait, relation, `lookup.column`, `segments.vip`, `params.window`, `orders.amount`."""

    parts: tuple[Identifier, ...]
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ListOf:
    """`[1, 2]`, possibly empty."""

    items: tuple[Expression, ...]
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Parentheses:
    inner: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Unary:
    operator: OneOf["not", "-"]
    operand: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Logic:
    """`a and b and c`: two or more operands of one operator; `operators` are the spans of its words."""

    operator: OneOf["and", "or"]
    operands: tuple[Expression, ...]
    operators: tuple[Span, ...] = field(compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: OneOf["+", "-", "*", "/", "%"]
    left: Expression
    right: Expression
    operator_span: Span = field(compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: OneOf["==", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression
    operator_span: Span = field(compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class In:
    """`x in [1, 2]`, `x not in params.codes`."""

    negated: bool
    item: Expression
    values: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Between:
    negated: bool
    item: Expression
    low: Expression
    high: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Is:
    """`x is missing`, `x is known`."""

    item: Expression
    state: OneOf["missing", "known"]
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class TextTest:
    test: OneOf["contains", "starts with", "ends with", "matches"]
    negated: bool
    left: Expression
    right: Expression
    operator_span: Span = field(compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ListTest:
    """`tags contains any ['x', 'y']`."""

    quantity: OneOf["any", "all"]
    negated: bool
    left: Expression
    right: Expression
    operator_span: Span = field(compare=False, repr=False, kw_only=True)
    span: Span = field(compare=False, repr=False, kw_only=True)


# windows


@dataclass(frozen=True, slots=True)
class Trailing:
    """`in last 90 days`, `in next 30 days`, `in last params.window`."""

    direction: OneOf["last", "next"]
    length: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`in this month`, `in last fiscal quarter`."""

    which: OneOf["this", "last"]
    unit: str
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class FromTo:
    low: Expression
    high: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Since:
    bound: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Before:
    bound: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


Window = Trailing | Calendar | FromTo | Since | Before


@dataclass(frozen=True, slots=True)
class InWindow:
    """`d is in last 90 days`, `d is since 2025-01-01`: any window, on a value of the author's choice."""

    item: Expression
    window: Window
    span: Span = field(compare=False, repr=False, kw_only=True)


# calls


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: a value, with `asc` or `desc` (ranks), or with a name (`returns as r`)."""

    value: Expression
    direction: OneOf["asc", "desc"] | None = None
    alias: Identifier | None = None
    keyword: Identifier | None = None
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One step after the first of `where A then B`: `then`, `directly then`, `then not`."""

    directly: bool
    negated: bool
    test: Expression
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Call:
    """`fn(arguments where … then … WINDOW within … by …)`; the qualifiers may stand in any order, each once."""

    function: Identifier
    arguments: tuple[Argument, ...]
    where: Expression | None = None
    steps: tuple[Step, ...] = ()
    window: Window | None = None
    within: Expression | None = None
    by: Name | None = None
    span: Span = field(compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Case:
    """`case(c1 -> v1, c2 -> v2, else v)`."""

    arms: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None
    span: Span = field(compare=False, repr=False, kw_only=True)


Expression = (
    Constant
    | Percent
    | Length
    | Ago
    | Moment
    | Name
    | ListOf
    | Parentheses
    | Unary
    | Logic
    | Arithmetic
    | Comparison
    | In
    | Between
    | Is
    | TextTest
    | ListTest
    | InWindow
    | Call
    | Case
)
