"""The data of a run held against what the project says about it, before any rule sees a row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import Engine, EngineError
from segrules.language.types import Kind
from segrules.planning.tables import visible
from segrules.planning.time import AsOf, shift_instant, start_of_day, to_local
from segrules.project.model import Entity, Lookup, Project, Relation
from segrules.sql import DIALECTS, checks
from segrules.sql.checks import Check, CheckKind, Known, View
from segrules.sql.scans import Table
from segrules.sql.text import text
from segrules.workflows import contract_findings as say
from segrules.workflows.contract_findings import Owner, keys_of
from segrules.workflows.sources import data_finding, owners

Fallen = Callable[[str, str, str], Sequence[str]]
"""For a table, a column of it and a promise (values, min, max, missing) what is proven only if data keeps to it."""

_PROMISES: Mapping[CheckKind, str] = {"values": "values", "least": "min", "most": "max", "missing": "missing"}

BITS = 1 << 28  # as many keys as are told apart by a bit each: 32 MB


@dataclass(frozen=True, slots=True)
class Contract:
    """What was seen of each table: stored and visible rows, and the newest visible time (timestamps in UTC)."""

    stored: Mapping[str, int]
    rows: Mapping[str, int]
    newest: Mapping[str, date | datetime]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One table's summary: how many visible rows have a key, its extremes, and the rows that fail each check."""

    stored: int
    visible: int
    newest: date | datetime | None
    keys: int | None
    smallest: Any
    largest: Any
    failed: Mapping[tuple[CheckKind, str], tuple[Check, int]]

    def rows(self, kind: CheckKind, column: str | None) -> int:
        return self.failed[kind, column][1] if column is not None and (kind, column) in self.failed else 0


def check_contract(
    engine: Engine,
    project: Project,
    tables: Mapping[str, Table],
    as_of: datetime,
    zone: str,
    *,
    in_order: Collection[str] = (),
    fallen: Fallen | None = None,
) -> tuple[Contract, tuple[Diagnostic, ...]]:
    """Every finding about the data at an instant (naive UTC, exclusive).

    in_order: the relations whose rows some rule takes in order; ties among them are a warning. fallen: what falls with
    a promise of the contract, asked where data breaks one.
    """
    seen: dict[str, _Seen] = {}
    known: dict[str, Known] = {}
    findings: list[Diagnostic] = []
    done: set[object] = set()
    for table, owner in owners(project):
        view = _view(engine, owner, tables[table], as_of, zone) if table in tables else None
        if view is None or (view, keys_of(owner)) in done:
            continue
        done.add((view, keys_of(owner)))
        try:
            nobody = known.get(owner.entity) if isinstance(owner, Relation) else None
            summary = seen[table] = _summarise(engine, owner, view, nobody)
            findings += _broken(engine, table, owner, view, summary, fallen)
            if isinstance(owner, Relation):
                findings += _relation(engine, owner, view, summary, nobody, owner.name in in_order)
            else:
                known[table], twice = _keys(engine, owner, view, summary)
                findings += twice
        except EngineError as error:
            assert owner.source is not None
            findings.append(data_finding(error, owner.source))
    contract = Contract(
        {table: item.stored for table, item in seen.items()},
        {table: item.visible for table, item in seen.items()},
        {table: item.newest for table, item in seen.items() if item.newest is not None},
    )
    return contract, tuple(findings)


def check_past_keys(
    engine: Engine, project: Project, tables: Mapping[str, Table], at: Iterable[tuple[datetime, str]], zone: str
) -> tuple[Diagnostic, ...]:
    """Findings about keys that stood twice at earlier instants (naive UTC, exclusive), in those tables with `valid`."""
    findings = []
    kept = dict(owners(project))
    for moment, table in sorted(at):
        owner = kept.get(table)
        if owner is None or isinstance(owner, Relation) or owner.valid is None:
            continue
        view = _view(engine, owner, tables[table], moment, zone)
        rows = engine.run(text(checks.duplicates(view, keys_of(owner)), view.dialect))
        if rows:
            twice = [[_on_wall_clock(value, zone) for value in row[1:]] for row in rows]
            found = say.duplicate_keys(owner, rows[0][0], twice)
            day = to_local(moment, zone).isoformat()
            findings.append(replace(found, message=f"{found.message}, when `was` looks at {day}"))
    return tuple(findings)


def _view(engine: Engine, owner: Owner, table: Table, as_of: datetime, zone: str) -> View:
    time = None if isinstance(owner, Lookup) else owner.time
    exists = visible(owner, AsOf(as_of, as_of, zone))
    return View(table, owner.columns, as_of, zone, time, exists, DIALECTS[engine.dialect])


def _summarise(engine: Engine, owner: Owner, view: View, known: Known | None) -> _Seen:
    wanted = tuple(_checks(owner, view, known is not None))
    keys = keys_of(owner)
    key = keys[0] if len(keys) == 1 and not isinstance(owner, Relation) else None
    unseen = [check for check in wanted if isinstance(owner, Relation) and _is_of_nobody(check, owner)]
    room = view.dialect.most_columns
    size = len(wanted) + 1 if room is None else room // 2 - 4  # of each check there may be two columns
    first = (*wanted[:size], *(check for check in unseen if check not in wanted[:size]))
    (row,) = engine.run(text(checks.summary(view, first, known, key, unseen), view.dialect))
    stored, visible, newest, count, smallest, largest, *failed = row
    for start in range(size, len(wanted), size):
        (row,) = engine.run(text(checks.summary(view, wanted[start : start + size], known), view.dialect))
        failed = [*failed[:start], *row[6:]]
    by_check = {(check.kind, check.column.name): (check, rows) for check, rows in zip(wanted, failed, strict=False)}
    return _Seen(stored, visible, newest, count, smallest, largest, by_check)


def _is_of_nobody(check: Check, relation: Relation) -> bool:
    return check.kind == "unknown-key" or (check.kind == "missing" and check.column.name == relation.key)


def _checks(owner: Owner, view: View, has_known_keys: bool) -> Iterator[Check]:
    """What no row of a table should be. Values that fit by their stored type are not looked at."""
    keys = keys_of(owner)
    for item in owner.columns:
        if checks.may_be_unfit(view, item):
            yield Check("unfit", item)
        if item.never_missing or item.name in keys:
            yield Check("missing", item)
        if item.values is not None and item.type.kind is not Kind.LIST:
            yield Check("values", item)
        if item.least is not None:
            yield Check("least", item)
        if item.most is not None:
            yield Check("most", item)
    if isinstance(owner, Relation):
        if owner.time is not None:
            yield Check("no-time", view.column(owner.time))
        if has_known_keys:
            yield Check("unknown-key", view.column(owner.key))


def _broken(
    engine: Engine, table: str, owner: Owner, view: View, seen: _Seen, fallen: Fallen | None
) -> Iterator[Diagnostic]:
    if isinstance(owner, Entity) and seen.stored == 0:
        yield say.no_rows(owner)
    for check, rows in seen.failed.values():
        if not rows or not _is_said(check, owner, seen):
            continue
        values = () if check.kind == "missing" else engine.run(text(checks.examples(view, check), view.dialect))
        zone = "UTC" if check.kind == "unfit" else view.zone  # unfit ones are as they are stored
        found = say.broken(owner, check, rows, [_on_wall_clock(value, zone) for (value,) in values])
        promise = _PROMISES.get(check.kind)
        what = fallen(table, check.column.name, promise) if fallen is not None and promise is not None else ()
        yield replace(found, notes=(f"no longer proven: {'; '.join(what)}",)) if what else found


def _is_said(check: Check, owner: Owner, seen: _Seen) -> bool:
    """Rows without key or time are said together; an unfit value is said once, not also to be missing."""
    if check.kind in ("no-time", "unknown-key"):
        return False
    if check.kind != "unfit" and seen.rows("unfit", check.column.name):
        return False
    return check.kind != "missing" or check.column.never_missing or not isinstance(owner, Relation)


def _keys(engine: Engine, owner: Entity | Lookup, view: View, seen: _Seen) -> tuple[Known, tuple[Diagnostic, ...]]:
    """The keys of an entity or lookup, and whether they stand more than once."""
    keys = keys_of(owner)
    known = checks.keys(view, keys[0])
    low, high = seen.smallest, seen.largest
    is_whole = type(low) is int and type(high) is int
    if engine.dialect == "duckdb" and is_whole and high - low < BITS and low >= -(2**63) and high < 2**63:
        ((distinct,),) = engine.run(text(checks.distinct_in_range(view, keys[0], low, high), view.dialect))
        if distinct == seen.keys:
            return Known(every=(low, high)) if distinct == high - low + 1 else known, ()
    if any(seen.rows("unfit", key) for key in keys):
        return known, ()
    rows = engine.run(text(checks.duplicates(view, keys), view.dialect))
    if not rows:
        return known, ()
    twice = [[_on_wall_clock(value, view.zone) for value in row[1:]] for row in rows]
    return known, (say.duplicate_keys(owner, rows[0][0], twice),)


def _on_wall_clock(value: Any, zone: str) -> Any:
    """A value as its owner reads it: an instant on the clocks of the project's zone."""
    return to_local(value, zone) if isinstance(value, datetime) and value.tzinfo is None else value


def _relation(
    engine: Engine, owner: Relation, view: View, seen: _Seen, known: Known | None, in_order: bool
) -> Iterator[Diagnostic]:
    keyless, timeless = seen.rows("missing", owner.key), seen.rows("no-time", owner.time)
    strangers = seen.rows("unknown-key", owner.key)
    if keyless or timeless or strangers:
        nobody = Check("unknown-key", view.column(owner.key))
        found = engine.run(text(checks.strangers(view, nobody, known), view.dialect)) if strangers and known else []
        yield say.ignored_rows(owner, keyless, timeless, strangers, [key for (key,) in found])
    if owner.fresh is not None:
        oldest = shift_instant(view.now, replace(owner.fresh, count=-owner.fresh.count), view.zone)
        moment = seen.newest
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = start_of_day(moment, view.zone)
        if moment is None or moment < oldest:
            yield say.stale(owner, seen.newest, owner.fresh, view.now, view.zone)
    order = tuple(part for part in (owner.time, owner.order) if part is not None)
    if in_order and order:
        rows = engine.run(text(checks.ties(view, owner.key, order), view.dialect))
        if rows:
            yield say.tied(owner, order, rows[0][0], [key for _, key in rows])
