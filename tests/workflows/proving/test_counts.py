"""How many rows of the data pass the tests of questions: all questions of an entity in one look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from segrules.diagnostics import has_errors, is_error
from segrules.language.core import Expression, Not
from segrules.planning import reference
from segrules.workflows.proving.counts import RowCounts, count_rows
from segrules.workflows.running import Refusal, Run
from segrules.workflows.starting import open_run

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  ลูกค้า:
    source: c.csv
    key: id
    columns: {id: integer, country: text}
  buyer: {from: orders, key: id}
relations:
  orders: {of: buyer, source: o.csv, key: id, time: at, columns: {id: integer, at: date, amount: decimal}}
"""
RULES = "entity: ลูกค้า\nsegments: {ไทย: country == 'TH', foreign: not (country == 'TH'), named: country is known}\n"
BUYERS = "entity: buyer\nsegments: {large: sum(orders.amount) > 10, late: any(orders in last 3 days)}\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "segments").mkdir()
    files = {"segrules.yml": PROJECT, "segments/a.yml": RULES, "segments/b.yml": BUYERS}
    files["c.csv"] = "id,country\n1,TH\n2,US\n3,\n4,TH\n"
    files["o.csv"] = "id,at,amount\n1,2026-01-30,20.50\n2,2026-01-01,30\n2,2026-02-01,1\n3,2026-01-31,5\n"
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def opened(shop: Path, as_of: str | None = None) -> Run:
    run = open_run(shop, shop / "work", as_of_text=as_of, today=date(2026, 1, 31))
    assert not isinstance(run, Refusal), run
    return run


def asking(run: Run, entity: str, names: Sequence[str], without: Sequence[str] = ()) -> tuple[Expression, ...]:
    own = run.rules[entity]
    return (*(reference(own, name) for name in names), *(Not(reference(own, name)) for name in without))


def test_rows_of_every_entity_are_counted(shop: Path) -> None:
    run = opened(shop)
    customers = [
        asking(run, "ลูกค้า", ["ไทย"]),
        asking(run, "ลูกค้า", ["ไทย", "foreign"]),
        asking(run, "ลูกค้า", ["foreign"], ["named"]),
        (),
        asking(run, "ลูกค้า", ["ไทย"]),
    ]
    buyers = [asking(run, "buyer", ["large"], ["late"]), asking(run, "buyer", ["large", "late"])]
    found, findings = count_rows(run, {"ลูกค้า": customers, "buyer": buyers})
    assert not has_errors(findings)
    assert found == {"ลูกค้า": RowCounts(4, (2, 0, 1, 4, 2)), "buyer": RowCounts(3, (1, 1))}


def test_rows_are_counted_as_of_the_day_of_the_run(shop: Path) -> None:
    run = opened(shop, "2026-01-30")
    found, _ = count_rows(run, {"buyer": [asking(run, "buyer", ["late"]), ()]})
    assert found == {"buyer": RowCounts(2, (1, 2))}


def test_nothing_asked_is_nothing_counted(shop: Path) -> None:
    run = opened(shop)
    assert count_rows(run, {"buyer": []})[0] == {"buyer": RowCounts(3, ())}
    assert count_rows(run, {})[0] == {}


def test_data_that_break_the_contract_are_not_counted(shop: Path) -> None:
    (shop / "c.csv").write_text("id,country\n1,TH\n1,US\n", encoding="utf-8")
    run = opened(shop)
    found, findings = count_rows(run, {"ลูกค้า": [asking(run, "ลูกค้า", ["ไทย"])]})
    assert found == {}
    assert [finding.code for finding in findings if is_error(finding)] == ["duplicate-entity-key"]
