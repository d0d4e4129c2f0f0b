"""The rows that each two segments share, by kinds of rows and by bits of many rows, against counting each pair."""

from __future__ import annotations

from itertools import combinations

import pytest

from segrules.engines import Engine
from segrules.engines.duckdb import DuckDB
from segrules.sql import membership
from segrules.sql.literals import column
from segrules.workflows.reporting.facts.pairs import shared_rows

WORDS = [
    ("none", 0, 3),
    ("one row", 1, 2),
    ("fewer rows than bits", 63, 5),
    ("as many", 64, 64),
    ("one more of each", 65, 65),
    ("several words", 500, 100),
]


@pytest.mark.parametrize(("rows", "segments"), [case[1:] for case in WORDS], ids=[case[0] for case in WORDS])
@pytest.mark.parametrize("most", [10**12, -1], ids=["kinds", "bits"])
def test_pairs_share_what_counting_each_finds(rows: int, segments: int, most: int, duckdb_engine: Engine) -> None:
    engine = duckdb_engine
    assert isinstance(engine, DuckDB)
    table = f"facts {rows} {segments} {most}"
    tests = ", ".join(f"hash(i * 7 + {place}) % {2 + place % 5} = 0 AS t{place}" for place in range(segments))
    words = ", ".join(
        part.sql("duckdb") for part in membership.words([column(f"t{place}") for place in range(segments)])
    )
    engine.execute(f'CREATE TEMP TABLE "{table}" AS SELECT {words} FROM (SELECT {tests} FROM range({rows}) r(i))')
    found = shared_rows(engine, table, segments, range(segments), most=most)
    pairs = list(combinations(range(segments), 2))
    naive: list[int] = []
    for start in range(0, len(pairs), 1000):
        counts = ", ".join(f"count_if(t{one} AND t{other})" for one, other in pairs[start : start + 1000])
        (row,) = engine.run(f"SELECT {counts} FROM (SELECT {tests} FROM range({rows}) r(i))")
        naive += [many or 0 for many in row]  # `count_if` of no rows is NULL
    assert [found.get(pair, 0) for pair in pairs] == naive
