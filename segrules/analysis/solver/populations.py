"""Ranks and shares among all entity rows: symbols in the range of the function."""

from __future__ import annotations

import z3

from segrules.analysis.solver.space import Space, opaque
from segrules.analysis.solver.terms import Term, alike, both, compared
from segrules.language.core import Literal, Population
from segrules.language.types import Kind


def population(node: Population, space: Space) -> Term:
    """A symbol in the range of the function, that is there only for rows which count."""
    item = space.value(node.value)
    counts = item.known if node.where is None else both(item.known, space.test(node.where))
    found = opaque(node, space)
    if node.is_overall:
        is_in_order = node.where is None and node.by is None and node.type.kind is not Kind.TEXT
        if node.function in ("min", "max") and is_in_order:
            one, other = alike(item.value, found.value)
            beyond = compared("<=" if node.function == "max" else ">=", one, other)
            space.always(z3.Implies(both(item.known, found.known), beyond))
        return found
    if node.type.kind is Kind.BOOLEAN:
        space.always(z3.Implies(found.value, counts))
        return found
    space.always(z3.Implies(found.known, counts))
    match node.function, node.argument:
        case "ntile" | "quantile_bin", Literal(value=int() as bins):
            space.always(both(found.value >= 1, found.value <= bins))
        case "rank", _:
            space.always(found.value >= 1)
        case "percent_rank", _:
            space.always(both(found.value >= 0, found.value <= 1))
    return Term(counts, found.value)
