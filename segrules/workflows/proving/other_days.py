"""Whether what is proven for one as-of holds on other days, too: a spring offer is not wrong because spring is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from segrules.analysis.answers import Prover
from segrules.language.core import Expression, Literal
from segrules.language.trees import walk
from segrules.planning.others import reached
from segrules.planning.time import AsOf, as_of
from segrules.project.model import Rules

MOST_DAYS = 5
"""So many days that rules name are looked at."""


def is_of_its_day(tests: Sequence[Expression], rules: Rules, zone: str, prover_of: Callable[[AsOf], Prover]) -> bool:
    """Whether tests that no row passes at the as-of may be passed around a day that is named in what they rest on."""
    days = sorted(set(_days(tests, rules)))[:MOST_DAYS]
    moments = dict.fromkeys(day + timedelta(days=step) for day in days for step in (-1, 0, 1))
    return any(prover_of(moment).ask(tests, example=False).verdict != "never" for moment in _as_ofs(moments, zone))


def _days(tests: Sequence[Expression], rules: Rules) -> Iterator[date]:
    for one in reached(rules, tests):
        for node in walk(one.expression):
            match node:
                case Literal(value=datetime() as moment):
                    yield moment.date()
                case Literal(value=date() as day):
                    yield day


def _as_ofs(days: Sequence[date] | dict[date, None], zone: str) -> Iterator[AsOf]:
    for day in days:
        try:
            yield as_of(day, zone)
        except ValueError:  # out of the range that a run can be of
            continue
