"""How each two of many tests lie to each other, asked as few times as is needed.

A row that the solver finds says for all pairs at once which of them hold together and which hold alone. What is left
is asked for one test and all its open partners together: either there is a row, which closes at least one of them, or
there is none, which closes them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import z3

from segrules.analysis.answers import NEVER, POSSIBLE, UNDECIDED, Example, Regions
from segrules.analysis.made import Made
from segrules.analysis.solver.examples import plausible_example
from segrules.analysis.solver.terms import denied
from segrules.analysis.solver.theory import Theory


@dataclass(frozen=True)
class Kind:
    """One kind of question about two tests, i and j: whether a row passes i and (`names`) j, or i and not j.

    places: by i and j what was found; left: by i the tests j of which nothing is known, each a bit of a number.
    """

    names: Sequence[z3.BoolRef]
    places: list[list[int]]
    left: list[int]


@dataclass(frozen=True)
class Search:
    """What rows found so far say. holds: by row the tests that hold, each a bit of a number."""

    known: Theory
    names: Sequence[z3.BoolRef]
    bits: z3.BitVecRef
    both: Kind
    only: Kind
    without: list[int]
    holds: list[int] = field(default_factory=list)

    def learn(self) -> None:
        """Notes for all pairs what the row that was just found says."""
        model = self.known.solver.model()
        found, number = model.eval(self.bits, model_completion=True).as_long(), len(self.holds)
        self.holds.append(found)
        for kind, inside in ((self.both, found), (self.only, ~found)):
            for place in _places(found):
                for other in _places(kind.left[place] & inside):
                    kind.places[place][other] = number
                kind.left[place] &= ~inside
        for place, at in enumerate(self.without):
            if at == POSSIBLE and not found >> place & 1:
                self.without[place] = number

    def ask(self, place: int | None, goals: Sequence[z3.BoolRef]) -> int:
        """NEVER or UNDECIDED; or 0 where a row was found, and learned from."""
        solver = self.known.solver
        firm = [tracker for tracker, _ in self.known.trackers.values()]
        firm += [] if place is None else [self.names[place]]
        solver.push()
        solver.add(_any_of(goals))
        answer = solver.check(*firm)
        if answer == z3.sat:
            self.learn()
        solver.pop()
        return 0 if answer == z3.sat else NEVER if answer == z3.unsat else UNDECIDED

    def close(self, kind: Kind, place: int) -> None:
        """Asks of one test and all that is left, until nothing is."""
        while kind.left[place]:
            others = list(_places(kind.left[place]))
            answer = self.ask(place, [kind.names[other] for other in others])
            if answer == UNDECIDED and len(others) > 1:
                for other in others:
                    if kind.left[place] >> other & 1:
                        self._settle(kind, place, [other], self.ask(place, [kind.names[other]]))
            else:
                self._settle(kind, place, others, answer)

    def _settle(self, kind: Kind, place: int, others: Sequence[int], answer: int) -> None:
        if answer != 0:
            for other in others:
                kind.places[place][other] = answer
                kind.left[place] &= ~(1 << other)


def regions(known: Theory, formulas: Sequence[z3.BoolRef], chosen: Sequence[int] | None) -> Regions:
    """All pairs of tests, or those with one of the chosen."""
    search = _search(known, formulas, chosen)
    size = len(formulas)
    for place in range(size):
        search.close(search.both, place)
        search.close(search.only, place)
    for place in range(size):
        if search.without[place] == POSSIBLE:
            answer = search.ask(None, [denied(search.names[place])])
            search.without[place] = answer if answer != 0 else search.without[place]
    both = search.both.places
    for place, row in enumerate(both):
        for other in range(place):
            row[other] = both[other][place]
    count = len(search.holds)
    examples = Made(count, lambda place: _example(search, search.holds[place]))
    holds = Made(count, lambda place: tuple(bool(search.holds[place] >> test & 1) for test in range(size)))
    tables = [tuple(tuple(row) for row in kind.places) for kind in (search.both, search.only)]
    return Regions(examples, holds, tables[0], tables[1], tuple(search.without))


def _example(search: Search, holds: int) -> Example | None:
    """A plausible row for which exactly these tests hold."""
    firm = [tracker for tracker, _ in search.known.trackers.values()]
    firm += [name if holds >> place & 1 else denied(name) for place, name in enumerate(search.names)]
    return plausible_example(search.known, firm, {})


def _search(known: Theory, formulas: Sequence[z3.BoolRef], chosen: Sequence[int] | None) -> Search:
    """Every test under a name of its own, so that the solver learns of tests and not of their parts."""
    size = len(formulas)
    names = [z3.FreshBool("test") for _ in formulas]
    for name, formula in zip(names, formulas, strict=True):
        known.solver.add(name == formula)
    bits = [z3.If(name, z3.BitVecVal(1, 1), z3.BitVecVal(0, 1)) for name in reversed(names)]
    together = z3.Concat(bits) if size > 1 else bits[0] if size else z3.BitVecVal(0, 1)
    wanted = (1 << size) - 1 if chosen is None else sum(1 << place for place in dict.fromkeys(chosen))
    later = [((1 << size) - 1) >> place << place for place in range(size)]
    pairs = [(1 << size) - 1 if wanted >> place & 1 else wanted for place in range(size)]
    both = Kind(names, _table(size), [pairs[place] & later[place] for place in range(size)])
    only = Kind([denied(name) for name in names], _table(size), [pairs[place] & ~(1 << place) for place in range(size)])
    without = [POSSIBLE] * size
    return Search(known, names, together, both, only, without)


def _any_of(tests: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """z3.Or without its checks of sorts, which take longer than the solver does."""
    context = tests[0].ctx
    parts = (z3.Ast * len(tests))(*(test.ast for test in tests))
    return z3.BoolRef(z3.Z3_mk_or(context.ref(), len(tests), parts), context)


def _table(size: int) -> list[list[int]]:
    return [[POSSIBLE] * size for _ in range(size)]


def _places(bits: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
