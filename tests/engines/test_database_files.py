"""Database files of DuckDB: read only, and what is said of those that cannot be opened."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from segrules.engines import EngineError
from segrules.engines.duckdb import connect
from segrules.engines.engine import TablePlace


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "it's a shop.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("CREATE SCHEMA crm; CREATE TABLE crm.customers AS SELECT range AS id FROM range(3)")
        made.execute("CREATE TABLE orders AS SELECT range AS id FROM range(5)")
    return path


def refused(path: Path) -> tuple[str, str]:
    with pytest.raises(EngineError) as caught:
        connect(database=path)
    assert caught.value.path == str(path)
    assert caught.value.message.startswith(f"`{path}` ")
    return caught.value.kind, caught.value.message.removeprefix(f"`{path}` ")


def test_tables_are_found_by_schema_or_in_main(shop: Path) -> None:
    engine = connect(database=shop)
    assert engine.locate("crm.customers") == TablePlace("it's a shop", "crm", "customers")
    assert engine.locate("orders") == TablePlace("it's a shop", "main", "orders")
    assert engine.run('SELECT sum(id) FROM "it\'s a shop".crm.customers') == [(3,)]
    assert connect().locate("orders") is None


def test_nothing_is_written_into_the_file(shop: Path) -> None:
    before = shop.read_bytes()
    engine = connect(database=shop)
    for statement in ("CREATE TABLE {}.main.x AS SELECT 1", "INSERT INTO {}.main.orders VALUES (9)"):
        with pytest.raises(EngineError, match="read-only"):
            engine.execute(statement.format('"it\'s a shop"'))
    engine.load("orders", [("id", "BIGINT")], [(7,)])
    assert engine.run("SELECT * FROM orders") == [(7,)], "given rows hide a table of the file"
    engine.close()
    assert shop.read_bytes() == before
    assert [path.name for path in shop.parent.iterdir()] == [shop.name]


def test_the_sandbox_is_as_narrow_as_without(shop: Path) -> None:
    other = shop.with_name("other.csv")
    other.write_text("a\n1\n")
    with duckdb.connect(str(shop)) as made:
        made.execute(f"CREATE VIEW peeping AS SELECT * FROM read_csv('{str(other).replace(chr(39), chr(39) * 2)}')")
    engine = connect(database=shop)
    for statement in (
        'SELECT * FROM "it\'s a shop".main.peeping',
        "SELECT * FROM read_text('/etc/passwd')",
        f"ATTACH '{shop.parent.as_posix().replace(chr(39), chr(39) * 2)}/new.duckdb' AS new",
    ):
        with pytest.raises(EngineError) as caught:
            engine.run(statement)
        assert caught.value.kind == "permission"
    with pytest.raises(EngineError, match="locked"):
        engine.execute("SET enable_external_access = true")


@pytest.mark.parametrize("stem", ["memory", "Temp", "system", "main", "order", "a.b", "ร้าน"])
def test_a_file_may_have_any_name(tmp_path: Path, stem: str) -> None:
    path = tmp_path / f"{stem}.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("CREATE TABLE t AS SELECT 42 AS x")
    engine = connect(database=path)
    place = engine.locate("t")
    assert place is not None
    assert engine.run(f'SELECT x FROM "{place.catalog}"."{place.schema}"."{place.name}"') == [(42,)]


def test_what_is_no_database(tmp_path: Path, shop: Path) -> None:
    junk = tmp_path / "junk.duckdb"
    assert refused(junk) == ("missing", "is not there")
    for content in (b"", b"hello" * 4000, b"SQLite format 3\0" + bytes(5000)):
        junk.write_bytes(content)
        assert refused(junk) == ("data", "is not a database of DuckDB")
    for kept in (13_000, 4_200):
        junk.write_bytes(shop.read_bytes()[:kept])
        assert refused(junk) == ("data", "is damaged: a part of it cannot be read")
    assert refused(tmp_path) == ("missing", "is a folder, not a database file")


def test_damage_is_told_when_it_is_met(shop: Path) -> None:
    with duckdb.connect(str(shop)) as made:
        made.execute("CREATE TABLE many AS SELECT hash(range) AS id FROM range(500000)")
    content = bytearray(shop.read_bytes())
    for place in range(300_000, len(content), 1000):
        content[place] ^= 0x55
    shop.write_bytes(content)
    with pytest.raises(EngineError) as caught:
        connect(database=shop).run('SELECT sum(id) FROM "it\'s a shop".main.many')
    assert (caught.value.kind, "damaged" in caught.value.message) == ("data", True)


def test_a_file_of_a_newer_version(shop: Path) -> None:
    """The version stands behind the checksum of its block, a sum without carry of words times a number."""
    content = bytearray(shop.read_bytes())
    old, factor = int.from_bytes(content[:8], "little"), 0xBF58476D1CE4E5B9
    content[12:20] = (9999).to_bytes(8, "little")
    for place in (8, 16):
        before = int.from_bytes(shop.read_bytes()[place : place + 8], "little")
        after = int.from_bytes(content[place : place + 8], "little")
        old ^= (before * factor % 2**64) ^ (after * factor % 2**64)
    content[:8] = old.to_bytes(8, "little")
    shop.write_bytes(content)
    assert refused(shop) == ("data", f"was written by a newer DuckDB than this, {duckdb.__version__}")


def test_a_file_that_somebody_writes_to(shop: Path) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(shop)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "open\n"
    kind, message = refused(shop)
    writer.communicate("")
    assert (kind, message[:34]) == ("connection", "is open for writing elsewhere: end")
    assert connect(database=shop).locate("orders") is not None, "afterwards it can be read"


def test_a_file_that_this_program_has_open(shop: Path) -> None:
    with duckdb.connect(str(shop)):
        assert refused(shop)[0] == "connection"


def test_two_runs_may_read_one_file(shop: Path) -> None:
    first, second = connect(database=shop), connect(database=shop)
    assert first.locate("orders") == second.locate("orders")


def test_a_file_that_is_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "secret.duckdb"
    with duckdb.connect(":memory:", config={"force_mbedtls_unsafe": True}) as made:
        made.execute(f"ATTACH '{path}' AS e (ENCRYPTION_KEY 'abc'); CREATE TABLE e.t AS SELECT 1 AS x")
    assert refused(path) == ("permission", "is encrypted, and no key can be given")
