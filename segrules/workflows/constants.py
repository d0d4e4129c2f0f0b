"""Constants of rules that the data never has: `country == 'th'` where the column says TH."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import Engine
from segrules.language.core import (
    Column,
    Compare,
    Expression,
    Literal,
    Membership,
)
from segrules.language.trees import children
from segrules.language.types import Kind
from segrules.project.model import Column as StoredColumn
from segrules.project.model import Project, Rules
from segrules.source import Span
from segrules.sql import DIALECTS, checks
from segrules.sql.scans import Table
from segrules.sql.text import text as written
from segrules.workflows.sources import owners, table_of

FIRST_ROWS = 100_000  # have most of what rules name; only for the rest is all of a column read
MOST_VALUES = 10_000  # of a column are looked through for one that was meant


@dataclass(frozen=True, slots=True)
class Constant:
    """A text that a rule compares with a stored column."""

    table: str
    column: str
    text: str
    span: Span | None


def constants_in(expressions: Iterable[Expression]) -> Iterator[Constant]:
    """Every text constant compared for equality with a stored text column."""
    waiting = list(expressions)
    while waiting:
        node = waiting.pop()
        waiting.extend(children(node))
        match node:
            case Compare("==", Column() as column, Literal() as constant) if column.type.kind is Kind.TEXT:
                yield from _constants(column, constant)
            case Compare("==", Literal() as constant, Column() as column) if column.type.kind is Kind.TEXT:
                yield from _constants(column, constant)
            case Membership(Column(), Literal(span=span)) if span is not None and span == node.span:
                pass  # the values of a file, which stand in no rule
            case Membership(Column() as column, Literal() as constant) if column.type.kind is Kind.TEXT:
                yield from _constants(column, constant)


def constants_that_never_occur(
    engine: Engine, project: Project, tables: Mapping[str, Table], rules: Iterable[Rules], zone: str
) -> tuple[Diagnostic, ...]:
    """A warning for each place where a rule names a text that no stored row has, with the text that was meant."""
    wanted: dict[tuple[str | None, str], dict[str, list[Span | None]]] = {}
    for own in rules:
        labelled = (rule for labelling in own.segmentations.values() for _, rule in labelling.stages)
        for constant in constants_in([*own.traits.values(), *own.segments.values(), *labelled]):
            texts = wanted.setdefault((table_of(project, constant.table), constant.column), {})
            texts.setdefault(constant.text, []).append(constant.span)
    columns: dict[tuple[str | None, str], StoredColumn] = {
        (table, item.name): item for table, owner in owners(project) for item in owner.columns
    }
    findings: list[Diagnostic] = []
    for (table, column), texts in wanted.items():
        item = columns.get((table, column))
        if table is not None and item is not None and item.values is None and table in tables:
            findings += _findings(engine, tables[table], item, f"{table}.{column}", texts, zone)
    return tuple(findings)


def _constants(column: Column, constant: Literal) -> Iterator[Constant]:
    values = constant.value if isinstance(constant.value, tuple) else (constant.value,)
    for value in values:
        if isinstance(value, str):
            yield Constant(".".join((column.row, *column.path)), column.name, value, constant.span)


def _findings(
    engine: Engine,
    table: Table,
    item: StoredColumn,
    shown: str,
    texts: Mapping[str, list[Span | None]],
    zone: str,
) -> Iterator[Diagnostic]:
    absent, dialect = list(texts), DIALECTS[engine.dialect]
    for first in (FIRST_ROWS, None):
        query = checks.occurrences(table, item, absent, zone, first, dialect)
        there = {value for (value,) in engine.run(written(query, dialect))}
        absent = [text for text in absent if text not in there]
        if not absent:
            return
    query = checks.distinct_values(table, item, zone, MOST_VALUES, dialect)
    stored = sorted(value for (value,) in engine.run(written(query, dialect)) if value is not None)
    for text in absent:
        meant = _meant(text, stored)
        help = f"did you mean '{meant}'?" if meant is not None else None
        for span in dict.fromkeys(texts[text]):
            yield Diagnostic("constant-never-occurs", f"`{shown}` is never '{text}' in the data", span, help)


def _meant(text: str, stored: list[str]) -> str | None:
    """The stored value that differs in case or blanks only, else the closest one."""
    plain = text.strip().casefold()
    same = next((value for value in stored if value.strip().casefold() == plain), None)
    if same is not None:
        return same
    close = get_close_matches(text, stored, n=1, cutoff=0.6)
    return close[0] if close else None
