"""The atoms of a rule: the smallest tests that its author wrote, wherever they stand, and what each can come to.

An atom comes to *true*, *false*, or *missing* where a value that it looks at is not known. One behind `if` and `case`
is asked only of the rows that get there; one in the `where` of an aggregate is asked of rows of a relation. What all
these rows made of it is one number per entity row, so that SQL computes it beside the rule itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from segrules.language.clauses import denies_own_test, is_one_test, written_clauses
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Clock,
    Column,
    Compare,
    Element,
    Elements,
    Expression,
    If,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Past,
    Population,
    Previous,
    Reference,
)
from segrules.language.functions import PREDICATES
from segrules.language.trees import children, may_be_missing, walk
from segrules.language.types import BOOLEAN, INTEGER, Kind
from segrules.source import Span

Outcome = OneOf["true", "false", "missing"]
BITS: dict[Outcome, int] = {"true": 1, "false": 2, "missing": 4}


@dataclass(frozen=True, slots=True)
class Atom:
    """A test where it is written. `outcomes`: what it can come to.

    An entity row comes to *missing* where one of `gaps` holds, else to what `probe` is: true, false, or a number, the
    sum of the BITS of what its rows made of the test, 0 where none got there. around: what has to be passed to get to
    the `test` itself, from the outside in.
    """

    span: Span
    outcomes: tuple[Outcome, ...]
    test: Expression
    probe: Expression
    gaps: tuple[Expression, ...] = ()
    around: tuple[Guard | Aggregate | Elements, ...] = ()

    def comes_to(self, outcome: Outcome) -> Expression:
        """Whether an entity row, or some row of it in relations that gets to the test, comes to an outcome."""
        return _somewhere(_outcomes(self.test)[outcome], self.around)


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands before a test in `if` or `case`: conditions that fail, and then one that holds, if any."""

    failing: tuple[Expression, ...]
    holding: Expression | None


_Around = tuple[Guard | Aggregate | Elements, ...]
"""What has to be passed to get to a test, from the outside in."""


def atoms(rule: Expression, around: _Around = ()) -> Iterator[Atom]:
    """The atoms of a rule, in the order written; conditions inside of values are among them."""
    if rule.type.kind is Kind.BOOLEAN:
        yield from _tests(rule, around)
    else:
        yield from _conditions(rule, around)


def atoms_of_rows(rule: Expression, relation: str, where: Expression | None = None) -> Iterator[Atom]:
    """The atoms of a rule on those rows of a relation for which `where` holds, from which another one is made."""
    return atoms(rule, (Aggregate("any", relation, None, where, None, BOOLEAN, relation),))


def reads_nothing(rule: Expression) -> bool:
    """Whether a rule is a constant: it comes to the same for every row and at every moment."""
    reading = Column | Reference | Clock | Aggregate | Population | Element | Elements | Past | Previous
    return not any(isinstance(node, reading) for node in walk(rule))


def possible(test: Expression) -> tuple[Outcome, ...]:
    """What a test can come to, as far as simple facts tell: a constant to nothing new, a known value never to missing.

    Outcomes that other facts rule out (`min`, `values`, another atom of the rule) are still among them.
    """
    if reads_nothing(test):
        return ()
    match test:
        case IsMissing(item=item) if not may_be_missing(item):
            return ("false",)
        case Not(item=IsMissing(item=item)) if not may_be_missing(item):
            return ("true",)
    return ("true", "false", "missing") if _gaps(test) else ("true", "false")


def _tests(rule: Expression, around: _Around) -> Iterator[Atom]:
    match rule:
        case And() | Or() if not is_one_test(rule):
            for clause in written_clauses(rule):
                yield from _tests(clause, around)
        case Not(item=item) if denies_own_test(rule):
            yield from _tests(item, around)
        case If():
            yield from _arms(rule, around)
        case _:
            yield from _atom(rule, around)


def _atom(test: Expression, around: _Around) -> Iterator[Atom]:
    outcomes = possible(test)
    if outcomes and test.span is not None and test.span.file.path:  # the test of `exclude` stands in no rule
        if around:
            yield Atom(test.span, outcomes, test, _probe(test, outcomes, around), around=around)
        else:  # the rule itself computes the test, and many tests ask for one and the same gap
            yield Atom(test.span, outcomes, test, test, tuple(map(IsMissing, _gaps(test))))
    yield from _inside(test, test.span, around)


def _inside(test: Expression, span: Span | None, around: _Around) -> Iterator[Atom]:
    """The atoms in the values of a test; nodes that stand at its own place are still the test itself."""
    if isinstance(test, Aggregate | Elements | Population):
        yield from _conditions(test, around)
        return
    for child in children(test):
        if child.span == span:
            yield from _inside(child, span, around)
        else:
            yield from _conditions(child, around)


def _conditions(value: Expression, around: _Around) -> Iterator[Atom]:
    """The atoms of the conditions inside a value."""
    match value:
        case If():
            yield from _arms(value, around)
        case Aggregate():
            yield from _folded(value, around)
        case Elements(where=where):
            yield from _conditions(value.items, around)
            yield from _tests(where, (*around, value))
        case Population(value=inner, where=where):  # it looks at every entity row, whichever row asks for it
            yield from _conditions(inner, ())
            yield from () if where is None else _tests(where, ())
        case Past() | Column() | Reference() | Literal():
            return
        case _ if value.type.kind is Kind.BOOLEAN:
            yield from _tests(value, around)
        case _:
            for child in children(value):
                yield from _conditions(child, around)


def _arms(value: If, around: _Around) -> Iterator[Atom]:
    failed: tuple[Expression, ...] = ()
    for condition, result in value.arms:
        yield from _tests(condition, (*around, Guard(failed, None)) if failed else around)
        yield from _result(result, (*around, Guard(failed, condition)))
        failed = (*failed, condition)
    yield from _result(value.otherwise, (*around, Guard(failed, None)))


def _result(value: Expression, around: _Around) -> Iterator[Atom]:
    yield from _conditions(value, around) if isinstance(value, Column | Reference) else atoms(value, around)


def _folded(fold: Aggregate, around: _Around) -> Iterator[Atom]:
    """The atoms in what an aggregate folds: of the rows in its window, in its value of those that it takes."""
    looked_at = Aggregate("any", fold.relation, None, None, fold.window, BOOLEAN, fold.row)
    if fold.value is not None:
        taken = looked_at if fold.where is None else replace(looked_at, where=fold.where)
        yield from _conditions(fold.value, (*around, taken))
    if fold.where is not None:
        yield from _tests(fold.where, (*around, looked_at))
    for step in fold.steps:
        yield from _tests(step.test, (*around, replace(looked_at, window=None) if step.negated else looked_at))


def _gaps(test: Expression) -> tuple[Expression, ...]:
    """The values that a test looks at and that may be missing, which decide it then."""
    match test:
        case Not(item=item):
            return _gaps(item)
        case And(items=items) | Or(items=items):
            return tuple(dict.fromkeys(part for item in items for part in _gaps(item)))
        case Compare(left=left, right=right):
            parts: tuple[Expression, ...] = (left, right)
        case Membership(item=item, values=values):
            parts = (item, values)
        case IsMissing():
            parts = ()
        case Call(function=function, arguments=arguments) if function in PREDICATES:
            parts = arguments
        case _:
            parts = (test,)
    return tuple(dict.fromkeys(part for part in parts if may_be_missing(part)))


def _probe(test: Expression, outcomes: tuple[Outcome, ...], around: _Around) -> Expression:
    missing = tuple(IsMissing(part) for part in _gaps(test))
    none = Literal(0, INTEGER)
    if not any(isinstance(step, Aggregate | Elements) for step in around):
        arms = ((Or(missing), _bit("missing")),) if missing else ()
        came: Expression = If((*arms, (test, _bit("true"))), _bit("false"), INTEGER)
        for guard in reversed(around):
            came = _behind(guard, came, none) if isinstance(guard, Guard) else came
        return came
    came_to = _outcomes(test)
    seen = [If(((_somewhere(came_to[outcome], around), _bit(outcome)),), none, INTEGER) for outcome in outcomes]
    total: Expression = seen[0]
    for one in seen[1:]:
        total = Call("add", (total, one), INTEGER)
    return total


def _outcomes(test: Expression) -> dict[Outcome, Expression]:
    """By each outcome that a test may have whether a row that gets to it has it."""
    missing = tuple(IsMissing(part) for part in _gaps(test))
    is_known = tuple(Not(part) for part in missing)
    came_to: dict[Outcome, Expression] = {"true": And((*is_known, test)), "false": And((*is_known, Not(test)))}
    return {**came_to, "missing": Or(missing)} if missing else came_to


def _bit(outcome: Outcome) -> Literal:
    return Literal(BITS[outcome], INTEGER)


def _somewhere(test: Expression, around: _Around) -> Expression:
    """Whether a test holds for some row that gets to it."""
    for step in reversed(around):
        match step:
            case Guard():
                test = _behind(step, test, Literal(False, BOOLEAN))
            case Aggregate(where=None):
                test = replace(step, where=test)
            case Aggregate(where=where) if where is not None:
                test = replace(step, where=And((where, test)))
            case Elements():
                test = replace(step, function="any", where=test, type=BOOLEAN)
    return test


def _behind(guard: Guard, value: Expression, otherwise: Literal) -> Expression:
    """A value where a guard lets rows pass, which SQL computes for no other row."""
    passed = ((guard.holding, value),) if guard.holding is not None else ()
    arms = (*((test, otherwise) for test in guard.failing), *passed)
    return If(arms, otherwise if passed else value, value.type)
