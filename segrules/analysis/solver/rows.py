"""Rows of a relation that lie in one cell, for an example."""

from __future__ import annotations

from dataclasses import dataclass, replace

import z3

from segrules.analysis.answers import Cells
from segrules.analysis.solver.cells import Cell, Partition
from segrules.analysis.solver.space import Space
from segrules.analysis.solver.terms import Term, both, denied, either
from segrules.analysis.solver.theory import Theory
from segrules.analysis.solver.values import cells_of, wished, wishes
from segrules.language.core import Column, Expression, Reference

WORK = 1_000_000


@dataclass(frozen=True)
class Maker:
    """What makes rows of one relation: a solver that knows one row and (`pairs`: by symbol its like) another."""

    solver: z3.Solver
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]]
    other: Space
    soft: list[z3.BoolRef]
    alike: list[z3.BoolRef]


@dataclass(frozen=True)
class Conflict:
    """Why there are no such rows, as what must not be said of the entity's row again."""

    lesson: z3.BoolRef


def _maker(space: Space) -> Maker:
    """What makes rows of a relation, all of whose tests are known."""
    solver = z3.SimpleSolver()
    solver.set("rlimit", WORK)
    pairs = [(symbol, z3.FreshConst(symbol.sort())) for symbol in _symbols(space)]
    for formula, _ in space.promises:
        solver.add(formula, z3.substitute(formula, *pairs))
    columns = {place: _moved(term, pairs) for place, term in space.columns.items()}
    lists = {key: z3.substitute(holds, *pairs) for key, holds in space.lists.items()}
    other = replace(space, columns=columns, lists=lists)
    soft = wishes(space)
    soft += [z3.substitute(wish, *pairs) for wish in soft]
    return Maker(solver, pairs, other, soft, [symbol == like for symbol, like in pairs])


def rows_in(theory: Theory, found: Partition, cell: Cell, number: int, model: z3.ModelRef) -> list[Cells] | Conflict:
    """So many rows of a cell, all alike but for the last, which makes up the sums."""
    if number == 0:
        return []
    space = found.rows.space
    if space.label not in theory.makers:
        theory.makers[space.label] = _maker(space)
    made = theory.makers[space.label]
    inside = [test if holds else denied(test) for test, holds in cell.holds]
    borrowed = _borrowed(theory.space, space, model)
    inside += [here for here, _ in borrowed]
    firm = [*inside, *(z3.substitute(test, *made.pairs) for test in inside)]
    totals = [(item, total, model.eval(total, model_completion=True)) for item, total in cell.sums.values()]
    for item, _, total in totals:
        one = item.value.value
        firm.append(one * (number - 1) + z3.substitute(one, *made.pairs) == total)
    rows = wished(made.solver, firm, [*made.soft, *made.alike])
    if rows is None:
        if made.solver.check(*inside) == z3.unsat:
            core = {part.get_id() for part in made.solver.unsat_core()}
            return Conflict(
                denied(both(cell.number > 0, *(there for here, there in borrowed if here.get_id() in core)))
            )
        return Conflict(either(cell.number != number, *(symbol != total for _, symbol, total in totals)))
    return [*([cells_of(space, rows)] * (number - 1)), cells_of(made.other, rows)]


def _moved(term: Term, pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> Term:
    return Term(z3.substitute(term.known, *pairs), z3.substitute(term.value, *pairs))


def _symbols(space: Space) -> list[z3.ExprRef]:
    """The symbols that belong to one row."""
    found: dict[int, z3.ExprRef] = {}
    seen: set[int] = set()
    waiting = [formula for formula, _ in space.promises]
    waiting += [part for term in space.terms.values() for part in (term.known, term.value)]
    waiting += [*space.lists.values(), *space.wishes]
    while waiting:
        part = waiting.pop()
        if part.get_id() in seen:
            continue
        seen.add(part.get_id())
        if z3.is_const(part) and part.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found[part.get_id()] = part
        waiting += part.children()
    return [found[number] for number in sorted(found)]


def _borrowed(entity: Space, space: Space, model: z3.ModelRef) -> list[tuple[z3.BoolRef, z3.BoolRef]]:
    """What a row's tests name of the entity is what the entity's row has: said of the row's symbols, and of its own."""
    found = []
    for node, term in space.terms.items():
        own = _own_term(node, entity)
        if own is not None:
            known = model.eval(own.known, model_completion=True)
            found.append((term.known == known, own.known == known))
            if z3.is_true(known):
                value = model.eval(own.value, model_completion=True)
                found.append((term.value == value, own.value == value))
    return found


def _own_term(node: Expression, entity: Space) -> Term | None:
    match node:
        case Column(row=row, path=path, name=name) if row == entity.label:
            return entity.columns.get((path, name))
        case Reference(row=row, path=(_, *_)) if row == entity.label:
            return entity.terms.get(node)
        case _:
            return None
