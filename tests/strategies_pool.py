"""The few values that rows and rules of one random sample share, so that they meet at boundaries and in ties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import reference_values as values
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from segrules.language.core import Duration

_INTEGERS = (-7, -1, 0, 1, 2, 3, 5, 10, 30, 1_000_000_007)
_DECIMALS = (
    "0.0",
    "0.1",
    "0.2",
    "0.3",
    "-0.5",
    "1.0",
    "2.5",
    "9.99",
    "10.0",
    "99.95",
    "9999999999.99",
    "0.07",
    "0.57",
    "0.01",
)
_NUMBERS = (-2.5, 0.0, 0.25, 0.5, 1.0, 1.5, 3.0, 10.0)
_TEXTS = (
    "TH",
    "TW",
    "th",
    "",
    " TH ",
    "T",
    "ไทย",
    "שלום",
    "中文",
    "😀",
    "O'Brien",
    "a%b_c",
    "back\\slash",
    "é",
    "e\u0301",
)
_DAYS_AGO = (0, 1, 2, 6, 7, 8, 29, 31, 90, 365, 366, -1, -2, -30)
_CLOCK = ("00:00", "00:00:01", "01:30", "02:30", "09:30", "12:00", "23:59:59")
LENGTHS = {
    "1 day": Duration(1, "day"),
    "7 days": Duration(7, "day"),
    "30 days": Duration(30, "day"),
    "90 days": Duration(90, "day"),
    "24 hours": Duration(24, "hour"),
    "36 hours": Duration(36, "hour"),
    "2 weeks": Duration(2, "week"),
    "1 month": Duration(1, "month"),
    "1 quarter": Duration(1, "quarter"),
    "1 year": Duration(1, "year"),
}


@dataclass(frozen=True)
class Pool:
    """The few values of one sample, shared by rows and rules, so that they meet. Times are the wall clock's."""

    today: date
    integer: tuple[int, ...]
    decimal: tuple[str, ...]
    number: tuple[float, ...]
    text: tuple[str, ...]
    date: tuple[date, ...]
    timestamp: tuple[datetime, ...]
    lengths: tuple[str, ...]


@st.composite
def pools(draw: DrawFn, today: date, now: datetime) -> Pool:
    """Values for one sample; of times, those where windows of the pool's lengths begin, and their neighbours."""
    lengths = tuple(draw(st.lists(st.sampled_from(tuple(LENGTHS)), min_size=2, max_size=2, unique=True)))
    edges = [now, *(before(now, LENGTHS[length]) for length in lengths)]
    other_days = tuple(today - timedelta(days=ago) for ago in _DAYS_AGO)
    starts = tuple(values.STRICT["start_of"](unit, today) for unit in ("week", "month", "quarter", "year"))
    days = [draw(st.sampled_from(edges)).date(), *some(draw, (*other_days, *starts), 2)]
    clock = datetime.fromisoformat(f"{days[-1]}T{draw(st.sampled_from(_CLOCK))}")
    midnight = datetime.combine(days[1], time()) + timedelta(days=draw(st.integers(0, 1)))
    instants = [draw(st.sampled_from(edges)), clock, midnight]
    near = draw(st.sampled_from((*edges, clock, midnight))) + draw(st.sampled_from((-1, 1))) * timedelta(microseconds=1)
    return Pool(
        today,
        some(draw, _INTEGERS, 3),
        some(draw, _DECIMALS, 3),
        some(draw, _NUMBERS, 3),
        some(draw, _TEXTS, 3),
        tuple(days),
        (*instants, near),
        lengths,
    )


def before(now: datetime, length: Duration) -> datetime:
    """The wall clock a length earlier: where a window of that length begins."""
    if length.unit == "hour":
        return now - timedelta(hours=length.count)
    return datetime.combine(values.shift_date(now.date(), replace(length, count=-length.count)), now.time())


def some(draw: DrawFn, options: Any, count: int) -> Any:
    """A tuple of that many of the options."""
    return tuple(draw(st.sampled_from(options)) for _ in range(count))
