"""Rows that test cases give to tables: names looked up, values of their columns' types, keys that fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language.types import Type
from segrules.project.contract_types import Value, fitted, untyped
from segrules.project.declarations import unfit_finding
from segrules.project.documents import CaseDocument, TestsDocument
from segrules.project.leaves import Unfit
from segrules.project.model import Entity, Lookup, Project, Relation
from segrules.project.plain import Key, Plain
from segrules.source import Span

Findings = list[Diagnostic]


@dataclass(frozen=True, slots=True)
class GivenRow(Mapping[str, Value]):
    """A row: the columns that are given, by name. `spans` are those of the values that the row itself has."""

    cells: Mapping[str, Value]
    span: Span = field(compare=False, repr=False)
    spans: Mapping[str, Span] = field(compare=False, repr=False)

    def __getitem__(self, column: str) -> Value:
        return self.cells[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def span_of(self, column: str) -> Span:
        return self.spans.get(column, self.span)


@dataclass(frozen=True, slots=True)
class Table:
    """What rows can be given to: its id, its columns by name (None where no contract tells them), its unique key."""

    id: str
    columns: Mapping[str, Type] | None
    key: tuple[str, ...] = ()


Tables = Mapping[str, tuple[Table, ...]]
"""Tables by every way to write their names; several where a short name is not enough."""


def tables_of(project: Project) -> Tables:
    """The tables that the project's sources are read from; lookups also by the ends of their ids."""
    found: dict[str, tuple[Table, ...]] = {}
    lookups: list[Table] = []
    for entity in project.entities:
        if entity.from_relation is None:
            found[entity.name] = (_table(entity, entity.name, () if entity.valid else (entity.key,)),)
        lookups += _lookups(entity, entity.name)
    for relation in project.relations:
        if relation.from_relation is None:
            found[relation.name] = (_table(relation, relation.name, ()),)
            lookups += _lookups(relation, relation.name)
    tops = frozenset(found)
    for lookup in lookups:
        parts = lookup.id.split(".")
        for start in range(len(parts)):
            name = ".".join(parts[start:])
            if name not in tops:
                found[name] = (*found.get(name, ()), lookup)
    return found


def _table(owner: Entity | Relation | Lookup, id: str, key: tuple[str, ...]) -> Table:
    return Table(id, {column.name: column.type for column in owner.columns} or None, key)


def _lookups(owner: Entity | Relation | Lookup, prefix: str) -> Iterator[Table]:
    for lookup in owner.lookups:
        id = f"{prefix}.{lookup.name}"
        if lookup.source is not None:
            yield _table(lookup, id, () if lookup.valid else tuple(other for _, other in lookup.on))
        yield from _lookups(lookup, id)


def default_rows(document: TestsDocument, tables: Tables, zone: str, findings: Findings) -> dict[str, GivenRow]:
    """The values of `defaults` by table id."""
    found = {}
    for name, row in document.defaults.items():
        if (table := find_table(name, tables, findings)) is not None:
            found[table.id] = _row(row, name.span, table, {}, zone, findings)
    return found


def given_rows(
    item: CaseDocument, defaults: Mapping[str, GivenRow], tables: Tables, zone: str, findings: Findings
) -> dict[str, tuple[GivenRow, ...]]:
    """The rows of a case by table id, defaults filled in."""
    found: dict[str, tuple[GivenRow, ...]] = {}
    for name, rows in item.given.items():
        table = find_table(name, tables, findings)
        if table is not None:
            default: Mapping[str, Value] = defaults.get(table.id, {})
            more = tuple(_row(row, name.span, table, default, zone, findings) for row in rows)
            found[table.id] = (*found.get(table.id, ()), *more)
            findings += _unique(table, more)
    return found


def find_table(name: Key, tables: Tables, findings: Findings) -> Table | None:
    """The table of a name, or None with a finding."""
    found = tables.get(name, ())
    if len(found) == 1:
        return found[0]
    if found:
        ids = " or ".join(f"`{table.id}`" for table in found)
        findings.append(
            Diagnostic("invalid-test", f"`{name}` is the name of several lookups", name.span, f"write {ids}")
        )
    else:
        listed = ", ".join(f"`{known}`" for known in list(tables)[:5])
        help = did_you_mean(name, tables) or f"rows are given to {listed}"
        message = f"`{name}` is no table of the project: not an entity, relation or lookup with rows of its own"
        findings.append(Diagnostic("invalid-test", message, name.span, help))
    return None


def _row(
    row: Mapping[Key, Plain], place: Span, table: Table, default: Mapping[str, Value], zone: str, findings: Findings
) -> GivenRow:
    values: dict[str, Value] = dict(default)
    spans: dict[str, Span] = {}
    for name, node in row.items():
        spans[name] = node.span if node.span.text.strip() else name.span
        try:
            if table.columns is None:
                values[name] = untyped(node)
            elif name in table.columns:
                values[name] = fitted(node, table.columns[name], zone)
            else:
                help = did_you_mean(name, table.columns)
                message = f"`{name}` is not a column of `{table.id}`"
                findings.append(Diagnostic("unknown-name", message, name.span, help))
        except Unfit as unfit:
            findings.append(unfit_finding(unfit, name, spans[name]))
    first = next(iter(row), None)
    return GivenRow(values, first.span.to(spans[list(row)[-1]]) if first else place, spans)


def _unique(table: Table, rows: Sequence[GivenRow]) -> Iterator[Diagnostic]:
    """A finding for each row without a key, or with the key of a row before it."""
    seen: set[tuple[Value, ...]] = set()
    for row in rows if table.key else ():
        key = tuple(row.get(column) for column in table.key)
        if any(column in row.spans and column not in row for column in table.key):
            continue  # a value that fits no key has its finding
        if None in key:
            column = table.key[key.index(None)]
            message = f"this row of `{table.id}` has no `{column}`, which is its key"
            yield Diagnostic("invalid-test", message, row.span_of(column))
        elif key in seen:
            shown = ", ".join(str(value) for value in key)
            message = f"two rows of `{table.id}` have the key `{shown}`, which must be unique"
            yield Diagnostic("invalid-test", message, row.span_of(table.key[0]))
        seen.add(key)


def orphan_findings(project: Project, given: Mapping[str, Iterable[GivenRow]]) -> Iterator[Diagnostic]:
    """A finding for each row of a relation whose key no given entity row has."""
    entities = {entity.name: entity for entity in project.entities}
    for relation in project.relations:
        entity = entities[relation.entity]
        if entity.from_relation is not None or relation.name not in given:
            continue
        keys = {row.get(entity.key) for row in given.get(entity.name, ())}
        for row in given[relation.name]:
            key = row.get(relation.key)
            if key is not None and key not in keys:
                message = f"no row of `{entity.name}` has the {entity.key} `{key}`"
                help = f"give one: `{entity.name}: [{{{entity.key}: {key}}}]`"
                yield Diagnostic("invalid-test", message, row.span_of(relation.key), help)
