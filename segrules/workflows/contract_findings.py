"""What is said about data that breaks its contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from segrules.diagnostics import Diagnostic
from segrules.language.core import Duration
from segrules.planning.time import to_local
from segrules.project.model import Column, Entity, Lookup, Relation
from segrules.sql.checks import Check

Owner = Entity | Relation | Lookup


def keys_of(owner: Owner) -> tuple[str, ...]:
    """The columns that tell whose row it is."""
    return tuple(key for _, key in owner.on) if isinstance(owner, Lookup) else (owner.key,)


def broken(owner: Owner, check: Check, rows: int, values: Sequence[object]) -> Diagnostic:
    """A check that some rows fail; `values` are examples."""
    item, shown = check.column, _such_as(values)
    where = f"`{item.name}` in `{owner.name}`"
    is_key = item.name in keys_of(owner)
    code = "unfit-value" if check.kind == "unfit" or is_key else "contract-breach"
    help = None
    match check.kind:
        case "unfit":
            message = f"{_count(rows, 'value')} of {where} cannot be read as {item.type}{shown}"
            help = _advice(owner, item, values)
        case "missing" if is_key and not isinstance(owner, Relation):
            code = "missing-entity-key"
            message = f"{_rows_have(rows)} no {where}, whose key it is"
        case "missing":
            code = "unfit-value" if item.never_missing else code
            message = f"{_rows_have(rows)} no {where}, where it is never missing"
            help = "rules rely on it: mend the data, or take `missing: never` out of the contract"
        case "values":
            message = f"{_count(rows, 'value')} of {where} not among its `values`{shown}"
        case "least":
            message = f"{_count(rows, 'value')} of {where} below {_shown(item.least)}{shown}"
        case _:
            message = f"{_count(rows, 'value')} of {where} above {_shown(item.most)}{shown}"
    return Diagnostic(code, message, item.span or owner.span, help)


def duplicate_keys(owner: Entity | Lookup, keys: int, values: Sequence[Sequence[object]]) -> Diagnostic:
    """Keys that stand more than once; `values` are examples, a tuple for each."""
    named = " and ".join(f"`{key}`" for key in keys_of(owner))
    stand = "stands" if keys == 1 else "stand"
    examples = [", ".join(map(_shown, value)) for value in values]
    message = f"{_count(keys, 'key')} of `{owner.name}` {stand} more than once{_such_as(examples)}"
    help = f"its data must have one row per {named}"
    if owner.valid is None:
        help += "; where rows hold for a time, say so with `valid`"
    return Diagnostic("duplicate-entity-key", message, owner.span, help)


def ignored_rows(owner: Relation, keyless: int, timeless: int, strangers: int, values: Sequence[object]) -> Diagnostic:
    """Rows of a relation that no rule sees; `values` are keys that nobody has."""
    parts = [f"{_rows_have(rows)} no `{name}`" for rows, name in ((keyless, owner.key), (timeless, owner.time)) if rows]
    if strangers:
        verb = "belongs" if strangers == 1 else "belong"
        parts.append(f"{_count(strangers, 'row')} {verb} to no known `{owner.entity}`{_such_as(values)}")
    return Diagnostic("ignored-rows", f"`{owner.name}`: {'; '.join(parts)}; no rule sees them", owner.span)


def no_rows(owner: Entity) -> Diagnostic:
    return Diagnostic("data-missing", f"the data of `{owner.name}` has no rows", owner.span)


def stale(owner: Relation, newest: date | datetime | None, fresh: Duration, as_of: datetime, zone: str) -> Diagnostic:
    """A relation whose newest visible row is too old, or that has none. Instants are naive UTC."""
    if newest is None:
        return Diagnostic("stale-data", f"`{owner.name}` has no rows before the as-of instant", owner.span)
    said = to_local(newest, zone) if isinstance(newest, datetime) else newest
    length = f"{fresh.count} {fresh.unit}{'' if fresh.count == 1 else 's'}"
    message = (
        f"the newest row of `{owner.name}` is of {_shown(said)}, "
        f"more than {length} before {_shown(to_local(as_of, zone))}, the as-of instant"
    )
    return Diagnostic("stale-data", message, owner.span)


def tied(owner: Relation, order: Sequence[str], keys: int, values: Sequence[object]) -> Diagnostic:
    """Keys with rows that are equal in all of `order`."""
    named = " and ".join(f"`{part}`" for part in order)
    verb = "has" if keys == 1 else "have"
    message = f"{_count(keys, 'key')} of `{owner.name}` {verb} rows of equal {named}{_such_as(values)}"
    help = (
        "`first` and `last` take the smallest value among equal rows; `order` can name a column that tells them apart"
    )
    return Diagnostic("tied-rows", message, owner.span, help)


def _advice(owner: Owner, item: Column, values: Sequence[object]) -> str | None:
    """How a file's way of writing is declared, where that may be the reason."""
    format = owner.source.format if owner.source is not None else None
    if format is None:
        return None
    if item.type.is_temporal and format.dates is None:
        return "say how the file writes dates: `format: {dates: '%d.%m.%Y'}`"
    if item.type.is_numeric and format.decimal == "." and any("," in str(value) for value in values):
        return "say that the file writes 1,5 for one and a half: `format: {decimal: ','}`"
    return None


def without_values(finding: Diagnostic) -> Diagnostic:
    """A finding about data without the stored values that it shows, among which may be keys."""
    words, help = finding.message, finding.help
    match finding.code:
        case "constant-never-occurs":
            help = None  # the stored value that was meant
        case "segmentation-overlap":
            words = re.sub(r"(?<=`): `.*", "", words, flags=re.DOTALL)
        case "many-ties":
            words = re.sub(r"(?<= rows) of `.*`(?=[^`]* asked for, )", " of one group", words, flags=re.DOTALL)
        case "ignored-rows":
            words = re.sub(r", such as `.*(?=; no rule sees them$)", "", words, flags=re.DOTALL)
        case "contract-breach" | "unfit-value" | "tied-rows" | "duplicate-entity-key":
            words = re.sub(r", such as `.*$", "", words, flags=re.DOTALL)
    return replace(finding, message=words, help=help)


def _such_as(values: Iterable[object]) -> str:
    shown = [f"`{_shown(value)}`" for value in dict.fromkeys(values)]
    return f", such as {', '.join(shown)}" if shown else ""


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _rows_have(number: int) -> str:
    return f"{_count(number, 'row')} {'has' if number == 1 else 'have'}"
