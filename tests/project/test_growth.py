"""What resolving costs: in proportion to the rules, counted in calls, also where a thousand have the same mistake."""

from __future__ import annotations

import sys
from types import FrameType

import pytest
from memory_reader import SHOP, MemoryReader

from segrules.project.loader import load
from segrules.project.resolve import resolve

RULES = {
    "tests": "age > {n} and (country == 'US' or age < 3)",
    "references": "segments.s{before} or age > {n}",
    "aggregates": "count(orders where amount > {n}) > 3",
    "a column that is gone": "seniority > {n}",
    "a segment that is gone": "segments.reliable and age > {n}",
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_twice_the_rules_are_twice_the_work(rule: str) -> None:
    once, twice = _calls(rule, 150), _calls(rule, 300)
    assert twice < 2.2 * once


def _calls(rule: str, count: int) -> int:
    """How many calls it takes to resolve that many segments."""
    rules = [f"  s{n}: {rule.format(n=n, before=max(1, n - n % 50))}\n" for n in range(count)]
    project, _ = load(MemoryReader({"segrules.yml": SHOP, "segments/a.yml": "segments:\n" + "".join(rules)}))
    assert project is not None
    calls = 0

    def count_calls(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_calls)
    try:
        resolve(project)
    finally:
        sys.setprofile(before)
    return calls
