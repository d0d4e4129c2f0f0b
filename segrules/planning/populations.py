"""Functions over all entity rows in the plan: what each row's value is among those of the rows that count.

A row counts where its value is known and `where` holds. Windows rank the rows that count apart from the others, whose
place is thrown away; `overall` folds them and attaches the one row of each group to all rows of it. Shares are
compared in whole numbers, `(rank - 1) * 10 < rows`, so that no rounding moves a cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from segrules.language.aggregates import AGGREGATES
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Column,
    Compare,
    Expression,
    If,
    IsMissing,
    Literal,
    Not,
    Population,
    Reference,
)
from segrules.language.trees import may_be_missing, walk
from segrules.language.types import BOOLEAN, INTEGER, MAX_PRECISION, NUMBER, Kind, Type, decimal
from segrules.planning.names import fresh
from segrules.planning.nodes import (
    EARLIER,
    Attachment,
    Define,
    DefineAggregate,
    DefineWindow,
    Fold,
    Frame,
    Order,
    Rows,
    Step,
    Windows,
)

Place = Callable[[Expression], Expression]
"""From an expression of the rules to the same over the columns of the entity's rows so far."""


@dataclass(frozen=True, slots=True)
class Populated:
    """The entity's rows with what is ranked and the ranks, and what the step after them attaches and computes."""

    rows: Rows
    attachments: tuple[Attachment, ...]
    columns: tuple[Define, ...]
    found: Mapping[Population, Column]


@dataclass(frozen=True, slots=True)
class _Work:
    """The columns that are on the way: each part is computed once, however many functions ask for it."""

    keys: tuple[str, ...]
    key_type: Type
    place: Place
    names: set[str]
    parts: dict[Expression, Column] = field(default_factory=dict)
    windows: dict[DefineWindow, Column] = field(default_factory=dict)

    def column(self, node: Expression, wanted: str) -> Column:
        """The column of the rows that has a value, computed where there is none yet."""
        placed = self.place(node)
        if isinstance(placed, Column):
            return placed
        if placed not in self.parts:
            name = fresh(wanted, self.names)
            self.parts[placed] = Column("", (), name, node.type, may_be_missing(node))
        return self.parts[placed]

    def window(
        self,
        function: str,
        type: Type,
        value: Expression | None,
        partition: tuple[str, ...],
        order: tuple[Order, ...] = (),
        frame: Frame | None = None,
        argument: int | None = None,
    ) -> Column:
        """The column that a window function gives."""
        wanted = DefineWindow("", function, value, partition, order, frame, argument)
        if wanted not in self.windows:
            of = next((item.column for item in order), value.name if isinstance(value, Column) else "rows")
            name = fresh(f"{function} {'to' if frame else 'of'} {of}", self.names)
            self.windows[wanted] = Column("", (), name, type, False)
        return self.windows[wanted]


def populate(
    nodes: Iterable[Population],
    rows: Rows,
    keys: tuple[str, ...],
    key_type: Type,
    place: Place,
    labels: Mapping[Aggregate | Population, str],
    names: set[str],
    taken: set[str],
) -> Populated:
    """What the step after `rows` needs for these functions. keys: the partition, if any, and the key."""
    work = _Work(keys, key_type, place, names)
    folded: list[tuple[Population, str, tuple[Column, ...]]] = []
    columns: list[Define] = []
    found: dict[Population, Column] = {}
    for node in nodes:
        name = fresh(labels.get(node) or _describe(node), names)
        found[node] = Column("", (), name, node.type, may_be_missing(node))
        if node.is_overall:
            folded.append((node, name, _groups(node, work)))
        else:
            columns.append(Define(name, _ranked(node, work)))
    if work.parts:
        parts = tuple(Define(column.name, value) for value, column in work.parts.items())
        rows = Step(fresh(f"{rows.name}_parts", taken), rows, (), parts)
    attachments = tuple(_attachment(node, name, groups, rows, work, taken) for node, name, groups in folded)
    if work.windows:
        windows = tuple(
            DefineWindow(column.name, item.function, item.value, item.partition, item.order, item.frame, item.argument)
            for item, column in work.windows.items()
        )
        rows = Windows(fresh(f"{rows.name}_ranked", taken), rows, windows)
    return Populated(rows, attachments, tuple(columns), found)


def _describe(node: Population) -> str:
    """A name for a function that no trait names: ``ntile_spend``, ``overall_median_spend``."""
    named = [part.name for part in walk(node.value) if isinstance(part, Column | Reference)]
    return "_".join((*(("overall",) if node.is_overall else ()), node.function, *named[:1]))


# ranks


def _ranked(node: Population, work: _Work) -> Expression:
    """The value of a function from the windows that it needs; missing, or false, where the row does not count."""
    value = work.column(node.value, f"{_describe(node)} value")
    counts = _counts(node, value, work)
    by = () if node.by is None else (work.column(node.by, f"{_describe(node)} by").name,)
    partition = (*work.keys[:-1], *(() if counts is None else (counts.name,)), *by)
    result = _result(node, value, partition, work)
    if counts is None:
        return result
    if node.type.kind is Kind.BOOLEAN:
        return And((counts, result))
    return If(((counts, result),), Literal(None, node.type), node.type)


def _counts(node: Population, value: Column, work: _Work) -> Column | None:
    """The column that says whether a row counts; None where every row does."""
    tests = _tests(node, value)
    if not tests:
        return None
    wanted = f"{value.name} is known" if node.where is None else f"{_describe(node)} counts"
    test = tests[0] if len(tests) == 1 else And(tests)
    return work.column(test if test.type == BOOLEAN and not may_be_missing(test) else And((test,)), wanted)


def _tests(node: Population, value: Expression) -> tuple[Expression, ...]:
    known = (Not(IsMissing(node.value)),) if may_be_missing(value) else ()
    return (*known, *(() if node.where is None else (node.where,)))


def _result(node: Population, value: Column, partition: tuple[str, ...], work: _Work) -> Expression:
    order = (Order(value.name, value.type, node.descending),)
    match node.function:
        case "rank":
            return work.window("rank", INTEGER, None, partition, order)
        case "percent_rank":
            return work.window("percent_rank", NUMBER, None, partition, order)
        case "ntile":
            by_key = (*order, Order(work.keys[-1], work.key_type))
            return work.window("ntile", INTEGER, None, partition, by_key, argument=_whole(node))
        case "quantile_bin":
            return _bin(_whole(node), node.descending, value, partition, work)
        case "in_top":
            rank = work.window("rank", INTEGER, None, partition, order)
            assert node.argument is not None
            if node.argument.type.kind is Kind.INTEGER:
                return Compare("<=", rank, node.argument)
            rows = work.window("count", INTEGER, None, partition)
            return _less_than_share(_minus_one(rank), rows, node.argument, INTEGER)
        case "in_top_share":
            return _in_top_share(node, value, partition, order, work)
    raise ValueError(f"no population function {node.function!r}")


def _whole(node: Population) -> int:
    assert node.argument is not None
    assert isinstance(node.argument.value, int)
    return node.argument.value


def _minus_one(rank: Expression) -> Expression:
    return Call("subtract", (rank, Literal(1, INTEGER)), INTEGER)


def _bin(bins: int, from_top: bool, value: Column, partition: tuple[str, ...], work: _Work) -> Expression:
    """The bin that a value lies in: 1 + how many cuts it lies above.

    The cut i of n rows stands at the place (n - 1) * i / bins. Between two neighbours no value lies, so a value lies
    above the cut just where the rows below it, which are rank - 1, outnumber that place. Counting such i gives
    ceil(below * bins / (n - 1)), and at least 1; no cut need be computed.
    """
    order = (Order(value.name, value.type),)
    below = _minus_one(work.window("rank", INTEGER, None, partition, order))
    others = _minus_one(work.window("count", INTEGER, None, partition))
    steps = Call("multiply", (below, Literal(bins, INTEGER)), INTEGER)
    several = Compare(">", below, Literal(0, INTEGER))
    ratio = Call("divide", (steps, others), NUMBER)
    found = If(((several, Call("ceil", (ratio,), INTEGER)),), Literal(1, INTEGER), INTEGER)
    return Call("subtract", (Literal(bins + 1, INTEGER), found), INTEGER) if from_top else found


def _in_top_share(
    node: Population, value: Column, partition: tuple[str, ...], order: tuple[Order, ...], work: _Work
) -> Expression:
    """Whether all larger values together fall short of the share; a value of nothing or less never helps."""
    type = decimal(MAX_PRECISION, value.type.digits_behind) if value.type.is_exact else NUMBER
    larger = work.window("sum", type, value, partition, order, EARLIER)
    total = work.window("sum", type, value, partition)
    nothing = Literal(0, INTEGER)
    before = Call("coalesce", (larger, nothing), type)
    assert node.argument is not None
    short = _less_than_share(before, total, node.argument, type)
    return And((Compare(">", value, nothing), short))


def _less_than_share(part: Expression, whole: Expression, share: Literal, type: Type) -> Compare:
    """``part / whole < share`` in whole numbers of the part."""
    assert isinstance(share.value, Decimal)
    exact = Fraction(share.value)
    return Compare("<", _times(part, exact.denominator, type), _times(whole, exact.numerator, type))


def _times(node: Expression, factor: int, type: Type) -> Expression:
    return node if factor == 1 else Call("multiply", (node, Literal(factor, INTEGER)), type)


# overall


def _groups(node: Population, work: _Work) -> tuple[Column, ...]:
    """The columns by which rows are folded: those of `by`, with a missing one as a group of its own."""
    if node.by is None:
        return ()
    by = work.column(node.by, f"{_describe(node)} by")
    if not by.may_be_missing:
        return (by,)
    some = Call("coalesce", (node.by, _some(node.by.type)), node.by.type)
    return (work.column(IsMissing(node.by), f"{by.name} is missing"), work.column(some, f"{by.name} or nothing"))


def _some(type: Type) -> Literal:
    """A value of the type, for rows that have none."""
    match type.kind:
        case Kind.TEXT:
            return Literal("", type)
        case Kind.BOOLEAN:
            return Literal(False, type)
        case Kind.DATE:
            return Literal(date(2000, 1, 1), type)
        case Kind.TIMESTAMP:
            return Literal(datetime(2000, 1, 1), type)
        case _:
            return Literal(0, type)


def _attachment(
    node: Population, name: str, groups: tuple[Column, ...], rows: Rows, work: _Work, taken: set[str]
) -> Attachment:
    value = work.place(node.value)
    skips = node.function != "count"  # of an aggregate: what is missing
    tests = tuple(work.place(test) for test in ((node.where,) if skips else _tests(node, value)) if test is not None)
    where = tests[0] if len(tests) == 1 else And(tests) if tests else None
    folded = Aggregate(node.function, "", value, where, None, node.type, argument=node.argument)
    keys = (*work.keys[:-1], *(column.name for column in groups))
    fold = Fold(fresh(f"{rows.name}_{name}", taken), rows, keys, (), (DefineAggregate(name, folded),))
    zero = AGGREGATES[node.function].of_none == "zero"
    default = Literal(0, node.type) if zero else None
    return Attachment(fold, tuple((key, key) for key in keys), ((name, name),), (default,))
