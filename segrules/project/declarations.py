"""segrules.yml as entities and relations: sources, contracts, lookups, joined by names that exist."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from segrules.diagnostics import Diagnostic, did_you_mean
from segrules.language.types import DATE, UNKNOWN, Kind
from segrules.project.addresses import scheme_of
from segrules.project.contract_types import Value, fitted, is_day
from segrules.project.documents import (
    ColumnDocument,
    DerivedRelationDocument,
    EntityDocument,
    FormatDocument,
    LookupDocument,
    ProjectDocument,
    RelationDocument,
    SourceDocument,
    ValueDocument,
)
from segrules.project.engine_choice import EngineChoice, NotAnEngine, engine_choice, engine_finding
from segrules.project.leaves import Located, Unfit
from segrules.project.model import Column, Entity, Format, Lookup, Making, Relation, RowValue, Source
from segrules.project.names import NameKind, name_finding
from segrules.project.plain import Key, Plain
from segrules.source import without_secrets

Findings = list[Diagnostic]
DEFAULT_ZONE = "UTC"


def time_zone(name: Located[str] | None, findings: Findings) -> str:
    """The project's time zone; UTC where none, or none that exists, is written."""
    if name is None:
        return DEFAULT_ZONE
    try:
        ZoneInfo(name.value)
        return name.value
    except (ValueError, OSError, KeyError):
        help = did_you_mean(name.value, available_timezones()) or "a name such as `Asia/Bangkok`"
        findings.append(Diagnostic("wrong-value", f"`{name.value}` is not a time zone", name.span, help))
        return DEFAULT_ZONE


def entities(document: ProjectDocument, zone: str, findings: Findings) -> tuple[Entity, ...]:
    """The entities with sources or with the relation whose keys they are; those without any rows are left out."""
    found = (_entity(name, item, document, zone, findings) for name, item in document.entities.items())
    return tuple(entity for entity in found if entity is not None)


def _entity(
    name: Key, document: EntityDocument, project: ProjectDocument, zone: str, findings: Findings
) -> Entity | None:
    check_name(name, "entity", findings)
    base = document.from_relation
    columns = _columns(document.columns, zone, findings)
    key = document.key.value if document.key else None
    if base is not None:
        relation = project.relations.get(Key(base.value, base.span))
        if relation is None:
            findings.append(unknown("relation", base, project.relations))
            return None
        stored = _stored(relation, project)
        if stored is not None and stored.of is not None and stored.of.value != name:
            message = f"`{base.value}` has the rows of `{stored.of.value}`, and `{name}` is made from rows of its own"
            findings.append(Diagnostic("unknown-relation", message, base.span, f"a relation with `of: {name}`"))
            return None
        key = key or (stored.key.value if stored is not None else "key")
        columns = _key_column(key, stored, zone)
    assert key is not None  # documents see to that
    return Entity(
        name,
        key,
        source_of(document.source, document.format, findings),
        base.value if base else None,
        columns,
        _lookups(document.lookups, zone, findings),
        _text(document.time),
        _texts(document.valid),
        name.span,
    )


def _stored(relation: RelationDocument | DerivedRelationDocument, project: ProjectDocument) -> RelationDocument | None:
    """The stored relation that a relation is, or is made from in the end; None where there is none."""
    for _ in project.relations:
        if isinstance(relation, RelationDocument):
            return relation
        base = project.relations.get(Key(relation.from_relation.value, relation.from_relation.span))
        if base is None:
            return None
        relation = base
    return relation if isinstance(relation, RelationDocument) else None


def _key_column(key: str, relation: RelationDocument | None, zone: str) -> tuple[Column, ...]:
    """The only column of an entity made from a relation, of the type that the key has there."""
    if relation is not None:
        for column in _columns(relation.columns, zone, []):
            if column.name == relation.key.value:
                return (Column(key, column.type, never_missing=True, span=column.span),)
        return ()
    return (Column(key, UNKNOWN, never_missing=True),)


def relations(document: ProjectDocument, zone: str, findings: Findings) -> tuple[Relation, ...]:
    """The relations, each of an entity that exists. Derived ones have the columns of their base and their own."""
    found: dict[str, Relation] = {}
    derived: dict[Key, DerivedRelationDocument] = {}
    for name, item in document.relations.items():
        check_name(name, "relation", findings)
        if isinstance(item, DerivedRelationDocument):
            derived[name] = item
            for column in item.columns:
                check_name(column, "column", findings)
            if item.has("by") and not item.by:
                findings.append(
                    Diagnostic("empty-list", f"`{name}` goes by nothing", item.key_span("by"), "leave `by` out")
                )
            stored = _stored(item, document)
            if item.of is not None and stored is not None:
                findings += _same_owner(item.of, stored, document)
        elif (owner := _owner(name, item, document, findings)) is not None:
            found[name] = _relation(name, item, owner, zone, findings)
    _derive(derived, found, document, findings)
    return tuple(found[name] for name in document.relations if name in found)


def _same_owner(of: Located[str], stored: RelationDocument, document: ProjectDocument) -> list[Diagnostic]:
    """A finding where a derived relation is said to be of another entity than the rows that it is made from."""
    if of.value not in document.entities:
        return [unknown("entity", of, document.entities)]
    owner = stored.of.value if stored.of is not None else of.value
    if owner == of.value:
        return []
    message = f"the rows that this is made from are those of `{owner}`"
    return [Diagnostic("wrong-value", message, of.span, f"`of: {owner}`, or leave `of` out")]


def _owner(name: Key, item: RelationDocument, document: ProjectDocument, findings: Findings) -> str | None:
    """The name of the entity whose rows a relation has."""
    if item.of is not None:
        if item.of.value in document.entities:
            return item.of.value
        findings.append(unknown("entity", item.of, document.entities))
    elif len(document.entities) == 1:
        return str(next(iter(document.entities)))
    elif document.entities:
        help = " or ".join(f"`of: {entity}`" for entity in document.entities)
        findings.append(
            Diagnostic("missing-key", f"`{name}` needs `of`: the entity whose rows it has", name.span, help)
        )
    return None


def _relation(name: Key, item: RelationDocument, owner: str, zone: str, findings: Findings) -> Relation:
    if item.fresh is not None and item.time is None:
        message = f"`fresh` needs `time`: without it nobody knows how old the rows of `{name}` are"
        findings.append(Diagnostic("missing-key", message, item.key_span("fresh")))
    return Relation(
        name,
        owner,
        item.key.value,
        source_of(item.source, item.format, findings),
        _columns(item.columns, zone, findings),
        _lookups(item.lookups, zone, findings),
        _text(item.time),
        _text(item.order),
        item.fresh.value if item.fresh else None,
        value=_value(item.value),
        span=name.span,
    )


def _value(item: ValueDocument | None) -> RowValue | None:
    if item is None:
        return None
    order = item.order
    return RowValue(item.spend, item.margin, _text(order), item.span, order.span if order else None)


def _derive(
    waiting: dict[Key, DerivedRelationDocument],
    found: dict[str, Relation],
    document: ProjectDocument,
    findings: Findings,
) -> None:
    """Adds the derived relations, bases first."""
    pending = dict(waiting)
    while ready := [name for name, item in pending.items() if item.from_relation.value in found]:
        for name in ready:
            found[name] = _derived(name, pending.pop(name), found)
    for name, item in pending.items():
        if item.from_relation.value not in document.relations:
            findings.append(unknown("relation", item.from_relation, document.relations))
        elif circle := _circle(name, pending):
            message = f"`{name}` is made from itself: {' -> '.join(f'`{step}`' for step in circle)}"
            findings.append(Diagnostic("reference-cycle", message, item.from_relation.span))


def _derived(name: Key, item: DerivedRelationDocument, found: Mapping[str, Relation]) -> Relation:
    """The relation; its columns, their types and what it looks up are known when its rules are resolved."""
    base = found[item.from_relation.value]
    is_rollup = bool(item.by)
    return Relation(
        name,
        base.entity,
        base.key,
        time=_text(item.time) or (None if is_rollup else base.time),
        order=_text(item.order) or (None if is_rollup else base.order),
        from_relation=base.name,
        making=Making(item.where, tuple(item.by), tuple((str(key), rule) for key, rule in item.columns.items())),
        value=_value(item.value),
        span=name.span,
    )


def _circle(start: str, pending: Mapping[Key, DerivedRelationDocument]) -> list[str]:
    """The relations from `start` back to it, or none where it only leads into a circle."""
    by_name = {str(name): item.from_relation.value for name, item in pending.items()}
    steps = [start]
    while (following := by_name.get(steps[-1])) is not None and following not in steps:
        steps.append(following)
    return [*steps, start] if following == start else []


def _lookups(documents: Mapping[Key, LookupDocument], zone: str, findings: Findings) -> tuple[Lookup, ...]:
    return tuple(_lookup(name, item, zone, findings) for name, item in documents.items())


def _lookup(name: Key, item: LookupDocument, zone: str, findings: Findings) -> Lookup:
    check_name(name, "lookup", findings)
    if item.entity is not None:
        for key in ("columns", "lookups", "format", "valid"):
            if item.has(key):
                message = f"`{name}` leads to `{item.entity.value}`, whose own `{key}` count"
                findings.append(Diagnostic("invalid-source", message, item.key_span(key), f"leave `{key}` out"))
        return Lookup(
            name,
            None,
            tuple((own.value, other.value) for own, other in item.on),
            (),
            (),
            None,
            item.entity.value,
            name.span,
        )
    return Lookup(
        name,
        source_of(item.source, item.format, findings),
        tuple((own.value, other.value) for own, other in item.on),
        _columns(item.columns, zone, findings),
        _lookups(item.lookups, zone, findings),
        _texts(item.valid),
        _text(item.entity),
        name.span,
    )


def source_of(document: SourceDocument | None, beside: FormatDocument | None, findings: Findings) -> Source | None:
    if document is None:
        return None
    if (document.path is None) == (document.table is None):
        message = "a source is a path of files or a `table` of an engine" + (", not both" if document.path else "")
        findings.append(Diagnostic("invalid-source", message, document.span))
    if document.format and beside:
        findings.append(Diagnostic("invalid-source", "`format` is written twice for this source", beside.span))
    format = document.format or beside or FormatDocument.model_construct()
    dates = format.dates.value if format.dates else None
    if format.delimiter == format.decimal:
        message = f"`{format.decimal}` cannot both separate columns and be the decimal sign"
        findings.append(Diagnostic("invalid-source", message, format.key_span("decimal")))
    return Source(
        _path(document.path, findings),
        _text(document.table),
        Format(format.delimiter, format.encoding, format.decimal, dates, format.missing),
        (document.path or document.table or document).span,
    )


def _path(written: Located[str] | None, findings: Findings) -> str | None:
    """A path or address. No secret in one goes further than this."""
    if written is None:
        return None
    path, message, help = written.value, "", ""
    if without_secrets(path) != path:
        message = "an address in a project has no password, key or token in it"
        help = "take it out, and change it where it has been in git; it belongs into the environment: docs/data.md"
    elif "::" in path and scheme_of(path) is not None:
        message, help = "an address is of one file or pattern, without `::`", "unpack it beforehand"
    elif scheme_of(path) in ("file", "local"):
        message, help = f"`{path}` is a file of this machine", f"write the path alone: `{path.partition('://')[2]}`"
    if message:
        findings.append(Diagnostic("invalid-source", message, written.span, help))
    return without_secrets(path)


def engine_of(written: Located[str] | None, findings: Findings) -> EngineChoice | None:
    """The engine that a file names; no choice where it names none that there is."""
    if written is None:
        return None
    try:
        return engine_choice(written.value, written.span, is_in_a_file=True)
    except NotAnEngine as error:
        findings.append(engine_finding("invalid-engine", error.message, written.span, error.help))
        return None


def _columns(documents: Mapping[Key, ColumnDocument], zone: str, findings: Findings) -> tuple[Column, ...]:
    return tuple(_column(name, item, zone, findings) for name, item in documents.items())


def _column(name: Key, item: ColumnDocument, zone: str, findings: Findings) -> Column:
    check_name(name, "column", findings)
    type = item.type.value
    element = type.element if type.kind is Kind.LIST and type.element else type
    has_order = type.kind not in (Kind.TEXT, Kind.BOOLEAN, Kind.LIST)
    bounds: dict[str, Value] = {}
    for key, node in (("min", item.min), ("max", item.max)):
        if node is not None and not has_order:
            findings.append(Diagnostic("wrong-value", f"a {type} column has no `{key}`", item.key_span(key)))
        elif node is not None:
            as_day = DATE if type.kind is Kind.TIMESTAMP and is_day(node) else None
            bounds[key] = _fitted(name, node, item, zone, findings, as_day)
    least, most = bounds.get("min"), bounds.get("max")
    if least is not None and most is not None and _is_above(least, most):
        findings.append(Diagnostic("wrong-value", f"the `min` of `{name}` is above its `max`", item.key_span("max")))
    values = None
    if item.values is not None:
        if not item.values:
            message = f"`{name}` may have no value at all"
            findings.append(Diagnostic("empty-list", message, item.key_span("values"), "leave `values` out"))
        fits = (_fitted(name, node, item, zone, findings, element) for node in item.values)
        values = tuple(value for value in fits if value is not None) or None
    return Column(name, type, values, least, most, item.missing is not None, name.span)  # type: ignore[arg-type]


def _is_above(least: Value, most: Value) -> bool:
    """Whether nothing lies between two bounds. A day bounds timestamps with all of its instants."""
    if isinstance(least, datetime) != isinstance(most, datetime):
        least, most = (bound.date() if isinstance(bound, datetime) else bound for bound in (least, most))
    return least > most  # type: ignore[operator]


def _fitted(name: Key, node: Plain, item: ColumnDocument, zone: str, findings: Findings, type: object = None) -> Value:
    try:
        value = fitted(node, item.type.value if type is None else type, zone)  # type: ignore[arg-type]
    except Unfit as unfit:
        findings.append(unfit_finding(unfit, name, node.span))
        return None
    if value is None:
        findings.append(Diagnostic("wrong-value", "nothing is not a value that a column can hold", node.span))
    return value


def unfit_finding(unfit: Unfit, key: str, span: object) -> Diagnostic:
    """A value's misfit as a finding; `key` is what it stands under."""
    place = unfit.span or span
    return Diagnostic(unfit.code, unfit.message.replace("{key}", key), place, unfit.help)  # type: ignore[arg-type]


def check_name(name: Key, kind: NameKind, findings: Findings) -> None:
    if finding := name_finding(name, kind, name.span):
        findings.append(finding)


def unknown(kind: str, name: Located[str], known: Mapping[Key, object]) -> Diagnostic:
    """That an entity or relation is not declared."""
    names = [str(key) for key in known]
    listed = ", ".join(f"`{key}`" for key in names[:5])
    help = did_you_mean(name.value, names) or (f"the project has {listed}" if names else None)
    return Diagnostic(f"unknown-{kind}", f"the project has no {kind} `{name.value}`", name.span, help)


def _text(word: Located[str] | None) -> str | None:
    return word.value if word else None


def _texts(words: tuple[Located[str], Located[str]] | None) -> tuple[str, str] | None:
    return (words[0].value, words[1].value) if words else None
