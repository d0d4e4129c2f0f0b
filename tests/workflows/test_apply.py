"""`apply` and `count` on small projects: what is written, what stops a run, what a stopped run leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segrules.project.environments import Settings
from segrules.workflows.apply import apply, count
from segrules.workflows.outcome import Outcome
from segrules.workflows.show_sql import show_sql

CUSTOMERS = "customer_id,country,spend\n1,TH,10\n2,US,20\n3,,30\n4,TH,\n"
RULES = """\
segments:
  thai: country == 'TH'
  rich: spend >= 20
segmentations:
  band: {stages: {low: spend < 20, high: spend >= 20}, otherwise: unknown}
carry: [country]
"""
PROJECT = """\
segrules: 1
name: shop
as_of: 2026-01-31
entities:
  customer:
    source: customers.csv
    key: customer_id
    columns: {customer_id: integer, country: text, spend: integer}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write_project(tmp_path / "shop")


def write_project(root: Path, **files: str) -> Path:
    texts = {"segrules.yml": PROJECT, "customers.csv": CUSTOMERS, "segments/rules.yml": RULES, **files}
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def codes(outcome: Outcome) -> list[str]:
    return [finding.code for finding in outcome.findings if finding.severity.value == "error"]


def rows(path: Path) -> list[tuple[Any, ...]]:
    return sorted(duckdb.execute(f"SELECT * FROM '{path}'").fetchall(), key=repr)


def sizes(outcome: Outcome) -> dict[str, int]:
    return {item.segment: item.members for item in outcome.counts}


SIZES = {"thai": 2, "rich": 2, "band.low": 1, "band.high": 2, "band.unknown": 1}


def test_what_is_not_a_number_is_nobodys_large_number(tmp_path: Path) -> None:
    rules = "segments: {rich: spend > 15, not_rich: not (spend > 15), unknown: spend is missing}\n"
    project = PROJECT.replace("customers.csv", "customers.parquet").replace("spend: integer", "spend: number")
    root = write_project(tmp_path, **{"segrules.yml": project, "segments/rules.yml": rules})
    spend = [10.0, float("nan"), 20.0]  # pyarrow notes that all are from 10 to 20
    pq.write_table(
        pa.table({"customer_id": [1, 2, 3], "country": ["TH"] * 3, "spend": spend}), root / "customers.parquet"
    )
    assert sizes(count(root)) == {"rich": 1, "not_rich": 2, "unknown": 1}


def test_long_has_a_row_per_membership(shop: Path, tmp_path: Path) -> None:
    outcome = apply(shop, tmp_path / "out")
    assert outcome.exit_code == 0
    assert sizes(outcome) == SIZES
    assert rows(tmp_path / "out" / "customer.parquet") == sorted(
        [
            (1, "TH", "thai"),
            (4, "TH", "thai"),
            (2, "US", "rich"),
            (3, None, "rich"),
            (1, "TH", "band.low"),
            (2, "US", "band.high"),
            (3, None, "band.high"),
            (4, "TH", "band.unknown"),
        ],
        key=repr,
    )


def test_wide_has_a_row_per_customer(shop: Path, tmp_path: Path) -> None:
    apply(shop, tmp_path / "out", layout="wide", format="csv")
    file = tmp_path / "out" / "customer.wide.csv"
    assert file.read_text().splitlines()[0] == "customer_id,country,thai,rich,band"
    assert rows(file) == [
        (1, "TH", True, False, "low"),
        (2, "US", False, True, "high"),
        (3, None, False, True, "high"),
        (4, "TH", True, False, "unknown"),
    ]


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
def test_files_has_a_file_per_segment(shop: Path, tmp_path: Path, format: str) -> None:
    outcome = apply(shop, tmp_path / "out", layout="files", format=format)
    assert set(outcome.written) == {f"customer/{name}.{format}" for name in SIZES}
    assert rows(tmp_path / "out" / "customer" / f"thai.{format}") == [(1, "TH"), (4, "TH")]


@pytest.mark.parametrize("layout", ["long", "wide", "files"])
@pytest.mark.parametrize("stored", ["DECIMAL(38,0)", "UBIGINT"])
def test_keys_beyond_what_a_double_tells_apart_are_written_whole(tmp_path: Path, layout: str, stored: str) -> None:
    """Parquet has no whole numbers of 128 bits, and DuckDB would write DOUBLE."""
    keys = [2**53, 2**53 + 1, *([10**37 + 1] if stored == "DECIMAL(38,0)" else [])]
    project = "segrules: 1\nname: shop\nas_of: 2026-01-31\nentities: {c: {source: c.parquet, key: id}}\n"
    rules = "segments: {all: id > 0}\ncarry: [twin]\n"
    root = write_project(tmp_path / "shop", **{"segrules.yml": project, "segments/rules.yml": rules})
    rows = ", ".join(f"({key}::{stored})" for key in keys)
    duckdb.sql(f"COPY (SELECT id, id AS twin FROM (VALUES {rows}) AS t (id)) TO '{root}/c.parquet'")
    outcome = apply(root, tmp_path / "out", layout=layout)
    assert outcome.exit_code == 0
    found = duckdb.sql(f"SELECT id::VARCHAR, twin::VARCHAR FROM '{tmp_path}/out/{outcome.written[0]}' ORDER BY id")
    assert found.fetchall() == [(str(key), str(key)) for key in keys]


def test_run_json_says_what_was_run(shop: Path, tmp_path: Path) -> None:
    apply(shop, tmp_path / "out")
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["as_of"] == "2026-01-31"
    assert record["segments"][0] == {"segment": "thai", "entity": "customer", "members": 2, "share": 0.5, "about": {}}
    assert (record["environment"], record["set"]) == (None, {})
    assert list(record["files"]) == ["customer.parquet"]
    assert record["sources"]["customer"]["bytes"] == len(CUSTOMERS)


def test_what_is_said_of_a_segment_for_people_is_carried_along(shop: Path, tmp_path: Path) -> None:
    rules = """\
segments:
  thai:
    when: country == 'TH'
    label: {en: Thai, th: ไทย}
    meta: {until: 2026-01-31, budget: 1.5, tags: [a, 2]}
segmentations:
  band: {owner: crm@example.com, stages: {low: amount < 5}, otherwise: high}
"""
    write_project(shop, **{"segments/rules.yml": rules.replace("amount < 5", "country == 'US'")})
    outcome = apply(shop, tmp_path / "out")
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    abouts = {item["segment"]: item["about"] for item in record["segments"]}
    meta = {"until": "2026-01-31", "budget": 1.5, "tags": ["a", 2]}
    assert abouts["thai"] == {"label": {"en": "Thai", "th": "ไทย"}, "meta": meta}
    assert abouts["band.low"] == abouts["band.high"] == {"owner": "crm@example.com"}
    assert [item.about for item in outcome.counts] == list(abouts.values())


def test_run_json_says_what_was_set(shop: Path, tmp_path: Path) -> None:
    rules = "params: {least: 1}\nsegments: {rich: customer_id >= params.least}\n"
    write_project(shop, **{"segments/rules.yml": rules, "environments/prod.yml": "params: {least: 2}\n"})
    sizes = [
        apply(shop, tmp_path / "out", settings=settings).counts[0].members
        for settings in (Settings(), Settings("prod"), Settings("prod", ("least=3",)))
    ]
    assert sizes == [4, 3, 2]
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert (record["environment"], record["set"]) == ("prod", {"least": "3"})
    wrong = count(shop, settings=Settings(None, ("last=3",)))
    assert (wrong.exit_code, codes(wrong)) == (2, ["invalid-setting"])
    write_project(shop, **{"environments/prod.yml": "params: {last: 2}\n"})
    assert count(shop).exit_code == 2


def test_the_table_says_what_changed_since_the_last_run(shop: Path, tmp_path: Path) -> None:
    assert [item.change for item in apply(shop, tmp_path / "out").counts] == [None] * 5
    write_project(shop, **{"customers.csv": CUSTOMERS + "5,TH,5\n"})
    outcome = apply(shop, tmp_path / "out")
    assert {item.segment: item.change for item in outcome.counts}["thai"] == 1
    assert [item.change for item in count(shop, out=tmp_path / "out").counts] == [0] * 5


def test_the_file_of_a_deleted_segment_is_removed(shop: Path, tmp_path: Path) -> None:
    apply(shop, tmp_path / "out", layout="files")
    write_project(shop, **{"segments/rules.yml": "segments: {thai: country == 'TH'}\n"})
    apply(shop, tmp_path / "out", layout="files")
    assert [path.name for path in (tmp_path / "out" / "customer").iterdir()] == ["thai.parquet"]


def test_select_writes_some_and_refuses_to_narrow_a_fuller_output(shop: Path, tmp_path: Path) -> None:
    apply(shop, tmp_path / "some", select=["rich", "band"])
    assert {row[-1] for row in rows(tmp_path / "some" / "customer.parquet")} == set(SIZES) - {"thai"}
    apply(shop, tmp_path / "all")
    before = (tmp_path / "all" / "run.json").read_text()
    refused = apply(shop, tmp_path / "all", select=["rich"])
    assert (refused.exit_code, codes(refused)) == (2, ["output-refused"])
    assert (tmp_path / "all" / "run.json").read_text() == before


def test_select_of_an_unknown_segment_suggests_one(shop: Path, tmp_path: Path) -> None:
    outcome = apply(shop, tmp_path / "out", select=["tahi"])
    assert outcome.exit_code == 2
    assert outcome.findings[-1].help == "did you mean `thai`?"


def test_a_broken_expectation_stops_the_run_unless_allowed(shop: Path, tmp_path: Path) -> None:
    rules = "segments:\n  thai:\n    when: country == 'TH'\n    expect: {share: 60%.., size: '>= 2'}\n"
    write_project(shop, **{"segments/rules.yml": rules})
    outcome = apply(shop, tmp_path / "out")
    assert (outcome.exit_code, codes(outcome)) == (1, ["expectation-broken"])
    assert list((tmp_path / "out").iterdir()) == []
    assert apply(shop, tmp_path / "out", allow_breach=True).exit_code == 0
    assert (tmp_path / "out" / "run.json").exists()


@pytest.mark.parametrize(
    ("bounds", "holds"),
    [("50%..", True), ("..50%", True), ("50.01%..", False), ("..49.99%", False), ("10%..49%", False)],
)
def test_a_share_is_compared_exactly(shop: Path, tmp_path: Path, bounds: str, holds: bool) -> None:
    rules = f"segments:\n  thai:\n    when: country == 'TH'\n    expect: {{share: {bounds}}}\n"
    write_project(shop, **{"segments/rules.yml": rules})
    assert (count(shop).exit_code == 0) is holds


def test_two_stages_of_a_unique_segmentation_stop_the_run(shop: Path, tmp_path: Path) -> None:
    rules = "segmentations:\n  band: {hit: unique, stages: {low: spend <= 20, high: spend >= 20}}\n"
    write_project(shop, **{"segments/rules.yml": rules})
    outcome = apply(shop, tmp_path / "out")
    assert (outcome.exit_code, codes(outcome)) == (2, ["segmentation-overlap"])
    assert "`2`" in outcome.findings[-1].message


def test_duplicate_keys_stop_the_run_with_nothing_written(shop: Path, tmp_path: Path) -> None:
    write_project(shop, **{"customers.csv": CUSTOMERS + "1,TH,1\n2,TH,1\n"})
    outcome = apply(shop, tmp_path / "out")
    assert (outcome.exit_code, codes(outcome)) == (2, ["duplicate-entity-key"])
    assert list((tmp_path / "out").iterdir()) == []


def test_a_carried_column_that_clashes_is_refused(shop: Path, tmp_path: Path) -> None:
    rules = "traits: {rich: spend * 2}\nsegments: {rich: spend >= 20}\ncarry: [rich]\n"
    write_project(shop, **{"segments/rules.yml": rules})
    assert codes(apply(shop, tmp_path / "out", layout="wide")) == ["output-refused"]
    assert apply(shop, tmp_path / "out", layout="long").exit_code == 0


def test_names_in_any_script_and_with_any_sign(tmp_path: Path) -> None:
    header = 'customer_id,"tổng; ""chi""",ลูกค้า 🙂,select\n'
    shop = write_project(
        tmp_path / "shop",
        **{
            "customers.csv": header + "1,5,a,1\n2,1,b,2\n",
            "segrules.yml": PROJECT.replace(
                "{customer_id: integer, country: text, spend: integer}",
                "{customer_id: integer, 'tổng; \"chi\"': integer, 'ลูกค้า 🙂': text, select: integer}",
            ),
            "segments/rules.yml": "segments:\n"
            '  ลูกค้าประจำ: \'"tổng; ""chi""" > 2\'\n'
            "  לקוחות: '\"ลูกค้า 🙂\" == ''b'''\n"
            "  客户: 'select == 1'\n"
            "  клиенты: not segments.客户\n",
        },
    )
    outcome = apply(shop, tmp_path / "out", layout="files", format="csv")
    assert codes(outcome) == []
    assert sizes(outcome) == {"ลูกค้าประจำ": 1, "לקוחות": 1, "客户": 1, "клиенты": 1}
    assert rows(tmp_path / "out" / "customer" / "клиенты.csv") == [(2,)]


def test_an_output_folder_that_is_a_file_is_refused(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    outcome = apply(shop, tmp_path / "out")
    assert (outcome.exit_code, codes(outcome)) == (2, ["output-refused"])
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_stopped_in_the_middle_leaves_the_old_output_whole(tmp_path: Path, how: signal.Signals) -> None:
    shop = write_project(tmp_path / "shop", **{"segments/rules.yml": "segments: {rich: spend >= 20}\n"})
    out = tmp_path / "out"
    assert apply(shop, out).exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    large = str(shop / "customers.parquet")
    duckdb.execute(
        f"COPY (SELECT range AS customer_id, 'TH' AS country, range % 50 AS spend FROM range(8000000)) TO '{large}'"
    )
    write_project(
        shop,
        **{
            "segrules.yml": PROJECT.replace("customers.csv", "customers.parquet"),
            "segments/rules.yml": "segments: {rich: spend >= 20}\n",
        },
    )
    command = [sys.executable, "-m", "segrules", "apply", str(shop), "--out", str(out)]
    (tmp_path / "tmp").mkdir()
    places = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=places)
    wait_for(lambda: any(path.name.startswith(".segrules-staging") for path in out.iterdir()))
    time.sleep(0.3)
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in errors
    assert how == signal.SIGKILL or list((tmp_path / "tmp").iterdir()) == []
    assert {path.name: path.read_bytes() for path in out.iterdir() if not path.name.startswith(".")} == before
    write_project(shop, **{"segments/rules.yml": "segments: {rich: spend >= 20}\n"})
    assert apply(shop, out).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == ["customer.parquet", "run.json"]


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_negative_test_says_how_many_it_brings_in(shop: Path) -> None:
    write_project(shop, **{"segments/rules.yml": "segments: {abroad: country != 'TH', poor: not (spend > 15)}\n"})
    messages = [finding.message for finding in count(shop).findings if finding.code == "negative-on-missing"]
    assert messages == [
        "`country != 'TH'` also holds where `country` is missing, which brings in 1 of 4 customer rows",
        "`not (spend > 15)` also holds where `spend` is missing, which brings in 1 of 4 customer rows",
    ]


@pytest.mark.parametrize(
    ("as_of", "says"), [(None, False), ("2026-01-31", False), ("2026-02-01", False), ("2025-12-31", True)]
)
def test_a_replay_of_the_past_says_what_is_todays(shop: Path, as_of: str | None, says: bool) -> None:
    found = [finding.message for finding in count(shop, as_of=as_of).findings if finding.code == "today-columns"]
    wanted = ["this run of 2025-12-31 reads `country`, `spend` as they are today"]
    assert found == (wanted if says else [])


def test_columns_that_say_when_they_were_valid_are_the_pasts(tmp_path: Path) -> None:
    columns = "{customer_id: integer, country: text, since: date, until: date}"
    project = PROJECT.replace("{customer_id: integer, country: text, spend: integer}", columns)
    shop = write_project(
        tmp_path / "shop",
        **{
            "segrules.yml": project + "    valid: [since, until]\n",
            "customers.csv": "customer_id,country,since,until\n1,TH,,2026-01-10\n1,US,2026-01-10,\n",
            "segments/rules.yml": "segments: {thai: country == 'TH'}\n",
        },
    )
    for as_of, thai in (("2026-01-09", 1), ("2026-01-10", 0)):
        outcome = count(shop, as_of=as_of)
        assert sizes(outcome) == {"thai": thai}
        assert not outcome.findings


def chain(length: int) -> str:
    lines = ["traits:", "  t0: spend", *(f"  t{step}: t{step - 1} + t{step - 1}" for step in range(1, length))]
    return "\n".join([*lines, "segments:", f"  rich: t{length - 1} > 0", ""])


def test_traits_that_use_the_one_before_twice_run_in_sql_of_linear_size(shop: Path) -> None:
    sizes_of_sql = []
    for length in (10, 20, 40):
        write_project(shop, **{"segments/rules.yml": chain(length)})
        assert sizes(count(shop)) == {"rich": 3}
        sizes_of_sql.append(len(show_sql(shop)[0]))
    first, second = (later - before for before, later in pairwise(sizes_of_sql))
    assert second < 2.2 * first


def test_a_chain_of_names_has_a_limit(shop: Path) -> None:
    write_project(shop, **{"segments/rules.yml": chain(99)})
    assert codes(count(shop)) == ["number-too-large"]  # 2 to the 98 is more than any number holds
    write_project(shop, **{"segments/rules.yml": chain(3000)})
    outcome = count(shop)
    assert (outcome.exit_code, codes(outcome)) == (1, ["too-deep"])


def test_decimals_of_38_digits_are_exact_from_the_file_to_the_constant(tmp_path: Path) -> None:
    shop = write_project(
        tmp_path / "shop",
        **{
            "segrules.yml": PROJECT.replace(
                "country: text, spend: integer", "fine: 'decimal(38,10)', big: 'decimal(38,0)'"
            ),
            "customers.csv": "customer_id,fine,big\n"
            "1,1234567890123456789012345678.0123456789,99999999999999999999999999999999999999\n",
            "segments/rules.yml": "segments:\n"
            "  above: fine > 1234567890123456789012345678.0123456788\n"
            "  not_above: fine > 1234567890123456789012345678.0123456789\n"
            "  equal: big == 99999999999999999999999999999999999999\n"
            "  below: -fine < -1234567890123456789012345678.0123456788\n",
        },
    )
    assert sizes(count(shop)) == {"above": 1, "not_above": 0, "equal": 1, "below": 1}


@pytest.mark.parametrize(
    ("written", "fits"), [(".5", False), ("5.4", False), (".0", True), ("5.0", True), ("5.", True)]
)
def test_a_decimal_without_digits_behind_the_point_takes_no_fraction(tmp_path: Path, written: str, fits: bool) -> None:
    shop = write_project(
        tmp_path / "shop",
        **{
            "segrules.yml": PROJECT.replace("country: text, spend: integer", "whole: 'decimal(5,0)'"),
            "customers.csv": f"customer_id,whole\n1,{written}\n",
            "segments/rules.yml": "segments: {some: whole >= 0}\n",
        },
    )
    outcome = count(shop)
    assert codes(outcome) == ([] if fits else ["unfit-value"])


@pytest.mark.parametrize(("row", "fresh"), [("9,2026-01-31", False), (",2026-01-31", False), ("1,2026-01-30", True)])
def test_rows_of_nobody_do_not_make_data_fresh(tmp_path: Path, row: str, fresh: bool) -> None:
    relation = (
        "relations:\n  orders: {source: o.csv, key: id, time: at, fresh: 2 days, columns: {id: integer, at: date}}\n"
    )
    shop = write_project(
        tmp_path / "shop",
        **{
            "segrules.yml": PROJECT + relation,
            "o.csv": f"id,at\n1,2026-01-01\n{row}\n",
            "segments/rules.yml": "segments: {some: any(orders)}\n",
        },
    )
    assert codes(count(shop)) == ([] if fresh else ["stale-data"])


def test_a_rule_without_columns_has_no_members_among_no_rows(tmp_path: Path) -> None:
    project = """\
segrules: 1
name: shop
as_of: 2026-01-31
entities: {customer: {from: orders, key: customer_id}}
relations:
  orders: {source: customers.csv, key: customer_id, time: day, columns: {customer_id: integer, day: date}}
"""
    rules = "segments: {all_of_them: 1 == 1}\n"
    files = {"segrules.yml": project, "segments/rules.yml": rules, "customers.csv": "customer_id,day\n1,2027-01-01\n"}
    outcome = count(write_project(tmp_path, **files))
    assert (codes(outcome), sizes(outcome)) == ([], {"all_of_them": 0})
