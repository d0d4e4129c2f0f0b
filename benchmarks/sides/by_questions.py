"""How pairs of a project's segments lie, each asked as a question: PROJECT COUNT SECONDS.

A sample of so many pairs, the same in each run: with `anew`, every question of a prover that was never asked before;
with `regions`, what all pairs asked together say. Prints the seconds that the questions took, and the answers.
"""

from __future__ import annotations

import json
import sys
from itertools import combinations
from pathlib import Path
from random import Random
from time import perf_counter

from segrules.analysis import Prover, open_prover
from segrules.analysis.answers import NEVER, UNDECIDED
from segrules.language.core import Expression, Not
from segrules.planning import references
from segrules.planning.time import as_of
from segrules.project.loader import folder_reader
from segrules.workflows.validate import validate

Names = tuple[str, str]


def main(way: str, folder: str, count: str) -> None:
    checked = validate(folder_reader(Path(folder)))
    project, rules = checked.project, checked.rules["customer"]
    assert project is not None
    assert project.as_of is not None
    moment, names = as_of(project.as_of, project.timezone), tuple(rules.segments)
    tests = dict(zip(names, references(rules, names), strict=True))
    pairs = list(combinations(names, 2))
    chosen = Random(1).sample(pairs, min(int(count), len(pairs)))

    def prover(*asked: Expression) -> Prover:
        return open_prover(project, rules, moment, asked)

    start = perf_counter()
    if way == "regions":
        answers = _together(prover(*tests.values()), tests, chosen)
    else:
        answers = {
            " and ".join(pair): [prover(*parts).ask(parts).verdict for parts in _questions(pair, tests)]
            for pair in chosen
        }
    print(json.dumps({"seconds": perf_counter() - start, "answers": answers}))


def _questions(pair: Names, tests: dict[str, Expression]) -> list[list[Expression]]:
    """Whether a row is in both, in the first alone, in the second alone."""
    one, two = (tests[name] for name in pair)
    return [[one, two], [one, Not(two)], [two, Not(one)]]


def _together(prover: Prover, tests: dict[str, Expression], chosen: list[Names]) -> dict[str, list[str]]:
    found = prover.regions(list(tests.values()))
    place = {name: number for number, name in enumerate(tests)}
    answers = {}
    for first, second in chosen:
        one, two = place[first], place[second]
        parts = found.both[one][two], found.only[one][two], found.only[two][one]
        words = {NEVER: "never", UNDECIDED: "inconclusive"}
        answers[f"{first} and {second}"] = [words.get(part, "possible") for part in parts]
    return answers


if __name__ == "__main__":
    main(*sys.argv[1:])
