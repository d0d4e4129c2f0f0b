"""Replaying the past: what of it is not the past's, because no column says when a row was valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segrules.diagnostics import Diagnostic
from segrules.language.core import Column, Reference
from segrules.language.trees import walk
from segrules.planning.dependencies import definitions
from segrules.project.model import Entity, Lookup, Relation
from segrules.workflows.running import Run


def replay_finding(run: Run, wanted: Mapping[str, Sequence[Reference]]) -> tuple[Diagnostic, ...]:
    """That a run of the past reads columns as they are today; nothing where none is read, or no past is run."""
    if not run.is_replay:
        return ()
    names = dict.fromkeys(name for entity, references in wanted.items() for name in _todays(run, entity, references))
    if not names:
        return ()
    shown = ", ".join(f"`{name}`" for name in list(names)[:5]) + (", …" if len(names) > 5 else "")
    verb = "it is" if len(names) == 1 else "they are"
    message = f"this run of {run.as_of.given.isoformat()} reads {shown} as {verb} today"
    help = "where the source keeps old values, `valid: [from, to]` names the columns that say when"
    return (Diagnostic("today-columns", message, help=help),)


def _todays(run: Run, entity: str, references: Sequence[Reference]) -> Iterator[str]:
    """Names of the columns that the wanted rules read of rows that carry no time of their own."""
    rules = run.rules[entity]
    expressions = definitions(rules, [(item.to, item.name) for item in references]).values()
    for node in (node for expression in expressions for node in walk(expression)):
        if not isinstance(node, Column):
            continue
        owner: Entity | Relation | Lookup = rules.entity if node.row == entity else rules.relations[node.row]
        for step in node.path:
            owner = next(lookup for lookup in owner.lookups if lookup.name == step)
        key = owner.key if isinstance(owner, Entity) else None
        if not isinstance(owner, Relation) and owner.valid is None and node.name != key:
            yield ".".join((*(() if node.row == entity else (node.row,)), *node.path, node.name))
