"""A report while its rules are edited: soon after a change the sizes of what it touched, the rest as it was before."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from segrules.diagnostics import has_errors
from segrules.engines.engine import EngineError
from segrules.planning.others import reached
from segrules.project.environments import NO_SETTINGS, Settings
from segrules.project.model import Rules
from segrules.project.reader import RULE_FOLDER, folder_reader
from segrules.sql.scans import typed_scans
from segrules.workflows.connecting import broken_off
from segrules.workflows.counting import Besides, count_members
from segrules.workflows.explaining.funnels import Step, funnel
from segrules.workflows.reporting.data import EntityReport, Report, SegmentationReport, SegmentReport, StageReport
from segrules.workflows.reporting.facts.asking import asked_of
from segrules.workflows.reporting.facts.rows import facts_of
from segrules.workflows.reporting.facts.samples import Sample, samples
from segrules.workflows.reporting.outline import outline
from segrules.workflows.running import Refusal, Run, all_references, code_of_errors, texts_of_rules
from segrules.workflows.starting import open_run
from segrules.workflows.validate import validate

Names = Mapping[str, frozenset[str]]
"""By entity the names of segments, segmentations and stages."""


@dataclass(frozen=True, slots=True)
class Known:
    """A report, None where there is none yet, and the rules and the texts of rule files that it is of."""

    report: Report | None
    rules: Mapping[str, Rules]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Counted:
    """Of an entity what was counted anew: sizes of segments and stages, and of segments steps and samples."""

    rows: int
    sizes: Mapping[str, int]
    steps: Mapping[str, Step]
    samples: Mapping[str, Sample]


def refreshed(
    root: Path,
    known: Known | None,
    *,
    settings: Settings = NO_SETTINGS,
    with_data: bool = True,
    memory_limit: str | None = None,
) -> Known | Refusal:
    """What is known after a change of rule files; a Refusal where they have errors.

    Its report has the rules of now. Size, steps and sample of every segment that the change can touch are of now; what
    else the data says of these is left out, of others it is as before. There is no report where more than rules
    changed or data is unfit, and findings are the ones before: the whole report has to follow.
    """
    read = folder_reader(root)
    checked = validate(read, settings)
    if checked.project is None or has_errors(checked.findings):
        return Refusal(checked.findings, code_of_errors(checked.findings))
    now = Known(None, checked.rules, texts_of_rules(read, settings))
    if not with_data or known is None or known.report is None or _beside_rules(known.texts) != _beside_rules(now.texts):
        return now
    before = known.report
    drawn = outline(checked.project, checked.rules, checked.cases)
    touched = _touched(known.rules, now.rules)
    counted: Mapping[str, Counted] | Refusal = {}
    if any(touched.values()):
        counted = _counted(root, touched, before, settings, memory_limit)
    if isinstance(counted, Refusal):
        return now
    old = {own.entity: own for own in before.entities}
    entities = tuple(_entity(own, old[own.entity], touched[own.entity], counted.get(own.entity)) for own in drawn)
    return replace(now, report=replace(before, entities=entities))


def _beside_rules(texts: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in texts.items() if not path.startswith(f"{RULE_FOLDER}/")}


def _touched(before: Mapping[str, Rules], now: Mapping[str, Rules]) -> Names:
    """What rests on other expressions than before, or was not there."""
    old = {entity: dict(_meanings(rules)) for entity, rules in before.items()}
    return {
        entity: frozenset(name for name, meaning in _meanings(rules) if old.get(entity, {}).get(name) != meaning)
        for entity, rules in now.items()
    }


def _meanings(rules: Rules) -> Iterator[tuple[str, frozenset[object]]]:
    """Of each segment, segmentation and stage all that it rests on."""
    for item in all_references(rules):
        found = reached(rules, [item])
        yield item.name, frozenset((one.rules.entity.name, one.expression, one.is_past) for one in found)


def _counted(
    root: Path, touched: Names, before: Report, settings: Settings, memory_limit: str | None
) -> Mapping[str, Counted] | Refusal:
    """What the data says of the touched segments."""
    with tempfile.TemporaryDirectory(prefix="segrules-") as workdir:
        run = open_run(
            root,
            Path(workdir),
            as_of_text=before.as_of.isoformat(),
            today=date.today(),
            settings=settings,
            memory_limit=memory_limit,
        )
        if isinstance(run, Refusal):
            return run
        try:
            return _asked(run, touched, has_keys=before.has_keys)
        except EngineError as error:
            return Refusal((*run.findings, broken_off(error, run.sources)), 2)
        finally:
            run.close()


def _asked(run: Run, touched: Names, *, has_keys: bool) -> Mapping[str, Counted] | Refusal:
    asked = {}
    for entity, names in touched.items():
        if names:
            own = asked_of(run.rules[entity])
            segments = tuple(item for item in own.segments if _is_touched(item.name, names))
            shown = {name: values for name, values in own.samples.items() if name in names}
            asked[entity] = replace(own, segments=segments, profile=(), money=None, activity=None, samples=shown)
    select = tuple(dict.fromkeys(name for names in touched.values() for name in names if "." not in name))
    besides = {entity: Besides(own.rules, own.wanted) for entity, own in asked.items()}
    counted = count_members(run, select, None, None, keep=True, besides=besides)
    if has_errors(counted.findings) and not counted.plans:
        return Refusal(counted.findings, 2)
    found = {}
    zone = run.as_of.zone
    for entity, own in asked.items():
        sizes = {item.segment: item.members for item in counted.counts if item.entity == entity}
        facts = facts_of(run.local, counted.plans[entity], typed_scans(run.tables, zone), own)
        chosen = tuple(item for item in own.segments if item.name in run.rules[entity].segments)
        trees = funnel(run.local, run.tables, run.rules[entity], chosen, run.as_of).trees if chosen else ()
        steps = {step.clause.name: step for step in trees}
        few = samples(facts, own, sizes, zone, has_keys=has_keys)
        found[entity] = Counted(counted.rows[entity], sizes, steps, few)
    return found


def _is_touched(name: str, names: frozenset[str]) -> bool:
    return name in names or name.partition(".")[0] in names


def _entity(own: EntityReport, before: EntityReport, names: frozenset[str], counted: Counted | None) -> EntityReport:
    """The entity as its rules are now. Pairs are as before, but where they are of other segments."""
    segments = {item.name: item for item in before.segments}
    segmentations = {item.name: item for item in before.segmentations}
    is_alike = [*segments] == [item.name for item in own.segments]
    return replace(
        before,
        segments=tuple(_segment(item, segments.get(item.name), names, counted) for item in own.segments),
        segmentations=tuple(
            _segmentation(item, segmentations.get(item.name), names, counted) for item in own.segmentations
        ),
        traits=own.traits,
        sources=own.sources,
        overlap=before.overlap if is_alike else None,
        together=before.together if is_alike else (),
        together_of=before.together_of if is_alike else (),
    )


def _segment(
    item: SegmentReport, before: SegmentReport | None, names: frozenset[str], counted: Counted | None
) -> SegmentReport:
    if before is not None and (item.name not in names or counted is None):
        return replace(
            before, definition=item.definition, rule=item.rule, tests=item.tests, uses=item.uses, used_by=item.used_by
        )
    assert counted is not None
    return replace(
        item,
        members=counted.sizes[item.name],
        rows=counted.rows,
        funnel=counted.steps.get(item.name),
        sample=counted.samples.get(item.name, ()),
        points=() if before is None else before.points,
        stays=None if before is None else before.stays,
    )


def _segmentation(
    item: SegmentationReport, before: SegmentationReport | None, names: frozenset[str], counted: Counted | None
) -> SegmentationReport:
    stages = {} if before is None else {stage.label: stage for stage in before.stages}
    is_touched = any(name.partition(".")[0] == item.name for name in names)
    if before is not None and not is_touched:
        return replace(before, definition=item.definition, tests=item.tests, uses=item.uses, used_by=item.used_by)
    assert counted is not None
    now = (_stage(item.name, stage, stages.get(stage.label), counted) for stage in item.stages)
    return replace(item, stages=tuple(now), rows=counted.rows, moves=None if before is None else before.moves)


def _stage(segmentation: str, stage: StageReport, before: StageReport | None, counted: Counted) -> StageReport:
    return replace(
        stage,
        members=counted.sizes.get(f"{segmentation}.{stage.label}"),
        points=() if before is None else before.points,
        stays=None if before is None else before.stays,
    )
