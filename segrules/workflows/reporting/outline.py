"""What a report has of a project without its data: entities with their segments, segmentations and traits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from segrules.language.core import Expression
from segrules.planning.renaming import Thing
from segrules.project.cases import Case
from segrules.project.model import Project, Rules, Segmentation
from segrules.workflows.reporting.data import (
    EntityReport,
    SegmentationReport,
    SegmentReport,
    StageReport,
    TraitReport,
)
from segrules.workflows.reporting.rules import RuleFacts, rule_facts, sources_of

DEFAULT_LANGUAGE = "en"

Part = TypeVar("Part", SegmentReport, SegmentationReport, TraitReport)


def outline(project: Project, rules: Mapping[str, Rules], cases: Sequence[Case] = ()) -> tuple[EntityReport, ...]:
    """The entities in the order of the files. What has a finding has no rule."""
    facts = rule_facts(project, rules, cases)
    return tuple(_entity(project, entity.name, rules.get(entity.name), facts) for entity in project.entities)


def _entity(project: Project, entity: str, rules: Rules | None, facts: Mapping[Thing, RuleFacts]) -> EntityReport:
    segments: Mapping[str, Expression] = {} if rules is None else rules.segments
    traits: Mapping[str, Expression] = {} if rules is None else rules.traits

    def of(kind: str, name: str) -> RuleFacts:
        return facts[Thing(entity, kind, name)]

    return EntityReport(
        entity,
        None,
        tuple(
            _with(SegmentReport(entity, item.name, item, segments.get(item.name)), of("segment", item.name))
            for item in project.segments
            if item.entity == entity
        ),
        tuple(
            _with(
                SegmentationReport(entity, item.name, item, tuple(_stages(item, rules))), of("segmentation", item.name)
            )
            for item in project.segmentations
            if item.entity == entity
        ),
        tuple(
            _with(TraitReport(item.name, traits.get(item.name), item.rule), of("trait", item.name))
            for item in project.traits
            if item.entity == entity
        ),
        sources_of(project, entity, facts),
    )


def _with(part: Part, facts: RuleFacts) -> Part:
    return replace(part, uses=facts.uses, used_by=facts.used_by, tests=facts.tests)


def _stages(item: Segmentation, rules: Rules | None) -> Iterator[StageReport]:
    """The stages in order, and then the label of rows that match none, where that is not one of them."""
    labelling = None if rules is None else rules.segmentations.get(item.name)
    known = {} if labelling is None else dict(labelling.stages)
    for stage in item.stages:
        yield StageReport(stage.label, known.get(stage.label), stage.rule.text)
    if item.otherwise is not None and item.otherwise not in (stage.label for stage in item.stages):
        yield StageReport(item.otherwise, None, None)


def languages(project: Project, wanted: str | None) -> tuple[str, ...]:
    """The languages that labels are written in, the wanted one first; without a wish English, where there is any."""
    abouts = (*(item.about for item in project.segments), *(item.about for item in project.segmentations))
    labels = [about.get("label") for about in abouts]
    written = dict.fromkeys(str(language) for label in labels if isinstance(label, Mapping) for language in label)
    first = wanted or (next(iter(written)) if written and DEFAULT_LANGUAGE not in written else DEFAULT_LANGUAGE)
    return tuple(dict.fromkeys((first, *written)))
