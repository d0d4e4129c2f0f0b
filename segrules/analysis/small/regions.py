"""How each two of many tests lie to each other: a row that is made up for one question answers many others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from segrules.analysis.answers import NEVER, POSSIBLE, UNDECIDED, Regions
from segrules.analysis.made import Made
from segrules.analysis.small.examples import example_of
from segrules.analysis.small.formulas import All, Formula, Some, Thing, Within
from segrules.analysis.small.search import OutOfWork, Position, Search, State
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.witness import things_of, witness

PAIR_WORK = 5_000
"""How many steps a question about two tests may take."""


@dataclass(frozen=True)
class Kind:
    """Questions about tests i and j: a row for i and formula j. places: what was found; left: open ones, as bits."""

    formulas: Sequence[Formula]
    places: list[list[int]]
    left: list[int]


@dataclass(frozen=True)
class Pairs:
    """What rows made up so far say. holds: by row the tests that hold, each a bit of a number."""

    theory: Theory
    formulas: Sequence[Formula]
    things: Sequence[Thing]
    both: Kind
    only: Kind
    without: list[int]
    states: list[State] = field(default_factory=list)
    holds: list[int] = field(default_factory=list)

    def learn(self, state: State) -> int:
        """The number of a row made up of a state, noted for all pairs that it is an example of; POSSIBLE for none."""
        row = witness(self.theory, state, self.things)
        if row is None:
            return POSSIBLE
        number, found = len(self.holds), _bits(self.formulas, row)
        self.states.append(row)
        self.holds.append(found)
        for place in _places(found):
            for kind, inside in ((self.both, found), (self.only, ~found)):
                for other in _places(kind.left[place] & inside):
                    kind.places[place][other] = number
                kind.left[place] &= ~inside
        for place, at in enumerate(self.without):
            if at == POSSIBLE and not found >> place & 1:
                self.without[place] = number
        return number

    def close(self, kind: Kind, place: int, start: Position | int) -> None:
        """Answers all that is open of one test, from what follows of it alone."""
        while kind.left[place]:
            other = next(_places(kind.left[place]))
            found = self.ask(start, kind.formulas[other])
            if isinstance(found, dict):
                found = self.learn(found)
            if kind.left[place] >> other & 1:
                kind.places[place][other] = found
                kind.left[place] &= ~(1 << other)

    def ask(self, start: Position | int, formula: Formula) -> int | State:
        """NEVER, UNDECIDED, or what things can be."""
        if isinstance(start, int):
            return start
        try:
            state = Search(self.theory, left=PAIR_WORK).go_on(start, [formula])
        except OutOfWork:
            return UNDECIDED
        return NEVER if state is None else state


def regions(theory: Theory, formulas: Sequence[Formula], chosen: Sequence[int] | None) -> Regions:
    """All pairs of tests, or those with one of the chosen."""
    size = len(formulas)
    every = (1 << size) - 1
    wanted = every if chosen is None else sum(1 << place for place in set(chosen))
    open_ones = [every if wanted >> place & 1 else wanted for place in range(size)]
    opposites = [theory.formulas.negated(formula) for formula in formulas]

    def kind(those: Sequence[Formula], left: list[int]) -> Kind:
        return Kind(those, [[POSSIBLE] * size for _ in those], left)

    both = kind(formulas, [left >> place << place for place, left in enumerate(open_ones)])
    only = kind(opposites, [left & ~(1 << place) for place, left in enumerate(open_ones)])
    pairs = Pairs(theory, formulas, things_of(formulas), both, only, [POSSIBLE] * size)
    for place, formula in enumerate(formulas):
        start = _start(theory, formula)
        pairs.close(both, place, start)
        pairs.close(only, place, start)
        only.places[place][place] = NEVER
    _close_without(pairs, opposites, wanted)
    for place, row in enumerate(both.places):
        for other in range(place):
            row[other] = both.places[other][place]
    holds = [tuple(bool(found >> place & 1) for place in range(size)) for found in pairs.holds]
    examples = Made(len(holds), lambda number: example_of(theory, pairs.states[number]))
    tables = [tuple(tuple(row) for row in one.places) for one in (both, only)]
    return Regions(examples, holds, tables[0], tables[1], tuple(pairs.without))


def _start(theory: Theory, formula: Formula) -> Position | int:
    """What follows of a test alone, or NEVER or UNDECIDED."""
    try:
        found = Search(theory, left=PAIR_WORK).start([formula])
    except OutOfWork:
        return UNDECIDED
    return NEVER if found is None else found


def _close_without(pairs: Pairs, opposites: Sequence[Formula], wanted: int) -> None:
    for place, formula in enumerate(opposites):
        if pairs.without[place] == POSSIBLE and wanted >> place & 1:
            found = pairs.ask(_start(pairs.theory, formula), All(()))
            if isinstance(found, dict):
                pairs.learn(found)
            else:
                pairs.without[place] = found


def _bits(formulas: Sequence[Formula], row: State) -> int:
    """The formulas that hold for a row, each a bit of a number."""
    known: dict[Formula, bool] = {}
    points = {thing: None if values.missing else values.edges[0][0] for thing, values in row.items()}

    def holds(formula: Formula) -> bool:
        if formula not in known:
            match formula:
                case Within(thing=thing, values=values):
                    point = points[thing]
                    known[formula] = values.missing if point is None else values.has(point)
                case All(items=items):
                    known[formula] = all(map(holds, items))
                case Some(items=items):
                    known[formula] = any(map(holds, items))
        return known[formula]

    return sum(1 << place for place, formula in enumerate(formulas) if holds(formula))


def _places(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
