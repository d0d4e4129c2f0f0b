"""`why`: the segments that one entity row is in and is not in, the tree of each rule, and which it missed narrowly."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import EngineError
from segrules.language.core import Aggregate, Literal, Reference
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Rules
from segrules.workflows.connecting import broken_off
from segrules.workflows.explaining.entity_keys import asked_for, entity_of_key, shown_key
from segrules.workflows.explaining.evidence import Evidence, evidence
from segrules.workflows.explaining.nearest import Missed, nearest
from segrules.workflows.explaining.reasons import Reason, reasons_of
from segrules.workflows.explaining.row_values import row_values
from segrules.workflows.explaining.rule_tree import rule_trees
from segrules.workflows.running import Refusal, Run
from segrules.workflows.starting import open_run

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What decides over one entity row. trees: one for each segment, segmentation and stage that was asked for.

    members and others: the segments and stages that the row is in, and is not in. missed: the latter without stages,
    nearest first.
    """

    entity: str
    key_name: str
    key: Any
    as_of: date | datetime
    members: tuple[str, ...]
    others: tuple[str, ...]
    trees: tuple[Reason, ...]
    missed: tuple[Missed, ...]
    findings: tuple[Diagnostic, ...]


def why(
    root: Path,
    key: str,
    *,
    select: Sequence[str] = (),
    entity: str | None = None,
    as_of: str | None = None,
    settings: Settings = NO_SETTINGS,
    rows_up_to: int | None = None,
) -> Explanation | Refusal:
    """Why the entity row with a key is in its segments and in no others.

    rows_up_to: with more trees than this nobody looks at the rows behind aggregates, which are then not read.
    The row's own data is read, not the whole of the sources, and so the contract is not checked: `count` does that.
    """

    def explaining(run: Run) -> Explanation | Refusal:
        wanted = asked_for(run, select, entity)
        if isinstance(wanted, Diagnostic):
            return Refusal((*run.findings, wanted), 2)
        found = entity_of_key(run, key, tuple(wanted))
        if isinstance(found, Diagnostic):
            return Refusal((*run.findings, found), 2)
        return _explained(run, found[0], found[1], wanted[found[0]], rows_up_to)

    return with_run(root, explaining, as_of=as_of, settings=settings)


def with_run(
    root: Path,
    act: Callable[[Run], T | Refusal],
    *,
    as_of: str | None,
    settings: Settings,
    is_watched: bool = False,
) -> T | Refusal:
    """What is done with a run, or why it does not start or breaks off; it has a temporary folder, and is closed."""
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        run = open_run(
            root,
            Path(workdir),
            as_of_text=as_of,
            today=date.today(),
            settings=settings,
            is_watched=is_watched,
        )
        if isinstance(run, Refusal):
            return run
        try:
            return act(run)
        except EngineError as error:
            return Refusal((*run.findings, broken_off(error, run.sources)), 2)
        finally:
            run.close()


def _explained(
    run: Run, entity: str, key: Literal, wanted: Sequence[Reference], rows_up_to: int | None
) -> Explanation | Refusal:
    rules = run.rules[entity]
    trees = rule_trees(rules, roots(rules, wanted))
    segments = [node for node in wanted if node.to == "segment"]
    asked = tuple(dict.fromkeys((*segments, *trees.wanted)))
    values = row_values(run, trees.rules, asked, key)
    if not isinstance(values, dict):
        return Refusal((*run.findings, *values), 2)
    behind: dict[Aggregate, Evidence] = {}
    if rows_up_to is None or len(trees.trees) <= rows_up_to:
        behind = evidence(run.engine, run.tables, trees.rules, trees.trees, key, run.as_of)
    found = reasons_of(trees, values, run.project.params, behind)
    rated = [
        (tree.clause.name, tree) for tree in found if tree.kind == "segment" and tree.clause.name in rules.segments
    ]
    return Explanation(
        entity,
        rules.entity.key,
        shown_key(key, run.as_of.zone),
        run.as_of.given,
        tuple(node.name for node in segments if values[node] is True),
        tuple(node.name for node in segments if values[node] is not True),
        found,
        nearest(rated),
        run.findings,
    )


def roots(rules: Rules, wanted: Sequence[Reference]) -> tuple[Reference, ...]:
    """What gets a tree: not the stages of a segmentation that has one."""
    whole = {node.name for node in wanted if node.to == "segmentation"}

    def has_own(node: Reference) -> bool:
        return node.to != "segment" or node.name in rules.segments or node.name.partition(".")[0] not in whole

    return tuple(filter(has_own, wanted))
