"""Rows by how recently and how often they were active, in fifths."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from segrules.sql import entity_facts
from segrules.workflows.reporting.data import HeatMap
from segrules.workflows.reporting.facts.asking import FIFTHS, Asked
from segrules.workflows.reporting.facts.rows import Facts

Bounds = tuple[int, int]


def heat_map(facts: Facts, asked: Asked) -> HeatMap | None:
    """The rows with any activity by their scores; None where nobody has any, or nothing says what activity is."""
    own = asked.activity
    if own is None:
        return None
    column = facts.columns.__getitem__
    spend = None if asked.money is None else column(asked.money.spend)
    found = facts.engine.run(
        entity_facts.scores_query(
            facts.table,
            (column(own.recency_score), column(own.frequency_score)),
            (column(own.recency), column(own.frequency)),
            spend,
        )
    )
    if not found:
        return None
    cells = {(recency, frequency): (many, total) for recency, frequency, *_, many, total in found}

    def mean(recency: int, frequency: int) -> Decimal | None:
        many, total = cells.get((recency, frequency), (0, None))
        return None if not many or total is None else Decimal(str(total)) / many

    fifths = range(1, FIFTHS + 1)
    return HeatMap(
        own.relation,
        own.counted,
        tuple(tuple(cells.get((one, other), (0, None))[0] for other in fifths) for one in fifths),
        tuple(tuple(mean(one, other) for other in fifths) for one in fifths),
        tuple(_bounds([(row[2], row[3]) for row in found if row[0] == score]) for score in fifths),
        tuple(_bounds([(row[4], row[5]) for row in found if row[1] == score]) for score in fifths),
    )


def _bounds(parts: Sequence[tuple[Any, Any]]) -> Bounds | None:
    return (min(low for low, _ in parts), max(high for _, high in parts)) if parts else None
