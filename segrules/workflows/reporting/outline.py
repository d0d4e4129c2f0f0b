"""What a report has of a project without its data: entities with their segments, segmentations and traits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from segrules.language.core import Expression
from segrules.project.model import Lookup, Project, Rules, Segmentation, Source
from segrules.workflows.reporting.data import (
    EntityReport,
    SegmentationReport,
    SegmentReport,
    StageReport,
    TraitReport,
)

DEFAULT_LANGUAGE = "en"


def outline(project: Project, rules: Mapping[str, Rules]) -> tuple[EntityReport, ...]:
    """The entities in the order of the files. What has a finding has no rule."""
    return tuple(_entity(project, entity.name, rules.get(entity.name)) for entity in project.entities)


def _entity(project: Project, entity: str, rules: Rules | None) -> EntityReport:
    segments: Mapping[str, Expression] = {} if rules is None else rules.segments
    traits: Mapping[str, Expression] = {} if rules is None else rules.traits
    return EntityReport(
        entity,
        None,
        tuple(
            SegmentReport(entity, item.name, item, segments.get(item.name))
            for item in project.segments
            if item.entity == entity
        ),
        tuple(
            SegmentationReport(entity, item.name, item, tuple(_stages(item, rules)))
            for item in project.segmentations
            if item.entity == entity
        ),
        tuple(
            TraitReport(item.name, traits.get(item.name), item.rule.text)
            for item in project.traits
            if item.entity == entity
        ),
        tuple(dict.fromkeys(_sources(project, entity))),
    )


def _stages(item: Segmentation, rules: Rules | None) -> Iterator[StageReport]:
    """The stages in order, and then the label of rows that match none, where that is not one of them."""
    labelling = None if rules is None else rules.segmentations.get(item.name)
    known = {} if labelling is None else dict(labelling.stages)
    for stage in item.stages:
        yield StageReport(stage.label, known.get(stage.label), stage.rule.text)
    if item.otherwise is not None and item.otherwise not in (stage.label for stage in item.stages):
        yield StageReport(item.otherwise, None, None)


def _sources(project: Project, entity: str) -> Iterator[str]:
    """Where the rows of an entity, of its relations and of what they look up are stored."""
    owner = project.entity(entity)
    yield from _where(owner.source)
    yield from _looked_up(owner.lookups)
    for relation in project.relations_of(entity):
        yield from _where(relation.source)
        yield from _looked_up(relation.lookups)


def _looked_up(lookups: Iterable[Lookup]) -> Iterator[str]:
    for lookup in lookups:
        yield from _where(lookup.source)
        yield from _looked_up(lookup.lookups)


def _where(source: Source | None) -> Iterator[str]:
    if source is not None:
        yield source.path or source.table or ""


def languages(project: Project, wanted: str | None) -> tuple[str, ...]:
    """The languages that labels are written in, the wanted one first; without a wish English, where there is any."""
    abouts = (*(item.about for item in project.segments), *(item.about for item in project.segmentations))
    labels = [about.get("label") for about in abouts]
    written = dict.fromkeys(str(language) for label in labels if isinstance(label, Mapping) for language in label)
    first = wanted or (next(iter(written)) if written and DEFAULT_LANGUAGE not in written else DEFAULT_LANGUAGE)
    return tuple(dict.fromkeys((first, *written)))
