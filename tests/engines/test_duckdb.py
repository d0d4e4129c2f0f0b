"""DuckDB locked down: what it may read and write, and how it says what went wrong."""

import signal
import subprocess
import sys
import threading
import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from segrules.engines import EngineError
from segrules.engines.duckdb import DuckDB, connect

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def engine() -> DuckDB:
    return connect()


def failure(engine: DuckDB, statement: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        engine.run(statement)
    return caught.value


def test_runs_and_describes(engine: DuckDB) -> None:
    assert engine.run("SELECT 1 AS a, 'x' AS b") == [(1, "x")]
    assert engine.describe("SELECT 1::BIGINT AS a, 'x' AS \"b c\"") == [("a", "BIGINT"), ("b c", "VARCHAR")]


def test_loads_given_rows_under_any_name(engine: DuckDB) -> None:
    rows = [
        (1, "x'); DROP TABLE t; --", datetime(2026, 1, 1, 9, 30), Decimal("1.25"), date(2026, 1, 1), ["a"]),
        (2, None, None, None, None, []),
    ]
    types = ["BIGINT", "VARCHAR", "TIMESTAMP", "DECIMAL(12,2)", "DATE", "VARCHAR[]"]
    columns = list(zip(['id"', "ชื่อ", "select", "ภ;", "🙂", "d d"], types, strict=True))
    engine.load('orders."product"; x', columns, rows)
    assert engine.run('SELECT * FROM "orders.""product""; x" ORDER BY 1') == rows
    engine.load('orders."product"; x', columns[:1], [])
    assert engine.run('SELECT count(*) FROM "orders.""product""; x"') == [(0,)]


def test_loads_more_rows_than_one_statement_takes(engine: DuckDB) -> None:
    engine.load("many", [("id", "BIGINT")], ((number,) for number in range(1234)))
    assert engine.run("SELECT count(*), sum(id) FROM many") == [(1234, 1234 * 1233 // 2)]


def test_reads_only_what_it_was_given(tmp_path: Path) -> None:
    names = ("ours[1]'*.csv", "ours1'x.csv", "theirs.csv")
    for name in names:
        (tmp_path / name).write_text(f"a\n{name[:4]}\n")
    engine = connect(readable=[tmp_path / names[0]])
    literally = str(tmp_path / "ours[[]1]''[*].csv")
    assert engine.run(f"SELECT * FROM read_csv(['{literally}'], header = true)") == [("ours",)]
    assert failure(engine, f"SELECT * FROM read_csv('{tmp_path / 'theirs.csv'}')").kind == "permission"
    assert failure(engine, "SELECT * FROM read_text('/etc/passwd')").kind == "permission"


def test_writes_only_where_it_may(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    engine = connect(writable=[tmp_path / "out"])
    engine.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path / 'out' / 'x.parquet'}' (FORMAT parquet)")
    error = failure(engine, f"COPY (SELECT 1) TO '{tmp_path / 'x.csv'}' (FORMAT csv)")
    assert error.kind == "permission"
    assert error.message == f"`{tmp_path / 'x.csv'}` is neither a source of the project nor inside the output folder"
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET TimeZone = 'Asia/Bangkok'",
        "SET lock_configuration = false",
        "ATTACH '/tmp/segrules-not-there.db'",
        "COPY (SELECT 1) TO '/tmp/segrules-not-there.csv'",
    ],
)
def test_nothing_can_be_unlocked(engine: DuckDB, statement: str) -> None:
    failure(engine, statement)
    assert not Path("/tmp/segrules-not-there.db").exists()


def test_settings_are_explicit(engine: DuckDB) -> None:
    names = "'TimeZone', 'default_null_order', 'enable_external_access', 'lock_configuration'"
    rows = engine.run(f"SELECT name, value FROM duckdb_settings() WHERE name IN ({names}) ORDER BY name")
    assert {name: value.lower() for name, value in rows} == {
        "TimeZone": "utc",
        "default_null_order": "nulls_last",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }


def test_time_zones_are_built_in_and_turned_clocks_are_settled(engine: DuckDB) -> None:
    wall = "TIMESTAMP '{}' AT TIME ZONE 'America/New_York' AT TIME ZONE 'UTC'"
    twice, never = wall.format("2025-11-02 01:30:00"), wall.format("2025-03-09 02:30:00")
    assert engine.run(f"SELECT {twice}, {never}") == [(datetime(2025, 11, 2, 6, 30), datetime(2025, 3, 9, 7, 30))]
    assert "Asia/Nowhere" in failure(engine, "SELECT timezone('Asia/Nowhere', TIMESTAMP '2026-01-01')::TEXT").message


def test_a_number_out_of_range(engine: DuckDB) -> None:
    error = failure(engine, "SELECT 9223372036854775807::BIGINT + range FROM range(1, 2)")
    assert (error.kind, error.message) == ("overflow", "a number became too large: 9223372036854775807 + 1")
    assert failure(engine, "SELECT sum(x) FROM (SELECT 99999999999999999999999999999999999999::DECIMAL(38,0) x "
                           "FROM range(9))").kind == "overflow"  # fmt: skip


@pytest.mark.parametrize("content", [b"PAR1" + b"x" * 100 + b"PAR1", b"hello", b"x" * 1000])
def test_a_damaged_parquet_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "it's.parquet"
    path.write_bytes(content)
    error = failure(
        connect(readable=[path]), f"SELECT * FROM read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
    )
    assert (error.kind, error.path) == ("data", str(path))
    assert error.message == f"`{path}` is damaged or not a Parquet file"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n1,2\n1,2,3\n", "line 3 has 3 fields where the header has 2"),
        (b"a,b\n1,2\n1\n", "line 3 has 1 field where the header has 2"),
        (b'a,b\n1,"2\n3,4\n', "line 2 opens a quote that nothing closes"),
        (b"a,b\n1,2\n1,\xff\xfe\n", "line 3 is not UTF-8 text (state the file's `encoding` in `format`)"),
    ],
)
def test_a_csv_row_that_does_not_parse(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    options = "auto_detect = false, header = true, strict_mode = true, columns = {'a': 'VARCHAR', 'b': 'VARCHAR'}"
    error = failure(connect(readable=[path]), f"SELECT * FROM read_csv('{path}', {options}, quote = '\"')")
    assert (error.kind, error.path, error.message) == ("data", str(path), f"`{path}`: {message}")


def test_a_gzip_file_that_is_none_and_json_that_is_none(tmp_path: Path) -> None:
    packed, json = tmp_path / "a.csv.gz", tmp_path / "a.json"
    packed.write_bytes(b"hello")
    json.write_text('{"a": 1}\n{"a":\n')
    engine = connect(readable=[packed, json])
    error = failure(engine, f"SELECT * FROM read_csv('{packed}', auto_detect = false, columns = {{'a': 'VARCHAR'}})")
    assert error.message == f"`{packed}` is damaged or not a gzip file"
    error = failure(engine, f"SELECT * FROM read_json('{json}', columns = {{'a': 'JSON'}})")
    assert error.message == f"`{json}`: line 3 is not JSON"


def test_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "gone.parquet"
    path.touch()
    engine = connect(readable=[path])
    path.unlink()
    error = failure(engine, f"SELECT * FROM read_parquet('{path}')")
    assert (error.kind, error.message) == ("missing", f"`{path}` is not there")


def test_no_space_left() -> None:
    engine = connect(writable=[Path("/dev")])
    error = failure(engine, "COPY (SELECT range FROM range(100000)) TO '/dev/full' (FORMAT csv)")
    assert (error.kind, error.message) == ("disk-full", "no space left on the disk")


def test_too_little_memory_without_a_place_to_spill() -> None:
    engine = connect(memory_limit="20MB", threads=1)
    assert failure(engine, "SELECT count(DISTINCT range::VARCHAR || 'x') FROM range(5000000)").kind == "memory"


def test_spills_into_the_temp_folder(tmp_path: Path) -> None:
    engine = connect(memory_limit="60MB", threads=1, temp_directory=tmp_path / "spill")
    sorted_rows = "SELECT range AS a, random() AS b, repeat('x', 40) AS c FROM range(1500000) ORDER BY b"
    assert engine.run(f"SELECT count(*), sum(a) FROM ({sorted_rows} OFFSET 1)")[0][0] == 1499999


def test_interrupt_stops_the_statement(engine: DuckDB) -> None:
    threading.Timer(0.2, engine.interrupt).start()
    error = failure(engine, "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = 7")
    assert error.kind == "interrupted"
    assert engine.run("SELECT 1") == [(1,)]


LONG = """
from segrules.engines.duckdb import connect
engine = connect(threads=1)
print("ready", flush=True)
try:
    engine.run("SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = 7")
except KeyboardInterrupt:
    print("interrupted", engine.run("SELECT 1"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_control_c_stops_a_statement_of_one_long_task() -> None:
    with subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20)[0] == "interrupted [(1,)]\n"


def test_progress_is_a_share_or_unknown(engine: DuckDB) -> None:
    share = engine.progress()
    assert share is None or 0 <= share <= 1


def test_bad_settings_are_errors_of_ours() -> None:
    with pytest.raises(EngineError):
        connect(memory_limit="lots")


def test_no_bar_of_the_engine_is_drawn_over_ours() -> None:
    """On a terminal DuckDB draws its own after `progress_bar_time`, whatever `enable_progress_bar_print` says."""
    asked = "SELECT current_setting('progress_bar_time'), current_setting('enable_progress_bar')"
    assert connect(is_watched=True).run(asked) == [(2**31 - 1, True)]


def test_no_bar_of_the_engine_is_drawn_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Jupyter a connection has a bar from the start where ipywidgets are, and else no setting of bars can be set."""
    asked = "SELECT current_setting('enable_progress_bar')"
    assert connect().run(asked) == [(False,)]
    plain = duckdb.connect

    def as_in_jupyter(*arguments: object, **options: object) -> duckdb.DuckDBPyConnection:
        connection = plain(*arguments, **options)  # type: ignore[arg-type]
        connection.execute("SET enable_progress_bar = true")
        return connection

    monkeypatch.setattr("duckdb.connect", as_in_jupyter)
    assert connect().run(asked) == [(False,)]
