"""A relation's rows in cells: all rows for which the same tests hold. A count is a sum of the numbers of rows in cells.

With the tests `amount > 0` and `in last 30 days`, `in last 90 days` there are no more than six cells, since no row is
in the last 30 days and not in the last 90. That a narrower test counts no more rows, that what is not paid and what is
paid are all, that the sum of amounts above 0 is not less than that of the last 30 days: all of it follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import z3

from segrules.analysis.answers import Fact
from segrules.analysis.solver.folds import Folded, Sum
from segrules.analysis.solver.space import Space, bounds
from segrules.analysis.solver.terms import TRUE, both, compared, constant, denied, sort_of, symbols_in
from segrules.language.types import Kind

MOST_CELLS = 120
"""Tests that make more cells are split into groups, between which nothing is known."""
WORK = 500_000


@dataclass(frozen=True)
class Cell:
    """Rows for which `holds` is true of exactly these tests; `number` is how many there are.

    sums: by the number of a row's value (as z3 counts) its sum over the rows of the cell.
    """

    holds: tuple[tuple[z3.BoolRef, bool], ...]
    number: z3.ArithRef
    sums: dict[int, tuple[Sum, z3.ExprRef]]


@dataclass(frozen=True)
class Partition:
    """The cells of one relation, in groups, and the facts that say which cells there are."""

    rows: Folded
    groups: tuple[tuple[Cell, ...], ...]
    facts: tuple[Fact, ...]


def partition(rows: Folded, entity: Space) -> Partition:
    """Finds the cells of a relation, and says in the entity's space what counts and sums are made of."""
    _link(rows, entity)
    tests = [test for test, _ in rows.counts.values()]
    solver, trackers = _row_solver(rows.space)
    facts: dict[Fact, None] = {}
    groups = []
    for number, (chosen, vectors) in enumerate(_split(tests, solver, trackers, facts)):
        if not vectors:
            _pass_nobody(rows, chosen, entity, tuple(facts))
            continue
        name = f"{rows.space.label} {number}"
        groups.append(tuple(_cell(f"{name}.{at}", chosen, vector) for at, vector in enumerate(vectors)))
    found = tuple(groups)
    for group in found:
        _count(rows, group, entity, tuple(facts))
    _tie(rows, found, entity)
    for item in rows.sums:
        _add_up(item, found, entity, solver, trackers, facts)
    _nest(rows, found, entity, tuple(facts))
    _order(rows, found, entity, tuple(facts))
    return Partition(rows, found, tuple(facts))


def _link(rows: Folded, entity: Space) -> None:
    """A smallest or largest value that is compared with constants and used otherwise is the same one."""
    for node, term in rows.picked.items():
        if node.type.kind is Kind.TEXT:
            continue  # which of two texts stands first is not known
        for (operator, right), holds in rows.compared.get(node, {}).items():
            bound = constant(right.value, node.type)  # type: ignore[arg-type]
            entity.always(holds == both(term.known, compared(operator, term.value, bound)))


Trackers = dict[int, tuple[z3.BoolRef, tuple[Fact, ...]]]


def _row_solver(space: Space) -> tuple[z3.Solver, Trackers]:
    """A solver that knows what is true of every row, what the contract says as assumptions."""
    solver = z3.SimpleSolver()
    solver.set("rlimit", WORK)
    trackers: Trackers = {}
    for formula, facts in space.promises:
        if facts:
            tracker = z3.FreshBool("fact")
            trackers[tracker.get_id()] = (tracker, facts)
            solver.add(z3.Implies(tracker, formula))
        else:
            solver.add(formula)
    return solver, trackers


Vector = tuple[bool, ...]


def _split(
    tests: Sequence[z3.BoolRef], solver: z3.Solver, trackers: Trackers, facts: dict[Fact, None]
) -> list[tuple[Sequence[z3.BoolRef], list[Vector]]]:
    """Groups of tests, and which of a group's tests can hold together; the number of all rows is in each group."""
    if not tests:
        return []
    vectors = _vectors(tests, solver, trackers, facts)
    if vectors is not None:
        return [(tests, vectors)]
    if len([test for test in tests if not test.eq(TRUE)]) < 2:
        return []
    all_rows = [test for test in tests if test.eq(TRUE)]
    others = [test for test in tests if not test.eq(TRUE)]
    half = len(others) // 2
    parts = ([*all_rows, *part] for part in (others[:half], others[half:]) if part)
    return [found for part in parts for found in _split(part, solver, trackers, facts)]


def _vectors(
    tests: Sequence[z3.BoolRef], solver: z3.Solver, trackers: Trackers, facts: dict[Fact, None]
) -> list[Vector] | None:
    """Which tests can hold together, those that hold nowhere left out; None where there are too many."""
    assumed = [tracker for tracker, _ in trackers.values()]
    found: list[Vector] = []
    solver.push()
    try:
        solver.add(z3.Or(list(tests)))
        while True:
            answer = solver.check(*assumed)
            if answer == z3.unsat:
                for used in solver.unsat_core():
                    facts.update(dict.fromkeys(trackers[used.get_id()][1]))
                return found
            if answer == z3.unknown or len(found) == MOST_CELLS:
                return None
            model = solver.model()
            vector = tuple(z3.is_true(model.eval(test, model_completion=True)) for test in tests)
            found.append(vector)
            solver.add(z3.Or([denied(test) if holds else test for test, holds in zip(tests, vector, strict=True)]))
    finally:
        solver.pop()


def _cell(name: str, tests: Sequence[z3.BoolRef], vector: Vector) -> Cell:
    return Cell(tuple(zip(tests, vector, strict=True)), z3.Int(f"rows {name}"), {})


def _holding(group: Sequence[Cell], test: z3.BoolRef) -> list[Cell]:
    """The cells whose rows pass a test."""
    return [cell for cell in group if any(holds and one.eq(test) for one, holds in cell.holds)]


def is_of_group(group: Sequence[Cell], test: z3.BoolRef) -> bool:
    """Whether the cells of a group say which rows pass a test."""
    return bool(group) and any(one.eq(test) for one, _ in group[0].holds)


def _pass_nobody(rows: Folded, tests: Sequence[z3.BoolRef], entity: Space, facts: tuple[Fact, ...]) -> None:
    """No row passes any of these tests, so that there are none to count and to add up."""
    for test in tests:
        entity.always(rows.counts[test.get_id()][1] == 0, *facts)
        for item in rows.sums:
            if item.test.eq(test):
                entity.always(item.total == 0, *facts)


def _count(rows: Folded, group: Sequence[Cell], entity: Space, facts: tuple[Fact, ...]) -> None:
    for cell in group:
        entity.always(cell.number >= 0)
    for test, number in rows.counts.values():
        if is_of_group(group, test):
            inside = [cell.number for cell in _holding(group, test)]
            entity.always(number == (z3.Sum(inside) if inside else 0), *facts)


def _tie(rows: Folded, groups: Sequence[Sequence[Cell]], entity: Space) -> None:
    """Where tests of rows name values of the entity, a row that passes them goes with those values."""
    own = {symbol.get_id(): symbol for symbol in rows.space.symbols}
    for group in groups:
        outer = [not symbols_in([test]).keys() <= own.keys() for test, _ in (group[0].holds if group else ())]
        numbers: dict[tuple[z3.BoolRef, ...], list[z3.ArithRef]] = {}
        for cell in group:
            named = [pair for pair, is_outer in zip(cell.holds, outer, strict=True) if is_outer]
            tied = tuple(test if holds else denied(test) for test, holds in named)
            numbers.setdefault(tied, []).append(cell.number)
        for tied, cells in numbers.items():
            if tied:
                _go_with(tied, z3.Sum(cells) > 0, rows, entity, own)


def _go_with(
    tied: Sequence[z3.BoolRef], is_there: z3.BoolRef, rows: Folded, entity: Space, own: dict[int, z3.ExprRef]
) -> None:
    """Says of one row what it passes, and what its columns promise."""
    named = symbols_in(tied).keys() & own.keys()
    pairs = [(own[number], z3.FreshConst(own[number].sort())) for number in sorted(named)]
    entity.always(z3.Implies(is_there, z3.substitute(both(*tied), *pairs)))
    for formula, facts in rows.space.promises:
        if symbols_in([formula]).keys() <= named:
            entity.always(z3.Implies(is_there, z3.substitute(formula, *pairs)), *facts)


def _add_up(
    item: Sum,
    groups: Sequence[Sequence[Cell]],
    entity: Space,
    solver: z3.Solver,
    trackers: Trackers,
    facts: dict[Fact, None],
) -> None:
    """A sum is that of the sums in cells; those of doubles do not add up exactly, and only their sign is known."""
    group = next((group for group in groups if is_of_group(group, item.test)), None)
    inside = _holding(group, item.test) if group is not None else []
    if group is None:
        return
    parts = []
    for cell in inside:
        key = item.value.value.get_id()
        if key not in cell.sums:
            part = z3.FreshConst(sort_of(item.type), "sum")
            cell.sums[key] = (item, part)
            bounds(entity, part, item.type)
            _sign(cell, item, part, entity, solver, trackers, facts)
        parts.append(cell.sums[key][1])
    if item.type.kind is not Kind.NUMBER:
        entity.always(item.total == (z3.Sum(parts) if parts else 0), *facts)
        return
    for operator in (">=", "<="):
        alike_all = [compared(operator, part, z3.RealVal(0)) for part in parts]
        entity.always(z3.Implies(both(*alike_all), compared(operator, item.total, z3.RealVal(0))), *facts)


def _sign(
    cell: Cell,
    item: Sum,
    part: z3.ExprRef,
    entity: Space,
    solver: z3.Solver,
    trackers: Trackers,
    facts: dict[Fact, None],
) -> None:
    """Bounds of a cell's sum from those of its rows' values: 0 and what the contract says."""
    number = cell.number
    entity.always(z3.Implies(number == 0, part == 0))
    inside = [test if holds else denied(test) for test, holds in cell.holds]
    one = item.value

    def never(formula: z3.BoolRef) -> bool:
        assumed = [tracker for tracker, _ in trackers.values()]
        answer = solver.check(*assumed, *inside, one.known, formula)
        if answer == z3.unsat:
            for used in solver.unsat_core():
                if used.get_id() in trackers:
                    facts.update(dict.fromkeys(trackers[used.get_id()][1]))
        return bool(answer == z3.unsat)

    amounts = _amounts([test for test, _ in cell.holds], one.value)
    least = max((amount for amount in amounts if never(one.value < z3.Q(*amount.as_integer_ratio()))), default=None)
    most = min((amount for amount in amounts if never(one.value > z3.Q(*amount.as_integer_ratio()))), default=None)
    for bound, operator, strictly in ((least, ">=", ">"), (most, "<=", "<")):
        if bound is not None:
            each = z3.Q(*bound.as_integer_ratio())
            entity.always(compared(operator, part, number * each), *facts)
            if never(one.value == each):
                entity.always(z3.Implies(number > 0, compared(strictly, part, number * each)), *facts)


def _amounts(tests: Sequence[z3.BoolRef], value: z3.ExprRef) -> list[Fraction]:
    """0, and the constants that tests compare a value with."""
    found = {Fraction(0): None}
    seen: set[int] = set()
    waiting: list[z3.ExprRef] = list(tests)
    while waiting:
        part = waiting.pop()
        if part.get_id() in seen:
            continue
        seen.add(part.get_id())
        waiting += part.children()
        if part.num_args() == 2 and any(child.eq(value) or _is_real_of(child, value) for child in part.children()):
            for child in part.children():
                if z3.is_rational_value(child) or z3.is_int_value(child):
                    found[child.as_fraction() if z3.is_rational_value(child) else Fraction(child.as_long())] = None
    return list(found)


def _is_real_of(part: z3.ExprRef, value: z3.ExprRef) -> bool:
    return bool(z3.is_to_real(part) and part.arg(0).eq(value))


def _common_group(groups: Sequence[Sequence[Cell]], one: z3.BoolRef, other: z3.BoolRef) -> Sequence[Cell] | None:
    found = (group for group in groups if is_of_group(group, one) and is_of_group(group, other))
    return next(found, None)


def _order(rows: Folded, groups: Sequence[Sequence[Cell]], entity: Space, facts: tuple[Fact, ...]) -> None:
    """What is picked of rows lies between the smallest and the largest value of rows that they are among."""
    for one in rows.picks:
        for other in rows.picks:
            group = _common_group(groups, one.test, other.test)
            is_like = one is not other and one.value.value.eq(other.value.value)
            if group is None or not is_like or other.function not in ("min", "max"):
                continue
            if {id(cell) for cell in _holding(group, one.test)} <= {id(cell) for cell in _holding(group, other.test)}:
                inside = compared("<=" if other.function == "max" else ">=", one.term.value, other.term.value)
                entity.always(z3.Implies(one.term.known, inside), *facts)


def _nest(rows: Folded, groups: Sequence[Sequence[Cell]], entity: Space, facts: tuple[Fact, ...]) -> None:
    """Of rows that are among others there are no more different values than of those."""
    for one in rows.distinct:
        for other in rows.distinct:
            group = _common_group(groups, one.test, other.test)
            if group is None or one is other or not one.value.value.eq(other.value.value):
                continue
            if {id(cell) for cell in _holding(group, one.test)} <= {id(cell) for cell in _holding(group, other.test)}:
                entity.always(one.total <= other.total, *facts)
