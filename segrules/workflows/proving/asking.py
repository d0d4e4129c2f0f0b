"""What is asked of a prover about an entity's rules, kept count of; and findings that only a row can confirm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from segrules.analysis.answers import Answer, Fact, Prover
from segrules.diagnostics import Diagnostic
from segrules.language.core import Expression
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules
from segrules.source import Span
from segrules.workflows.proving.facts import resting_on
from segrules.workflows.proving.other_days import is_of_its_day
from segrules.workflows.proving.replay import Question


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A finding that stands only where a row shows it: what the row must pass, and what is said where none is found.

    unshown: that, or a weaker suspicion.
    """

    question: Question
    finding: Diagnostic
    unshown: Diagnostic | Suspicion


@dataclass(frozen=True, slots=True)
class Kept:
    """What is proven to hold of all rows: in words, where it is asserted, and the facts that it rests on.

    notes: the facts in words, a line where there are any; and why it says little, where it does.
    """

    words: str
    span: Span | None
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """A prover for the rows of one entity, and one for any other as-of. verdicts: how often the one gave each.

    reported: segments and stages that have a finding of their own, which must not come back as a finding of what is
    made of them.
    """

    project: Project
    rules: Rules
    prover: Prover
    zone: str
    prover_of: Callable[[AsOf], Prover]
    verdicts: Counter[str] = field(default_factory=Counter)
    reported: set[str] = field(default_factory=set)

    @property
    def entity(self) -> str:
        return self.rules.entity.name

    def ask(self, tests: Sequence[Expression], *, example: bool = False) -> Answer:
        answer = self.prover.ask(tests, example=example)
        self.verdicts[answer.verdict] += 1
        return answer

    def is_ever(self, tests: Sequence[Expression]) -> bool:
        """Whether tests that no row passes now may be passed on another day, so that nothing is wrong with them."""
        return is_of_its_day(tests, self.rules, self.zone, self.prover_of)

    def kept(self, words: str, span: Span | None, facts: Iterable[Fact], notes: tuple[str, ...] = ()) -> Kept:
        each = tuple(dict.fromkeys(facts))
        return Kept(words, span, each, (*resting_on(each, self.project, self.entity), *notes))
