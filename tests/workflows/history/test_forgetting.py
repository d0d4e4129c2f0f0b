"""`forget`: one customer taken out of everything that `apply` wrote, and everybody else left as they were."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from recorded_shop import RULES, STAGES, Shop, day

from segrules.engines.duckdb import connect
from segrules.workflows.apply import apply
from segrules.workflows.history.backfilling import Backfilled, backfill
from segrules.workflows.history.forgetting import Forgotten, Place, forget
from segrules.workflows.history.reading import PastMembers, PastMoves, past_members, past_moves
from segrules.workflows.history.records import read_history
from segrules.workflows.output import OutputRefused, locked
from segrules.workflows.running import Refusal

WHO = "ünmistakable, \"Kéy\" 'ลูกค้า'"
DAYS = [
    {WHO: 1, "a": 2, "b": 8, "c\nd": 4, 'e"f': 4, "g,h": 2},
    {WHO: 8, "a": 2, "b": 1, "c\nd": 4, 'e"f': 4, "g,h": 2},
    {WHO: 8, "a": 7, "b": 1, "c\nd": 8, 'e"f': 4, "g,h": 2},
]


def recorded(root: Path, key: str = WHO, **options: Any) -> Shop:
    """A shop of three recorded days."""
    shop = Shop(root)
    for number, spend in enumerate(DAYS, 1):
        write_customers(shop, {key if name == WHO else name: value for name, value in spend.items()})
        assert shop.run(day(number), **options).exit_code == 0
    return shop


def write_customers(shop: Shop, spend: dict[str, int]) -> None:
    shop.customers({'"' + name.replace('"', '""') + '"': value for name, value in spend.items()})


def forgotten(shop: Shop, key: str = WHO, **options: Any) -> Forgotten:
    found = forget(shop.root, shop.out, key, **options)
    assert isinstance(found, Forgotten), found
    return found


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    engine = connect(readable=(path,))
    reader = {"parquet": "read_parquet", "json": "read_json", "csv": "read_csv"}[path.suffix[1:]]
    options = ", header = true, delim = ',', quote = '\"', escape = '\"'" if path.suffix == ".csv" else ""
    return engine.run(f"SELECT * FROM {reader}('{path}'{options})")


def hashes_are_right(folder: Path) -> bool:
    files = json.loads((folder / "run.json").read_text("utf-8"))["files"]
    return files == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files}


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
@pytest.mark.parametrize("layout", ["long", "wide", "files"])
def test_nothing_of_a_customer_is_left_and_all_of_the_others(tmp_path: Path, layout: str, format: str) -> None:
    shop = recorded(tmp_path / "shop", layout=layout, format=format, sort=True)
    names = json.loads((shop.out / "run.json").read_text("utf-8"))["files"]
    before = {name: rows_of(shop.out / name) for name in names}
    done = forgotten(shop)
    for name, rows in before.items():
        assert rows_of(shop.out / name) == [row for row in rows if row[0] != WHO]  # and in the same order
    had = {name for name, rows in before.items() if any(row[0] == WHO for row in rows)}
    assert had < set(done.files) if layout == "files" else had <= set(done.files)
    assert had
    for folder in (shop.out, *(run.folder for run in read_history(shop.out).runs)):
        assert hashes_are_right(folder)
    written = {path: path.read_bytes() for path in shop.out.rglob("*") if path.is_file()}
    assert [path for path, content in written.items() if "ünmistakable".encode() in content] == []


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
@pytest.mark.parametrize("layout", ["long", "wide", "files"])
def test_the_output_counts_its_members_without_the_customer(tmp_path: Path, layout: str, format: str) -> None:
    """Else the next run would show one who was forgotten as one who left."""
    extra = "  tags: {hit: any, stages: {odd: spend % 2 == 1, few: spend < 3}}\n"
    both = []
    for name, without in (("shop", ()), ("other", (WHO,))):
        shop = Shop(tmp_path / name)
        text = (
            (shop.root / "segrules.yml").read_text("utf-8").replace("spend: integer", "spend: integer, at: timestamp")
        )
        (shop.root / "segrules.yml").write_text(text, "utf-8")
        shop.rules(RULES.format(bound=5, stages=STAGES) + extra + "carry: [at]\n")
        quoted = {name: '"' + name.replace('"', '""') + '"' for name in DAYS[0]}
        rows = [f"{quoted[name]},{spend},2026-01-01 12:00" for name, spend in DAYS[0].items() if name not in without]
        (shop.root / "customers.csv").write_text("\n".join(("id,spend,at", *rows)), "utf-8")
        assert shop.run(day(1), record=False, layout=layout, format=format).exit_code == 0
        both.append(shop)
    forgotten(both[0])
    left, never = (json.loads((shop.out / "run.json").read_text("utf-8")) for shop in both)
    assert (left["entities"], left["segments"]) == (never["entities"], never["segments"])
    assert forgotten(both[0]).files == ()
    assert json.loads((both[0].out / "run.json").read_text("utf-8")) == left


def test_a_recorded_customer_in_no_segment_is_no_row_of_the_output_any_more(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.customers({"k-1": 5, "a": 1})
    assert shop.run(day(1)).exit_code == 0
    forgotten(shop, "k-1")
    assert json.loads((shop.out / "run.json").read_text("utf-8"))["entities"] == {"customer": {"rows": 1}}


def test_what_is_recorded_can_be_asked_and_goes_on(tmp_path: Path) -> None:
    shop = recorded(tmp_path / "shop")
    forgotten(shop)
    for number, spend in enumerate(DAYS, 1):
        assert shop.members("low", day(number)) == {name for name, value in spend.items() if value < 5 and name != WHO}
        assert read_history(shop.out).runs[number - 1].entities["customer"].rows == len(spend) - 1
    moves = past_moves(shop.out, "size")
    assert isinstance(moves, PastMoves)
    assert moves.counts == {("small", "big"): 1, ("big", "small"): 1, ("small", "small"): 1, (None, "big"): 1}
    write_customers(shop, {"a": 1})
    assert shop.run(day(4)).exit_code == 0
    assert shop.members("low", day(4)) == {"a"}
    assert WHO not in {key for key, *_ in shop.changes(day(4))}


def test_a_text_file_loses_its_lines_and_nothing_else(tmp_path: Path) -> None:
    shop = recorded(tmp_path / "shop", layout="wide", format="csv", sort=True)
    before = (shop.out / "customer.wide.csv").read_bytes().split(b"\n")
    forgotten(shop)
    after = (shop.out / "customer.wide.csv").read_bytes().split(b"\n")
    assert after == [line for line in before if "ünmistakable".encode() not in line]
    assert len(after) == len(before) - 1


def test_a_key_is_read_as_its_type_and_others_that_look_like_it_stay(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    text = (shop.root / "segrules.yml").read_text("utf-8").replace("id: text", "id: integer")
    (shop.root / "segrules.yml").write_text(text, "utf-8")
    for number, format in enumerate(("csv", "json"), 1):
        shop.customers({"7": 1, "77": number, "17": 9, "70": 1})
        shop.run(day(number), format=format)
    assert isinstance(forget(shop.root, shop.out, "x7"), Forgotten)
    assert forgotten(shop, "x7").files == ()
    assert forgotten(shop, "+07").files != ()
    assert {json.loads(line)["id"] for line in (shop.out / "customer.json").read_text().splitlines()} == {77, 17, 70}
    assert shop.members("low", day(2)) == {77, 70}


@pytest.mark.parametrize(
    ("type", "stored", "asked", "others"),
    [
        ("date", "2026-01-02", "2026-01-02", "2026-01-03"),
        ("decimal(6,2)", "1.50", "1.5", "15.00"),
        ("timestamp", "2026-01-02 12:00:00", "2026-01-02T12:00", "2026-01-02 12:00:01"),
    ],
)
@pytest.mark.parametrize("format", ["csv", "json", "parquet"])
def test_keys_of_other_types(tmp_path: Path, type: str, stored: str, asked: str, others: str, format: str) -> None:
    shop = Shop(tmp_path / "shop")
    text = (shop.root / "segrules.yml").read_text("utf-8").replace("id: text", f"id: '{type}'")
    (shop.root / "segrules.yml").write_text(text.replace("name: shop", "name: shop\ntimezone: Asia/Bangkok"), "utf-8")
    shop.customers({stored: 1, others: 2})
    assert shop.run(day(9), format=format).exit_code == 0
    assert set(forgotten(shop, asked).files) == {
        f"customer.{format}",
        "history/2026-01-09/customer.members.parquet",
    }
    assert {str(key) for key in shop.members("low", day(9))} == {
        others if type != "timestamp" else "2026-01-02 05:00:01"
    }
    assert forgotten(shop, asked).files == ()


def test_rules_that_are_kept_name_nobody_any_more_and_still_tell_causes(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    (shop.root / "lists").mkdir()
    (shop.root / "lists/staff.txt").write_text("k-1\nk-2\n", "utf-8")
    (shop.root / "lists/guests.csv").write_text('id,since\n"k-1",2020\nk-3,2021\n', "utf-8")
    extra = (
        "  guests: {when: in_list('guests.csv'), include: [k-1, k-2]}\n"
        "  others:\n    when: spend > 0\n    exclude:\n      - 'k-1'\n"
        "  workers: {when: 'false', include: staff.txt}\n"
    )
    rules = RULES.format(bound=5, stages=STAGES).replace("segments:\n", f"segments:\n{extra}")
    shop.rules(rules)
    shop.customers({"k-1": 1, "k-2": 1, "k-10": 1})
    assert shop.run(day(1)).exit_code == 0
    done = forgotten(shop, "k-1")
    assert done.named == (
        Place("segments/rules.yml", 2),
        Place("segments/rules.yml", 6),
        Place("lists/guests.csv", 2),
        Place("lists/staff.txt", 1),
    )
    kept = next((shop.out / "history/rules").iterdir()).read_text("utf-8")
    assert "k-1" not in kept.replace("k-10", "")
    shop.rules(rules.replace("spend > 0", "spend > 1"))
    assert shop.run(day(2)).exit_code == 0
    changes = {(key, name, change, cause) for key, name, change, cause in shop.changes(day(2)) if key != "k-1"}
    assert changes == {("k-2", "others", "left", "rule"), ("k-10", "others", "left", "rule")}


def test_a_key_among_other_words_of_kept_rules_is_said(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.rules("segments: {one: id == 'k-1'} # k-1 complained\n")
    shop.customers({"k-1": 1, "k-12": 1})
    shop.run(day(1))
    named = [place.path for place in forgotten(shop, "k-1").named]
    assert [path for path in named if path.startswith(str(shop.out / "history/rules"))]
    assert named[-1] == "segments/rules.yml"
    assert named.count("segments/rules.yml") == 1


def test_what_a_rebuild_kept_counts_too(tmp_path: Path) -> None:
    shop = recorded(tmp_path / "shop")
    (shop.out / "history" / day(1) / "run.json").write_text("{ no more", "utf-8")
    (shop.out / "history" / day(2) / "customer.changes.parquet").write_bytes(b"PAR1 no more")
    assert isinstance(backfill(shop.root, shop.out, start=day(1), end=day(3), every="day", rebuild=True), Backfilled)
    done = forgotten(shop)
    assert f"history.kept-1/{day(3)}/customer.members.parquet" in done.files
    assert [finding.code for finding in done.findings] == ["history-unreadable"] * 2
    assert hashes_are_right(shop.out / "history.kept-1" / day(3))
    assert forgotten(shop).files == ()


def test_a_key_of_several_entities_asks_for_one(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    text = (shop.root / "segrules.yml").read_text("utf-8").replace("id: text", "id: integer")
    company = "  company:\n    source: companies.csv\n    key: number\n    columns: {number: integer}\n"
    (shop.root / "segrules.yml").write_text(text + company, "utf-8")
    shop.rules("entity: customer\nsegments: {low: spend < 5}\n")
    (shop.root / "segments/company.yml").write_text("entity: company\nsegments: {known: number > 0}\n", "utf-8")
    (shop.root / "companies.csv").write_text("number\n7\n8\n", "utf-8")
    shop.customers({"7": 1, "9": 1})
    assert shop.run(day(1)).exit_code == 0
    refused = forget(shop.root, shop.out, "7")
    assert isinstance(refused, Refusal)
    assert [(finding.code, finding.help) for finding in refused.findings] == [
        ("unknown-entity-key", "say whose it is: `--entity customer`")
    ]
    assert isinstance(forget(shop.root, shop.out, "7", entity="compny"), Refusal)
    assert forgotten(shop, "8").entity == "company"
    assert set(forgotten(shop, "7", entity="company").files) == {
        "company.parquet",
        f"history/{day(1)}/company.members.parquet",
    }
    assert shop.members("low", day(1)) == {7, 9}
    found = past_members(shop.out, "known")
    assert isinstance(found, PastMembers)
    assert found.keys == ()


def test_without_a_record_members_alone_are_rid_of_it_and_nothing_is_made(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.customers({"a": 1, "b": 1})
    assert isinstance(forget(shop.root, shop.out, "a"), Refusal)
    assert not shop.out.exists()
    assert apply(shop.root, shop.out, as_of=day(1)).exit_code == 0
    (shop.out / "report.html").write_text("mine", "utf-8")
    (shop.out / "mine.csv").write_text("id\na\n", "utf-8")
    done = forgotten(shop, "a")
    assert (done.files, done.page) == (("customer.parquet",), shop.out / "report.html")
    assert (shop.out / "mine.csv").read_text("utf-8") == "id\na\n"
    assert set(pq.read_table(shop.out / "customer.parquet")["id"].to_pylist()) == {"b"}


def test_a_folder_of_which_nobody_knows_what_is_in_it_is_refused(tmp_path: Path) -> None:
    shop = recorded(tmp_path / "shop")
    (shop.out / "run.json").write_text("{", "utf-8")
    before = (shop.out / "customer.parquet").read_bytes()
    refused = forget(shop.root, shop.out, WHO)
    assert isinstance(refused, Refusal)
    assert [finding.code for finding in refused.findings] == ["output-refused"]
    assert (shop.out / "customer.parquet").read_bytes() == before


@pytest.mark.parametrize("step", [1, 2, 3, 5, 8, 12, 15])
def test_a_kill_in_the_middle_leaves_all_of_it_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    shop = recorded(tmp_path / "shop", key="k-1")
    left = step
    real = Path.replace

    def dying(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left <= 0:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with suppress(KeyboardInterrupt):
        forget(shop.root, shop.out, "k-1")
    monkeypatch.undo()
    with locked(shop.out):
        pass
    having = [path for path in shop.out.rglob("*.parquet") if "k-1" in pq.read_table(path)[0].to_pylist()]
    assert (having == []) == (step > 1)
    assert all(hashes_are_right(folder) for folder in (shop.out, *(run.folder for run in read_history(shop.out).runs)))


def test_another_run_is_not_disturbed(tmp_path: Path) -> None:
    shop = recorded(tmp_path / "shop")
    with locked(shop.out):
        refused = forget(shop.root, shop.out, WHO)
    assert isinstance(refused, Refusal)
    assert refused.findings[0].code == OutputRefused.code
    assert WHO in shop.members("low", day(1))


def test_what_runs_recorded_is_what_they_would_have_recorded_without_the_customer(tmp_path: Path) -> None:
    days = [*DAYS, DAYS[2], DAYS[0], DAYS[0]]  # at the fourth no file has the customer
    shop, other = Shop(tmp_path / "shop"), Shop(tmp_path / "other")
    for number, spend in enumerate(days, 1):
        write_customers(shop, spend)
        assert shop.run(day(number)).exit_code == 0
    forgotten(shop)
    for number, spend in enumerate(days, 1):
        write_customers(other, {name: value for name, value in spend.items() if name != WHO})
        assert other.run(day(number)).exit_code == 0
    for one, expected in zip(read_history(shop.out).runs, read_history(other.out).runs, strict=True):
        assert one.segments == expected.segments
        assert one.entities == expected.entities
        assert [item["share"] for item in one.about["segments"]] == [
            item["share"] for item in expected.about["segments"]
        ]
