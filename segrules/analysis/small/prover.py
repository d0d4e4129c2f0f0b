"""The prover that the small procedure is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from segrules.analysis.answers import NEVER, POSSIBLE, UNDECIDED, Answer, Regions
from segrules.analysis.small.formulas import Formula
from segrules.analysis.small.meaning import holds
from segrules.analysis.small.search import OutOfWork, Search, never
from segrules.analysis.small.theory import Theory
from segrules.language.core import Expression
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules


@dataclass(frozen=True)
class SmallProver:
    """Finds contradictions between tests of one value, and between counts of the same rows."""

    project: Project
    rules: Rules
    moment: AsOf
    theory: Theory = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "theory", Theory(self.project, self.rules, self.moment))

    @property
    def name(self) -> str:
        return "segrules"

    def ask(self, tests: Sequence[Expression], *, example: bool = True) -> Answer:
        """Whether some entity row passes all tests."""
        del example  # none is made up yet
        try:
            facts = never(self.theory, self.formula(tests))
        except OutOfWork:
            return Answer("inconclusive")
        return Answer("possible") if facts is None else Answer("never", facts)

    def conflict(self, tests: Sequence[Expression]) -> tuple[int, ...]:
        """The places of a few tests that no row passes at once, each of them needed; () where none are found."""
        if not self._is_never(range(len(tests)), tests):
            return ()
        left = list(range(len(tests)))
        for place in range(len(tests)):
            fewer = [other for other in left if other != place]
            if self._is_never(fewer, tests):
                left = fewer
        return tuple(left)

    def regions(self, tests: Sequence[Expression], chosen: Sequence[int] | None = None) -> Regions:
        """How each two tests lie to each other."""
        formulas = [self.formula([test]) for test in tests]
        make = self.theory.formulas
        wanted = set(range(len(tests)) if chosen is None else chosen)

        def place(one: int, two: int, parts: Sequence[Formula]) -> int:
            return self._place(make.all_of(parts)) if one in wanted or two in wanted else POSSIBLE

        every = range(len(tests))
        both: dict[tuple[int, int], int] = {}
        for one in every:
            for two in range(one, len(tests)):
                both[one, two] = both[two, one] = place(one, two, (formulas[one], formulas[two]))
        return Regions(
            (),
            (),
            tuple(tuple(both[one, two] for two in every) for one in every),
            tuple(
                tuple(place(one, two, (formulas[one], make.negated(formulas[two]))) for two in every) for one in every
            ),
            tuple(place(one, one, (make.negated(formulas[one]),)) for one in every),
        )

    def _place(self, formula: Formula) -> int:
        try:
            return NEVER if Search(self.theory).find([formula]) is None else POSSIBLE
        except OutOfWork:
            return UNDECIDED

    def formula(self, tests: Sequence[Expression]) -> Formula:
        """That all tests hold."""
        return self.theory.formulas.all_of(holds(self.theory, self.theory.prepared(test)) for test in tests)

    def _is_never(self, places: Sequence[int], tests: Sequence[Expression]) -> bool:
        formula = self.formula([tests[place] for place in places])
        try:
            return Search(self.theory).find([formula]) is None
        except OutOfWork:
            return False
