"""Every example is valid, passes its own tests, and finds on its data the members worked out without segrules."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segrules.cli.app import main
from segrules.project.loader import folder_reader, load

TESTS = Path(__file__).parent
EXAMPLES = TESTS.parent / "examples"
NAMES = ("quickstart", "cdnow", "grocer", "webshop")

Members = dict[str, set[int]]

COUNTS = {
    "quickstart": {
        "vip": 8,
        "never_ordered": 3,
        "big_spender": 12,
        "loyal_thai": 6,
        "reachable": 28,
        "win_back": 6,
        "abroad": 26,
        "lifecycle.lead": 3,
        "lifecycle.new": 5,
        "lifecycle.active": 18,
        "lifecycle.churned": 5,
        "lifecycle.sleeping": 9,
    },
    "cdnow": {
        "active_regulars": 215,
        "january_only": 549,
        "top_spenders": 236,
        "one_time_buyers": 1218,
        "lapsed_repeat_buyers": 625,
        "reactivated": 264,
        "growing": 340,
        "high_average": 186,
        "steady_collectors": 71,
        "quick_second": 410,
        "free_order": 8,
        "best_fifth": 471,
        "three_months_of_1997": 512,
        "one_big_order": 100,
        "weekend_only": 55,
        "regulars": 193,
        "lost_in_1998": 256,
        "vips_going_cold": 51,
        "nobody_left_out": 342,
        "vip": 95,
        "lapsed": 638,
        "once": 1205,
        "rfm_segment.champions": 543,
        "rfm_segment.recent_customers": 0,
        "rfm_segment.promising": 123,
        "rfm_segment.needing_attention": 165,
        "rfm_segment.cant_lose_them": 10,
        "rfm_segment.hibernating": 252,
        "rfm_segment.about_to_sleep": 237,
        "rfm_segment.potential_loyalists": 135,
        "rfm_segment.lost": 573,
        "rfm_segment.loyal_customers": 265,
        "rfm_segment.at_risk_customers": 54,
        "lifecycle.churned": 1539,
        "lifecycle.at_risk": 417,
        "lifecycle.new": 0,
        "lifecycle.loyal": 178,
        "lifecycle.regular": 223,
    },
    "webshop": {
        "quick_buyers": 44,
        "slow_buyers": 102,
        "three_days_running": 11,
        "window_shoppers": 18,
        "regulars": 279,
        "evening_people": 90,
        "stopped": 133,
        "back_after_a_month": 377,
        "most_active": 69,
        "from_paid_search": 169,
        "straight_to_the_cart": 272,
        "left_a_cart": 467,
        "wish_came_true": 101,
        "searched_from_promo": 37,
        "chat_helped": 20,
        "bought_without_reviews": 319,
        "tried_payment_again": 6,
        "gave_up_at_payment": 80,
        "error_after_error": 5,
        "come_but_do_not_buy": 52,
        "converts_well": 16,
        "bought_at_first_sight": 61,
        "found_and_bought": 181,
        "phone_first": 4,
        "trouble_drove_away": 53,
        "leaves_at_search": 16,
        "checkout.bought": 328,
        "checkout.left_at_payment": 36,
        "checkout.left_at_shipping": 57,
        "checkout.left_the_cart": 97,
        "checkout.looked": 80,
        "checkout.passed_by": 2,
    },
    "grocer": {
        "redeemers": 49,
        "coupon_fans": 24,
        "targeted_not_redeemed": 71,
        "in_campaign": 57,
        "rested": 29,
        "only_type_a": 58,
        "overlooked": 15,
        "deal_seekers": 24,
        "families": 58,
        "affluent_homeowners": 7,
        "ask_them": 9,
        "private_label_lovers": 25,
        "national_brands": 47,
        "baby": 34,
        "dog_owners": 39,
        "cat_owners": 29,
        "organic": 36,
        "wine_and_beer": 49,
        "no_meat": 3,
        "comes_for_fuel": 7,
        "frequent": 54,
        "slowing_down": 18,
        "weekend_shoppers": 26,
        "big_baskets": 38,
        "top_up": 20,
        "lifecycle.gone": 12,
        "lifecycle.lapsing": 22,
        "lifecycle.new": 3,
        "lifecycle.frequent": 54,
        "lifecycle.occasional": 156,
        "income_band.low": 22,
        "income_band.middle": 48,
        "income_band.high": 11,
        "income_band.unknown": 166,
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_no_findings(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = _run(capsys, "validate", "--format", "json", str(EXAMPLES / name))
    assert printed["findings"] == []
    assert code == 0


@pytest.mark.parametrize("name", NAMES)
def test_an_example_passes_its_own_tests(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = _run(capsys, "test", "--format", "json", str(EXAMPLES / name))
    assert [test["message"] for test in printed["tests"] if not test["passed"]] == []
    assert printed["passed"] >= 5
    assert code == 0


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_as_many_members_as_ever(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = _apply(capsys, name, tmp_path)
    assert {one["segment"]: one["members"] for one in printed["segments"]} == COUNTS[name]
    assert code == 0


def test_members_of_the_quickstart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _apply(capsys, "quickstart", tmp_path)
    assert _written(tmp_path / "customer.parquet") == _quickstart()


def test_members_of_cdnow_are_those_of_the_english_definitions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _apply(capsys, "cdnow", tmp_path)
    members = _written(tmp_path / "customer.parquet")
    answers = {one["english"]: one for one in json.loads((TESTS / "data/cdnow_answers.json").read_text())}
    checked = []
    project, _ = load(folder_reader(EXAMPLES / "cdnow"))
    assert project is not None
    for segment in project.segments:
        if "description" in segment.about:
            answer = answers[segment.about["description"]]
            assert members[segment.name] == set(answer["members"]), answer["id"]
            checked.append(answer["id"])
    assert checked == [f"C{number:02}" for number in (*range(1, 14), *range(15, 21))]


def test_rfm_and_lifecycle_of_cdnow_are_those_of_sql_written_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _apply(capsys, "cdnow", tmp_path)
    with duckdb.connect() as connection:
        connection.execute(f"create view orders as from read_csv('{EXAMPLES}/cdnow/data/cdnow_sample.csv')")
        rows = connection.execute((TESTS / "data/cdnow_answers.sql").read_text()).fetchall()
    members = _written(tmp_path / "customer.parquet")
    assert {name: keys for name, keys in members.items() if "." in name} == _sets(rows)


def test_members_of_the_grocer_are_those_of_sql_written_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _apply(capsys, "grocer", tmp_path)
    data = EXAMPLES / "grocer/data"
    with duckdb.connect() as connection:
        for file in data.glob("*.parquet"):
            view = file.stem.removeprefix("coupon_")
            connection.execute(f"create view {view} as from read_parquet('{file}')")
        rows = connection.execute((TESTS / "data/grocer_answers.sql").read_text()).fetchall()
    assert _written(tmp_path / "household.parquet") == _sets(rows)


def test_members_of_the_webshop_are_those_of_sql_written_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _apply(capsys, "webshop", tmp_path)
    with duckdb.connect() as connection:
        connection.execute(f"create view events as from read_csv('{EXAMPLES}/webshop/data/ecom_events.csv.gz')")
        rows = connection.execute((TESTS / "data/webshop_answers.sql").read_text()).fetchall()
    assert _written(tmp_path / "visitor.parquet") == _sets(rows)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, Any]:
    """The exit code and what was printed as JSON."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return end.value.code, json.loads(capsys.readouterr().out)


def _apply(capsys: pytest.CaptureFixture[str], name: str, out: Path) -> tuple[object, Any]:
    return _run(capsys, "apply", "--json", "--out", str(out), str(EXAMPLES / name))


def _written(path: Path) -> Members:
    with duckdb.connect() as connection:
        rows = connection.execute("select * from read_parquet(?)", [str(path)]).fetchall()
    return _sets([(segment, key) for key, *_carried, segment in rows])


def _sets(rows: list[Any]) -> Members:
    assert max(Counter(map(tuple, rows)).values()) == 1
    members: Members = defaultdict(set)
    for segment, key in rows:
        members[segment].add(key)
    return members


def _quickstart() -> Members:
    """The members of the quickstart's segments, by plain Python."""
    members: Members = defaultdict(set)
    with (EXAMPLES / "quickstart/data/customers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for segment in _quickstart_segments(row):
                members[segment].add(int(row["customer_id"]))
    return members


def _quickstart_segments(row: dict[str, str]) -> list[str]:
    orders, spend = int(row["orders"]), float(row["spend"])
    recency = int(row["recency_days"]) if row["recency_days"] else None
    reachable = row["newsletter"] == "true" and "@" in row["email"]
    tests = {
        "vip": recency is not None and recency < 30 and orders >= 5,
        "never_ordered": orders == 0,
        "big_spender": spend >= 500,
        "loyal_thai": orders >= 3 and row["country"] == "TH",
        "reachable": reachable,
        "win_back": reachable and spend >= 200 and recency is not None and recency > 90,
        "abroad": row["country"] not in ("", "TH"),
    }
    joined = (date(2026, 1, 31) - date.fromisoformat(row["joined_on"])).days
    if orders == 0:
        stage = "lead"
    elif orders == 1 and joined < 30:
        stage = "new"
    else:
        stage = "sleeping" if recency is None or 90 < recency <= 365 else "active" if recency <= 90 else "churned"
    return [*(name for name, holds in tests.items() if holds), f"lifecycle.{stage}"]
