"""A report gathered: sizes, what has no numbers and says so, and what there is no report of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segrules.report.dashboard.page import report_page
from segrules.workflows.apply import apply, count
from segrules.workflows.reporting.changes import broken_expectations
from segrules.workflows.reporting.data import Report
from segrules.workflows.reporting.gather import report
from segrules.workflows.running import Refusal

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def quickstart() -> Report:
    found = report(EXAMPLES / "quickstart")
    assert isinstance(found, Report)
    return found


def _project(folder: Path, rules: str, rows: str | None = "id,city\n1,Москва\n2,กรุงเทพ\n3,\n") -> Path:
    (folder / "segrules.yml").write_text(
        "segrules: 1\nentities:\n  client: {source: clients.csv, key: id, columns: {id: integer, city: text}}\n"
    )
    (folder / "segments").mkdir()
    (folder / "segments" / "all.yml").write_text(rules)
    if rows is not None:
        (folder / "clients.csv").write_text(rows)
    return folder


def test_sizes_are_those_of_count(quickstart: Report) -> None:
    counted = {item.segment: item.members for item in count(EXAMPLES / "quickstart").counts}
    (customer,) = quickstart.entities
    sizes = {item.name: item.members for item in customer.segments}
    sizes |= {f"{item.name}.{stage.label}": stage.members for item in customer.segmentations for stage in item.stages}
    assert sizes == counted
    assert customer.rows == 40
    assert {item.rows for item in customer.segments} == {40}


def test_the_label_of_rows_without_a_stage_stands_last(quickstart: Report) -> None:
    (lifecycle,) = quickstart.entities[0].segmentations
    (*own, otherwise) = lifecycle.stages
    assert otherwise.label == lifecycle.definition.otherwise
    assert otherwise.rule is None
    assert all(stage.rule is not None and stage.text for stage in own)


def test_english_comes_first_unless_another_language_is_wished_for(quickstart: Report) -> None:
    assert quickstart.languages == ("en", "th")
    thai = report(EXAMPLES / "quickstart", language="th", with_data=False)
    assert isinstance(thai, Report)
    assert thai.languages == ("th", "en")


def test_without_data_nothing_has_a_number_and_it_says_so(tmp_path: Path) -> None:
    found = report(_project(tmp_path, "segments: {in_moscow: city == 'Москва'}\n"), with_data=False)
    assert isinstance(found, Report)
    assert [(item.name, item.members, item.rows) for item in found.entities[0].segments] == [("in_moscow", None, None)]
    assert found.entities[0].rows is None
    assert found.missing[0] == "Numbers of today are left out: the data was not looked at."
    assert found.missing[1].startswith("No run is recorded yet")


def test_where_files_are_not_there_it_is_a_report_of_the_rules(tmp_path: Path) -> None:
    found = report(_project(tmp_path, "segments: {in_moscow: city == 'Москва'}\n", None))
    assert isinstance(found, Report)
    assert found.entities[0].segments[0].members is None
    said, _ = found.missing
    assert "there is no file `clients.csv`" in said


def test_wrong_rules_are_refused_with_numbers_and_shown_without(tmp_path: Path) -> None:
    root = _project(tmp_path, "segments: {in_moscow: city == 5, known: city is known}\n")
    refused = report(root)
    assert isinstance(refused, Refusal)
    assert refused.exit_code == 1
    found = report(root, with_data=False)
    assert isinstance(found, Report)
    assert [(item.name, item.rule is None) for item in found.entities[0].segments] == [
        ("in_moscow", True),
        ("known", False),
    ]
    assert "wrong-type" in {finding.code for finding in found.findings}


def test_unfit_data_is_refused(tmp_path: Path) -> None:
    root = _project(tmp_path, "segments: {in_moscow: city == 'Москва'}\n", "id,city\n1,a\n1,b\n")
    refused = report(root)
    assert isinstance(refused, Refusal)
    assert refused.exit_code == 2
    assert "duplicate-entity-key" in {finding.code for finding in refused.findings}


def test_a_project_without_segments_has_a_report(tmp_path: Path) -> None:
    found = report(_project(tmp_path, ""))
    assert isinstance(found, Report)
    assert found.entities[0].segments == ()


def test_findings_of_rules_and_of_data_stand_together(tmp_path: Path) -> None:
    rules = "segments:\n  elsewhere: city != 'Москва'\n  big: {when: city is known, expect: {size: '>= 3'}}\n"
    found = report(_project(tmp_path, rules))
    assert isinstance(found, Report)
    negative, broken = found.findings  # each said once, as the run says it, which has counted
    assert (negative.code, broken.code) == ("negative-on-missing", "expectation-broken")
    assert "1 of 3 client rows" in negative.message


ORDERS = """\
segrules: 1
timezone: Asia/Bangkok
entities:
  client: {source: clients.csv, key: id, columns: {id: integer}}
relations:
  orders:
    source: orders.csv
    key: id
    time: at
    columns: {id: integer, at: TYPE}
"""


@pytest.mark.parametrize(
    ("kind", "first", "days"),
    [
        ("date", "2025-06-02", "364 days"),
        ("date", "2025-06-01", None),
        ("date", "2026-06-02", None),
        ("date", "", None),
        ("timestamp", "2026-05-31 00:30:00", "1 day"),
    ],
)
def test_growth_is_no_news_where_the_runs_begin_soon_after_the_data(
    tmp_path: Path, kind: str, first: str, days: str | None
) -> None:
    root = _project(tmp_path, "segments: {buyers: any(orders)}\n", "id\n1\n")
    (root / "segrules.yml").write_text(ORDERS.replace("TYPE", kind), "utf-8")
    (root / "orders.csv").write_text("id,at\n" + (f"1,{first}\n1,{first}\n" if first else ""), "utf-8")
    for day in ("2026-06-01", "2026-06-08"):
        assert apply(root, root / "out", as_of=day, record=True).exit_code == 0
    found = report(root, out=root / "out")
    assert isinstance(found, Report)
    assert [f"only {days} later than the first row of `orders`" in note for note in found.notes] == [True] * bool(days)


def test_what_the_run_finds_stands_beside_its_rule_too(tmp_path: Path) -> None:
    rules = "segments:\n  elsewhere: city != 'Москва'\n  big: {when: city is known, expect: {size: '> 100'}}\n"
    found = report(_project(tmp_path, rules))
    assert isinstance(found, Report)
    page, (_, big) = report_page(found), found.entities[0].segments
    assert 'As large as expected</dt><dd><b class="figure"><span class="bad">0 of 1</span>' in page
    assert list(broken_expectations(found)) == [(big, found.findings[1].message)]
    (said,) = re.findall('<ul class="rule-findings">(.*?)</ul>', page, re.DOTALL)
    assert "1 of 3 client rows" in said
