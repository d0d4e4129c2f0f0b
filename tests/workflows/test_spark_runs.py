"""`count` and `apply` on Spark: the members of DuckDB, written by Spark itself, of whose rows none comes here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from parquet_shop import MEMBERS, write_shop

from segrules.engines import Engine
from segrules.project.environments import Settings
from segrules.workflows import starting
from segrules.workflows.apply import apply, count
from segrules.workflows.outcome import Outcome

SPARK = "spark"  # the session that the fixture has started


@pytest.fixture
def shop(tmp_path: Path, spark_engine: Engine) -> Path:
    return write_shop(tmp_path / "shop")


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


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_a_folder_that_the_machines_do_not_share_is_refused(
    shop: Path, tmp_path: Path, layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segrules.engines.spark import Spark

    out, own = tmp_path / "out", Spark.write_parquet
    assert apply(shop, out, engine=SPARK).exit_code == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def elsewhere(self: Spark, statement: str, folder: str, partitions: Sequence[str] = ()) -> None:
        own(self, statement, str(tmp_path / "of another machine"), partitions)

    monkeypatch.setattr(Spark, "write_parquet", elsewhere)
    outcome = apply(shop, out, engine=SPARK, layout=layout)
    assert outcome.exit_code == 2
    (finding,) = (found for found in outcome.findings if found.code == "output-refused")
    rows = f"{sum(MEMBERS.values())} rows of `customer`" if layout == "long" else "5 rows of `customer.wide`"
    assert finding.message == f"Spark wrote {rows}, and 0 of them are in the folder of --out"
    assert finding.help == "name a folder with --out that every machine of the cluster sees"
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_values_that_do_not_fit_are_findings_and_no_end_of_the_run(shop: Path) -> None:
    declared = "'decimal(5,2)'"
    (shop / "segrules.yml").write_text(
        "segrules: 1\nname: shop\nas_of: 2026-01-31\nentities:\n  customer:\n    source: data/wide.parquet\n"
        f"    key: id\n    columns: {{id: integer, long: {declared}, double: {declared}, decimal: {declared}}}\n",
        encoding="utf-8",
    )
    (shop / "segments").joinpath("rules.yml").write_text(
        "segments: {rich: long > 1 or double > 1 or decimal > 1}\n", encoding="utf-8"
    )
    fitting, wide = "(1, 999, 999.99, 999.99)", "(2, 100000, 1e9, 100000.25)"
    rows = f"(VALUES {fitting}, {wide}) AS t (id, a, b, c)"
    columns = 'id::BIGINT AS id, a::BIGINT AS "long", b::DOUBLE AS "double", c::DECIMAL(12,3) AS "decimal"'
    duckdb.sql(f"COPY (SELECT {columns} FROM {rows}) TO '{shop / 'data' / 'wide.parquet'}'")
    local, there = count(shop), count(shop, engine=SPARK)
    assert said(there) == said(local)
    assert [code for code, _ in said(there)] == ["unfit-value"] * 3


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


def test_tables_of_a_catalog(shop: Path, spark_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    spark_engine.execute("CREATE DATABASE IF NOT EXISTS sales")
    spark_engine.execute(f"CREATE TABLE sales.customers USING parquet LOCATION '{shop}/data/customers.parquet'")
    try:
        (shop / "environments").mkdir()
        tables = "engine: spark\nsources: {customer: {table: sales.customers}}\n"
        (shop / "environments/lake.yml").write_text(tables, encoding="utf-8")
        found = count(shop, settings=Settings("lake"))
        assert {item.segment: item.members for item in found.counts} == MEMBERS
        assert apply(shop, shop / "out", settings=Settings("lake")).exit_code == 0
        source = json.loads((shop / "out/run.json").read_text("utf-8"))["sources"]["customer"]
        ((rows,),) = spark_engine.run("SELECT count(*) FROM sales.customers")
        assert (source["table"], source["rows"]) == ("sales.customers", rows)
        assert int(source["hash"], 16) > 0
        (shop / "environments/lake.yml").write_text(tables.replace("customers", "costumers"), encoding="utf-8")
        (finding,) = count(shop, settings=Settings("lake")).findings
        assert (finding.code, finding.message) == ("data-missing", "the database has no table `sales.costumers`")
        assert finding.help is None
        monkeypatch.setattr(type(spark_engine), "keeps_tables", False)
        (finding,) = count(shop, settings=Settings("lake")).findings
        assert finding.help is not None
        assert finding.help.startswith("the catalog of this Spark session is in memory")
    finally:
        spark_engine.execute("DROP TABLE sales.customers")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"layout": "files"}, "cannot have `--layout files` yet"),
        ({"format": "csv"}, "cannot have `--format csv` yet"),
        ({"sort": True}, "cannot have `--sort` yet"),
        ({"record": True}, "cannot have `--record` yet"),
        ({"to": "members.csv"}, "not where this `--to` is"),
        ({"to": "exports/"}, "not where this `--to` is"),
        ({"to": "postgres://bob@127.0.0.1:1/crm/members"}, "not where this `--to` is"),
    ],
)
def test_what_spark_does_not_write_is_refused_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], what: str
) -> None:
    monkeypatch.delattr(starting, "connected")
    shop = write_shop(tmp_path / "shop")
    outcome = apply(shop, tmp_path / "out", engine="local[2]", **options)
    assert (outcome.exit_code, [finding.code for finding in outcome.findings]) == (2, ["output-refused"])
    assert what in outcome.findings[0].message
    assert list((tmp_path / "out").iterdir()) == []


def test_a_project_with_history_is_not_recorded_on_spark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(starting, "connected")
    shop = write_shop(tmp_path / "shop")
    text = (shop / "segrules.yml").read_text(encoding="utf-8")
    (shop / "segrules.yml").write_text(f"{text}history: {{keep: 400 days}}\n", encoding="utf-8")
    assert said(apply(shop, tmp_path / "out", engine="local[2]")) == [
        ("output-refused", "members that Spark writes cannot have `--record` yet")
    ]


def test_text_files_are_not_read_by_spark(shop: Path) -> None:
    (shop / "data/customers.csv").write_text("id,name,joined,score,vip\n1,Zoe,,1,\n", encoding="utf-8")
    text = (shop / "segrules.yml").read_text(encoding="utf-8").replace("customers.parquet", "customers.csv")
    (shop / "segrules.yml").write_text(text, encoding="utf-8")
    assert said(count(shop, engine=SPARK)) == [
        ("invalid-source", "`data/customers.csv` is a file that Spark cannot read")
    ]


def test_addresses_are_sparks_own(shop: Path, spark_engine: Any) -> None:
    """A file system of Hadoop stands for one of a cloud, whose connectors do not come with Spark."""
    hadoop = spark_engine._session.sparkContext._jsc.hadoopConfiguration()
    hadoop.set("fs.viewfs.mounttable.lake.link./shop", f"file://{shop}/data")
    rules = (shop / "segrules.yml").read_text("utf-8")

    def counted(customers: str, orders: str = "viewfs://lake/shop/orders-*.parquet") -> Outcome:
        text = rules.replace("data/customers.parquet", customers).replace("data/orders-*.parquet", orders)
        (shop / "segrules.yml").write_text(text, encoding="utf-8")
        return apply(shop, shop / "out", engine=SPARK)

    found = counted("viewfs://lake/shop/customers.parquet")
    assert {item.segment: item.members for item in found.counts} == MEMBERS
    source = json.loads((shop / "out/run.json").read_text("utf-8"))["sources"]["orders"]
    assert (source["address"], source["rows"]) == ("viewfs://lake/shop/orders-*.parquet", 6)
    ((code, message),) = said(counted("viewfs://lake/shop/costumers.parquet"))
    assert code == "data-missing"
    assert "viewfs://lake/shop/costumers.parquet" in message
    ((code, message),) = said(counted("nowhere://lake/customers.parquet"))
    assert (code, message) == ("data-unreadable", 'No FileSystem for scheme "nowhere"')
    ((code, message),) = said(counted("viewfs://lake/shop/customers.csv"))
    assert (code, message) == (
        "invalid-source", "`viewfs://lake/shop/customers.csv` is a file that Spark cannot read",
    )  # fmt: skip


def test_a_cluster_that_is_not_there(shop: Path) -> None:
    """The session that runs is in the way of another one, so that this is asked of the engine itself."""
    from segrules.engines.engine import EngineError
    from segrules.engines.spark_application import _look_for

    with pytest.raises(EngineError, match="the master of the cluster cannot be reached"):
        _look_for("spark://127.0.0.1:1")
