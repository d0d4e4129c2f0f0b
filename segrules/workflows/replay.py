"""Replaying the past: what of it is not the past's, because no column says when a row was valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segrules.diagnostics import Diagnostic
from segrules.language.core import Column, Reference
from segrules.language.trees import walk
from segrules.planning.others import crossing, reached
from segrules.project.model import Entity, Lookup, Relation, Rules
from segrules.source import Span
from segrules.workflows.running import Run


def replay_finding(
    run: Run, wanted: Mapping[str, Sequence[Reference]], *, is_backfill: bool = False
) -> tuple[Diagnostic, ...]:
    """That a run of the past, or a `was`, reads columns as they are today; nothing where none is read so.

    It stands at the first word that reads each of them. is_backfill: many days of the past are asked for.
    """
    places: dict[str, Span | None] = {}
    for entity, references in wanted.items():
        for name, span in _todays(run, entity, references, is_backfill or run.is_replay):
            if places.get(name) is None:
                places[name] = span
    if not places:
        return ()
    shown = ", ".join(f"`{name}`" for name in list(places)[:5]) + (", …" if len(places) > 5 else "")
    verb = "it is" if len(places) == 1 else "they are"
    reader = f"this run of {run.as_of.given.isoformat()}" if run.is_replay else "`was`"
    message = f"{reader} reads {shown} as {verb} today"
    if is_backfill:
        message = f"every day of the past is computed with {shown} as {verb} today"
    help = "where the source keeps old values, `valid: [from, to]` names the columns that say when"
    spans = [span for span in places.values() if span is not None]
    return (Diagnostic("today-columns", message, next(iter(spans), None), help, related=tuple(spans[1:])),)


def _todays(
    run: Run, entity: str, references: Sequence[Reference], is_replay: bool
) -> Iterator[tuple[str, Span | None]]:
    """The columns that the wanted rules read of rows that carry no time of their own, and where."""
    for one in reached(run.rules[entity], references):
        if is_replay or one.is_past:
            for node in walk(one.expression):
                if isinstance(node, Column) and _is_todays(node, one.rules):
                    yield ".".join((*(() if node.row == entity else (node.row,)), *node.path, node.name)), node.span


def _is_todays(node: Column, rules: Rules) -> bool:
    """Whether a stored column has no time of its own. One of another entity is looked at among that entity's."""
    table: Entity | Relation | None = rules.entity if node.row == rules.entity.name else rules.relations.get(node.row)
    if table is None or crossing(table, node) is not None:
        return False
    owner: Entity | Relation | Lookup = table
    for step in node.path:
        owner = next(lookup for lookup in owner.lookups if lookup.name == step)
    key = owner.key if isinstance(owner, Entity) else None
    return not isinstance(owner, Relation) and owner.valid is None and node.name != key
