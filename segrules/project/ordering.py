"""An order in which everything stands behind what it refers to, and the circles where there is none."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def ordered(references: Mapping[T, Sequence[T]]) -> tuple[list[T], list[list[T]]]:
    """All keys, each behind those it refers to, and groups of keys that refer to each other in circles.

    References to what is no key are passed over. Tarjan's algorithm (Depth-first search and linear graph
    algorithms, 1972) without recursion.
    """
    order: list[T] = []
    circles: list[list[T]] = []
    index: dict[T, int] = {}
    lowest: dict[T, int] = {}
    path: list[T] = []
    on_path: set[T] = set()
    for start in references:
        if start in index:
            continue
        walk: list[tuple[T, Iterator[T]]] = [(start, iter(references[start]))]
        while walk:
            node, following = walk[-1]
            if node not in index:
                index[node] = lowest[node] = len(index)
                path.append(node)
                on_path.add(node)
            target = next((item for item in following if item in references and _is_open(item, index, on_path)), None)
            if target is not None and target not in index:
                walk.append((target, iter(references[target])))
                continue
            if target is not None:
                lowest[node] = min(lowest[node], index[target])
                continue
            walk.pop()
            if walk:
                lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[node])
            if lowest[node] == index[node]:
                group = _split(path, on_path, node)
                order += group
                if len(group) > 1 or node in references[node]:
                    circles.append(group)
    return order, circles


def _is_open(node: T, index: Mapping[T, int], on_path: set[T]) -> bool:
    """Whether a node has not been left behind for good."""
    return node not in index or node in on_path


def _split(path: list[T], on_path: set[T], node: T) -> list[T]:
    """Takes the group of `node` off the path."""
    place = len(path) - 1
    while path[place] != node:
        place -= 1
    group = path[place:]
    del path[place:]
    on_path.difference_update(group)
    return group


def circle_from(start: T, references: Mapping[T, Sequence[T]], group: set[T]) -> list[T]:
    """The shortest way from `start` back to it inside a group, with `start` at both ends."""
    before: dict[T, T] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for target in references[node]:
            if target == start:
                steps = [start, node]
                while steps[-1] != start:
                    steps.append(before[steps[-1]])
                return steps[::-1] if node != start else [start, start]
            if target in group and target not in before:
                before[target] = node
                waiting.append(target)
    return [start, start]
