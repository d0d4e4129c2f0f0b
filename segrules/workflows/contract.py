"""The data of a run held against what the project says about it, before any rule sees a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from segrules.diagnostics import Diagnostic
from segrules.engines.engine import Engine, EngineError
from segrules.language.core import Duration
from segrules.language.types import Kind
from segrules.planning.time import shift_instant, start_of_day, to_local
from segrules.project.model import Column, Entity, Lookup, Project, Relation
from segrules.sql import checks
from segrules.sql.checks import Check, CheckKind, Query, View
from segrules.sql.scans import Table
from segrules.workflows.sources import Owner, data_finding, owners


@dataclass(frozen=True, slots=True)
class Contract:
    """What was seen of each table: stored and visible rows, and the newest visible time (timestamps in UTC)."""

    stored: Mapping[str, int]
    rows: Mapping[str, int]
    newest: Mapping[str, date | datetime]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One table's summary: what failed is (check, rows)."""

    stored: int
    visible: int
    newest: date | datetime | None
    failed: tuple[tuple[Check, int], ...]


def check_contract(
    engine: Engine,
    project: Project,
    tables: Mapping[str, Table],
    as_of: datetime,
    zone: str,
    *,
    in_order: Collection[str] = (),
) -> tuple[Contract, tuple[Diagnostic, ...]]:
    """Every finding about the data at an instant (naive UTC, exclusive).

    in_order: the relations whose rows some rule takes in order; ties among them are a warning.
    """
    views = {table: _view(owner, tables[table], as_of, zone) for table, owner in owners(project) if table in tables}
    seen: dict[str, _Seen] = {}
    findings: list[Diagnostic] = []
    done: set[object] = set()
    for table, owner in owners(project):
        view = views.get(table)
        if view is None or (isinstance(owner, Lookup) and (view, owner.on) in done):
            continue
        done.add((view, owner.on if isinstance(owner, Lookup) else None))
        try:
            known = _known_keys(owner, project, views)
            summary = seen[table] = _summarise(engine, view, _checks(owner, view, known is not None), known)
            findings += _findings(engine, owner, view, summary, known)
            if isinstance(owner, Relation):
                findings += _stale(owner, summary, as_of, zone)
                findings += _ties(engine, owner, view) if owner.name in in_order else ()
        except EngineError as error:
            assert owner.source is not None
            findings.append(data_finding(error, owner.source))
    contract = Contract(
        {table: item.stored for table, item in seen.items()},
        {table: item.visible for table, item in seen.items()},
        {table: item.newest for table, item in seen.items() if item.newest is not None},
    )
    return contract, tuple(findings)


def _view(owner: Owner, table: Table, as_of: datetime, zone: str) -> View:
    time = None if isinstance(owner, Lookup) else owner.time
    valid = None if isinstance(owner, Relation) else owner.valid
    return View(table, owner.columns, as_of, zone, time, valid)


def _known_keys(owner: Owner, project: Project, views: Mapping[str, View]) -> Query | None:
    """The query of the keys that a relation's rows may have; None where any key is somebody."""
    if not isinstance(owner, Relation):
        return None
    entity = project.entity(owner.entity)
    view = views.get(entity.name)
    return None if view is None or entity.from_relation is not None else checks.keys(view, entity.key)


def _checks(owner: Owner, view: View, has_known_keys: bool) -> tuple[Check, ...]:
    found: list[Check] = []
    keys = set(_keys(owner))
    for item in owner.columns:
        found.append(Check("unfit", item))
        if item.never_missing or (item.name in keys):
            found.append(Check("missing", item))
        if item.values is not None and item.type.kind is not Kind.LIST:
            found.append(Check("values", item))
        if item.least is not None:
            found.append(Check("least", item))
        if item.most is not None:
            found.append(Check("most", item))
    if isinstance(owner, Relation):
        if owner.time is not None:
            found.append(Check("no-time", view.column(owner.time)))
        if has_known_keys:
            found.append(Check("unknown-key", view.column(owner.key)))
    return tuple(check for check in found if check.kind != "unfit" or checks.may_be_unfit(view, check.column))


def _keys(owner: Owner) -> tuple[str, ...]:
    return tuple(key for _, key in owner.on) if isinstance(owner, Lookup) else (owner.key,)


def _summarise(engine: Engine, view: View, wanted: Sequence[Check], known: Query | None) -> _Seen:
    (row,) = engine.run(checks.summary(view, wanted, known).sql(engine.dialect))
    stored, visible, *rest = row
    newest = rest.pop(0) if view.time is not None else None
    return _Seen(stored, visible, newest, tuple(zip(wanted, rest, strict=True)))


def _findings(engine: Engine, owner: Owner, view: View, seen: _Seen, known: Query | None) -> Iterator[Diagnostic]:
    if isinstance(owner, Entity) and seen.stored == 0:
        yield Diagnostic("data-missing", f"the data of `{owner.name}` has no rows", owner.span)
    failed = {(check.kind, check.column.name): rows for check, rows in seen.failed if rows}
    unfit = {name for kind, name in failed if kind == "unfit"}
    for check, rows in seen.failed:
        if (
            not rows
            or (check.kind != "unfit" and check.column.name in unfit)
            or check.kind in ("no-time", "unknown-key")
        ):
            continue
        if check.kind == "missing" and isinstance(owner, Relation) and not check.column.never_missing:
            continue
        values = [] if check.kind == "missing" else _examples(engine, view, check, known)
        yield _broken(owner, check, rows, values)
    if isinstance(owner, Relation):
        yield from _ignored(engine, owner, view, failed, known)
    elif not unfit & set(_keys(owner)):
        yield from _duplicates(engine, owner, view)


def _examples(engine: Engine, view: View, check: Check, known: Query | None) -> list[object]:
    return [row[0] for row in engine.run(checks.examples(view, check, known).sql(engine.dialect))]


def _broken(owner: Owner, check: Check, rows: int, values: Sequence[object]) -> Diagnostic:
    item, shown = check.column, _such_as(values)
    is_key = item.name in _keys(owner)
    code = "unfit-value" if check.kind == "unfit" or is_key else "contract-breach"
    help = None
    match check.kind:
        case "unfit":
            message = f"{_count(rows, 'value')} of `{item.name}` in `{owner.name}` cannot be read as {item.type}{shown}"
            help = _advice(owner, item)
        case "missing" if is_key and not isinstance(owner, Relation):
            code = "missing-entity-key"
            message = f"{_rows_have(rows)} no `{item.name}` in `{owner.name}`, whose key it is"
        case "missing":
            message = f"{_rows_have(rows)} no `{item.name}` in `{owner.name}`, where it is never missing"
        case "values":
            message = f"{_count(rows, 'value')} of `{item.name}` in `{owner.name}` outside its `values`{shown}"
        case "least":
            message = f"{_count(rows, 'value')} of `{item.name}` in `{owner.name}` below {_shown(item.least)}{shown}"
        case _:
            message = f"{_count(rows, 'value')} of `{item.name}` in `{owner.name}` above {_shown(item.most)}{shown}"
    return Diagnostic(code, message, item.span or owner.span, help)


def _advice(owner: Owner, item: Column) -> str | None:
    assert owner.source is not None
    format = owner.source.format
    if item.type.is_temporal and format.dates is None:
        return "say how the file writes dates: `format: {dates: '%d.%m.%Y'}`"
    if item.type.is_numeric and format.decimal == ".":
        return "if the file writes 1,5 for one and a half: `format: {decimal: ','}`"
    return None


def _duplicates(engine: Engine, owner: Entity | Lookup, view: View) -> Iterator[Diagnostic]:
    keys = _keys(owner)
    rows = engine.run(checks.duplicates(view, keys).sql(engine.dialect))
    if rows:
        values: list[object] = [row[1] if len(keys) == 1 else ", ".join(map(_shown, row[1:])) for row in rows]
        named = " and ".join(f"`{key}`" for key in keys)
        message = f"{_count(rows[0][0], 'key')} of `{owner.name}` more than once{_such_as(values)}"
        help = f"its data must have one row per {named}"
        if owner.valid is None:
            help += "; where rows hold for a time, say so with `valid`"
        yield Diagnostic("duplicate-entity-key", message, owner.span, help)


def _ignored(
    engine: Engine, owner: Relation, view: View, failed: Mapping[tuple[CheckKind, str], int], known: Query | None
) -> Iterator[Diagnostic]:
    """One warning for all rows that no rule sees."""
    parts = []
    gaps: tuple[tuple[CheckKind, str | None], ...] = (("missing", owner.key), ("no-time", owner.time))
    for kind, name in gaps:
        rows = failed.get((kind, name or ""), 0)
        if rows:
            parts.append(f"{_rows_have(rows)} no `{name}`")
    strangers = failed.get(("unknown-key", owner.key), 0)
    if strangers:
        values = _examples(engine, view, Check("unknown-key", view.column(owner.key)), known)
        verb = "belongs" if strangers == 1 else "belong"
        parts.append(f"{_count(strangers, 'row')} {verb} to no known `{owner.entity}`{_such_as(values)}")
    if parts:
        yield Diagnostic("ignored-rows", f"`{owner.name}`: {', '.join(parts)}; no rule sees them", owner.span)


def _stale(owner: Relation, seen: _Seen, as_of: datetime, zone: str) -> Iterator[Diagnostic]:
    if owner.fresh is None:
        return
    back = replace(owner.fresh, count=-owner.fresh.count)
    limit = shift_instant(as_of, back, zone)
    newest = seen.newest
    if newest is None:
        yield Diagnostic("stale-data", f"`{owner.name}` has no rows before the as-of instant", owner.span)
        return
    moment = newest if isinstance(newest, datetime) else start_of_day(newest, zone)
    if moment < limit:
        said = to_local(newest, zone) if isinstance(newest, datetime) else newest
        message = (
            f"the newest row of `{owner.name}` is of {_shown(said)}, older than {_length(owner.fresh)} "
            f"at {_shown(to_local(as_of, zone))}"
        )
        yield Diagnostic("stale-data", message, owner.span)


def _ties(engine: Engine, owner: Relation, view: View) -> Iterator[Diagnostic]:
    order = tuple(part for part in (owner.time, owner.order) if part is not None)
    if not order:
        return
    rows = engine.run(checks.ties(view, owner.key, order).sql(engine.dialect))
    if rows:
        named = " and ".join(f"`{part}`" for part in order)
        message = (
            f"{_count(rows[0][0], 'key')} of `{owner.name}` with rows of equal {named}{_such_as([r[1] for r in rows])}"
        )
        help = (
            "of equal rows, `first` and `last` take the smallest value; `order:` names a column that tells them apart"
        )
        yield Diagnostic("tied-rows", message, owner.span, help)


def _such_as(values: Iterable[object]) -> str:
    shown = [f"`{_shown(value)}`" for value in values]
    return f", such as {', '.join(shown)}" if shown else ""


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _count(number: int, noun: str) -> str:
    """`1 value`, `2,000 values`, followed by what they do."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _rows_have(number: int) -> str:
    return f"{_count(number, 'row')} {'has' if number == 1 else 'have'}"


def _length(length: Duration) -> str:
    return f"{length.count} {length.unit}{'' if length.count == 1 else 's'}"
