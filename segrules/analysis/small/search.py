"""Looks for a row that makes formulas true: what is certain first, then one alternative after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from segrules.analysis.answers import Fact
from segrules.analysis.small.bindings import narrowed
from segrules.analysis.small.formulas import FALSE, TRUE, All, Formula, Some, Thing, Within
from segrules.analysis.small.known_things import ORDER
from segrules.analysis.small.lookups import what_holds
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.values import Values

WORK = 200_000
"""How many steps one question may take: looks at one thing's values."""

ROW_WORK = 2_000
"""How many steps it may take to see that one test of rows implies another."""

ROUNDS = 12
"""How often things bind each other anew before what they leave is taken as it is."""

State = dict[Thing, Values]


@dataclass(frozen=True, slots=True)
class Position:
    """What follows of some formulas at once: what things can be, and the alternatives that are left open."""

    state: State
    open: tuple[tuple[Formula, ...], ...]


class OutOfWork(Exception):
    """The steps allowed for a question are used up."""


@dataclass
class Search:
    """One question. without: facts of the contract that it must do without; used: those that narrowed something."""

    theory: Theory
    without: frozenset[Fact] = frozenset()
    left: int = WORK
    used: dict[Fact, None] = field(default_factory=dict)
    fresh: list[Thing] = field(default_factory=list)

    def find(self, formulas: Iterable[Formula]) -> State | None:
        """What things can be where all formulas are true; None where they never are. OutOfWork beyond the limit."""
        return self._solve({}, list(formulas), [])

    def start(self, formulas: Iterable[Formula]) -> Position | None:
        """What follows of formulas at once; None where they contradict each other already."""
        state: State = {}
        waiting = self._settle(state, list(formulas), [])
        return None if waiting is None else Position(state, tuple(waiting))

    def go_on(self, position: Position, formulas: Iterable[Formula]) -> State | None:
        """What things can be where more formulas are true."""
        return self._solve(dict(position.state), list(formulas), list(position.open))

    def narrowed(self, position: Position, thing: Thing, values: Values) -> Position | None:
        """What follows where a thing is in a set; None where it never is."""
        self.fresh.clear()
        state = dict(position.state)
        changed: dict[Thing, None] = {}
        if not self._narrow(state, thing, values.on_grid(thing.unit), changed):
            return None
        waiting = self._settle(state, [], list(position.open), changed)
        return None if waiting is None else Position(state, tuple(waiting))

    def implied(self, narrow: Formula, wide: Formula) -> tuple[Fact, ...] | None:
        """The facts by which rows that pass one test pass another; None where that is not seen."""
        if narrow is wide:
            return ()
        key = ("implied", narrow, wide)
        if key not in self.theory.known:
            make = self.theory.formulas
            try:
                found = facts_of(self.theory, make.all_of((narrow, make.negated(wide))), ROW_WORK)
            except OutOfWork:
                found = None
            self.theory.known[key] = found
        facts: tuple[Fact, ...] | None = self.theory.known[key]
        return facts

    def _solve(self, state: State, todo: list[Formula], waiting: list[tuple[Formula, ...]]) -> State | None:
        self.fresh.clear()
        settled = self._settle(state, todo, waiting)
        if settled is None:
            return None
        if not settled:
            return state
        choice = min(settled, key=len)
        rest = [other for other in settled if other is not choice]
        refused: list[Formula] = []
        for item in choice:
            found = self._solve(dict(state), [item, *refused], list(rest))
            if found is not None:
                return found
            if isinstance(item, Within):
                refused.append(self.theory.formulas.negated(item))
        return None

    def _settle(
        self,
        state: State,
        todo: list[Formula],
        waiting: list[tuple[Formula, ...]],
        changed: dict[Thing, None] | None = None,
    ) -> list[tuple[Formula, ...]] | None:
        """Everything that follows at once; the alternatives that are left open, None for a contradiction."""
        changed = {} if changed is None else changed
        while True:
            while todo:
                formula = todo.pop()
                match formula:
                    case Within(thing=thing, values=values):
                        if not self._narrow(state, thing, values, changed):
                            return None
                    case All(items=items):
                        todo.extend(items)
                    case Some(items=items):
                        if formula is FALSE:
                            return None
                        waiting.append(items)
            if not self._bind(state, changed):
                return None
            while self.fresh:
                axiom = what_holds(self.theory, self.fresh.pop())
                if axiom is not TRUE:
                    todo.append(axiom)
            changed = {}
            if todo:
                continue
            open_ones = []
            for items in waiting:
                alive = self._alive(items, state)
                if alive is None:
                    continue
                if not alive:
                    return None
                if len(alive) == 1:
                    todo.append(alive[0])
                else:
                    open_ones.append(alive)
            waiting = open_ones
            if not todo:
                return waiting

    def _narrow(self, state: State, thing: Thing, values: Values, changed: dict[Thing, None]) -> bool:
        self._work()
        before = state[thing] if thing in state else self.base(thing)
        after = before & values
        if thing not in state and thing.group == ORDER:
            for side in thing.about:
                if side is not None and side not in state:
                    self.fresh.append(side)
                    state[side] = self.base(side)
                    changed[side] = None
        if thing not in state:
            self.fresh.append(thing)
        if thing not in state or after != before:
            state[thing] = after
            changed[thing] = None
        return not after.is_empty

    def _bind(self, state: State, changed: dict[Thing, None]) -> bool:
        """What changed things leave of those that they bind."""
        for _ in range(ROUNDS):
            if not changed:
                break
            again: dict[Thing, None] = {}
            for thing, values in narrowed(self.theory, state, changed, self):
                if not self._narrow(state, thing, values.on_grid(thing.unit), again):
                    return False
            changed = again
        return True

    def _alive(self, items: tuple[Formula, ...], state: State) -> tuple[Formula, ...] | None:
        """The alternatives that may hold; None where one does."""
        alive = []
        for item in items:
            outcome = self.truth(item, state)
            if outcome is True:
                return None
            if outcome is None:
                alive.append(item)
        return tuple(alive)

    def truth(self, formula: Formula, state: State) -> bool | None:
        """Whether a formula holds, or fails, by what is told of things so far."""
        match formula:
            case Within(thing=thing, values=values):
                self._work()
                own = state[thing] if thing in state else self.base(thing)
                inside = own & values
                return False if inside.is_empty else True if inside == own else None
            case All(items=items):
                return _every(self.truth(item, state) for item in items)
            case Some(items=items):
                outcome = _every(_turned(self.truth(item, state)) for item in items)
                return _turned(outcome)

    def base(self, thing: Thing) -> Values:
        """What a thing can be before anything is asked."""
        values = thing.frame
        for promised, fact in thing.promises:
            if fact not in self.without:
                after = values & promised.on_grid(thing.unit)
                if after != values:
                    self.used[fact] = None
                    values = after
        return values

    def _work(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OutOfWork


def facts_of(theory: Theory, formula: Formula, work: int = WORK) -> tuple[Fact, ...] | None:
    """The few facts of the contract by which a formula never holds; None where it may hold. OutOfWork beyond that."""
    search = Search(theory, left=work)
    if search.find([formula]) is not None:
        return None
    kept = tuple(search.used)
    if not kept or _is_never(theory, formula, frozenset(kept), work):
        return ()
    for fact in tuple(kept) if len(kept) > 1 else ():
        if _is_never(theory, formula, frozenset(search.used).difference(kept) | {fact}, work):
            kept = tuple(other for other in kept if other != fact)
    return kept


def _is_never(theory: Theory, formula: Formula, without: frozenset[Fact], work: int) -> bool:
    try:
        return Search(theory, without, work).find([formula]) is None
    except OutOfWork:
        return False


def _turned(outcome: bool | None) -> bool | None:
    return None if outcome is None else not outcome


def _every(outcomes: Iterator[bool | None]) -> bool | None:
    found: bool | None = True
    for outcome in outcomes:
        if outcome is False:
            return False
        if outcome is None:
            found = None
    return found
