"""Numbers from the data, all in SQL: every rule computed once for each entity, the rows kept, a few queries over them.

In: a `Run` and a report of its rules. Out: the report with sizes and what else the rows say. No rows leave the engine
but a few members of each segment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from segrules.diagnostics import has_errors
from segrules.planning.nodes import Plan
from segrules.sql.scans import typed_scans
from segrules.workflows.contract_findings import without_values
from segrules.workflows.counting import Besides, count_members
from segrules.workflows.explaining.funnels import Step, funnel
from segrules.workflows.outcome import exit_code
from segrules.workflows.reporting.data import EntityReport, Report
from segrules.workflows.reporting.facts.asking import DAYS_OF_WORTH, Asked, active_relation, asked_of
from segrules.workflows.reporting.facts.heat_map import heat_map
from segrules.workflows.reporting.facts.pairs import largest_of, overlap, together
from segrules.workflows.reporting.facts.profiles import profiles, sums_of, worth
from segrules.workflows.reporting.facts.rows import facts_of
from segrules.workflows.reporting.facts.samples import samples
from segrules.workflows.running import Progress, Refusal, Run, watched

__all__ = ["with_facts"]


def with_facts(run: Run, drawn: Report, progress: Progress | None) -> Report | Refusal:
    """The report with what the data says, and with the findings of the run alone. Refused where data is unfit."""
    asked = {name: asked_of(rules) for name, rules in run.rules.items()}
    besides = {name: Besides(own.rules, own.wanted) for name, own in asked.items()}
    counted = count_members(run, (), None, progress, keep=True, besides=besides)
    findings = counted.findings if drawn.has_keys else tuple(map(without_values, counted.findings))
    if has_errors(findings) and not counted.plans:
        return Refusal(findings, exit_code(findings))
    entities = []
    for entity in drawn.entities:
        name = entity.entity
        sizes = {item.segment: item.members for item in counted.counts if item.entity == name}
        with watched(run.local, progress):
            entities.append(
                _filled(
                    run, entity, asked[name], counted.plans[name], counted.rows[name], sizes, has_keys=drawn.has_keys
                )
            )
    return replace(
        drawn,
        entities=tuple(entities),
        findings=findings,
        missing=(*drawn.missing, *_unknown(run)),
        worth_days=DAYS_OF_WORTH,
    )


def _filled(
    run: Run, entity: EntityReport, asked: Asked, plan: Plan, rows: int, sizes: Mapping[str, int], *, has_keys: bool
) -> EntityReport:
    """The entity with what its rows say."""
    zone = run.as_of.zone
    facts = facts_of(run.local, plan, typed_scans(run.tables, zone), asked)
    sums = sums_of(facts, asked)
    differences = profiles(facts, asked, sums)
    shown = samples(facts, asked, sizes, zone, has_keys=has_keys)
    steps = _steps(run, asked)
    segments = tuple(
        replace(
            item,
            members=sizes[item.name],
            rows=rows,
            funnel=steps.get(item.name),
            worth=worth(sums, asked.money, facts.places[item.name], sizes[item.name], item.definition.cost),
            profile=differences[item.name],
            sample=shown.get(item.name, ()),
        )
        for item in entity.segments
    )
    segmentations = []
    for item in entity.segmentations:
        stages = []
        for stage in item.stages:
            name = f"{item.name}.{stage.label}"
            valued = worth(sums, asked.money, facts.places[name], sizes[name], None)
            stages.append(replace(stage, members=sizes[name], worth=valued, profile=differences[name]))
        segmentations.append(replace(item, rows=rows, stages=tuple(stages)))
    names = tuple(item.name for item in segments)
    largest = largest_of(names, sizes)
    return replace(
        entity,
        rows=rows,
        segments=segments,
        segmentations=tuple(segmentations),
        overlap=overlap(facts, names, sizes),
        together=together(facts, largest),
        together_of=largest,
        heat_map=heat_map(facts, asked),
        worth=worth(sums, asked.money, facts.everyone, rows, None),
    )


def _steps(run: Run, asked: Asked) -> dict[str, Step]:
    """By segment how many rows each clause of its rule leaves."""
    rules = run.rules[asked.rules.entity.name]
    own = tuple(item for item in asked.segments if item.name in rules.segments)
    if not own:
        return {}
    return {step.clause.name: step for step in funnel(run.local, run.tables, rules, own, run.as_of).trees}


def _unknown(run: Run) -> tuple[str, ...]:
    """What nobody can count, for want of a declaration."""
    said = []
    for name, rules in run.rules.items():
        if not rules.relations or rules.value is not None:
            continue
        relation = active_relation(rules)
        if relation is not None:
            said.append(f"What members of `{name}` are worth is not known: declare `value:` of `{relation.name}`.")
            continue
        timed = [f"`{item.name}`" for item in rules.relations.values() if item.time is not None]
        where = f" of {' or '.join(timed[:3])}" if timed else " of a relation with `time`"
        what = f"How active `{name}` rows are, and what they are worth, is not known"
        said.append(f"{what}: declare `value:`{where} in segrules.yml.")
    return tuple(said)
