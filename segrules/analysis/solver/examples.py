"""From what the solver found possible to rows: values of columns, and as many rows of each cell as it counted."""

from __future__ import annotations

from collections.abc import Mapping

import z3

from segrules.analysis.answers import Cells, Example
from segrules.analysis.solver.rows import Conflict, rows_in
from segrules.analysis.solver.theory import Theory
from segrules.analysis.solver.values import cells_of, whole, wished, wishes

MOST_ROWS = 400
"""An example with more rows is none that anybody reads."""
_ROUNDS = 8
"""How often another row is looked for where a relation can have no rows that go with it."""


def plausible_example(theory: Theory, firm: list[z3.BoolRef], groups: Mapping[str, int]) -> Example | None:
    """A row for which formulas hold, with plausible values and few rows; None where none is found.

    groups: by relation which group of cells its rows are made of, the first one where nothing is said.
    """
    cells = [cell for found in theory.partitions for group in found.groups for cell in group]
    soft = [*wishes(theory.space), *(cell.number == 0 for cell in cells)]
    theory.solver.push()
    try:
        for _ in range(_ROUNDS):
            model = wished(theory.solver, theory.work, firm, soft)
            found = None if model is None else _example(theory, model, groups)
            if not isinstance(found, Conflict):
                return found
            theory.solver.add(found.lesson)
    finally:
        theory.solver.pop()
    return None


def _example(theory: Theory, model: z3.ModelRef, groups: Mapping[str, int]) -> Example | Conflict | None:
    """Rows for which the solver's symbols come to what the model says; None where too many."""
    rows: dict[str, tuple[Cells, ...]] = {}
    for found in theory.partitions:
        label = found.rows.space.label
        made: list[Cells] = []
        for cell in found.groups[groups.get(label, 0)] if found.groups else ():
            number = whole(model, cell.number)
            if number > MOST_ROWS or len(made) > MOST_ROWS or (number and label in theory.space.rules.derived):
                return None
            own = rows_in(theory, found, cell, number, model)
            if isinstance(own, Conflict):
                return own
            made += own
        if made:
            rows[label] = tuple(made)
    return Example(cells_of(theory.space, model), rows)
