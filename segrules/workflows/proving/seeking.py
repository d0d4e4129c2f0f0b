"""Rows that show what proofs leave open: those that a prover made up, then drafted ones, while something is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from heapq import nsmallest
from itertools import chain, islice
from random import Random

from segrules.analysis.answers import Regions
from segrules.language.core import And, Expression, Not, Reference
from segrules.workflows.mutating.draft_values import Cells, Draft, Place
from segrules.workflows.proving.examples import Tried, looks_at_all, trial, tried, tried_together
from segrules.workflows.proving.judging import Judge
from segrules.workflows.proving.lattice import Proofs, followed, note_row, places
from segrules.workflows.proving.starting import draft_of, drafts_for_test

BATCH, LARGEST_BATCH = 16, 512
"""Rows of a prover that are made up and tried together, at first and later."""
MOST_TESTS = 100
"""Tests that rows are drafted for by themselves."""
ROUND, MOST_ROUNDS = 40, 5
"""Pairs that rows are drafted for before what they show is looked at, and how often."""
MIXED, SHARE, LITTLE = 1000, 0.3, 0.9
"""Rows that are mixed of what others have; what share of each is another one's; and when it is no use to go on."""
MOST_CROSSED, PARENTS = 1000, 2
"""Pairs that rows are crossed for, and of how many rows of each test."""
CROWDS, MOST_IN_CROWD, FACTORS = 3, 150, (0, 2, 10)
"""How often rows are looked at as one population, where rules look at all rows; how many besides those found; and what
numbers are multiplied with, so that rows differ."""

Pair = tuple[int, int, bool]
"""A test that is to hold and another one, and whether that one is to hold, too, or not to."""
Left = Callable[[], Iterator[Pair]]
OpenOf = Callable[[int], tuple[int, int]]
"""Of a test the set of those with which a row is looked for, and of those without which one is."""


def seek(judge: Judge, tests: Sequence[Reference], proofs: Proofs, regions: Regions, chosen: int) -> list[Tried]:
    """Rows made up and tried, each in other segments; those of which the most is known come first.

    chosen: the set of tests of whose pairs rows are looked for.
    """
    size = len(tests)
    whole = (1 << size) - 1
    sure = followed(proofs)
    meets, leaves = [0] * size, [0] * size
    found: dict[int, Tried] = {}

    def open_of(place: int) -> tuple[int, int]:
        wanted = whole if chosen >> place & 1 else chosen
        both = wanted & (whole >> place << place) & ~(sure.apart[place] | meets[place])
        return both, wanted & ~(sure.inside[place] | leaves[place])

    def left() -> Iterator[Pair]:
        for place in range(size):
            both, only = open_of(place)
            yield from ((place, other, True) for other in places(both))
            yield from ((place, other, False) for other in places(only))

    def note(rows: Iterable[Tried]) -> None:
        for one in rows:
            found[one.within] = min(found.get(one.within, one), one, key=lambda row: (row.among, row.missing()))
            note_row(one.within, meets, leaves)

    on_trial, crowd = trial(judge, tests), list[Draft]()
    for drafts in chain(
        _drafted_alone(judge, tests, left),
        _crossed(found, left),
        _mixed(found, size, open_of),
        _made_up(regions, left),
        _drafted(judge, tests, left),
        _crossed(found, left),
    ):
        rows = tried(on_trial, drafts)
        note(rows)
        crowd += (row.draft for row in rows[: MOST_IN_CROWD - len(crowd)])
    for _ in range(CROWDS if looks_at_all(judge.rules, tests) else 0):
        own = [row.draft for row in found.values()]
        scaled = (_scaled(draft, factor) for factor in FACTORS for draft in crowd)
        note(tried_together(on_trial, chain(own, crowd, scaled, next(_crossed(found, left)))))
    return sorted(found.values(), key=lambda row: row.missing())


def _made_up(regions: Regions, left: Left) -> Iterator[list[Draft]]:
    """The rows of the prover for pairs that are open, while it makes up half of them: each takes it some time."""
    done: set[int] = set()
    size = BATCH
    while True:
        wanted = (_place(regions, pair) for pair in left())
        batch = list(islice(dict.fromkeys(place for place in wanted if place >= 0 and place not in done), size))
        examples = [example for place in batch if (example := regions.examples[place]) is not None]
        yield [draft_of(example) for example in examples]
        done.update(batch)
        if len(batch) < size or 2 * len(examples) < size:
            return
        size = min(2 * size, LARGEST_BATCH)


def _place(regions: Regions, pair: Pair) -> int:
    first, second, holds = pair
    return (regions.both if holds else regions.only)[first][second]


def _drafted_alone(judge: Judge, tests: Sequence[Reference], left: Left) -> Iterator[list[Draft]]:
    """Rows drafted for tests of pairs that are open."""
    alone = dict.fromkeys(place for first, second, _ in left() for place in (first, second))
    yield _drafts(judge, [tests[place] for place in islice(alone, MOST_TESTS)])


def _drafted(judge: Judge, tests: Sequence[Reference], left: Left) -> Iterator[list[Draft]]:
    """Rows drafted for pairs that are open."""
    done: set[Pair] = set()
    for _ in range(MOST_ROUNDS):
        fresh = (pair for pair in left() if pair not in done)
        pairs = nsmallest(ROUND, fresh, key=lambda pair: _spread(pair, len(tests)))
        if not pairs:
            return
        done.update(pairs)
        yield _drafts(judge, [_question(tests, pair) for pair in pairs])


def _crossed(found: Mapping[int, Tried], left: Left) -> Iterator[list[Draft]]:
    """Rows that have what a row of one test has and what a row of another one has, for pairs that are open."""
    crossed = []
    for first, second, holds in islice(left(), MOST_CROSSED):
        if holds and first != second:
            one, other = (_of(found, place) for place in (first, second))
            crossed += [_cross(a, b) for a in one for b in other]
    yield crossed


def _mixed(found: Mapping[int, Tried], tests: int, open_of: OpenOf) -> Iterator[list[Draft]]:
    """Rows of tests of open pairs with some values, and rows of relations, of other ones, while that closes some."""
    luck = Random(0)
    before = 0
    while found:
        wanted = [sum(mask.bit_count() for mask in open_of(place)) for place in range(tests)]
        many = sum(wanted)
        if not many or (before and many > LITTLE * before):
            return
        before = many
        drafts = [row.draft for row in found.values()]
        values: dict[Place, list[object]] = {}
        for draft in drafts:
            for place, value in draft.cells.items():
                values.setdefault(place, [None]).append(value)
        bases = {place: _of(found, place) for place, count in enumerate(wanted) if count}
        chosen = luck.choices(range(tests), wanted, k=MIXED)
        yield [_mix(luck.choice(bases[place] or drafts), drafts, values, luck) for place in chosen]


def _mix(base: Draft, drafts: Sequence[Draft], values: Mapping[Place, Sequence[object]], luck: Random) -> Draft:
    cells = {place: luck.choice(own) for place, own in values.items() if luck.random() < SHARE}
    return Draft({**base.cells, **cells}, luck.choice(drafts).rows if luck.random() < SHARE else base.rows)


def _of(found: Mapping[int, Tried], place: int) -> list[Draft]:
    """Some rows of a test, those of which the most is known."""
    own = (row for row in found.values() if row.within >> place & 1)
    return [row.draft for row in nsmallest(PARENTS, own, key=lambda row: row.missing())]


def _cross(one: Draft, other: Draft) -> Draft:
    """The rows of both, and the values of the first, with those of the other that it does not have."""
    rows = {name: [*one.rows.get(name, ()), *other.rows.get(name, ())] for name in {**one.rows, **other.rows}}
    known = {place: value for place, value in one.cells.items() if value is not None}
    return Draft({**other.cells, **known}, rows)


def _spread(pair: Pair, size: int) -> tuple[int, Pair]:
    """An order in which few pairs have many different tests."""
    return (pair[1] - pair[0]) % size, pair


def _question(tests: Sequence[Reference], pair: Pair) -> Expression:
    first, second, holds = pair
    return And((tests[first], tests[second] if holds else Not(tests[second])))


def _drafts(judge: Judge, questions: Iterable[Expression]) -> list[Draft]:
    return [draft for test in questions for draft in drafts_for_test(judge.project, judge.rules, test, judge.moment)]


def _scaled(draft: Draft, factor: int) -> Draft:
    """A draft with its numbers so many times as large."""
    rows = {name: [_times(row, factor) for row in rows] for name, rows in draft.rows.items()}
    return Draft(_times(draft.cells, factor), rows)


def _times(cells: Cells, factor: int) -> Cells:
    return {
        place: value * factor if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
        for place, value in cells.items()
    }
