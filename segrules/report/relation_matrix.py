"""The picture of how each two segments lie to each other: a square of coloured cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from segrules.report.html import escape
from segrules.report.text_size import pixels, shortened
from segrules.workflows.proving.lattice import Relation, places
from segrules.workflows.proving.overlaps import EntityOverlaps

MOST_SEGMENTS = 300
_MOST_CELLS = 60
"""Of more segments cells side by side that say the same are one."""
_WIDEST = 200
_MOST_NAMES = 8

SIGNS: dict[Relation, tuple[str, str]] = {
    "equal": ("=", "equal: always the same members"),
    "inside": ("⊂", "inside: all of the left one are in the upper one"),
    "contains": ("⊃", "inside: all of the upper one are in the left one"),
    "overlapping": ("∩", "overlapping: some are in both, each has others"),
    "apart": ("–", "apart: nobody is in both"),
    "unknown": ("?", "not known"),
}
"""The sign in a cell, and what it says: the left one has its name beside the row, the upper one above the column."""


def matrix_svg(found: EntityOverlaps, number: int = 1) -> str | None:
    """The square as SVG, which takes its colours from the page; None for one segment, or too many.

    Rows are those that were asked about, columns all. number: tells the pictures of a page apart.
    """
    rows = list(places(found.chosen))
    columns = range(len(found.names))
    if len(columns) < 2 or len(columns) > MOST_SEGMENTS:
        return None
    cell, size = (22, 13) if len(columns) <= 30 else (14, 11)
    names = [shortened(name, size, _WIDEST) for name in found.names]
    left = max(pixels(names[row], size) for row in rows) + 10
    # names of columns lean to the right, so that any script stays readable
    top = max(pixels(name, size) for name in names) * 0.75 + 14
    width = left + cell * len(columns) + max(pixels(name, size) * 0.7 for name in names[-12:]) + 4
    height = top + cell * len(rows) + 2
    title = f"How each two segments of {found.entity} overlap"
    return "\n".join(
        [
            f'<svg class="matrix" xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="matrix{number}" '
            f'font-size="{size}" width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
            f'<title id="matrix{number}">{escape(title)}</title>',
            *(_column(names[place], left + cell * (at + 0.5), top - 6) for at, place in enumerate(columns)),
            *(
                line
                for at, row in enumerate(rows)
                for line in _row(found, row, names[row], left, top + cell * at, cell)
            ),
            "</svg>",
        ]
    )


def _column(name: str, x: float, y: float) -> str:
    return f'<text transform="translate({x + 4:.1f} {y:.1f}) rotate(-48)">{escape(name)}</text>'


def _row(found: EntityOverlaps, row: int, name: str, left: float, top: float, cell: int) -> Iterator[str]:
    yield f'<text class="name" x="{left - 6:.1f}" y="{top + cell * 0.72:.1f}">{escape(name)}</text>'
    kinds = [None if other == row else found.lattice.relation(row, other) for other in range(len(found.names))]
    is_joined = len(kinds) > _MOST_CELLS
    for kind, own in groupby(range(len(kinds)), key=lambda place: (kinds[place], None if is_joined else place)):
        relation, cells = kind[0], list(own)
        if relation is None:
            x = left + cell * row
            yield f'<path class="itself" d="M{x:.1f} {top:.1f}l{cell} {cell}"/>'
            continue
        x, wide = left + cell * cells[0], cell * len(cells)
        edge = 0 if is_joined else 1
        yield (
            f'<g class="{relation}"><title>{escape(_told(found, row, relation, cells))}</title>'
            f'<rect x="{x + edge:.1f}" y="{top + edge:.1f}" width="{wide - edge}" height="{cell - 1}"/>'
            + (_sign(relation, x + cell / 2, top + cell * 0.72) if cell > 20 else "")
            + "</g>"
        )


def _sign(relation: Relation, x: float, y: float) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}">{SIGNS[relation][0]}</text>'


def _told(found: EntityOverlaps, row: int, relation: Relation, cells: Sequence[int]) -> str:
    """What is said of a cell where the pointer rests on it."""
    one = found.names[row]
    others = ", ".join(found.names[place] for place in cells[:_MOST_NAMES])
    others += f" and {len(cells) - _MOST_NAMES:,} more" if len(cells) > _MOST_NAMES else ""
    said = {
        "equal": f"{one} = {others}",
        "inside": f"{one} lies inside of {others}",
        "contains": f"{others} lies inside of {one}",
        "overlapping": f"{one} and {others} overlap",
        "apart": f"{one} and {others} are apart",
        "unknown": f"{one} and {others}: not known",
    }[relation]
    if found.members is not None and len(cells) == 1 and relation == "overlapping":
        said += f": {found.members.both(row, cells[0]):,} in both"
    return said
