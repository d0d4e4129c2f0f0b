"""A hash of rows: equal for equal rows in any order, another where a value stands in another column or row."""

from __future__ import annotations

from typing import Any

import pytest

from segrules.engines import Engine
from segrules.language.types import INTEGER, TEXT
from segrules.project.model import Column
from segrules.sql import DIALECTS
from segrules.sql.scans import Table, rows_and_hash

COLUMNS = (Column("a", INTEGER), Column("b", TEXT))
ROWS = ((1, "x"), (2, None), (None, "x"), (1, "x"))
OTHERS = {
    "one row less": ROWS[:3],
    "another value": ((1, "x"), (2, None), (None, "x"), (1, "y")),
    "a value of another row": ((2, "x"), (1, None), (None, "x"), (1, "x")),
    "a missing value": ((1, "x"), (2, ""), (None, "x"), (1, "x")),
}


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_rows_are_told_apart(dialect: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(f"{dialect}_engine")
    found = _hash(engine, ROWS)
    assert found[0] == 4
    assert _hash(engine, ROWS[::-1]) == found
    assert [other for other, rows in OTHERS.items() if _hash(engine, rows) == found] == []
    assert _hash(engine, ()) == (0, None)


def test_spark_tells_which_of_two_values_is_missing(spark_engine: Engine) -> None:
    columns = [("a", "BIGINT"), ("b", "BIGINT")]
    numbers = (Column("a", INTEGER), Column("b", INTEGER))
    assert _hash(spark_engine, ((1, None),), columns, numbers) != _hash(spark_engine, ((None, 1),), columns, numbers)


def _hash(
    engine: Engine, rows: Any, columns: Any = (("a", "BIGINT"), ("b", "VARCHAR")), declared: Any = COLUMNS
) -> tuple[Any, ...]:
    kinds = [(name, "STRING" if engine.dialect == "spark" and kind == "VARCHAR" else kind) for name, kind in columns]
    engine.load("hashed rows", kinds, rows)
    table = Table("table", name="hashed rows", physical=tuple(kinds))
    (found,) = engine.run(rows_and_hash(table, declared, DIALECTS[engine.dialect]).sql(engine.dialect))
    return found
