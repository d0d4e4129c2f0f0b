"""Cohorts followed through relations with dates and instants, stored and made, in a zone with a clock change."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from segrules.workflows.apply import apply
from segrules.workflows.reporting.data import Curves, Report
from segrules.workflows.reporting.gather import report

PROJECT = """\
segrules: 1
name: shop
timezone: Europe/Moscow
entities:
  customer: {source: customers.csv, key: id, columns: {id: text, wanted: boolean}}
relations:
  visits:
    source: visits.csv
    key: id
    time: at
    columns: {id: text, at: timestamp, paid: integer}
"""
PAID = "  paid_visits: {from: visits, where: paid > 0, value: paid}\n"
START = datetime(2014, 10, 5)  # three weeks before Moscow set its clocks back by an hour


def curves_of(root: Path, project: str, visits: dict[str, list[tuple[datetime, int]]]) -> Curves | None:
    (root / "segments").mkdir(parents=True)
    (root / "segrules.yml").write_text(project, "utf-8")
    (root / "segments/rules.yml").write_text("segments: {wanted: wanted}\n", "utf-8")
    (root / "customers.csv").write_text(
        "id,wanted\n" + "".join(f"{key},true\n" for key in visits) + "x,false\n", "utf-8"
    )
    rows = [f"{key},{at.isoformat()},{paid}\n" for key, own in visits.items() for at, paid in own]
    (root / "visits.csv").write_text("id,at,paid\n" + "".join(rows), "utf-8")
    for day in ("2014-10-04", "2014-12-31"):
        outcome = apply(root, root / "out", as_of=day, record=True)
        assert outcome.exit_code == 0, outcome.findings
    found = report(root, out=root / "out")
    assert isinstance(found, Report), found
    return found.entities[0].segments[0].curves


@pytest.mark.parametrize("made", ["", PAID], ids=["stored", "made"])
def test_steps_are_days_of_the_zone(tmp_path: Path, made: str) -> None:
    second = START + timedelta(days=28)
    visits = {
        "a": [(START, 1), (second, 1)],
        "b": [(second - timedelta(seconds=1), 1)],
        "c": [(second + timedelta(days=28, hours=5), 1), (START, 0)],
        "d": [(START - timedelta(seconds=1), 1), (datetime(2014, 12, 31), 1)],
    }
    found = curves_of(tmp_path / "shop", PROJECT + made, visits)
    assert found is not None
    first = 0.5 if made else 0.75
    assert found.relation == ("paid_visits" if made else "visits")
    assert found.members == 4
    assert found.active == (first, 0.25, 0.25)  # the fourth step is not over
    assert found.again == (first, first, 0.75)
    assert found.stayed == (1.0, 1.0, 1.0)
    assert ZoneInfo("Europe/Moscow").utcoffset(START) != ZoneInfo("Europe/Moscow").utcoffset(second)


def test_without_a_relation_that_tells_of_activity_there_are_no_curves(tmp_path: Path) -> None:
    other = PROJECT + "  calls: {source: visits.csv, key: id, time: at, columns: {id: text, at: timestamp}}\n"
    assert curves_of(tmp_path / "shop", other, {"a": [(START, 1)]}) is None
