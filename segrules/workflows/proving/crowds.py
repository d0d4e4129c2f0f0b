"""Other entity rows beside a made-up one, for tests that compare it with all: some below it, some above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from types import MappingProxyType

from segrules.language.core import Aggregate, Expression, Population
from segrules.language.trees import walk
from segrules.language.types import Kind
from segrules.workflows.mutating.draft_values import Draft, Maker
from segrules.workflows.mutating.drafts import give, hold
from segrules.workflows.proving.judging import Asking, passing
from segrules.workflows.proving.starting import drafter, drafts_for
from segrules.workflows.proving.worlds import Ground, Rows, plausible_world
from segrules.workflows.testing.examples import column_of, some_values

NOBODY: Rows = MappingProxyType({})
_SIZES = ((1, 0), (0, 1), (1, 1), (4, 0), (0, 4), (4, 5), (9, 0), (0, 9), (19, 0), (0, 19))
"""How many rows there are below and above the one that is asked about."""
_COUNTS = ("count", "count_distinct", "max_count", "longest_streak")
_DRAFTS = 2
_MIDDLE, _FAR = 100, 3000  # between all and above all that others have
_SOME, _MANY = 2, 4  # the same for numbers of rows


def looks_at_all(test: Expression) -> bool:
    """Whether a test, with nothing left to look up, compares an entity row with all others."""
    return any(isinstance(node, Population) for node in walk(test))


def among_others(
    asking: Asking, ground: Ground, tests: Mapping[int, Expression], starts: Mapping[int, Sequence[Draft]]
) -> dict[int, tuple[Draft, Rows]]:
    """For each test, by its place, a draft that passes among other rows, and these; where one is found.

    tests: with nothing left to look up; starts: drafts to try besides.
    """
    found: dict[int, tuple[Draft, Rows]] = {}
    makers = {place: drafter(ground.project, ground.rules, test, ground.moment) for place, test in tests.items()}
    own = {place: [*starts.get(place, ()), *drafts_for(tests[place], makers[place], _DRAFTS)] for place in tests}
    drafts = {
        place: [*some, *(between for draft in some for between in _between(tests[place], makers[place], draft))]
        for place, some in own.items()
    }
    for below, above in _SIZES:
        tried = [
            (place, draft, crowd)
            for place, test in tests.items()
            if place not in found
            for crowd in [_crowd(test, makers[place], ground, below, above)]
            for draft in drafts[place]
        ]
        worlds = [(place, plausible_world(draft, ground, crowd)) for place, draft, crowd in tried]
        for (place, draft, crowd), passes in zip(tried, passing(asking, worlds), strict=True):
            if passes:
                found.setdefault(place, (draft, crowd))
    return found


def _between(test: Expression, maker: Maker, draft: Draft) -> Iterator[Draft]:
    """The draft with values of what the test compares that lie between those of a crowd."""
    made = Draft(dict(draft.cells), {name: [dict(row) for row in rows] for name, rows in draft.rows.items()})
    try:
        for node in dict.fromkeys(_populations(test)):
            give(node.value, _value_at(node.value, _MIDDLE, maker), maker.scopes(made), made, maker)
    except (ValueError, ArithmeticError):
        return
    yield made


def _crowd(test: Expression, maker: Maker, ground: Ground, below: int, above: int) -> Rows:
    """So many rows with small values of all that the test compares, and so many with large ones."""
    entity = ground.rules.entity
    own = {entity.name, *(one.name for one in ground.project.relations if one.entity == entity.name)}
    every = some_values(column_of(entity.columns, entity.key).type)
    keys = list(islice((key for key in every if key != ground.key), below + above))
    found: dict[str, list[Mapping[str, object]]] = {}
    for number, key in enumerate(keys):
        draft = Draft({((), entity.key): key})
        try:
            _place(test, maker, draft, number, number >= below)
        except (ValueError, ArithmeticError):
            continue
        made = plausible_world(draft, ground)
        for table, rows in made.given.items() if made is not None else ():
            if table in own:
                found.setdefault(table, []).extend(rows)
    return found


def _place(test: Expression, maker: Maker, draft: Draft, number: int, is_above: bool) -> None:
    """Gives a row a small or a large value of all that the test compares."""
    for node in dict.fromkeys(_populations(test)):
        scopes = maker.scopes(draft)
        if node.where is not None:
            hold(node.where, True, scopes, draft, maker)
        value = _value_at(node.value, _FAR + number if is_above else 0, maker)
        if value is not None:
            give(node.value, value, scopes, draft, maker)


def _populations(test: Expression) -> Iterator[Population]:
    return (node for node in walk(test) if isinstance(node, Population))


def _value_at(node: Expression, place: int, maker: Maker) -> object:
    """The value at a place of the line of what is compared: of numbers the place itself, of days so many days later."""
    if isinstance(node, Aggregate) and node.function in _COUNTS:
        return Decimal(0 if place < _MIDDLE else _SOME if place < _FAR else _MANY)
    match node.type.kind:
        case Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER:
            return Decimal(place)
        case Kind.DATE:
            return maker.moment.today - timedelta(days=2 * _FAR - place)
        case Kind.TIMESTAMP:
            return maker.moment.now - timedelta(days=2 * _FAR - place)
        case _:
            return None
