"""Counting members and writing them: the whole of `count` and `apply`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from segrules.diagnostics import Diagnostic, Severity, has_errors
from segrules.engines.engine import EngineError
from segrules.language.core import Reference
from segrules.planning import plan
from segrules.planning.nodes import Plan
from segrules.sql import generate_table, writes
from segrules.workflows.constants import constants_that_never_occur
from segrules.workflows.contract import check_contract
from segrules.workflows.expectations import broken_expectations
from segrules.workflows.output import OutputRefused, last_record, locked, publish, staging
from segrules.workflows.running import Progress, Refusal, Run, chosen, open_run, ordered_relations, watched

DEFAULT_OUT = "out"


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """How many of an entity's rows a segment has. change: since the run before, None where that had no such segment."""

    entity: str
    segment: str
    members: int
    rows: int
    change: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gives. written: paths below the output folder. exit_code as the command line has it."""

    as_of: date | datetime
    counts: tuple[SegmentCount, ...]
    findings: tuple[Diagnostic, ...]
    written: tuple[str, ...] = ()
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class _Counted:
    """The plans whose rows are in the engine's tables, by entity, and what was counted in them."""

    plans: Mapping[str, Plan]
    counts: tuple[SegmentCount, ...]
    findings: tuple[Diagnostic, ...]
    rows: Mapping[str, int] = field(default_factory=dict)


def count(
    root: Path,
    *,
    as_of: str | None = None,
    select: Sequence[str] = (),
    out: Path | None = None,
    memory_limit: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """How many members each segment has. Nothing is written; change is since the last run into `out`."""
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        run = open_run(root, Path(workdir), as_of_text=as_of, today=date.today(), memory_limit=memory_limit)
        if isinstance(run, Refusal):
            return _refused(run)
        try:
            before = _before(out or root / DEFAULT_OUT, quietly=True)
            counted = _count(run, select, before, progress)
        except EngineError as error:
            return _failed(run, error)
        finally:
            run.engine.close()
        return Outcome(run.as_of.given, counted.counts, counted.findings, exit_code=_exit_code(counted.findings))


def apply(
    root: Path,
    out: Path,
    *,
    layout: str = "long",
    format: str = "parquet",
    as_of: str | None = None,
    select: Sequence[str] = (),
    allow_breach: bool = False,
    memory_limit: str | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Writes the members of every (or every selected) segment into `out`, whole or not at all."""
    if engine is not None and not engine.startswith("duckdb"):
        message = f"`apply` cannot run on `{engine.partition(':')[0]}` yet"
        return _refused(Refusal((Diagnostic("not-supported-yet", message),), 2))
    try:
        with locked(out), staging(out) as folder, tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
            run = open_run(
                root,
                Path(workdir),
                as_of_text=as_of,
                today=date.today(),
                memory_limit=memory_limit,
                writable=(folder,),
            )
            if isinstance(run, Refusal):
                return _refused(run)
            try:
                return _apply(run, out, folder, layout, format, select, allow_breach, progress)
            except EngineError as error:
                return _failed(run, error)
            finally:
                run.engine.close()
    except OutputRefused as refused:
        return _refused(Refusal((Diagnostic("output-refused", refused.message, help=refused.help),), 2))


def _apply(
    run: Run,
    out: Path,
    folder: Path,
    layout: str,
    format: str,
    select: Sequence[str],
    allow_breach: bool,
    progress: Progress | None,
) -> Outcome:
    before = _before(out)
    if select and before is not None:
        _refuse_narrower(run, select, before, out)
    counted = _count(run, select, before, progress)
    code = _exit_code(counted.findings)
    broken = any(finding.code == "expectation-broken" for finding in counted.findings)
    others = any(_is_error(finding) and finding.code != "expectation-broken" for finding in counted.findings)
    if others or (broken and not allow_breach):
        return Outcome(run.as_of.given, counted.counts, counted.findings, exit_code=code)
    _refuse_clashing_columns(counted.plans, layout)
    files = _write(run, counted.plans, folder, layout, format)
    publish(out, folder, files, _record(run, counted, layout, format))
    return Outcome(run.as_of.given, counted.counts, counted.findings, tuple(files))


def _count(run: Run, select: Sequence[str], before: Mapping[str, Any] | None, progress: Progress | None) -> _Counted:
    """Checks the data, computes every wanted segment once, and counts."""
    wanted = chosen(run.rules, select)
    if isinstance(wanted, Diagnostic):
        return _Counted({}, (), (*run.findings, wanted))
    now, zone = run.as_of.now, run.as_of.zone
    in_order = ordered_relations(run.rules, wanted)
    _, problems = check_contract(run.engine, run.project, run.tables, now, zone, in_order=in_order)
    findings = (*run.findings, *problems)
    if has_errors(findings):
        return _Counted({}, (), findings)
    findings += constants_that_never_occur(run.engine, run.project, run.tables, run.rules.values(), zone)
    plans = {entity: plan(run.rules[entity], references, run.as_of) for entity, references in wanted.items()}
    counts: list[SegmentCount] = []
    rows: dict[str, int] = {}
    for entity, entity_plan in plans.items():
        with watched(run.engine, progress):
            run.engine.execute(generate_table(_table(entity), entity_plan, run.tables, run.as_of.zone))
        rows[entity], *members = run.engine.run(writes.count_query(_table(entity), entity_plan))[0]
        segments = [output.wanted for output in writes.segments(entity_plan)]
        counts += _counts(run, entity, segments, members, rows[entity], before)
        findings += _overlaps(run, entity, entity_plan)
    by_name = {(item.entity, item.segment): item.members for item in counts}
    findings += broken_expectations(run.project.segments, by_name, rows)
    return _Counted(plans, tuple(counts), findings, rows)


def _counts(
    run: Run,
    entity: str,
    segments: Sequence[Reference],
    members: Sequence[int],
    rows: int,
    before: Mapping[str, Any] | None,
) -> list[SegmentCount]:
    old = {(item["entity"], item["segment"]): item["members"] for item in (before or {}).get("segments", [])}
    labels = {(item.entity, item.name): item.about.get("label") for item in run.project.segments}
    counts = []
    for segment, size in zip(segments, members, strict=True):
        last = old.get((entity, segment.name))
        label = labels.get((entity, segment.name))
        shown = label if isinstance(label, str) else segment.name
        change = None if last is None else size - last
        counts.append(SegmentCount(entity, segment.name, size, rows, change, shown))
    return counts


def _overlaps(run: Run, entity: str, entity_plan: Plan) -> tuple[Diagnostic, ...]:
    """Rows that match two stages of a `unique` segmentation: an error, with three of their keys."""
    findings = []
    for name, matches in entity_plan.overlaps:
        rows = run.engine.run(writes.overlap_query(_table(entity), entity_plan, matches))
        if rows:
            shown = ", ".join(f"`{key}`" for key, _ in rows)
            message = f"{rows[0][1]:,} rows match more than one stage of `{name}`, among them {shown}"
            spans = {(item.entity, item.name): item.span for item in run.project.segmentations}
            help = "make the stages exclude each other, or write `hit: first`"
            findings.append(Diagnostic("segmentation-overlap", message, spans.get((entity, name)), help))
    return tuple(findings)


def _write(run: Run, plans: Mapping[str, Plan], folder: Path, layout: str, format: str) -> list[str]:
    """Writes every entity's files below `folder`; their relative paths."""
    zone = run.as_of.zone
    files = []
    for entity, entity_plan in plans.items():
        table = _table(entity)
        match layout:
            case "long":
                named = {f"{entity}.{format}": writes.long_query(table, entity_plan, zone)}
            case "wide":
                named = {f"{entity}.wide.{format}": writes.wide_query(table, entity_plan, zone)}
            case _:
                (folder / entity).mkdir()
                named = {
                    f"{entity}/{output.wanted.name}.{format}": writes.files_query(table, entity_plan, zone, output)
                    for output in writes.segments(entity_plan)
                }
        for file, query in named.items():
            run.engine.execute(writes.copy_statement(query, str((folder / file).absolute()), format))
            files.append(file)
    return files


def _refuse_clashing_columns(plans: Mapping[str, Plan], layout: str) -> None:
    """A file must not have two columns of one name: a carried one beside the key, `segment` or a segment's own."""
    for entity, entity_plan in plans.items():
        others = {"long": ("segment",), "wide": writes.wide_names(entity_plan), "files": ()}[layout]
        seen: set[str] = set()
        for label in (entity_plan.key_name, *others, *(item.label for item in entity_plan.carried)):
            if label.casefold() in seen:
                message = f"the file of `{entity}` would have two columns `{label}`"
                raise OutputRefused(message, f"take `{label}` out of `carry`, or choose another --layout")
            seen.add(label.casefold())


def _record(run: Run, counted: _Counted, layout: str, format: str) -> dict[str, Any]:
    """What run.json says, but for the files' hashes."""
    return {
        "segrules": version("segrules"),
        "project": run.project.name,
        "as_of": run.as_of.given.isoformat(),
        "timezone": run.as_of.zone,
        "rules": run.rules_hash,
        "engine": {"name": "duckdb", "version": version("duckdb")},
        "layout": layout,
        "format": format,
        "sources": run.sources.fingerprint(),
        "entities": {entity: {"rows": rows} for entity, rows in counted.rows.items()},
        "segments": [
            {"segment": item.segment, "entity": item.entity, "members": item.members, "share": _share(item)}
            for item in counted.counts
        ],
    }


def _share(item: SegmentCount) -> float:
    return item.members / item.rows if item.rows else 0.0


def _refuse_narrower(run: Run, select: Sequence[str], before: Mapping[str, Any], out: Path) -> None:
    """A selection must not replace a fuller output: what it leaves out would be removed."""
    wanted = chosen(run.rules, select)
    if isinstance(wanted, Diagnostic):
        return
    kept = {(entity, item.name) for entity, references in wanted.items() for item in references}
    lost = [item["segment"] for item in before["segments"] if (item["entity"], item["segment"]) not in kept]
    if lost:
        message = f"`{out}` has `{lost[0]}` and {len(lost) - 1} more" if len(lost) > 1 else f"`{out}` has `{lost[0]}`"
        raise OutputRefused(f"{message}, which --select leaves out", "write a selection to another folder with --out")


def _before(out: Path, *, quietly: bool = False) -> Mapping[str, Any] | None:
    try:
        return last_record(out)
    except OutputRefused:
        if quietly:
            return None
        raise


def _table(entity: str) -> str:
    """The engine's table of an entity's rows: no CTE of the plan has this name."""
    return f"members of {entity}"


def _is_error(finding: Diagnostic) -> bool:
    return finding.severity is Severity.ERROR


def _exit_code(findings: Sequence[Diagnostic]) -> int:
    """1 for broken expectations and stale data, 2 for other errors: those are of usage or data."""
    errors = {finding.code for finding in findings if _is_error(finding)}
    return 0 if not errors else 1 if errors <= {"expectation-broken", "stale-data"} else 2


def _refused(refusal: Refusal) -> Outcome:
    return Outcome(date.today(), (), refusal.findings, exit_code=refusal.exit_code)


def _failed(run: Run, error: EngineError) -> Outcome:
    if error.kind == "internal":
        raise error
    code = "output-refused" if error.kind in ("disk-full", "permission") else "data-unreadable"
    found = Diagnostic(code, error.message)
    return Outcome(run.as_of.given, (), (*run.findings, found), exit_code=2)
