"""Aggregates inside an aggregate's `where`, asked anew for each of its rows.

Where the two rows are compared for equality only, the inner rows are folded once per value and attached; one more
comparison, `bought_at <= r.returned_at`, holds for some inner row if it holds for the least. Neither looks at pairs of
rows. Any other test of both rows is asked of the pairs that one owner has (EXISTS).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from segrules.language.core import Aggregate, And, Column, Compare, Expression, Not
from segrules.language.ties import Tie, Ties, is_foldable, ties_of
from segrules.language.trees import children
from segrules.language.types import BOOLEAN
from segrules.planning.dependencies import asks_of
from segrules.planning.names import fresh
from segrules.planning.nodes import Attachment, Define, DefineAggregate, Exists, Fold, Pick, Rows, Step
from segrules.planning.places import (
    Known,
    Placed,
    Related,
    RelatedRows,
    of_none,
    place_aggregate,
    place_columns,
    plan_column,
)

Look = Callable[[Sequence[Expression], str, Related, Placed, RelatedRows, set[str], frozenset[str]], Placed]
"""`looked_at`, for the rows of the inner relation."""


def with_nested(
    expressions: Sequence[Expression],
    label: str,
    own: Placed,
    names: set[str],
    entity: Placed,
    related: RelatedRows,
    look: Look,
    taken: set[str],
) -> Placed:
    """The rows with every aggregate in the expressions that asks about them; `own.known` learns where."""
    rows = own.rows
    nested = dict.fromkeys(node for expression in expressions for node in _nested(expression, label))
    for number, node in enumerate(nested, 1):
        source = related(node.relation, entity)
        ties = ties_of(node, label)
        here = replace(own, rows=rows)
        if is_foldable(node, label):
            rows = _attached(node, ties, here, source, names, entity, related, look, number, taken)
        else:
            rows = _exists(node, label, ties, here, source, names, entity, related, look, number, taken)
    return replace(own, rows=rows)


def _nested(node: Expression, label: str) -> list[Aggregate]:
    if isinstance(node, Aggregate) and asks_of(node, frozenset({label})):
        return [node]
    return [] if isinstance(node, Aggregate) else [found for child in children(node) for found in _nested(child, label)]


def _attached(
    node: Aggregate,
    ties: Ties,
    own: Placed,
    source: Related,
    names: set[str],
    entity: Placed,
    related: RelatedRows,
    look: Look,
    number: int,
    taken: set[str],
) -> Rows:
    """The rows with one fold per owner and values that are compared for equality."""
    inside = [*ties.own, *(tie.own for tie in (*ties.equal, *ties.ordered))]
    inside += [part for part in (node.value, node.window) if part is not None]
    looked = look(inside, node.row, source, entity, related, taken, frozenset())
    inner_names = {column.name.casefold() for column in looked.known.values()}
    inner_names |= {name.casefold() for name in (*source.place.values(), *looked.keys)}
    tied = [
        Define(fresh(f"on {place}", inner_names), place_columns(tie.own, looked.known))
        for place, tie in enumerate(ties.equal, 1)
    ]
    name = f"{node.relation}_nested_{number}"
    rows = Step(fresh(f"{name}_on", taken), looked.rows, (), tuple(tied)) if tied else looked.rows
    keys = (*looked.keys, *(item.name for item in tied))
    folded = _folded(node, ties)
    value = fresh(f"{node.function} {node.relation}", names)
    column = DefineAggregate(value, place_aggregate(folded, looked.known))
    order = tuple(part.column for part in source.order)
    fold = Fold(fresh(name, taken), rows, keys, order, (column,))
    outer = [
        Define(fresh(f"{node.relation} on {place}", names), place_columns(tie.outer, own.known))
        for place, tie in enumerate(ties.equal, 1)
    ]
    around = Step(fresh(f"{name}_around", taken), own.rows, (), tuple(outer)) if outer else own.rows
    on = (*zip(own.keys, looked.keys, strict=True), *((b.name, a.name) for a, b in zip(tied, outer, strict=True)))
    nothing = None if ties.ordered else of_none(node)
    attached = Step(
        fresh(f"{name}_attached", taken), around, (Attachment(fold, on, ((value, value),), (nothing,)),), ()
    )
    if not ties.ordered:
        own.known[node] = plan_column(value, node)
        return attached
    return _compared(node, ties.ordered[0], value, own, attached, names, name, taken)


def _folded(node: Aggregate, ties: Ties) -> Aggregate:
    """The aggregate without what ties it to the row around; of a comparison, the value that is most likely to pass."""
    where = And(ties.own) if ties.own else None
    if not ties.ordered:
        return replace(node, where=where)
    tie = ties.ordered[0]
    extreme = "min" if tie.operator in ("<", "<=") else "max"
    return Aggregate(extreme, node.relation, tie.own, where, node.window, tie.own.type, node.row)


def _compared(
    node: Aggregate, tie: Tie, value: str, own: Placed, rows: Rows, names: set[str], name: str, taken: set[str]
) -> Rows:
    found = Column("", (), value, tie.own.type)
    test: Expression = Compare(tie.operator, found, place_columns(tie.outer, own.known))  # type: ignore[arg-type]
    test = Not(test) if node.function == "none" else And((test,))
    column = fresh(f"{node.function} {node.relation} tied", names)
    own.known[node] = plan_column(column, node)
    return Step(fresh(f"{name}_compared", taken), rows, (), (Define(column, test),))


def _exists(
    node: Aggregate,
    label: str,
    ties: Ties,
    own: Placed,
    source: Related,
    names: set[str],
    entity: Placed,
    related: RelatedRows,
    look: Look,
    number: int,
    taken: set[str],
) -> Rows:
    """The rows with whether some inner row of the same owner fits; its columns get names that no outer one has."""
    assert node.where is not None
    tests = node.where.items if isinstance(node.where, And) else (node.where,)
    inside = [*tests, *([node.window] if node.window is not None else [])]
    looked = look(inside, node.row, source, entity, related, taken, frozenset({label}))
    name = f"{node.relation}_nested_{number}"
    apart = [*ties.own, *([node.window] if node.window is not None else [])]
    rows = looked.rows
    if apart:
        rows = Pick(fresh(f"{name}_picked", taken), rows, place_columns(And(tuple(apart)), looked.known))
    known: Known = dict(own.known)
    renamed = []
    for part, column in looked.known.items():
        if part in own.known and not (isinstance(part, Column) and part.row == node.row):
            continue
        called = fresh(f"{node.relation} {column.name}", names)
        renamed.append((called, column.name))
        known[part] = replace(column, name=called)
    keys = [(fresh(f"{node.relation} {key}", names), key) for key in looked.keys]
    tied = [test for test in tests if test not in ties.own]
    found = fresh(f"{node.function} {node.relation}", names)
    on = tuple((mine, theirs) for mine, (theirs, _) in zip(own.keys, keys, strict=True))
    test = place_columns(And(tuple(tied)), known)
    exists = Exists(fresh(name, taken), own.rows, rows, (*keys, *renamed), on, test, found)
    if node.function == "any":
        own.known[node] = plan_column(found, node)
        return exists
    own.known[node] = plan_column(fresh(f"none {node.relation}", names), node)
    negated = Define(own.known[node].name, Not(Column("", (), found, BOOLEAN, False)))
    return Step(fresh(f"{name}_none", taken), exists, (), (negated,))
