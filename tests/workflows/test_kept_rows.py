"""Rows that are kept between two statements: names in the way of theirs, and rules that keep rows from a number."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from workflows.test_apply import write_project

from segrules.workflows.apply import apply, count

PROJECT = """\
segrules: 1
name: shop
entities:
  customer:
    source: customers.csv
    key: id
    columns: {id: integer, 'flags 0': integer, 'rows alike': integer, n: integer}
"""
CUSTOMERS = "id,flags 0,rows alike,n\n1,4,1,3\n2,5,,9223372036854775807\n3,,3,\n4,9,4,7\n"
MANY = [f'  s{number}: id < 0 or "flags 0" == {number} or "rows alike" == {number}' for number in range(60)]
EXPECTED = {"s1": {1}, "s3": {3}, "s4": {1, 4}, "s5": {2}, "s9": {4}}


def shop(root: Path, *rules: str) -> Path:
    text = "\n".join(["segments:", *rules])
    return write_project(
        root, **{"segrules.yml": PROJECT, "customers.csv": CUSTOMERS, "segments/rules.yml": f"{text}\n"}
    )


@pytest.mark.parametrize("carry", ["[]", "['flags 0', 'rows alike']"])
def test_columns_with_names_of_our_own_are_left_alone(tmp_path: Path, carry: str) -> None:
    root = shop(tmp_path / "p", *MANY, f"carry: {carry}")
    counts = {item.segment: item.members for item in count(root).counts if item.members}
    assert counts == {name: len(members) for name, members in EXPECTED.items()}
    assert apply(root, tmp_path / "out").exit_code == 0
    members: dict[str, set[int]] = {}
    for row in pq.read_table(tmp_path / "out" / "customer.parquet").to_pylist():
        members.setdefault(row["segment"], set()).add(row["id"])
    assert members == EXPECTED


@pytest.mark.parametrize(
    "rule",
    [
        "if(n < 1000, n * n < 30, 1 == 2)",
        "case(n >= 1000 -> 1 == 2, n * n < 30 -> 1 == 1, else 1 == 2)",
    ],
)
def test_a_number_from_which_if_keeps_a_row_is_not_computed(tmp_path: Path, rule: str) -> None:
    root = shop(tmp_path / "p", f"  a: {rule}", f"  b: {rule} or id == 2")
    assert {item.segment: item.members for item in count(root).counts} == {"a": 1, "b": 2}
    written = apply(root, tmp_path / "out")
    assert not written.findings
    assert [item.members for item in written.counts] == [1, 2]
