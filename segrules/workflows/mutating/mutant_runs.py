"""Tests run with many variants of the rules at once: which variants make some test fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from segrules.engines.engine import Engine, EngineError
from segrules.language.core import Reference
from segrules.language.types import INTEGER
from segrules.planning import reference
from segrules.planning.dependencies import overlap
from segrules.planning.time import AsOf, as_of
from segrules.planning.variants import Thing, Users, Variant, in_place, reached, thing_of, users_of, with_variants
from segrules.project.cases import Case, Expected
from segrules.project.model import Project, Rules
from segrules.workflows.testing.case_runs import Computed, Values, compute
from segrules.workflows.testing.examples import ExampleRun, example_runs, row_of
from segrules.workflows.testing.given_rows import GivenRows
from segrules.workflows.testing.unit_tests import (
    EXAMPLE_DAY,
    compared,
    examples_name,
    expected_reference,
    matches_trait,
)

TOGETHER = 250
"""How many variants one statement computes: the time to plan more grows faster than their number."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one test wants of one thing: `expected` in the rows with number `world`; `test` is the test's name."""

    test: str
    world: int
    entity: str
    wanted: Reference
    expected: Expected | tuple[object, bool]


@dataclass(frozen=True, slots=True)
class Trial:
    """Tests that one statement runs: the rules they see, their rows, the moment, and what they want."""

    project: Project
    rules: Mapping[str, Rules]
    users: Users
    given: tuple[GivenRows, ...]
    moment: AsOf
    checks: tuple[Check, ...]

    @property
    def things(self) -> frozenset[Thing]:
        """What the tests expect something of."""
        return frozenset(thing_of(self.rules[check.entity], check.wanted) for check in self.checks)


def trials(project: Project, rules: Mapping[str, Rules], cases: Sequence[Case], name: str | None) -> tuple[Trial, ...]:
    """The tests whose name has `name` in it, those together that can be."""
    chosen = [case for case in cases if name is None or name in case.name]
    found = list(_trials_of_cases(project, rules, chosen))
    for segment in project.segments:
        if segment.examples and (name is None or name in examples_name(segment)):
            found += (_trial_of(run, rules) for run in example_runs(project, rules, segment))
    return tuple(found)


def _trials_of_cases(project: Project, rules: Mapping[str, Rules], cases: Sequence[Case]) -> Iterator[Trial]:
    users = users_of(rules)
    batches: dict[date | datetime, list[Case]] = {}
    for case in cases:
        batches.setdefault(case.as_of, []).append(case)
    for given, batch in batches.items():
        checks = tuple(
            Check(
                case.name,
                number,
                expected.entity,
                expected_reference(rules[expected.entity], expected),
                expected,
            )
            for number, case in enumerate(batch)
            for expected in case.expect
        )
        moment = as_of(given, project.timezone)
        yield Trial(project, rules, users, tuple(case.given for case in batch), moment, checks)


def _trial_of(run: ExampleRun, rules: Mapping[str, Rules]) -> Trial:
    entity, name = run.rules.entity, run.segment.name
    wanted = reference(run.rules, name)
    checks = tuple(
        Check(
            examples_name(run.segment),
            number,
            entity.name,
            wanted,
            (given[entity.name][0][entity.key], example.expected),
        )
        for number, (given, example) in enumerate(zip(run.given, run.examples, strict=True))
    )
    own = run.rules.entities
    moment = as_of(run.project.as_of or EXAMPLE_DAY, run.project.timezone)
    return Trial(run.project, own, users_of(own), run.given, moment, checks)


def killed(engine: Engine, trial: Trial, variants: Mapping[int, Variant]) -> dict[int, str]:
    """By number of those variants that make a test fail, one such test."""
    alone = [number for number, item in variants.items() if _moves_relation(item, trial)]
    beside = [number for number in variants if number not in frozenset(alone)]
    found: dict[int, str | None] = {}
    for start in range(0, len(beside), TOGETHER):
        found |= _together(engine, trial, {number: variants[number] for number in beside[start : start + TOGETHER]})
    for number in alone:
        found[number] = _alone(engine, trial, variants[number])
    return {number: test for number, test in found.items() if test is not None}


def _moves_relation(variant: Variant, trial: Trial) -> bool:
    """Whether a variant changes the rows of a derived relation."""
    return any(kind == "relation" for _, kind, _ in reached(variant.thing, trial.users))


def _together(engine: Engine, trial: Trial, variants: Mapping[int, Variant]) -> dict[int, str | None]:
    """The same for variants that one statement can hold; where the engine cannot run it, for halves of them."""
    rules, names = with_variants(trial.rules, tuple(variants.values()), trial.users, trial.things)
    asked = {number: _renamed(trial, rules, new) for number, new in zip(variants, names, strict=True)}
    try:
        computed = _computed(engine, trial, rules, [check for checks in asked.values() for check in checks])
    except EngineError:
        if len(variants) == 1:
            return dict.fromkeys(variants, trial.checks[0].test)
        items, half = list(variants.items()), len(variants) // 2
        return _together(engine, trial, dict(items[:half])) | _together(engine, trial, dict(items[half:]))
    return {number: _failing(checks, computed) for number, checks in asked.items()}


def _alone(engine: Engine, trial: Trial, variant: Variant) -> str | None:
    """A test that fails where the thing itself is defined otherwise."""
    rules = in_place(trial.rules, variant)
    checks = _renamed(trial, rules, {thing: thing[2] for thing in reached(variant.thing, trial.users)})
    try:
        return _failing(checks, _computed(engine, trial, rules, checks))
    except EngineError:
        return trial.checks[0].test


Asked = tuple[Check, Reference | None]
"""A check of a version, and the trait that counts how many stages match where only one may."""


def _computed(engine: Engine, trial: Trial, rules: Mapping[str, Rules], asked: Sequence[Asked]) -> Sequence[Computed]:
    wanted: dict[str, dict[Reference, None]] = {}
    for check, matches in asked:
        wanted.setdefault(check.entity, {})[check.wanted] = None
        wanted[check.entity] |= {} if matches is None else {matches: None}
    each = {entity: tuple(references) for entity, references in wanted.items()}
    return compute(engine, trial.project, rules, each, trial.given, trial.moment)


def _renamed(trial: Trial, rules: dict[str, Rules], new: Mapping[Thing, str]) -> tuple[Asked, ...]:
    """The checks of what a variant changes, asked of its versions; `rules` gets traits that count stages."""
    asked = []
    for check in trial.checks:
        thing = thing_of(trial.rules[check.entity], check.wanted)
        if thing not in new:
            continue
        name = new[thing] + check.wanted.name[len(thing[2]) :]
        own, matches = rules[check.entity], None
        if thing[1] == "segmentation" and own.segmentations[new[thing]].hit == "unique":
            matches = Reference("trait", matches_trait(new[thing]), INTEGER)
            counted = overlap(own.segmentations[new[thing]])
            rules[check.entity] = replace(own, traits={**own.traits, matches.name: counted})
        asked.append((replace(check, wanted=replace(check.wanted, name=name)), matches))
    return tuple(asked)


def _failing(checks: Iterable[Asked], computed: Sequence[Computed]) -> str | None:
    """The first test that fails."""
    for check, matches in checks:
        values = computed[check.world].of(check.entity, check.wanted)
        counts = {} if matches is None else computed[check.world].of(check.entity, matches)
        if any(isinstance(count, int) and count > 1 for count in counts.values()) or not _holds(check, values):
            return check.test
    return None


def _holds(check: Check, values: Values) -> bool:
    match check.expected:
        case Expected() as expected:
            return not compared(expected, values)[0]
        case key, member:
            return row_of(values, key) is member
