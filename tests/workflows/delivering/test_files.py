"""Members into files: one that is replaced, a folder for each as-of, a log of changes; what is left as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from delivering_shop import CUSTOMERS, MEMBERS, PROJECT, RULES, Shop

from segrules.workflows import output
from segrules.workflows.delivering import files

CHANGED = CUSTOMERS.replace("1,TH,10", "1,TW,50")


def rows(pattern: Path, columns: str = "segment, customer_id, country") -> list[tuple[Any, ...]]:
    return duckdb.execute(f"SELECT {columns} FROM '{pattern}' ORDER BY ALL").fetchall()


@pytest.fixture
def exports(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(shop.root)
    return shop.root / "exports"


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
def test_a_file_has_exactly_the_members_of_now(shop: Shop, exports: Path, format: str) -> None:
    to = f"exports/{{entity}}.{format}"
    outcome = shop.delivered(to)
    assert rows(exports / f"customer.{format}") == MEMBERS
    shop.write(**{"customers.csv": CHANGED})
    shop.delivered(to, as_of="2026-02-01")
    found = rows(exports / f"customer.{format}", "segment, customer_id, country, as_of::text")
    assert found == [
        ("rich", 1, "TW", "2026-02-01"),
        ("rich", 2, "US", "2026-02-01"),
        ("rich", 3, None, "2026-02-01"),
        ("thai", 4, "TH", "2026-02-01"),
    ]
    assert [path.name for path in exports.iterdir()] == [f"customer.{format}"]
    assert [path.name for path in shop.out.iterdir()] == ["run.json"]
    assert [(item.place, item.rows) for item in outcome.delivered] == [(f"exports/customer.{format}", 4)]
    assert shop.record()["delivered"] == [  # type: ignore[index]
        {"entity": "customer", "file": f"exports/customer.{format}", "mode": "replace", "rows": 4}
    ]


@pytest.mark.parametrize(
    ("to", "mode", "format", "file"),
    [
        ("exports/", "replace", "csv", "exports/customer.csv"),
        ("exports", "replace", "parquet", "exports/customer.parquet"),
        ("exports/{entity}/", "replace", "json", "exports/customer/members.json"),
        ("exports/{as_of}/{entity}.csv", "replace", "parquet", "exports/2026-01-31/customer.csv"),
        ("all.parquet", "replace", "parquet", "all.parquet"),
        ("exports/", "append", "csv", "exports/customer/as_of=2026-01-31/members.csv"),
        ("exports/{entity}s/", "append", "json", "exports/customers/as_of=2026-01-31/members.json"),
        ("exports/", "delta", "parquet", "exports/customer/as_of=2026-01-31/members.parquet"),
    ],
)
def test_where_files_are_put(shop: Shop, exports: Path, to: str, mode: str, format: str, file: str) -> None:
    shop.delivered(to, mode, format=format)
    assert rows(shop.root / file) == MEMBERS
    shop.delivered(to, mode, format=format)
    assert rows(shop.root / file) == MEMBERS


def test_appended_files_are_one_table_to_others(shop: Shop, exports: Path) -> None:
    for day, customers in (("2026-01-31", CUSTOMERS), ("2026-02-01", CHANGED), ("2026-02-01", CHANGED)):
        shop.write(**{"customers.csv": customers})
        shop.delivered("exports/", "append", as_of=day)
    found = rows(exports / "customer/**/*.parquet", "as_of::text, segment, customer_id")
    later = [("rich", 1), ("rich", 2), ("rich", 3), ("thai", 4)]
    assert found == [
        *(("2026-01-31", segment, key) for segment, key, _ in MEMBERS),
        *(("2026-02-01", *member) for member in later),
    ]


def test_a_log_of_files_tells_who_entered_and_left(shop: Shop, exports: Path) -> None:
    shop.delivered("exports/", "delta")
    shop.write(**{"customers.csv": CHANGED, "segments/rules.yml": RULES.replace("[country]", "[country, spend]")})
    outcome = shop.delivered("exports/", "delta", as_of="2026-02-01")
    assert [(item.rows, item.entered, item.left) for item in outcome.delivered] == [(2, 1, 1)]
    second = exports / "customer/as_of=2026-02-01/members.parquet"
    told = "segment, customer_id, country, spend, change"
    assert rows(second, told) == [("rich", 1, "TW", 50, "entered"), ("thai", 1, "TH", None, "left")]
    shop.write(**{"customers.csv": CUSTOMERS})
    shop.delivered("exports/", "delta", as_of="2026-02-01")
    assert rows(second) == []
    said = shop.refused("exports/", "delta", as_of="2026-01-30")
    assert "goes on to 2026-02-01, which is after 2026-01-30" in said


@pytest.mark.parametrize(
    ("type", "stored", "keys"),
    [
        ("text", "VARCHAR", ("'a'", "'b'")),
        ("text", "UUID", ("uuid()", "uuid()")),
        ("text", "ENUM('a', 'b')", ("'a'", "'b'")),
        ("integer", "INTEGER", ("1", "2")),
        ("integer", "DECIMAL(38,0)", ("18446744073709551615", "2")),
        ("decimal(12,2)", "DECIMAL(12,2)", ("1.5", "2")),
        ("decimal(12,0)", "DECIMAL(12,0)", ("1", "2")),
        ("decimal", "DECIMAL(9,3)", ("1.5", "2")),
        ("date", "DATE", ("'2020-01-01'", "'2020-01-02'")),
        ("timestamp", "TIMESTAMP", ("'2020-01-01'", "'2020-01-02'")),
    ],
)
def test_a_log_goes_on_with_keys_of_every_type(
    shop: Shop, exports: Path, type: str, stored: str, keys: tuple[str, str]
) -> None:
    project = PROJECT.replace("customer_id: integer", f"customer_id: '{type}'").replace(".csv", ".parquet")
    shop.write(**{"segrules.yml": project})
    rows = f"VALUES ({keys[0]}, 'TH', 50), ({keys[1]}, 'US', 50)"
    query = f"SELECT key::{stored} AS customer_id, country, spend FROM ({rows}) AS v (key, country, spend)"
    duckdb.execute(f"CREATE OR REPLACE TABLE customers AS {query}")
    moves = []
    for day, kept in (("2026-01-31", "true"), ("2026-02-01", "country = 'TH'"), ("2026-02-02", "true")):
        duckdb.execute(f"COPY (FROM customers WHERE {kept}) TO '{shop.root / 'customers.parquet'}'")
        (item,) = shop.delivered("exports/", "delta", as_of=day).delivered
        moves.append((item.entered, item.left))
    assert moves == [(3, 0), (0, 1), (1, 0)]


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
def test_a_file_of_no_members_takes_the_next_ones(shop: Shop, exports: Path, format: str) -> None:
    for to, mode in ((f"exports/members.{format}", "replace"), ("daily/", "append")):
        for customers, count in (("customer_id,country,spend\n1,US,0\n", 0), (CUSTOMERS, 4), (CUSTOMERS, 4)):
            shop.write(**{"customers.csv": customers})
            (item,) = shop.delivered(to, mode, **({"format": format} if mode == "append" else {})).delivered
            assert item.rows == count


def test_instants_are_partitions_as_hive_has_them(shop: Shop, exports: Path) -> None:
    shop.delivered("exports/", "delta", as_of="2026-01-31T12:00+07:00")
    shop.write(**{"customers.csv": CHANGED})
    shop.delivered("exports/", "delta", as_of="2026-01-31T13:00+07:00")
    moments = rows(exports / "customer/**/*.parquet", "DISTINCT as_of::timestamp")
    assert moments == [(datetime(2026, 1, 31, 5),), (datetime(2026, 1, 31, 6),)]
    assert [path.name for path in sorted((exports / "customer").iterdir())] == [
        "as_of=2026-01-31 05%3A00%3A00",
        "as_of=2026-01-31 06%3A00%3A00",
    ]
    assert "is of instants, and days do not go with them" in shop.refused("exports/", "delta", as_of="2026-02-01")
    assert "which go by whole seconds" in shop.refused("exports/", "delta", as_of="2026-02-01T00:00:00.5")


@pytest.mark.parametrize(("to", "mode"), [("exports/", "replace"), ("exports/", "append"), ("exports/", "delta")])
def test_a_selection_takes_no_other_segments_away(shop: Shop, exports: Path, to: str, mode: str) -> None:
    shop.delivered(to, mode)
    said = shop.refused(to, mode, select=["thai"])
    assert "has `rich`, which --select leaves out" in said
    shop.delivered("selected/", mode, select=["thai"])
    assert {row[0] for row in rows(shop.root / "selected/**/*.parquet")} == {"thai"}


def test_a_log_of_a_selection_leaves_the_others_in(shop: Shop, exports: Path) -> None:
    shop.delivered("exports/", "delta")
    shop.write(**{"customers.csv": "customer_id,country,spend\n1,US,0\n"})
    outcome = shop.delivered("exports/", "delta", as_of="2026-02-01", select=["thai"])
    assert [(item.entered, item.left) for item in outcome.delivered] == [(0, 2)]


def test_a_day_is_appended_in_one_format(shop: Shop, exports: Path) -> None:
    shop.delivered("exports/", "append")
    assert "members.parquet` has the members of this as-of already" in shop.refused("exports/", "append", format="csv")
    shop.delivered("exports/", "append", format="csv", as_of="2026-02-01")
    assert [path.name for path in sorted(exports.rglob("members.*"))] == ["members.parquet", "members.csv"]


def test_what_is_there_and_is_not_ours_stays(shop: Shop, exports: Path) -> None:
    exports.mkdir()
    (exports / "customer.csv").write_text("name\nBob\n", "utf-8")
    (exports / "customer.parquet").write_text("no parquet", "utf-8")
    assert "has no column `customer_id`: it is not of these members" in shop.refused("exports/customer.csv")
    assert "is there already and cannot be read" in shop.refused("exports/customer.parquet")
    assert "is a source of the project" in shop.refused("customers.csv")
    assert (exports / "customer.csv").read_text("utf-8") == "name\nBob\n"
    assert (shop.root / "customers.csv").read_text("utf-8") == CUSTOMERS
    shop.delivered("log/", "delta")
    assert "is a log of changes" in shop.refused("log/", "append")
    shop.write(**{"segrules.yml": PROJECT.replace("customer_id: integer", "customer_id: text")})
    assert "`customer_id` is bigint in" in shop.refused("log/", "delta", as_of="2026-02-01")


@pytest.mark.parametrize(
    ("to", "mode", "options", "said"),
    [
        ("x.xlsx", "replace", {}, "ends in `.xlsx`"),
        ("x.csv", "append", {}, "`x.csv` is one file, and `--mode append` adds a file for each as-of"),
        ("x.parquet", "delta", {}, "name a folder: `--to x/`"),
        ("x/", "delta", {"format": "csv"}, "a log of changes is Parquet"),
        ("x.parquet", "replace", {"format": "csv"}, "do not go together"),
        ("x/{segment}.csv", "replace", {}, "`{segment}` in `--to` stands for nothing"),
        ("x/{.csv", "replace", {}, "`{` in `--to` stands for nothing"),
        ("", "replace", {}, "names nothing"),
        ("out/{entity}.csv", "replace", {}, "which `--out` has for run.json"),
        (
            "customers.csv/x.csv",
            "replace",
            {},
            "`customers.csv` is a file, not a folder | name another folder with --to",
        ),
        ("s3://bucket/x.csv", "replace", {}, "cannot be written to `s3://`"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    shop: Shop, exports: Path, to: str, mode: str, options: dict[str, Any], said: str
) -> None:
    assert said in shop.refused(to, mode, **options)
    assert {path.name for path in shop.root.iterdir()} <= {"segrules.yml", "customers.csv", "segments", "out"}


def test_a_mode_is_of_a_target(shop: Shop) -> None:
    assert "`--mode delta` says how members are put where `--to` names" in shop.refused(None, "delta")  # type: ignore[arg-type]


def test_columns_of_deliveries_are_not_carried(shop: Shop, exports: Path) -> None:
    shop.write(
        **{
            "segrules.yml": PROJECT.replace("country", "as_of"),
            "customers.csv": CUSTOMERS.replace("country", "as_of"),
            "segments/rules.yml": RULES.replace("country", "as_of"),
        }
    )
    assert "two columns `as_of`" in shop.refused("exports/")


def test_a_run_that_breaks_off_leaves_all_files_as_they_were(
    shop: Shop, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entity = "  company: {source: companies.csv, key: company, columns: {company: text, size: integer}}\n"
    shop.write(
        **{
            "segrules.yml": PROJECT + entity,
            "companies.csv": "company,size\nA,5\n",
            "segments/companies.yml": "entity: company\nsegments: {big: size > 1}\n",
        }
    )
    shop.delivered("exports/")
    before = {path: path.read_bytes() for path in exports.iterdir()}
    shop.write(**{"customers.csv": CHANGED, "companies.csv": "company,size\nB,5\n"})
    with monkeypatch.context() as broken:
        broken.setattr(files, "publish_beside", _stopped)
        with pytest.raises(KeyboardInterrupt):
            shop.apply("exports/")
    assert {path: path.read_bytes() for path in exports.iterdir()} == before
    with monkeypatch.context() as broken:
        broken.setattr(output, "_move", _stopped)
        with pytest.raises(KeyboardInterrupt):
            shop.apply("exports/")
    shop.delivered("exports/")  # what the journal promised is finished first
    assert rows(exports / "company.parquet", "company") == [("B",)]
    assert sorted(path.name for path in exports.iterdir()) == ["company.parquet", "customer.parquet"]


def _stopped(*_: Any) -> None:
    raise KeyboardInterrupt


def test_two_runs_do_not_mix(shop: Shop, exports: Path) -> None:
    exports.mkdir()
    with output.locked(exports):
        assert "another run is writing to `exports`" in shop.refused("exports/")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_leaves_the_old_file(shop: Shop, exports: Path) -> None:
    """A limit on the size of files stands for a disk that is full: the system refuses to write on in both cases."""
    shop.delivered("exports/members.csv")
    before = (exports / "members.csv").read_bytes()
    many = "".join(f"{key},TH,50\n" for key in range(10, 90_000))
    shop.write(**{"customers.csv": CUSTOMERS + many})
    command = f"ulimit -f 1100; exec {sys.executable} -m segrules apply {shop.root} --to exports/members.csv"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, env=os.environ)
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert "no space left on the disk" in result.stderr
    assert (exports / "members.csv").read_bytes() == before
    shop.delivered("exports/members.csv")
    assert [path.name for path in exports.iterdir()] == ["members.csv"]
