"""The layered layout: boxes do not cover one another, and lines go forward."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from segrules.report.layers import layout

GAP = 10.0


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[float], list[list[int]]]:
    """Boxes with heights, each with lines from some of those before it."""
    size = draw(st.integers(0, 14))
    sources = [draw(st.lists(st.integers(0, box - 1), unique=True, max_size=4)) if box else [] for box in range(size)]
    return [float(draw(st.integers(20, 60))) for _ in range(size)], sources


@given(graphs())
def test_boxes_of_a_column_stand_apart_and_all_fit(graph: tuple[list[float], list[list[int]]]) -> None:
    heights, sources = graph
    found = layout(heights, sources, GAP)
    for column in set(found.layers):
        boxes = sorted((found.tops[box], heights[box]) for box in range(len(heights)) if found.layers[box] == column)
        assert all(top + height + GAP / 2 <= below + 1e-6 for (top, height), (below, _) in pairwise(boxes))
    assert all(top >= -1e-6 for top in found.tops)
    assert all(top + height <= found.height + 1e-6 for top, height in zip(found.tops, heights, strict=True))


@given(graphs())
def test_lines_go_forward_with_a_bend_in_each_column_between(graph: tuple[list[float], list[list[int]]]) -> None:
    heights, sources = graph
    found = layout(heights, sources, GAP)
    assert set(found.lines) == {(box, source) for box, own in enumerate(sources) for source in own}
    for (box, source), bends in found.lines.items():
        assert [column for column, _ in bends] == list(range(found.layers[source] + 1, found.layers[box]))
        assert found.layers[source] < found.layers[box]
    for box, own in enumerate(sources):
        assert found.layers[box] == max((found.layers[source] + 1 for source in own), default=0)


def test_a_tree_has_no_lines_that_cross() -> None:
    sources: list[list[int]] = [[], [0], [0], [0], [1], [1], [2], [3], [3]]
    found = layout([20.0] * 9, sources, GAP)
    for column in (1, 2):
        boxes = [box for box in range(9) if found.layers[box] == column]
        in_order = sorted(boxes, key=lambda box: found.tops[box])
        parents = [found.tops[sources[box][0]] for box in in_order]
        assert parents == sorted(parents)


def test_parts_that_are_not_joined_stand_below_one_another() -> None:
    found = layout([20.0, 20.0, 20.0], [[], [], [0]], GAP)
    assert found.tops == (0.0, 30.0, 0.0)
