"""Derived relations, checked: which rows of another relation they have, and what is added to these or made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from segrules.diagnostics import Diagnostic, did_you_mean, has_errors
from segrules.language import syntax
from segrules.language.check_names import Looked, Place
from segrules.language.checker import check_row
from segrules.language.core import Aggregate, Expression, Reference
from segrules.language.scope import Row, Scope, ScopeColumn
from segrules.language.trees import may_be_missing, walk
from segrules.language.types import UNKNOWN, Kind
from segrules.project.definitions import Parsed, split_name
from segrules.project.model import Column, Derivation, Entity, Making, Relation
from segrules.source import Fragment

Findings = list[Diagnostic]


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived relation whose columns have types, what rules can name of its rows, and how it is made."""

    relation: Relation
    row: Row
    derivation: Derivation


def check_derived(relation: Relation, parsed: Parsed, scope: Scope, findings: Findings) -> Derived | Row:
    """The relation, or, where it has a finding, a row of columns of unknown type that causes no further ones."""
    making, base = relation.making, scope.relations[relation.from_relation or ""]
    assert making is not None
    own: Findings = []
    place = Place(scope).inside(base)
    where = None if making.where is None else _checked(making.where, parsed, place, own, predicate=True)
    by = tuple(_by(making, parsed, place, own))
    if making.by:
        rolled = Row(relation.name, {name: _column(name, node) for name, node in by}, {}, base.key)
        place = Place(scope, (Looked(rolled, relation.name),), folds=base)
    columns = tuple((name, _checked(rule, parsed, place, own)) for name, rule in making.columns)
    names = [base.key or "", *(name for name, _ in by)] if making.by else [*base.columns]
    own += _of_itself(relation, [where, *(node for _, node in (*by, *columns))])
    own += _twice(relation, (*names, *(name for name, _ in columns)))
    made = (*by, *columns)
    row = _row(relation, base, made)
    if not has_errors(own):
        own += _ends(relation, row)
    findings += own
    if has_errors(own):
        return row
    known = tuple((name, node) for name, node in columns if node is not None)
    grouped = tuple((name, node) for name, node in by if node is not None)
    derivation = Derivation(base.name, where, grouped, known)
    stored = tuple(
        Column(item.name, item.type, item.values, never_missing=not item.may_be_missing)
        for item in row.columns.values()
    )
    return Derived(replace(relation, columns=stored), row, derivation)


def _checked(
    rule: Fragment, parsed: Parsed, place: Place, findings: Findings, *, predicate: bool = False
) -> Expression | None:
    expression = parsed.syntax_of(rule)
    if expression is None:
        return None
    node, wrong = check_row(expression, place, predicate=predicate)
    findings += wrong
    return node


def _by(making: Making, parsed: Parsed, place: Place, findings: Findings) -> Iterator[tuple[str, Expression | None]]:
    """What a rollup goes by, under the names that it has there."""
    for part in making.by:
        rule, name = split_name(part)
        expression = parsed.syntax_of(rule)
        if name is None and isinstance(expression, syntax.Name):
            name = expression.parts[-1].text
        if name is None:
            if expression is not None:
                help = f"`by: {part.text.strip()} as …`"
                findings.append(Diagnostic("missing-key", "what is calculated in `by` needs a name", part.span, help))
            continue
        node = _checked(rule, parsed, place, findings)
        if node is not None and node.type.kind in (Kind.LIST, Kind.DURATION):
            message = f"`by` takes single values, and `{rule.text.strip()}` is a {node.type}"
            findings.append(Diagnostic("wrong-type", message, rule.span))
            node = None
        yield name, node


def _of_itself(relation: Relation, nodes: Iterable[Expression | None]) -> Iterator[Diagnostic]:
    for node in (part for whole in nodes if whole is not None for part in walk(whole)):
        if isinstance(node, Aggregate) and node.relation == relation.name:
            message = f"`{relation.name}` is made from itself: `{relation.name}` -> `{relation.name}`"
            yield Diagnostic("reference-cycle", message, node.span, f"fold `{relation.from_relation}` here")


def _twice(relation: Relation, names: Iterable[str]) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield Diagnostic("duplicate-name", f"`{relation.name}` has a column `{name}` already", relation.span)
        seen.add(name)


def _row(relation: Relation, base: Row, made: Iterable[tuple[str, Expression | None]]) -> Row:
    """What rules can name of the relation's rows."""
    columns = {name: _column(name, node) for name, node in made}
    making = relation.making
    if making is not None and making.by:
        key = base.columns.get(base.key or "")
        by = {base.key or "": key} if key is not None else {}
        grouped = {
            name: replace(column, may_be_missing=False) for name, column in list(columns.items())[: len(making.by)]
        }
        return Row(relation.name, {**by, **columns, **grouped}, {}, base.key, relation.time, relation.order)
    kept = {name: column for name, column in base.columns.items() if name not in columns}
    return Row(relation.name, {**kept, **columns}, base.lookups, base.key, relation.time, relation.order)


def _column(name: str, node: Expression | None) -> ScopeColumn:
    if node is None:
        return ScopeColumn(name, UNKNOWN)
    return ScopeColumn(name, node.type, may_be_missing(node))


def _ends(relation: Relation, row: Row) -> Iterator[Diagnostic]:
    """Whether the columns that rows stand by are there, and of a type that has an order."""
    for use, name in (("time", relation.time), ("order", relation.order)):
        if name is None:
            continue
        column = row.columns.get(name)
        if column is None:
            help = did_you_mean(name, row.columns)
            message = f"`{use}` of `{relation.name}` is `{name}`, which is not among its columns"
            yield Diagnostic("unknown-name", message, relation.span, help)
        elif use == "time" and not column.type.is_temporal:
            message = f"`time` of `{relation.name}` is `{name}`, which is {column.type}, not a date or timestamp"
            yield Diagnostic("wrong-value", message, relation.span)


def made_of_itself(entity: Entity, derived: Mapping[str, Derived]) -> Iterator[Diagnostic]:
    """A finding where an entity is made from a relation whose rows depend on the entity."""
    name = entity.from_relation
    while name is not None and name in derived:
        made = derived[name].derivation
        parts = [made.where, *(node for _, node in (*made.by, *made.columns))]
        for node in (node for part in parts if part is not None for node in walk(part)):
            if isinstance(node, Reference) and not node.path:
                message = f"`{entity.name}` is made from `{entity.from_relation}`, whose rows depend on `{node.name}`"
                yield Diagnostic("reference-cycle", message, node.span, f"leave `{node.name}` out of `{name}`")
                return
        name = made.base
