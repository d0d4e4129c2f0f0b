"""Lists as the solver has them: whether each constant that a rule names is in, and how long the list is."""

from __future__ import annotations

import z3

from segrules.analysis.solver.space import Space
from segrules.analysis.solver.terms import Term, constant
from segrules.language.core import Expression, Scalar


def has(space: Space, items: Expression, term: Term, element: Term, plain: Scalar | None) -> z3.BoolRef:
    """Whether a known list has a known element. plain: the constant that the element is, or None."""
    assert items.type.element is not None
    bound = None if plain is None else constant(plain, items.type.element)
    key = (items, element.value.get_id() if bound is None else bound.sexpr())
    if key not in space.lists:
        holds = space.fresh("has", z3.BoolSort())
        others = [found for (owner, name), found in space.lists.items() if owner == items and isinstance(name, str)]
        space.lists[key] = holds
        space.elements[items, key[1]] = plain
        space.always(z3.Implies(holds, term.value > 0))
        if bound is not None and others:
            space.always(term.value >= z3.Sum([z3.If(found, 1, 0) for found in (*others, holds)]))
    return space.lists[key]
