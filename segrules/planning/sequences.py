"""Aggregates that ask what stands before and after a row: sequence, funnel, max_count, longest_streak.

None of them joins a relation with itself: each row computes what it needs from the rows around it, step by step, so
that the work grows with n log n. Moments are microseconds, days where a relation's time is a date.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from segrules.language.core import Aggregate, And, Call, Column, Compare, Expression, If, IsMissing, Literal, Not, Or
from segrules.language.trees import walk
from segrules.language.types import BOOLEAN, DATE, DURATION, INTEGER, TIMESTAMP, Kind, decimal
from segrules.planning.names import fresh
from segrules.planning.nodes import (
    EARLIER,
    LATER,
    PREVIOUS,
    UNTIL_HERE,
    Define,
    DefineAggregate,
    DefineWindow,
    Fold,
    Frame,
    Order,
    Pick,
    Rows,
    Step,
    Windows,
)
from segrules.planning.places import Placed, Related, place_aggregate

AROUND = frozenset({"sequence", "funnel", "max_count", "longest_streak"})
"""The aggregates that this module plans."""

_ONE, _ZERO = Literal(1, INTEGER), Literal(0, INTEGER)
_PAIR = decimal(38, 0)
_SECOND = 10**18  # above every moment in microseconds, so that a pair of count and moment is one number
_FIRST = 10 * _SECOND


def fold_around(node: Aggregate, looked: Placed, source: Related, name: str, taken: set[str]) -> Fold:
    """One row per key with the aggregate's value in a column of that name."""
    placed = place_aggregate(node, looked.known)
    names = {column.name for column in looked.known.values()} | {*source.place.values(), *looked.keys}
    own = {name.casefold() for name in names}
    chain = _Chain(looked.rows, looked.keys, source.order, f"{node.relation}_{name}", own, taken)
    match node.function:
        case "sequence":
            return _sequence(placed, chain, source, name)
        case "funnel":
            return _funnel(placed, chain, source, name)
        case "max_count":
            return _max_count(placed, chain, source, name)
        case _:
            return _longest_streak(placed, chain, name)


@dataclass(slots=True)
class _Chain:
    """Rows that grow by columns, node upon node; `name` begins the name of each. columns, taken: names in use."""

    rows: Rows
    keys: tuple[str, ...]
    order: tuple[Order, ...]
    name: str
    columns: set[str]
    taken: set[str]
    given: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.given = self.rows

    def define(self, name: str, value: Expression) -> Column:
        """A computed column more."""
        (column,) = self.define_all([(name, value)])
        return column

    def define_all(self, values: Sequence[tuple[str, Expression]]) -> list[Column]:
        """Computed columns more, none of which names another."""
        made = [Define(fresh(name, self.columns), value) for name, value in values]
        self.rows = Step(self.node_name(values[0][0]), self.rows, (), tuple(made))
        return [Column("", (), item.name, item.value.type) for item in made]

    def around(
        self,
        name: str,
        function: str,
        value: Expression | None,
        frame: Frame | None,
        order: tuple[Order, ...] | None = None,
    ) -> Column:
        """A column more that is computed from the rows around each."""
        own = fresh(name, self.columns)
        made = DefineWindow(own, function, value, self.keys, self.order if order is None else order, frame)
        if isinstance(self.rows, Windows) and self.rows is not self.given and not _names(value, self.rows):
            self.rows = replace(self.rows, columns=(*self.rows.columns, made))
        else:
            self.rows = Windows(self.node_name(name), self.rows, (made,))
        return Column("", (), own, INTEGER if value is None or function == "count" else value.type)

    def pick(self, where: Expression) -> None:
        self.rows = Pick(self.node_name("picked"), self.rows, where)

    def fold(self, name: str, function: str, value: Expression | None, where: Expression | None) -> Fold:
        type = BOOLEAN if value is None else value.type
        aggregate = Aggregate(function, "", value, where, None, type)
        return Fold(self.node_name("folded"), self.rows, self.keys, (), (DefineAggregate(name, aggregate),))

    def node_name(self, part: str) -> str:
        return fresh(f"{self.name}_{part}".replace(" ", "_"), self.taken)


# sequences


def _sequence(node: Aggregate, chain: _Chain, source: Related, name: str) -> Fold:
    tests, moment = _tests(node, chain, source)
    *_, (start, at_end) = _starts(node, tests, moment, chain)
    hit: list[Expression] = [_is_within(start, moment, node.within)]
    if node.steps[-1].negated:
        hit.append(_nothing_after(node, tests, moment, at_end, chain))
    return chain.fold(name, "any", None, _all(hit))


def _funnel(node: Aggregate, chain: _Chain, source: Related, name: str) -> Fold:
    tests, moment = _tests(node, chain, source)
    reached = [_is_within(start, moment, node.within) for start, _ in _starts(node, tests, moment, chain)]
    arms = tuple((test, Literal(number, INTEGER)) for number, test in reversed(tuple(enumerate(reached, 1))))
    return chain.fold(name, "max", If(arms, Literal(None, INTEGER), INTEGER), None)


def _tests(node: Aggregate, chain: _Chain, source: Related) -> tuple[list[Column], Expression]:
    """A column for the test of each step, positive ones inside the window, and the moment of each row."""
    assert node.where is not None
    values: list[tuple[str, Expression]] = []
    for number, (test, is_negated) in enumerate([(node.where, False), *((s.test, s.negated) for s in node.steps)], 1):
        positive = test if is_negated or node.window is None else And((node.window, test))
        values.append((f"step {number}", And((positive,))))
    timed = node.within is not None
    *tests, moment = chain.define_all([*values, ("moment", _moment(source) if timed else _ZERO)])
    if not any(step.directly for step in node.steps):
        chain.pick(Or(tuple(tests)))  # other rows change nothing
    return tests, moment


def _moment(source: Related) -> Expression:
    """The time of a row as a number: microseconds since 1970, of dates those of whole days."""
    time = source.time
    assert time is not None
    if time.type.kind is Kind.DATE:
        return Call("elapsed", (Literal(date(1970, 1, 1), DATE), time), DURATION)
    return Call("elapsed", (Literal(datetime(1970, 1, 1), TIMESTAMP), time), DURATION)


def _starts(
    node: Aggregate, tests: list[Column], moment: Expression, chain: _Chain
) -> Iterator[tuple[Expression, Column]]:
    """For each positive step the latest moment at which a chain of steps that ends at this row began, and its test."""
    yield (start := _where(tests[0], moment)), tests[0]
    forbidden: Column | None = None
    for number, (step, test) in enumerate(zip(node.steps, tests[1:], strict=True), 2):
        if step.negated:
            forbidden = test
            continue
        frame = PREVIOUS if step.directly else EARLIER
        if forbidden is None or step.directly:
            start = _where(test, chain.around(f"start {number}", "max", start, frame))
        else:
            start = _where_none_between(test, start, forbidden, number, chain)
        forbidden = None
        yield start, test


def _where_none_between(test: Column, start: Expression, forbidden: Column, number: int, chain: _Chain) -> Expression:
    """The start of the chains to which this row may be joined, for no forbidden row lies between.

    It is the largest pair (forbidden rows up to the earlier row, its start): the pairs with the most forbidden rows
    are those of the earlier rows since the last forbidden one, and do if there has been no other one up to here.
    """
    one = _where(forbidden, _ONE)
    here = chain.around(f"forbidden until {number}", "count", one, UNTIL_HERE)
    before = chain.around(f"forbidden before {number}", "count", one, EARLIER)
    pair = Call("add", (_times(here, _FIRST), Call("add", (start, Literal(_SECOND, _PAIR)), _PAIR)), _PAIR)
    best = chain.around(f"best {number}", "max", _where(Not(IsMissing(start)), pair), EARLIER)
    second = Call("modulo", (best, Literal(_FIRST, _PAIR)), _PAIR)
    is_last = Compare("==", Call("subtract", (best, second), _PAIR), _times(before, _FIRST))
    found = chain.define(f"start {number}", Call("subtract", (second, Literal(_SECOND, _PAIR)), _PAIR))
    return _where(And((test, is_last)), found)


def _times(count: Expression, factor: int) -> Expression:
    return Call("multiply", (count, Literal(factor, _PAIR)), _PAIR)


def _is_within(start: Expression, moment: Expression, within: int | None) -> Expression:
    if within is None:
        return Not(IsMissing(start))
    return Compare("<=", Call("subtract", (moment, start), start.type), Literal(within, INTEGER))


def _nothing_after(node: Aggregate, tests: list[Column], moment: Expression, last: Column, chain: _Chain) -> Expression:
    """Whether no forbidden row comes after this last step, until the span from the first step has ended.

    The first step is the earliest possible, because the span that begins there ends first.
    """
    if node.within is None:
        after = chain.around("forbidden after", "count", _where(tests[-1], _ONE), LATER)
        return Compare("==", after, _ZERO)
    following = chain.around("next forbidden", "min", _where(tests[-1], moment), LATER)
    first = moment
    if len(node.steps) > 1:
        assert isinstance(moment, Column)
        span = Frame("span", -node.within, 0)
        first = chain.around("earliest", "min", _where(tests[0], moment), span, (Order(moment.name, INTEGER),))
    end = Call("add", (first, Literal(node.within, INTEGER)), INTEGER)
    return Or((IsMissing(following), Compare(">", following, end)))


# counts and streaks


def _max_count(node: Aggregate, chain: _Chain, source: Related, name: str) -> Fold:
    assert node.within is not None
    tests = [part for part in (node.window, node.where) if part is not None]
    if tests:
        chain.pick(_all(tests))
    moment = chain.define("moment", _moment(source))
    span = Frame("span", -node.within, 0)
    counted = chain.around("counted", "count", None, span, (Order(moment.name, INTEGER),))
    return chain.fold(name, "max", counted, None)


def _longest_streak(node: Aggregate, chain: _Chain, name: str) -> Fold:
    """Consecutive values have one difference to their place among the distinct ones."""
    assert node.value is not None
    number = node.value
    if number.type.kind is Kind.DATE:
        number = Call("days_between", (Literal(date(1970, 1, 1), DATE), number), INTEGER)
    tests = [part for part in (node.window, node.where) if part is not None]
    chain.pick(_all([*tests, Not(IsMissing(node.value))]))
    number = chain.define("number", number)
    chain.rows = Fold(chain.node_name("numbers"), chain.rows, (*chain.keys, number.name), (), ())
    place = chain.around("place", "row_number", None, None, (Order(number.name, INTEGER),))
    streak = chain.define("streak", Call("subtract", (number, place), INTEGER))
    length = DefineAggregate("length", Aggregate("count", "", None, None, None, INTEGER))
    chain.rows = Fold(chain.node_name("streaks"), chain.rows, (*chain.keys, streak.name), (), (length,))
    return chain.fold(name, "max", Column("", (), length.name, INTEGER), None)


def _where(test: Expression, value: Expression) -> Expression:
    """The value where the test holds, else missing."""
    return If(((test, value),), Literal(None, value.type), value.type)


def _names(value: Expression | None, rows: Windows) -> bool:
    """Whether an expression names a column that these rows compute."""
    own = {column.name for column in rows.columns}
    return value is not None and any(isinstance(part, Column) and part.name in own for part in walk(value))


def _all(tests: list[Expression]) -> Expression:
    return tests[0] if len(tests) == 1 else And(tuple(tests))
