"""Sources that are tables: of a database file of DuckDB, of a server; what is said of those that are not there."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import running
from shell import segrules

from segrules.diagnostics import Diagnostic
from segrules.engines import Engine
from segrules.engines.duckdb import DuckDB, connect
from segrules.engines.postgres import connect as connect_postgres
from segrules.language.types import DATE, INTEGER, TEXT
from segrules.planning import plan, references
from segrules.planning.time import as_of
from segrules.project.loader import folder_reader
from segrules.project.model import Column, Entity, Project, Relation, Source
from segrules.source import SourceFile, Span
from segrules.sql.scans import Table
from segrules.workflows.sources import Sources, concretize, inspect, open_sources
from segrules.workflows.validate import validate

SPAN = Span(SourceFile("segrules.yml", "x" * 200), 10, 20)
MAKE = """
CREATE SCHEMA crm;
CREATE TABLE crm.customers (id integer, country varchar, joined date);
INSERT INTO crm.customers VALUES (1, 'TH', '2026-01-01'), (2, NULL, NULL);
CREATE TABLE orders (id integer);
CREATE VIEW crm.thai AS SELECT * FROM crm.customers WHERE country = 'TH';
CREATE TABLE gone (id integer);
CREATE VIEW broken AS SELECT * FROM gone;
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "shop.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as made:
        made.execute(MAKE + "DROP TABLE gone; CREATE VIEW peeping AS SELECT 1 FROM read_text('/etc/passwd')")
    return path


def project(table: str, *relations: Relation) -> Project:
    customer = Entity("customer", "id", Source(None, table, span=SPAN))
    return Project("shop", None, "UTC", (customer,), relations, {}, (), (), (), ())


def sources_of(root: Path, of: Project, database: Path | None) -> Sources:
    sources, findings = open_sources(of, root, root / "work", database=database)
    assert findings == ()
    return sources


def inspected(engine: Engine, root: Path, table: str) -> Table | tuple[str, str, str | None]:
    tables, findings = inspect(engine, sources_of(root, project(table), None))
    if not findings:
        return tables["customer"]
    (finding,) = findings
    assert finding.span == SPAN
    return finding.code, finding.message, finding.help


@pytest.mark.parametrize("table", ["crm.customers", "crm.thai", "CRM.Customers"])
def test_tables_and_views_of_a_file_stand_beside_files(tmp_path: Path, shop: Path, table: str) -> None:
    (tmp_path / "visits.csv").write_text("id\n1\n")
    of = project(table, Relation("visits", "customer", "id", Source("visits.csv", span=SPAN)))
    sources = sources_of(tmp_path, of, shop)
    engine = connect(readable=sources.readable, database=shop)
    tables, findings = inspect(engine, sources)
    assert findings == ()
    assert tables["customer"].physical == (("id", "INTEGER"), ("country", "VARCHAR"), ("joined", "DATE"))
    typed, findings = concretize(engine, of, tables)
    assert findings == ()
    assert [(item.name, item.type) for item in typed.entities[0].columns] == [
        ("id", INTEGER),
        ("country", TEXT),
        ("joined", DATE),
    ]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("crm.custmers", ("the database has no table `crm.custmers`", "did you mean `crm.customers`?")),
        ("order", ("the database has no table `order`", "did you mean `orders`?")),
        ("customers", ("the database has no table `customers`", "did you mean `crm.customers`?")),
        ("cmr.customers", ("the database has no schema `cmr`, where `customers` should be", "did you mean `crm`?")),
        ("x.y.z", ("the database has no schema `x.y`, where `z` should be", "it has `crm`, `main`")),
        ("zzz", ("the database has no table `zzz`", None)),
    ],
)
def test_a_table_that_is_not_there(tmp_path: Path, shop: Path, table: str, said: tuple[str, str | None]) -> None:
    assert inspected(connect(database=shop), tmp_path, table) == ("data-missing", *said)


def test_a_view_that_looks_elsewhere(tmp_path: Path, shop: Path) -> None:
    engine = connect(database=shop)
    code, message, _ = inspected(engine, tmp_path, "peeping")
    assert (code, message) == (
        "data-unreadable",
        "`peeping` cannot be read: `/etc/passwd` is neither a source of the project nor inside the output folder",
    )
    code, message, _ = inspected(engine, tmp_path, "broken")
    assert (code, message) == ("data-unreadable", "`broken` cannot be read: there is no table `gone`")


def test_a_table_without_a_database(tmp_path: Path) -> None:
    assert inspected(connect(), tmp_path, "crm.customers") == (
        "not-supported-yet",
        "`crm.customers` is a table, and no database is named that has it",
        "`--engine duckdb://data/shop.duckdb` names one; or name a file as the source",
    )


def test_tables_of_a_server(tmp_path: Path, postgres_url: str) -> None:
    engine = connect_postgres(postgres_url)
    engine.execute("DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; CREATE TABLE crm.customers (id integer)")
    found = inspected(engine, tmp_path, "crm.customers")
    assert isinstance(found, Table)
    assert found.physical == (("id", "integer"),)
    assert inspected(engine, tmp_path, "crm.custmers") == (
        "data-missing",
        "the database has no table `crm.custmers`",
        "did you mean `crm.customers`?",
    )
    engine.execute("DROP SCHEMA crm CASCADE")
    engine.close()


def test_the_state_of_a_table_is_that_of_its_file(tmp_path: Path, shop: Path) -> None:
    def state() -> dict[str, object]:
        return sources_of(tmp_path, project("crm.customers"), shop).fingerprint()["customer"]

    first = state()
    assert (first["table"], first["files"], first["bytes"]) == ("crm.customers", 1, shop.stat().st_size)
    connect(database=shop).run("SELECT 1")
    assert state() == first, "reading changes nothing"
    with duckdb.connect(str(shop)) as made:
        made.execute("UPDATE crm.customers SET country = 'IL' WHERE id = 2")
    second = state()
    assert second != first
    copy = shop.read_bytes()
    with duckdb.connect(str(shop)) as made:
        made.execute("INSERT INTO crm.customers VALUES (3, 'RU', NULL)")
        log = shop.with_name("shop.duckdb.wal").read_bytes()
    shop.write_bytes(copy)
    shop.with_name("shop.duckdb.wal").write_bytes(log)
    assert state() != second, "what waits in the log counts"
    engine = connect(database=shop)
    assert engine.run("SELECT count(*) FROM shop.crm.customers") == [(3,)]


def test_a_missing_column_is_told_as_of_a_file(tmp_path: Path, shop: Path) -> None:
    customer = Entity("customer", "id", Source(None, "crm.customers", span=SPAN), columns=(Column("land", TEXT),))
    of = Project("shop", None, "UTC", (customer,), (), {}, (), (), (), ())
    engine = connect(database=shop)
    tables, _ = inspect(engine, sources_of(tmp_path, of, shop))
    (finding,) = concretize(engine, of, tables)[1]
    assert isinstance(finding, Diagnostic)
    assert (finding.code, finding.message) == ("missing-column", "the data of `customer` has no column `land`")


@pytest.mark.parametrize("name", ["optimove", "retail_methods"])
def test_tables_of_a_file_give_the_members_of_the_reference(tmp_path: Path, name: str) -> None:
    checked = validate(folder_reader(Path(__file__).parents[2] / "examples/packs" / name))
    assert checked.project is not None
    zone = checked.project.timezone
    path = tmp_path / "worlds.duckdb"
    for number, day in enumerate(sorted({case.as_of for case in checked.cases}, key=str)):
        worlds = [case.given for case in checked.cases if case.as_of == day]
        moment = as_of(day, zone)
        for entity, rules in checked.rules.items():
            file = path.with_name(f"{number} {entity}.duckdb")
            writer = DuckDB(duckdb.connect(str(file)))
            given = running.load(writer, rules, worlds, zone, "world")
            writer.close()
            engine = connect(database=file)
            tables = {
                table: replace(item, schema="main", catalog=file.stem, physical=item.physical)
                for table, item in given.items()
            }
            wanted = references(rules, running.wanted_names(rules))
            found = running.run(engine, plan(rules, wanted, moment, "world"), tables, zone)
            assert running.differences(running.expected(rules, worlds, moment.now, zone), found) == []


PROJECT = """\
segrules: 1
name: shop
as_of: 2026-01-31
{engine}entities:
  customer: {{source: {customer}, key: id, columns: {{id: integer, country: text, joined: date}}}}
relations:
  visits: {{source: visits.csv, key: id, time: at, columns: {{id: integer, at: date}}}}
"""


def _project(folder: Path, customer: str, engine: str = "") -> Path:
    (folder / "segments").mkdir(parents=True, exist_ok=True)
    (folder / "segments/rules.yml").write_text("segments: {thai: country == 'TH', seen: any(visits)}\n")
    (folder / "visits.csv").write_text("id,at\n2,2026-01-05\n")
    (folder / "segrules.yml").write_text(PROJECT.format(customer=customer, engine=engine))
    return folder


@pytest.mark.parametrize(
    "command", ["count", "validate --data", "why 1", "apply --format csv --sort", "schema", "test"]
)
def test_every_command_gives_what_it_gives_from_files(tmp_path: Path, shop: Path, command: str) -> None:
    in_files = _project(tmp_path / "files", "customers.csv")
    (in_files / "customers.csv").write_text("id,country,joined\n1,TH,2026-01-01\n2,,\n")
    in_tables = _project(tmp_path, "{table: crm.customers}", "engine: duckdb://data/shop.duckdb\n")
    expected = segrules(command.split(), in_files)
    assert expected[1] == 0, expected[0]
    assert segrules(command.split(), in_tables) == expected
    if command.startswith("apply"):
        assert (tmp_path / "out/customer.csv").read_bytes() == (in_files / "out/customer.csv").read_bytes()
    named = _project(tmp_path, "{table: crm.customers}")
    if command == "count":
        assert segrules(["count", "--engine", f"duckdb://{shop}"], named)[0].splitlines()[:2] == [
            "2 customers, as of 2026-01-31",
            "segment   members   share",
        ]


def test_columns_come_from_tables_too(tmp_path: Path, shop: Path) -> None:
    _project(tmp_path, "{table: crm.customers}", "engine: duckdb://data/shop.duckdb\n")
    text = (tmp_path / "segrules.yml").read_text()
    without = text.replace(", columns: {id: integer, country: text, joined: date}", "")
    (tmp_path / "segrules.yml").write_text(without)
    assert segrules(["validate"], tmp_path) == ("no findings\n", 0)
    assert segrules(["schema", "--write"], tmp_path)[1] == 0
    assert (tmp_path / "segrules.yml").read_text() == text
    (tmp_path / "segrules.yml").write_text(without.replace("shop.duckdb", "shpo.duckdb"))
    for command in ("validate", "schema", "count"):
        printed, code = segrules([command], tmp_path)
        assert "shpo.duckdb` is not there" in printed
        assert code in (1, 2)


def test_a_run_reads_the_file_as_it_was_when_it_began(tmp_path: Path, shop: Path) -> None:
    """Nobody can write to it meanwhile: the lock of those who read keeps writers out."""
    engine = connect(database=shop)
    code = f"import duckdb; duckdb.connect({str(shop)!r}).execute('DROP TABLE crm.customers CASCADE')"
    writer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "lock" in writer.stderr
    assert engine.run("SELECT count(*) FROM shop.crm.customers") == [(2,)]
