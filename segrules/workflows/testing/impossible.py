"""Outcomes that no test can ever see: proven impossible for every row that keeps to the contract, as of any moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from segrules.analysis.any_moment import open_for_any_moment
from segrules.language.core import Expression, Not
from segrules.workflows.testing.atoms import BITS, Outcome
from segrules.workflows.testing.watching import Name, Place, Watch, Watched

MOST_ASKED = 2_000
"""Outcomes of which proofs are sought."""


def impossible(seen: Watch, names: Collection[Name] | None = None) -> Mapping[Place, int]:
    """By atom the BITS of the outcomes that tests have not seen because there are none, of all rules or of some.

    Of rules that no test looks at nothing is asked.
    """
    asked: dict[str, list[tuple[Place, int, Expression]]] = {}
    count = 0
    for name, rule in seen.rules.items():
        is_chosen = names is None or name in names
        looked_at = any(seen.seen.get((name, place), 0) for place in range(len(rule.atoms) + 1))
        for question in _unseen(rule, seen) if is_chosen and looked_at else ():
            if count < MOST_ASKED:
                asked.setdefault(name.entity, []).append(question)
                count += 1
    found: dict[Place, int] = {}
    for entity, questions in asked.items():
        prover = open_for_any_moment(seen.project, seen.written[entity], [test for _, _, test in questions])
        for place, bit, test in questions:
            if prover.ask([test]).verdict == "never":
                found[place] = found.get(place, 0) | bit
    return found


def _unseen(rule: Watched, seen: Watch) -> Iterator[tuple[Place, int, Expression]]:
    """Each outcome of a rule and of its atoms that no test has seen, as a test of entity rows."""
    bits = [seen.seen.get((rule.name, place), 0) for place in range(len(rule.atoms) + 1)]
    if rule.member is not None:
        whole: tuple[tuple[Outcome, Expression], ...] = (("true", rule.member), ("false", Not(rule.member)))
        yield from (((rule.name, 0), BITS[word], test) for word, test in whole if not bits[0] & BITS[word])
    for place, atom in enumerate(rule.atoms, 1):
        for outcome in atom.outcomes:
            if not bits[place] & BITS[outcome]:
                yield (rule.name, place), BITS[outcome], atom.comes_to(outcome)
