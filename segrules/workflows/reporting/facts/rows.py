"""The table of facts of an entity: of each of its rows the segments as bits, and what else is asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segrules.engines.duckdb import DuckDB
from segrules.language.core import Reference
from segrules.language.types import Kind
from segrules.planning.nodes import Plan
from segrules.sql import entity_facts
from segrules.sql.entity_facts import Coded
from segrules.sql.queries import ScanQuery
from segrules.workflows.reporting.facts.asking import Asked, Item

MOST_VALUES = 30
"""A text of more different values says too little of each to be part of a profile."""
FEWEST_ROWS = 3
"""For each different value; where there are fewer, values may be names, or anything else that tells who somebody is."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The table, and what is where. places: of segments among the bits; behind them stands a bit that every row has.

    columns: of numbers, and codes of values, by what they are the value of. plan: of the kept rows.
    """

    engine: DuckDB
    plan: Plan
    scan: ScanQuery
    table: str
    places: Mapping[str, int]
    columns: Mapping[Reference, str]
    codes: Mapping[Reference, Coded]

    @property
    def everyone(self) -> int:
        """The place of the bit that every row has."""
        return len(self.places)


def facts_of(engine: DuckDB, plan: Plan, scan: ScanQuery, asked: Asked) -> Facts:
    """The facts of an entity whose plan reads rows that are kept."""
    columns = {output.wanted: output.column for output in plan.outputs}
    codes = _codes(engine, plan, scan, asked.profile, columns)
    numbers = [item.wanted for item in asked.profile if item.wanted.type.is_numeric]
    if asked.money is not None:
        numbers += [item for item in (asked.money.spend, asked.money.orders, asked.money.margin) if item is not None]
    if (own := asked.activity) is not None:
        numbers += [own.recency, own.frequency, own.recency_score, own.frequency_score]
    table = f"facts of {asked.rules.entity.name}"
    kept = tuple(dict.fromkeys(columns[item] for item in numbers))
    segments = [columns[item] for item in asked.segments]
    coded = tuple({item.column: item for item in codes.values()}.values())
    engine.execute(entity_facts.facts_table(plan, scan, segments, kept, coded, table))
    places = {item.name: place for place, item in enumerate(asked.segments)}
    return Facts(engine, plan, scan, table, places, columns, codes)


def _codes(
    engine: DuckDB, plan: Plan, scan: ScanQuery, profile: Sequence[Item], columns: Mapping[Reference, str]
) -> dict[Reference, Coded]:
    """What is true or false, or one of few texts, with its values."""
    found: dict[Reference, Coded] = {}
    unknown: list[Reference] = []
    for item in profile:
        if item.wanted.type.kind is Kind.BOOLEAN:
            found[item.wanted] = Coded(columns[item.wanted], (False, True))
        elif item.wanted.type.kind is Kind.TEXT and item.values is not None and len(item.values) <= MOST_VALUES:
            found[item.wanted] = Coded(columns[item.wanted], item.values)
        elif item.wanted.type.kind is Kind.TEXT:
            unknown.append(item.wanted)
    if not unknown:
        return found
    ((rows, *counts),) = engine.run(entity_facts.distinct_query(plan, scan, [columns[item] for item in unknown]))
    few = [item for item, many in zip(unknown, counts, strict=True) if 0 < many <= 2 * MOST_VALUES]  # it is an estimate
    if few:
        (lists,) = engine.run(entity_facts.values_query(plan, scan, [columns[item] for item in few]))
        for wanted, values in zip(few, lists, strict=True):
            known = tuple(value for value in values or () if value is not None)
            if 0 < len(known) <= min(MOST_VALUES, rows // FEWEST_ROWS):
                found[wanted] = Coded(columns[wanted], known)
    return found
