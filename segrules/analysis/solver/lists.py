"""Lists as the solver has them: whether each constant that a rule names is in, and how long the list is."""

from __future__ import annotations

import z3

from segrules.analysis.solver.space import Space
from segrules.analysis.solver.terms import FALSE, Term
from segrules.language.core import Expression


def has(space: Space, items: Expression, term: Term, element: Term, plain: object) -> z3.BoolRef:
    """Whether a known list has a known element. plain: the constant that the element is, or None."""
    key = (items, repr(plain) if plain is not None else element.value.get_id())
    if key not in space.lists:
        holds = space.fresh(f"has {plain if plain is not None else 'one'}", z3.BoolSort())
        others = [found for (owner, name), found in space.lists.items() if owner == items and isinstance(name, str)]
        space.lists[key] = holds
        space.always(z3.Implies(holds, term.value > 0))
        if plain is not None and others:
            space.always(term.value >= z3.Sum([z3.If(found, 1, 0) for found in (*others, holds)]))
    return space.lists.get(key, FALSE)
