"""A shop whose customers and rules change from day to day, to be recorded, and who is in what as plain sets."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from segrules.workflows.apply import apply
from segrules.workflows.history.reading import PastMembers, past_members
from segrules.workflows.outcome import Outcome

PROJECT = """\
segrules: 1
name: shop
{history}entities:
  customer:
    source: customers.csv
    key: id
    columns: {{id: text, spend: integer}}
"""
RULES = "segments:\n  low: spend < {bound}\n  even: spend % 2 == 0\nsegmentations:\n  size: {{stages: {stages}}}\n"
STAGES = "{small: spend < 3, big: spend >= 7}"


class Shop:
    """A project whose customers and rules change from day to day."""

    def __init__(self, root: Path, *, history: str = "") -> None:
        self.root, self.out = root, root / "out"
        root.mkdir(exist_ok=True)
        (root / "segrules.yml").write_text(PROJECT.format(history=history), "utf-8")
        self.rules(RULES.format(bound=5, stages=STAGES))

    def rules(self, text: str) -> None:
        (self.root / "segments").mkdir(exist_ok=True)
        (self.root / "segments/rules.yml").write_text(text, "utf-8")

    def customers(self, spend: dict[str, int]) -> None:
        rows = "".join(f"{key},{value}\n" for key, value in spend.items())
        (self.root / "customers.csv").write_text(f"id,spend\n{rows}", "utf-8")

    def run(self, day: str, **options: Any) -> Outcome:
        return apply(self.root, self.out, as_of=day, **{"record": True, **options})

    def changes(self, day: str) -> set[tuple[str, str | None, str, str]]:
        rows = pq.read_table(self.out / f"history/{day}/customer.changes.parquet").to_pylist()
        return {(row["id"], row["segment"], row["change"], row["cause"]) for row in rows}

    def members(self, segment: str, day: str) -> set[object]:
        found = past_members(self.out, segment, as_of=day)
        assert isinstance(found, PastMembers), found
        return set(found.keys)


def day(number: int) -> str:
    return f"2026-01-{number:02d}"


def in_what(spend: dict[str, int], bound: int = 5) -> dict[str, set[str]]:
    """Who is in what, in Python."""
    tests = {
        "low": lambda value: value < bound,
        "even": lambda value: value % 2 == 0,
        "size.small": lambda value: value < 3,
        "size.big": lambda value: value >= 7,
    }
    return {name: {key for key, value in spend.items() if test(value)} for name, test in tests.items()}


def random_days(seed: int, days: int) -> list[dict[str, int]]:
    """Customers who come, go and change, day by day."""
    chance = random.Random(seed)
    spend = {f"k{number}": chance.randrange(10) for number in range(12)}
    found = [spend]
    for number in range(1, days):
        spend = {key: chance.randrange(10) if chance.random() < 0.4 else value for key, value in spend.items()}
        spend = {key: value for key, value in spend.items() if chance.random() > 0.1}
        spend |= {f"n{number}{place}": chance.randrange(10) for place in range(chance.randrange(3))}
        found.append(spend)
    return found
