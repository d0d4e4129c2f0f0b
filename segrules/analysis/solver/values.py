"""From what the solver found possible to the values of a row, plausible ones where it has a choice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

import z3

from segrules.analysis.answers import Place
from segrules.analysis.solver.space import Space, owner_of
from segrules.analysis.solver.terms import EPOCH, MICROSECOND, Term, both, either
from segrules.language.core import Column
from segrules.language.types import Kind, Type
from segrules.planning.time import to_local

_ROUNDS = 40
_NOTHING = object()


def wishes(space: Space) -> list[z3.BoolRef]:
    """What makes values plausible: days of the last year, small numbers that are not negative, what is wished for."""
    found = list(space.wishes)
    day = space.moment.today.toordinal()
    now = (space.moment.now - EPOCH) // MICROSECOND
    for (path, name), term in space.columns.items():
        owner = owner_of(space.table, path, space.rules.entities)
        type = next(column.type for column in owner.columns if column.name == name)
        match type.kind:
            case Kind.DATE:
                found.append(both(term.value > day - 365, term.value <= day))
            case Kind.TIMESTAMP:
                found.append(both(term.value >= now - 365 * 86_400_000_000, term.value < now))
            case Kind.INTEGER:
                found.append(both(term.value >= 0, term.value <= 1000))
            case Kind.DECIMAL | Kind.NUMBER:
                found.append(both(term.value >= 0, term.value <= 1000))
                found.append(z3.IsInt(term.value * 100))
            case Kind.LIST:
                found.append(term.value <= 3)
    for text in space.texts.values():
        if text.constants:
            found.append(either(*text.constants.values()))
    return found


def wished(solver: z3.Solver, work: int, firm: list[z3.BoolRef], soft: list[z3.BoolRef]) -> z3.ModelRef | None:
    """A model of firm tests in which as many of the soft ones hold as is quickly found; None where there is none.

    Of soft tests that speak against each other the last one is given up. work: what the solver may do for firm tests.
    """
    left = {test.get_id(): test for test in soft}
    solver.set("rlimit", work // _ROUNDS)
    for _ in range(_ROUNDS):
        answer = solver.check(*firm, *left.values())
        if answer == z3.sat:
            solver.set("rlimit", work)
            return solver.model()
        core = {test.get_id() for test in solver.unsat_core()} if answer == z3.unsat else set()
        given_up = [number for number in left if number in core][-1:]
        if answer == z3.unknown:  # too much at once
            given_up = list(left)[len(left) // 2 :]
        if not given_up:
            break
        for number in given_up:
            del left[number]
    solver.set("rlimit", work)
    return solver.model() if solver.check(*firm) == z3.sat else None


def whole(model: z3.ModelRef, number: z3.ArithRef) -> int:
    return int(model.eval(number, model_completion=True).as_long())


def cells_of(space: Space, model: z3.ModelRef) -> dict[Place, object]:
    """The values of the columns that were asked for."""
    found: dict[Place, object] = {}
    for (path, name), term in space.columns.items():
        owner = owner_of(space.table, path, space.rules.entities)
        type = next(column.type for column in owner.columns if column.name == name)
        if type.kind is Kind.LIST:
            found[path, name] = _list(space, (path, name), type, term, model)
            continue
        if type.kind is Kind.TEXT:
            found[path, name] = _text(space, term, model)
            continue
        value = value_of(term, type, space.moment.zone, model)
        if value is not _NOTHING:
            found[path, name] = value
    return found


def _list(space: Space, place: Place, type: Type, term: Term, model: z3.ModelRef) -> object:
    """The constants that a list has, and others up to its length where that is easy."""
    if not z3.is_true(model.eval(term.known, model_completion=True)):
        return None
    found: list[object] = []
    for (items, key), holds in space.lists.items():
        is_own = isinstance(items, Column) and (items.path, items.name) == place
        if is_own and isinstance(key, str) and z3.is_true(model.eval(holds, model_completion=True)):
            found.append(space.elements[items, key])
    more = range(len(found), min(whole(model, term.value), 20))
    match type.element:
        case Type(kind=Kind.TEXT):
            found += [f"other {number}" for number in more]
        case Type(kind=Kind.INTEGER):
            found += [1_000 + number for number in more]
        case Type(kind=Kind.DATE):
            found += [space.moment.today - timedelta(days=number) for number in more]
    return tuple(found)


def _text(space: Space, term: Term, model: z3.ModelRef) -> str | None:
    """A text of the class that the model says, a constant of rules where it is one."""
    if not z3.is_true(model.eval(term.known, model_completion=True)):
        return None
    text = space.texts.get(term.value.get_id())
    if text is None or text.number is None:
        return f"text {whole(model, term.value) % 1000}"
    found = text.classes[whole(model, text.number)]
    return found.example if found.constant is None else found.constant


def value_of(term: Term, type: Type, zone: str, model: z3.ModelRef) -> object:
    """What a value is in a model, as rules have it; _NOTHING for what no engine stores."""
    if not z3.is_true(model.eval(term.known, model_completion=True)):
        return None
    found = model.eval(term.value, model_completion=True)
    match type.kind:
        case Kind.BOOLEAN:
            return z3.is_true(found)
        case Kind.INTEGER:
            return found.as_long()
        case Kind.DATE:
            return date.fromordinal(found.as_long())
        case Kind.TIMESTAMP:
            return to_local(EPOCH + timedelta(microseconds=found.as_long()), zone)
        case Kind.DECIMAL | Kind.NUMBER:
            return _decimal(found, type)
        case _:
            return _NOTHING


def _decimal(found: z3.RatNumRef, type: Type) -> object:
    exact = Fraction(found.numerator_as_long(), found.denominator_as_long())
    digits = 9 if type.kind is Kind.NUMBER or type.scale is None else type.scale
    with localcontext(prec=60):
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1).scaleb(-digits)).normalize()
