"""Replaying the past: what of it is not the past's, because no column says when a row was valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segrules.diagnostics import Diagnostic
from segrules.language.core import Column, Reference
from segrules.language.trees import walk
from segrules.planning.others import crossing, reached
from segrules.project.model import Entity, Lookup, Relation, Rules
from segrules.workflows.running import Run


def replay_finding(run: Run, wanted: Mapping[str, Sequence[Reference]]) -> tuple[Diagnostic, ...]:
    """That a run of the past, or a `was`, reads columns as they are today; nothing where none is read so."""
    names = dict.fromkeys(name for entity, references in wanted.items() for name in _todays(run, entity, references))
    if not names:
        return ()
    shown = ", ".join(f"`{name}`" for name in list(names)[:5]) + (", …" if len(names) > 5 else "")
    verb = "it is" if len(names) == 1 else "they are"
    reader = f"this run of {run.as_of.given.isoformat()}" if run.is_replay else "`was`"
    message = f"{reader} reads {shown} as {verb} today"
    help = "where the source keeps old values, `valid: [from, to]` names the columns that say when"
    return (Diagnostic("today-columns", message, help=help),)


def _todays(run: Run, entity: str, references: Sequence[Reference]) -> Iterator[str]:
    """Names of the columns that the wanted rules read of rows that carry no time of their own."""
    for one in reached(run.rules[entity], references):
        if run.is_replay or one.is_past:
            for node in walk(one.expression):
                if isinstance(node, Column) and _is_todays(node, one.rules):
                    yield ".".join((*(() if node.row == entity else (node.row,)), *node.path, node.name))


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
