"""Numbers from the data, all in SQL: every rule computed once for each entity, the rows kept, a few queries over them.

In: a `Run` and a report of its rules. Out: the report with sizes and what else the rows say. No rows leave the engine.
"""

from __future__ import annotations

from dataclasses import replace

from segrules.diagnostics import has_errors
from segrules.workflows.counting import Counted, count_members
from segrules.workflows.outcome import exit_code
from segrules.workflows.reporting.data import EntityReport, Report
from segrules.workflows.running import Progress, Refusal, Run

__all__ = ["with_facts"]


def with_facts(run: Run, drawn: Report, progress: Progress | None) -> Report | Refusal:
    """The report with what the data says, and with the findings of the run alone. Refused where data is unfit."""
    counted = count_members(run, (), None, progress)
    if has_errors(counted.findings) and not counted.counts:
        return Refusal(counted.findings, exit_code(counted.findings))
    entities = tuple(_sized(entity, counted) for entity in drawn.entities)
    return replace(drawn, entities=entities, findings=counted.findings)


def _sized(entity: EntityReport, counted: Counted) -> EntityReport:
    """The entity with how many rows it has, and how many each segment and stage."""
    rows = counted.rows.get(entity.entity)
    sizes = {item.segment: item.members for item in counted.counts if item.entity == entity.entity}
    segments = (replace(item, members=sizes.get(item.name), rows=rows) for item in entity.segments)
    segmentations = (
        replace(
            item,
            rows=rows,
            stages=tuple(replace(stage, members=sizes.get(f"{item.name}.{stage.label}")) for stage in item.stages),
        )
        for item in entity.segmentations
    )
    return replace(entity, rows=rows, segments=tuple(segments), segmentations=tuple(segmentations))
