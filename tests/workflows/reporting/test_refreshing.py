"""What is soon known of a report after a change of rules, held against the whole report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from segrules.workflows.apply import apply
from segrules.workflows.explaining.funnels import Step
from segrules.workflows.reporting.data import Report, SegmentReport, StageReport
from segrules.workflows.reporting.gather import report
from segrules.workflows.reporting.refreshing import Known, refreshed
from segrules.workflows.running import Refusal

SHOP = Path(__file__).resolve().parents[2] / "docs_shop"
RULES = """\
params: {least: 2}
traits:
  orders: count(orders)
  often: orders >= params.least
segments:
  regular: often
  thai: country == 'TH'
  both: segments.regular and segments.lifecycle.more
segmentations:
  lifecycle: {stages: {lead: orders == 0, once: orders == 1}, otherwise: more}
  place: {stages: {home: country == 'TH'}, otherwise: away}
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("edited") / "shop"
    shutil.copytree(SHOP, root)
    (root / "segments").mkdir()
    (root / "segments/rules.yml").write_text(RULES, "utf-8")
    for day in ("2026-01-15", "2026-01-31"):
        assert apply(root, root / "out", as_of=day, record=True).exit_code == 0
    return root


@pytest.fixture(scope="module")
def before(recorded: Path) -> Known:
    known = refreshed(recorded, None)
    assert isinstance(known, Known)
    assert known.report is None
    return replace(known, report=whole(recorded))


@pytest.fixture
def shop(recorded: Path) -> Iterator[Path]:
    config = (recorded / "segrules.yml").read_text("utf-8")
    yield recorded
    (recorded / "segrules.yml").write_text(config, "utf-8")
    (recorded / "segments/rules.yml").write_text(RULES, "utf-8")


def whole(shop: Path) -> Report:
    found = report(shop, out=shop / "out")
    assert isinstance(found, Report)
    return found


def edited(shop: Path, known: Known, changes: dict[str, str]) -> Report | None:
    text = RULES
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (shop / "segments/rules.yml").write_text(text, "utf-8")
    found = refreshed(shop, known)
    assert isinstance(found, Known)
    return found.report


def counts(step: Step | None) -> object:
    return step and (step.clause.text, step.holds, step.left, step.only, [counts(part) for part in step.parts])


def soon(item: SegmentReport) -> object:
    """What of a segment is of now at once."""
    return (item.name, item.members, item.rows, item.rule, item.sample, item.points, counts(item.funnel), item.used_by)


def _stage(stage: StageReport) -> object:
    return (stage.label, stage.members, stage.text, stage.rule, stage.points)


@pytest.mark.parametrize(
    ("changes", "touched"),
    [
        ({"country == 'TH'\n": "country != 'TH'\n", "otherwise: away": "otherwise: abroad"}, {"thai"}),
        ({"least: 2": "least: 1", "  lifecycle: {": "  lifecycle: {label: Life, "}, {"regular", "both"}),
        ({"once: orders == 1": "once: orders <= 2", "thai: country": "siamese: country"}, {"both", "siamese"}),
        ({"  thai: country == 'TH'\n": "  new: orders > 1\n"}, {"new"}),
    ],
)
def test_what_a_change_touches_is_as_in_the_whole_report(
    shop: Path, before: Known, changes: dict[str, str], touched: set[str]
) -> None:
    found = edited(shop, before, changes)
    assert found is not None
    there, whole_there = found.entities[0], whole(shop).entities[0]
    assert [soon(item) for item in there.segments] == [soon(item) for item in whole_there.segments]
    for item, same in zip(there.segmentations, whole_there.segmentations, strict=True):
        assert item.definition.about == same.definition.about
        assert [_stage(stage) for stage in item.stages] == [_stage(stage) for stage in same.stages]
    assert {item.name for item in there.segments if not item.profile and item.members} <= touched
    assert before.report is not None
    old = {item.name: item for item in before.report.entities[0].segments}
    for item in there.segments:
        if item.name not in touched:
            assert (item.profile, item.worth, item.stays) == (
                old[item.name].profile,
                old[item.name].worth,
                old[item.name].stays,
            )


def test_nothing_is_counted_where_nothing_is_touched(
    shop: Path, before: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segrules.workflows.reporting.refreshing.open_run", None)
    assert edited(shop, before, {"regular: often": "regular: {when: often, label: Regulars}"}) is not None


def test_a_change_beside_the_rules_needs_the_whole_report(shop: Path, before: Known) -> None:
    config = shop / "segrules.yml"
    config.write_text(config.read_text("utf-8").replace("name: shop", "name: store"), "utf-8")
    found = refreshed(shop, before)
    assert isinstance(found, Known)
    assert found.report is None


def test_broken_rules_are_refused_with_all_their_mistakes(shop: Path, before: Known) -> None:
    (shop / "segments/rules.yml").write_text(
        RULES.replace("count(orders)", "count(order)").replace("'TH'", "7"), "utf-8"
    )
    found = refreshed(shop, before)
    assert isinstance(found, Refusal)
    assert {finding.code for finding in found.findings} >= {"unknown-relation", "wrong-type"}
