"""What a report tells of changed rules and of runs that no longer fit: why a size changed, and since when."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from segrules.planning.renaming import Thing
from segrules.report.dashboard.overview import overview
from segrules.report.dashboard.page import report_page
from segrules.workflows.apply import apply
from segrules.workflows.reporting.data import Report
from segrules.workflows.reporting.gather import report

PROJECT = """\
segrules: 1
name: shop
entities:
  customer: {source: customers.csv, key: id, columns: {id: integer, spend: integer}}
"""
FIRST = """\
params: {few: 3}
segments:
  cheap: spend < params.few
  resting: segments.cheap or spend == 100
  beside: {when: spend > 2, exclude: [1]}
  swapped: {when: spend > 2, include: [1]}
  steady: spend >= 0
"""
SECOND = FIRST + "  later: spend > 1\n"
THIRD = (
    SECOND.replace("few: 3", "few: 5")
    .replace("exclude: [1]", "suppress: spend == 4")
    .replace("include: [1]", "include: [2]")
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("changed")
    (root / "segments").mkdir()
    (root / "segrules.yml").write_text(PROJECT, "utf-8")
    _customers(root, 10)
    for day, rules in (("2026-01-01", FIRST), ("2026-01-08", SECOND), ("2026-01-15", THIRD)):
        (root / "segments/rules.yml").write_text(rules, "utf-8")
        assert apply(root, root / "out", as_of=day, record=True).exit_code == 0
    return root


def _customers(root: Path, many: int) -> None:
    """Each spends as much as its key is."""
    (root / "customers.csv").write_text("id,spend\n" + "".join(f"{n},{n}\n" for n in range(1, many + 1)), "utf-8")


def _gathered(root: Path) -> Report:
    found = report(root, out=root / "out")
    assert isinstance(found, Report)
    return found


def _said(page: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", "", page.replace("<li>", "\n"))).split())


def _of(found: Report, name: str) -> str:
    """The words of a segment's page."""
    return _said(report_page(found).split(f'id="segment/customer/{name}"')[1].split("</section>")[0])


def test_why_a_size_changed_is_told_as_far_as_it_is_known(shop: Path) -> None:
    _customers(shop, 10)
    found = _gathered(shop)
    told = _said(overview(found))
    assert "Its rule changed: cheap: +2 (+100%): 2 entered because the rule changed" in told
    assert "A rule it uses changed: resting: +2 (+100%): 2 entered" in told
    assert "Its rule changed: beside: −1 (−12%): 1 left" in told
    assert "What it means changed: swapped: no change: 1 entered and 1 left because the rule changed" in told
    before = {thing.name: text for thing, text in found.rules_before.items()}
    assert before == {"cheap": "spend < params.few; params.few: 3", "beside": "spend > 2; exclude: 1 key"}
    assert Thing("customer", "segment", "cheap") in found.rules_before


def test_who_moved_is_told_of_the_size_that_was_recorded_alone(shop: Path) -> None:
    _customers(shop, 10)
    assert "No change since 8 January 2026: 0 entered and 0 left." in _of(_gathered(shop), "steady")
    _customers(shop, 11)
    found = _gathered(shop)
    said = _of(found, "steady")
    assert "+1 (+10%) since 8 January 2026; rules or data have changed since the last run was recorded." in said
    assert "0 entered" not in said
    heads = "Entered since 8 Jan", "Left since 8 Jan"
    table = _said(overview(found)).split("All segments")[1]
    assert all(head in table for head in heads)  # of others it is known
    assert "steady11100%+1––" in table


def test_growth_is_told_from_one_day_on(shop: Path) -> None:
    _customers(shop, 10)
    rows = overview(_gathered(shop)).split('<table class="segments">')[1].split("</table>")[0].split("<tr>")
    grown = {
        name: _said(row.split('<td class="number">')[-1])
        for row in rows
        for name in ("steady", "later")
        if f">{name}<" in row
    }
    assert grown == {"steady": "0%", "later": "–"}
