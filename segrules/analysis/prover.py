"""Which prover answers: the solver where it is installed, else a small procedure of our own."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from segrules.analysis.answers import Prover
from segrules.analysis.small import SmallProver
from segrules.language.core import Expression
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules

WORK = 2_000_000
"""What one question may cost the solver, in its own units of work (`rlimit`), which are the same on every machine."""
QUICK_WORK = 100_000
"""The same where somebody waits for more than answers, as in `validate`."""


def has_solver() -> bool:
    """Whether `pip install segrules[prove]` was run."""
    return find_spec("z3") is not None


def open_prover(
    project: Project,
    rules: Rules,
    moment: AsOf,
    tests: Sequence[Expression],
    *,
    work: int = WORK,
    is_small: bool = False,
    is_quick: bool = False,
) -> Prover:
    """What answers questions about an entity's rows.

    tests: all that will be asked, or more; questions may also combine them by And, Or and Not. is_small: without the
    solver even where it is installed. is_quick: where rules look at rows in very many ways, prove less.
    """
    if has_solver() and not is_small:
        from segrules.analysis.solver.questions import SolverProver  # an extra, and heavy

        return SolverProver(rules, moment, tests, work, is_quick=is_quick)
    return SmallProver(project, rules, moment)
