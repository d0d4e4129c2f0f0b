"""Every wanted segment computed over checked data and counted, in one statement for each entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from segrules.diagnostics import Diagnostic, has_errors
from segrules.engines.duckdb import DuckDB
from segrules.engines.engine import Engine, Server
from segrules.language.core import Reference
from segrules.planning import plan
from segrules.planning.cut import cut, narrower
from segrules.planning.nodes import Output, Plan, Rows, Scan
from segrules.planning.planes import cut_to_planes, scan_behind
from segrules.planning.signatures import ALIKE, cut_to_signatures
from segrules.project.levels import adjusted
from segrules.project.model import Rules, Segment, Segmentation
from segrules.source import Span
from segrules.sql import DIALECTS, counts, planes, writes
from segrules.sql.places import has_places
from segrules.sql.queries import ScanQuery
from segrules.sql.scans import Table, everything
from segrules.sql.temporary import exact_statements
from segrules.workflows.constants import constants_that_never_occur
from segrules.workflows.contract import Fallen, check_contract, check_past_keys
from segrules.workflows.expectations import broken_expectations
from segrules.workflows.fetching import fetch_kept
from segrules.workflows.missing_counts import counted_findings, with_missing_counts
from segrules.workflows.output import LastRun
from segrules.workflows.past import past_tables
from segrules.workflows.replay import replay_finding
from segrules.workflows.room import is_too_wide, may_keep, no_tables, plans_with_room, refuse_too_wide
from segrules.workflows.running import Progress, Run, chosen, ordered_relations, watched
from segrules.workflows.tie_counts import tied_tops, with_tops

if TYPE_CHECKING:
    from segrules.workflows.proving.asking import Kept


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """How many of an entity's rows a segment has. change: since the run before, None where that had no such segment.

    about: what its file says of it for people, as JSON has it; of a stage, what is said of its segmentation.
    """

    entity: str
    segment: str
    members: int
    rows: int
    change: int | None
    label: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """0 to 1, of the entity's rows; 0 where it has none."""
        return self.members / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Besides:
    """What is kept of each row of an entity besides its segments, by rules that define it."""

    rules: Rules
    wanted: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """The plans of what was counted, by entity, and the counts.

    Without counts where the findings have errors of names or data.
    """

    plans: Mapping[str, Plan]
    counts: tuple[SegmentCount, ...]
    findings: tuple[Diagnostic, ...]
    rows: Mapping[str, int] = field(default_factory=dict)


NOTHING_BESIDES: Mapping[str, Besides] = {}


def count_members(
    run: Run,
    select: Sequence[str],
    before: LastRun | None,
    progress: Progress | None,
    *,
    keep: bool = False,
    besides: Mapping[str, Besides] = NOTHING_BESIDES,
) -> Counted:
    """Checks the data, computes and counts. `before` is the record of the last run, for the change since then.

    keep: the rows are kept in tables, for members to be written of; the plans are then of what reads these. besides:
    by entity what they have besides, also of entities without segments.
    """
    wanted = chosen(run.rules, select)
    if isinstance(wanted, Diagnostic):
        return Counted({}, (), (*run.findings, wanted))
    zone = run.as_of.zone
    findings = (*run.findings, *(no_tables(run) if keep else ()))
    findings = findings if has_errors(findings) else checked(run, wanted)
    if has_errors(findings):
        return Counted({}, (), findings)
    findings += constants_that_never_occur(run.engine, run.project, run.tables, run.rules.values(), zone)
    plans: dict[str, Plan] = {}
    found: list[SegmentCount] = []
    rows: dict[str, int] = {}
    for entity, references in {**dict.fromkeys(besides, ()), **wanted}.items():
        more = besides.get(entity) or Besides(run.rules[entity], ())
        plans[entity], rows[entity], own, findings = _count_entity(
            run, entity, references, findings, progress, keep, more
        )
        found += _with_changes(run, own, before)
    members = {(item.entity, item.segment): item.members for item in found}
    findings += broken_expectations(run.project.segments, members, rows)
    return Counted(plans, tuple(found), adjusted(findings, run.project), rows)


def checked(
    run: Run, wanted: Mapping[str, Sequence[Reference]], fallen: Fallen | None = None
) -> tuple[Diagnostic, ...]:
    """The findings of a run, with what is wrong with the data that wanted things are computed from.

    fallen: what is proven only if data keeps a promise; else what is proven in little time.
    """
    zone = run.as_of.zone
    in_order = ordered_relations(run.rules, wanted)
    _, problems = check_contract(
        run.engine, run.project, run.tables, run.as_of.now, zone, in_order=in_order, fallen=fallen or _fallen(run)
    )
    if not has_errors(problems):
        past = {at for entity, items in wanted.items() for at in past_tables(run.rules[entity], items, run.as_of)}
        problems += check_past_keys(run.engine, run.project, run.tables, past, zone)
    return adjusted((*run.findings, *replay_finding(run, wanted), *problems), run.project)


def _fallen(run: Run) -> Fallen:
    """What is proven of a run's rules only if its data keeps to the contract."""

    @cache
    def kept() -> tuple[Kept, ...]:
        from segrules.workflows.proving.findings import what_holds  # heavy, and most data keeps to its contract

        return what_holds(run.project, run.rules, run.as_of)

    def fallen(table: str, column: str, promise: str) -> tuple[str, ...]:
        place = (table, column, promise)
        return tuple(
            one.words for one in kept() if place in {(fact.table, fact.column, fact.promise) for fact in one.facts}
        )

    return fallen


def _count_entity(
    run: Run,
    entity: str,
    references: Sequence[Reference],
    findings: tuple[Diagnostic, ...],
    progress: Progress | None,
    keep: bool,
    besides: Besides,
) -> tuple[Plan, int, list[tuple[str, Reference, int, int]], tuple[Diagnostic, ...]]:
    """The entity's plan and rows, members per segment, and the findings with what the numbers add to them."""
    rules, missing = with_missing_counts(besides.rules, references, findings)
    rules, tops = with_tops(rules, references)
    asked = (*(item.wanted for item in missing), *(wanted for top in tops for wanted in top.wanted))
    made = plan(rules, tuple(dict.fromkeys((*references, *besides.wanted, *asked))), run.as_of)
    scan = run.scan
    segments = writes.segments(made)
    extra = [output for output in made.outputs if output.wanted in {item.wanted for item in missing}]
    with watched(run.engine, progress):
        made, rows, sizes = sizes_of(
            run.engine, made, scan, (*segments, *extra), entity, keep=keep or (bool(tops) and may_keep(run.engine))
        )
    rest = iter(sizes)
    own, brought, twice = (list(islice(rest, len(part))) for part in (segments, extra, made.overlaps))
    in_for_that = dict(zip((output.wanted for output in extra), brought, strict=True))
    spans: dict[Span, int] = {item.span: in_for_that[item.wanted] for item in missing}
    findings = counted_findings(findings, spans, f"{rows:,} {entity} rows")
    counted = [(entity, output.wanted, size, rows) for output, size in zip(segments, own, strict=True)]
    tied = tuple(tied_tops(run.engine, made, scan, tops, entity))
    overlaps = tuple(_overlaps(run, entity, made, scan, twice))
    if keep and isinstance(run.engine, Server):
        fetch_kept(run.engine, run.local, made, run.workdir)
    return made, rows, counted, (*findings, *tied, *overlaps)


def sizes_of(
    engine: Engine, made: Plan, scan: ScanQuery, outputs: Sequence[Output], entity: str, *, keep: bool
) -> tuple[Plan, int, Sequence[int]]:
    """The plan, of what reads the kept rows if they are kept; the entity's rows, and for how many each output holds."""
    table = f"members of {entity}"  # three words, so that nothing in a plan has this name
    dialect = DIALECTS[engine.dialect]
    room = dialect.most_columns
    if keep or (room is not None and len(outputs) > room // 2) or is_too_wide(made, room):
        parts = cut(made, table)
        refuse_too_wide(parts, engine)
        _execute(engine, counts.kept(parts, dialect, scan))
        if isinstance(engine, DuckDB):
            described = engine.describe(everything(Table("table", name=table)).sql("duckdb"))
            _execute(engine, tuple(exact_statements(table, described)))
        return parts.rest, *_counted_in_parts(engine, parts.rest, scan, outputs)
    if (kinds := cut_to_signatures(made, outputs, table)) and may_keep(engine):
        _execute(engine, counts.signatures(kinds, dialect, scan))
        statement = counts.count_query(kinds.rest, dialect, scan, outputs, ALIKE)
    else:
        statement = _count_query(engine, made, scan, outputs)
    rows, *sizes = engine.run(statement)[0]
    return made, rows, sizes


def _count_query(engine: Engine, made: Plan, scan: ScanQuery, outputs: Sequence[Output]) -> str:
    """The statement that counts, for many rows at once where the engine is faster so."""
    dialect = DIALECTS[engine.dialect]
    room = dialect.most_columns
    if dialect.counts_in_planes and not is_too_wide(made, None if room is None else room - 3):
        parts = cut_to_planes(made, outputs, "planes")
        if parts is not None and (room is None or planes.width(parts) < room):
            return planes.count_query(parts, dialect, scan, outputs, _placed(engine, parts.rows, scan))
    return counts.count_query(made, dialect, scan, outputs)


def _placed(engine: Engine, rows: Rows, scan: ScanQuery) -> Scan | None:
    """The scan that rows come from one by one, where the engine knows of each row where it is kept."""
    behind = scan_behind(rows)
    return behind if behind and engine.run(has_places(scan, behind, engine.dialect))[0][0] else None


def _execute(engine: Engine, statements: Sequence[str]) -> None:
    for statement in statements:
        engine.execute(statement)


def _counted_in_parts(
    engine: Engine, made: Plan, scan: ScanQuery, outputs: Sequence[Output]
) -> tuple[int, Sequence[int]]:
    """The counts of a plan over kept rows, in one statement where the engine has room for so many columns."""
    dialect, narrowed = DIALECTS[engine.dialect], narrower(made)
    room = dialect.most_columns
    if room is None or (len(outputs) + len(made.overlaps) < room and not is_too_wide(made, room)):
        rows, *sizes = engine.run(_count_query(engine, made, scan, outputs))[0]
        return rows, sizes
    parts = [*plans_with_room(narrowed, outputs, engine), narrowed((), made.overlaps)]
    found = [engine.run(counts.count_query(part, dialect, scan, part.outputs))[0] for part in parts]
    return found[0][0], [size for _, *sizes in found for size in sizes]


def _with_changes(
    run: Run, counted: Sequence[tuple[str, Reference, int, int]], before: LastRun | None
) -> list[SegmentCount]:
    old: Mapping[tuple[str, str], int] = {} if before is None else before.members
    labels = {(item.entity, item.name): item.about.get("label") for item in run.project.segments}
    named: tuple[Segment | Segmentation, ...] = (*run.project.segmentations, *run.project.segments)
    abouts = {(item.entity, item.name): as_json(item.about) for item in named}
    found = []
    for entity, segment, size, rows in counted:
        last = old.get((entity, segment.name))
        label = labels.get((entity, segment.name))
        shown = label if isinstance(label, str) else segment.name
        about = abouts.get((entity, segment.name)) or abouts.get((entity, segment.name.partition(".")[0]), {})
        change = None if last is None else size - last
        found.append(SegmentCount(entity, segment.name, size, rows, change, shown, about))
    return found


def as_json(value: Any) -> Any:
    """A free value of a rule file as JSON has it: dates as texts, numbers as numbers."""
    match value:
        case Mapping():
            return {key: as_json(item) for key, item in value.items()}
        case list() | tuple():
            return [as_json(item) for item in value]
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case timedelta():
            return str(value)
        case _:
            return value


def _overlaps(run: Run, entity: str, made: Plan, scan: ScanQuery, twice: Sequence[int]) -> Iterator[Diagnostic]:
    """Rows that match two stages of a `unique` segmentation, so many of each: an error, with three of their keys."""
    spans = {(item.entity, item.name): item.span for item in run.project.segmentations}
    for (name, matches), count in zip(made.overlaps, twice, strict=True):
        if count:
            rows = run.engine.run(counts.overlap_query(made, DIALECTS[run.engine.dialect], scan, matches))
            shown = ", ".join(f"`{key}`" for (key,) in rows)
            many = "1 row matches" if count == 1 else f"{count:,} rows match"
            message = f"{many} more than one stage of `{name}`: {shown}" + (", …" if count > len(rows) else "")
            help = "make the stages exclude each other, or write `hit: first`"
            yield Diagnostic("segmentation-overlap", message, spans.get((entity, name)), help)
