"""Aggregates as things: how many rows pass a test, and what is folded of them.

`any` is a count above 0, `every` a count above 0 and none that fails; a fold of nothing is missing exactly where the
count of rows with a known value is 0. Rows are told by their formula, so that equal tests in other words count alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from segrules.analysis.answers import Fact
from segrules.analysis.small.constants import unit_of
from segrules.analysis.small.contract import promises_of
from segrules.analysis.small.formulas import FALSE, TRUE, Formula, Thing
from segrules.analysis.small.known_things import thing_of
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.through import through
from segrules.analysis.small.values import ANYTHING, EVERYTHING, MISSING, Values, between, compared
from segrules.language.core import Aggregate, Column, Expression
from segrules.language.types import Kind

Reader = Callable[[Theory, Expression], Formula]

SOME, NONE = compared(">=", 1), compared("==", 0)
_COUNTED = ("any", "none", "every")
_OF_NOTHING_ZERO = ("sum", "count_distinct", "longest_streak", "max_count", "funnel")
_OF_VALUES = ("min", "max", "first", "last", "mode", "nth")
_OF_ONE = ("first", "last", "nth")
_BETWEEN = ("avg", "median", "quantile")


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """What a thing folds. rows: the test that they pass; value: a number for what is folded, None for the rows.

    some: the thing that counts the rows which have a value to fold. positive: the facts by which no value is negative.
    column: what is folded, where it is a column of the rows.
    """

    function: str
    relation: str
    rows: Formula
    value: int | None = None
    argument: Any = None
    some: Thing | None = None
    kind: Kind = Kind.INTEGER
    positive: tuple[Fact, ...] | None = None
    column: Thing | None = None


def is_counted(function: str) -> bool:
    """Whether an aggregate is a test of counts."""
    return function in _COUNTED


def counted(theory: Theory, node: Aggregate, holds: Reader, known: Reader) -> Formula:
    """That `any`, `none` or `every` holds."""
    make, node = theory.formulas, through(theory, node)
    if node.function == "every":
        looked = _looked_at(theory, node, holds)
        failing = make.all_of((looked, make.negated(_test(theory, node, holds))))
        return make.all_of((_count(theory, node, looked, SOME), _count(theory, node, failing, NONE)))
    return _count(theory, node, taken(theory, node, holds), SOME if node.function == "any" else NONE)


def known(theory: Theory, node: Aggregate, holds: Reader, is_known: Reader) -> Formula:
    """That a fold has a value."""
    make, node = theory.formulas, through(theory, node)
    match node.function:
        case "share":
            return _count(theory, node, _looked_at(theory, node, holds), SOME)
        case "min" | "max" | "mode" | "median" | "avg" | "quantile" | "stddev" | "first" | "last" | "nth":
            least = {"stddev": 2, "nth": _place(node)}.get(node.function, 1)
            rows = taken(theory, node, holds)
            if node.function != "nth":
                rows = _valued(theory, node, rows, is_known)
            some = _count(theory, node, rows, compared(">=", least))
            thing = _thing(theory, node, holds, is_known)
            return some if thing is None else make.all_of((some, make.within(thing, EVERYTHING.known())))
        case "sum":
            thing = _thing(theory, node, holds, is_known)
            return TRUE if thing is None else make.within(thing, EVERYTHING.known())
        case _:
            return TRUE


def value_in(theory: Theory, node: Aggregate, values: Values, holds: Reader, is_known: Reader) -> Formula:
    """That a fold has a value among some."""
    node = through(theory, node)
    make = theory.formulas
    if node.function == "count":
        return _count(theory, node, taken(theory, node, holds), values)
    thing = _thing(theory, node, holds, is_known)
    of_none = node.function in _OF_NOTHING_ZERO
    if thing is None:
        return TRUE if of_none and values.has(0) else FALSE
    parts = [known(theory, node, holds, is_known), make.within(thing, values)]
    if of_none and not values.has(0) and node.function != "funnel":
        parts.append(_count(theory, node, _folded(theory, node, holds, is_known), SOME))
    return make.all_of(parts)


def thing_of_fold(theory: Theory, node: Aggregate, holds: Reader, is_known: Reader) -> Thing | None:
    """The thing that a fold is, where some row is ever taken."""
    node = through(theory, node)
    if node.function == "count":
        rows = taken(theory, node, holds)
        return None if rows is FALSE else _counting(theory, node.relation, rows)
    return _thing(theory, node, holds, is_known)


def taken(theory: Theory, node: Aggregate, holds: Reader) -> Formula:
    """The test that rows pass which are folded."""
    return theory.formulas.all_of((_looked_at(theory, node, holds), _test(theory, node, holds)))


def _looked_at(theory: Theory, node: Aggregate, holds: Reader) -> Formula:
    return TRUE if node.window is None else holds(theory, node.window)


def _test(theory: Theory, node: Aggregate, holds: Reader) -> Formula:
    return TRUE if node.where is None else holds(theory, node.where)


def _valued(theory: Theory, node: Aggregate, rows: Formula, is_known: Reader) -> Formula:
    """The rows that have a value to fold."""
    return rows if node.value is None else theory.formulas.all_of((rows, is_known(theory, node.value)))


def _folded(theory: Theory, node: Aggregate, holds: Reader, is_known: Reader) -> Formula:
    return _valued(theory, node, taken(theory, node, holds), is_known)


def _place(node: Aggregate) -> int:
    return node.argument.value if node.argument and isinstance(node.argument.value, int) else 1


def _count(theory: Theory, node: Aggregate, rows: Formula, values: Values) -> Formula:
    """That so many rows pass a test."""
    if rows is FALSE:
        return TRUE if values.has(0) else FALSE
    return theory.formulas.within(_counting(theory, node.relation, rows), values)


def _counting(theory: Theory, relation: str, rows: Formula) -> Thing:
    is_made_of = rows is TRUE and theory.rules.entity.from_relation == relation
    about = Fold("count", relation, rows)
    return theory.thing(
        ("count", relation, rows), None, between(int(is_made_of), None), unit=1, group=("rows", relation), about=about
    )


def _thing(theory: Theory, node: Aggregate, holds: Reader, is_known: Reader) -> Thing | None:
    """What is folded, as a thing; None where no row is ever taken."""
    if node.steps or node.function in ("sequence", "funnel", "max_count", "share"):
        return _opaque(theory, node)
    rows = _folded(theory, node, holds, is_known)
    if rows is FALSE:
        return None
    assert node.value is not None
    number = theory.key(node.value)
    argument = node.argument.value if node.argument else None
    key = ("fold", node.function, node.relation, number, argument, rows, taken(theory, node, holds))
    if key in theory.things:
        return theory.things[key]
    some = _counting(theory, node.relation, rows)
    frame, promises = _expected(theory, node)
    positive = _positive(theory, node.value)
    column = thing_of(theory, node.value) if isinstance(node.value, Column) else None
    about = Fold(node.function, node.relation, rows, number, argument, some, node.type.kind, positive, column)
    unit = unit_of(node.type) if node.type.kind is not Kind.DECIMAL or isinstance(node.value, Column) else None
    if node.function not in ("sum", *_OF_VALUES) and node.type.kind is Kind.DECIMAL:
        unit = None
    group = ("rows", node.relation)
    return theory.thing(key, node, frame, promises=promises, unit=unit, group=group, about=about)


def _opaque(theory: Theory, node: Aggregate) -> Thing:
    most = {"share": 1, "funnel": len(node.steps) + 1}.get(node.function)
    frame = between(0, 1 if node.type.kind is Kind.BOOLEAN else most)
    unit = None if node.type.kind is Kind.NUMBER else 1
    return theory.thing(("value", theory.key(node)), node, frame, unit=unit)


def _expected(theory: Theory, node: Aggregate) -> tuple[Values, tuple[tuple[Values, Fact], ...]]:
    """What a fold of a column can be, and what the contract of the column leaves of that."""
    is_float = node.value is not None and node.value.type.kind is Kind.NUMBER
    may_lack = node.function in _OF_ONE or (is_float and node.function not in ("min", "max", "mode"))
    none = MISSING if may_lack else Values()
    if node.function in ("count_distinct", "longest_streak"):
        return between(0, None), ()
    if node.function == "stddev":
        return between(0, None) | none, ()
    if not isinstance(node.value, Column):
        return ANYTHING | none, ()
    frame, promises = promises_of(theory.rules, node.value, theory.moment)
    kept = []
    for values, fact in promises:
        inside = values.known()
        if fact.promise == "missing":
            continue
        if node.function in _OF_VALUES:
            kept.append((inside | none, fact))
        elif node.function in _BETWEEN and fact.promise in ("min", "max") and _is_exact(node.value):
            kept.append((_about(inside) | none, fact))
        elif node.function == "sum" and fact.promise in ("min", "max"):
            if inside.low is not None and inside.low[0] >= 0:
                kept.append((between(0, None) | none, fact))
            elif inside.high is not None and inside.high[0] <= 0:
                kept.append((between(None, 0) | none, fact))
    own = frame.known() if node.function in _OF_VALUES else ANYTHING
    return own | none, tuple(kept)


def _positive(theory: Theory, value: Expression) -> tuple[Fact, ...] | None:
    """The facts by which a value is never negative; None where it may be."""
    if not isinstance(value, Column) or not value.type.is_numeric:
        return None
    frame, promises = promises_of(theory.rules, value, theory.moment)
    for values, fact in promises:
        low = (values & frame).low
        if low is not None and low[0] >= 0:
            return (fact,)
    return None


def _is_exact(node: Expression) -> bool:
    return node.type.is_exact


def _about(values: Values) -> Values:
    """A range with a little room for the errors of floats."""
    low, high = values.low, values.high
    return between(None if low is None else rounded_down(low[0]), None if high is None else rounded_up(high[0]))


def rounded_down(value: Any) -> Any:
    return value - abs(value) / _ROOM


def rounded_up(value: Any) -> Any:
    return value + abs(value) / _ROOM


_ROOM = 10**9
