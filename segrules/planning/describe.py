"""A plan told to a reader: its nodes in order, what each does, and in how many places each of its columns is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from segrules.language.core import And, Column, Expression, If, Not, Or
from segrules.language.trees import walk
from segrules.language.types import Kind
from segrules.planning.labels import label, words
from segrules.planning.nodes import (
    Borrow,
    Define,
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
    columns_made,
    in_order,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A node of a plan. columns: those it reads or computes, with the number of places that name each.

    values: what computes them, of columns that a reader would not know by their names.
    """

    name: str
    does: str
    columns: tuple[tuple[str, int], ...]
    values: Mapping[str, str] = field(default_factory=dict)


def described(plan: Plan) -> tuple[Part, ...]:
    """The nodes of a plan, each after those it reads."""
    nodes = in_order(plan.root)
    uses = Counter(
        part.name for node in nodes for value in _expressions(node) for part in walk(value) if isinstance(part, Column)
    )
    asked = Counter(output.column for output in plan.outputs)
    return tuple(
        Part(
            node.name,
            _does(node),
            tuple((column, uses[column] + asked[column]) for column in _columns(node)),
            {column.name: words(column.value) for column in node.columns} if isinstance(node, Fold) else {},
        )
        for node in nodes
    )


def _expressions(node: Rows) -> Iterator[Expression]:
    """What a node computes or tests."""
    match node:
        case Scan(where=where):
            if where is not None:
                yield where
        case Pick(where=where) | Exists(where=where):
            yield where
        case Fold(columns=folded):
            for aggregate in folded:
                yield aggregate.value
        case Step(columns=defined):
            for column in defined:
                yield column.value
        case Windows(columns=around):
            for window in around:
                if window.value is not None:
                    yield window.value
        case Lookups() | Distinct() | Borrow() | Keep() | Stored():
            return


def _columns(node: Rows) -> tuple[str, ...]:
    """The columns that a node makes, without those that it is given by what it attaches."""
    return tuple(column.name for column in node.columns) if isinstance(node, Step) else columns_made(node)


def _does(node: Rows) -> str:
    match node:
        case Scan(table=table, where=where):
            return f"reads {table}" if where is None else f"reads {table} where {label(where)}"
        case Lookups(input=input, joins=joins):
            return f"{input.name} with {_listed(join.other.name for join in joins)} looked up"
        case Distinct(input=input, columns=columns):
            return f"one row for each {_listed(old for _, old in columns)} of {input.name}"
        case Borrow(input=input, entity=entity):
            return f"{input.name} with columns of {entity.name}"
        case Fold(input=input, keys=keys, columns=columns):
            of_what = f"each {_listed(keys)} of {input.name}" if keys else f"all of {input.name}"
            if not columns:
                return f"one row for {of_what}"
            return f"{'1 aggregate' if len(columns) == 1 else f'{len(columns)} aggregates'} for {of_what}"
        case Pick(input=input, where=where):
            return f"{input.name} where {label(where)}"
        case Keep(input=input):
            return f"{input.name} with some of its columns"
        case Windows(input=input):
            return f"{input.name} with what each row has around it"
        case Exists(input=input, other=other):
            return f"{input.name} with whether there is such a row of {other.name}"
        case Step(input=input, attachments=attachments):
            with_others = f" with {_listed(part.rows.name for part in attachments)}" if attachments else ""
            what = "conditions, each computed once" if all(map(_is_test, node.columns)) else "new columns"
            return f"{input.name}{with_others}" + (f", and {what}" if node.columns else "")
        case Stored():
            return "rows that are kept"


def _is_test(column: Define) -> bool:
    """Whether the column is a condition that rules put together with others."""
    return column.value.type.kind is Kind.BOOLEAN and not isinstance(column.value, And | Or | Not | If)


def _listed(names: Iterator[str] | tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(names))
