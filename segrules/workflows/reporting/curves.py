"""What became of the members of an earlier day: who was seen again, and who stayed, in steps of four weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from segrules.language.core import Aggregate, And, Call, Column, Duration, Expression, Literal, Reference
from segrules.language.core import Compare as Comparison
from segrules.language.types import BOOLEAN, DATE, TIMESTAMP, Kind
from segrules.planning import plan
from segrules.planning.time import first_day_from, shift_instant, start_of_day, to_local
from segrules.project.model import Relation, Rules
from segrules.sql.cohorts import activity_query
from segrules.sql.scans import typed_scans
from segrules.sql.states import State, state_query
from segrules.sql.temporary import temporary_table
from segrules.workflows.history.records import History
from segrules.workflows.reporting.data import Curves, EntityReport, Report
from segrules.workflows.reporting.facts.asking import active_relation
from segrules.workflows.reporting.lives import Cohort, cohorts, stayed
from segrules.workflows.running import Run

DAYS = 28
"""The length of a step: four weeks, so that each has the same days of the week."""
MOST_STEPS = 26


def with_curves(run: Run, report: Report, history: History) -> Report:
    """The report with the curves of segments and stages that had members at an earlier recorded run.

    run: its engine may read the files of the record.
    """
    if len(history.runs) < 2:
        return report
    return replace(report, entities=tuple(_with_curves(run, own, history) for own in report.entities))


def _with_curves(run: Run, own: EntityReport, history: History) -> EntityReport:
    rules = run.rules.get(own.entity)
    relation = None if rules is None else active_relation(rules)
    if rules is None or relation is None or own.entity not in history.runs[-1].entities:
        return own
    names = [item.name for item in own.segments]
    names += [f"{item.name}.{stage.label}" for item in own.segmentations for stage in item.stages]
    found: dict[str, Curves] = {}
    for number, cohort in enumerate(cohorts(history, own.entity, names, run.local), 1):
        found |= _curves(run, rules, relation, history, cohort, number)
    segmentations = (
        replace(
            item,
            stages=tuple(replace(stage, curves=found.get(f"{item.name}.{stage.label}")) for stage in item.stages),
        )
        for item in own.segmentations
    )
    segments = (replace(item, curves=found.get(item.name)) for item in own.segments)
    return replace(own, segments=tuple(segments), segmentations=tuple(segmentations))


def _curves(
    run: Run, rules: Rules, relation: Relation, history: History, cohort: Cohort, number: int
) -> Mapping[str, Curves]:
    """By segment of a cohort its curves; none where no step is over."""
    entity, zone = rules.entity.name, run.as_of.zone
    begun = cohort.run.as_of.now
    bounds = [shift_instant(begun, Duration(DAYS * step, "day"), zone) for step in range(MOST_STEPS + 1)]
    bounds = [bound for bound in bounds if bound <= run.as_of.now]
    steps = len(bounds) - 1
    if steps < 1:
        return {}
    tests = {f"step {step}": _seen(relation, bounds[step], bounds[step + 1], zone) for step in range(steps)}
    wanted = tuple(Reference("trait", name, BOOLEAN) for name in tests)
    made = plan(replace(rules, traits={**rules.traits, **tests}, carry={}), wanted, run.as_of)
    outputs = {output.wanted: output for output in made.outputs}
    state = State(f"seen {number} of {entity}", tuple(tests), is_table=True)
    query = state_query(made, typed_scans(run.tables, zone), [outputs[one] for one in wanted])
    run.local.execute(temporary_table(state.place, query))
    counts = {segment: many for segment, *many in run.local.run(activity_query(cohort.table, state))}
    shares = stayed(history, entity, cohort, run.local, bounds[1:])
    found = {}
    for name in cohort.segments:
        size = cohort.sizes[name]
        many = counts.get(name, [0] * (2 * steps))
        active, again = (tuple(one / size for one in part) for part in (many[:steps], many[steps:]))
        found[name] = Curves(cohort.run.given, size, relation.name, DAYS, active, again, shares[name])
    return found


def _seen(relation: Relation, start: datetime, end: datetime, zone: str) -> Expression:
    """Whether an entity row has a row of the relation from one instant (naive UTC) to another, which is out."""
    time = next(column for column in relation.columns if column.name == relation.time)
    own = Column(relation.name, (), time.name, time.type, not time.never_missing)
    if time.type.kind is Kind.DATE:  # a date is the start of its day
        bounds: list[Expression] = [Literal(first_day_from(moment, zone), DATE) for moment in (start, end)]
    else:
        bounds = [_instant(moment, zone) for moment in (start, end)]
    window = And((Comparison(">=", own, bounds[0]), Comparison("<", own, bounds[1])))
    return Aggregate("any", relation.name, None, None, window, BOOLEAN, relation.name)


def _instant(moment: datetime, zone: str) -> Expression:
    """An instant (naive UTC) as rules have it: the start of a day, or else a wall clock."""
    wall = to_local(moment, zone)
    if start_of_day(wall.date(), zone) == moment:
        return Call("instant", (Literal(wall.date(), DATE),), TIMESTAMP)
    return Literal(wall, TIMESTAMP)
