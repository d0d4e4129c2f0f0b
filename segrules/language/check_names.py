"""What a dotted name means where it stands: a column, trait, segment, segmentation or param."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from segrules.diagnostics import did_you_mean
from segrules.language import syntax
from segrules.language.check_findings import Findings, guessed, refuse, unknown, written_name
from segrules.language.check_things import thing_at
from segrules.language.check_unknown_names import closest_segment, unknown_name
from segrules.language.core import Column, Element, Expression, Reference
from segrules.language.scope import Row, Scope, ScopeColumn, Things
from segrules.language.types import BOOLEAN, TEXT, list_of


@dataclass(frozen=True, slots=True)
class Looked:
    """A row that an aggregate looks at: of which relation, under which label, and what its author calls it."""

    relation: Row
    label: str
    alias: str | None = None

    @property
    def name(self) -> str:
        return self.relation.name if self.alias is None else self.alias


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands, which decides what its names mean.

    `rows` are those that the aggregates around it look at, the outermost first. In the `where` of the innermost a bare
    name is a column of its relation or else of the entity; in its value and its window a bare name is the entity's.
    `elements` are those of the lists that tests around it look into.
    `folds`: the place is a column of a rollup, whose aggregates fold the rows of this relation.
    """

    scope: Scope
    rows: tuple[Looked, ...] = ()
    part: OneOf["where", "value", "window"] = "where"
    elements: tuple[Element, ...] = ()
    folds: Row | None = None

    @property
    def relation(self) -> Row | None:
        """The relation of the innermost aggregate."""
        return self.rows[-1].relation if self.rows else None

    def names_of(self, looked: Looked) -> tuple[str, ...]:
        """What the row is called: by its alias, and by its relation where no other row here is of the same one."""
        same = [other for other in self.rows if other.relation.name == looked.relation.name]
        return (looked.name,) if len(same) > 1 else tuple(dict.fromkeys((looked.name, looked.relation.name)))

    def inside(self, relation: Row, alias: str | None = None) -> Place:
        """The place in the `where` of an aggregate over a relation that stands here."""
        taken = {looked.label for looked in self.rows}
        label = relation.name if relation.name not in taken else f"{relation.name} {len(self.rows) + 1}"
        return Place(self.scope, (*self.rows, Looked(relation, label, alias)), elements=self.elements)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a name: the parts from `start` on, followed from a row."""

    row: Row
    label: str
    start: int
    written: str


def resolve(name: syntax.Name, place: Place, findings: Findings) -> Expression:
    """The node that a name stands for; a finding where it stands for none, or for two."""
    first = name.parts[0]
    if len(name.parts) > 1 and not first.quoted and first.text in ("params", "segments"):
        return _param(name, place.scope, findings) if first.text == "params" else _segment(name, place.scope, findings)
    for element in place.elements:
        if len(name.parts) == 1 and first.text == element.row:
            return replace(element, span=name.span)
    readings = tuple(_readings(name, place))
    if len(readings) > 1 and not _is_shared_key(name, place):
        ways = " or ".join(f"`{reading.written}`" for reading in readings)
        rows = " or ".join(f"`{reading.row.name}`" for reading in readings)
        message = f"`{_dotted(name)}` means two things here, a value of {rows}"
        return refuse(findings, "ambiguous-name", name.span, message, f"write {ways}")
    if not readings:
        return _not_a_value(name, place, findings)
    return _follow(name, readings[-1 if place.part == "window" else 0], place, findings)


def _readings(name: syntax.Name, place: Place) -> Iterator[_Reading]:
    word = name.parts[0].text
    scope = place.scope
    if len(name.parts) > 1:
        named = next((looked for looked in reversed(place.rows) if word in place.names_of(looked)), None)
        if named is not None:
            yield _Reading(named.relation, named.label, 1, _dotted(name))
    if place.rows:
        innermost = place.rows[-1]
        relation = innermost.relation
        bare = word in relation.columns or word in relation.lookups
        if bare and (place.part == "where" or _is_entitys(name, scope)):
            yield _Reading(relation, innermost.label, 0, f"{innermost.name}.{_dotted(name)}")
    if len(name.parts) > 1 and word == scope.entity.name:
        yield _Reading(scope.entity, word, 1, _dotted(name))
    if _is_entitys(name, scope):
        yield _Reading(scope.entity, scope.entity.name, 0, f"{scope.entity.name}.{_dotted(name)}")


def _is_entitys(name: syntax.Name, scope: Scope) -> bool:
    word = name.parts[0].text
    values = (scope.entity.columns, scope.traits, scope.segmentations)
    return word in scope.entity.lookups or (len(name.parts) == 1 and any(word in known for known in values))


def _is_shared_key(name: syntax.Name, place: Place) -> bool:
    """Whether a name is the key, which is equal on both sides."""
    word = name.parts[0].text
    return (
        place.relation is not None
        and len(name.parts) == 1
        and word == place.relation.key == place.scope.entity.key
        and word not in place.scope.traits
    )


def _follow(name: syntax.Name, reading: _Reading, place: Place, findings: Findings) -> Expression:
    """The column, trait or segmentation at the end of a name's parts."""
    scope, row = place.scope, reading.row
    *path, last = name.parts[reading.start :]
    if row is scope.entity and not path and last.text not in row.columns:
        if last.text in scope.traits:
            trait = scope.traits[last.text]
            return Reference("trait", last.text, trait.type, trait.may_be_missing, span=name.span)
        if last.text in scope.segmentations:
            _, hit = scope.segmentations[last.text]
            return Reference("segmentation", last.text, list_of(TEXT) if hit == "any" else TEXT, True, span=name.span)
    if row is place.relation and place.part == "window":
        return _no_bound(name, row, findings)
    if (thing := thing_at((*path, last), row, reading.label, name.span, findings)) is not None:
        return thing
    column = _column(name, (*path, last), row, scope, findings)
    if column is None:
        return unknown(name.span)
    always_known = not path and (last.text == row.key or (row is not scope.entity and last.text == row.time))
    missing = bool(path) or (column.may_be_missing and not always_known)
    return Column(reading.label, tuple(step.text for step in path), last.text, column.type, missing, name.span)


def _column(
    name: syntax.Name, parts: tuple[syntax.Identifier, ...], row: Row, scope: Scope, findings: Findings
) -> ScopeColumn | None:
    """The column that parts of a name lead to from a row through its lookups, or None with a finding."""
    *path, last = parts
    for step in path:
        if step.text not in row.lookups:
            _no_lookup(name, step, row, scope, findings)
            return None
        row = row.lookups[step.text]
    if last.text not in row.columns:
        _no_column(name, last, row, scope, findings)
        return None
    return row.columns[last.text]


def _no_lookup(name: syntax.Name, step: syntax.Identifier, row: Row, scope: Scope, findings: Findings) -> Expression:
    if step.text in row.columns or (row is scope.entity and step.text in scope.traits):
        message = f"`{step.text}` is a value, so nothing can follow it after a dot"
        return refuse(findings, "unknown-name", name.span, message)
    message = f"`{row.name}` has no lookup `{step.text}`"
    return refuse(findings, "unknown-name", step.span, message, guessed(step.text, row.lookups))


def _no_column(name: syntax.Name, last: syntax.Identifier, row: Row, scope: Scope, findings: Findings) -> Expression:
    if last.text in row.lookups:
        columns = row.lookups[last.text].columns
        help = f"name a column of it: `{_dotted(name)}.{written_name(next(iter(columns)))}`" if columns else None
        return refuse(findings, "unknown-name", name.span, f"`{_dotted(name)}` is a lookup, not a value", help)
    if row.things is not None:
        return _no_thing(name, last, row, row.things, findings)
    known: Sequence[str] = (*row.columns, *row.lookups, *(scope.traits if row is scope.entity else ()))
    help = guessed(last.text, known)
    return refuse(findings, "unknown-name", last.span, f"`{row.name}` has no column `{last.text}`", help)


def _no_thing(name: syntax.Name, last: syntax.Identifier, row: Row, things: Things, findings: Findings) -> Expression:
    """The finding for the end of a name that leads to another entity, which has nothing of that name."""
    before = _dotted(replace(name, parts=name.parts[:-1]))
    if last.text in things.segments or last.text == "segments":
        segment = last.text if last.text in things.segments else next(iter(sorted(things.segments)), None)
        help = f"`{before}.segments.{segment}`?" if segment else None
        what = "is a segment" if last.text in things.segments else "is not a value"
        return refuse(findings, "unknown-name", name.span, f"`{_dotted(name)}` {what}", help)
    help = guessed(last.text, (*row.columns, *row.lookups, *things.traits, *things.segmentations))
    return refuse(findings, "unknown-name", last.span, f"`{things.entity}` has no column or trait `{last.text}`", help)


def _not_a_value(name: syntax.Name, place: Place, findings: Findings) -> Expression:
    """The finding for a name that is no column, trait or segmentation here: often a relation's."""
    first, scope = name.parts[0].text, place.scope
    if place.folds is not None and first in (*place.folds.columns, *place.folds.lookups):
        message = f"`{_dotted(name)}` has one value for each row of `{place.folds.name}`, and here stands one for many"
        return refuse(findings, "relation-as-value", name.span, message, f"`max({_dotted(name)})`?")
    if place.relation is not None and first in place.relation.columns and len(name.parts) == 1:
        return _not_bare(name, place.relation, place.part, findings)
    if first not in scope.relations:
        rows = [scope.entity] if place.relation is None else [place.relation, scope.entity]
        if len(name.parts) == 1 or not (first in scope.traits or any(first in row.columns for row in rows)):
            return unknown_name(name, scope, place.relation, findings)
        message = f"`{first}` is a value, so nothing can follow it after a dot"
        return refuse(findings, "unknown-name", name.span, message)
    relation = scope.relations[first]
    if len(name.parts) == 1:
        message = f"`{first}` is a relation, so it has many rows and no single value"
        return refuse(findings, "relation-as-value", name.span, message, f"`count({first})`?")
    if _column(name, name.parts[1:], relation, scope, findings) is None:
        return unknown(name.span)
    if place.relation is not None:
        message = f"`{_dotted(name)}` is not a value of one row of `{place.relation.name}`"
        help = "name an aggregate of it as a trait, and use the trait here"
        return refuse(findings, "relation-as-value", name.span, message, help)
    message = f"`{_dotted(name)}` has one value for each row of `{first}`"
    return refuse(findings, "relation-as-value", name.span, message, f"`max({_dotted(name)})`?")


def _not_bare(name: syntax.Name, relation: Row, part: str, findings: Findings) -> Expression:
    """The finding for a relation's column without its relation, in an aggregate's value or window."""
    word = name.parts[0].text
    if part == "window":
        return _no_bound(name, relation, findings)
    message = f"`{word}` is a column of `{relation.name}`, and a value names the relation too"
    return refuse(findings, "unknown-name", name.span, message, f"write `{relation.name}.{word}`")


def _no_bound(name: syntax.Name, relation: Row, findings: Findings) -> Expression:
    message = f"a window is the same for every row of `{relation.name}`, so `{_dotted(name)}` cannot bound it"
    return refuse(findings, "wrong-arguments", name.span, message, "put tests on each row after `where`")


def _param(name: syntax.Name, scope: Scope, findings: Findings) -> Expression:
    param = name.parts[1].text
    if len(name.parts) == 2 and param in scope.params:
        return replace(scope.params[param], span=name.span)
    message = f"there is no param `{'.'.join(part.text for part in name.parts[1:])}`"
    help = did_you_mean(param, scope.params)
    return refuse(findings, "unknown-param", name.parts[1].span.to(name.span), message, help)


def _segment(name: syntax.Name, scope: Scope, findings: Findings) -> Expression:
    segment = ".".join(part.text for part in name.parts[1:])
    if segment in scope.segments:
        return Reference("segment", segment, BOOLEAN, False, span=name.span)
    span = name.parts[1].span.to(name.span)
    if segment in scope.segmentations:
        labels, _ = scope.segmentations[segment]
        help = f"`segments.{segment}.{labels[0]}`?" if labels else None
        message = f"`{segment}` is a segmentation; a segment is one of its stages"
        return refuse(findings, "unknown-segment", span, message, help)
    message = f"there is no segment `{segment}`"
    return refuse(findings, "unknown-segment", span, message, closest_segment(segment, scope))


def _dotted(name: syntax.Name) -> str:
    return ".".join(f'"{part.text}"' if part.quoted else part.text for part in name.parts)
