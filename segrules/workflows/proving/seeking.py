"""Rows that show what proofs leave open: those that a prover made up, then drafted ones, while something is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import chain, islice

from segrules.analysis.answers import Regions
from segrules.language.core import And, Expression, Not, Reference
from segrules.workflows.mutating.draft_values import Draft
from segrules.workflows.proving.examples import Tried, tried
from segrules.workflows.proving.judging import Judge
from segrules.workflows.proving.lattice import Proofs, followed, note_row, places
from segrules.workflows.proving.starting import draft_of, drafts_for_test

BATCH = 64
"""Rows of a prover that are made up and tried together."""
MOST_TESTS = 100
"""Tests that rows are drafted for by themselves."""
ROUND, MOST_ROUNDS = 40, 5
"""Pairs that rows are drafted for before what they show is looked at, and how often."""

Pair = tuple[int, int, bool]
"""A test that is to hold and another one, and whether that one is to hold, too, or not to."""
Left = Callable[[], Iterator[Pair]]


def seek(judge: Judge, tests: Sequence[Reference], proofs: Proofs, regions: Regions, chosen: int) -> list[Tried]:
    """Rows made up and tried, each in other segments; those of which the most is known come first.

    chosen: the set of tests of whose pairs rows are looked for.
    """
    size = len(tests)
    sure = followed(proofs)
    meets, leaves = [0] * size, [0] * size
    found: dict[int, Tried] = {}

    def left() -> Iterator[Pair]:
        for place in range(size):
            wanted = -1 if chosen >> place & 1 else chosen
            later = (1 << size) - (1 << place)
            for other in places(wanted & later & ~(sure.apart[place] | meets[place])):
                yield place, other, True
            for other in places(wanted & ((1 << size) - 1) & ~(sure.inside[place] | leaves[place])):
                yield place, other, False

    for drafts in chain(_made_up(regions, left), _drafted(judge, tests, left)):
        for one in tried(judge, tests, drafts):
            other = found.setdefault(one.within, one)
            found[one.within] = min(other, one, key=lambda row: row.missing)
            note_row(one.within, meets, leaves)
    return sorted(found.values(), key=lambda row: row.missing)


def _made_up(regions: Regions, left: Left) -> Iterator[list[Draft]]:
    """The rows of the prover for pairs that are open."""
    done: set[int] = set()
    while True:
        wanted = (_place(regions, pair) for pair in left())
        batch = list(islice(dict.fromkeys(place for place in wanted if place >= 0 and place not in done), BATCH))
        if not batch:
            return
        done.update(batch)
        examples = [regions.examples[place] for place in batch]
        yield [draft_of(example) for example in examples if example is not None]


def _place(regions: Regions, pair: Pair) -> int:
    first, second, holds = pair
    return (regions.both if holds else regions.only)[first][second]


def _drafted(judge: Judge, tests: Sequence[Reference], left: Left) -> Iterator[list[Draft]]:
    """Rows drafted for tests of pairs that are open, and then for such pairs."""
    alone = dict.fromkeys(place for first, second, _ in left() for place in (first, second))
    yield _drafts(judge, [tests[place] for place in islice(alone, MOST_TESTS)])
    done: set[Pair] = set()
    for _ in range(MOST_ROUNDS):
        pairs = nsmallest(
            ROUND, (pair for pair in left() if pair not in done), key=lambda pair: _spread(pair, len(tests))
        )
        if not pairs:
            return
        done.update(pairs)
        yield _drafts(judge, [_question(tests, pair) for pair in pairs])


def _spread(pair: Pair, size: int) -> tuple[int, Pair]:
    """An order in which few pairs have many different tests."""
    return (pair[1] - pair[0]) % size, pair


def _question(tests: Sequence[Reference], pair: Pair) -> Expression:
    first, second, holds = pair
    return And((tests[first], tests[second] if holds else Not(tests[second])))


def _drafts(judge: Judge, questions: Iterable[Expression]) -> list[Draft]:
    return [draft for test in questions for draft in drafts_for_test(judge.project, judge.rules, test, judge.moment)]
