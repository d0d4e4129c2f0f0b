"""Laws of proofs: no row is where none can be, contradictions are real, regions say what single questions say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from proofs_questions import Asked
from proofs_rows import Truths

from segrules.analysis import Prover
from segrules.analysis.answers import NEVER, UNDECIDED, Regions
from segrules.language.core import (
    And,
    Expression,
    Not,
    Or,
)


@dataclass
class Tally:
    """What was asked and came back. spurious: examples that do something else on an engine than they were made for."""

    asked: int = 0
    never: int = 0
    inconclusive: int = 0
    examples: int = 0
    spurious: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in ("asked", "never", "inconclusive", "examples", "spurious", "wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def __str__(self) -> str:
        bare = self.asked - self.never - self.inconclusive - self.examples
        share = self.spurious / self.examples if self.examples else 0
        return (
            f"asked {self.asked}: never {self.never}, inconclusive {self.inconclusive}, possible without an example"
            f" {bare}, with one {self.examples}, of which spurious {self.spurious} ({share:.1%})"
        )


def check_regions(asked: Asked, regions: Regions, seen: Sequence[Truths], made: Sequence[Truths | None]) -> Tally:
    """What regions say held against rows that are there, and examples against what an engine made of them."""
    tally = Tally()
    for wanted, place in claims(asked, regions):
        tally.asked += 1
        tally.inconclusive += place == UNDECIDED
        if place == NEVER:
            tally.never += 1
            tally.wrong += [told(asked, wanted) for row in seen if passes(row, wanted)][:1]
            tally.wrong += [told(asked, wanted) for row in made if row is not None and passes(row, wanted)][:1]
        elif place >= 0:
            claimed = dict(zip(asked.names, regions.holds[place], strict=True))
            assert passes(claimed, wanted), f"an example that is no example of {wanted}"
            if regions.examples[place] is not None:
                row = made[place]
                tally.examples += 1
                tally.spurious += row is None or not passes(row, wanted)
    return tally


def claims(asked: Asked, regions: Regions) -> Iterator[tuple[dict[str, bool], int]]:
    """What each part of regions is about: which tests hold and which do not."""
    for one, first in enumerate(asked.names):
        yield {first: False}, regions.without[one]
        for two, second in enumerate(asked.names):
            yield {first: True, second: True}, regions.both[one][two]
            if one != two:
                yield {first: True, second: False}, regions.only[one][two]


def passes(row: Truths, wanted: Mapping[str, bool]) -> bool:
    return all(row[name] == value for name, value in wanted.items())


def told(asked: Asked, wanted: Mapping[str, bool]) -> str:
    tests = dict(zip(asked.names, asked.tests, strict=True))
    return "a row is where none can be: " + "; ".join(f"{value}: {tests[name]}" for name, value in wanted.items())


def check_answers(asked: Asked, prover: Prover, seen: Sequence[Truths], luck: Random, count: int) -> list[str]:
    """What the prover says of a few tests together, turned round or put into one; what is wrong with it."""
    wrong = []
    for _ in range(count):
        chosen = luck.sample(range(len(asked.names)), min(3, len(asked.names)))
        wanted = {asked.names[place]: luck.random() < 0.6 for place in chosen}
        tests = [asked.tests[place] if wanted[asked.names[place]] else Not(asked.tests[place]) for place in chosen]
        answer = prover.ask(tests)
        as_one = prover.ask([Not(Or(tuple(map(Not, tests))))]), prover.ask([And(tuple(tests))])
        for other in as_one:
            if {answer.verdict, other.verdict} == {"never", "possible"}:
                wrong.append(f"{answer.verdict} of several tests, {other.verdict} of one with them in it: {tests}")
        if answer.verdict == "never":
            wrong += [told(asked, wanted) for row in seen if passes(row, wanted)][:1]
            wrong += check_conflict(prover, tests)
        elif prover.conflict(tests):
            wrong.append(f"a contradiction in what is {answer.verdict}: {tests}")
    return wrong


def check_conflict(prover: Prover, tests: Sequence[Expression]) -> list[str]:
    """Of tests that no row passes at once: those that are named contradict each other, and none of them is needless."""
    places = prover.conflict(tests)
    if not places:
        return [f"no contradiction found in {tests}"]
    wrong = []
    if prover.ask([tests[place] for place in places]).verdict != "never":
        wrong.append(f"the tests {places} do not contradict each other: {tests}")
    for left_out in places:
        fewer = [place for place in places if place != left_out]
        if prover.ask([tests[place] for place in fewer]).verdict == "never":
            wrong.append(f"of {places}, {fewer} are enough: {tests}")
    return wrong


def check_pairs(asked: Asked, prover: Prover, regions: Regions, luck: Random, count: int) -> list[str]:
    """Pairs for which the prover, asked alone, says something else than its regions."""
    wrong = []
    for _ in range(count):
        one, two = luck.randrange(len(asked.tests)), luck.randrange(len(asked.tests))
        first, second = asked.tests[one], asked.tests[two]
        questions: list[tuple[list[Expression], int]] = [
            ([first, second], regions.both[one][two]),
            ([Not(first)], regions.without[one]),
        ]
        questions += [([first, Not(second)], regions.only[one][two])] if one != two else []
        for tests, place in questions:
            verdict = prover.ask(tests).verdict
            if "inconclusive" not in (verdict, _verdict(place)) and verdict != _verdict(place):
                wrong.append(f"asked alone {verdict}, among regions {_verdict(place)}: {tests}")
    return wrong


def _verdict(place: int) -> str:
    return {NEVER: "never", UNDECIDED: "inconclusive"}.get(place, "possible")
