"""What the scalar functions of the core give, on Python values, one small function each.

Integers are int, decimals Fraction, numbers float, timestamps naive UTC datetimes, durations int microseconds,
lists tuples, a missing value None. Nothing here knows SQL.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from segrules.language.core import Duration
from segrules.language.types import Kind, Type

_UTC = ZoneInfo("UTC")
_MICROSECOND = timedelta(microseconds=1)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


# time


def to_utc(wall: datetime, zone: str) -> datetime:
    """The instant of a wall clock reading: of two the later one; one that never was counts on past the gap."""
    place = ZoneInfo(zone)
    is_missing_hour = to_wall(_utc(wall, place, 0), zone) != wall
    return _utc(wall, place, 0 if is_missing_hour else 1)


def _utc(wall: datetime, place: ZoneInfo, fold: int) -> datetime:
    return wall.replace(fold=fold, tzinfo=place).astimezone(_UTC).replace(tzinfo=None)


def to_wall(instant: datetime, zone: str) -> datetime:
    """What the clock on the wall reads at an instant."""
    return instant.replace(tzinfo=_UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def day_of(instant: datetime, zone: str) -> date:
    return to_wall(instant, zone).date()


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a day: of two midnights the earlier, of none the end of the gap."""
    return _utc(datetime.combine(day, time()), ZoneInfo(zone), 0)


def first_day_from(instant: datetime, zone: str) -> date:
    """The first day that starts at or after an instant."""
    day = day_of(instant, zone)
    return day if start_of_day(day, zone) >= instant else day + timedelta(days=1)


def today(now: datetime, zone: str) -> date:
    """The last day that has begun before `now`."""
    return day_of(now - _MICROSECOND, zone)


def microseconds(length: Duration | timedelta) -> int:
    """An elapsed length; months and years have none."""
    if isinstance(length, timedelta):
        return length // _MICROSECOND
    return length.count * _SECONDS[length.unit] * 1_000_000


def shift_date(day: date, length: Duration) -> date:
    if length.unit in _MONTHS:
        return _add_months(day, length.count * _MONTHS[length.unit])
    return day + timedelta(seconds=length.count * _SECONDS[length.unit])


def _add_months(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


def shift_instant(instant: datetime, length: Duration, zone: str) -> datetime:
    """Days and longer move the date on the wall and keep its clock; hours and shorter pass."""
    if length.unit in ("second", "minute", "hour"):
        return instant + timedelta(seconds=length.count * _SECONDS[length.unit])
    wall = to_wall(instant, zone)
    return to_utc(datetime.combine(shift_date(wall.date(), length), wall.time()), zone)


# values of a type


def coerce(value: Any, type: Type, zone: str) -> Any:
    """A stored value, or the result of a function, in the form this module uses for the type."""
    if value is None:
        return None
    match type.kind:
        case Kind.NUMBER:
            number = float(value)
            return number if math.isfinite(number) else None
        case Kind.INTEGER:
            return int(value)
        case Kind.DECIMAL:
            return Fraction(value)
        case Kind.DURATION:
            return microseconds(value) if isinstance(value, Duration | timedelta) else value
        case Kind.LIST if type.element is not None:
            return tuple(coerce(item, type.element, zone) for item in value)
        case _:
            return value


def stored(value: Any, type: Type, zone: str) -> Any:
    """A value of a row or of a literal: its dates and times are what the project's clock on the wall shows."""
    if type.kind is Kind.TIMESTAMP and value is not None:
        return to_utc(value, zone) if isinstance(value, datetime) else start_of_day(value, zone)
    if type.kind is Kind.LIST and value is not None and type.element is not None:
        return tuple(stored(item, type.element, zone) for item in value)
    return coerce(value, type, zone)


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Both sides of a comparison in one kind: beside a float every number is a float."""
    if isinstance(left, float) or isinstance(right, float):
        return float(left), float(right)
    kinds = {_kind(left), _kind(right)}
    assert len(kinds) == 1, f"{left!r} and {right!r} cannot be compared"
    return left, right


def _kind(value: Any) -> type:
    """The class whose values compare with this one; a datetime is not a date, a boolean not a number."""
    for kind in (bool, datetime, date, str, tuple):
        if isinstance(value, kind):
            return kind
    assert isinstance(value, int | Fraction | Decimal), repr(value)
    return int


# functions


def _round(value: Any, digits: int = 0) -> Any:
    """Half away from zero."""
    scaled = abs(Fraction(value)) * Fraction(10) ** digits
    whole = math.floor(scaled + Fraction(1, 2))
    return Fraction(-whole if value < 0 else whole) / Fraction(10) ** digits


def _divide(a: Any, b: Any) -> Any:
    if b == 0:
        return None
    if isinstance(a, float) or isinstance(b, float):
        return float(a) / float(b)
    return float(Fraction(a) / Fraction(b))


def _modulo(a: Any, b: Any) -> Any:
    if b == 0:
        return None
    if isinstance(a, float) or isinstance(b, float):
        return math.fmod(a, b)
    rest = abs(a) % abs(b)
    return -rest if a < 0 else rest


def _matches(text: str, pattern: str) -> bool:
    """RE2's answer for simple patterns: `$` is the very end of the text, classes are ASCII.

    With `(?i)`, unlike in Python, they are while letters are alike in every script.
    """
    plain = re.sub(r"(?<!\\)\$", r"\\Z", pattern)
    if not plain.startswith("(?i)"):
        return re.search(plain, text, re.ASCII) is not None
    assert not re.search(r"\\[bBDWS]|\[[^]]*\\[dws]", plain), "no classes for these"
    for name, letters in (("d", "0-9"), ("w", "0-9A-Za-z_"), ("s", r"\t\n\f\r ")):
        plain = plain.replace(rf"\{name}", f"[{letters}]")
    return re.search(plain, text) is not None


def _start_of(unit: str, day: date) -> date:
    """The first day of the unit that the day is in."""
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "year":
            return date(day.year, 1, 1)
        case _:
            return day


def _lower(letter: str) -> str:
    """Its one lower-case letter: where Unicode has several in its place, the first (İ), as engines do."""
    return letter.lower()[0]


def _upper(letter: str) -> str:
    """Its one upper-case letter; a letter that needs several stays, but for the sharp s, which has one since 2008."""
    forms = ("ẞ" if letter == "ß" else letter.upper(), letter.title(), letter)  # ᾀ is ᾈ, which Python calls a title
    return next(form for form in forms if len(form) == 1)


def _anniversary(day: date, today: date) -> date:
    """The first of the day, a year after it, two years after it, … that is not before today."""
    years = 0
    while shift_date(day, Duration(years, "year")) < today:
        years += 1
    return shift_date(day, Duration(years, "year"))


def _distance_km(*degrees: Any) -> float | None:
    """The haversine formula on a globe of 6371.0088 km, to the millimetre."""
    latitude, longitude, other_latitude, other_longitude = map(float, degrees)
    if max(abs(latitude), abs(other_latitude)) > 90 or max(abs(longitude), abs(other_longitude)) > 180:
        return None
    here, there = math.radians(latitude), math.radians(other_latitude)
    turn = math.radians(other_longitude) - math.radians(longitude)
    height = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(turn / 2) ** 2
    return math.floor(2 * 6371.0088 * math.asin(min(math.sqrt(height), 1.0)) * 1_000_000 + 0.5) / 1_000_000


def _version(text: str) -> int | None:
    """A number in base ten to the ninth: one digit for each of the four parts, and whether it is a release."""
    found = re.fullmatch(r"v?([0-9.]+?)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?", text, re.ASCII)
    parts = found[1].split(".") if found else []
    if not found or len(parts) > 4 or not all(part.isdigit() and len(part) <= 9 for part in parts):
        return None
    number = 0
    for part in (*parts, "0", "0", "0")[:4]:
        number = number * 10**9 + int(part)
    return number * 10 + (0 if found[2] else 1)


def _bucket(key: Any, count: int, seed: str) -> int:
    digest = hashlib.md5(f"{seed}:{key}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:15], 16) % count + 1


BLANKS = "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace() and letter not in "\x1c\x1d\x1e\x1f")

STRICT: Mapping[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": _divide,
    "modulo": _modulo,
    "negate": lambda a: -a,
    "abs": abs,
    "round": _round,
    "floor": math.floor,
    "ceil": math.ceil,
    "lower": lambda text: "".join(map(_lower, text)),
    "upper": lambda text: "".join(map(_upper, text)),
    "trim": lambda text: text.strip(BLANKS),
    "length": len,
    "list_length": len,
    "days_between": lambda a, b: (b - a).days,
    "year": lambda day: day.year,
    "quarter": lambda day: (day.month + 2) // 3,
    "month": lambda day: day.month,
    "week": lambda day: day.isocalendar().week,
    "weekday": lambda day: day.isoweekday(),
    "start_of": _start_of,
    "anniversary": _anniversary,
    "distance_km": _distance_km,
    "version": _version,
    "bucket": _bucket,
}
"""Functions without a value where an argument has none."""

PREDICATES: Mapping[str, Callable[..., bool]] = {
    "contains": lambda text, part: part in text,
    "starts_with": lambda text, part: text.startswith(part),
    "ends_with": lambda text, part: text.endswith(part),
    "matches": _matches,
    "list_contains": lambda items, item: any(equal(item, one) for one in items),
    "contains_any": lambda items, wanted: any(equal(one, item) for one in wanted for item in items),
    "contains_all": lambda items, wanted: all(any(equal(one, item) for item in items) for one in wanted),
}
"""Functions that fail where an argument has no value."""

SKIPPING: Mapping[str, Callable[..., Any]] = {
    "least": lambda *known: min(known),
    "greatest": lambda *known: max(known),
    "coalesce": lambda *known: known[0],
}
"""Functions over those of their arguments that have a value."""


def equal(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    left, right = alike(left, right)
    return bool(left == right)
