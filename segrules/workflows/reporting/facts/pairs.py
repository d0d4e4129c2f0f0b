"""How many rows each two segments share, and the most frequent combinations of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from segrules.engines.duckdb import DuckDB
from segrules.sql import entity_facts, membership
from segrules.workflows.reporting.data import Overlap, Together
from segrules.workflows.reporting.facts.rows import Facts

MOST_PAIRS = 100_000_000  # an ordered pair each way: about two seconds
_LARGEST = 12  # segments in a picture of combinations
_COMBINATIONS = 20


def overlap(facts: Facts, names: Sequence[str], sizes: Mapping[str, int]) -> Overlap | None:
    """The rows that each two of these segments share; None where there are no two."""
    if len(names) < 2:
        return None
    places = [facts.places[name] for name in names]
    shared = shared_rows(facts.engine, facts.table, len(facts.places), places)

    def both(one: str, other: str) -> int:
        if one == other:
            return sizes[one]
        low, high = sorted((facts.places[one], facts.places[other]))
        return shared.get((low, high), 0)

    return Overlap(tuple(names), tuple(tuple(both(one, other) for other in names) for one in names))


def shared_rows(
    engine: DuckDB, table: str, segments: int, places: Sequence[int], *, most: int = MOST_PAIRS
) -> dict[tuple[int, int], int]:
    """How many rows of a table of facts each two of these segments share; those that share none may be left out.

    most: how many pairs the kinds of rows may have together for each to be looked at.
    """
    kinds, bits = f"kinds of {table}", f"bits of {table}"
    engine.execute(membership.kinds_table(table, segments, kinds))
    ((many,),) = engine.run(membership.pairs_of_kinds_query(kinds, segments))
    if (many or 0) <= most:
        return {
            (one, other): int(rows)
            for one, other, rows in engine.run(membership.shared_by_kinds_query(kinds, segments))
        }
    pairs = tuple(combinations(sorted(places), 2))
    engine.execute(membership.turned(table, segments, bits))
    found: dict[tuple[int, int], int] = {}
    for statement, parts in membership.pair_queries(bits, pairs):
        for number, *counts in engine.run(statement):
            found |= {pair: int(count or 0) for pair, count in zip(parts[number], counts, strict=False)}
    return found


def largest_of(names: Sequence[str], sizes: Mapping[str, int]) -> tuple[str, ...]:
    """The segments whose combinations are told: of all, most people would be in a combination of their own."""
    return tuple(sorted(names, key=lambda name: -sizes[name])[:_LARGEST])


def together(facts: Facts, names: Sequence[str]) -> tuple[Together, ...]:
    """The most frequent exact combinations of these segments, and always that of none; the most frequent first."""
    if len(names) < 2:
        return ()
    places = [facts.places[name] for name in names]
    rows = facts.engine.run(entity_facts.together_query(facts.table, places, _COMBINATIONS))
    found = (Together(tuple(name for bit, name in enumerate(names) if bits >> bit & 1), many) for bits, many in rows)
    return tuple(sorted(found, key=lambda each: -each.rows))
