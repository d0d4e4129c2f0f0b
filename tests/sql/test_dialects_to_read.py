"""BigQuery and Snowflake, whose statements are parsed back and never run: each rule of a case is written or refused."""

from __future__ import annotations

import pytest
import running
import sqlglot
from test_cases import NAMES, _entities, opened

from segrules.planning import plan, references
from segrules.sql import NotWritten, generate
from segrules.sql.scans import Table

DIALECTS = ("bigquery", "snowflake")


def written(name: str, dialect: str) -> tuple[list[str], list[str]]:
    """The statements of a case's rules, one by one, and what the others are refused for."""
    texts, refused = [], []
    for own, moment in _entities(name, opened(name).cases[0]):
        for wanted in running.wanted_names(own):
            made = plan(own, references(own, [wanted]), moment)
            tables = {table: Table("table", name=table) for table, _ in running.stored_tables(own)}
            try:
                texts.append(generate(made, tables, moment.zone, dialect))
            except NotWritten as construct:
                refused.append(str(construct))
    return texts, refused


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_parsed_back_without_loss(name: str, dialect: str) -> None:
    """But for the case of letters, in which sqlglot writes the names of functions that it knows."""
    for text in written(name, dialect)[0]:
        again = sqlglot.parse_one(text, dialect=dialect).sql(dialect, pretty=True)
        assert again.casefold() == text.casefold()


REFUSED = {
    "anniversary", "any, every and count of elements", "bucket", "contains_all", "contains_any", "distance_km",
    "elapsed", "first", "from_local", "greatest", "known_list", "last", "least", "list_contains", "list_length",
    "matches", "median", "mode", "nth", "quantile", "share", "start_of", "stddev", "trim", "version",
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_most_rules_are_written_and_the_others_are_refused_by_name(dialect: str) -> None:
    found = [
        written(name, dialect) for name in ("trees", "text", "days", "windows", "missing", "special", "statistics")
    ]
    texts = [text for some, _ in found for text in some]
    refused = {name for _, some in found for name in some}
    assert len(texts) > 100
    assert refused
    assert refused <= REFUSED
    assert not any("FILTER" in text or "bool_or" in text or "list_" in text for text in texts)
