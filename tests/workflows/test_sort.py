"""`--sort`: rows by key, in long files by segment and key, texts by code point."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from workflows.test_apply import write_project

from segrules.workflows.apply import apply

PROJECT = """\
segrules: 1
name: shop
entities: {customer: {source: customers.csv, key: id, columns: {id: text, n: integer}}}
"""
RULES = "entity: customer\nsegments: {even: n % 2 == 0, Above: n > 4000, 'none_of_them': n > 9999}\n"


@pytest.fixture
def shuffled(tmp_path: Path) -> Path:
    keys = [(f"{'aÄZé'[number % 4]}{number}", number) for number in range(5000)]
    random.Random(1).shuffle(keys)
    customers = "\n".join(["id,n", *(f"{key},{number}" for key, number in keys)])
    return write_project(
        tmp_path / "p", **{"segrules.yml": PROJECT, "segments/rules.yml": RULES, "customers.csv": customers}
    )


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[1:]


def key(line: str) -> str:
    return line.partition(",")[0]


def test_long_files_stand_by_segment_and_key(shuffled: Path, tmp_path: Path) -> None:
    assert apply(shuffled, tmp_path / "out", format="csv", sort=True).exit_code == 0
    written = [tuple(reversed(line.split(","))) for line in lines(tmp_path / "out" / "customer.csv")]
    assert written == sorted(written)
    assert {segment for segment, _ in written} == {"Above", "even"}


@pytest.mark.parametrize(("layout", "file"), [("wide", "customer.wide.csv"), ("files", "customer/even.csv")])
def test_other_files_stand_by_key(shuffled: Path, tmp_path: Path, layout: str, file: str) -> None:
    assert apply(shuffled, tmp_path / "out", layout=layout, format="csv", sort=True).exit_code == 0
    keys = [key(line) for line in lines(tmp_path / "out" / file)]
    assert keys == sorted(keys)
    assert len(keys) == (5000 if layout == "wide" else 2500)


def test_equal_members_are_an_equal_file(shuffled: Path, tmp_path: Path) -> None:
    for out in ("one", "two"):
        apply(shuffled, tmp_path / out, sort=True)
    assert (tmp_path / "one" / "customer.parquet").read_bytes() == (tmp_path / "two" / "customer.parquet").read_bytes()


def test_without_it_the_same_rows_are_there(shuffled: Path, tmp_path: Path) -> None:
    for out, sort in (("sorted", True), ("as they come", False)):
        apply(shuffled, tmp_path / out, format="csv", sort=sort)
    assert sorted(lines(tmp_path / "as they come" / "customer.csv")) == sorted(
        lines(tmp_path / "sorted" / "customer.csv")
    )
