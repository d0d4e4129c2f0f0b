"""Counting members and writing them: the whole of `count` and `apply`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from segrules.diagnostics import Diagnostic, is_error
from segrules.engines.arrow import has_pyarrow
from segrules.engines.engine import Cluster, EngineError
from segrules.planning.nodes import Plan
from segrules.project.engine_choice import EngineChoice
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Project
from segrules.project.reader import folder_reader
from segrules.sql import writes
from segrules.sql.scans import typed_scans
from segrules.workflows.connecting import EVERY
from segrules.workflows.counting import Counted, count_members
from segrules.workflows.delivering.delivery import as_record, deliver, prepared, refuse_elsewhere
from segrules.workflows.delivering.target import Delivered, FileTarget, Mode, Target, target
from segrules.workflows.frames import NO_FRAMES, Frames
from segrules.workflows.history.records import FOLDER, History, read_history, refuse_older, stamp
from segrules.workflows.outcome import Outcome, exit_code, failed, refusal_of, refused
from segrules.workflows.output import Beside, LastRun, OutputRefused, last_run, locked, publish, staging
from segrules.workflows.run_record import record_of
from segrules.workflows.running import Progress, Refusal, Run, chosen, texts_of_rules
from segrules.workflows.spreading import refuse_unspread, spread_query, write_spread
from segrules.workflows.starting import open_run

DEFAULT_OUT = "out"


@dataclass(frozen=True, slots=True)
class Form:
    """How members are given: layout `long`, `wide` or `files`, the format of files, whether rows are sorted by keys.

    target: where they are written, if not into the output folder.
    """

    layout: str
    format: str
    sort: bool
    target: Target | None = None


def count(
    root: Path,
    *,
    as_of: str | None = None,
    select: Sequence[str] = (),
    settings: Settings = NO_SETTINGS,
    frames: Frames = NO_FRAMES,
    out: Path | None = None,
    memory_limit: str | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """How many members each segment has. Nothing is written; change is since the last run into `out`."""

    def counting(run: Run) -> Outcome:
        counted = count_members(run, select, _before(out or root / DEFAULT_OUT, quietly=True), progress)
        return Outcome(run.as_of.given, counted.counts, counted.findings, exit_code=exit_code(counted.findings))

    opening = partial(
        open_run,
        root,
        as_of_text=as_of,
        today=date.today(),
        settings=settings,
        frames=frames,
        memory_limit=memory_limit,
        is_watched=progress is not None,
        engine=engine,
        runs_on=EVERY,
    )
    return _running(opening, counting)


def apply(
    root: Path,
    out: Path,
    *,
    layout: str = "long",
    format: str = "parquet",
    sort: bool = False,
    as_of: str | None = None,
    select: Sequence[str] = (),
    settings: Settings = NO_SETTINGS,
    frames: Frames = NO_FRAMES,
    allow_breach: bool = False,
    memory_limit: str | None = None,
    engine: str | None = None,
    record: bool = False,
    backfill: bool = False,
    to: str | None = None,
    mode: Mode = "replace",
    progress: Progress | None = None,
) -> Outcome:
    """Writes the members of every (or every selected) segment into `out`, whole or not at all.

    to: a table or files that take them instead, in one of three modes; `out` then has run.json alone.

    sort: rows stand by key, in the layout `long` by segment and key; else in no particular order. record: who entered
    and left is recorded, too, as it is without asking where the project has `history`. backfill: also of a day before
    recorded ones, which are computed anew.
    """
    if select and (record or backfill):
        message = "a run of some segments cannot be recorded: the others would seem to have lost their members"
        return refused(Refusal((Diagnostic("output-refused", message, help="leave out --select"),), 2))
    try:
        given = _target(to, mode, layout, format, out)
        with locked(out), staging(out) as folder:
            form, is_asked = Form(layout, format, sort, given), record or backfill
            opening = partial(
                open_run,
                root,
                as_of_text=as_of,
                today=date.today(),
                settings=settings,
                frames=frames,
                memory_limit=memory_limit,
                writable=(folder, out / FOLDER, *([given.folder] if isinstance(given, FileTarget) else [])),
                is_watched=progress is not None,
                engine=engine,
                runs_on=EVERY,
                refuse=partial(_refuse_elsewhere, form, is_asked, select),
            )
            started = perf_counter()

            def applying(run: Run) -> Outcome:
                recording = _Recording(
                    _is_recorded(run.project, is_asked, select), backfill, root, perf_counter() - started
                )
                return _apply(run, out, folder, form, select, allow_breach, recording, progress)

            return _running(opening, applying)
    except OutputRefused as error:
        return refused(refusal_of(error))


def collect(
    root: Path,
    *,
    layout: str = "long",
    sort: bool = False,
    as_of: str | None = None,
    select: Sequence[str] = (),
    settings: Settings = NO_SETTINGS,
    frames: Frames = NO_FRAMES,
    allow_breach: bool = False,
    memory_limit: str | None = None,
) -> Outcome:
    """The members of every (or every selected) segment as a table of pyarrow for each entity. Nothing is written.

    layout: `long` or `wide`, with the columns of the files that `apply` writes. sort: as there.
    """
    if not has_pyarrow():
        message = "members cannot be given as Arrow tables: pyarrow is not installed"
        help = "pip install 'segrules[arrow]', or have them written with `out`"
        return refused(Refusal((Diagnostic("output-refused", message, help=help),), 2))

    def collecting(run: Run) -> Outcome:
        counted = count_members(run, select, None, None, keep=True)
        if not _may_go_on(counted.findings, allow_breach):
            return Outcome(run.as_of.given, counted.counts, counted.findings, exit_code=exit_code(counted.findings))
        _refuse_clashing_columns(counted.plans, layout)
        members = {
            entity: run.local.arrow(query.sql("duckdb"))
            for entity, entity_plan in counted.plans.items()
            for _, query in _queries(run, entity, entity_plan, Form(layout, "arrow", sort))
        }
        return Outcome(run.as_of.given, counted.counts, counted.findings, members=members)

    opening = partial(
        open_run,
        root,
        as_of_text=as_of,
        today=date.today(),
        settings=settings,
        frames=frames,
        memory_limit=memory_limit,
    )
    try:
        return _running(opening, collecting)
    except OutputRefused as error:
        return refused(refusal_of(error))


def _running(opening: Callable[[Path], Run | Refusal], act: Callable[[Run], Outcome]) -> Outcome:
    """What is done with a run, or why it does not start or breaks off; it has a temporary folder, and is closed."""
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        run = opening(Path(workdir))
        if isinstance(run, Refusal):
            return refused(run)
        try:
            return act(run)
        except EngineError as error:
            return failed(run, error)
        finally:
            run.close()


@dataclass(frozen=True, slots=True)
class _Recording:
    """Whether a run is recorded, also before recorded ones; where the rules are; seconds that opening the run took."""

    is_wanted: bool
    is_backfill: bool
    root: Path
    opening: float


def _apply(
    run: Run,
    out: Path,
    folder: Path,
    form: Form,
    select: Sequence[str],
    allow_breach: bool,
    recording: _Recording,
    progress: Progress | None,
) -> Outcome:
    before = _before(out)
    if select and before is not None and before.files:
        _refuse_narrower(run, select, before, out)
    history = read_history(out) if recording.is_wanted else None
    if history is not None and not recording.is_backfill:
        refuse_older(history, run.as_of)
    delivery = None if form.target is None else prepared(form.target, run, select)
    started = perf_counter()
    counted = count_members(run, select, before, progress, keep=True)
    if not _may_go_on(counted.findings, allow_breach):
        return Outcome(run.as_of.given, counted.counts, counted.findings, exit_code=exit_code(counted.findings))
    _refuse_clashing_columns(counted.plans, form.layout)
    counting = perf_counter() - started
    files = _write(run, counted, folder, form) if delivery is None else []
    written = {} if form.target is not None else {"layout": form.layout, "format": form.format}
    record = record_of(run, counted, None, **written)
    beside, recorded = Beside(), None
    if history is not None:
        writing = perf_counter() - started - counting
        seconds = {"opening": recording.opening, "counting": counting, "writing": writing}
        about = {**record, "seconds": {part: round(taken, 3) for part, taken in seconds.items()}}
        found = _recorded(run, counted, history, folder, about, recording.root)
        if isinstance(found, Outcome):
            return found
        beside, recorded = found, f"{FOLDER}/{stamp(run.as_of)}"
    delivered: tuple[Delivered, ...] = ()
    if delivery is not None:
        members = {
            entity: query for entity, plan in counted.plans.items() for _, query in _queries(run, entity, plan, form)
        }
        delivered = deliver(delivery, run, members, folder)
        record["delivered"] = as_record(delivered)
    try:
        publish(out, folder, files, record, beside)
    except OutputRefused as error:
        if not delivered:
            raise
        places = " and ".join(f"`{item.place}`" for item in delivered)
        message = f"the members are in {places}, but run.json is not in place: {error.message}"
        raise OutputRefused(message, error.help or "run it again, into a folder that can be written") from None
    return Outcome(
        run.as_of.given, counted.counts, counted.findings, tuple(files), recorded=recorded, delivered=delivered
    )


def _refuse_elsewhere(
    form: Form, is_asked: bool, select: Sequence[str], project: Project, choice: EngineChoice
) -> None:
    """OutputRefused where what is wanted does not go with the engine, before that is started."""
    is_cluster = choice.kind == "spark"
    if is_cluster:
        refuse_unspread(
            form.layout, form.format, **{"--sort": form.sort, "--record": _is_recorded(project, is_asked, select)}
        )
    if form.target is not None:
        refuse_elsewhere(form.target, is_cluster=is_cluster)


def _is_recorded(project: Project, is_asked: bool, select: Sequence[str]) -> bool:
    """Whether a run is recorded: where somebody asks for it, or the project has `history`."""
    return is_asked or (project.history is not None and not select)


def _target(to: str | None, mode: Mode, layout: str, format: str, out: Path) -> Target | None:
    """What `--to` names; OutputRefused where that cannot be."""
    if to is None:
        if mode != "replace":
            raise OutputRefused(f"`--mode {mode}` says how members are put where `--to` names", "add --to")
        return None
    found = target(to, mode, layout, format)
    if isinstance(found, FileTarget) and found.folder.resolve() == out.resolve():
        raise OutputRefused(f"`--to` writes into `{out}`, which `--out` has for run.json", "name another folder")
    return found


def _recorded(
    run: Run, counted: Counted, history: History, folder: Path, about: Mapping[str, Any], root: Path
) -> Beside | Outcome:
    """What recording adds to the output; an Outcome where a later day, which is computed anew, has errors."""
    from segrules.workflows.history.appending import Recording, ReplayBroken, appended  # heavy, and not always wanted

    texts = texts_of_rules(folder_reader(root), run.settings)
    try:
        return appended(run, counted, Recording(history, folder, about, texts))
    except ReplayBroken as error:
        return Outcome(run.as_of.given, (), (*run.findings, *error.findings), exit_code=exit_code(error.findings))


def _may_go_on(findings: Sequence[Diagnostic], allow_breach: bool) -> bool:
    """Whether members may be given: without errors, or with broken expectations alone where these are allowed."""
    codes = {finding.code for finding in findings if is_error(finding)}
    return codes <= {"expectation-broken"} if allow_breach else not codes


def _write(run: Run, counted: Counted, folder: Path, form: Form) -> list[str]:
    """Writes every entity's files below `folder`; their relative paths."""
    if isinstance(run.engine, Cluster):
        queries = (query for entity, plan in counted.plans.items() for query in _queries(run, entity, plan, form))
        rows = {f"{entity}.wide": rows for entity, rows in counted.rows.items()}
        rows |= {
            entity: sum(item.members for item in counted.counts if item.entity == entity) for entity in counted.plans
        }
        return write_spread(run.engine, run.local, queries, folder, form.layout, rows)
    files = []
    for entity, entity_plan in counted.plans.items():
        if form.layout == "files":
            (folder / entity).mkdir()
        for name, query in _queries(run, entity, entity_plan, form):
            file = f"{name}.{form.format}"
            run.local.execute(writes.copy_statement(query, str((folder / file).absolute()), form.format))
            files.append(file)
    return files


def _queries(run: Run, entity: str, plan: Plan, form: Form) -> Iterator[tuple[str, writes.Query]]:
    """The files of an entity, without their endings, and what each has."""
    for name, query in _layout(run, entity, plan, form.layout):
        by = (*(("segment",) if form.layout == "long" else ()), plan.key_name)
        yield name, writes.in_order(query, by) if form.sort else query


def _layout(run: Run, entity: str, plan: Plan, layout: str) -> Iterator[tuple[str, writes.Query]]:
    """The same in no particular order."""
    if isinstance(run.engine, Cluster):
        yield spread_query(run, entity, plan, layout)
        return
    zone = run.as_of.zone
    scan = typed_scans(run.tables, zone)
    match layout:
        case "long":
            yield entity, writes.long_query(plan, scan, zone)
        case "wide":
            yield f"{entity}.wide", writes.wide_query(plan, scan, zone)
        case _:
            for segment, query in writes.files_queries(plan, scan, zone):
                yield f"{entity}/{segment}", query


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


def _refuse_narrower(run: Run, select: Sequence[str], before: LastRun, out: Path) -> None:
    """A selection must not replace a fuller output: what it leaves out would be removed."""
    wanted = chosen(run.rules, select)
    if isinstance(wanted, Diagnostic):
        return
    kept = {(entity, item.name) for entity, references in wanted.items() for item in references}
    lost = [segment for entity, segment in before.members if (entity, segment) not in kept]
    if lost:
        message = f"`{out}` has `{lost[0]}` and {len(lost) - 1} more" if len(lost) > 1 else f"`{out}` has `{lost[0]}`"
        raise OutputRefused(f"{message}, which --select leaves out", "write a selection to another folder with --out")


def _before(out: Path, *, quietly: bool = False) -> LastRun | None:
    try:
        return last_run(out)
    except OutputRefused:
        if quietly:
            return None
        raise
