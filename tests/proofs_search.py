"""Rows of tables searched for near the constants of tests, and what they make of these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any

from hypothesis import settings
from proofs_questions import Asked
from proofs_rows import Truths, allowed, by_engine

from segrules.engines import Engine, EngineError
from segrules.language.core import Column, Expression
from segrules.language.trees import walk
from segrules.workflows.mutating.draft_values import Draft, Place, some_value
from segrules.workflows.mutating.draft_worlds import world
from segrules.workflows.mutating.drafting import drafted, maker_for
from segrules.workflows.mutating.drafts import give, hold
from segrules.workflows.mutating.killing_cases import inlined
from segrules.workflows.testing.examples import some_values
from segrules.workflows.testing.given_rows import GivenRows

ROWS = 5 * settings().max_examples
TOGETHER = 4
"""Rows of the entity in a world, for what compares them."""


def rows_near(
    asked: Asked, wanted: Sequence[Mapping[str, bool]], more: Iterable[GivenRows], engine: Engine, luck: Random
) -> list[Truths]:
    """What rows make of the tests: rows made for what is wanted, one in a world or several; and `more` worlds."""
    drafts = aimed(asked, wanted, luck)
    worlds = [world(draft, asked.own, asked.project, asked.moment).given for draft in drafts]
    worlds += [together(asked, luck.sample(drafts, min(TOGETHER, len(drafts)))) for _ in range(len(drafts) // TOGETHER)]
    worlds += more
    return rows_of(asked, [allowed(asked.project, one) for one in worlds], engine)


def aimed(asked: Asked, nobody: Sequence[Mapping[str, bool]], luck: Random) -> list[Draft]:
    """Rows made so that all tests of a question pass, other tests as it comes, now and then without a value."""
    maker = maker_for(asked.project, asked.own, asked.moment, str(luck.random()))
    plain = {name: inlined(asked.own, test, asked.moment) for name, test in zip(asked.names, asked.tests, strict=True)}
    every = [test for test in plain.values() if test is not None]
    columns = [node for test in every for node in walk(test) if isinstance(node, Column)]

    def making(wanted: Mapping[str, bool]) -> Callable[[Draft], None]:
        def make(draft: Draft) -> None:
            tests: list[tuple[Expression, bool]] = [(test, wanted[name]) for name in wanted if (test := plain[name])]
            others = [(test, luck.random() < 0.7) for test in luck.sample(every, min(luck.randrange(3), len(every)))]
            luck.shuffle(tests)
            for test, want in (*others, *tests, *luck.choices(tests, k=luck.randrange(2))):
                hold(test, want, maker.scopes(draft), draft, maker)
            for column in luck.sample(columns, min(luck.randrange(3), len(columns))):
                give(column, some_value(column, maker), maker.scopes(draft), draft, maker)
            for cells in (draft.cells, *(row for rows in draft.rows.values() for row in rows)):
                _disturb(cells, luck)

        return make

    return drafted(making(luck.choice(nobody)) for _ in range(ROWS))


def _disturb(cells: dict[Place, Any], luck: Random) -> None:
    """Now and then a value is missing."""
    for place in cells:
        if luck.random() < 0.03:
            cells[place] = None


def together(asked: Asked, drafts: Sequence[Draft]) -> GivenRows:
    """Several rows of the entity in one world, each with its own rows of relations."""
    entity = asked.own.entity
    given: dict[str, Sequence[Mapping[str, object]]] = {}
    kind = next(column.type for column in entity.columns if column.name == entity.key)
    for key, draft in zip(some_values(kind), drafts, strict=False):
        keyed = Draft({**draft.cells, ((), entity.key): key}, draft.rows)
        for table, rows in world(keyed, asked.own, asked.project, asked.moment).given.items():
            given[table] = [*given.get(table, ()), *rows]
    return given


def rows_of(asked: Asked, worlds: Sequence[GivenRows], engine: Engine) -> list[Truths]:
    """What each row makes of the tests, rows with equal answers once; worlds with too large numbers are left out."""
    try:
        rows = [row for found in by_engine(asked, worlds, engine) for row in found.values()]
    except EngineError as error:
        if error.kind != "overflow":
            raise
        if len(worlds) == 1:
            return []
        half = len(worlds) // 2
        rows = [*rows_of(asked, worlds[:half], engine), *rows_of(asked, worlds[half:], engine)]
    return list({tuple(row.items()): row for row in rows}.values())
