"""Pass: a predicate that stands in several rules becomes a column, so that each row computes it once.

``young: age < 30`` and ``young_abroad: age < 30 and country == 'TW'`` had two comparisons of `age`; now a step before
theirs has a column ``age < 30``, and both rules name it. An engine that is given a thousand rules over a hundred
predicates so compares a hundred times, and combines Booleans in the rest.

``if(n < 1000, n * n < 50, false)`` stays whole, because `n * n` of other rows may be too large for the engine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from segrules.language.core import And, Call, Column, Elements, Expression, If, Literal, Not, Or
from segrules.language.functions import OUT_OF_RANGE
from segrules.language.trees import is_predicate, may_be_missing, walk, with_children
from segrules.language.types import BOOLEAN
from segrules.planning.labels import label
from segrules.planning.names import fresh
from segrules.planning.nodes import (
    Borrow,
    Define,
    Exists,
    Lookups,
    Pick,
    Plan,
    Rows,
    Step,
    Windows,
    columns_made,
    in_order,
    with_inputs,
)

Tests = dict[Expression, Column]
"""From predicates to the columns that hold them."""


def share_predicates(plan: Plan, places: int = 2) -> Plan:
    """The same plan with a column for each predicate that stands in so many places over the same rows, or more."""
    nodes = in_order(plan.root)
    grown = Counter(map(grown_from, nodes))
    base: dict[Rows, Rows] = {}
    uses: dict[Rows, Counter[Expression]] = {}
    for node in nodes:
        below = grown_from(node)
        base[node] = node if below is None or grown[below] > 1 else base[below]
        if isinstance(node, Step):
            uses.setdefault(base[node], Counter()).update(_tests_of(node))
    often = {node: {test for test, times in found.items() if times >= places} for node, found in uses.items()}
    steps = {node.name.casefold() for node in nodes}
    names = {name.casefold() for node in nodes for name in columns_made(node)}
    done: dict[Rows, tuple[Rows, Tests]] = {}
    for node in nodes:
        better = with_inputs(node, lambda part: done[part][0])
        below = grown_from(node)
        tests: Tests = {} if below is None else done[below][1]
        if isinstance(better, Step):
            better, tests = _shared(better, tests, often[base[node]], steps, names)
        done[node] = (better, tests)
    return replace(plan, root=done[plan.root][0])


def grown_from(node: Rows) -> Rows | None:
    """The input whose columns all stay what they are, on the rows that stay."""
    match node:
        case Step(input=input) | Windows(input=input) | Exists(input=input) | Pick(input=input):
            return input
        case Lookups(input=input) | Borrow(input=input):
            return input
        case _:
            return None


def _shared(
    step: Step, known: Tests, often: Collection[Expression], steps: set[str], names: set[str]
) -> tuple[Rows, Tests]:
    """The step over one with the predicates that stand so often and that `known` does not have yet."""
    bare = {test: column for column in step.columns for test in _tests(column.value) if _is_only(test, column)}
    if len(bare) == len(step.columns):
        return step, known | {test: _column(column.name) for test, column in bare.items()}
    asked_of_all = {test for column in step.columns for test in _tests(_for_every_row(column.value))}
    free = (test for test in dict.fromkeys(_tests_of(step)) if test in often and test not in known)
    new = [test for test in free if test in asked_of_all or not _may_fail(test)]
    computed = tuple(Define(fresh(_called(test), names), _as_predicate(test)) for test in new)
    tests = known | {test: _column(column.name) for test, column in zip(new, computed, strict=True)}
    columns = tuple(replace(column, value=_in_columns(column.value, tests)) for column in step.columns)
    if not computed:
        return replace(step, columns=columns), tests
    before = Step(fresh(f"{step.input.name}_tests", steps), step.input, (), computed)
    return replace(step, input=before, columns=columns), tests


def _called(test: Expression) -> str:
    return f"{test.name} is true" if isinstance(test, Column) else label(test)


def _column(name: str) -> Column:
    return Column("", (), name, BOOLEAN, may_be_missing=False)


def _is_only(test: Expression, column: Define) -> bool:
    """Whether the column is the test and nothing else."""
    return column.value == _as_predicate(test)


def _as_predicate(test: Expression) -> Expression:
    """The test as a Boolean that is never missing."""
    return And((test,)) if may_be_missing(test) else test


def _may_fail(test: Expression) -> bool:
    """Whether an engine may end the run over a row that it is asked of."""
    return any(isinstance(part, Call) and part.function in OUT_OF_RANGE for part in walk(test))


def _for_every_row(node: Expression) -> Expression:
    """The value without the arms of `if` that some rows do not come to."""
    match node:
        case If(arms=((first, _), *_)):
            return And((_for_every_row(first),))
        case Literal() | Column() | Elements():
            return node
        case _ if is_predicate(node) and not isinstance(node, And | Or | Not):
            return node
        case _:
            return with_children(node, _for_every_row)


def _tests_of(step: Step) -> Iterator[Expression]:
    return (test for column in step.columns for test in _tests(column.value))


def _tests(node: Expression) -> Iterator[Expression]:
    """The predicates that a value rests on, as often as they stand in it."""
    found: list[Expression] = []

    def note(test: Expression) -> Expression:
        found.append(test)
        return test

    _with_tests(node, note)
    return iter(found)


def _in_columns(node: Expression, tests: Tests) -> Expression:
    return _with_tests(node, lambda test: tests.get(test, test))


def _with_tests(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The value with each predicate in it changed."""
    match node:
        case And() | Or() | Not():
            return with_children(node, lambda part: _with_test(part, change))
        case If(arms=arms, otherwise=otherwise):
            changed = tuple((_with_test(test, change), _with_tests(value, change)) for test, value in arms)
            return replace(node, arms=changed, otherwise=_with_tests(otherwise, change))
        case Literal() | Column() | Elements(function="count"):
            return node  # what is inside `count` names elements of a list, which are no rows
        case _ if is_predicate(node):
            return change(node)
        case _:
            return with_children(node, lambda part: _with_tests(part, change))


def _with_test(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """So with a part that is used as a test, in which a missing value counts as false."""
    match node:
        case Column():
            return change(node) if may_be_missing(node) else node
        case And() | Or() | Not() | Literal():
            return _with_tests(node, change)
        case _:
            return change(node)
