"""What recorded runs tell a report, held against who was in what as plain sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from recorded_shop import Shop, day

from segrules.engines.duckdb import DuckDB
from segrules.workflows.apply import apply
from segrules.workflows.history.reading import PastMoves, past_moves, reading_engine
from segrules.workflows.history.records import History, read_history
from segrules.workflows.reporting.data import EntityReport, Report
from segrules.workflows.reporting.gather import report
from segrules.workflows.reporting.lives import cohorts, stayed, with_lives
from segrules.workflows.running import Refusal

PROJECT = """\
segrules: 1
name: shop
entities:
  customer: {source: customers.csv, key: id, columns: {id: text, spend: integer}}
"""
RULES = """\
segments:
  rich: spend > 5
segmentations:
  size: {stages: {small: spend < 3, middle: spend < 7}, otherwise: big}
  tags: {hit: any, stages: {odd: spend % 2 == 1}}
"""
DAYS = {
    "2026-01-01": {"a": 9, "b": 9, "c": 1, "d": 1},
    "2026-01-08": {"a": 9, "b": 1, "c": 9, "d": 1},
    "2026-01-15": {"a": 9, "b": 9, "c": 9, "d": 1, "e": 5},
    "2026-01-22": {"a": 1, "b": 9, "c": 9, "d": 9, "e": 5},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lives")
    (root / "segments").mkdir()
    (root / "segrules.yml").write_text(PROJECT, "utf-8")
    rules = root / "segments/rules.yml"
    for number, (when, spend) in enumerate(DAYS.items()):
        rules.write_text(RULES if number else RULES.replace("rich:", "wealthy:"), "utf-8")
        rows = "".join(f"{key},{value}\n" for key, value in spend.items())
        (root / "customers.csv").write_text(f"id,spend\n{rows}", "utf-8")
        assert apply(root, root / "out", as_of=when, record=True).exit_code == 0
    return root


@pytest.fixture
def history(shop: Path) -> History:
    return read_history(shop / "out")


@pytest.fixture
def engine(history: History) -> Iterator[DuckDB]:
    with reading_engine(history) as engine:
        yield engine


def test_points_stays_and_moves(shop: Path, history: History, engine: DuckDB) -> None:
    drawn = report(shop, with_data=False)
    assert not isinstance(drawn, Refusal)
    found = with_lives(drawn, history, engine)
    assert found.runs == tuple(map(date.fromisoformat, DAYS))
    (own,) = found.entities
    assert [(point.members, point.entered, point.left) for point in own.points] == [
        (4, None, None),
        (4, 0, 0),
        (5, 1, 0),
        (5, 0, 0),
    ]
    (rich,) = own.segments
    told = [(point.members, point.entered, point.left) for point in rich.points]
    assert told == [(2, None, None), (2, 1, 1), (3, 1, 0), (3, 1, 1)]
    assert rich.points[0].share == 0.5
    assert rich.stays is not None
    assert (rich.stays.days, rich.stays.known) == (7.0, 3)  # b for 7 days, c for 14, d for 0
    assert rich.stays.turnover == 5 / (10 / 4)  # sizes 2, 2, 3, 3
    assert rich.stays.since == date(2026, 1, 1)
    size, tags = own.segmentations
    assert tags.moves is None
    assert size.moves is not None
    assert size.moves.counts == {("big", "small"): 1, ("big", "big"): 1, ("small", "big"): 2, (None, "middle"): 1}
    assert [(point.entered, point.left) for point in size.stages[1].points] == [(None, None), (0, 0), (1, 0), (0, 0)]


def test_a_cohort_is_followed(history: History, engine: DuckDB) -> None:
    (later, first) = sorted(
        cohorts(history, "customer", ["rich", "size.middle"], engine), key=lambda one: one.segments
    )[::-1]
    assert (first.run.given, first.segments) == (date(2026, 1, 1), ("rich",))
    assert (later.run.given, later.segments) == (date(2026, 1, 15), ("size.middle",))
    ends = [run.as_of.now for run in history.runs[1:]]
    assert stayed(history, "customer", first, engine, ends) == {"rich": (0.5, 1.0, 0.5)}
    assert stayed(history, "customer", later, engine, ends[2:]) == {"size.middle": (1.0,)}


def reported(shop: Shop) -> EntityReport:
    found = report(shop.root, out=shop.out)
    assert isinstance(found, Report), found
    return found.entities[0]


def test_a_name_that_another_segment_had_before_tells_nothing_of_this_one(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    both, old, new = (
        "segments: {a: spend < 5, b: spend % 2 == 0}\n",
        "segments: {b: spend % 2 == 0}\n",
        "a: spend % 2 == 0",
    )
    steps = [
        (both, {"x": 1, "y": 2}),
        (both, {"x": 4, "y": 8}),  # x enters `b`; y leaves the old `a`
        (old, {"x": 4, "y": 8}),  # x leaves the old `a`, which is no more
        (f"segments: {{{new}}}\n", {"x": 4, "y": 8}),
    ]
    for number, (rules, spend) in enumerate(steps, 1):
        shop.rules(rules)
        shop.customers(spend)
        assert shop.run(day(number)).exit_code == 0
    (own,) = reported(shop).segments
    assert [(point.members, point.entered, point.left) for point in own.points[1:]] == [(2, 1, 0), (2, 0, 0), (2, 0, 0)]
    assert own.stays is not None
    assert (own.stays.days, own.stays.known) == (2.0, 1)  # x since the second day
    history = read_history(shop.out)
    with reading_engine(history) as engine:
        (cohort,) = cohorts(history, "customer", ["a"], engine)
        assert cohort.sizes == {"a": 1}  # y
        ends = [run.as_of.now for run in history.runs[1:]]
        assert stayed(history, "customer", cohort, engine, ends) == {"a": (1.0, 1.0, 1.0)}


def test_who_was_in_a_segment_that_was_gone_for_a_while_is_still_followed(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.customers({"x": 1, "y": 8})
    for number, rules in enumerate(("a: spend < 5, b: spend > 5", "b: spend > 5", "a: spend < 5, b: spend > 5"), 1):
        shop.rules(f"segments: {{{rules}}}\n")
        assert shop.run(day(number)).exit_code == 0
    history = read_history(shop.out)
    with reading_engine(history) as engine:
        (cohort,) = cohorts(history, "customer", ["a"], engine)
        ends = [run.as_of.now for run in history.runs[1:]]
        assert stayed(history, "customer", cohort, engine, ends) == {"a": (0.0, 1.0)}


def test_moves_of_a_segmentation_start_where_it_does(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    plain, sized = (
        "segments: {low: spend < 5}\n",
        "segmentations: {SIZE: {stages: {small: spend < 3, big: spend > 6}}}\n",
    )
    steps = [(plain, 1), (plain + sized.replace("SIZE", "dim"), 1), (plain + sized.replace("SIZE", "size"), 8)]
    for number, (rules, spend) in enumerate(steps, 1):
        shop.rules(rules)
        shop.customers({"x": spend, "y": 9})
        assert shop.run(day(number)).exit_code == 0
        if number == 2:
            assert [item.moves for item in reported(shop).segmentations] == [None]
            refused = past_moves(shop.out, "dim")
            assert isinstance(refused, Refusal)
            assert [finding.message for finding in refused.findings] == [
                "no run before that of 2026-01-02 has `dim`, and moves are from one run to another"
            ]
    (item,) = reported(shop).segmentations
    assert item.moves is not None
    assert (item.moves.start, item.moves.counts) == (date(2026, 1, 2), {("small", "big"): 1, ("big", "big"): 1})
    asked = past_moves(shop.out, "size")
    assert isinstance(asked, PastMoves), asked
    assert (asked.start.given, asked.counts) == (item.moves.start, item.moves.counts)


def test_without_two_runs_in_the_last_year_no_turnover_is_known(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    for number, when in enumerate(("2023-01-01", "2025-01-01")):
        shop.customers({"x": number, "y": 9})
        assert shop.run(when).exit_code == 0
    stays = next(item.stays for item in reported(shop).segments if item.name == "low")
    assert stays is not None
    assert (stays.turnover, stays.since) == (None, None)
