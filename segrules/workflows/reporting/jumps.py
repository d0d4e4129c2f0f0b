"""Sudden jumps: changes of a segment far beyond what is usual for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from segrules.workflows.history.records import RecordedRun

FACTOR = 5.2
FEWEST_PAST = 8
LEAST_SHARE = 0.05
LEAST_MEMBERS = 10


@dataclass(frozen=True, slots=True)
class Jump:
    """How far members changed in some days because customers did, and how far they usually do in as many."""

    change: int
    usual: float
    days: int


def jump_of(entity: str, found: Sequence[tuple[RecordedRun, str]], start: RecordedRun) -> Jump | None:
    """The change since a run, if it is a sudden jump against the segment's own past. found: its runs, with its names.

    It is one where it is more than 5.2 times the median of the absolute changes in as many days before, at least 8 of
    them, and at least 5% of the members and 10 of them. 5.2 medians are 3.5 standard deviations of a normal
    distribution, at which Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993) draw the line; a median holds
    where some of the past changes were jumps themselves. What a new rule did is left out: it is known why.
    """
    runs = [run for run, _ in found]
    grown = _grown_by_customers(entity, found)
    place = runs.index(start)
    days = (runs[-1].as_of.today - start.as_of.today).days
    past = []
    for end in range(place + 1):
        base = _base(runs, end, days)
        if base is not None:
            past.append(abs(grown[end] - grown[base]))
    if len(past) < FEWEST_PAST:
        return None
    change, usual = grown[-1] - grown[place], float(median(past))
    members = start.segments[entity, found[place][1]].members
    is_large = abs(change) >= max(LEAST_MEMBERS, LEAST_SHARE * members)
    return Jump(change, usual, days) if is_large and abs(change) > FACTOR * usual else None


def _base(runs: Sequence[RecordedRun], end: int, days: int) -> int | None:
    """The last run that is so many days before another; days of the calendar, so that no clock change matters."""
    for place in range(end - 1, -1, -1):
        if (runs[end].as_of.today - runs[place].as_of.today).days >= days:
            return place
    return None


def _grown_by_customers(entity: str, found: Sequence[tuple[RecordedRun, str]]) -> list[int]:
    """By run the members that came, less those that left, because customers changed, since the first run."""
    total = 0
    totals: list[int] = []
    for run, name in found:
        own = run.segments[entity, name]
        if totals and own.entered is not None and own.left is not None:
            total += own.entered.customer - own.left.customer
        totals.append(total)
    return totals
