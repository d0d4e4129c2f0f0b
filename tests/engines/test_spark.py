"""Spark: its session is its own, its words are short, and nobody waits for what does not come."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from segrules.engines import Engine, EngineError

ROOT = Path(__file__).resolve().parents[2]


def failure(engine: Engine, statement: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        engine.run(statement)
    return caught.value


def test_runs_and_describes(spark_engine: Engine) -> None:
    assert spark_engine.run("SELECT 1 AS a, 'x' AS b") == [(1, "x")]
    described = spark_engine.describe("SELECT 1L AS a, 'x' AS `b c`, array(CAST(1 AS DECIMAL(12,2))) AS d")
    assert described == [("a", "bigint"), ("b c", "string"), ("d", "array<decimal(12,2)>")]


def test_loads_given_rows_under_any_name(spark_engine: Engine) -> None:
    rows = [
        (1, "x'); DROP TABLE t; -- ${env:HOME} \\ \n", datetime(1, 1, 1, 9, 30, 0, 1), Decimal("1.25"),
         date(1500, 2, 28), ["a", None], 0.1, True),
        (2, None, None, None, None, [], None, None),
        (3, "😀", datetime(9999, 12, 31, 23, 59, 59, 999999), Decimal("-9999999999.99"), date(1, 1, 1), None,
         float("nan"), False),
    ]  # fmt: skip
    types = ["BIGINT", "STRING", "TIMESTAMP_NTZ", "DECIMAL(12,2)", "DATE", "ARRAY<STRING>", "DOUBLE", "BOOLEAN"]
    labels = ["id`", "ชื่อ", "select", "ภ;", "🙂", "d d", "a.b", "${x}"]
    table = "orders.`product`; x"
    quoted = "`orders.``product``; x`"
    spark_engine.load(table, list(zip(labels, types, strict=True)), rows)
    found = spark_engine.run(f"SELECT * FROM {quoted} ORDER BY 1")
    assert str(found) == str(rows)  # where nan is nan
    spark_engine.load(table, [("id", "BIGINT")], [])
    assert spark_engine.run(f"SELECT count(*) FROM {quoted}") == [(0,)]


def test_a_constant_is_never_a_variable_of_spark(spark_engine: Engine) -> None:
    assert spark_engine.run("SELECT '${env:HOME}'") == [("${env:HOME}",)]


def test_another_session_has_neither_its_settings_nor_its_rows(spark_engine: Engine) -> None:
    from segrules.engines.spark import connect

    spark_engine.load("ours", [("id", "BIGINT")], [(1,)])
    theirs = spark_engine._session.newSession()  # type: ignore[attr-defined]
    theirs.conf.set("spark.sql.session.timeZone", "Asia/Bangkok")
    other = connect("spark")
    other.load("ours", [("id", "BIGINT")], [(2,)])
    assert theirs.conf.get("spark.sql.session.timeZone") == "Asia/Bangkok"
    assert theirs.conf.get("spark.sql.timestampType") == "TIMESTAMP_LTZ"
    assert not theirs.catalog.tableExists("ours")
    assert (spark_engine.run("SELECT * FROM ours"), other.run("SELECT * FROM ours")) == ([(1,)], [(2,)])
    other.close()
    assert spark_engine.run("SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        ("SELECT 9223372036854775807 + 1", "overflow", "overflow"),
        ("SELECT CAST(10 AS DECIMAL(38,30)) * CAST(10000000 AS DECIMAL(38,0))", "overflow", "cannot be represented"),
        ("SELECT CAST('x' AS INT)", "data", "cannot be cast"),
        ("SELECT * FROM nowhere", "missing", "nowhere"),
        ("SELECT * FROM nowhere.at_all", "missing", "at_all"),
        ("SELECT * FROM parquet.`/no/such/file`", "missing", "/no/such/file"),
        ("SELEC 1", "internal", "SELEC"),
    ],
)
def test_says_what_is_wrong_in_one_line(spark_engine: Engine, statement: str, kind: str, words: str) -> None:
    error = failure(spark_engine, statement)
    assert error.kind == kind
    assert words in error.message
    assert "\n" not in error.message
    assert "org.apache" not in error.message


def test_a_running_statement_can_be_stopped(spark_engine: Engine) -> None:
    def stop() -> None:
        for _ in range(100):
            time.sleep(0.3)
            spark_engine.interrupt()
            seen.append(spark_engine.progress())
            if done.is_set():
                return

    done, seen = threading.Event(), []
    thread = threading.Thread(target=stop)
    thread.start()
    start = time.monotonic()
    spark_engine.load("many", [("id", "BIGINT")], [(number,) for number in range(3000)])
    slow = "SELECT count(*) FROM many a, many b, many c WHERE sqrt(a.id + b.id) > sin(c.id) * 1e9"
    error = failure(spark_engine, slow)
    done.set()
    thread.join()
    assert error.kind == "interrupted"
    assert time.monotonic() - start < 300
    assert spark_engine.run("SELECT 1") == [(1,)]


def connected(code: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program of its own that has the error of a failed connection printed."""
    program = (
        "from segrules.engines import EngineError\nfrom segrules.engines.spark import connect\n"
        f"try:\n    {code}\nexcept EngineError as error:\n    print(error.kind, error.message)\n"
    )
    variables = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=variables, capture_output=True, text=True, timeout=600
    )


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_nobody_waits_for_a_master_that_is_not_there() -> None:
    start = time.monotonic()
    result = connected(f"connect('spark://127.0.0.1:{free_port()}')")
    assert result.stdout == "connection the master of the cluster cannot be reached (Connection refused)\n"
    assert result.stderr == ""
    assert time.monotonic() - start < 60


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("spark", "connection no Spark session runs in this process: `spark` is for notebooks and submitted jobs,"),
        ("yarn", "connection an address of Spark is `local[2]`, `spark://host:7077` or `spark`\n"),
        ("local[x]", "connection Spark does not start"),
    ],
)
def test_an_address_that_leads_nowhere(url: str, said: str) -> None:
    result = connected(f"connect({url!r})")
    assert result.stdout.startswith(said)
    assert result.stdout.count("\n") == 1
    assert result.stderr == ""


def test_without_java(tmp_path: Path) -> None:
    result = connected("connect('local[1]')", PATH=str(tmp_path), JAVA_HOME="")
    assert result.stdout == "connection Spark needs Java 17 or newer, and there is no `java` here\n"
    assert result.stderr == ""


def test_spark_says_nothing_on_the_terminal_and_leaves_nothing_in_the_folder(tmp_path: Path) -> None:
    code = "one = connect('local[1]'); print(one.run('SELECT 1')); one.run('SELECT CAST(\"x\" AS INT)')"
    result = connected(code, tmp_path)
    assert result.stdout.startswith("[(1,)]\ndata ")
    assert result.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_more_steps_than_spark_analyses_by_itself(spark_engine: Engine) -> None:
    steps = ["a0 AS (SELECT 1 AS x)", *(f"a{step} AS (SELECT x FROM a{step - 1})" for step in range(1, 110))]
    assert spark_engine.describe(f"WITH {', '.join(steps)} SELECT x FROM a109") == [("x", "int")]
