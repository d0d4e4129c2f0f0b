"""Members of two segments at once: compared with counting row by row."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from segrules.workflows.proving.members import members_of


@given(st.lists(st.integers(0, 31), max_size=40))
def test_members_are_those_of_the_rows(rows: list[int]) -> None:
    found = members_of(5, Counter(rows).items())
    assert found.rows == len(rows)
    for first in range(5):
        assert found.of(first) == sum(row >> first & 1 for row in rows)
        for second in range(5):
            assert found.both(first, second) == sum(row >> first & row >> second & 1 for row in rows)


def test_more_segments_than_a_word_has_bits() -> None:
    found = members_of(40, [((1 << 39) | 1, 3), (1 << 39, 70_000)])
    assert found.of(39) == 70_003
    assert found.both(0, 39) == 3
