"""`count` and `apply` on Spark: the members of DuckDB, written by Spark itself, of whose rows none comes here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segrules.engines import Engine
from segrules.project.environments import Settings
from segrules.workflows.apply import apply, count
from segrules.workflows.outcome import Outcome

pytestmark = pytest.mark.xdist_group("spark")

SHOP = """
segrules: 1
name: shop
as_of: 2026-01-31
timezone: Europe/Berlin
entities:
  customer:
    source: data/customers.parquet
    key: id
    columns: {id: integer, name: text, joined: date, score: number, vip: boolean}
relations:
  orders:
    source: data/orders-*.parquet
    key: customer
    time: at
    columns: {customer: integer, at: timestamp, amount: "decimal(10,2)"}
"""
RULES = """
params: {many: 2}
carry: [name, joined]
traits:
  spent: sum(orders.amount)
segments:
  buyers: count(orders) >= params.many
  from_z: name >= 'Zoe'
  none_yet: none(orders)
  scored: score > 1.5
  nobody: score > 100
  early: any(orders where hour(at) < 6)
segmentations:
  size:
    stages: {big: spent > 100, small: spent > 0}
    otherwise: nothing
"""
CUSTOMERS = """
SELECT * FROM (VALUES
    (1, 'Zoe', DATE '2025-01-01', 1.5::FLOAT, true), (2, 'zoe', DATE '2025-02-01', 2.5, false),
    (3, 'Ärger', NULL, NULL, NULL), (4, 'a "b"', DATE '2024-02-29', 'NaN', true), (5, NULL, DATE '1999-12-31', 3, false)
) AS t (id, name, joined, score, vip)
"""
ORDERS = (
    """
SELECT * FROM (VALUES
    (1::BIGINT, TIMESTAMP '2025-10-26 02:30:00', 99.99::DECIMAL(10, 2)), (1, '2026-01-31 23:59:59', 0.02),
    (1, '2026-02-01 00:00:00', 1000.00)) AS t (customer, "at", amount)
""",
    """
SELECT * FROM (VALUES
    (2::BIGINT, TIMESTAMP '2026-01-01 05:59:59', 100.00::DECIMAL(10, 2)), (2, '2026-01-01 06:00:00', 0.00),
    (4, '2025-03-30 02:30:00', 5.00)) AS t (customer, "at", amount)
""",
)
SPARK = "spark"  # the session that the fixture has started
MEMBERS = {
    "buyers": 2, "from_z": 4, "none_yet": 2, "scored": 2, "nobody": 0, "early": 3,
    "size.big": 1, "size.small": 2, "size.nothing": 2,
}  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path, spark_engine: Engine) -> Path:
    root = tmp_path / "shop"
    (root / "data").mkdir(parents=True)
    (root / "segments").mkdir()
    (root / "segrules.yml").write_text(SHOP.lstrip(), encoding="utf-8")
    (root / "segments/rules.yml").write_text(RULES.lstrip(), encoding="utf-8")
    duckdb.sql(f"COPY ({CUSTOMERS}) TO '{root}/data/customers.parquet'")
    for number, rows in enumerate(ORDERS):
        duckdb.sql(f"COPY ({rows}) TO '{root}/data/orders-{number}.parquet'")
    return root


def members(out: Path, pattern: str, columns: str) -> list[Any]:
    return duckdb.sql(f"SELECT {columns} FROM read_parquet('{out / pattern}') ORDER BY ALL").fetchall()


def said(outcome: Outcome) -> list[tuple[str, str]]:
    return [(finding.code, finding.message) for finding in outcome.findings]


def test_members_are_those_of_duckdb_and_none_comes_here(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segrules.engines.spark import Spark

    fetched: list[int] = []
    own = Spark.run

    def counted(self: Spark, statement: str) -> list[tuple[Any, ...]]:
        rows = own(self, statement)
        fetched.append(len(rows))
        return rows

    monkeypatch.setattr(Spark, "run", counted)
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    local = apply(shop, ours)
    there = apply(shop, theirs, engine=SPARK)
    assert said(there) == said(local)
    assert there.counts == local.counts
    assert {item.segment: item.members for item in there.counts} == MEMBERS
    assert max(fetched) == 1, "a statement gave more than a row of counts"
    columns = "id, segment, name, joined"
    assert members(theirs, "customer/*/*.parquet", columns) == members(ours, "customer.parquet", columns)
    assert {path.partition("/part-")[0] for path in there.written} == {
        f"customer/segment={name}" for name, many in MEMBERS.items() if many
    }
    record = json.loads((theirs / "run.json").read_text(encoding="utf-8"))
    assert record["engine"]["name"] == "spark"
    assert set(record["files"]) == set(there.written)
    assert {path.name for path in theirs.iterdir()} == {"customer", "run.json"}


def test_a_wide_layout_takes_the_place_of_a_long_one(shop: Path, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    apply(shop, ours, layout="wide")
    assert apply(shop, theirs, engine=SPARK).exit_code == 0
    assert apply(shop, theirs, engine=SPARK, layout="wide").exit_code == 0
    assert members(theirs, "customer.wide/*.parquet", "*") == members(ours, "customer.wide.parquet", "*")
    assert {path.name for path in theirs.iterdir()} == {"customer.wide", "run.json"}


def test_statements_are_as_many_for_two_segments_as_for_all(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segrules.engines.spark import Spark

    sent: list[str] = []
    for method in ("run", "execute", "describe", "write_parquet"):
        own = getattr(Spark, method)

        def counted(self: Spark, statement: str, *others: Any, own: Any = own) -> Any:
            sent.append(statement)
            return own(self, statement, *others)

        monkeypatch.setattr(Spark, method, counted)

    def statements(*select: str) -> int:
        sent.clear()
        assert apply(shop, tmp_path / "-".join(("out", *select)), engine=SPARK, select=select).exit_code == 0
        return len(sent)

    assert statements("buyers", "from_z") == statements()


def test_tables_of_a_catalog(shop: Path, spark_engine: Engine) -> None:
    spark_engine.execute("CREATE DATABASE IF NOT EXISTS sales")
    spark_engine.execute(f"CREATE TABLE sales.customers USING parquet LOCATION '{shop}/data/customers.parquet'")
    try:
        (shop / "environments").mkdir()
        tables = "engine: spark\nsources: {customer: {table: sales.customers}}\n"
        (shop / "environments/lake.yml").write_text(tables, encoding="utf-8")
        found = count(shop, settings=Settings("lake"))
        assert {item.segment: item.members for item in found.counts} == MEMBERS
        (shop / "environments/lake.yml").write_text(tables.replace("customers", "costumers"), encoding="utf-8")
        (finding,) = count(shop, settings=Settings("lake")).findings
        assert (finding.code, finding.message) == ("data-missing", "the database has no table `sales.costumers`")
    finally:
        spark_engine.execute("DROP TABLE sales.customers")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"layout": "files"}, "--layout files"),
        ({"format": "csv"}, "--format csv"),
        ({"sort": True}, "--sort"),
        ({"record": True}, "--record"),
    ],
)
def test_what_spark_does_not_write_is_refused_before_anything_runs(
    shop: Path, tmp_path: Path, options: dict[str, Any], what: str
) -> None:
    outcome = apply(shop, tmp_path / "out", engine=SPARK, **options)
    assert (outcome.exit_code, said(outcome)) == (
        2,
        [("output-refused", f"members that Spark writes cannot have `{what}` yet")],
    )
    assert list((tmp_path / "out").iterdir()) == []


def test_text_files_are_not_read_by_spark(shop: Path) -> None:
    (shop / "data/customers.csv").write_text("id,name,joined,score,vip\n1,Zoe,,1,\n", encoding="utf-8")
    text = (shop / "segrules.yml").read_text(encoding="utf-8").replace("customers.parquet", "customers.csv")
    (shop / "segrules.yml").write_text(text, encoding="utf-8")
    assert said(count(shop, engine=SPARK)) == [
        ("invalid-source", "`data/customers.csv` is a file that Spark cannot read")
    ]


def test_a_cluster_that_is_not_there(shop: Path) -> None:
    """The session that runs is in the way of another one, so that this is asked of the engine itself."""
    from segrules.engines.engine import EngineError
    from segrules.engines.spark import _look_for

    with pytest.raises(EngineError, match="the master of the cluster cannot be reached"):
        _look_for("spark://127.0.0.1:1")
