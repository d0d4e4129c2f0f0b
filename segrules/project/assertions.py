"""`prove` of segments/*.yml: what CI keeps true of the rules of an entity, and findings in what is named there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from segrules.diagnostics import Diagnostic, did_you_mean, guess
from segrules.project.documents import AssertionDocument
from segrules.project.leaves import Located
from segrules.project.model import CLAIMS, Asserted, Assertion, Project
from segrules.project.scopes import broken_names

Findings = list[Diagnostic]

FEWEST = {"disjoint": 2, "inside": 2, "covers": 1, "equal": 2}
"""How many names an assertion needs to say something."""

_SAID = {
    "disjoint": "says that no row is in two of several segments",
    "inside": "says that every row of a segment is in the next one",
    "covers": "says that every row is in one of the segments, or gets a stage",
    "equal": "says that several segments have the same rows",
}


def assertions(documents: Iterable[AssertionDocument], entity: str, findings: Findings) -> Iterator[Assertion]:
    """The assertions of a file; those that say nothing, or a name twice, with a finding instead."""
    for document in documents:
        claim = next(claim for claim in CLAIMS if getattr(document, claim) is not None)
        names: Sequence[Located[str]] = getattr(document, claim)
        key, because = document.key_span(claim), document.because
        if len(names) < FEWEST[claim]:
            message = f"`{claim}` {_SAID[claim]}, and here it has {'one' if names else 'none'}"
            help = f"`{claim}: [vip, churned]`" if FEWEST[claim] > 1 else "`covers: [lifecycle]`"
            findings.append(Diagnostic("wrong-value", message, names[0].span if names else key, help))
            continue
        twice = next((word for place, word in enumerate(names) if word.value in _values(names[:place])), None)
        if twice is not None:
            message = f"`{twice.value}` stands twice here"
            findings.append(Diagnostic("wrong-value", message, twice.span, "delete one of the two"))
            continue
        asserted = tuple(Asserted(word.value, word.span) for word in names)
        yield Assertion(claim, entity, asserted, because.value if because else None, key)


def _values(names: Iterable[Located[str]]) -> set[str]:
    return {word.value for word in names}


def assertion_findings(project: Project) -> Iterator[Diagnostic]:
    """A finding for each name in an assertion that is not a segment, stage or segmentation of its entity."""
    for assertion in project.assertions:
        sets, segmentations = _sets(project, assertion.entity), _segmentations(project, assertion.entity)
        broken = broken_names(project, assertion.entity)
        known = {*sets, *broken["segment"], *broken["stage"]}
        for asserted in assertion.names:
            name = asserted.name
            if name in known or name.partition(".")[0] in broken["segmentation"]:
                continue
            if name in segmentations:
                if assertion.claim != "covers":
                    yield _segmentation_as_set(asserted, assertion, segmentations[name])
                continue
            yield _unknown(asserted, assertion, project)


def _sets(project: Project, entity: str) -> tuple[str, ...]:
    """The names of what has rows of an entity: segments, then stages."""
    segments = (segment.name for segment in project.segments if segment.entity == entity)
    stages = (f"{name}.{label}" for name, labels in _segmentations(project, entity).items() for label in labels)
    return (*segments, *stages)


def _segmentations(project: Project, entity: str) -> dict[str, tuple[str, ...]]:
    return {item.name: item.labels for item in project.segmentations if item.entity == entity}


def _segmentation_as_set(asserted: Asserted, assertion: Assertion, labels: Sequence[str]) -> Diagnostic:
    message = f"`{asserted.name}` is a segmentation, and `{assertion.claim}` is about segments and stages"
    help = f"name a stage: `{asserted.name}.{labels[0]}`" if labels else None
    return Diagnostic("wrong-value", message, asserted.span, help)


def _unknown(asserted: Asserted, assertion: Assertion, project: Project) -> Diagnostic:
    name = asserted.name
    for entity in project.entities:
        if entity.name != assertion.entity and name in (
            *_sets(project, entity.name),
            *_segmentations(project, entity.name),
        ):
            message = f"`{name}` is of `{entity.name}`, and this file is about `{assertion.entity}`"
            help = f"an entry of `prove` is about rows of one entity: write it in a file with `entity: {entity.name}`"
            return Diagnostic("unknown-segment", message, asserted.span, help)
    wanted = "segment, stage or segmentation" if assertion.claim == "covers" else "segment or stage"
    known = (
        *_sets(project, assertion.entity),
        *(_segmentations(project, assertion.entity) if assertion.claim == "covers" else ()),
    )
    plain = name.removeprefix("segments.")
    meant = f"did you mean `{plain}`?" if plain != name and plain in known else did_you_mean(name, known)
    message = f"there is no {wanted} `{name}`"
    return Diagnostic("unknown-segment", message, asserted.span, meant, fix=guess(meant, asserted.span))
