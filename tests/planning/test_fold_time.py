"""Open time becomes literals, and comparisons by day compare instants."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from segrules.language.core import And, Call, Clock, Column, Compare, Duration, Expression, Literal
from segrules.language.types import BOOLEAN, DATE, DURATION, INTEGER, TEXT, TIMESTAMP
from segrules.planning.fold_time import fold_time
from segrules.planning.time import as_of

BANGKOK = as_of(date(2026, 1, 31), "Asia/Bangkok")
UTC = as_of(date(2026, 1, 31), "UTC")
ORDERED_AT = Column("orders", (), "ordered_at", TIMESTAMP)
DAY = Call("date", (ORDERED_AT,), DATE)


def instant(*parts: int) -> Literal:
    return Literal(datetime(*parts), TIMESTAMP)  # type: ignore[arg-type]


def day(*parts: int) -> Literal:
    return Literal(date(*parts), DATE)


def length(count: int, unit: str) -> Literal:
    return Literal(Duration(count, unit), DURATION)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("open_time", "folded"),
    [
        (Clock("now"), instant(2026, 1, 31, 17)),
        (Clock("today"), day(2026, 1, 31)),
        (instant(2026, 1, 1), instant(2025, 12, 31, 17)),
        (Call("shift", (Clock("now"), length(-90, "day")), TIMESTAMP), instant(2025, 11, 2, 17)),
        (Call("shift", (Clock("today"), length(-1, "month")), DATE), day(2025, 12, 31)),
        (Call("start_of", (Literal("month", TEXT), Clock("today")), DATE), day(2026, 1, 1)),
        (Call("first_day_from", (Clock("now"),), DATE), day(2026, 2, 1)),
        (Call("date", (Clock("now"),), DATE), day(2026, 2, 1)),
        (Call("days_between", (day(2026, 1, 1), Clock("today")), INTEGER), Literal(30, INTEGER)),
        (length(2, "hour"), Literal(7_200_000_000, DURATION)),
    ],
)
def test_constants_become_literals(open_time: Expression, folded: Expression) -> None:
    assert fold_time(open_time, BANGKOK) == folded


FIRST, NEXT = instant(2026, 1, 30, 17), instant(2026, 1, 31, 17)


@pytest.mark.parametrize(
    ("operator", "folded"),
    [
        ("==", And((Compare(">=", ORDERED_AT, FIRST), Compare("<", ORDERED_AT, NEXT)))),
        ("<", Compare("<", ORDERED_AT, FIRST)),
        ("<=", Compare("<", ORDERED_AT, NEXT)),
        (">", Compare(">=", ORDERED_AT, NEXT)),
        (">=", Compare(">=", ORDERED_AT, FIRST)),
    ],
)
def test_a_comparison_by_day_compares_the_stored_instant(operator: str, folded: Expression) -> None:
    constant = day(2026, 1, 31)
    assert fold_time(Compare(operator, DAY, constant), BANGKOK) == folded  # type: ignore[arg-type]
    flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
    assert fold_time(Compare(flipped, constant, DAY), BANGKOK) == folded  # type: ignore[arg-type]


def test_stored_days_read_the_wall_clock_of_the_project_and_nothing_in_utc() -> None:
    local = Call("local", (ORDERED_AT, Literal("Asia/Bangkok", TEXT)), TIMESTAMP)
    assert fold_time(DAY, BANGKOK) == Call("date", (local,), DATE)
    assert fold_time(DAY, UTC) == DAY


def test_days_are_added_on_the_wall_clock_and_hours_to_the_instant() -> None:
    by_days = Call("shift", (ORDERED_AT, length(2, "day")), TIMESTAMP)
    by_hours = Call("shift", (ORDERED_AT, length(48, "hour")), TIMESTAMP)
    folded = fold_time(by_days, BANGKOK)
    assert isinstance(folded, Call)
    assert folded.function == "from_local"
    assert fold_time(by_hours, BANGKOK) == by_hours


def test_lists_of_timestamps_are_folded_too() -> None:
    listed = Literal((datetime(2026, 1, 1), datetime(2026, 1, 2)), TIMESTAMP)
    assert fold_time(listed, BANGKOK).value == (datetime(2025, 12, 31, 17), datetime(2026, 1, 1, 17))  # type: ignore[union-attr]
    assert fold_time(Literal(True, BOOLEAN), BANGKOK) == Literal(True, BOOLEAN)
