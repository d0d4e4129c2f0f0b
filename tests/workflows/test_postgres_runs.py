"""`count` and `apply` where the data is in PostgreSQL: DuckDB's members in every layout, and what a server refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from segrules.project.environments import Settings
from segrules.workflows.apply import apply, count
from segrules.workflows.explaining.explain import why
from segrules.workflows.outcome import Outcome
from segrules.workflows.running import Refusal
from segrules.workflows.show_sql import show_sql

SHOP = """
segrules: 1
name: shop
as_of: 2026-01-31
timezone: Europe/Berlin
entities:
  customer:
    source: data/customers.csv
    key: id
    columns: {id: integer, name: text, country: text, joined: date, score: number, tags: list of text, vip: boolean}
relations:
  orders:
    source: data/orders.csv
    key: customer
    time: at
    columns: {customer: integer, at: timestamp, amount: "decimal(10,2)"}
"""
RULES = """
params: {many: 2}
carry: [name, joined, tags]
traits:
  spent: sum(orders.amount)
segments:
  buyers: count(orders) >= params.many
  from_z: name >= 'Zoe'
  none_yet: none(orders)
  scored: score > 1.5
  blue: tags contains 'blue'
  early: any(orders where hour(at) < 6)
segmentations:
  size:
    stages: {big: spent > 100, small: spent > 0}
    otherwise: nothing
"""
CUSTOMERS = """id,name,country,joined,score,tags,vip
1,Zoe,DE,2025-01-01,1.5,"[""blue"",""red""]",true
2,zoe,DE,2025-02-01,2.5,,false
3,Ärger,TH,,,"[""red""]",
4,"a ""b"",
c",,2024-02-29,NaN,"[]",true
5,,TH,1999-12-31,3,"[""blue""]",false
"""
ORDERS = """customer,at,amount
1,2025-10-26 02:30:00,99.99
1,2026-01-31 23:59:59,0.02
1,2026-02-01 00:00:00,1000.00
2,2026-01-01 05:59:59,100.00
2,2026-01-01 06:00:00,0.00
4,2025-03-30 02:30:00,5.00
"""
TABLES = """
CREATE TYPE hue AS ENUM ('DE', 'TH');
CREATE TABLE customers (
    id integer PRIMARY KEY, name varchar(30), country hue, joined date, score real, tags varchar[], vip boolean
);
INSERT INTO customers VALUES
    (1, 'Zoe', 'DE', '2025-01-01', 1.5, '{blue,red}', true), (2, 'zoe', 'DE', '2025-02-01', 2.5, NULL, false),
    (3, 'Ärger', 'TH', NULL, NULL, '{red}', NULL), (4, E'a "b",\\nc', NULL, '2024-02-29', 'NaN', '{}', true),
    (5, NULL, 'TH', '1999-12-31', 3, '{blue}', false);
CREATE TABLE orders (customer bigint, at timestamp, amount numeric);
INSERT INTO orders VALUES
    (1, '2025-10-26 02:30', 99.99), (1, '2026-01-31 23:59:59', 0.02), (1, '2026-02-01', 1000),
    (2, '2026-01-01 05:59:59', 100), (2, '2026-01-01 06:00', 0), (4, '2025-03-30 02:30', 5);
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    files = {
        "segrules.yml": SHOP,
        "segments/rules.yml": RULES,
        "data/customers.csv": CUSTOMERS,
        "data/orders.csv": ORDERS,
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text.lstrip(), encoding="utf-8")
    return root


@pytest.fixture
def server(shop_schema: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A connection whose first schema has the tables."""
    shop_schema.execute(TABLES)
    return shop_schema


@pytest.fixture
def warehouse(shop: Path, server: psycopg.Connection[Any], postgres_url: str) -> Settings:
    """The environment where the tables stand for the files."""
    tables = "sources: {customer: {table: shop.customers}, orders: {table: shop.orders}}"
    (shop / "environments").mkdir()
    (shop / "environments/warehouse.yml").write_text(f"engine: {postgres_url}\n{tables}\n", encoding="utf-8")
    return Settings("warehouse")


def members(out: Path, name: str) -> list[Any]:
    return duckdb.sql(f"SELECT * FROM '{out / name}' ORDER BY ALL").fetchall()


def said(outcome: Outcome) -> list[str]:
    return [finding.message for finding in outcome.findings]


@pytest.mark.parametrize("layout", ["long", "wide", "files"])
@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
def test_members_are_those_of_files(shop: Path, warehouse: Settings, tmp_path: Path, layout: str, format: str) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    local = apply(shop, ours, layout=layout, format=format)
    there = apply(shop, theirs, layout=layout, format=format, settings=warehouse)
    assert said(there) == said(local)
    assert there.counts == local.counts
    assert there.written == local.written
    for name in local.written:
        assert members(theirs, name) == members(ours, name)
        described = [duckdb.sql(f"DESCRIBE SELECT * FROM '{out / name}'").fetchall() for out in (ours, theirs)]
        assert described[0] == described[1]
    assert {item.segment: item.members for item in local.counts} == {
        "buyers": 2, "from_z": 4, "none_yet": 2, "scored": 2, "blue": 2, "early": 3,
        "size.big": 1, "size.small": 2, "size.nothing": 2,
    }  # fmt: skip


def test_a_run_says_its_engine_and_nothing_of_where_it_is(shop: Path, warehouse: Settings, tmp_path: Path) -> None:
    assert apply(shop, tmp_path / "out", settings=warehouse).exit_code == 0
    text = (tmp_path / "out/run.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["engine"]["name"] == "postgres"
    assert record["engine"]["version"].split(".")[0].isdigit()
    assert record["sources"]["orders"].keys() == {"table", "rows", "hash"}
    assert (record["sources"]["orders"]["table"], record["sources"]["orders"]["rows"]) == ("shop.orders", 6)
    assert "postgresql" not in text
    assert "host=" not in text


def test_a_record_tells_one_state_of_a_table_from_another(
    shop: Path, warehouse: Settings, tmp_path: Path, server: psycopg.Connection[Any]
) -> None:
    def state(change: str) -> tuple[Any, Any]:
        server.execute(change)
        assert apply(shop, tmp_path / "out", settings=warehouse).exit_code == 0
        sources = json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))["sources"]
        return sources["customer"], sources["orders"]

    customers, orders = state("ALTER TABLE customers ADD COLUMN fax text")
    order = "CREATE TABLE other AS SELECT * FROM orders ORDER BY at DESC; DROP TABLE orders; ALTER TABLE other RENAME"
    assert state(f"{order} TO orders") == (customers, orders)
    assert state("UPDATE customers SET fax = '1'") == (customers, orders)
    changed, same = state("UPDATE customers SET tags = '{\"blue,red\"}' WHERE id = 1")
    assert same == orders
    assert changed["rows"] == customers["rows"]
    assert changed["hash"] != customers["hash"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Bangkok"])
def test_sql_for_tables_of_the_same_values_has_the_same_members(shop: Path, server: Any, zone: str) -> None:
    """Printed where the data is in files, run where tables have their names and the session any clock."""
    server.execute(f"ALTER TABLE customers RENAME TO customer; SET TimeZone = '{zone}'")
    text, findings, code = show_sql(shop, dialect="postgres")
    assert (code, findings) == (0, ())
    cursor = server.execute(text.encode())
    names = [column.name for column in cursor.description]
    rows = cursor.fetchall()
    sizes = {name: sum(row[names.index(name)] is True for row in rows) for name in ("buyers", "from_z", "early")}
    assert sizes == {"buyers": 2, "from_z": 4, "early": 3}


def test_a_run_can_be_recorded(shop: Path, warehouse: Settings, tmp_path: Path, server: Any) -> None:
    out = tmp_path / "out"
    assert apply(shop, out, settings=warehouse, as_of="2026-01-30", record=True).exit_code == 0
    assert apply(shop, out, settings=warehouse, as_of="2026-01-31", record=True).exit_code == 0
    changes = duckdb.sql(f"SELECT * FROM '{out}/history/2026-01-31/*changes*.parquet'").fetchall()
    assert {row for row in changes if 1 in row} != set()


def test_statements_are_as_many_for_two_segments_as_for_all(
    shop: Path, warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from segrules.engines.postgres import Postgres

    sent: list[str] = []
    for method in ("run", "execute", "describe", "copy_out"):
        own = getattr(Postgres, method)

        def counted(self: Any, statement: str, own: Any = own) -> Any:
            sent.append(statement)
            return own(self, statement)

        monkeypatch.setattr(Postgres, method, counted)

    def statements(*select: str) -> int:
        sent.clear()
        assert apply(shop, tmp_path / "-".join(select), settings=warehouse, select=select).exit_code == 0
        return len(sent)

    assert statements("buyers", "from_z") == statements()


def test_all_of_a_run_sees_one_state(
    shop: Path, warehouse: Settings, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that arrive between the check of the data and the count are not seen."""
    import segrules.workflows.counting as counting

    own = counting.constants_that_never_occur

    def late(*arguments: Any) -> Any:
        server.execute("INSERT INTO orders VALUES (3, '2026-01-01', 50), (3, '2026-01-02', 50)")
        return own(*arguments)

    monkeypatch.setattr(counting, "constants_that_never_occur", late)
    found = {item.segment: item.members for item in count(shop, settings=warehouse).counts}
    assert (found["buyers"], found["none_yet"]) == (2, 2)
    monkeypatch.undo()
    found = {item.segment: item.members for item in count(shop, settings=warehouse).counts}
    assert (found["buyers"], found["none_yet"]) == (3, 1)


# what a server refuses


def refusal(outcome: Outcome) -> tuple[str, str, int | None]:
    """Code and message of the only error, and the line that it is about."""
    assert outcome.exit_code == 2
    (finding,) = outcome.findings
    return finding.code, finding.message, finding.span.file.position(finding.span.start)[0] if finding.span else None


def test_lines_end_in_texts_as_they_do_on_the_server(
    shop: Path, warehouse: Settings, tmp_path: Path, server: psycopg.Connection[Any]
) -> None:
    server.execute(
        r"UPDATE customers SET name = E'Zoe\r' WHERE id = 1; UPDATE customers SET name = E'z\r\nx' WHERE id = 2"
    )
    assert apply(shop, tmp_path / "out", settings=warehouse).exit_code == 0
    found = duckdb.sql(f"SELECT DISTINCT id, name FROM '{tmp_path}/out/customer.parquet' WHERE id < 4 ORDER BY id")
    assert found.fetchall() == [(1, "Zoe\r"), (2, "z\r\nx"), (3, "Ärger")]


def test_keys_of_more_than_64_bits(
    shop: Path, warehouse: Settings, tmp_path: Path, server: psycopg.Connection[Any]
) -> None:
    server.execute("ALTER TABLE customers ALTER id TYPE numeric(38,0); ALTER TABLE orders ALTER customer TYPE numeric")
    large = 10**37 + 1
    server.execute(
        f"UPDATE customers SET id = {large} WHERE id = 1; UPDATE orders SET customer = {large} WHERE customer = 1"
    )
    assert apply(shop, tmp_path / "out", settings=warehouse).exit_code == 0
    query = f"SELECT id::VARCHAR FROM '{tmp_path}/out/customer.parquet' WHERE segment = 'buyers' ORDER BY id"
    assert duckdb.sql(query).fetchall() == [("2",), (str(large),)]


def test_a_table_that_is_not_there(shop: Path, warehouse: Settings, server: Any) -> None:
    server.execute("ALTER TABLE orders RENAME TO order_lines")
    code, message, _ = refusal(count(shop, settings=warehouse))
    assert (code, message) == ("data-missing", "the database has no table `shop.orders`")


def test_a_table_without_the_right_to_read(shop: Path, warehouse: Settings, server: Any, postgres_url: str) -> None:
    server.execute("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN; GRANT USAGE ON SCHEMA shop TO guest")
    server.execute("GRANT SELECT ON customers TO guest")
    try:
        url = postgres_url.replace("postgres:@", "guest@")
        assert url != postgres_url
        code, message, _ = refusal(count(shop, settings=warehouse, engine=url))
        assert code == "data-unreadable"
        assert message == "`shop.orders` cannot be read: permission denied for table orders"
    finally:
        server.execute("DROP OWNED BY guest; DROP ROLE guest")


def test_a_column_of_another_type(shop: Path, warehouse: Settings, server: Any) -> None:
    server.execute("ALTER TABLE orders ALTER amount TYPE text")
    code, message, line = refusal(count(shop, settings=warehouse))
    assert (code, line) == ("wrong-column-type", 15)
    assert message == "`amount` is declared decimal(10,2), but stored as text"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("INSERT INTO orders VALUES (1, '2026-01-01', 'NaN')", "amount"),
        ("INSERT INTO orders VALUES (1, '2026-01-01', 1.005)", "amount"),
        ("INSERT INTO orders VALUES (1, '2026-01-01', 123456789)", "amount"),
        ("INSERT INTO orders VALUES (1, 'infinity', 1)", "at"),
        ("UPDATE customers SET joined = '-infinity' WHERE id = 1", "joined"),
    ],
)
def test_values_that_no_rule_knows(shop: Path, warehouse: Settings, server: Any, change: str, column: str) -> None:
    server.execute(change)
    code, message, _ = refusal(count(shop, settings=warehouse))
    assert code == "unfit-value"
    assert message.startswith(f"1 value of `{column}` in ")


def test_files_are_not_on_a_server(shop: Path, postgres_url: str) -> None:
    outcome = count(shop, engine=postgres_url)
    assert outcome.exit_code == 2
    assert {finding.message for finding in outcome.findings} == {
        "`data/customers.csv` is a file that PostgreSQL cannot read",
        "`data/orders.csv` is a file that PostgreSQL cannot read",
    }


def test_a_server_that_is_not_there(shop: Path, warehouse: Settings) -> None:
    url = "postgresql://bob:hunter2@127.0.0.1:1/shop"
    code, message, _ = refusal(apply(shop, shop / "out", settings=warehouse, engine=url))
    assert (code, message) == ("engine-failed", "PostgreSQL: no server answers at 127.0.0.1, port 1")


def test_a_statement_that_takes_too_long(shop: Path, warehouse: Settings, server: Any, tmp_path: Path) -> None:
    """Members of before stay, and the next run succeeds."""
    out = tmp_path / "out"
    assert apply(shop, out, settings=warehouse).exit_code == 0
    before = (out / "customer.parquet").read_bytes()
    server.execute("CREATE VIEW slow AS SELECT * FROM orders WHERE pg_sleep(0.2) IS NOT NULL")
    url = (shop / "environments/warehouse.yml").read_text(encoding="utf-8")
    (shop / "environments/warehouse.yml").write_text(url.replace("shop.orders", "shop.slow"), encoding="utf-8")
    user = server.execute("SELECT current_user").fetchone()[0]
    server.execute(f'ALTER ROLE "{user}" SET statement_timeout = 300')
    try:
        code, message, _ = refusal(apply(shop, out, settings=warehouse))
        assert (code, message) == ("engine-failed", "canceling statement due to statement timeout")
    finally:
        server.execute(f'ALTER ROLE "{user}" RESET statement_timeout')
    assert (out / "customer.parquet").read_bytes() == before
    (shop / "environments/warehouse.yml").write_text(url, encoding="utf-8")
    assert apply(shop, out, settings=warehouse).exit_code == 0


def test_a_server_that_dies_in_the_middle(
    shop: Path, warehouse: Settings, server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import segrules.workflows.counting as counting

    out = tmp_path / "out"
    assert apply(shop, out, settings=warehouse).exit_code == 0
    before = (out / "customer.parquet").read_bytes()
    own = counting.constants_that_never_occur

    def killed(*arguments: Any) -> Any:
        held = "application_name = 'segrules' AND state = 'idle in transaction'"  # not the session that tests share
        server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {held}")
        return own(*arguments)

    monkeypatch.setattr(counting, "constants_that_never_occur", killed)
    code, message, _ = refusal(apply(shop, out, settings=warehouse))
    assert (code, message) == ("engine-failed", "the connection to the server was lost")
    assert (out / "customer.parquet").read_bytes() == before
    monkeypatch.undo()
    assert apply(shop, out, settings=warehouse).exit_code == 0


def test_other_commands_say_that_they_run_on_files_only(shop: Path, warehouse: Settings) -> None:
    refused = why(shop, "1", settings=warehouse)
    assert isinstance(refused, Refusal)
    assert refused.findings[-1].code == "not-supported-yet"
    assert (
        refused.findings[-1].message == "this command runs on DuckDB only yet, and the project's engine is PostgreSQL"
    )
