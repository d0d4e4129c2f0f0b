"""Names that lead through lookups to another entity: its traits, segments and segmentations, as in `company.tier`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segrules.diagnostics import did_you_mean
from segrules.language import syntax
from segrules.language.check_findings import Findings, refuse, written_name
from segrules.language.core import Expression, Reference
from segrules.language.scope import Row, Scope, Things
from segrules.language.trees import relation_of
from segrules.language.types import BOOLEAN, TEXT, list_of
from segrules.source import Span


def thing_at(
    parts: Sequence[syntax.Identifier], row: Row, label: str, span: Span, findings: Findings
) -> Expression | None:
    """The thing of another entity that parts of a name lead to from a row; None where they lead to a column or nowhere.

    `label` is the row's own, which the reference gets. A segment that is not there is a finding.
    """
    path: list[str] = []
    for number, part in enumerate(parts):
        if row.things is not None and part.text == "segments" and not part.quoted and number + 1 < len(parts):
            return _segment(parts[number + 1 :], row, row.things, label, tuple(path), span, findings)
        if number + 1 == len(parts):
            break
        if part.text not in row.lookups:
            return None
        row = row.lookups[part.text]
        path.append(part.text)
    name = parts[-1].text
    if row.things is None or name in row.columns:
        return None
    if (trait := row.things.traits.get(name)) is not None:
        return Reference("trait", name, trait.type, True, label, tuple(path), span)
    if name in row.things.segmentations:
        _, hit = row.things.segmentations[name]
        return Reference("segmentation", name, list_of(TEXT) if hit == "any" else TEXT, True, label, tuple(path), span)
    return None


def _segment(
    parts: Sequence[syntax.Identifier],
    row: Row,
    things: Things,
    label: str,
    path: tuple[str, ...],
    span: Span,
    findings: Findings,
) -> Expression:
    name = ".".join(part.text for part in parts)
    if name in things.segments:
        return Reference("segment", name, BOOLEAN, False, label, path, span)
    where = parts[0].span.to(parts[-1].span)
    if name in things.segmentations:
        labels, _ = things.segmentations[name]
        message = f"`{name}` is a segmentation; a segment is one of its stages"
        help = f"`{row.name}.segments.{name}.{labels[0]}`?" if labels else None
        return refuse(findings, "unknown-segment", where, message, help)
    message = f"`{things.entity}` has no segment `{name}`"
    return refuse(findings, "unknown-segment", where, message, did_you_mean(name, things.segments))


def refuse_entity(
    function: str, word: syntax.Identifier, scope: Scope, relations: str | None, findings: Findings
) -> None:
    """The finding for an entity or a lookup that stands where a relation belongs; `relations` says which there are."""
    own, lookup = scope.entity, scope.entity.lookups.get(word.text)
    what, help = "another entity", relations
    if lookup is not None:
        what = "a lookup, which has one row at most"
        column = next(iter(lookup.columns), None)
        help = f"`{word.text}.{written_name(column)} is known` asks whether there is one" if column else relations
    elif word.text == own.name:
        what = "the entity itself, of which each rule sees one row"
        help = f"`overall(count({own.key}))` counts all of them" if function == "count" and own.key else relations
    message = f"`{function}` takes a relation, and `{word.text}` is {what}"
    refuse(findings, "value-as-relation", word.span, message, help)


def things_of(row: Row) -> Iterator[str]:
    """The names of all things that a lookup's row can be followed to, as written behind the lookup and a dot."""
    if row.things is not None:
        yield from map(written_name, row.things.traits)
        yield from row.things.segmentations
        yield from (f"segments.{segment}" for segment in row.things.segments)


def row_of(label: str, scope: Scope) -> Row | None:
    """The row of a label: the entity, or a relation, which may stand there with a number behind its name.

    None for one of another entity's rules.
    """
    return scope.entity if label == scope.entity.name else scope.relations.get(relation_of(label))


def labels_of(reference: Reference, scope: Scope) -> tuple[str, ...] | None:
    """The stages of another entity's segmentation."""
    things = _things(reference, scope)
    return None if things is None else things.segmentations[reference.name][0]


def trait_of(reference: Reference, scope: Scope) -> Expression | None:
    """The outline of a trait, of the entity or of another one."""
    if not reference.path:
        return scope.traits[reference.name].expression
    things = _things(reference, scope)
    return None if things is None else things.traits[reference.name].expression


def _things(reference: Reference, scope: Scope) -> Things | None:
    row = row_of(reference.row, scope)
    for step in reference.path:
        row = row.lookups.get(step) if row is not None else None
    return row.things if row is not None else None
