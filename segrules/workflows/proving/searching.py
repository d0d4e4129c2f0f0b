"""Rows for tests that the first drafts fail: the engine tells which clauses fail, and those are drafted again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from segrules.language.core import Aggregate, And, Expression, Literal, Not, Or, Reference
from segrules.language.trees import walk
from segrules.planning.dependencies import definition
from segrules.project.model import Rules
from segrules.workflows.mutating.draft_rows import expanded, give_value
from segrules.workflows.mutating.draft_values import Cells, Draft, Maker
from segrules.workflows.mutating.drafts import hold
from segrules.workflows.proving.judging import Judge
from segrules.workflows.proving.starting import drafter, whole_test
from segrules.workflows.proving.worlds import Ground, plausible_world

ROUNDS, KEPT, NEW = 6, 2, 9
"""How often the engine is asked, how many drafts of a test go on each time, and how many are made of each of them."""
MOST_CLAUSES = 24
MOST_ROWS = 30
"""Rows of a draft that goes on."""
PATIENCE = 2
"""Rounds without a clause more that holds after which a test is given up."""


Failing = Callable[[Mapping[int, Sequence[Draft]]], dict[int, list[tuple[Draft, list[int]]]]]
"""For drafts of tests, by their places, the places of the clauses that fail, beside each draft."""


@dataclass(frozen=True, slots=True)
class _Sought:
    """A test in clauses, all of which are to hold: as the engine is asked, and with nothing left to look up."""

    clauses: tuple[Expression, ...]
    wholes: tuple[Expression, ...]
    maker: Maker


def search(
    judge: Judge, ground: Ground, tests: Mapping[int, Expression], starts: Mapping[int, Sequence[Draft]]
) -> dict[int, Draft]:
    """For each test, by its place, a draft that passes, where one is found. starts: drafts to begin with."""
    sought = {place: made for place, test in tests.items() if (made := _sought(ground, test)) is not None}
    failing = _failing(judge, ground, sought)
    drafts = {place: [*starts.get(place, ()), *_fresh(one)] for place, one in sought.items()}
    found: dict[int, Draft] = {}
    fewest: dict[int, tuple[int, int]] = {}
    for number in range(ROUNDS):
        best = {place: sorted(own, key=lambda one: len(one[1]))[:KEPT] for place, own in failing(drafts).items()}
        found |= {place: own[0][0] for place, own in best.items() if own and not own[0][1]}
        for place, own in best.items():
            if own and len(own[0][1]) < fewest.get(place, (MOST_CLAUSES + 1, 0))[0]:
                fewest[place] = len(own[0][1]), number
        drafts = {
            place: [again for draft, wrong in own for again in _again(sought[place], draft, wrong)]
            for place, own in best.items()
            if place not in found and place in fewest and number - fewest[place][1] < PATIENCE
        }
        if not drafts:
            break
    return found


def _failing(judge: Judge, ground: Ground, sought: Mapping[int, _Sought]) -> Failing:
    """What asks the engine which clauses of a test fail for drafts; all do of one that breaks the contract."""
    clauses = dict.fromkeys(clause for one in sought.values() for clause in one.clauses)
    at = {clause: number for number, clause in enumerate(clauses)}
    asking = judge.about_tests(list(at))

    def failing(drafts: Mapping[int, Sequence[Draft]]) -> dict[int, list[tuple[Draft, list[int]]]]:
        worlds = [plausible_world(draft, ground) for own in drafts.values() for draft in own]
        known = iter(asking.values([world for world in worlds if world is not None]))
        rows = iter([None if world is None else next(known) for world in worlds])
        return {
            place: [(draft, _wrong(next(rows), [at[clause] for clause in sought[place].clauses])) for draft in own]
            for place, own in drafts.items()
        }

    return failing


def _wrong(row: Sequence[object] | None, columns: Sequence[int]) -> list[int]:
    """The places of the clauses that do not hold."""
    return [number for number, column in enumerate(columns) if row is None or row[column] is not True]


def _sought(ground: Ground, test: Expression) -> _Sought | None:
    clauses = tuple(dict.fromkeys(_clauses(ground.rules, test, True)))
    if len(clauses) > MOST_CLAUSES:
        return None
    wholes = tuple(whole_test(ground.rules, clause, ground.moment) for clause in clauses)
    return _Sought(clauses, wholes, drafter(ground.project, ground.rules, And(wholes), ground.moment))


def _clauses(rules: Rules, node: Expression, want: bool) -> Iterator[Expression]:
    """What all has to hold for a test to hold (or, want false, not to hold), segments taken apart."""
    match node:
        case And(items=items) if want:
            for item in items:
                yield from _clauses(rules, item, True)
        case Or(items=items) if not want:
            for item in items:
                yield from _clauses(rules, item, False)
        case Not(item=item):
            yield from _clauses(rules, item, not want)
        case Reference(to="segment", path=(), name=name) if name in rules.segments:
            yield from _clauses(rules, definition(rules, ("segment", name)), want)
        case _:
            yield node if want else Not(node)


def _fresh(sought: _Sought) -> Iterator[Draft]:
    """Drafts made for all clauses, in different orders, for some of them with rows that are there already."""
    for number in range(NEW):
        order = list(range(len(sought.wholes)))
        sought.maker.luck.shuffle(order)
        part = len(order) if number % 2 else 1 + sought.maker.luck.randrange(len(order))
        yield from _made(sought, Draft(), order[:part], order[part:])


def _again(sought: _Sought, draft: Draft, wrong: Sequence[int]) -> Iterator[Draft]:
    """Drafts made of one with some clauses drafted again: on top of it, in place of the rows that they count, anew."""
    rest = [number for number in range(len(sought.wholes)) if number not in wrong]
    relations = {
        node.relation for number in wrong for node in walk(sought.wholes[number]) if isinstance(node, Aggregate)
    }
    counting = [number for number in rest if relations & _relations(sought.wholes[number])]
    for number in range(NEW):
        mixed = list(wrong)
        sought.maker.luck.shuffle(mixed)
        match number:
            case 0 | 1:
                yield from _made(sought, draft, mixed)
            case 2:
                yield from _made(sought, _without(draft, relations), [*mixed, *counting])
            case 3:
                yield from _made(sought, _without(draft, relations), [*counting, *mixed])
            case 4:
                yield from _made(sought, draft, (), mixed)
            case 5 | 6 | 7 | 8:
                every = [*counting, *mixed]
                sought.maker.luck.shuffle(every)
                part = 1 + sought.maker.luck.randrange(len(every))
                yield from _made(sought, _without(draft, relations), every[:part], every[part:])
            case _:
                yield from _made(sought, Draft(), [*rest, *mixed])


def _relations(node: Expression) -> set[str]:
    return {part.relation for part in walk(node) if isinstance(part, Aggregate)}


def _without(draft: Draft, relations: set[str]) -> Draft:
    return Draft(draft.cells, {name: rows for name, rows in draft.rows.items() if name not in relations})


def _onto_rows(test: Expression, draft: Draft, maker: Maker) -> None:
    """Has rows that are there pass, or not pass, what a test counts, and gives them the value that it asks for."""
    constants = [node.value for node in walk(test) if isinstance(node, Literal)]
    for node in walk(test):
        rows = draft.rows.get(_base(node.relation, maker), []) if isinstance(node, Aggregate) else []
        if not isinstance(node, Aggregate) or not rows:
            continue
        row = maker.luck.choice(rows)
        scopes = {**maker.scopes(draft), node.row: row, _base(node.relation, maker): row}
        if node.where is not None:
            where = expanded(node.where, node.relation, node.row, maker)
            hold(where, maker.luck.random() < 0.5, scopes, draft, maker)
        if node.value is not None and constants:
            give_value(node, maker.luck.choice(constants), row, scopes, draft, maker)


def _base(relation: str, maker: Maker) -> str:
    made = maker.rules.derived.get(relation)
    return relation if made is None else _base(made.base, maker)


def _made(sought: _Sought, draft: Draft, order: Sequence[int], onto: Sequence[int] = ()) -> Iterator[Draft]:
    """The draft with clauses drafted one after the other, those of `onto` with the rows that are there by then.

    None where they run out of numbers or days.
    """
    rows: dict[str, list[Cells]] = {name: [dict(row) for row in own] for name, own in draft.rows.items()}
    made = Draft(dict(draft.cells), rows)
    try:
        for number in order:
            hold(sought.wholes[number], True, sought.maker.scopes(made), made, sought.maker)
        for number in onto:
            _onto_rows(sought.wholes[number], made, sought.maker)
    except (ValueError, ArithmeticError, TypeError):  # a constant of another kind
        return
    if sum(map(len, made.rows.values())) <= MOST_ROWS:
        yield made
