"""Cutting a plan in two where its rows are worth keeping: below the last steps, which only combine columns of a row.

Below the cut is what reads and computes; above it are steps of `and`, `or`, `not` and `if`. Rows that are kept there
are small, and who is in a segment costs a look at a few Booleans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from segrules.language.core import And, Column, Expression, If, Literal, Not, Or
from segrules.language.trees import children, may_be_missing, walk
from segrules.language.types import BOOLEAN, Kind
from segrules.planning.names import fresh
from segrules.planning.nodes import Define, Output, Plan, Rows, Step, Stored, columns_made, in_order
from segrules.planning.share_predicates import grown_from, share_predicates

Overlaps = Sequence[tuple[str, str]]
"""Segmentations, and the column that says how many stages of each match."""


class Narrowing(Protocol):
    """From some outputs, and overlaps, of a plan to the plan of these alone."""

    def __call__(self, outputs: Sequence[Output], overlaps: Overlaps = ()) -> Plan: ...


@dataclass(frozen=True, slots=True)
class Cut:
    """A plan in two: what to keep in the table `stored.name`, and the plan of everything else, which reads it.

    To keep are `stored.columns` of the rows, and for each of `stored.flags`, in their order, what gives it.
    """

    rows: Rows
    flags: tuple[Expression, ...]
    stored: Stored
    rest: Plan


def cut(plan: Plan, table: str, *, alike: str | None = None) -> Cut:
    """The plan cut in two. `table` is where the rows will be kept: a name that no node of the plan has.

    alike: a column of the table besides, in which it will say how many rows there are like each.
    """
    plan = share_predicates(plan, places=1)
    nodes = in_order(plan.root)
    taken = {node.name.casefold() for node in nodes}
    names = {name.casefold() for node in nodes for name in columns_made(node)}
    rows: Rows = plan.root
    above: list[Step] = []
    while isinstance(rows, Step):
        combining = tuple(column for column in rows.columns if _combines(column.value))
        others = tuple(column for column in rows.columns if not _combines(column.value))
        above.append(Step(fresh(rows.name, taken), rows.input, (), combining))
        if rows.attachments or others:
            rows = replace(rows, columns=others)
            break
        rows = rows.input
    wanted = set(_asked(plan))
    for step in above:
        made = {column.name for column in step.columns}
        wanted = (wanted - made).union(*(_names(column.value) for column in step.columns))
    rows, given = _bared(rows, wanted)
    packed = tuple(given)
    others_stored = (*sorted(wanted.difference(packed)), *(() if alike is None else (alike,)))
    flags = tuple(zip(packed, range(len(packed)), strict=True))
    stored = Stored(table, others_stored, flags, _beginning("flags", names))
    return Cut(rows, tuple(given.values()), stored, replace(plan, root=_stacked(stored, reversed(above))))


def narrower(plan: Plan) -> Narrowing:
    """From some outputs, and overlaps, to the plan of these alone, where the plan is the rest of one that was cut.

    Each takes as long as what it needs, however much there is: a thousand segments are a thousand short plans.
    """
    steps: list[Step] = []
    rows = plan.root
    while isinstance(rows, Step):
        steps.insert(0, rows)
        rows = rows.input
    if not isinstance(rows, Stored):
        raise TypeError(f"{rows.name} is not stored")
    stored = rows
    places = dict(stored.flags)
    homes = {column.name: (level, column) for level, step in enumerate(steps) for column in step.columns}

    def narrowed(outputs: Sequence[Output], overlaps: Overlaps = ()) -> Plan:
        kept: list[dict[str, Define]] = [{} for _ in steps]
        read: dict[str, None] = {}
        alone = replace(plan, outputs=tuple(outputs), overlaps=tuple(overlaps))
        waiting = [*_asked(alone)]
        while waiting:
            name = waiting.pop()
            if name not in homes:
                read.setdefault(name)
                continue
            level, column = homes[name]
            if name not in kept[level]:
                kept[level][name] = column
                waiting += _names(column.value)
        flags = tuple((name, places[name]) for name in read if name in places)
        own = replace(stored, columns=tuple(name for name in read if name not in places), flags=flags)
        some = (replace(step, columns=tuple(columns.values())) for step, columns in zip(steps, kept, strict=True))
        return replace(alone, root=_stacked(own, some))

    return narrowed


def _beginning(wanted: str, names: Collection[str]) -> str:
    """`wanted`, or it with more behind it, so that none of the case-folded names begins with it."""
    while any(name.startswith(wanted) for name in names):
        wanted += "_"
    return wanted


def _asked(plan: Plan) -> Iterator[str]:
    """The columns of the root that the plan names."""
    yield from plan.keys
    yield from (item.column for item in plan.carried)
    yield from (output.column for output in plan.outputs)
    yield from (matches for _, matches in plan.overlaps)


def _stacked(rows: Rows, steps: Iterable[Step]) -> Rows:
    """The steps that have columns over one another, the first over the rows."""
    for step in steps:
        rows = replace(step, input=rows) if step.columns else rows
    return rows


def _combines(node: Expression) -> bool:
    """Whether a value takes no more than columns and constants, put together by tests that stand in columns."""
    return isinstance(node, And | Or | Not | If | Column | Literal) and all(map(_combines, children(node)))


def _names(node: Expression) -> Iterator[str]:
    return (part.name for part in walk(node) if isinstance(part, Column))


def _bared(rows: Rows, wanted: Collection[str]) -> tuple[Rows, dict[str, Expression]]:
    """The rows without the last steps that make nothing but flags, and what gives each flag that is wanted."""
    given: dict[str, Expression] = {}
    read: set[str] = set()
    while isinstance(rows, Step) and not rows.attachments:
        if not all(_is_flag(column) and column.name in wanted and column.name not in read for column in rows.columns):
            break
        given |= {column.name: column.value for column in rows.columns}
        read.update(*(_names(column.value) for column in rows.columns))
        rows = rows.input
    below: Rows | None = rows
    while below is not None:
        if isinstance(below, Step):
            flags = (column for column in below.columns if _is_flag(column) and column.name in wanted)
            given |= {column.name: Column("", (), column.name, BOOLEAN, may_be_missing=False) for column in flags}
        below = grown_from(below)
    return rows, given


def _is_flag(column: Define) -> bool:
    """Whether it is a Boolean that is never missing."""
    return column.value.type.kind is Kind.BOOLEAN and not may_be_missing(column.value)
