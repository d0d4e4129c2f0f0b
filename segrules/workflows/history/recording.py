"""One run recorded: its state, and who came and went since the run before, written into the folder of a run to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from segrules.engines.duckdb import DuckDB
from segrules.language.check_findings import described
from segrules.planning.nodes import Plan
from segrules.project.model import Project
from segrules.sql import states, writes
from segrules.sql.scans import natural, typed_scans
from segrules.sql.states import KEY, State
from segrules.sql.without_key import columns_of
from segrules.workflows.counting import Counted
from segrules.workflows.history.causes import RuleChange, rule_change
from segrules.workflows.history.records import (
    FOLDER,
    FORMAT,
    HELP,
    RULES,
    Came,
    EntityRun,
    RecordedRun,
    Segment,
    SegmentRun,
    rules_path,
    stamp,
)
from segrules.workflows.output import RECORD, OutputRefused, file_hash, write_json
from segrules.workflows.running import Run

_CHANGES = ("segment", "change", "cause")


def record_run(
    run: Run,
    counted: Counted,
    before: RecordedRun | None,
    staged: Path,
    about: Mapping[str, Any],
    texts: Mapping[str, str],
) -> RecordedRun:
    """Records a run whose rows are kept, below the folder `staged`, as what follows a recorded run.

    about: what run.json of the output says. texts: the files of the rules, which the next run will ask for.
    """
    folder = staged / FOLDER / stamp(run.as_of)
    folder.mkdir(parents=True, exist_ok=True)
    (staged / FOLDER / RULES).mkdir(exist_ok=True)
    write_json(rules_path(staged / FOLDER, run.rules_hash), dict(texts))
    names = {
        entity: tuple(output.wanted.name for output in writes.segments(plan)) for entity, plan in counted.plans.items()
    }
    change = RuleChange() if before is None else rule_change(run, before, names)
    entities: dict[str, EntityRun] = {}
    segments: dict[Segment, SegmentRun] = {}
    members = {(item.entity, item.segment): item.members for item in counted.counts}
    for entity, plan in counted.plans.items():
        _refuse_clashing_key(plan.key_name)
        now = _write_state(run, plan, folder / f"{entity}.members.parquet", names[entity])
        came: Mapping[tuple[str | None, str, str], int] | None = None
        if before is not None and entity in before.entities:
            _refuse_another_key(run.local, entity, plan.key_name, now, before)
            target = folder / f"{entity}.changes.parquet"
            came = _write_changes(run.local, entity, plan.key_name, now, before, change, target)
        entered, left = _came(came, None)
        rows_came = (entered.customer, left.customer) if entered and left else (None, None)
        entities[entity] = EntityRun(counted.rows[entity], plan.key_name, names[entity], *rows_came)
        for name in names[entity]:
            segments[entity, name] = SegmentRun(members[entity, name], *_came(came, name))
    recorded = RecordedRun(run.as_of, run.rules_hash, folder, entities, segments, change.renamed)
    recorded = replace(recorded, about=_about(recorded, run.project, about))
    write_json(folder / RECORD, recorded.about)
    return recorded


def _write_state(run: Run, plan: Plan, target: Path, names: tuple[str, ...]) -> State:
    query = states.state_query(plan, typed_scans(run.tables, run.as_of.zone), writes.segments(plan))
    run.local.execute(writes.copy_statement(query, str(target.absolute()), "parquet"))
    return State(str(target.absolute()), names)


def _write_changes(
    engine: DuckDB, entity: str, key: str, now: State, before: RecordedRun, change: RuleChange, target: Path
) -> dict[tuple[str | None, str, str], int]:
    """Writes who came and went; how many, by segment (None is the entity itself), change and cause."""
    table = f"moved of {entity}"
    was = {name: old for (owner, name), old in change.renamed.items() if owner == entity}
    by_rule = tuple(name for owner, name in change.by_rule if owner == entity)
    earlier, older = state_of(before, entity), change.states.get(entity)
    gone = set(earlier.names) - set(now.names) - set(was.values())
    engine.execute(states.moved_statement(table, now, earlier, was, older))
    query = states.changes_query(table, key, now, earlier, was, older, (*by_rule, *gone))
    engine.execute(writes.copy_statement(query, str(target.absolute()), "parquet"))
    return {
        (name, what, why): many for name, what, why, many in engine.run(states.change_counts(str(target.absolute())))
    }


def state_of(run: RecordedRun, entity: str) -> State:
    """The state that a recorded run left."""
    return State(str(run.state(entity).absolute()), run.entities[entity].names)


def _came(
    counts: Mapping[tuple[str | None, str, str], int] | None, name: str | None
) -> tuple[Came, Came] | tuple[None, None]:
    """Who entered and left a segment, or (None) the entity itself; None where there was no run before."""
    if counts is None:
        return None, None
    entered, left = (
        Came(counts.get((name, what, "customer"), 0), counts.get((name, what, "rule"), 0))
        for what in ("entered", "left")
    )
    return entered, left


def _refuse_clashing_key(key: str) -> None:
    if key.casefold() in _CHANGES:
        message = f"the record of who came and went has a column `{key}` of its own, and the key is called so, too"
        raise OutputRefused(message, "give the key another name in the data")


def _refuse_another_key(engine: DuckDB, entity: str, key: str, now: State, before: RecordedRun) -> None:
    """Keys of another type, or from another column, are nobody's of the run before."""
    types = [dict(engine.describe(columns_of(place)))[KEY] for place in (now.place, state_of(before, entity).place)]
    kinds = [described(kind) if (kind := natural(stored)) is not None else stored for stored in types]
    name = before.entities[entity].key
    if kinds[0] == kinds[1] and name == key:
        return
    what = f"is `{key}`, and was `{name}`" if name != key else f"is {kinds[0]}, and was {kinds[1]}"
    message = f"the key of `{entity}` {what} at the recorded run of {before.given.isoformat()}"
    raise OutputRefused(message, f"record into another --out; or {HELP}")


def _about(run: RecordedRun, project: Project, about: Mapping[str, Any]) -> dict[str, Any]:
    """What run.json of a recorded run says."""
    said = {key: value for key, value in about.items() if key not in ("entities", "segments", "layout", "format")}
    labels = {(item["entity"], item["segment"]): item for item in about["segments"]}
    files = [run.changes(entity) for entity in run.entities if run.changes(entity).exists()]
    return {
        "format": FORMAT,
        **said,
        "entities": {
            name: {"rows": own.rows, "key": own.key, "entered": own.came, "left": own.went, "names": list(own.names)}
            for name, own in run.entities.items()
        },
        "segments": [
            {
                "segment": segment,
                "entity": entity,
                "members": own.members,
                "share": labels[entity, segment]["share"],
                "entered": _said(own.entered),
                "left": _said(own.left),
            }
            for (entity, segment), own in run.segments.items()
        ],
        "segmentations": [
            {"segmentation": item.name, "entity": item.entity, "hit": item.hit, "stages": list(item.labels)}
            for item in project.segmentations
        ],
        "renamed": [{"entity": entity, "segment": name, "before": old} for (entity, name), old in run.renamed.items()],
        "files": {file.name: file_hash(file) for file in files},
    }


def _said(came: Came | None) -> dict[str, int] | None:
    return None if came is None else {"customer": came.customer, "rule": came.rule}
