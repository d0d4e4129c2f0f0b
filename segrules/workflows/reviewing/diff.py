"""Two versions of a project side by side: what changed in meaning, and who enters and leaves because of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from segrules.diagnostics import Diagnostic, has_errors, is_error
from segrules.engines.engine import EngineError
from segrules.planning.renaming import Thing, things_of
from segrules.planning.two_versions import TwoVersions, together
from segrules.project.environments import NO_SETTINGS, Settings, has_invalid_setting
from segrules.project.levels import adjusted
from segrules.project.model import Project
from segrules.project.reader import Reader, folder_reader
from segrules.project.resolve import resolve
from segrules.project.revisions import MERGE_BASE, open_revision
from segrules.sql.scans import Table, typed_scans
from segrules.workflows.contract import check_contract
from segrules.workflows.replay import replay_finding
from segrules.workflows.reviewing.change import Comparison, Version
from segrules.workflows.reviewing.changes import compare
from segrules.workflows.reviewing.contract_changes import ContractChange, contract_changes
from segrules.workflows.reviewing.limits import breaches
from segrules.workflows.reviewing.member_changes import EntityChanges, count_changes
from segrules.workflows.reviewing.proving import confirmed, proven
from segrules.workflows.running import Progress, Refusal, Run, all_references, chosen_as_of, watched
from segrules.workflows.sample_targets import has_sample
from segrules.workflows.sources import Sources, concretize, inspect, open_sources
from segrules.workflows.starting import open_run
from segrules.workflows.validate import understand

WORK_TREE = "work tree"


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change of rules is and does. old, new: what the versions are called.

    counted: by entity who moves; empty where that was not asked for, or (not_counted) why it could not be told.
    is_sample: the rows are those that `sample` kept. lost: things whose members before could not be computed, and what
    is in the way. versions: both projects, the new one for labels and the like. exit_code as the command line has it.
    """

    old: str
    new: str
    comparison: Comparison
    contract: tuple[ContractChange, ...]
    versions: tuple[Version, Version]
    as_of: date | None = None
    counted: Mapping[str, EntityChanges] = field(default_factory=dict)
    is_sample: bool = False
    not_counted: str | None = None
    lost: Mapping[Thing, str] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()
    exit_code: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether something means something else."""
        return any(change.matters for change in self.comparison.changes)


@dataclass(frozen=True, slots=True)
class _Counted:
    comparison: Comparison
    versions: tuple[Version, Version]
    as_of: date
    entities: Mapping[str, EntityChanges]
    lost: Mapping[Thing, str]
    findings: tuple[Diagnostic, ...]
    is_sample: bool


def diff(
    project: Path,
    base: str,
    head: str | None = None,
    *,
    data: Path | None = None,
    without_data: bool = False,
    as_of: str | None = None,
    settings: Settings = NO_SETTINGS,
    with_keys: bool = False,
    floor: int = 0,
    memory_limit: str | None = None,
    progress: Progress | None = None,
) -> Difference | Refusal:
    """The difference from one version to another, each a git revision or a folder; `head` left out is the work tree.

    data: a folder with the sources' files under their paths, instead of the project's own. without_data: the meaning
    alone. floor: findings tell no counts from 1 to below it.
    """
    readers = _readers(project, base, head)
    if isinstance(readers, Diagnostic):
        return Refusal((readers,), 2)
    (old_name, old_read), (new_name, new_read) = readers
    old, old_findings = _version(old_name, old_read, settings)
    new, new_findings = _version(new_name, new_read, settings)
    if old is None:
        return Refusal((_unreadable(old_name, old_findings),), 2)
    if new is None or has_invalid_setting(new_findings):
        return Refusal(new_findings, 2)
    comparison = compare(old, new)
    found = Difference(old_name, new_name, comparison, contract_changes(old, new), (old, new), findings=new_findings)
    if has_errors(new_findings):
        return replace(found, not_counted=f"the rules of `{new_name}` have errors", exit_code=1)
    if without_data:
        return _proven(replace(found, not_counted="no data were asked for"), as_of)
    root = data or new_read.root or project
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        counted = _count(old, new_read, root, Path(workdir), as_of, settings, with_keys, memory_limit, progress)
    if isinstance(counted, Refusal):
        return _uncounted(found, counted, as_of, is_required=data is not None or as_of is not None)
    findings = (*counted.findings, *_breaches(counted, floor))
    members = {thing: change for item in counted.entities.values() for thing, change in item.members.items()}
    return replace(
        found,
        comparison=confirmed(counted.comparison, members, floor),
        versions=counted.versions,
        as_of=counted.as_of,
        counted=counted.entities,
        is_sample=counted.is_sample,
        lost=counted.lost,
        findings=findings,
        exit_code=int(has_errors(findings)),
    )


def _proven(found: Difference, as_of: str | None) -> Difference | Refusal:
    """The difference with what is proven of it, as of the day of a run."""
    moment = chosen_as_of(found.versions[1].project, as_of, date.today())
    if isinstance(moment, Diagnostic):
        return Refusal((moment,), 2)
    return replace(found, comparison=proven(found.comparison, *found.versions, moment))


def _uncounted(found: Difference, refusal: Refusal, as_of: str | None, *, is_required: bool) -> Difference | Refusal:
    """The difference in meaning alone: that is all there is where the data are not here, and not said to be."""
    errors = [finding for finding in refusal.findings if is_error(finding)]
    if not is_required and all(finding.code == "data-missing" for finding in errors):
        return _proven(replace(found, not_counted=f"the data are not here: {errors[0].message}"), as_of)
    return replace(found, not_counted="the data cannot be used", findings=refusal.findings, exit_code=2)


# versions


def _readers(project: Path, base: str, head: str | None) -> tuple[tuple[str, Reader], tuple[str, Reader]] | Diagnostic:
    """What both versions are called, and where their files are read. `main...other` is a pair of its own."""
    left, dots, right = base.partition(MERGE_BASE)
    if dots and right and head is None:
        head = right
    old = _reader(project, base)
    new = folder_reader(project) if head is None else _reader(project, head)
    if isinstance(old, Diagnostic):
        return old
    return new if isinstance(new, Diagnostic) else (((left or "HEAD") if dots else base, old), (head or WORK_TREE, new))


def _reader(project: Path, version: str) -> Reader | Diagnostic:
    folder = Path(version)
    if version and (folder / "segrules.yml").is_file():
        return folder_reader(folder)
    found = open_revision(project, version)
    if isinstance(found, Diagnostic) and version and folder.is_dir():
        message = f"there is no `segrules.yml` in the folder `{version}`, and no revision of that name"
        return Diagnostic("unknown-revision", message)
    return found


def _version(name: str, read: Reader, settings: Settings) -> tuple[Version | None, tuple[Diagnostic, ...]]:
    project, rules, findings = understand(read, settings)
    if project is None:
        return None, findings
    return Version(name, project, rules) if rules else None, tuple(adjusted(findings, project))


def _unreadable(name: str, findings: tuple[Diagnostic, ...]) -> Diagnostic:
    first = next(finding for finding in findings if is_error(finding))
    return Diagnostic("unknown-revision", f"the project at `{name}` cannot be read: {first.message}", help=first.help)


# members


def _count(
    old: Version,
    new_read: Reader,
    root: Path,
    workdir: Path,
    as_of: str | None,
    settings: Settings,
    with_keys: bool,
    memory_limit: str | None,
    progress: Progress | None,
) -> _Counted | Refusal:
    sources, missing = open_sources(old.project, root, workdir / "before")
    run = open_run(
        root,
        workdir,
        as_of_text=as_of,
        today=date.today(),
        settings=settings,
        memory_limit=memory_limit,
        readable=sources.readable,
        is_watched=progress is not None,
        read=new_read,
    )
    if isinstance(run, Refusal):
        return run
    try:
        return _counted(run, old, sources, missing, with_keys, progress)
    except EngineError as error:
        if error.kind in ("internal", "interrupted"):
            raise
        return Refusal((*run.findings, Diagnostic("data-unreadable", error.message)), 2)
    finally:
        run.close()


def _counted(
    run: Run,
    old: Version,
    sources: Sources,
    missing: tuple[Diagnostic, ...],
    with_keys: bool,
    progress: Progress | None,
) -> _Counted | Refusal:
    zone = run.as_of.zone
    stored, unreadable = inspect(run.engine, sources)
    typed, unfit = concretize(run.engine, old.project, stored)
    wrong = (*missing, *unreadable, *unfit)
    before = old if has_errors(wrong) else Version(old.name, typed, resolve(typed)[0])
    after = Version(run.project.name, run.project, run.rules)
    _, problems = check_contract(run.engine, run.project, run.tables, run.as_of.now, zone)
    wanted = {entity: all_references(own) for entity, own in run.rules.items()}
    findings = (*run.findings, *replay_finding(run, wanted), *problems)
    if has_errors(findings):
        return Refusal(findings, 2)
    comparison = proven(compare(before, after), before, after, run.as_of)
    earlier = {} if has_errors(wrong) or _other_calendar(before, after) else before.rules
    both = together(earlier, run.rules, comparison.same)
    scan = typed_scans(_tables(run, stored, both), zone)
    entities = {}
    for entity in run.rules:
        with watched(run.engine, progress):
            entities[entity] = count_changes(
                run.local, scan, both, earlier, comparison, entity, run.as_of, with_keys=with_keys
            )
    findings += tuple(_overlaps(after.project, entities.values()))
    lost = _lost(both, before, after, wrong)
    is_sample = has_sample(run.sources)
    return _Counted(comparison, (before, after), run.as_of.given, entities, lost, findings, is_sample)


def _overlaps(project: Project, counted: Iterable[EntityChanges]) -> Iterator[Diagnostic]:
    """An error for each `unique` segmentation of the new version that no run would get past; keys are not told here."""
    spans = {Thing(item.entity, "segmentation", item.name): item.span for item in project.segmentations}
    for thing in (thing for item in counted for thing in item.overlaps):
        message = f"rows match more than one stage of `{thing.name}`, so that `apply` would write nothing"
        help = "make the stages exclude each other, or write `hit: first`; `count` tells who they are"
        yield Diagnostic("segmentation-overlap", message, spans.get(thing), help)


def _other_calendar(before: Version, after: Version) -> bool:
    """Whether days are other days: the two versions cannot be computed as one then."""
    return before.project.timezone != after.project.timezone


def _lost(both: TwoVersions, before: Version, after: Version, wrong: tuple[Diagnostic, ...]) -> Mapping[Thing, str]:
    things = [thing for own in before.rules.values() for thing in things_of(own)]
    if _other_calendar(before, after):
        return dict.fromkeys(things, "the time zone is another one")
    if has_errors(wrong):
        first = next(finding for finding in wrong if is_error(finding))
        return dict.fromkeys(things, first.message)
    return both.lost


def _tables(run: Run, stored: Mapping[str, Table], both: TwoVersions) -> dict[str, Table]:
    """The tables of both versions; relations that are declared otherwise now stand there twice."""
    tables = {**stored, **run.tables}
    for called, name in both.relations.items():
        for table, found in stored.items():
            if table == name or table.startswith(f"{name}."):
                tables[called + table[len(name) :]] = found
    return tables


def _breaches(counted: _Counted, floor: int) -> tuple[Diagnostic, ...]:
    members = {thing: change for found in counted.entities.values() for thing, change in found.members.items()}
    names = {change.thing: change.fingerprint for change in counted.comparison.changes}
    return tuple(breaches(counted.versions[1].project, members, names, date.today(), floor))
