"""From what the solver found possible to rows: values of columns, and as many rows of each cell as it counted."""

from __future__ import annotations

import z3

from segrules.analysis.answers import Cells, Example
from segrules.analysis.solver.rows import rows_in
from segrules.analysis.solver.theory import Theory
from segrules.analysis.solver.values import cells_of, whole

MOST_ROWS = 400
"""An example with more rows is none that anybody reads."""


def example_of(theory: Theory, model: z3.ModelRef) -> Example | None:
    """Rows for which the solver's symbols come to what the model says; None where it finds none."""
    cells = cells_of(theory.space, model)
    rows: dict[str, tuple[Cells, ...]] = {}
    for found in theory.partitions:
        made: list[Cells] = []
        for group in found.groups[:1]:
            for cell in group:
                number = whole(model, cell.number)
                if number > MOST_ROWS or len(made) > MOST_ROWS:
                    return None
                own = rows_in(theory, found, cell, number, model)
                if own is None:
                    return None
                made += own
        if made and found.rows.space.label in theory.space.rules.derived:
            return None
        if made:
            rows[found.rows.space.label] = tuple(made)
    return Example(cells, rows)
