"""What the solver knows of one kind of row: its columns as symbols, and what the contract promises of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import z3

from segrules.analysis.answers import Fact, Place
from segrules.analysis.solver.terms import EPOCH, MICROSECOND, TRUE, Term, both, compared, constant, either, sort_of
from segrules.analysis.text_classes import TextClass, TextTest
from segrules.language.core import Aggregate, Column, Elements, Expression, Literal, Past, Population, Reference, Scalar
from segrules.language.trees import is_predicate, may_be_missing
from segrules.language.types import Kind, Type
from segrules.planning.dependencies import asks_of, definition
from segrules.planning.fold_time import fold_time
from segrules.planning.time import AsOf
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Entity, Lookup, Relation, Rules

Owner = Entity | Relation | Lookup
Against = tuple[str, Literal]
"""An operator and the constant that something is compared with."""


@dataclass
class Text:
    """A text of a row, and the tests with constants that are asked of it.

    classes: once all are known, which of them can hold together; number: which class the text is of.
    """

    term: Term
    tests: dict[TextTest, z3.BoolRef] = field(default_factory=dict)
    constants: dict[str, z3.BoolRef] = field(default_factory=dict)
    classes: tuple[TextClass, ...] = ()
    number: z3.ArithRef | None = None


@dataclass
class Space:
    """The rows of an entity or relation. It grows: a symbol is made when an expression asks for it.

    label: what Columns of these rows are labelled. encode: from an expression to its value. outer: the entity's rows,
    where these are a relation's. fold: the value of an aggregate, or whether it compares so with a constant; without it
    an aggregate is a symbol.
    terms: by expression its value. lists: by list and element whether it is in; elements: which constant that is.
    texts: by the number that z3 gives a symbol the text that it is. promises: formulas true of every row, each with
    the facts of the contract that it is, none where it holds by nature. gaps: what was too much to look through as a
    whole, so that of fewer tests more may be known.
    """

    label: str
    table: Entity | Relation
    rules: Rules
    moment: AsOf
    encode: Callable[[Expression, Space], Term]
    outer: Space | None = None
    fold: Callable[[Aggregate, Against | None], Term] | None = None
    terms: dict[Expression, Term] = field(default_factory=dict)
    lists: dict[tuple[Expression, object], z3.BoolRef] = field(default_factory=dict)
    elements: dict[tuple[Expression, object], object] = field(default_factory=dict)
    texts: dict[int, Text] = field(default_factory=dict)
    columns: dict[Place, Term] = field(default_factory=dict)
    present: dict[tuple[str, ...], z3.BoolRef] = field(default_factory=dict)
    promises: list[tuple[z3.BoolRef, tuple[Fact, ...]]] = field(default_factory=list)
    wishes: list[z3.BoolRef] = field(default_factory=list)
    """What makes an example right or plausible, though rows may be otherwise."""
    gaps: list[str] = field(default_factory=list)
    symbols: list[z3.ExprRef] = field(default_factory=list)

    def value(self, node: Expression) -> Term:
        """What an expression without open time gives for a row."""
        if self.outer is not None and self.is_of_outer(node):
            return self.outer.value(node)
        if node not in self.terms:
            self.terms[node] = self.encode(node, self)
        return self.terms[node]

    def test(self, node: Expression) -> z3.BoolRef:
        """Whether a test without open time holds; a missing Boolean counts as false."""
        term = self.value(node)
        return both(term.known, term.value)

    def is_of_outer(self, node: Expression) -> bool:
        """Whether a part of a test of a relation's rows is about the entity's row."""
        match node:
            case Column(row=row):
                return row not in ("", self.label)
            case Reference(path=()):
                return True
            case Reference() | Aggregate() | Population() | Past():
                return not asks_of(node, frozenset({self.label}))
            case _:
                return False

    def definition_of(self, node: Reference) -> Expression:
        """What a named thing of the entity is, time folded."""
        return fold_time(definition(self.rules, (node.to, node.name)), self.moment)

    def fresh(self, words: str, sort: z3.SortRef) -> z3.ExprRef:
        """A new symbol of these rows."""
        self.symbols.append(z3.Const(f"{self.label} {len(self.symbols)} {words}", sort))
        return self.symbols[-1]

    def always(self, formula: z3.BoolRef, *facts: Fact) -> None:
        """Adds what is true of every row."""
        if not formula.eq(TRUE):
            self.promises.append((formula, facts))


def symbol(space: Space, words: str, type: Type, may_be_missing: bool) -> Term:
    """A value of which nothing is known but its type."""
    known = space.fresh(f"{words} known", z3.BoolSort()) if may_be_missing else TRUE
    value = space.fresh(words, sort_of(type))
    bounds(space, value, type)
    return Term(known, value)


def bounds(space: Space, value: z3.ExprRef, type: Type) -> None:
    """What a type says of its values, also of computed ones."""
    match type.kind:
        case Kind.LIST:
            space.always(value >= 0)
        case Kind.DECIMAL if type.scale is not None:
            whole = space.fresh("digits", z3.IntSort())
            space.always(value * 10**type.scale == z3.ToReal(whole))
        case _:
            return


def _stored_bounds(space: Space, value: z3.ExprRef, type: Type) -> None:
    """What can be stored of a type; what is computed of dates may lie beyond the calendar's end."""
    match type.kind:
        case Kind.DATE:
            space.always(both(value >= date.min.toordinal(), value <= date.max.toordinal()))
        case Kind.TIMESTAMP:
            least, most = ((end - EPOCH) // MICROSECOND for end in (datetime.min, datetime.max))
            space.always(both(value >= least, value <= most))
        case Kind.INTEGER:
            space.always(both(value >= -(2**63), value < 2**63))
        case Kind.DECIMAL if type.scale is not None:
            space.always(both(value > -(10**type.digits_before), value < 10**type.digits_before))


def column(space: Space, node: Column) -> Term:
    """A stored value of the row, or of what its lookups lead to."""
    return _column(space, node.path, node.name)


def _column(space: Space, path: tuple[str, ...], name: str) -> Term:
    if (path, name) in space.columns:
        return space.columns[path, name]
    owner = owner_of(space.table, path, space.rules.entities)
    stored = next(item for item in owner.columns if item.name == name)
    is_own = not path and _is_always_there(space.table, name)
    term = symbol(space, ".".join((*path, name)), stored.type, not is_own)
    _stored_bounds(space, term.value, stored.type)
    space.columns[path, name] = term
    _promise(space, term, stored, table_of(space, path), lookup_present(space, path) if path else TRUE)
    return term


def _is_always_there(table: Entity | Relation, name: str) -> bool:
    """Whether every row that rules see has the column: its key, and the time of a relation's row."""
    return name == table.key or (isinstance(table, Relation) and name == table.time)


def _promise(space: Space, term: Term, stored: StoredColumn, table: str, is_there: z3.BoolRef) -> None:
    """What the contract says of a column. is_there: whether the row that has it is."""
    space.always(z3.Implies(term.known, is_there))
    if stored.never_missing:
        space.always(z3.Implies(is_there, term.known), Fact(table, stored.name, "missing"))
    _in_domain(space, term, stored, table)


def promise_domain(space: Space, term: Term, rows: Space, node: Column) -> None:
    """What the contract says of a stored value, also where it was picked from the rows of another space."""
    owner = owner_of(rows.table, node.path, rows.rules.entities)
    stored = next((item for item in owner.columns if item.name == node.name), None)
    if node.row == rows.label and stored is not None:
        _in_domain(space, term, stored, table_of(rows, node.path))


def table_of(space: Space, path: tuple[str, ...]) -> str:
    """What facts call the table at the end of a path."""
    owner = owner_of(space.table, path, space.rules.entities)
    return owner.name if isinstance(owner, Entity) else ".".join((space.table.name, *path))


def _in_domain(space: Space, term: Term, stored: StoredColumn, table: str) -> None:
    if stored.values is not None:
        one = either(*(_is_value(space, term, value, stored.type) for value in stored.values))
        space.always(z3.Implies(term.known, one), Fact(table, stored.name, "values"))
    if stored.least is not None:
        least = compared(">=", term.value, _bound(stored.least, stored.type))
        space.always(z3.Implies(term.known, least), Fact(table, stored.name, "min"))
    if stored.most is not None:
        most = compared("<=", term.value, _bound(stored.most, stored.type))
        space.always(z3.Implies(term.known, most), Fact(table, stored.name, "max"))


def _bound(value: int | Decimal | date | datetime, type: Type) -> z3.ExprRef:
    return constant(value, type)


def _is_value(space: Space, term: Term, value: Scalar, type: Type) -> z3.BoolRef:
    if not isinstance(value, str):
        return compared("==", term.value, constant(value, type))
    text = space.texts.setdefault(term.value.get_id(), Text(term))
    if value not in text.constants:
        text.constants[value] = space.fresh("is", z3.BoolSort())
    return text.constants[value]


def lookup_present(space: Space, path: tuple[str, ...]) -> z3.BoolRef:
    """Whether a path of lookups leads to a row: only where the columns that lead there are known."""
    if path not in space.present:
        present = space.fresh(f"{'.'.join(path)} there", z3.BoolSort())
        space.present[path] = present
        owner = owner_of(space.table, path[:-1], space.rules.entities)
        lookup = next(item for item in owner.lookups if item.name == path[-1])
        leading = [_column(space, path[:-1], local).known for local, _ in lookup.on]
        if path[:-1]:
            leading.append(lookup_present(space, path[:-1]))
        space.always(z3.Implies(present, both(*leading)))
    return space.present[path]


def owner_of(table: Owner, path: tuple[str, ...], entities: Mapping[str, Rules]) -> Owner:
    """What has the columns at the end of a path: the table, a lookup, or the other entity that one leads to."""
    for step in path:
        lookup = next(item for item in table.lookups if item.name == step)
        table = lookup if lookup.entity is None else entities[lookup.entity].entity
    return table


_NUMBERS = ("count", "count_distinct", "max_count", "funnel", "longest_streak")
"""Folds that are never below 0."""


def opaque(node: Expression, space: Space) -> Term:
    """A symbol for what the theory does not look into."""
    is_known = is_predicate(node) or not may_be_missing(node)
    term = symbol(space, type(node).__name__.lower(), node.type, not is_known)
    if isinstance(node, Aggregate | Elements) and node.type.kind is Kind.INTEGER and node.function in _NUMBERS:
        space.always(term.value >= 0)
    if isinstance(node, Reference) and node.path and node.row == space.label:
        there = lookup_present(space, node.path)
        holds = term.value if node.type.kind is Kind.BOOLEAN and is_known else term.known
        space.always(z3.Implies(holds, there))
    return term
