"""Sizes over time as a line of block characters, for terminals and plain text."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_MOST_BLOCKS = 26


def blocks(sizes: Sequence[int], most_blocks: int = _MOST_BLOCKS) -> str:
    """A line of blocks, from the smallest size to the largest; of many sizes some, the last among them."""
    if len(sizes) < 2:
        return ""
    many = min(len(sizes), most_blocks)
    shown = [sizes[round(place * (len(sizes) - 1) / (many - 1))] for place in range(many)]
    least, most = min(sizes), max(sizes)
    height = len(_BLOCKS) - 1
    return "".join(
        _BLOCKS[(size - least) * height // (most - least) if most > least else height // 2] for size in shown
    )
