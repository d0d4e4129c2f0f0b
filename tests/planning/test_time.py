"""The as-of instant and calendar arithmetic at the places where clocks and calendars are odd."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.language.core import Duration
from segrules.planning.time import (
    as_of,
    first_day_from,
    microseconds,
    parse_as_of,
    shift_date,
    shift_instant,
    start_of,
    start_of_day,
    to_local,
    to_utc,
)

ZONES = st.sampled_from(
    ["UTC", "Asia/Bangkok", "Europe/Paris", "America/New_York", "America/Havana", "America/Sao_Paulo", "Asia/Beirut"]
)
INSTANTS = st.datetimes(datetime(1972, 1, 1), datetime(2037, 1, 1))
DAYS = st.dates(date(1972, 1, 2), date(2036, 12, 30))


def test_a_day_ends_at_the_next_midnight_of_the_project() -> None:
    moment = as_of(date(2026, 1, 31), "Asia/Bangkok")
    assert moment.now == datetime(2026, 1, 31, 17)
    assert moment.today == date(2026, 1, 31)


def test_an_instant_at_midnight_has_not_begun_that_day() -> None:
    assert as_of(datetime(2026, 1, 31), "UTC").today == date(2026, 1, 30)
    assert as_of(datetime(2026, 1, 31, 0, 0, 0, 1), "UTC").today == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("2026-01-31", datetime(2026, 1, 31, 23)),
        ("2026-01-31T12:00", datetime(2026, 1, 31, 11)),
        ("2026-01-31T12:00:30+07:00", datetime(2026, 1, 31, 5, 0, 30)),
        ("2026-07-01T12:00Z", datetime(2026, 7, 1, 12)),
    ],
)
def test_as_of_texts(text: str, now: datetime) -> None:
    assert parse_as_of(text, "Europe/Paris").now == now


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "", "2026-01-31T25:00", "0001-01-01", "9999-12-31"])
def test_as_of_texts_that_are_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|range|hour"):
        parse_as_of(text, "UTC")


def test_a_clock_turned_back_means_the_later_hour_and_turned_forward_moves_on() -> None:
    assert to_utc(datetime(2025, 10, 26, 2, 30), "Europe/Paris") == datetime(2025, 10, 26, 1, 30)
    assert to_utc(datetime(2025, 3, 30, 2, 30), "Europe/Paris") == datetime(2025, 3, 30, 1, 30)


def test_a_day_without_midnight_starts_at_its_first_instant() -> None:
    assert start_of_day(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3)
    assert to_local(datetime(2018, 11, 4, 3), "America/Sao_Paulo") == datetime(2018, 11, 4, 1)


def test_a_day_with_two_midnights_starts_at_the_first() -> None:
    assert start_of_day(date(2024, 11, 3), "America/Havana") == datetime(2024, 11, 3, 4)


@given(DAYS, ZONES)
def test_a_day_starts_where_its_date_is_first_shown(day: date, zone: str) -> None:
    start = start_of_day(day, zone)
    assert to_local(start, zone).date() == day
    assert to_local(start - timedelta(microseconds=1), zone).date() < day


@given(INSTANTS, ZONES)
def test_the_first_day_from_an_instant_starts_no_earlier_and_is_the_first(instant: datetime, zone: str) -> None:
    day = first_day_from(instant, zone)
    assert start_of_day(day, zone) >= instant
    assert start_of_day(day - timedelta(days=1), zone) < instant


@given(INSTANTS, ZONES)
def test_wall_clocks_come_back_unless_shown_twice(instant: datetime, zone: str) -> None:
    wall = to_local(instant, zone)
    back = to_utc(wall, zone)
    assert to_local(back, zone) == wall
    assert back >= instant
    place = ZoneInfo(zone)
    if wall.replace(tzinfo=place, fold=0).utcoffset() == wall.replace(tzinfo=place, fold=1).utcoffset():
        assert back == instant


def test_a_day_later_keeps_the_wall_clock_and_24_hours_do_not() -> None:
    before = datetime(2025, 3, 29, 9)  # 10:00 in Paris
    assert shift_instant(before, Duration(1, "day"), "Europe/Paris") == datetime(2025, 3, 30, 8)
    assert shift_instant(before, Duration(24, "hour"), "Europe/Paris") == datetime(2025, 3, 30, 9)


@pytest.mark.parametrize(
    ("day", "by", "moved"),
    [
        (date(2024, 1, 31), Duration(1, "month"), date(2024, 2, 29)),
        (date(2024, 2, 29), Duration(1, "year"), date(2025, 2, 28)),
        (date(2024, 3, 31), Duration(-1, "month"), date(2024, 2, 29)),
        (date(2024, 11, 30), Duration(1, "quarter"), date(2025, 2, 28)),
        (date(2024, 2, 28), Duration(1, "week"), date(2024, 3, 6)),
        (date(2024, 2, 28), Duration(9_999_999, "year"), date.max),
        (date(2024, 2, 28), Duration(-9_999_999, "day"), date.min),
    ],
)
def test_months_keep_the_day_or_take_the_last(day: date, by: Duration, moved: date) -> None:
    assert shift_date(day, by) == moved


@pytest.mark.parametrize(
    ("unit", "first"),
    [
        ("day", date(2026, 5, 17)),
        ("week", date(2026, 5, 11)),
        ("month", date(2026, 5, 1)),
        ("quarter", date(2026, 4, 1)),
        ("year", date(2026, 1, 1)),
    ],
)
def test_calendar_units_start_on_their_first_day(unit: str, first: date) -> None:
    assert start_of(unit, date(2026, 5, 17)) == first


def test_a_week_is_seven_days_of_24_hours() -> None:
    assert microseconds(Duration(2, "week")) == 14 * 86_400 * 1_000_000


def test_naive_and_zoned_instants_agree() -> None:
    zoned = datetime(2026, 6, 1, 12, tzinfo=ZoneInfo("Asia/Bangkok"))
    assert as_of(zoned, "UTC").now == as_of(datetime(2026, 6, 1, 12), "Asia/Bangkok").now
    assert as_of(zoned.astimezone(UTC), "Asia/Bangkok").now == datetime(2026, 6, 1, 5)


@pytest.mark.parametrize("zone", ["Asia/Bangkok", "America/New_York"])
def test_the_ends_of_the_calendar_are_days_like_others(zone: str) -> None:
    for day in (date.min, date.max):
        assert abs(start_of_day(day, zone) - datetime(day.year, day.month, day.day)) < timedelta(days=1)
        assert shift_instant(datetime(day.year, day.month, day.day), Duration(0, "day"), zone).year == day.year
