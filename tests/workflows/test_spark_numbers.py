"""Numbers as tables and Parquet keep them mean the same on DuckDB, PostgreSQL and Spark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import psycopg
import pytest

from segrules.engines import Engine
from segrules.workflows.apply import count


@pytest.fixture
def engines(tmp_path: Path, postgres_url: str, spark_engine: Engine) -> Iterator[tuple[str, str, str]]:
    """The engines on which `counted` counts."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS numbers CASCADE; CREATE SCHEMA numbers")
        yield ("duckdb", postgres_url, "spark")
        connection.execute("DROP SCHEMA numbers CASCADE")


def counted(root: Path, engine: str, rows: str, segments: Mapping[str, str], columns: str = "") -> dict[str, int]:
    """The sizes of segments over rows that `rows`, a query on DuckDB and PostgreSQL, gives."""
    if engine.startswith("postgres"):
        with psycopg.connect(engine, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS numbers.item")
            connection.execute(f"CREATE TABLE numbers.item AS {rows}".encode())
        source = "{table: numbers.item}"
    else:
        duckdb.sql(f"COPY ({rows}) TO '{root / 'item.parquet'}'")
        source = "item.parquet"
    contract = f"    columns: {{{columns}}}\n" if columns else ""
    (root / "segrules.yml").write_text(
        f"segrules: 1\nname: s\nas_of: 2026-01-31\nentities:\n  item:\n    source: {source}\n    key: id\n{contract}"
    )
    (root / "segments").mkdir(exist_ok=True)
    lines = "".join(f"  {name}: {rule}\n" for name, rule in segments.items())
    (root / "segments/rules.yml").write_text(f"segments:\n{lines}")
    outcome = count(root, engine=engine)
    assert outcome.exit_code == 0, outcome.findings
    return {item.segment: item.members for item in outcome.counts}


@pytest.mark.parametrize("columns", ["", "id: integer, n: integer"])
def test_whole_decimals_of_many_digits(tmp_path: Path, engines: tuple[str, ...], columns: str) -> None:
    rows = "SELECT CAST(i AS DECIMAL(20, 0)) AS id, CAST(i AS DECIMAL(38, 0)) AS n FROM (VALUES (1), (2), (3)) AS v (i)"
    for engine in engines:
        assert counted(tmp_path, engine, rows, {"large": "n > 1"}, columns) == {"large": 2}, engine
