"""What changed since the run before: how sizes differ, and which differences are large against what chance makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from segrules.workflows import expectations
from segrules.workflows.reporting.data import EntityReport, Moment, Point, Report, SegmentReport, StageReport

LEAST_SHARE = 0.05
LEAST_MEMBERS = 5
"""What a segment must have changed by, both of them, to be worth a word: less is noise."""


@dataclass(frozen=True, slots=True)
class Change:
    """A size and the one of the run before. latest: the run of the as-of itself, None where that was not recorded."""

    now: int
    before: Point
    latest: Point | None

    @property
    def difference(self) -> int:
        return self.now - self.before.members

    @property
    def is_recounted(self) -> bool:
        """Whether the run of the as-of recorded another size than the data and rules of now have."""
        return self.latest is not None and self.latest.members != self.now

    @property
    def growth(self) -> float | None:
        """The difference as a share of the size before, None where nobody was in."""
        return self.difference / self.before.members if self.before.members else None

    @property
    def weight(self) -> float:
        """The difference in units of sqrt(size before), about what chance alone does to a count."""
        return self.difference / sqrt(max(self.before.members, 1))

    @property
    def is_large(self) -> bool:
        """Whether it is more than noise."""
        return abs(self.difference) >= max(LEAST_MEMBERS, LEAST_SHARE * self.before.members)


def change_of(item: SegmentReport | StageReport | EntityReport, as_of: Moment) -> Change | None:
    """How large the item is against the recorded run before the as-of; None where one of the two is not known."""
    now = item.rows if isinstance(item, EntityReport) else item.members
    latest = latest_point(item.points, as_of)
    earlier = item.points[:-1] if latest else item.points
    return Change(now, earlier[-1], latest) if now is not None and earlier else None


def latest_point(points: Sequence[Point], as_of: Moment) -> Point | None:
    """The recorded run of the as-of itself, which is the last one, if it was recorded."""
    return points[-1] if points and points[-1].as_of == as_of else None


def growth_over_period(points: Sequence[Point], start: Moment) -> float | None:
    """How much larger the last recorded size is than that of the run `start`, as a share of it; None if not in that."""
    if len(points) < 2 or points[0].as_of != start or not points[0].members:
        return None
    return points[-1].members / points[0].members - 1


def broken_expectations(report: Report) -> Iterator[tuple[SegmentReport, str]]:
    """The segments whose `expect` is not met, by the sizes of the report, with what a finding says of that."""
    for entity in report.entities:
        for item in entity.segments:
            if item.members is not None and item.rows is not None:
                members, rows = {(item.entity, item.name): item.members}, {item.entity: item.rows}
                for finding in expectations.broken_expectations((item.definition,), members, rows):
                    yield item, finding.message


def run_before(report: Report) -> Moment | None:
    """The recorded run before the as-of, which changes are told against."""
    earlier = [run for run in report.runs if run != report.as_of]
    return earlier[-1] if earlier else None


def largest_changes(report: Report) -> list[tuple[SegmentReport, Change]]:
    """The segments that changed most since the run before, whatever their size: first those of greatest `weight`."""
    changes = [
        (segment, change)
        for entity in report.entities
        for segment in entity.segments
        if (change := change_of(segment, report.as_of)) and change.difference
    ]
    return sorted(changes, key=lambda pair: (-abs(pair[1].weight), pair[0].name))


def changed_rules(report: Report) -> list[tuple[SegmentReport, Point]]:
    """The segments that someone entered or left at the last run because the rule changed."""
    return [
        (segment, latest)
        for entity in report.entities
        for segment in entity.segments
        if (latest := latest_point(segment.points, report.as_of)) and (latest.entered_by_rule or latest.left_by_rule)
    ]
