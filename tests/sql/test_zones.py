"""Wall clocks become instants the same way in an engine's table of zones, by arithmetic, and in Python."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from segrules.engines import Engine
from segrules.planning.time import to_utc
from segrules.sql.literals import constant
from segrules.sql.zones import fixed_offset, utc_from_column, utc_from_wall

ZONES = [
    "UTC",
    "Asia/Bangkok",
    "Asia/Jerusalem",
    "Europe/Moscow",
    "America/New_York",
    "Asia/Kathmandu",
    "Asia/Shanghai",
]


@given(
    st.lists(st.datetimes(datetime(1960, 1, 1), datetime(2045, 1, 1)), min_size=1, max_size=30), st.sampled_from(ZONES)
)
def test_engine_and_python_agree(duckdb_engine: Engine, walls: list[datetime], zone: str) -> None:
    columns = [make(constant(wall), zone) for wall in walls for make in (utc_from_wall, utc_from_column)]
    (row,) = duckdb_engine.run(exp.Select(expressions=columns).sql("duckdb"))
    assert list(row) == [to_utc(wall, zone) for wall in walls for _ in range(2)]


@pytest.mark.parametrize(
    ("zone", "year", "hours"), [("Asia/Bangkok", 1971, 7), ("Europe/Moscow", 2014, 3), ("Asia/Shanghai", 1991, 8)]
)
def test_offsets_that_do_not_change_any_more(zone: str, year: int, hours: int) -> None:
    found = fixed_offset(zone)
    assert found is not None
    assert (found[0].year, found[1]) == (year, timedelta(hours=hours))
    place = ZoneInfo(zone)
    days = (found[0] + timedelta(days=step) for step in range(0, 40_000, 7))
    assert {day.replace(tzinfo=place).utcoffset() for day in days} == {timedelta(hours=hours)}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Jerusalem", "Africa/Casablanca", "Australia/Lord_Howe"])
def test_offsets_that_still_change(zone: str) -> None:
    assert fixed_offset(zone) is None
