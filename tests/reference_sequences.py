"""Sequences by the letter of the language, for the reference evaluator: every chain of rows is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from segrules.language.core import Aggregate, Expression, Step
from segrules.project.model import Relation

if TYPE_CHECKING:
    from reference import Own, Row, Subject

Inside = Callable[["Row"], "Own"]


@dataclass(frozen=True)
class _Rows:
    """An owner's rows by their places, and what to ask of them."""

    subject: Subject
    node: Aggregate
    relation: Relation
    places: Sequence[Sequence[Row]]
    inside: Inside

    def moment(self, row: Row) -> int:
        """Microseconds, of a date those of whole days."""
        time = row[self.relation.time] if self.relation.time else date.min
        if isinstance(time, datetime):
            instant = self.subject.world.moment(row, self.relation.time or "")
            assert instant is not None
            return int((instant - datetime(1970, 1, 1)).total_seconds() * 1_000_000)
        return int(time.toordinal()) * 86_400_000_000

    def holds(self, test: Expression, row: Row) -> bool:
        return self.subject.holds(test, self.inside(row))

    def taken(self, test: Expression | None, row: Row) -> bool:
        """Whether a row is one that a positive test may take."""
        window = self.node.window
        return (window is None or self.holds(window, row)) and (test is None or self.holds(test, row))

    def any_at(self, test: Expression, places: Iterator[int] | range) -> bool:
        return any(self.holds(test, row) for place in places for row in self.places[place])

    def in_time(self, start: int, end: int) -> bool:
        return self.node.within is None or end - start <= self.node.within

    def chains(self, steps: Sequence[Step], last: int | None, start: int | None) -> Iterator[tuple[int, int, int]]:
        """Each way to take the steps after the place `last`: where it ends, when it began and ended."""
        forbidden = steps[0].test if steps[0].negated else None
        step, *others = steps[1:] if steps[0].negated else steps
        after = 0 if last is None else last + 1
        upto = min(after + 1, len(self.places)) if step.directly else len(self.places)
        for place in range(after, upto):
            if forbidden is not None and self.any_at(forbidden, range(after, place)):
                return
            for row in self.places[place]:
                if self.taken(step.test, row):
                    began = self.moment(row) if start is None else start
                    if others:
                        yield from self.chains(others, place, began)
                    else:
                        yield place, began, self.moment(row)


def _sequence(rows: _Rows, steps: Sequence[Step]) -> bool:
    quiet = steps[-1].test if steps[-1].negated else None
    positive = steps[:-1] if quiet is not None else steps
    for place, began, ended in rows.chains(positive, None, None):
        if rows.in_time(began, ended) and (quiet is None or _stays_quiet(rows, quiet, place, began)):
            return True
    return False


def _stays_quiet(rows: _Rows, quiet: Expression, place: int, began: int) -> bool:
    following = (row for group in rows.places[place + 1 :] for row in group)
    return not any(rows.holds(quiet, row) and rows.in_time(began, rows.moment(row)) for row in following)


def sequence(subject: Subject, node: Aggregate, relation: Relation, own: list[Row], inside: Inside) -> bool:
    rows, steps = _prepared(subject, node, relation, own, inside)
    return _sequence(rows, steps)


def funnel(subject: Subject, node: Aggregate, relation: Relation, own: list[Row], inside: Inside) -> int:
    rows, steps = _prepared(subject, node, relation, own, inside)
    return max((count for count in range(1, len(steps) + 1) if _sequence(rows, steps[:count])), default=0)


def max_count(subject: Subject, node: Aggregate, relation: Relation, own: list[Row], inside: Inside) -> int:
    rows = _Rows(subject, node, relation, (), inside)
    moments = [rows.moment(row) for row in own if rows.taken(node.where, row)]
    return max((sum(rows.in_time(first, one) and one >= first for one in moments) for first in moments), default=0)


def _prepared(
    subject: Subject, node: Aggregate, relation: Relation, own: list[Row], inside: Inside
) -> tuple[_Rows, list[Step]]:
    from reference_aggregates import places

    assert node.where is not None
    rows = _Rows(subject, node, relation, places(subject, relation, own), inside)
    return rows, [Step(node.where), *node.steps]


AROUND: Mapping[str, Callable[..., Any]] = {"sequence": sequence, "funnel": funnel, "max_count": max_count}
