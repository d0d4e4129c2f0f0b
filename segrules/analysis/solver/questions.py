"""Questions about an entity's rows, asked of z3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import z3

from segrules.analysis.answers import Answer, Fact, Regions
from segrules.analysis.solver.examples import plausible_example
from segrules.analysis.solver.regions import regions
from segrules.analysis.solver.terms import both, denied, either
from segrules.analysis.solver.theory import Theory, groups_of, theory
from segrules.language.core import And, Expression, Not, Or
from segrules.planning.time import AsOf
from segrules.project.model import Rules


class SolverProver:
    """Answers by z3. What is asked beyond the tests that it was opened with makes it learn anew.

    is_quick: a question whose tests lie apart in what was learned is not asked again alone.
    """

    def __init__(
        self, rules: Rules, moment: AsOf, tests: Sequence[Expression], work: int, *, is_quick: bool = False
    ) -> None:
        self._rules = rules
        self._moment = moment
        self._work = work
        self._is_quick = is_quick
        self._tests = tuple(dict.fromkeys(tests))
        self._theory: Theory | None = None

    @property
    def name(self) -> str:
        return f"z3 {z3.get_version_string()}"

    def ask(self, tests: Sequence[Expression], *, example: bool = True) -> Answer:
        known, formulas = self._formulas(tests)
        if self._is_quick and not example:
            return self._asked(known, formulas, {}, example=False)
        groups = groups_of(known, formulas)
        if groups is not None:
            return self._asked(known, formulas, groups, example=example)
        answer = self._asked(known, formulas, {}, example=False)
        if answer.verdict == "never":
            return answer
        alone = theory(self._rules, self._moment, tests, self._work)
        return self._asked(alone, [alone.tests[test] for test in tests], {}, example=example)

    def _asked(
        self, known: Theory, formulas: Sequence[z3.BoolRef], groups: Mapping[str, int], *, example: bool
    ) -> Answer:
        trackers = [tracker for tracker, _ in known.trackers.values()]
        answer = known.solver.check(*trackers, *formulas)
        if answer == z3.unsat:
            return Answer("never", self._facts(known, formulas))
        if answer == z3.unknown:
            return Answer("inconclusive")
        if not example:
            return Answer("possible")
        return Answer("possible", example=plausible_example(known, [*trackers, *formulas], groups))

    def conflict(self, tests: Sequence[Expression]) -> tuple[int, ...]:
        known, formulas = self._formulas(tests)
        trackers = [tracker for tracker, _ in known.trackers.values()]
        if known.solver.check(*trackers, *formulas) != z3.unsat:
            if groups_of(known, formulas) is not None:
                return ()
            known = theory(self._rules, self._moment, tests, self._work)
            formulas = [known.tests[test] for test in tests]
            trackers = [tracker for tracker, _ in known.trackers.values()]
            if known.solver.check(*trackers, *formulas) != z3.unsat:
                return ()
        core = {part.get_id() for part in known.solver.unsat_core()}
        needed = [place for place, formula in enumerate(formulas) if formula.get_id() in core]
        for place in tuple(needed):
            rest = [other for other in needed if other != place]
            if known.solver.check(*trackers, *(formulas[other] for other in rest)) == z3.unsat:
                needed = rest
        return tuple(needed)

    def regions(self, tests: Sequence[Expression], chosen: Sequence[int] | None = None) -> Regions:
        known, formulas = self._formulas(tests)
        return regions(known, formulas, chosen)

    def _facts(self, known: Theory, formulas: Sequence[z3.BoolRef]) -> tuple[Fact, ...]:
        """The facts without which nothing would be proven; the last answer was that there is no such row."""
        core = {part.get_id() for part in known.solver.unsat_core()}
        used = [tracker for number, (tracker, _) in known.trackers.items() if number in core]
        for tracker in tuple(used):
            rest = [other for other in used if not other.eq(tracker)]
            if known.solver.check(*rest, *formulas) == z3.unsat:
                used = rest
        found = [fact for tracker in used for fact in known.trackers[tracker.get_id()][1]]
        return tuple(dict.fromkeys(found))

    def _formulas(self, tests: Sequence[Expression]) -> tuple[Theory, list[z3.BoolRef]]:
        """The tests as formulas of a theory that knows them all."""
        if self._theory is None:
            self._theory = theory(self._rules, self._moment, self._tests, self._work)
        known = self._theory
        found = [_formula(test, known) for test in tests]
        if any(formula is None for formula in found):
            self._tests = tuple(dict.fromkeys((*self._tests, *tests)))
            known = self._theory = theory(self._rules, self._moment, self._tests, self._work)
            found = [_formula(test, known) for test in tests]
        return known, [formula for formula in found if formula is not None]


def _formula(test: Expression, known: Theory) -> z3.BoolRef | None:
    """The formula of a test, or of one that is made of tests by `and`, `or` and `not`."""
    if test in known.tests:
        return known.tests[test]
    match test:
        case And(items=items) | Or(items=items):
            parts = [_formula(item, known) for item in items]
            if any(part is None for part in parts):
                return None
            join = both if isinstance(test, And) else either
            found = join(*(part for part in parts if part is not None))
        case Not(item=item):
            inner = _formula(item, known)
            if inner is None:
                return None
            found = denied(inner)
        case _:
            return None
    known.tests[test] = found
    return found
