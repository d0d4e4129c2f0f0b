"""Letters on PostgreSQL become small and large as they do on DuckDB, on servers of before version 17, too."""

import sys
import unicodedata

import pytest
from sqlglot import exp

from segrules.engines import Engine
from segrules.language.core import Call, Column
from segrules.language.types import TEXT
from segrules.sql import DIALECTS
from segrules.sql.expressions import value

NEWER = "\u019b\u0264"  # small letters whose large ones came with Unicode 16, which a server may know or not


@pytest.mark.parametrize("dialect", ["postgres", "postgres, version=14"])
def test_each_letter_has_the_case_that_it_has_elsewhere(
    duckdb_engine: Engine, postgres_engine: Engine, dialect: str
) -> None:
    letters = [
        letter
        for letter in map(chr, range(1, sys.maxunicode + 1))
        if unicodedata.category(letter) not in ("Cn", "Cs", "Co") and letter not in NEWER
    ]
    words = [*letters, "ὈΔΥΣΣΕΎΣ", "ΣΑΣ ΣΑΣ", "İSTANBUL", "straße", "ﬃ ŉ ǰ ᾳ"]
    assert len(words) > 100_000
    for function in ("lower", "upper"):
        call = Call(function, (Column("", (), "item", TEXT),), TEXT)
        found = []
        for engine, own in ((duckdb_engine, "duckdb"), (postgres_engine, dialect)):
            engine.load("given", [("place", "BIGINT"), ("item", "TEXT")], enumerate(words))
            query = exp.select(value(call, DIALECTS[own])).from_("given").order_by("place")
            found.append([row[0] for row in engine.run(query.sql(own))])
        assert [row for row in zip(words, *found, strict=True) if row[1] != row[2]] == []
