"""Time, folded early: the as-of instant, and every clock, window bound and constant day turned into a literal.

In a plan a timestamp is a naive datetime in UTC. The project's zone survives only in `date`, `hour` and `shift`
of stored values, and not even there when it is UTC.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from segrules.language.core import Duration

EARLIEST, LATEST = 1100, 8900  # years of an as-of: rules look up to a thousand years back and ahead

_ELAPSED = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class AsOf:
    """The one instant of a run. `now` is exclusive (naive UTC); `given` is what the author wrote."""

    given: date | datetime
    now: datetime
    zone: str

    @cached_property
    def today(self) -> date:
        """The last day that has begun before `now`, in the project's zone."""
        return to_local(self.now - timedelta(microseconds=1), self.zone).date()


def as_of(given: date | datetime, zone: str) -> AsOf:
    """The as-of of a date (the end of that day in `zone`) or of a timestamp (that instant; naive is in `zone`).

    ValueError where the calendar of dates ends before windows do.
    """
    if not EARLIEST <= given.year <= LATEST:
        raise ValueError(f"the year {given.year} is out of range")
    if not isinstance(given, datetime):
        return AsOf(given, start_of_day(given + timedelta(days=1), zone), zone)
    if given.tzinfo is not None:
        return AsOf(given, given.astimezone(UTC).replace(tzinfo=None), zone)
    return AsOf(given, to_utc(given, zone), zone)


def parse_as_of(text: str, zone: str) -> AsOf:
    """The as-of that a command line names: `2026-01-31` or `2026-01-31T12:00[:00][+07:00]`. ValueError otherwise."""
    if len(text) == 10:
        return as_of(date.fromisoformat(text), zone)
    return as_of(datetime.fromisoformat(text), zone)


def to_local(instant: datetime, zone: str) -> datetime:
    """The wall clock (naive) of `zone` at an instant (naive UTC)."""
    if zone == "UTC":
        return instant
    try:
        return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    except OverflowError:  # on the first or last day that a date can be
        return instant


def to_utc(wall: datetime, zone: str) -> datetime:
    """The instant (naive UTC) of a wall clock in `zone`.

    A time that the clock shows twice is the later one, a time that it skips is moved on by the gap: what
    PostgreSQL and ICU do.
    """
    if zone == "UTC":
        return wall
    return max(_utc(wall, zone, 0), _utc(wall, zone, 1))


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant (naive UTC) of a calendar day in `zone`."""
    midnight = datetime(day.year, day.month, day.day)
    if zone == "UTC":
        return midnight
    early = _utc(midnight, zone, 0)
    return early if to_local(early, zone).date() == day else max(early, _utc(midnight, zone, 1))


def _utc(wall: datetime, zone: str, fold: int) -> datetime:
    try:
        return wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:  # on the first or last day that a date can be
        return wall


def first_day_from(instant: datetime, zone: str) -> date:
    """The first day that starts at or after an instant (naive UTC)."""
    day = to_local(instant, zone).date()
    return day if start_of_day(day, zone) >= instant else day + timedelta(days=1)


def shift_date(day: date, by: Duration) -> date:
    """A day moved by days or longer units; months and years keep the day or take the last of the month."""
    if by.unit in _DAYS:
        return _clamped(day.toordinal() + by.count * _DAYS[by.unit])
    months = day.year * 12 + day.month - 1 + by.count * _MONTHS[by.unit]
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if year < date.min.year else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def shift_instant(instant: datetime, by: Duration, zone: str) -> datetime:
    """An instant (naive UTC) moved: hours and shorter elapsed, days and longer on the wall clock of `zone`."""
    if by.unit in _ELAPSED:
        try:
            return instant + by.count * _ELAPSED[by.unit]
        except OverflowError:
            return datetime.min if by.count < 0 else datetime.max
    wall = to_local(instant, zone)
    return to_utc(datetime.combine(shift_date(wall.date(), by), wall.time()), zone)


def microseconds(length: Duration) -> int:
    """An elapsed length in microseconds, a day being 24 hours. Months and years have none (the checker refuses)."""
    unit = _ELAPSED.get(length.unit) or timedelta(days=_DAYS[length.unit])
    return length.count * (unit // timedelta(microseconds=1))


def anniversary(start: date, today: date) -> date:
    """The first of a day, a year after it, two years after it, … that is not before today."""
    years = max(today.year - start.year, 0)
    this = shift_date(start, Duration(years, "year"))
    return this if this >= today else shift_date(start, Duration(years + 1, "year"))


def start_of(unit: str, day: date) -> date:
    """The first day of the week (Monday), month, quarter or year that a day is in."""
    match unit:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return day.replace(month=1, day=1)
    raise ValueError(f"no calendar unit {unit!r}")


def _clamped(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))
