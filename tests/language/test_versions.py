"""Version numbers: what is one, and that their numbers stand in the order of the versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.language.versions import encoded

IN_ORDER = ("0-a", "0", "0.0.0.1", "0.9", "0.10-rc", "v0.10", "1.0-alpha", "1", "1.0.1", "2.9.99", "2.10", "10")


def test_later_versions_have_larger_numbers() -> None:
    numbers = [encoded(text) for text in IN_ORDER]
    assert None not in numbers
    assert numbers == sorted(numbers, key=lambda number: number or 0)
    assert len(set(numbers)) == len(IN_ORDER)


@pytest.mark.parametrize("text", ["2.1", "v2.1", "2.1.0", "2.1.0.0", "2.1+7", "02.01", "2.1.0+a-b.c"])
def test_one_version_may_be_written_in_many_ways(text: str) -> None:
    assert encoded(text) == encoded("2.1.0.0")


@pytest.mark.parametrize(
    "text",
    ["", "v", "a", "1.", ".1", "1..2", "1.2.3.4.5", "1234567890", "1-", "1+", "V1", " 1", "1 ", "1\n", "١", "-1"],
)
def test_other_texts_are_no_versions(text: str) -> None:
    assert encoded(text) is None


@given(
    st.lists(st.integers(0, 999_999_999), min_size=4, max_size=4), st.lists(st.integers(0, 3), min_size=4, max_size=4)
)
def test_parts_are_compared_from_the_left(one: list[int], other: list[int]) -> None:
    numbers = [encoded(".".join(map(str, parts))) or 0 for parts in (one, other)]
    assert (numbers[0] < numbers[1]) == (one < other)
    assert max(numbers) < 10**37
