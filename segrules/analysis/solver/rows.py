"""Rows of a relation that lie in one cell, for an example."""

from __future__ import annotations

from dataclasses import dataclass, replace

import z3

from segrules.analysis.answers import Cells
from segrules.analysis.solver.cells import Cell, Partition
from segrules.analysis.solver.folds import Folded
from segrules.analysis.solver.space import Space
from segrules.analysis.solver.terms import Term, both, denied, either, symbols_in
from segrules.analysis.solver.theory import Theory
from segrules.analysis.solver.values import cells_of, wished, wishes

WORK = 1_000_000


@dataclass(frozen=True)
class Maker:
    """What makes rows of one relation: a solver that knows one row and (`pairs`: by symbol its like) another.

    outer: symbols of the entity's row in what is known of a relation's.
    """

    solver: z3.Solver
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]]
    other: Space
    outer: list[z3.ExprRef]
    soft: list[z3.BoolRef]
    alike: list[z3.BoolRef]


@dataclass(frozen=True)
class Conflict:
    """Why there are no such rows, as what must not be said of the entity's row again."""

    lesson: z3.BoolRef


def _maker(rows: Folded) -> Maker:
    """What makes rows of a relation, all of whose tests are known."""
    space = rows.space
    solver = z3.SimpleSolver()
    solver.set("rlimit", WORK)
    pairs = [(symbol, z3.FreshConst(symbol.sort())) for symbol in space.symbols]
    tests = [formula for formula, _ in space.promises] + [test for test, _ in rows.counts.values()]
    outer = symbols_in([*tests, *(item.value.value for item in rows.sums)])
    for formula, _ in space.promises:
        solver.add(formula, z3.substitute(formula, *pairs))
    columns = {place: _moved(term, pairs) for place, term in space.columns.items()}
    lists = {key: z3.substitute(holds, *pairs) for key, holds in space.lists.items()}
    texts = {}
    for text in space.texts.values():
        term = _moved(text.term, pairs)
        number = None if text.number is None else z3.substitute(text.number, *pairs)
        texts[term.value.get_id()] = replace(text, term=term, number=number)
    other = replace(space, columns=columns, lists=lists, texts=texts)
    soft = wishes(space)
    soft += [z3.substitute(wish, *pairs) for wish in soft]
    for symbol in space.symbols:
        outer.pop(symbol.get_id(), None)
    return Maker(solver, pairs, other, list(outer.values()), soft, [symbol == like for symbol, like in pairs])


def rows_in(theory: Theory, found: Partition, cell: Cell, number: int, model: z3.ModelRef) -> list[Cells] | Conflict:
    """So many rows of a cell, all alike but for the last, which makes up the sums."""
    if number == 0:
        return []
    space = found.rows.space
    if space.label not in theory.makers:
        theory.makers[space.label] = _maker(found.rows)
    made = theory.makers[space.label]
    inside = [test if holds else denied(test) for test, holds in cell.holds]
    borrowed = [symbol == model.eval(symbol, model_completion=True) for symbol in made.outer]
    inside += borrowed
    firm = [*inside, *(z3.substitute(test, *made.pairs) for test in inside)]
    totals = [(item, total, model.eval(total, model_completion=True)) for item, total in cell.sums.values()]
    for item, _, total in totals:
        one = item.value.value
        firm.append(one * (number - 1) + z3.substitute(one, *made.pairs) == total)
    rows = wished(made.solver, WORK, firm, [*made.soft, *made.alike])
    if rows is None:
        if made.solver.check(*inside) == z3.unsat:
            core = {part.get_id() for part in made.solver.unsat_core()}
            return Conflict(denied(both(cell.number > 0, *(one for one in borrowed if one.get_id() in core))))
        return Conflict(either(cell.number != number, *(symbol != total for _, symbol, total in totals)))
    return [*([cells_of(space, rows)] * (number - 1)), cells_of(made.other, rows)]


def _moved(term: Term, pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> Term:
    return Term(z3.substitute(term.known, *pairs), z3.substitute(term.value, *pairs))
