"""How many rows each two segments share, and the most frequent combinations of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from segrules.engines.duckdb import DuckDB
from segrules.sql import entity_facts, membership
from segrules.workflows.reporting.data import Overlap, Together
from segrules.workflows.reporting.facts.rows import Facts

_LARGEST = 12  # segments in a picture of combinations
_COMBINATIONS = 20


def overlap(facts: Facts, names: Sequence[str], sizes: Mapping[str, int]) -> Overlap | None:
    """The rows that each two of these segments share; None where there are no two."""
    if len(names) < 2:
        return None
    places = [facts.places[name] for name in names]
    shared = shared_rows(facts.engine, facts.table, len(facts.places), tuple(combinations(places, 2)))

    def both(one: str, other: str) -> int:
        if one == other:
            return sizes[one]
        low, high = sorted((facts.places[one], facts.places[other]))
        return shared[low, high]

    return Overlap(tuple(names), tuple(tuple(both(one, other) for other in names) for one in names))


def shared_rows(
    engine: DuckDB, table: str, segments: int, pairs: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """How many rows of a table of facts the segments of each pair share."""
    bits = f"bits of {table}"
    engine.execute(membership.turned(table, segments, bits))
    found: dict[tuple[int, int], int] = {}
    for statement, parts in membership.pair_queries(bits, pairs):
        for number, *counts in engine.run(statement):
            found |= {pair: int(count or 0) for pair, count in zip(parts[number], counts, strict=False)}
    return found


def together(facts: Facts, names: Sequence[str], sizes: Mapping[str, int]) -> tuple[Together, ...]:
    """The most frequent exact combinations of the largest segments, of none of them too, the most frequent first."""
    if len(names) < 2:
        return ()
    largest = sorted(names, key=lambda name: -sizes[name])[:_LARGEST]
    places = [facts.places[name] for name in largest]
    rows = facts.engine.run(entity_facts.together_query(facts.table, places, _COMBINATIONS))
    return tuple(
        Together(tuple(name for bit, name in enumerate(largest) if bits >> bit & 1), many) for bits, many in rows
    )
