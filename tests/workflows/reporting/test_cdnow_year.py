"""A year of CDNOW, replayed week by week: its report against figures counted from the raw orders in plain Python."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from segrules.workflows.history.backfilling import Backfilled, backfill
from segrules.workflows.reporting.data import EntityReport, Report
from segrules.workflows.reporting.gather import report

CDNOW = Path(__file__).parents[3] / "examples/cdnow"
FIRST, LAST = date(1997, 7, 1), date(1998, 6, 30)
WEEKS = [FIRST + timedelta(weeks=number) for number in range(53)]

Orders = dict[int, list[date]]


@pytest.fixture(scope="module")
def orders() -> Orders:
    """The days of every customer's orders, straight from the file."""
    found: Orders = {}
    with (CDNOW / "data/cdnow_sample.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(int(row["customer_id"]), []).append(date.fromisoformat(row["order_date"]))
    return found


@pytest.fixture(scope="module")
def entity(tmp_path_factory: pytest.TempPathFactory) -> EntityReport:
    root = tmp_path_factory.mktemp("year") / "cdnow"
    shutil.copytree(CDNOW, root)
    done = backfill(root, root / "out", start=FIRST.isoformat(), end=LAST.isoformat(), every="week")
    assert isinstance(done, Backfilled), done
    assert list(done.moments) == WEEKS
    found = report(root, out=root / "out")
    assert isinstance(found, Report), found
    assert found.runs == tuple(WEEKS)
    return found.entities[0]


def visible(orders: Orders, today: date) -> Orders:
    """The orders up to the end of a day, of customers who have some."""
    some = {key: [day for day in days if day <= today] for key, days in orders.items()}
    return {key: days for key, days in some.items() if days}


def vips(orders: Orders, today: date) -> set[int]:
    seen = visible(orders, today)
    return {key for key, days in seen.items() if len(days) >= 5 and (today - max(days)).days < 30}


def stage(days: list[date], today: date) -> str:
    silence = (today - max(days)).days
    if silence > 365:
        return "churned"
    if silence > 120:
        return "at_risk"
    if (today - min(days)).days < 60:
        return "new"
    return "loyal" if sum((today - day).days < 365 for day in days) >= 4 else "regular"


def test_the_migration_matrix_is_what_the_raw_orders_say(orders: Orders, entity: EntityReport) -> None:
    before = {key: stage(days, FIRST) for key, days in visible(orders, FIRST).items()}
    after = {key: stage(days, LAST) for key, days in visible(orders, LAST).items()}
    expected = Counter((before.get(key), after.get(key)) for key in before.keys() | after.keys())
    (lifecycle,) = (item for item in entity.segmentations if item.name == "lifecycle")
    assert lifecycle.moves is not None
    assert lifecycle.moves.counts == expected
    assert sum(expected.values()) == 2357


def test_sizes_entries_and_exits_of_every_week_are_what_the_raw_orders_say(
    orders: Orders, entity: EntityReport
) -> None:
    (vip,) = (item for item in entity.segments if item.name == "vip")
    weekly = [vips(orders, day) for day in WEEKS]
    assert [point.members for point in vip.points] == [len(some) for some in weekly]
    pairs = list(pairwise(weekly))
    assert [point.entered for point in vip.points[1:]] == [len(now - was) for was, now in pairs]
    assert [point.left for point in vip.points[1:]] == [len(was - now) for was, now in pairs]


def test_the_retention_curves_are_what_the_raw_orders_say(orders: Orders, entity: EntityReport) -> None:
    (vip,) = (item for item in entity.segments if item.name == "vip")
    curves = vip.curves
    assert curves is not None
    cohort = vips(orders, FIRST)
    assert (curves.cohort, curves.members, curves.days) == (FIRST, len(cohort), 28)
    steps = 13  # of 28 days, the last of which ends on the last day
    active, again, stayed = [], [], []
    seen: set[int] = set()
    for step in range(steps):
        start, end = FIRST + timedelta(days=28 * step + 1), FIRST + timedelta(days=28 * (step + 1))
        now = {key for key in cohort if any(start <= day <= end for day in orders[key])}
        seen |= now
        active.append(len(now) / len(cohort))
        again.append(len(seen) / len(cohort))
        stayed.append(len(cohort & vips(orders, end)) / len(cohort))
    assert curves.active == pytest.approx(tuple(active))
    assert curves.again == pytest.approx(tuple(again))
    assert curves.stayed == pytest.approx(tuple(stayed))
