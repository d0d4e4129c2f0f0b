"""`suppress` of segrules.yml: per entity a rule that takes rows out of every segment, and which segments it spares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segrules.diagnostics import Diagnostic
from segrules.project.declarations import unfit_finding, unknown
from segrules.project.definitions import Parsed, Place
from segrules.project.documents import ProjectDocument
from segrules.project.leaves import Located, Unfit, rule
from segrules.project.model import Segment, Suppression
from segrules.project.plain import Entries, Key, Plain

Findings = list[Diagnostic]


def suppressions(document: ProjectDocument, findings: Findings) -> tuple[Suppression, ...]:
    """The rules as written: one for the only entity, or a mapping from entities to rules."""
    node: Plain | None = document.suppress
    if node is None:
        return ()
    entities = list(document.entities)
    if not isinstance(node, Entries):
        if len(entities) > 1:
            choices = ", ".join(f"`{entity}: …`" for entity in entities)
            message = "`suppress` needs the entity that each rule is about"
            findings.append(Diagnostic("missing-key", message, document.key_span("suppress"), f"below it {choices}"))
        return _rules([(entities[0], node)] if len(entities) == 1 else [], findings)
    for name in node:
        if name not in document.entities:
            findings.append(unknown("entity", Located(str(name), name.span), document.entities))
    return _rules([(name, item) for name, item in node.items() if name in document.entities], findings)


def _rules(items: Sequence[tuple[Key, Plain]], findings: Findings) -> tuple[Suppression, ...]:
    found = []
    for name, node in items:
        try:
            fragment = rule(node)
            found.append(Suppression(str(name), fragment, fragment.span))
        except Unfit as unfit:
            findings.append(unfit_finding(unfit, "suppress", node.span))
    return tuple(found)


def suppression_of(entity: str) -> Place:
    """The place of an entity's suppression among its definitions."""
    return Place("suppression", entity, "suppress")


def with_suppressions(
    references: Mapping[Place, list[Place]], parsed: Mapping[Place, Parsed]
) -> dict[Place, list[Place]]:
    """The references, with one from each segment to the suppression that takes rows out of it.

    It spares the segments that it is made of: they say who is suppressed.
    """
    spared = {place: _reachable(place, references) for place in parsed if place.kind == "suppression"}

    def added(place: Place, found: list[Place]) -> list[Place]:
        definition, suppression = parsed[place].definition, suppression_of(place.entity)
        is_segment = isinstance(definition, Segment) and not definition.is_exempt
        return [*found, suppression] if is_segment and place not in spared.get(suppression, {place}) else found

    return {place: added(place, found) for place, found in references.items()}


def _reachable(start: Place, references: Mapping[Place, Sequence[Place]]) -> set[Place]:
    """All that a definition refers to, directly or through others."""
    found: set[Place] = set()
    waiting = [start]
    while waiting:
        for place in references.get(waiting.pop(), ()):
            if place not in found:
                found.add(place)
                waiting.append(place)
    return found
