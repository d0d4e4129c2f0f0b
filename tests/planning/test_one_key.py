"""A plan of one key gives the very row that the whole plan has for it."""

from __future__ import annotations

import running
from hypothesis import given, reject, settings
from strategies import Sample, samples

from segrules.engines import Engine, EngineError
from segrules.language.core import Literal
from segrules.language.types import INTEGER
from segrules.planning import plan, references
from segrules.planning.nodes import Scan, in_order
from segrules.planning.one_key import of_one_key
from segrules.planning.time import parse_as_of

SHOP = """\
segrules: 1
name: shop
entities:
  customer: {source: c.csv, key: id, columns: {id: integer}}
relations:
  orders: {source: o.csv, key: id, columns: {id: integer}}
"""
RULES = """\
traits: {n: count(orders), first: rank(n desc)}
segments: {some: n > 1, earlier: 'was(segments.some, 9 days ago)'}
"""


@settings(max_examples=settings().max_examples // 16)
@given(sample=samples())
def test_one_key_has_the_row_that_it_has_among_all(sample: Sample, duckdb_engine: Engine) -> None:
    rules = running.resolve_project(running.open_project(sample.files))["customer"]
    wanted = references(rules, running.wanted_names(rules))
    tables = running.load(duckdb_engine, rules, sample.worlds[:1], sample.zone, None)
    made = plan(rules, wanted, parse_as_of(sample.as_of, sample.zone))
    try:
        whole = running.run(duckdb_engine, made, tables, sample.zone)
    except EngineError as error:
        if error.kind != "overflow":
            raise
        reject()
    keys = {key for values in whole.values() for _, key in values}
    for key in (*sorted(keys)[:3], 987_654):
        found = running.run(duckdb_engine, of_one_key(made, Literal(key, INTEGER)), tables, sample.zone)
        for name, values in whole.items():
            assert found[name] == {at: value for at, value in values.items() if at[1] == key}, name


def test_only_rows_of_the_key_are_read_unless_all_are_ranked() -> None:
    rules = running.resolve_project(running.open_project({"segrules.yml": SHOP, "segments/rules.yml": RULES}))[
        "customer"
    ]
    moment = parse_as_of("2026-01-31", "UTC")

    def picked(name: str) -> list[str]:
        made = of_one_key(plan(rules, references(rules, [name]), moment), Literal(7, INTEGER))
        return sorted(node.table for node in in_order(made.root) if isinstance(node, Scan) and "7" in repr(node.where))

    assert picked("some") == ["customer", "orders"]
    assert picked("earlier") == ["customer", "customer", "orders"]
    assert picked("first") == []
