"""The rows of a relation that decided over one entity row: for each aggregate how many it took, and the newest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from segrules.engines.engine import Engine
from segrules.language.core import Aggregate, Literal
from segrules.planning.one_key import rows_of_key
from segrules.planning.rows_behind import Behind, rows_behind
from segrules.planning.time import AsOf
from segrules.project.model import Rules
from segrules.sql.behind import behind_counts_query, behind_rows_query
from segrules.sql.scans import Table, typed_scans
from segrules.workflows.explaining.rule_tree import Clause, clauses
from segrules.workflows.explaining.values import Value, known_value

SHOWN_ROWS = 5
READ_ROWS = 1000  # of one relation, among which each aggregate's newest are looked for


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A row of a relation, and whether the aggregate looked at it (it is in its window) and took it."""

    values: tuple[Value, ...]
    looked_at: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows that an entity row has in a relation: how many, how many of them count, and some of those."""

    relation: str
    rows: int
    looked_at: int
    taken: int
    shown: tuple[EvidenceRow, ...]


def evidence(
    engine: Engine, tables: Mapping[str, Table], rules: Rules, trees: Iterable[Clause], key: Literal, as_of: AsOf
) -> dict[Aggregate, Evidence]:
    """For each aggregate of the trees the rows behind it; two statements for each relation."""
    groups: dict[tuple[str, str], dict[Aggregate, None]] = {}
    for clause in (clause for tree in trees for clause in clauses(tree)):
        if isinstance(clause.expression, Aggregate):
            node = clause.expression
            groups.setdefault((node.relation, node.row), {})[node] = None
    found: dict[Aggregate, Evidence] = {}
    for group in groups.values():
        found |= _of_relation(engine, tables, rules, tuple(group), key, as_of)
    return found


def _of_relation(
    engine: Engine,
    tables: Mapping[str, Table],
    rules: Rules,
    aggregates: Sequence[Aggregate],
    key: Literal,
    as_of: AsOf,
) -> dict[Aggregate, Evidence]:
    behind = rows_behind(rules, aggregates, as_of)
    behind = replace(behind, rows=rows_of_key(behind.rows, behind.key, key))
    scan = typed_scans(tables, as_of.zone)
    rows, *counts = engine.run(behind_counts_query(behind, scan))[0]
    read = engine.run(behind_rows_query(behind, scan, READ_ROWS)) if rows else []
    return {
        node: Evidence(
            node.relation, rows, counts[2 * place], counts[2 * place + 1], _shown(behind, read, place, as_of)
        )
        for place, node in enumerate(aggregates)
    }


def _shown(behind: Behind, read: Sequence[tuple[Any, ...]], place: int, as_of: AsOf) -> tuple[EvidenceRow, ...]:
    """The first rows, those first that the aggregate takes, with what it names of them."""
    mark = len(behind.shown) + 2 * place
    ordered = sorted(read, key=lambda row: (not row[mark + 1], not row[mark]))[:SHOWN_ROWS]
    named = behind.named[place]
    return tuple(
        EvidenceRow(
            tuple(
                Value(part.label, known_value(value, part.type, as_of.zone), part.type)
                for number, (part, value) in enumerate(zip(behind.shown, row, strict=False))
                if number in named
            ),
            row[mark],
            row[mark + 1],
        )
        for row in ordered
    )
