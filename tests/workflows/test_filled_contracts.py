"""Projects without `columns`: what the data tells is held against keys, times and joins as a contract is."""

from __future__ import annotations

from pathlib import Path

import pytest

from segrules.project.reader import folder_reader
from segrules.workflows.apply import count
from segrules.workflows.validate import validate

PROJECT = """\
segrules: 1
as_of: 2026-01-31
entities:
  customer:
    source: customers.csv
    key: id
    lookups:
      city: {source: cities.csv, on: {city: name}}
relations:
  orders:
    source: orders.csv
    key: id
    time: at
    order: number
"""
FILES = {
    "customers.csv": "id,city,since\n1,A,2025-01-01\n2,B,2025-01-01\n",
    "cities.csv": "name,people\nA,10\nB,20\n",
    "orders.csv": "number,id,at,amount,channel\n1,1,2026-01-01,5,web\n2,2,2026-01-02,6,app\n",
    "segments/a.yml": "segments: {big: city.people > 15 and count(orders) > 0}\n",
}


def shop(root: Path, before: str = "", after: str = "", **files: str) -> Path:
    assert before in PROJECT
    for name, text in {**FILES, "segrules.yml": PROJECT.replace(before, after), **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_what_fits_runs(tmp_path: Path) -> None:
    assert [item.members for item in count(shop(tmp_path)).counts] == [1]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("key: id\n    lookups", "key: Id\n    lookups", "`Id` is not among the columns of `customer`"),
        ("key: id\n    time", "key: client\n    time", "`client` is not among the columns of `orders`"),
        ("key: id\n    time", "key: channel\n    time", "`channel` is text here, and the key of `customer` is integer"),
        ("time: at", "time: when", "`when` is not among the columns of `orders`"),
        ("time: at", "time: amount", "`amount` is integer, not a date or timestamp"),
        ("order: number", "order: row", "`row` is not among the columns of `orders`"),
        ("{city: name}", "{town: name}", "`town` is not among the columns of `customer`"),
        ("{city: name}", "{city: city}", "`city` is not among the columns of `city`"),
        ("{city: name}", "{city: people}", "`city` is text, and `people` of `city` is integer"),
        (
            "key: id\n    lookups",
            "key: id\n    time: then\n    lookups",
            "`then` is not among the columns of `customer`",
        ),
        (
            "key: id\n    lookups",
            "key: id\n    valid: [city, since]\n    lookups",
            "`city` is text, not a date or timestamp",
        ),
    ],
)
def test_what_does_not_is_said_where_the_table_is_declared(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    project = shop(tmp_path, before, after)
    assert [finding.message for finding in validate(folder_reader(project)).findings] == [message]
    outcome = count(project)
    assert (outcome.exit_code, [finding.message for finding in outcome.findings]) == (2, [message])


def test_keys_that_turn_into_text_overnight_stop_the_run(tmp_path: Path) -> None:
    orders = FILES["orders.csv"] + "3,A,2026-01-03,5,web\n"
    outcome = count(shop(tmp_path, **{"orders.csv": orders}))
    messages = ["`id` is text here, and the key of `customer` is integer"]
    assert (outcome.exit_code, [finding.message for finding in outcome.findings]) == (2, messages)
