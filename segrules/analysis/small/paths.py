"""Values that depend on tests: which value on which way, and which few values there can be at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from segrules.analysis.small.constants import value_of
from segrules.analysis.small.formulas import FALSE, Formula
from segrules.analysis.small.known_things import thing_of
from segrules.analysis.small.theory import Theory, is_own
from segrules.analysis.small.values import compared, plain
from segrules.language.core import Call, Expression, If, IsMissing, Literal, Population, Reference
from segrules.language.types import Kind

Holds = Callable[[Theory, Expression], Formula]
MOST_OUTCOMES = 40

Outcomes = tuple[tuple[Any, Formula], ...]
"""Each value that there can be, and when it is that one. None is a missing value."""


def ways(theory: Theory, node: If, holds: Holds) -> Iterator[tuple[Formula, Expression]]:
    """When each value of an `if` or `case` is the one, and which."""
    make = theory.formulas
    before: list[Formula] = []
    for test, value in node.arms:
        here = holds(theory, test)
        yield make.all_of((*before, here)), value
        before.append(make.negated(here))
    yield make.all_of(before), node.otherwise


def same_kind(node: Expression, parts: tuple[Expression, ...]) -> bool:
    """Whether values of the parts are told as those of the node are."""
    return all(
        (isinstance(part, Literal) and part.value is None)
        or part.type.kind is node.type.kind
        or (part.type.is_exact and node.type.is_exact)
        for part in parts
    )


def outcomes(theory: Theory, node: Expression, holds: Holds) -> Outcomes | None:
    """The values that a node can have where they are few constants, None otherwise."""
    match node:
        case Literal(value=None):
            return ((None, theory.formulas.all_of(())),)
        case Literal():
            value = value_of(node, node.type)
            return None if value is None else ((value, theory.formulas.all_of(())),)
        case Reference(to=to, name=name) if is_own(node) and node.type.kind is not Kind.BOOLEAN:
            key = ("outcomes", to, name)
            if key not in theory.known:
                theory.known[key] = outcomes(theory, theory.meaning(node), holds)
            found: Outcomes | None = theory.known[key]
            return found
        case If() if node.type.kind not in (Kind.BOOLEAN, Kind.LIST):
            parts = tuple(value for _, value in ways(theory, node, holds))
            if not same_kind(node, parts):
                return None
            tables = [(way, outcomes(theory, value, holds)) for way, value in ways(theory, node, holds)]
            return _gathered(
                theory,
                None
                if any(table is None for _, table in tables)
                else [(value, (way, inner)) for way, table in tables for value, inner in table or ()],
            )
        case Population(function="ntile" | "quantile_bin", argument=Literal(value=int() as most), is_overall=False):
            return _bins(theory, node, most, holds)
        case Call(function="add" | "subtract" | "multiply", arguments=(left, right)) if node.type.is_exact:
            return _combined(theory, node, outcomes(theory, left, holds), outcomes(theory, right, holds))
        case Call(function="divide", arguments=(left, Literal() as right)) if left.type.kind is Kind.INTEGER:
            return _combined(theory, node, outcomes(theory, left, holds), outcomes(theory, right, holds))
    return None


def _bins(theory: Theory, node: Expression, most: int, holds: Holds) -> Outcomes | None:
    """Each bin that a value can be in."""
    if most > MOST_OUTCOMES:
        return None
    make, thing = theory.formulas, thing_of(theory, node)
    missing = holds(theory, IsMissing(node))
    known = make.negated(missing)
    each = ((place, make.all_of((known, make.within(thing, compared("==", place))))) for place in range(1, most + 1))
    return ((None, missing), *each)


def _combined(theory: Theory, node: Call, first: Outcomes | None, second: Outcomes | None) -> Outcomes | None:
    """What a calculation gives for each two values."""
    if first is None or second is None or len(first) * len(second) > MOST_OUTCOMES**2:
        return None
    return _gathered(
        theory,
        [
            (None if one is None or other is None else _calculated(node.function, one, other), (way, path))
            for one, way in first
            for other, path in second
        ],
    )


def _calculated(function: str, one: Any, other: Any) -> Any:
    match function:
        case "add":
            return one + other
        case "subtract":
            return one - other
        case "multiply":
            return one * other
        case _:
            return plain(Fraction(float(Fraction(one) / Fraction(other)))) if other else None


def _gathered(theory: Theory, ways: list[tuple[object, tuple[Formula, Formula]]] | None) -> Outcomes | None:
    """Each value once."""
    if ways is None:
        return None
    make = theory.formulas
    found: dict[object, list[Formula]] = {}
    for value, parts in ways:
        both = make.all_of(parts)
        if both is not FALSE:
            found.setdefault(value, []).append(both)
    if len(found) > MOST_OUTCOMES:
        return None
    return tuple((value, make.some_of(some)) for value, some in found.items())
