"""The prover that the small procedure is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from segrules.analysis.answers import Answer, Regions
from segrules.analysis.small.examples import example_of
from segrules.analysis.small.formulas import Formula
from segrules.analysis.small.meaning import holds
from segrules.analysis.small.regions import regions
from segrules.analysis.small.search import OutOfWork, Search, facts_of
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.witness import witness
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
        formula = self.formula(tests)
        try:
            facts = facts_of(self.theory, formula)
            if facts is not None:
                return Answer("never", facts)
            state = Search(self.theory).find([formula]) if example else None
        except OutOfWork:
            return Answer("inconclusive")
        row = None if state is None else witness(self.theory, state)
        return Answer("possible", (), None if row is None else example_of(self.theory, row))

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
        return regions(self.theory, [self.formula([test]) for test in tests], chosen)

    def formula(self, tests: Sequence[Expression]) -> Formula:
        """That all tests hold."""
        return self.theory.formulas.all_of(holds(self.theory, self.theory.prepared(test)) for test in tests)

    def _is_never(self, places: Sequence[int], tests: Sequence[Expression]) -> bool:
        formula = self.formula([tests[place] for place in places])
        try:
            return Search(self.theory).find([formula]) is None
        except OutOfWork:
            return False
