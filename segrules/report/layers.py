"""A layered layout: boxes in columns, joined from left to right, with few lines crossing.

The method of Sugiyama, Tagawa and Toda (1981): each box stands one column behind the last that leads to it, lines
that skip columns get a bend in each, columns are ordered by the middle of their neighbours, and then boxes are moved
to where their lines are short.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """Where boxes stand. layers: the column of each; tops: where it begins, from 0 down; height: of all of it.

    lines: for each box that a line leads to and each box it comes from the points (column, middle) in between.
    """

    layers: tuple[int, ...]
    tops: tuple[float, ...]
    height: float
    lines: dict[tuple[int, int], tuple[tuple[int, float], ...]]


def layout(heights: Sequence[float], sources: Sequence[Sequence[int]], gap: float) -> Layout:
    """The layout of boxes with heights, of which each has lines from its `sources`. No circles.

    Parts that are not joined stand below one another.
    """
    layers = _layers(sources)
    tops = [0.0] * len(heights)
    lines: dict[tuple[int, int], tuple[tuple[int, float], ...]] = {}
    height = 0.0
    for part in _parts(sources):
        height += gap if height else 0.0
        own = _Part(part, heights, sources, layers, gap)
        middles = own.middles()
        low = min(middle - size / 2 for middle, size in zip(middles, own.sizes, strict=True))
        high = max(middle + size / 2 for middle, size in zip(middles, own.sizes, strict=True))
        moved = [middle - low + height for middle in middles]
        for box in part:
            tops[box] = moved[own.at[box]] - heights[box] / 2
        for pair, bends in own.bends.items():
            lines[pair] = tuple((own.columns[bend], moved[bend]) for bend in bends)
        height += high - low
    return Layout(tuple(layers), tuple(tops), height, lines)


def _layers(sources: Sequence[Sequence[int]]) -> list[int]:
    """For each box how many lines lead to it one after the other, at most."""
    found: list[int | None] = [None] * len(sources)
    for start in range(len(sources)):
        waiting = [start]
        while waiting:
            box = waiting[-1]
            open_ones = [one for one in sources[box] if found[one] is None]
            if open_ones:
                waiting += open_ones
            else:
                waiting.pop()
                found[box] = max(((found[one] or 0) + 1 for one in sources[box]), default=0)
    return [layer or 0 for layer in found]


def _parts(sources: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """The boxes that are joined, part by part."""
    near: list[list[int]] = [list(own) for own in sources]
    for box, own in enumerate(sources):
        for one in own:
            near[one].append(box)
    seen: set[int] = set()
    for start in range(len(sources)):
        if start not in seen:
            seen.add(start)
            part, waiting = [], [start]
            while waiting:
                box = waiting.pop()
                part.append(box)
                fresh = [one for one in near[box] if one not in seen]
                seen.update(fresh)
                waiting += fresh
            yield sorted(part)


class _Part:
    """Boxes that are joined, and the bends of their lines, as points of columns."""

    def __init__(
        self,
        boxes: Sequence[int],
        heights: Sequence[float],
        sources: Sequence[Sequence[int]],
        layers: Sequence[int],
        gap: float,
    ) -> None:
        self.gap = gap
        self.at = {box: point for point, box in enumerate(boxes)}
        self.sizes = [heights[box] for box in boxes]
        self.columns = [layers[box] for box in boxes]
        self.before: list[list[int]] = [[] for _ in boxes]
        self.behind: list[list[int]] = [[] for _ in boxes]
        self.bends: dict[tuple[int, int], list[int]] = {}
        for box in boxes:
            for source in sources[box]:
                self._join(box, source)
        self.order: list[list[int]] = [[] for _ in range(max(self.columns) + 1)]
        for point in self._walk():
            self.order[self.columns[point]].append(point)

    def _join(self, box: int, source: int) -> None:
        last, bends = self.at[source], []
        for column in range(self.columns[last] + 1, self.columns[self.at[box]]):
            bend = len(self.sizes)
            self.sizes.append(0.0)
            self.columns.append(column)
            self.before.append([last])
            self.behind.append([])
            self.behind[last].append(bend)
            bends.append(bend)
            last = bend
        self.behind[last].append(self.at[box])
        self.before[self.at[box]].append(last)
        self.bends[box, source] = bends

    def _walk(self) -> Iterator[int]:
        """The points, each behind the first one that leads to it: parts of a tree stand together."""
        seen: set[int] = set()
        waiting = [point for point in reversed(range(len(self.sizes))) if not self.before[point]]
        while waiting:
            point = waiting.pop()
            if point not in seen:
                seen.add(point)
                yield point
                waiting += reversed(self.behind[point])

    def middles(self) -> list[float]:
        """Where the middle of each point stands."""
        self._reorder()
        middles = [0.0] * len(self.sizes)
        for column in self.order:
            self._place(column, middles, [0.0] * len(column))
        for sweep in range(SWEEPS):
            columns = self.order if sweep % 2 == 0 else self.order[::-1]
            for column in columns:
                wanted = [self._wanted(point, middles, sweep) for point in column]
                self._place(column, middles, wanted)
        return middles

    def _wanted(self, point: int, middles: Sequence[float], sweep: int) -> float:
        near = (self.before[point] if sweep % 2 == 0 else self.behind[point]) or [
            *self.before[point],
            *self.behind[point],
        ]
        return sum(middles[one] for one in near) / len(near) if near else middles[point]

    def _place(self, column: Sequence[int], middles: list[float], wanted: Sequence[float]) -> None:
        """Puts the points of a column as near to where they are wanted as their order and sizes let them.

        Neighbours that would overlap are moved together, to the middle of what they want.
        """
        offsets, at = [], 0.0
        for point in column:
            room = self.sizes[point] / 2 + (self.gap if self.sizes[point] else self.gap / 2) / 2
            at += room
            offsets.append(at)
            at += room
        blocks: list[tuple[float, int]] = []
        for place, goal in enumerate(wanted):
            total, many = goal - offsets[place], 1
            while blocks and blocks[-1][0] / blocks[-1][1] > total / many:
                more, count = blocks.pop()
                total, many = total + more, many + count
            blocks.append((total, many))
        shifts = [total / many for total, many in blocks for _ in range(many)]
        for point, offset, shift in zip(column, offsets, shifts, strict=True):
            middles[point] = offset + shift

    def _reorder(self) -> None:
        """Orders the columns by the middle of their neighbours, and keeps the order in which the fewest lines cross."""
        best, fewest = [list(column) for column in self.order], self._crossings()
        for sweep in range(SWEEPS):
            if not fewest:
                break
            forth = sweep % 2 == 0
            near = self.before if forth else self.behind
            columns = range(1, len(self.order)) if forth else range(len(self.order) - 2, -1, -1)
            for number in columns:
                place = {point: at for at, point in enumerate(self.order[number - 1 if forth else number + 1])}
                own = {point: at for at, point in enumerate(self.order[number])}
                self.order[number].sort(key=lambda point: _middle([place[one] for one in near[point]], own[point]))
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(column) for column in self.order], crossings
        self.order = best

    def _crossings(self) -> int:
        many = 0
        for first, second in zip(self.order, self.order[1:], strict=False):
            place = {point: at for at, point in enumerate(second)}
            passed: list[int] = []
            for point in first:
                ends = sorted(place[one] for one in self.behind[point])
                many += sum(len(passed) - bisect_left(passed, end + 1) for end in ends)
                for end in ends:
                    insort(passed, end)
        return many


def _middle(found: Sequence[int], otherwise: int) -> float:
    return sum(found) / len(found) if found else float(otherwise)
