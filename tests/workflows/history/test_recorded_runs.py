"""`apply --record`: what is recorded from run to run, held against who is in what as plain sets."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from recorded_shop import RULES, STAGES, Shop, day, in_what, random_days

from segrules.workflows.apply import apply
from segrules.workflows.history.backfilling import Backfilled, backfill
from segrules.workflows.history.reading import PastMoves, past_members, past_moves
from segrules.workflows.history.records import HistoryUnreadable, read_history
from segrules.workflows.running import Refusal


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


def test_each_run_records_who_came_and_went_and_every_day_can_be_asked_for(shop: Shop) -> None:
    days = random_days(1, 7)
    for number, spend in enumerate(days, 1):
        shop.customers(spend)
        assert shop.run(day(number)).exit_code == 0
    for number, (before, spend) in enumerate(pairwise(days), 2):
        expected: set[tuple[str, str | None, str, str]] = set()
        pairs = [(None, set(before), set(spend))]
        pairs += [(name, in_what(before)[name], own) for name, own in in_what(spend).items()]
        for name, was, now in pairs:
            expected |= {(key, name, "entered", "customer") for key in now - was}
            expected |= {(key, name, "left", "customer") for key in was - now}
        assert shop.changes(day(number)) == expected
    history = read_history(shop.out)
    for number, spend in enumerate(days, 1):
        run = history.runs[number - 1]
        assert run.entities["customer"].rows == len(spend)
        for name, own in in_what(spend).items():
            assert shop.members(name, day(number)) == own
            assert run.segments["customer", name].members == len(own)
    states = sorted(path.parent.name for path in (shop.out / "history").glob("*/*.members.parquet"))
    assert states == [day(1), day(6), day(7)]


def test_a_run_says_what_was_run_on_what_and_how_long_it_took(shop: Shop) -> None:
    for number, spend in enumerate(({"a": 1, "b": 8}, {"a": 6, "c": 2}), 1):
        shop.customers(spend)
        assert shop.run(day(number)).exit_code == 0
    output = json.loads((shop.out / "run.json").read_text("utf-8"))
    about = json.loads((shop.out / "history" / day(2) / "run.json").read_text("utf-8"))
    assert about["as_of"] == day(2)
    for key in ("segrules", "project", "timezone", "rules", "engine", "sources"):
        assert about[key] == output[key]
    first = json.loads((shop.out / "history" / day(1) / "run.json").read_text("utf-8"))
    assert first["rules"] == about["rules"]
    assert first["sources"]["customer"]["sha256"] != about["sources"]["customer"]["sha256"]
    assert set(about["seconds"]) == {"opening", "counting", "writing"}
    assert all(taken >= 0 for taken in about["seconds"].values())
    (low,) = (item for item in about["segments"] if item["segment"] == "low")
    assert (low["members"], low["share"]) == (1, 0.5)
    assert (low["entered"], low["left"]) == ({"customer": 1, "rule": 0}, {"customer": 1, "rule": 0})
    customer = about["entities"]["customer"]
    assert (customer["rows"], customer["entered"], customer["left"]) == (2, 1, 1)


def test_a_run_of_the_same_day_takes_the_place_of_the_one_before(shop: Shop) -> None:
    first, second, third = random_days(2, 3)
    for number, spend in ((1, first), (2, second), (2, third), (2, third)):
        shop.customers(spend)
        assert shop.run(day(number)).exit_code == 0
    assert [run.given.isoformat() for run in read_history(shop.out).runs] == [day(1), day(2)]
    now = in_what(third)["low"]
    assert shop.members("low", day(2)) == now
    entered = {key for key, name, change, _ in shop.changes(day(2)) if (name, change) == ("low", "entered")}
    assert entered == now - in_what(first)["low"]


def test_an_earlier_day_is_refused_or_computed_with_all_after_it(shop: Shop) -> None:
    spend = random_days(3, 1)[0]
    shop.customers(spend)
    shop.run(day(1))
    shop.run(day(5))
    before = sorted((shop.out / "history").rglob("*"))
    refused = shop.run(day(3))
    assert refused.exit_code == 2
    assert [finding.code for finding in refused.findings] == ["output-refused"]
    assert sorted((shop.out / "history").rglob("*")) == before
    shop.customers({**spend, "late": 1})
    assert shop.run(day(3), backfill=True).exit_code == 0
    runs = read_history(shop.out).runs
    assert [(run.given.isoformat(), run.is_replayed) for run in runs] == [
        (day(1), False),
        (day(3), False),
        (day(5), True),
    ]
    assert ("late", "low", "entered", "customer") in shop.changes(day(3))
    assert shop.changes(day(5)) == set()
    assert shop.members("low", day(5)) == in_what({**spend, "late": 1})["low"]


def test_a_change_of_rules_and_a_change_of_customers_are_told_apart(shop: Shop) -> None:
    shop.customers({"a": 4, "b": 5, "c": 9, "d": 6})
    shop.run(day(1))
    shop.rules(RULES.format(bound=6, stages=STAGES))
    shop.customers({"a": 6, "b": 5, "c": 1, "d": 6})
    shop.run(day(2))
    low = {change for change in shop.changes(day(2)) if change[1] == "low"}
    assert low == {
        ("a", "low", "left", "customer"),
        ("b", "low", "entered", "rule"),
        ("c", "low", "entered", "customer"),
    }
    came = read_history(shop.out).runs[1].segments["customer", "low"]
    assert came.entered is not None
    assert (came.entered.customer, came.entered.rule) == (1, 1)


def test_new_and_removed_segments_change_by_their_rule_and_a_renamed_one_keeps_its_past(shop: Shop) -> None:
    spend = {"a": 1, "b": 8}
    shop.customers(spend)
    shop.run(day(1))
    stages = "{small: spend < 3, large: spend >= 7}"
    renamed = RULES.format(bound=5, stages=stages).replace("low:", "thrifty:").replace("even:", "odd:")
    shop.rules(renamed.replace("spend % 2 == 0", "spend % 2 == 1"))
    shop.run(day(2))
    changes = {change for change in shop.changes(day(2)) if not (change[1] or "").startswith("size.")}
    assert changes == {("a", "odd", "entered", "rule"), ("b", "even", "left", "rule")}
    assert shop.members("thrifty", day(1)) == {"a"}
    assert shop.members("even", day(1)) == {"b"}
    assert [name for _, name in read_history(shop.out).of(("customer", "thrifty"))] == ["low", "thrifty"]


def test_moves_between_stages(shop: Shop) -> None:
    shop.customers({"a": 1, "b": 1, "c": 5, "d": 8, "gone": 8})
    shop.run(day(1))
    shop.customers({"a": 8, "b": 1, "c": 1, "d": 5, "new": 7})
    shop.run(day(2))
    found = past_moves(shop.out, "size")
    assert isinstance(found, PastMoves), found
    assert found.labels == ("small", "big", None)
    assert found.counts == {
        ("small", "big"): 1,
        ("small", "small"): 1,
        (None, "small"): 1,
        ("big", None): 2,
        (None, "big"): 1,
    }


def test_runs_that_are_too_old_go_and_what_is_left_can_be_asked_for(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", history="history: {keep: 3 days}\n")
    days = random_days(4, 7)
    for number, spend in enumerate(days, 1):
        shop.customers(spend)
        assert shop.run(day(number), record=False).exit_code == 0
    history = read_history(shop.out)
    assert [run.given.isoformat() for run in history.runs] == [day(4), day(5), day(6), day(7)]
    assert sorted(path.name for path in history.folder.iterdir()) == [day(4), day(5), day(6), day(7), "rules"]
    for number in range(4, 8):
        for name, own in in_what(days[number - 1]).items():
            assert shop.members(name, day(number)) == own
    assert isinstance(past_members(shop.out, "low", as_of=day(3)), Refusal)


def test_the_first_state_that_is_kept_has_the_names_of_its_run(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", history="history: {keep: 2 days}\n")
    shop.customers({"a": 1, "b": 8})
    shop.run(day(1))
    shop.rules(RULES.format(bound=5, stages=STAGES).replace("low:", "thrifty:"))
    for number, spend in ((2, {"a": 1, "b": 2}), (3, {"a": 7, "b": 2}), (4, {"b": 2, "c": 1})):
        shop.customers(spend)
        shop.run(day(number))
    assert shop.members("thrifty", day(2)) == {"a", "b"}
    assert shop.members("thrifty", day(3)) == {"b"}
    assert shop.members("thrifty", day(4)) == {"b", "c"}


def test_a_selection_is_not_recorded(shop: Shop) -> None:
    shop.customers({"a": 1})
    refused = shop.run(day(1), select=["low"])
    assert [finding.code for finding in refused.findings] == ["output-refused"]
    assert not (shop.out / "history").exists()


def test_a_run_with_another_layout_is_recorded_all_the_same(shop: Shop) -> None:
    days = random_days(5, 2)
    for number, (spend, layout) in enumerate(zip(days, ("files", "wide"), strict=True), 1):
        shop.customers(spend)
        assert shop.run(day(number), layout=layout, format="csv").exit_code == 0
    assert shop.members("even", day(1)) == in_what(days[0])["even"]
    assert {path.name for path in shop.out.iterdir()} == {"customer.wide.csv", "history", "run.json"}


def test_what_is_damaged_is_said_and_kept_and_can_be_made_anew(shop: Shop) -> None:
    shop.customers({"a": 1})
    shop.run(day(1))
    shop.run(day(2))
    record = shop.out / "history" / day(1) / "run.json"
    record.write_text("{", "utf-8")
    files = {path: path.read_bytes() for path in shop.out.rglob("*") if path.is_file()}
    refused = shop.run(day(3))
    assert refused.exit_code == 2
    assert [finding.code for finding in refused.findings] == ["history-unreadable"]
    assert {path: path.read_bytes() for path in shop.out.rglob("*") if path.is_file()} == files
    done = backfill(shop.root, shop.out, start=day(1), end=day(3), every="day", rebuild=True)
    assert isinstance(done, Backfilled), done
    assert done.kept == shop.out / "history.kept-1"
    assert (done.kept / day(1) / "run.json").read_text("utf-8") == "{"
    assert len(read_history(shop.out).runs) == 3
    assert shop.run(day(4)).exit_code == 0


def test_a_damaged_state_is_said(shop: Shop) -> None:
    shop.customers({"a": 1})
    shop.run(day(1))
    (shop.out / "history" / day(1) / "customer.members.parquet").write_bytes(b"PAR1 no more")
    refused = shop.run(day(2))
    assert refused.exit_code == 2
    assert [finding.code for finding in refused.findings] == ["history-unreadable"]
    assert not (shop.out / "history" / day(2)).exists()


def test_a_record_of_a_newer_version_is_said(shop: Shop) -> None:
    shop.customers({"a": 1})
    shop.run(day(1))
    record = shop.out / "history" / day(1) / "run.json"
    record.write_text(json.dumps({**json.loads(record.read_text("utf-8")), "format": 99}), "utf-8")
    with pytest.raises(HistoryUnreadable, match="newer segrules"):
        read_history(shop.out)


def test_a_file_of_changes_that_is_gone_is_said(shop: Shop) -> None:
    shop.customers({"a": 1})
    shop.run(day(1))
    shop.run(day(2))
    (shop.out / "history" / day(2) / "customer.changes.parquet").unlink()
    with pytest.raises(HistoryUnreadable, match="is gone"):
        read_history(shop.out)


def test_a_replay_is_what_the_days_themselves_would_have_recorded(tmp_path: Path) -> None:
    root = tmp_path / "cdnow"
    shutil.copytree(Path(__file__).parents[3] / "examples/cdnow", root)
    days = ["1998-05-31", "1998-06-15", "1998-06-30"]
    for one in days:
        assert apply(root, tmp_path / "daily", as_of=one, record=True).exit_code == 0
    assert isinstance(backfill(root, tmp_path / "replayed", start=days[0], end=days[2], every="15 days"), Backfilled)
    daily, replayed = (read_history(tmp_path / name).runs for name in ("daily", "replayed"))
    assert [run.given for run in daily] == [run.given for run in replayed]
    assert [run.segments for run in daily] == [run.segments for run in replayed]
    for one, other in zip(daily[1:], replayed[1:], strict=True):
        changes = [sorted(map(str, pq.read_table(run.changes("customer")).to_pylist())) for run in (one, other)]
        assert changes[0] == changes[1]


def test_a_backfill_may_begin_behind_a_run_whose_state_is_not_kept(shop: Shop) -> None:
    days = random_days(6, 5)
    for number, spend in enumerate(days, 1):
        shop.customers(spend)
        shop.run(day(number))
    assert not (shop.out / "history" / day(2) / "customer.members.parquet").exists()
    done = backfill(shop.root, shop.out, start=day(3), end=day(5), every="day")
    assert isinstance(done, Backfilled), done
    today = in_what(days[-1])
    for name, own in in_what(days[1]).items():
        assert shop.members(name, day(2)) == own
        assert [shop.members(name, day(number)) for number in (3, 4, 5)] == [today[name]] * 3
    entered = {change for change in shop.changes(day(3)) if change[1] == "low" and change[2] == "entered"}
    assert entered == {(key, "low", "entered", "customer") for key in today["low"] - in_what(days[1])["low"]}
    assert shop.changes(day(4)) == shop.changes(day(5)) == set()
