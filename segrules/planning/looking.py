"""What expressions over a relation's rows look at, put beside these rows: the row before, the entity, other rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from segrules.language.core import Expression, Previous
from segrules.language.trees import walk
from segrules.language.types import Kind
from segrules.planning.dependencies import Part, borrowed_parts, columns_of
from segrules.planning.names import fresh
from segrules.planning.nested import with_nested
from segrules.planning.nodes import PREVIOUS, Borrow, DefineWindow, Rows, Windows
from segrules.planning.places import Known, Placed, Related, RelatedRows, find, key_of, plan_column
from segrules.planning.tables import place_of


def looked_at(
    expressions: Sequence[Expression],
    label: str,
    source: Related,
    entity: Placed,
    related: RelatedRows,
    taken: set[str],
    around: frozenset[str] = frozenset(),
) -> Placed:
    """The relation's rows with everything that expressions over them use; `label` is that of their own columns.

    Columns of rows labelled as in `around` are left to the caller.
    """
    known: Known = {
        column: plan_column(source.place[place_of(column)], column) for column in columns_of(expressions, label)
    }
    names = {name.casefold() for name in (*source.place.values(), *source.keys)}
    rows = _with_previous(expressions, label, source, known, names, taken)
    parts = dict.fromkeys(part for node in expressions for part in borrowed_parts(node, around | {label}))
    rows = borrow(parts, Placed(rows, source.keys, known), entity, names, source.relation.name, taken)
    return with_nested(expressions, label, Placed(rows, source.keys, known), names, entity, related, looked_at, taken)


def _with_previous(
    expressions: Iterable[Expression], label: str, source: Related, known: Known, names: set[str], taken: set[str]
) -> Rows:
    """The rows with the values of the row before; of rows at one place the smallest known one."""
    nodes = (node for expression in expressions for node in walk(expression))
    wanted = dict.fromkeys(node for node in nodes if isinstance(node, Previous) and node.item.row == label)
    columns = []
    for node in wanted:
        item = known[node.item]
        name = fresh(f"previous {item.name}", names)
        smallest = "bool_and" if item.type.kind is Kind.BOOLEAN else "min"
        columns.append(DefineWindow(name, smallest, item, source.keys, source.order, PREVIOUS))
        known[node] = replace(item, name=name, may_be_missing=True)
    if not columns:
        return source.rows
    return Windows(fresh(f"{source.relation.name}_with_previous", taken), source.rows, tuple(columns))


def borrow(parts: Iterable[Part], own: Placed, entity: Placed, names: set[str], relation: str, taken: set[str]) -> Rows:
    """The rows of known entities, with these parts of the entity row beside them; `own.known` learns where."""
    columns = []
    for part in parts:
        column = find(part, entity.known)
        name = fresh(column.name, names)
        columns.append((name, column.name))
        own.known[key_of(part)] = replace(column, name=name)
    if not columns:
        return own.rows
    on = tuple(zip(own.keys, entity.keys, strict=True))
    return Borrow(fresh(f"{relation}_with_{entity.keys[-1]}", taken), own.rows, entity.rows, on, tuple(columns))
