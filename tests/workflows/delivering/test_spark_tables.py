"""Members into tables of Spark's catalog: what each mode leaves there, and that readers have old rows or new ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from delivering_shop import CUSTOMERS, MEMBERS, PROJECT, Shop
from sqlglot import exp

from segrules.engines import Engine
from segrules.engines.engine import EngineError
from segrules.language.types import INTEGER, TEXT
from segrules.planning.time import as_of
from segrules.sql.delivery import Columns
from segrules.sql.delivery_spark import Wanted
from segrules.sql.literals import column
from segrules.workflows.delivering import spark_tables
from segrules.workflows.delivering.spark_catalog import usable
from segrules.workflows.delivering.spark_tables import into_spark_tables
from segrules.workflows.delivering.target import Mode, SparkTarget, target
from segrules.workflows.output import OutputRefused

Member = tuple[str, int, str | None]
Moves = tuple[int, int | None, int | None]

COLUMNS = Columns(("customer_id", INTEGER), (("country", TEXT),))
DAY, NEXT = date(2026, 1, 31), date(2026, 2, 1)
OWN = "TABLE $members (customer_id BIGINT, country STRING, segment STRING, as_of DATE) USING parquet"
LATER = [("rich", 1, "TW"), ("rich", 2, "US"), ("rich", 3, None), ("thai", 4, "TH")]


class Lake:
    """A database of the session's catalog, and a shop whose customers are in a Parquet file."""

    def __init__(self, session: Any, root: Path) -> None:
        from segrules.engines.spark import Spark

        self.session = session
        self.engine = Spark(session.newSession(), beside=session)
        self.database = f"shop_{uuid4().hex[:8]}"
        self.folder = root / "ware house"
        self.shop = Shop(root / "shop")
        self.shop.write(**{"segrules.yml": PROJECT.replace(".csv", ".parquet")})
        self.customers(CUSTOMERS)
        self.execute(f"CREATE DATABASE {self.database} LOCATION '{self.folder}'")

    def customers(self, text: str) -> None:
        self.shop.write(**{"customers.csv": text})
        place = self.shop.root / "customers"
        types = "{customer_id: 'BIGINT', country: 'VARCHAR', spend: 'BIGINT'}"
        duckdb.sql(f"COPY (FROM read_csv('{place}.csv', columns={types})) TO '{place}.parquet'")

    def to(self, table: str) -> str:
        return f"spark:{self.database}.{table}"

    def delivered(self, table: str, mode: str = "replace", **options: Any) -> Moves:
        """How many rows a run of the shop wrote, and how many entered and left."""
        (item,) = self.shop.delivered(self.to(table), mode, engine="spark", **options).delivered
        return item.rows, item.entered, item.left

    def refused(self, to: str, mode: str = "replace", **options: Any) -> str:
        return self.shop.refused(to, mode, **{"engine": "spark", **options})

    def put(self, mode: Mode, members: list[Member], day: date = DAY, select: tuple[str, ...] | None = None) -> Moves:
        """The same for given members, into the table `members`."""
        columns = [("segment", "STRING"), ("customer_id", "BIGINT"), ("country", "STRING")]
        self.engine.load("now", columns, members)
        query = exp.select(*(column(name) for name, _ in columns)).from_("now")
        into = target(self.to("members"), mode, "long", "parquet")
        assert isinstance(into, SparkTarget)
        entities = {"customer": (COLUMNS, query)}
        segments = None if select is None else {"customer": select}
        (item,) = into_spark_tables(into, self.engine, entities, segments, as_of(day, "UTC"))
        return item.rows, item.entered, item.left

    def execute(self, statement: str) -> None:
        self.session.sql(statement.replace("$", f"{self.database}."))

    def rows(self, table: str = "members", *columns: str) -> list[tuple[Any, ...]]:
        """Columns of a table, in order, as the session reads them that was there before the runs."""
        shown = ", ".join(columns or ("segment", "customer_id", "country"))
        return [
            tuple(row)
            for row in self.session.sql(f"SELECT {shown} FROM {self.database}.{table} ORDER BY ALL").collect()
        ]

    def of_days(self, *more: str) -> list[tuple[Any, ...]]:
        return self.rows("members", "as_of", "segment", "customer_id", "country", *more)

    def folders(self) -> set[str]:
        return {path.name for path in (self.folder / "members").iterdir() if path.is_dir()}


@pytest.fixture
def lake(spark_engine: Engine, tmp_path: Path) -> Iterator[Lake]:
    made = Lake(spark_engine._session, tmp_path)  # type: ignore[attr-defined]
    yield made
    made.execute(f"DROP DATABASE {made.database} CASCADE")


def test_members_are_replaced_while_others_read_them(lake: Lake) -> None:
    assert lake.delivered("members") == (4, 4, 0)
    assert lake.rows() == MEMBERS
    assert lake.rows("members", "DISTINCT as_of") == [(DAY,)]
    types = lake.session.sql(f"SELECT * FROM {lake.database}.members").dtypes
    assert types == [("customer_id", "bigint"), ("country", "string"), ("segment", "string"), ("as_of", "date")]
    counted = {"rows": 4, "entered": 4, "left": 0}
    written = {"entity": "customer", "table": f"{lake.database}.members", "mode": "replace", **counted}
    assert (lake.shop.record() or {})["delivered"] == [written]
    assert {path.name for path in lake.shop.out.iterdir()} == {"run.json"}
    first = lake.folders()
    reader = lake.session.sql(f"SELECT segment, customer_id, country FROM {lake.database}.members")
    lake.customers(CUSTOMERS.replace("1,TH,10", "1,TW,50"))
    assert lake.delivered("members", as_of="2026-02-01") == (4, 1, 1)
    assert sorted(map(tuple, reader.collect()), key=str) == MEMBERS
    assert lake.rows() == LATER
    assert lake.rows("members", "DISTINCT as_of") == [(NEXT,)]
    second = lake.folders() - first
    assert lake.put("replace", MEMBERS[:2], select=("rich",)) == (2, 0, 1)
    assert lake.rows() == [*MEMBERS[:2], LATER[3]]
    assert len(lake.folders()) == 2
    assert second < lake.folders(), "the members of the run before are still there for who reads them"


def test_appended_members_stand_beside_those_of_other_days_and_once(lake: Lake) -> None:
    assert lake.delivered("members", "append") == (4, None, None)
    lake.put("append", MEMBERS, NEXT)
    assert lake.put("append", LATER, NEXT) == (4, None, None)
    of_days = [(DAY, *member) for member in MEMBERS] + [(NEXT, *member) for member in LATER]
    assert lake.of_days() == of_days
    assert len(lake.folders()) == 3
    assert lake.put("append", [], DAY, select=("thai",)) == (0, None, None)
    assert lake.of_days() == [row for row in of_days if row[:2] != (DAY, "thai")]
    assert len(lake.folders()) == 3, "one for each day, and the one before of that day"


def test_a_log_tells_who_entered_and_left_and_goes_on_in_order(lake: Lake) -> None:
    assert lake.delivered("members", "delta") == (4, 4, 0)
    assert lake.put("delta", LATER, NEXT) == (2, 1, 1)
    entered = [(DAY, *member, "entered") for member in MEMBERS]
    moved = [(NEXT, "rich", 1, "TW", "entered"), (NEXT, "thai", 1, "TH", "left")]
    assert lake.of_days("change") == entered + moved
    said = lake.refused(lake.to("members"), "delta", as_of="2026-01-30")
    assert "goes on to 2026-02-01, which is after 2026-01-30" in said
    assert lake.put("delta", MEMBERS[2:], NEXT, select=("thai",)) == (0, 0, 0)  # the same day, computed anew
    assert lake.of_days("change") == entered + moved[:1]


def test_a_run_that_breaks_off_leaves_the_old_members(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise EngineError("the connection was lost", "connection")

    lake.put("append", MEMBERS)
    monkeypatch.setattr(spark_tables, "_switch", broken)
    assert "the connection was lost" in lake.refused(lake.to("members"), "append")
    with pytest.raises(EngineError):
        lake.put("append", LATER, NEXT)
    assert lake.of_days() == [(DAY, *member) for member in MEMBERS]
    assert len(lake.folders()) == 3
    monkeypatch.undo()
    lake.put("append", LATER)
    assert lake.of_days() == [(DAY, *member) for member in LATER]
    assert len(lake.folders()) == 2, "of that day, and the one before of that day"


@pytest.mark.parametrize("is_there", [True, False])
def test_of_two_runs_into_one_table_the_first_is_refused(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    if is_there:
        lake.put("replace", MEMBERS[1:])
    plain = spark_tables._switch

    def meanwhile(*given: Any) -> None:
        monkeypatch.setattr(spark_tables, "_switch", plain)
        lake.put("replace", LATER)
        plain(*given)

    monkeypatch.setattr(spark_tables, "_switch", meanwhile)
    with pytest.raises(OutputRefused, match="another run is writing to"):
        lake.put("replace", MEMBERS)
    assert lake.rows() == LATER


def test_names_types_and_instants_arrive_as_they_are(lake: Lake) -> None:
    label = 'a "b" `c`, d.e'
    columns = f"customer_id: text, at: timestamp, d: 'decimal(20,4)', tags: list of text, {label!r}: number"
    project = PROJECT.replace("customer_id: integer, country: text, spend: integer", columns)
    carry = f"carry: [at, d, tags, {label!r}]\nsegments: {{all: at or at is missing}}\n"
    lake.shop.write(
        **{
            "segrules.yml": project.replace(".csv", ".parquet"),
            "segments/rules.yml": carry.replace("at or at is missing", "d >= 0 or d is missing"),
        }
    )
    quoted = label.replace('"', '""')
    rows = (
        "SELECT '\\\\.''\"' AS customer_id, TIMESTAMP '2026-01-01 07:00:00.000001' AS \"at\","
        " 1234567890123456.7891::DECIMAL(20, 4) AS d, ['a,b', '', NULL] AS tags,"
        f" 0.1::DOUBLE AS \"{quoted}\" UNION ALL SELECT ' ', NULL, NULL, [], NULL"
    )
    duckdb.sql(f"COPY ({rows}) TO '{lake.shop.root / 'customers.parquet'}'")
    lake.delivered("instants", "append", as_of="2026-01-31T12:00+07:00")
    shown = label.replace("`", "``")
    query = f"SELECT customer_id, CAST(at AS STRING), CAST(d AS STRING), tags, `{shown}`, CAST(as_of AS STRING)"
    reader = lake.session.newSession()
    reader.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    found = reader.sql(f"{query} FROM {lake.database}.instants ORDER BY d DESC NULLS LAST").collect()
    moment = "2026-01-31 14:00:00"
    assert list(map(tuple, found)) == [
        ("\\\\.'\"", "2026-01-01 07:00:00.000001", "1234567890123456.7891", ["a,b", "", None], 0.1, moment),
        (" ", None, None, [], None, moment),
    ]
    said = lake.refused(lake.to("instants"), "append")
    assert "the column `as_of` of the table" in said
    assert "is timestamp_ltz, and date is written into it" in said
    own = f"customer_id STRING, at TIMESTAMP_NTZ, d DECIMAL(20, 4), tags ARRAY<STRING>, `{shown}` DOUBLE"
    made = f"CREATE TABLE $zoneless ({own}, segment STRING, as_of TIMESTAMP_LTZ) USING parquet PARTITIONED BY (as_of)"
    lake.execute(made)
    said = lake.refused(lake.to("zoneless"), "append", as_of="2026-01-31T12:00+07:00")
    assert "are instants, and in which zone depends on who reads them | make it with OPTIONS (timeZone 'UTC')" in said


def test_each_entity_has_a_table_and_one_of_ones_own_is_taken(lake: Lake) -> None:
    entity = "  company: {source: companies.parquet, key: company, columns: {company: text, size: integer}}\n"
    lake.shop.write(
        **{
            "segrules.yml": PROJECT.replace(".csv", ".parquet") + entity,
            "segments/companies.yml": "entity: company\nsegments: {big: size > 1}\n",
        }
    )
    duckdb.sql(f"COPY (SELECT '泰' AS company, 9 AS size) TO '{lake.shop.root / 'companies.parquet'}'")
    assert "`customer` and `company` have segments" in lake.refused(lake.to("members"))
    own = "note STRING DEFAULT 'none', as_of DATE, segment STRING, customer_id INT, country STRING"
    lake.execute(f"CREATE TABLE $customer_members ({own}) USING parquet")
    lake.execute("INSERT INTO $customer_members VALUES ('old', DATE'2026-01-01', 'thai', 3, 'TH')")
    outcome = lake.shop.delivered(f"spark:spark_catalog.{lake.database}.{{entity}}_members", engine="spark")
    assert [(item.rows, item.entered, item.left) for item in outcome.delivered] == [(4, 4, 1), (1, 1, 0)]
    assert lake.rows("company_members", "company", "segment") == [("泰", "big")]
    assert lake.rows("customer_members") == MEMBERS
    assert lake.rows("customer_members", "DISTINCT note") == [("none",)]


@pytest.mark.usefixtures("nothing_is_counted")
@pytest.mark.parametrize(
    ("made", "mode", "said"),
    [
        ("VIEW $members AS SELECT 1 AS customer_id", "replace", "is there and is no table"),
        ("TABLE $members (x INT) USING csv", "replace", "is of `csv`, and members are Parquet"),
        ("TABLE $members (x INT) USING parquet CLUSTERED BY (x) INTO 2 BUCKETS", "replace", "is kept in buckets"),
        (
            "TABLE $members (customer_id INT) USING parquet",
            "replace",
            "no column `country` (string), `segment` (string), `as_of` (date)",
        ),
        (
            OWN.replace("customer_id BIGINT", "customer_id STRING"),
            "replace",
            "the column `customer_id` of the table `{place}` is string, and bigint is written into it",
        ),
        (
            OWN.replace("country STRING", "country VARCHAR(2)"),
            "replace",
            "the column `country` of the table `{place}` is varchar(2), and string is written into it",
        ),
        (OWN.replace("as_of", "change STRING, as_of"), "replace", "has a column `change`: it is a log of changes"),
        (
            f"{OWN} PARTITIONED BY (as_of)",
            "replace",
            "is partitioned by `as_of`: --mode replace would take all but one away",
        ),
        (OWN, "append", "is not partitioned by `as_of`: it has room for one as-of"),
        (f"{OWN} PARTITIONED BY (segment)", "append", "is partitioned by `segment`"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_before_anything_is_computed(
    lake: Lake, made: str, mode: str, said: str
) -> None:
    lake.execute(f"CREATE {made}")
    assert said.format(place=f"{lake.database}.members") in lake.refused(lake.to("members"), mode)


def test_a_session_whose_catalog_is_of_another_kind_is_refused(lake: Lake) -> None:
    from segrules.engines.spark import Spark

    session, catalog = lake.session.newSession(), "spark.sql.catalog.spark_catalog"
    session._jvm.java.lang.System.setProperty("derby.stream.error.file", str(lake.folder.parent / "derby.log"))
    session.conf.set(catalog, "org.apache.spark.sql.execution.datasources.v2.jdbc.JDBCTableCatalog")
    session.conf.set(f"{catalog}.url", f"jdbc:derby:memory:{lake.database};create=true")
    session.conf.set(f"{catalog}.driver", "org.apache.derby.iapi.jdbc.AutoloadedDriver")
    engine = Spark(session, beside=lake.session)
    engine.execute("CREATE NAMESPACE spark_catalog.shop")
    engine.execute("CREATE TABLE spark_catalog.shop.members (x INT)")
    for table, said in (("members", "is none of Parquet"), ("others", "`shop` has no folder for tables")):
        into = SparkTarget("shop", table, "replace")
        with pytest.raises(OutputRefused, match=said):
            usable(engine, into, into.place("customer"), COLUMNS, as_of(DAY, "UTC"))


def test_an_entity_may_have_a_name_that_no_table_of_spark_has() -> None:
    of_each = target("spark:Shop.{entity}_members", "replace", "long", "parquet")
    assert isinstance(of_each, SparkTarget)
    assert str(of_each.place("customer")) == "shop.customer_members"
    with pytest.raises(OutputRefused, match=r"`shop\.顧客_members` is no name of a table of Spark"):
        of_each.place("顧客")


@pytest.mark.parametrize(
    ("made", "stored", "fits"),
    [
        ("bigint", "int", True),
        ("bigint", "decimal(10,0)", True),
        ("bigint", "double", False),
        ("decimal(12,4)", "decimal(20,4)", True),
        ("decimal(12,4)", "decimal(20,2)", False),
        ("string", "string collate UTF8_LCASE", False),
        ("array<string>", "array<string>", True),
    ],
)
def test_a_column_of_spark_holds_what_is_written_into_it(made: str, stored: str, fits: bool) -> None:
    assert Wanted("x", made).fits(stored) is fits


def test_partitions_that_the_catalog_does_not_have_are_refused(lake: Lake) -> None:
    session = lake.session.newSession()
    session.conf.set("spark.sql.hive.manageFilesourcePartitions", "false")
    session.sql(f"CREATE {OWN} PARTITIONED BY (as_of)".replace("$", f"{lake.database}."))
    said = lake.refused(lake.to("members"), "append")
    assert f"are not in the catalog | MSCK REPAIR TABLE {lake.database}.members" in said


@pytest.mark.usefixtures("nothing_is_counted")
def test_what_is_no_table_of_spark_for_members_is_refused(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from segrules.engines.spark import Spark

    assert "Spark's catalog has no database `nowhere`" in lake.refused("spark:nowhere.members")
    assert "into the catalog `lake`" in lake.refused("spark:lake.shop.members")
    assert "`spark:database.table`" in lake.refused("spark://shop.members")
    for name in (".members", "shop.", "shop.a-b", "shop.{day}"):
        assert f"`{name}` is no name of a table of Spark" in lake.refused(f"spark:{name}")
    assert "`members` names no database" in lake.refused("spark:members")
    assert "`--format` is of files" in lake.refused(lake.to("members"), format="csv")
    assert "they run elsewhere | add `--engine spark" in lake.refused(lake.to("members"), engine="duckdb")
    for to in (f"{tmp_path}/exports/", "postgres://bob@127.0.0.1:1/crm/members"):
        assert "`--to spark:database.table`" in lake.refused(to)
    lake.shop.write(**{"segrules.yml": PROJECT.replace("customers.csv", f"{{table: {lake.database}.Customers}}")})
    place = lake.shop.root / "customers.parquet"
    lake.execute(f"CREATE TABLE $customers USING parquet LOCATION '{place}'")
    assert "is a source of the project" in lake.refused(lake.to("customers"))
    assert not Spark(lake.session.newSession()).keeps_tables, "the catalog of the tests is in memory"
    monkeypatch.setattr(Spark, "keeps_tables", False)
    assert "is kept in memory, and gone with the run" in lake.refused(lake.to("members"))
