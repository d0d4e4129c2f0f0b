"""Lines of pictures."""

from __future__ import annotations

from collections.abc import Sequence


def curve(points: Sequence[tuple[float, float]]) -> str:
    """An SVG path through points, level at each of them."""
    (x, y), *rest = points
    said = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        half = (x + to_x) / 2
        curve = f"C{half:.1f} {y:.1f} {half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        said.append(f"H{to_x:.1f}" if y == to_y else curve)
        x, y = to_x, to_y
    return "".join(said)
