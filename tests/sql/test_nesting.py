"""Rows that are read once, in a dialect that nests: a subquery where they are read, and the same tables behind it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import running
from hypothesis import given, settings
from sqlglot import exp
from strategies import Sample, samples

from segrules.planning import plan, references
from segrules.planning.time import parse_as_of
from segrules.sql.dialects.spark import SPARK
from segrules.sql.queries import members_query
from segrules.sql.scans import Table, typed_scans


@settings(max_examples=settings().max_examples // 16)
@given(sample=samples())
def test_what_is_read_once_has_no_cte_but_stored_rows(sample: Sample) -> None:
    rules = running.resolve_project(running.open_project(sample.files))["customer"]
    tables = {name: Table("table", name=f"stored {name}") for name, _ in running.stored_tables(rules)}
    made = plan(rules, references(rules, running.wanted_names(rules)), parse_as_of(sample.as_of, sample.zone))
    scan = typed_scans(tables, sample.zone, SPARK)
    nested = members_query(made, SPARK, scan, sample.zone)
    flat = members_query(made, replace(SPARK, nests=False), scan, sample.zone)
    assert _stored(nested) == _stored(flat)
    read = Counter(table.name for table in nested.find_all(exp.Table))
    for cte in nested.find_all(exp.CTE):
        is_scan = all(table.name.startswith("stored ") for table in cte.this.find_all(exp.Table))
        assert is_scan or cte.alias == made.root.name or read[cte.alias] > 1, cte.alias


def _stored(statement: exp.Expr) -> Counter[str]:
    return Counter(table.name for table in statement.find_all(exp.Table) if table.name.startswith("stored "))
