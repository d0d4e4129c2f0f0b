"""Whether tests notice small changes of the rules: every mutant of every rule, and the tests that fail with it.

All mutants that a batch of tests can tell apart are computed by one statement over the rows of these tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal as OneOf

from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.duckdb import connect
from segrules.engines.engine import Engine
from segrules.language.mutants import Mutant, mutants, swapped
from segrules.planning.time import as_of
from segrules.planning.variants import Variant, reached, rule_parts
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Project, Rules
from segrules.project.reader import Reader
from segrules.workflows.mutating.drafting import Answer
from segrules.workflows.mutating.equivalents import Judged, judged
from segrules.workflows.mutating.killing_rows import answers, tried_out
from segrules.workflows.mutating.mutant_runs import Trial, killed, trials
from segrules.workflows.testing.changed_rules import changed_since
from segrules.workflows.testing.unit_tests import EXAMPLE_DAY, TestReport, run_checked
from segrules.workflows.validate import Validated, validate


@dataclass(frozen=True, slots=True)
class Mutated:
    """A mutant of one rule, as a variant of the rules. rule: its name, such as `vip` or `lifecycle.churned`."""

    entity: str
    rule: str
    mutant: Mutant
    variant: Variant


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a mutant: a test failed with it (by: its name), or none; is_looked_at: some test could have.

    "alike" is a mutant for which no row was found that tells it from the rule; "equivalent": it is proven that there is
    none. answer: what the search for one gave.
    """

    mutated: Mutated
    result: OneOf["killed", "survived", "alike", "equivalent"]
    by: str | None = None
    is_looked_at: bool = True
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class MutationReport:
    """The outcomes in the order of the rules; none where the tests, as they are, do not all pass.

    problem: why the rules could not be compared with those of another revision.
    """

    tests: TestReport
    outcomes: tuple[Outcome, ...]
    problem: Diagnostic | None = None

    @property
    def killed(self) -> int:
        return self.count("killed")

    def count(self, result: str) -> int:
        return sum(outcome.result == result for outcome in self.outcomes)

    @property
    def score(self) -> int | None:
        """Killed mutants in percent of those killed or survived, rounded down; None where there are none."""
        judged = self.killed + self.count("survived")
        return self.killed * 100 // judged if judged else None


def run_mutation(
    read: Reader, *, name: str | None = None, since: str | None = None, settings: Settings = NO_SETTINGS
) -> MutationReport:
    """Runs the tests with `name` in their names, and if all pass, with every mutant of the rules they look at.

    since: a git revision; only rules that changed since then have mutants.
    """
    checked = validate(read, settings)
    tests = run_checked(checked, name=name)
    failed = not all(result.passed for result in tests.results)
    if checked.project is None or has_errors(checked.findings) or failed:
        return MutationReport(tests, ())
    every = mutated_rules(checked.rules)
    if since is not None:
        changed = changed_since(read.root or Path(), since, checked.rules, settings)
        if isinstance(changed, Diagnostic):
            return MutationReport(tests, (), changed)
        every = [item for item in every if (item.variant.thing, item.variant.part) in changed]
    engine = connect()
    try:
        return MutationReport(tests, tuple(_outcomes(engine, checked.project, checked, every, name)))
    finally:
        engine.close()


def _outcomes(
    engine: Engine, project: Project, checked: Validated, every: Sequence[Mutated], name: str | None
) -> Iterator[Outcome]:
    found = trials(project, checked.rules, checked.cases, name)
    killers, looked_at = noticed(engine, found, {number: item.variant for number, item in enumerate(every)})
    open_ones = {number: every[number] for number in sorted(looked_at - killers.keys())}
    day = project.as_of or max((trial.moment.given for trial in found), key=str, default=EXAMPLE_DAY)
    variants = {number: item.variant for number, item in open_ones.items()}
    names = {number: case_name(item) for number, item in open_ones.items()}
    rows = answers(engine, project, checked.rules, variants, names, day)
    unfound = {number: item for number, item in variants.items() if rows[number].proposal is None}
    moment = as_of(day, project.timezone)
    known = judged(project, checked.rules, moment, unfound) if unfound else Judged()
    for number, proposal in tried_out(engine, project, checked.rules, variants, names, moment, known.examples).items():
        rows[number] = Answer(proposal, rows[number].tried + 1)
    for number, item in enumerate(every):
        outcome = _outcome(item, killers.get(number), number in looked_at, rows.get(number))
        if number in known.equivalent:
            outcome = replace(outcome, result="equivalent")
        if (name is None or number in looked_at) and _matters(outcome):
            yield outcome


def noticed(engine: Engine, tests: Sequence[Trial], variants: Mapping[int, Variant]) -> tuple[dict[int, str], set[int]]:
    """By number of each variant that makes a test fail such a test; and the variants that tests look at."""
    killers: dict[int, str] = {}
    looked_at: set[int] = set()
    for trial in tests:
        asked = {number: item for number, item in variants.items() if reached(item.thing, trial.users) & trial.things}
        looked_at |= asked.keys()
        killers |= killed(engine, trial, {number: asked[number] for number in asked if number not in killers})
    return killers, looked_at


def _matters(outcome: Outcome) -> bool:
    """Whether a mutant is one to tell of: most stages exclude each other, and their order is then no matter."""
    found = outcome.answer is not None and outcome.answer.proposal is not None
    return outcome.mutated.mutant.kind != "order" or outcome.result == "killed" or found


def _outcome(mutated: Mutated, killer: str | None, is_looked_at: bool, answer: Answer | None) -> Outcome:
    if killer is not None:
        return Outcome(mutated, "killed", killer)
    alike = answer is not None and answer.proposal is None and answer.tried > 0
    return Outcome(mutated, "alike" if alike else "survived", None, is_looked_at, answer)


def case_name(mutated: Mutated) -> str:
    """What a case is called that the mutant fails."""
    return f"{mutated.rule}: {mutated.mutant.before}"


def mutated_rules(rules: Mapping[str, Rules]) -> list[Mutated]:
    """The mutants of all rules (traits, segments, stages, derived relations) in the order of the files."""
    found = [
        Mutated(entity, thing[2] if part is None else f"{thing[2]}.{part}", mutant, Variant(thing, mutant.rule, part))
        for entity, own in rules.items()
        for thing, part, rule in rule_parts(own)
        for mutant in mutants(rule)
    ]
    found += (item for entity, own in rules.items() for item in _in_other_order(entity, own))
    return sorted(found, key=lambda item: (item.mutant.span.file.path, item.mutant.span.start, item.mutant.span.end))


def _in_other_order(entity: str, rules: Rules) -> Iterator[Mutated]:
    """Each two neighbouring stages of which the first that holds counts, in the other order."""
    for name, labelling in rules.segmentations.items():
        for one, two in pairwise(labelling.stages) if labelling.hit == "first" else ():
            mutant = swapped(one, two)
            if mutant is not None:
                yield Mutated(entity, name, mutant, Variant((entity, "segmentation", name), mutant.rule, one[0]))
