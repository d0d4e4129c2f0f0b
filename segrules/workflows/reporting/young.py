"""Whether recorded runs begin soon after the data does, so that what counts since then grows by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from segrules.planning.time import to_local
from segrules.sql.facts import first_query
from segrules.workflows.history.records import History
from segrules.workflows.reporting.facts.asking import active_relation
from segrules.workflows.running import Run

YEAR = timedelta(days=365)


def young_data(run: Run, history: History) -> Iterator[str]:
    """A sentence for each entity whose first recorded run is less than a year after the first row of its activity."""
    if len(history.runs) < 2:
        return
    begun = history.runs[0].as_of.today
    for rules in run.rules.values():
        relation = active_relation(rules)
        if relation is None or relation.name not in run.tables:
            continue
        time = next(column for column in relation.columns if column.name == relation.time)
        ((first,),) = run.engine.run(first_query(run.tables[relation.name], time, run.as_of.zone))
        if first is None:
            continue
        start = to_local(first, run.as_of.zone).date() if isinstance(first, datetime) else first
        if timedelta(0) <= begun - start < YEAR:
            days = (begun - start).days
            yield (
                f"Growth says little of segments that count everything since the data began: the first recorded run "
                f"is only {days:,} {'day' if days == 1 else 'days'} later than the first row of `{relation.name}`, so "
                "that such segments grow by themselves."
            )
