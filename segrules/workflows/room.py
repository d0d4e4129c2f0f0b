"""What a server has no room for: too many columns side by side, and tables for a while where a user may make none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import Engine, EngineError
from segrules.planning.cut import Cut, Narrowing
from segrules.planning.nodes import (
    Distinct,
    Fold,
    Keep,
    Output,
    Pick,
    Plan,
    Rows,
    Scan,
    Stored,
    columns_made,
    in_order,
    inputs,
)
from segrules.sql import DIALECTS, catalogs
from segrules.sql.stored import FLAGS
from segrules.workflows.connecting import NAMES, kind_of
from segrules.workflows.running import Run


def no_tables(run: Run) -> Iterator[Diagnostic]:
    """Why rows cannot be kept on the engine while members are written, before anything is asked of the data."""
    name = NAMES[kind_of(run.engine)]
    if not may_keep(run.engine):
        message = f"{name} lets this user make no temporary table, in which rows are kept while members are written"
        help = "grant the right TEMPORARY on the database; a standby server never has it. `count` does without"
        yield Diagnostic("engine-failed", message, help=help)


def refuse_too_wide(parts: Cut, engine: Engine) -> None:
    """Raises EngineError where rows would have more columns than the engine has room for, before any is computed."""
    room = DIALECTS[engine.dialect].most_columns
    kept = len(parts.stored.columns) + -(-len(parts.flags) // FLAGS)
    most, node = max([(width, node.name) for node, width in widths(parts.rows).items()] + [(kept, parts.stored.name)])
    if room is not None and most > room:
        name = NAMES[kind_of(engine)]
        raise EngineError(f"rows of `{node}` would have {most:,} columns, and {name} has room for {room:,}", "limit")


def may_keep(engine: Engine) -> bool:
    """Whether tables can be made for a while."""
    question = catalogs.may_keep(DIALECTS[engine.dialect])
    return question is None or bool(engine.run(question)[0][0])


def is_too_wide(made: Plan, room: int | None) -> bool:
    """Whether rows somewhere in a plan have more columns than that."""
    return room is not None and max(widths(made.root).values()) > room


def plans_with_room(narrowed: Narrowing, outputs: Sequence[Output], engine: Engine) -> Iterator[Plan]:
    """Plans of so many of the outputs, in their order, as the engine has room for at once."""
    made = narrowed(outputs)
    room = DIALECTS[engine.dialect].most_columns
    if not is_too_wide(made, room) and (room is None or len(outputs) < room):
        yield made
        return
    half = len(outputs) // 2
    if half == 0:
        most = max(widths(made.root).values())
        takes = f"`{outputs[0].wanted.name}` takes {most:,} columns at once"
        raise EngineError(f"{takes}, and {NAMES[kind_of(engine)]} has room for {room:,}", "limit")
    for part in (outputs[:half], outputs[half:]):
        yield from plans_with_room(narrowed, part, engine)


def widths(root: Rows) -> dict[Rows, int]:
    """How many columns the rows of each node have."""
    found: dict[Rows, int] = {}
    for node in in_order(root):
        own = len(columns_made(node))
        match node:
            case Scan() | Stored() | Distinct():
                found[node] = own
            case Fold(keys=keys):
                found[node] = own + len(keys)
            case Keep(columns=columns):
                found[node] = len(columns)
            case Pick(input=input):
                found[node] = found[input]
            case _:
                found[node] = own + found[inputs(node)[0]]
    return found
