"""How many kinds of rows some predicates can tell apart, and when rows are counted by their kind."""

from __future__ import annotations

import pytest
from planning.test_plan import plan_of

from segrules.planning.cut import cut
from segrules.planning.signatures import ALIKE, FEWEST_OUTPUTS, cut_to_signatures, most_signatures
from segrules.sql import writes

KINDS = [
    ("age < 30", 3),  # below, above, missing
    ("age < 30 or age < 40", 4),
    ("age < 30 or age >= 30", 3),  # one cut
    ("age < 30 or age <= 30", 4),  # 30 itself is a kind
    ("age == 30 or age in [30, 31]", 4),
    ("age < 30 or age == 40", 4),
    ("age is missing", 2),
    ("age < 30 and country == 'TH'", 9),
    ("email starts with 'a' or email ends with 'b'", 4),
]


@pytest.mark.parametrize(("rule", "most"), KINDS)
def test_the_most_kinds(rule: str, most: int) -> None:
    assert most_signatures(cut(plan_of(f"segments: {{a: {rule!r}}}", "a"), "kept rows").flags) == most


def many(rule: str) -> str:
    rules = (f"  s{number}: {rule.format(number % 5)}" for number in range(FEWEST_OUTPUTS))
    return "\n".join(["segments:", *rules])


NAMES = tuple(f"s{number}" for number in range(FEWEST_OUTPUTS))


def test_many_segments_over_few_predicates_are_counted_by_kind() -> None:
    made = plan_of(many("age < {} and country == 'TH'"), *NAMES)
    parts = cut_to_signatures(made, writes.segments(made), "kinds of rows")
    assert parts is not None
    assert parts.stored.columns == (ALIKE,)
    assert len(parts.flags) == 6


def test_few_segments_are_not() -> None:
    made = plan_of(many("age < {} and country == 'TH'"), *NAMES[1:])
    assert cut_to_signatures(made, writes.segments(made), "kinds of rows") is None


def test_rows_of_which_hardly_two_are_alike_are_not() -> None:
    letters = "abcdefghijklmnopq"
    rule = " or ".join(f"email starts with '{letter}'" for letter in letters)
    made = plan_of(many(f"age < {{}} and ({rule})"), *NAMES)
    assert cut_to_signatures(made, writes.segments(made), "kinds of rows") is None
