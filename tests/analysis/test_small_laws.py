"""Laws of the small procedure on random rules and rows: a row that passes tests refutes that none ever does."""

from __future__ import annotations

from itertools import combinations

import running
from hypothesis import given, settings
from strategies import Sample, samples

from segrules.analysis.small import SmallProver
from segrules.language.core import Expression, Not
from segrules.planning import reference
from segrules.planning.time import parse_as_of


@settings(max_examples=settings().max_examples // 2)
@given(sample=samples())
def test_what_is_said_never_to_be_is_not(sample: Sample) -> None:
    """Every test, its negation, and every two of them are asked, for each of which there may be a row.

    Examples are made up for single ones only: most of the time would go into them.
    """
    project = running.open_project(sample.files)
    rules = running.resolve_project(project)["customer"]
    as_of = parse_as_of(sample.as_of, sample.zone)
    prover = SmallProver(project, rules, as_of)
    found = running.expected(rules, sample.worlds, as_of.now, sample.zone)
    names = [name for name in running.wanted_names(rules) if reference(rules, name).to == "segment"]
    sides: list[tuple[str, bool, Expression]] = []
    for name in names:
        test = reference(rules, name)
        sides += [(name, True, test), (name, False, Not(test))]
    for chosen in [*((side,) for side in sides), *combinations(sides, 2)]:
        if prover.ask([test for _, _, test in chosen], example=len(chosen) == 1).verdict != "never":
            continue
        keys = set(found[chosen[0][0]])
        passing = [key for key in keys if all(bool(found[name][key]) is wanted for name, wanted, _ in chosen)]
        words = " and ".join(name if wanted else f"not {name}" for name, wanted, _ in chosen)
        assert not passing, f"{words} holds for {passing}\n{sample.files['segments/rules.yml']}"
