"""Recorded runs where something goes wrong in the middle, and where projects and clocks change between runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest
from recorded_shop import RULES, STAGES, Shop, day

from segrules.engines.duckdb import DuckDB
from segrules.engines.engine import EngineError
from segrules.project.environments import Settings
from segrules.workflows import output
from segrules.workflows.history.backfilling import Backfilled, backfill
from segrules.workflows.history.reading import PastMembers, past_members, recorded_runs
from segrules.workflows.history.records import History, HistoryUnreadable, read_history
from segrules.workflows.output import OutputRefused, locked
from segrules.workflows.running import Refusal


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def change_project(shop: Shop, old: str, new: str) -> None:
    path = shop.root / "segrules.yml"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int, failure: BaseException) -> None:
    """Ends what is done at the `step`th file that is written or moved."""
    left = step

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left == 0 or (left < 0 and isinstance(failure, KeyboardInterrupt)):
                raise failure
            return real(*arguments, **named)

        return call

    for owner, name in ((Path, "replace"), (Path, "unlink"), (os, "fsync"), (output.shutil, "rmtree")):
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))


def runs_of(shop: Shop) -> list[str]:
    return [run.given.isoformat() for run in read_history(shop.out).runs]


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 7, 9, 11, 13])
def test_a_recorded_run_killed_at_any_step_leaves_the_last_state_or_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    shop.customers({"a": 1, "b": 8})
    shop.run(day(1))
    shop.run(day(2))
    shop.customers({"a": 8, "c": 1})
    kill_at(monkeypatch, step, KeyboardInterrupt())
    with suppress(KeyboardInterrupt):
        shop.run(day(3))
    monkeypatch.undo()
    with locked(shop.out):
        pass
    is_there = day(3) in runs_of(shop)
    assert runs_of(shop) == [day(1), day(2), *([day(3)] if is_there else [])]
    assert shop.members("low", day(3)) == ({"c"} if is_there else {"a"})
    long = duckdb.sql(f"SELECT customer.id FROM '{shop.out}/customer.parquet' AS customer WHERE segment = 'low'")
    assert {key for (key,) in long.fetchall()} == shop.members("low", day(3))
    assert shop.run(day(4)).exit_code == 0
    assert shop.members("low", day(4)) == {"c"}


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize("step", [2, 5, 8, 11, 14, 20])
def test_a_backfill_killed_at_any_step_leaves_the_last_state_or_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: int, rebuild: bool
) -> None:
    shop.customers({"a": 1, "b": 8})
    shop.run(day(5))
    before = contents(shop.out / "history")
    kill_at(monkeypatch, step, KeyboardInterrupt())
    with suppress(KeyboardInterrupt):
        backfill(shop.root, shop.out, start=day(2), end=day(5), every="3 days", rebuild=rebuild)
    monkeypatch.undo()
    with locked(shop.out):
        pass
    if runs_of(shop) == [day(2), day(5)]:
        kept = shop.out / "history.kept-1"
        assert contents(kept) == (before if rebuild else {})
    else:
        assert contents(shop.out / "history") == before
        assert not (shop.out / "history.kept-1").exists()
    assert shop.members("low", day(5)) == {"a"}


def test_a_process_killed_in_the_middle_leaves_the_last_state(shop: Shop) -> None:
    shop.customers({"1": 1, "2": 8})
    shop.run(day(1))
    before = contents(shop.out)
    large = shop.root / "customers.parquet"
    duckdb.execute(f"COPY (SELECT range::VARCHAR AS id, range % 10 AS spend FROM range(2000000)) TO '{large}'")
    change_project(shop, "customers.csv", "customers.parquet")
    command = [sys.executable, "-m", "segrules", "apply", str(shop.root), "--record", "--as-of", day(2)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(shop.out.glob(".segrules-staging-*/history/*/*.members.parquet")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert contents(shop.out) == before
    change_project(shop, "customers.parquet", "customers.csv")
    assert shop.run(day(2)).exit_code == 0
    assert runs_of(shop) == [day(1), day(2)]
    assert sorted(path.name for path in shop.out.iterdir()) == ["customer.parquet", "history", "run.json"]


def test_the_second_of_two_runs_is_refused_and_nothing_is_lost(shop: Shop) -> None:
    shop.customers({"a": 1})
    shop.run(day(1))
    with locked(shop.out):
        assert [finding.code for finding in shop.run(day(2)).findings] == ["output-refused"]
        assert isinstance(backfill(shop.root, shop.out, start=day(1), end=day(2)), Refusal)
        assert shop.members("low", day(1)) == {"a"}  # who only reads is not kept waiting
    assert runs_of(shop) == [day(1)]


@pytest.mark.parametrize("number", [2, 3])
def test_a_disk_that_is_full_in_the_middle_leaves_the_last_state(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    shop.customers({"a": 1})
    shop.run(day(1))
    before = contents(shop.out)
    real, left = DuckDB.execute, number

    def full(self: DuckDB, statement: str, *rest: object) -> None:
        nonlocal left
        left -= statement.startswith("COPY")
        if left <= 0:
            raise EngineError("no space left on the disk", "disk-full")
        real(self, statement, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(DuckDB, "execute", full)
    outcome = shop.run(day(2))
    monkeypatch.undo()
    assert (outcome.exit_code, outcome.findings[-1].code) == (2, "output-refused")
    assert contents(shop.out) == before
    assert not list(shop.out.glob(".segrules*"))


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_disk_that_is_full_for_small_files_leaves_the_last_state(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    shop.customers({"a": 1})
    shop.run(day(1))
    before = contents(shop.out)
    kill_at(monkeypatch, step, OSError(28, "No space left on device"))
    with suppress(OSError):  # which the command line tells
        assert shop.run(day(2)).exit_code == 2
    monkeypatch.undo()
    assert contents(shop.out) == before


# the clock


def test_two_as_ofs_of_one_instant_are_one_run(shop: Shop) -> None:
    shop.customers({"a": 1})
    for as_of in ("2026-01-31", "2026-02-01T00:00", "2026-02-01T07:00+07:00", "2026-02-01T00:00:00Z"):
        assert shop.run(as_of).exit_code == 0
        assert len(runs_of(shop)) == 1
        assert len(list((shop.out / "history").iterdir())) == 2  # and the rules
    assert shop.run("2026-01-31T12:00+07:00").exit_code == 2
    assert shop.run("2026-02-01T12:00+07:00").exit_code == 0
    assert shop.members("low", "2026-02-01T05:00Z") == {"a"}


def test_an_hour_that_the_clock_shows_twice_is_two_runs_in_order(shop: Shop) -> None:
    change_project(shop, "name: shop", "name: shop\ntimezone: Europe/Berlin")
    shop.customers({"a": 1})
    for as_of in ("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"):
        assert shop.run(as_of).exit_code == 0
    assert len(runs_of(shop)) == 2
    assert shop.run("2026-10-25T02:30").exit_code == 0  # the later of the two
    assert runs_of(shop) == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00"]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Bangkok"])
def test_a_day_recorded_again_in_another_time_zone_takes_its_own_place(shop: Shop, zone: str) -> None:
    for number, spend in ((1, {"a": 1}), (2, {"b": 1})):
        shop.customers(spend)
        shop.run(day(number))
    change_project(shop, "name: shop", f"name: shop\ntimezone: {zone}")
    assert shop.run(day(2)).exit_code == 0
    assert runs_of(shop) == [day(1), day(2)]
    low = {(key, change) for key, name, change, _ in shop.changes(day(2)) if name == "low"}
    assert low == {("a", "left"), ("b", "entered")}
    assert (shop.members("low", day(1)), shop.members("low", day(2))) == ({"a"}, {"b"})


# projects that change


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: text", "id: integer", "is a whole number, and was text"),
        (
            "key: id\n    columns: {id: text, spend: integer}",
            "key: spend\n    columns: {spend: integer}",
            "is `spend`, and was `id`",
        ),
    ],
)
def test_another_key_is_refused_and_nothing_is_lost(shop: Shop, old: str, new: str, says: str) -> None:
    shop.customers({"1": 1, "2": 8})
    shop.run(day(1))
    before = contents(shop.out)
    change_project(shop, old, new)
    refused = shop.run(day(2))
    assert (refused.exit_code, refused.findings[-1].code) == (2, "output-refused")
    assert says in refused.findings[-1].message
    assert "--rebuild" in (refused.findings[-1].help or "")
    assert contents(shop.out) == before
    assert isinstance(backfill(shop.root, shop.out, start=day(1), end=day(2), every="day", rebuild=True), Backfilled)
    assert shop.run(day(3)).exit_code == 0


def test_a_segment_that_was_gone_for_a_while_has_its_own_members_again(shop: Shop) -> None:
    rules = RULES.format(bound=5, stages=STAGES)
    without = rules.replace("  low: spend < 5\n", "")
    days = [
        (rules, {"a": 1, "b": 1, "c": 9}),
        (without, {"a": 1, "b": 1, "c": 9}),
        (rules, {"a": 1, "b": 9, "c": 9}),
        (rules, {"a": 1, "b": 9, "c": 1}),
        (rules, {"b": 9, "c": 1}),
    ]
    for number, (text, spend) in enumerate(days, 1):
        shop.rules(text)
        shop.customers(spend)
        shop.run(day(number))
    assert [shop.members("low", day(number)) for number in range(1, 6)] == [{"a", "b"}, set(), {"a"}, {"a", "c"}, {"c"}]
    assert len(read_history(shop.out).of(("customer", "low"))) == 4


def causes(shop: Shop, number: int) -> dict[tuple[str, str | None], str]:
    return {(key, name): cause for key, name, _, cause in shop.changes(day(number))}


def test_files_that_have_other_places_are_no_change_of_rules(shop: Shop) -> None:
    shop.customers({"a": 1, "b": 5})
    shop.run(day(1))
    (shop.root / "segments/more").mkdir()
    (shop.root / "segments/rules.yml").rename(shop.root / "segments/more/others.yml")
    shop.customers({"a": 8, "b": 5})
    (shop.root / "customers.csv").rename(shop.root / "people.csv")
    change_project(shop, "customers.csv", "people.csv")
    assert shop.run(day(2)).exit_code == 0
    assert set(causes(shop, 2).values()) == {"customer"}


def test_a_change_of_a_trait_or_a_param_alone_is_the_rules(shop: Shop) -> None:
    rules = "params: {more: 1}\ntraits: {value: spend + params.more}\nsegments: {low: value < 5}\n"
    shop.rules(rules)
    shop.customers({"a": 1, "b": 2, "c": 9})
    shop.run(day(1))
    shop.rules(rules.replace("spend + params.more", "spend + 2 + params.more"))
    shop.customers({"a": 8, "b": 2, "c": 9})
    shop.run(day(2))
    assert causes(shop, 2) == {("a", "low"): "customer", ("b", "low"): "rule"}
    shop.customers({"a": 8, "b": 0, "c": 0})
    shop.run(day(3), settings=Settings(None, ("more=2",)))
    assert causes(shop, 3) == {("b", "low"): "customer", ("c", "low"): "customer"}
    shop.run(day(4), settings=Settings(None, ("more=9",)))
    assert causes(shop, 4) == {("b", "low"): "rule", ("c", "low"): "rule"}


def test_a_change_of_a_derived_relation_is_the_rules(shop: Shop) -> None:
    relations = (
        "relations:\n  orders:\n    source: orders.csv\n    key: id\n    columns: {id: text, amount: integer}\n"
        "  paid:\n    from: orders\n    where: amount > 0\n"
    )
    change_project(shop, "entities:", f"{relations}entities:")
    (shop.root / "orders.csv").write_text("id,amount\na,5\nb,3\n", "utf-8")
    shop.rules("segments:\n  buyer: count(paid) >= 1\n  low: spend < 5\n")
    shop.customers({"a": 1, "b": 1, "c": 8})
    shop.run(day(1))
    change_project(shop, "amount > 0", "amount > 3")
    (shop.root / "orders.csv").write_text("id,amount\nb,3\nc,9\n", "utf-8")
    shop.customers({"a": 8, "b": 1, "c": 8})
    assert shop.run(day(2)).exit_code == 0
    assert causes(shop, 2) == {
        ("a", "buyer"): "customer",
        ("b", "buyer"): "rule",
        ("c", "buyer"): "customer",
        ("a", "low"): "customer",
    }


def test_names_in_any_script_and_names_of_devices(shop: Shop) -> None:
    shop.rules("segments:\n  con: spend < 5\n  nul: spend < 3\n  ลูกค้าประจำ: spend < 6\n")
    shop.customers({"ม": 1, "b": 5})
    shop.run(day(1))
    shop.customers({"ม": 7, "b": 4})
    for number in (2, 3, 4):
        assert shop.run(day(number)).exit_code == 0
    assert shop.members("ลูกค้าประจำ", day(2)) == {"b"}
    assert (shop.members("con", day(1)), shop.members("con", day(3))) == ({"ม"}, {"b"})


def test_entities_come_and_go_and_come_again(shop: Shop) -> None:
    change_project(
        shop,
        "entities:\n",
        "relations:\n  visits: {of: visitor, source: visits.csv, key: who, time: at, "
        "columns: {who: text, at: date}}\nentities:\n  visitor: {from: visits}\n",
    )
    shop.rules(f"entity: customer\n{RULES.format(bound=5, stages=STAGES)}")
    visitors = shop.root / "segments/visitors.yml"
    text = "entity: visitor\nsegments:\n  once: count(visits) == 1\n"
    (shop.root / "visits.csv").write_text("who,at\nx,2026-01-01\ny,2026-01-02\nx,2026-01-03\nz,2026-01-05\n", "utf-8")
    shop.customers({"a": 1})
    for number, is_there in enumerate((True, True, False, True, True, True), 1):
        visitors.write_text(text if is_there else "segments: {}\n", "utf-8")
        if not is_there:
            visitors.unlink()
        assert shop.run(day(number)).exit_code == 0
    expected = {1: {"x"}, 2: {"x", "y"}, 4: {"y"}, 5: {"y", "z"}, 6: {"y", "z"}}
    assert {number: shop.members("once", day(number)) for number in expected} == expected
    gone = past_members(shop.out, "once", as_of=day(3))
    assert isinstance(gone, PastMembers)
    assert gone.keys == ()
    assert shop.members("low", day(6)) == {"a"}


def test_a_folder_that_cannot_be_written_can_be_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.customers({"a": 1})
    shop.run(day(1))

    def refused(*_: object, **__: object) -> None:
        raise OutputRefused("nobody may write here")

    monkeypatch.setattr(output, "locked", refused)
    monkeypatch.setattr(output, "write_json", refused)
    before = contents(shop.out)
    assert isinstance(recorded_runs(shop.out), History)
    assert shop.members("low", day(1)) == {"a"}
    assert contents(shop.out) == before


def test_nothing_is_left_of_runs_that_a_backfill_finds_too_old(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", history="history: {keep: 60 days}\n")
    shop.customers({"a": 1, "b": 8})
    assert isinstance(backfill(shop.root, shop.out, start="2026-01-01", end="2026-02-26"), Backfilled)
    done = backfill(shop.root, shop.out, start="2026-02-01", end="2026-06-01", every="month")
    assert isinstance(done, Backfilled), done
    assert [moment.isoformat() for moment in done.moments] == ["2026-05-01", "2026-06-01"]
    assert done.dropped > 0
    folders = {path.name for path in (shop.out / "history").iterdir()}
    assert folders == {"2026-05-01", "2026-06-01", "rules"}


def test_states_that_are_made_for_a_backfill_are_not_kept(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.customers({"a": 1, "b": 8})
    for number in range(1, 6):
        shop.run(day(number))
    assert isinstance(backfill(shop.root, shop.out, start=day(3), end=day(5), every="day"), Backfilled)
    states = sorted(path.parent.name for path in (shop.out / "history").glob("*/*.members.parquet"))
    assert states == [day(1), day(4), day(5)]


def test_a_state_that_is_gone_is_said_and_not_a_fault(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.customers({"a": 1})
    for number in (1, 2, 3, 4):
        shop.run(day(number))
    (shop.out / "history" / day(1) / "customer.members.parquet").unlink()
    found = past_members(shop.out, "low", as_of=day(2))
    assert isinstance(found, Refusal)
    assert [finding.code for finding in found.findings] == ["history-unreadable"]
    assert [finding.code for finding in shop.run(day(5)).findings] == ["history-unreadable"]


def test_a_record_without_its_list_of_files_is_damaged(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.customers({"a": 1})
    shop.run(day(1))
    record = shop.out / "history" / day(1) / "run.json"
    about = json.loads(record.read_text("utf-8"))
    del about["files"]
    record.write_text(json.dumps(about), "utf-8")
    with pytest.raises(HistoryUnreadable, match="is damaged"):
        read_history(shop.out)


@pytest.mark.parametrize(
    ("start", "end", "every"),
    [("2026-01-31", "2026-01-31T12:00", "day"), ("1000-01-01", "2026-01-31", "year"), ("9999-12-31", None, "day")],
)
def test_a_backfill_without_a_day_is_refused(tmp_path: Path, start: str, end: str | None, every: str) -> None:
    shop = Shop(tmp_path / "shop")
    shop.customers({"a": 1})
    found = backfill(shop.root, shop.out, start=start, end=end, every=every)
    assert isinstance(found, Refusal)
    assert [finding.code for finding in found.findings] == ["impossible-date"]


def test_a_step_that_leads_out_of_the_calendar_ends_there(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.customers({"a": 1})
    found = backfill(shop.root, shop.out, start=day(1), end=day(2), every="9000 years")
    assert isinstance(found, Backfilled), found
    assert len(found.moments) == 1
