"""The picture of what lies inside of what: a Hasse diagram, the larger segments to the left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segrules.report.curves import curve
from segrules.report.html import escape
from segrules.report.layers import Layout, layout
from segrules.report.plurals import plural
from segrules.report.text_size import pixels, shortened
from segrules.workflows.proving.order import Order
from segrules.workflows.proving.overlaps import EntityOverlaps

MOST_BOXES = 400
_SIZE, _LINE, _PAD, _GAP, _STEP = 14, 19, 8, 12, 64
_WIDEST = 260
_EDGE = 2


def related(groups: Order) -> list[int]:
    """The groups that are inside of another one, or around one."""
    within = groups.within
    return [group for group, around in enumerate(groups.around) if around or within[group]]


def hasse_svg(found: EntityOverlaps, groups: Order, number: int = 1) -> str | None:
    """The picture as SVG, which takes its colours from the page. None where nothing is inside of anything, or too much.

    number: tells the pictures of a page apart.
    """
    shown = related(groups)
    if not shown or len(shown) > MOST_BOXES:
        return None
    at = {group: box for box, group in enumerate(shown)}
    lines = [_lines(found, groups.groups[group]) for group in shown]
    heights = [len(own) * _LINE + 2 * _PAD for own in lines]
    sources = [[at[one] for one in groups.around[group]] for group in shown]
    placed = layout(heights, sources, _GAP)
    widths = [0.0] * (max(placed.layers) + 1)
    for box, layer in enumerate(placed.layers):
        widths[layer] = max(widths[layer], *(pixels(line, _SIZE) + 2 * _PAD for line in lines[box]))
    lefts = [_EDGE + sum(widths[:layer]) + _STEP * layer for layer in range(len(widths))]
    width, height = lefts[-1] + widths[-1] + _EDGE, placed.height + 2 * _EDGE
    title = f"Which segments of {found.entity} lie inside of which"
    parts = [
        f'<svg class="hasse" xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="hasse{number}" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
        f'<title id="hasse{number}">{escape(title)}</title>',
        f"<desc>{escape(_described(found, groups, shown))}</desc>",
        *_joins(found, groups, shown, placed, lefts, widths, heights),
        *(
            _box(found, groups, group, lines[box], lefts[placed.layers[box]], placed.tops[box] + _EDGE)
            for box, group in enumerate(shown)
        ),
        "</svg>",
    ]
    return "\n".join(parts)


def _lines(found: EntityOverlaps, group: Sequence[int]) -> list[str]:
    """What stands in a box: a name a line, and how many members, where that is known."""
    names = [shortened(found.names[place], _SIZE, _WIDEST) for place in group]
    return names if found.members is None else [*names, f"{found.members.of(group[0]):,}"]


def _box(found: EntityOverlaps, groups: Order, group: int, lines: Sequence[str], left: float, top: float) -> str:
    own = groups.groups[group]
    width = max(pixels(line, _SIZE) for line in lines) + 2 * _PAD
    height = len(lines) * _LINE + 2 * _PAD
    texts = []
    for number, line in enumerate(lines):
        soft = ' class="soft"' if number >= len(own) else ""
        y = top + _PAD + _LINE * number + _LINE * 0.74
        texts.append(f'<text x="{left + width / 2:.1f}" y="{y:.1f}"{soft}>{escape(line)}</text>')
    chosen = " chosen" if not found.is_whole and any(found.chosen >> place & 1 for place in own) else ""
    return (
        f'<g class="box{chosen}"><title>{escape(_told(found, groups, group))}</title>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="6"/>{"".join(texts)}</g>'
    )


def _told(found: EntityOverlaps, groups: Order, group: int) -> str:
    """What is said of a box where the pointer rests on it."""
    own = groups.groups[group]
    said = [" = ".join(found.names[place] for place in own)]
    labels = [label for place in own if (label := found.labels[place]) is not None]
    said += labels
    if found.members is not None:
        said.append(f"{found.members.of(own[0]):,} {plural(found.entity)}")
    if groups.around[group]:
        said.append(f"inside of {_names(found, groups, groups.around[group])}")
    if groups.within[group]:
        said.append(f"around {_names(found, groups, groups.within[group])}")
    return "\n".join(said)


def _described(found: EntityOverlaps, groups: Order, shown: Sequence[int]) -> str:
    return "; ".join(
        f"{found.names[groups.groups[group][0]]} inside of {_names(found, groups, groups.around[group])}"
        for group in shown
        if groups.around[group]
    )


def _names(found: EntityOverlaps, groups: Order, some: Sequence[int]) -> str:
    return ", ".join(found.names[groups.groups[group][0]] for group in some)


def _joins(
    found: EntityOverlaps,
    groups: Order,
    shown: Sequence[int],
    placed: Layout,
    lefts: Sequence[float],
    widths: Sequence[float],
    heights: Sequence[float],
) -> Iterator[str]:
    """A line from each box to those right inside of it; dashed where the two may be equal."""
    for (inner, outer), bends in placed.lines.items():
        one, other = groups.groups[shown[outer]][0], groups.groups[shown[inner]][0]
        own = [pixels(line, _SIZE) for line in _lines(found, groups.groups[shown[outer]])]
        start = (lefts[placed.layers[outer]] + max(own) + 2 * _PAD, placed.tops[outer] + heights[outer] / 2)
        end = (lefts[placed.layers[inner]], placed.tops[inner] + heights[inner] / 2)
        first = placed.layers[outer]
        points = [start, (lefts[first] + widths[first], start[1])]  # past the wider boxes of its column
        for column, middle in bends:
            points += [(lefts[column], middle), (lefts[column] + widths[column], middle)]
        path = curve([(x, y + _EDGE) for x, y in (*points, end)])
        dashed = "" if found.lattice.leaves[one] >> other & 1 else ' stroke-dasharray="5 4"'
        yield f'<path class="join" d="{path}"{dashed}/>'
