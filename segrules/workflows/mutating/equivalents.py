"""Mutants asked of a prover: which are the same rule as of every moment, and rows that may tell the others from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from segrules.analysis import Example, open_prover
from segrules.analysis.alike import differ
from segrules.analysis.any_moment import open_for_any_moment
from segrules.language.core import Aggregate, And, Expression, Not
from segrules.language.trees import is_predicate
from segrules.language.types import BOOLEAN
from segrules.planning.dependencies import definition
from segrules.planning.time import AsOf
from segrules.planning.variants import Variant
from segrules.project.model import Derivation, Project, Rules

MOST_ASKED = 1_000
"""Mutants of which proofs are sought."""


@dataclass(frozen=True, slots=True)
class Judged:
    """By number the variants that are proven to be the rule, and examples for others, for somebody to try."""

    equivalent: frozenset[int] = frozenset()
    examples: Mapping[int, Example] = field(default_factory=dict)


def judged(project: Project, rules: Mapping[str, Rules], moment: AsOf, variants: Mapping[int, Variant]) -> Judged:
    """What is known of variants; nothing is asked of columns of relations whose rows are made of several."""
    asked: dict[str, dict[int, Expression]] = {}
    for number, item in list(variants.items())[:MOST_ASKED]:
        test = told_apart(rules[item.thing[0]], item)
        if test is not None:
            asked.setdefault(item.thing[0], {})[number] = test
    equivalent: set[int] = set()
    examples: dict[int, Example] = {}
    for entity, tests in asked.items():
        prover = open_prover(project, rules[entity], moment, list(tests.values()))
        always = open_for_any_moment(project, rules[entity], list(tests.values()))
        for number, test in tests.items():
            answer = prover.ask([test])
            if answer.example is not None:
                examples[number] = answer.example
            elif answer.verdict == "never" and always.ask([test]).verdict == "never":
                equivalent.add(number)
    return Judged(frozenset(equivalent), examples)


def equivalent(project: Project, rules: Rules, variants: Mapping[int, Variant]) -> frozenset[int]:
    """Those of an entity's variants that are proven to be the rule, as of every moment."""
    tests = {number: test for number, item in variants.items() if (test := told_apart(rules, item)) is not None}
    prover = open_for_any_moment(project, rules, list(tests.values()))
    return frozenset(number for number, test in tests.items() if prover.ask([test]).verdict == "never")


def told_apart(rules: Rules, variant: Variant) -> Expression | None:
    """A test that holds for rows of which a variant makes something else than the rule, if that can be asked."""
    _, kind, name = variant.thing
    match kind:
        case "trait":
            return differ(rules.traits[name], variant.rule)
        case "segment":
            return differ(_test(rules.segments[name]), _test(variant.rule))
        case "segmentation":
            return _labelled_apart(rules, name, variant)
        case _:
            return _kept_apart(rules.derived[name], variant)


def _kept_apart(made: Derivation, variant: Variant) -> Expression | None:
    """A test that holds where a derived relation keeps another row, or gives one another value."""
    if variant.part is None:
        test = None if made.where is None else differ(_test(made.where), _test(variant.rule))
        return None if test is None else Aggregate("any", made.base, None, test, None, BOOLEAN, made.base)
    test = None if made.by else differ(dict(made.columns)[variant.part], variant.rule)
    if test is None:
        return None
    kept = test if made.where is None else And((made.where, test))
    return Aggregate("any", made.base, None, kept, None, BOOLEAN, made.base)


def _labelled_apart(rules: Rules, name: str, variant: Variant) -> Expression | None:
    """A test that holds for rows to which two versions of a segmentation give different labels."""
    before = rules.segmentations[name]
    given = [label for label, _ in before.stages]
    place = given.index(variant.part or "")
    apart = differ(_test(before.stages[place][1]), _test(variant.rule))
    if before.hit != "first" or apart is None:  # a stage has all that its rule holds for
        return apart
    if given.count(given[place]) == 1 and given[place] != before.otherwise:
        earlier = [test for _, test in before.stages[:place]]
        return And((*(Not(test) for test in earlier), apart))
    stages = tuple((label, variant.rule if label == variant.part else test) for label, test in before.stages)
    return differ(
        definition(rules, ("segmentation", name)),
        definition(replace(rules, segmentations={name: replace(before, stages=stages)}), ("segmentation", name)),
    )


def _test(rule: Expression) -> Expression:
    """A rule as a test, where a missing value is none."""
    return rule if is_predicate(rule) else And((rule,))
