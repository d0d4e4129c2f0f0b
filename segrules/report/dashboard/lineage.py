"""Pictures of what rests on what: sources at the left, then traits, segments and segmentations, each box a link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segrules.planning.renaming import Thing
from segrules.report.curves import curve
from segrules.report.dashboard.anchors import href
from segrules.report.dashboard.labels import label_text
from segrules.report.dashboard.things import Items, anchor_of, title_of, whole
from segrules.report.html import escape
from segrules.report.layers import Layout, layout
from segrules.report.text_size import pixels, shortened
from segrules.workflows.reporting.data import Report, SegmentationReport, SegmentReport

MOST_BOXES = 150
MOST_OF_ONE = 40
_SIZE, _LINE, _PAD, _GAP, _STEP, _EDGE = 13, 17, 7, 9, 48, 2
_WIDEST = 190
_KINDS = {
    "entity": "source",
    "relation": "source",
    "lookup": "source",
    "trait": "trait",
    "segment": "segment",
    "segmentation": "segmentation",
}
_LEGEND = ("source", "trait", "segment", "segmentation")


@dataclass(frozen=True, slots=True)
class Lineage:
    """By thing and source what it rests on, and what rests on it, the nearest only."""

    uses: Mapping[Thing, tuple[Thing, ...]]
    users: Mapping[Thing, tuple[Thing, ...]]


def lineage_of(report: Report) -> Lineage:
    """What everything in a report rests on. Where rules lead back to themselves (`was`), that line is left out."""
    found: dict[Thing, tuple[Thing, ...]] = {}
    for entity in report.entities:
        found |= {source.thing: source.uses for source in entity.sources}
        found |= {Thing(entity.entity, "trait", item.name): item.uses for item in entity.traits}
        found |= {Thing(entity.entity, "segment", item.name): item.uses for item in entity.segments}
        found |= {Thing(entity.entity, "segmentation", item.name): item.uses for item in entity.segmentations}
    known = {thing: (one for use in uses if (one := whole(use)) in found) for thing, uses in found.items()}
    uses = _without_circles({thing: tuple(dict.fromkeys(own)) for thing, own in known.items()})
    users: dict[Thing, list[Thing]] = {thing: [] for thing in uses}
    for thing, own in uses.items():
        for use in own:
            users[use].append(thing)
    return Lineage(uses, {thing: tuple(own) for thing, own in users.items()})


def _without_circles(uses: Mapping[Thing, Sequence[Thing]]) -> dict[Thing, tuple[Thing, ...]]:
    """The same without lines that lead back to where they come from."""
    done: set[Thing] = set()
    kept: dict[Thing, list[Thing]] = {thing: [] for thing in uses}
    for start in uses:
        path: list[tuple[Thing, Iterator[Thing]]] = [(start, iter(uses[start]))] if start not in done else []
        open_ones = {start}
        while path:
            thing, rest = path[-1]
            use = next(rest, None)
            if use is None:
                path.pop()
                open_ones.discard(thing)
                done.add(thing)
            elif use not in open_ones:
                kept[thing].append(use)
                if use not in done:
                    open_ones.add(use)
                    path.append((use, iter(uses[use])))
    return {thing: tuple(own) for thing, own in kept.items()}


def entity_picture(entity: str, lineage: Lineage, items: Items, languages: Sequence[str]) -> str | None:
    """Everything of an entity, and what it rests on elsewhere. None where that is nothing, or too much to be read."""
    own = _reached([thing for thing in lineage.uses if thing.entity == entity], lineage.uses)
    if not any(lineage.uses[thing] for thing in own) or len(own) > MOST_BOXES:
        return None
    return _picture(own, None, f"What rests on what, for {entity}", lineage, items, languages)


def thing_picture(thing: Thing, lineage: Lineage, items: Items, languages: Sequence[str]) -> str | None:
    """What a thing rests on, down to the sources, and what rests on it; of very much the nearest. None for nothing."""
    if thing not in lineage.uses:
        return None
    shown = (*_reached([thing], lineage.uses), *_reached([thing], lineage.users))
    if len(shown) > MOST_OF_ONE:
        shown = (thing, *lineage.uses[thing], *lineage.users[thing])[:MOST_OF_ONE]
    shown = tuple(dict.fromkeys(shown))
    if len(shown) < 2:
        return None
    return _picture(shown, thing, f"What {thing.name} rests on, and what rests on it", lineage, items, languages)


def _reached(things: Sequence[Thing], steps: Mapping[Thing, Sequence[Thing]]) -> tuple[Thing, ...]:
    """Things and all that steps lead to from them."""
    found = dict.fromkeys(things)
    waiting = list(things)
    while waiting:
        fresh = [one for one in steps[waiting.pop()] if one not in found]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return tuple(found)


def _picture(
    things: Sequence[Thing],
    chosen: Thing | None,
    title: str,
    lineage: Lineage,
    items: Items,
    languages: Sequence[str],
) -> str:
    at = {thing: box for box, thing in enumerate(things)}
    sources = [[at[use] for use in lineage.uses[thing] if use in at] for thing in things]
    height = _LINE + 2 * _PAD
    placed = layout([height] * len(things), sources, _GAP)
    said = [_name(thing, items, languages) for thing in things]
    names = [shortened(name, _SIZE, _WIDEST) for name in said]
    boxes = [pixels(name, _SIZE) + 2 * _PAD for name in names]
    widths = [0.0] * (max(placed.layers) + 1)
    for box, layer in enumerate(placed.layers):
        widths[layer] = max(widths[layer], boxes[box])
    lefts = [_EDGE + sum(widths[:layer]) + _STEP * layer for layer in range(len(widths))]
    width, tall = lefts[-1] + widths[-1] + _EDGE, placed.height + 2 * _EDGE
    lines = [
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}">',
        f'<svg class="lineage" role="group" aria-label="{escape(_described(title, things, lineage, said))}" '
        f'width="{width:.0f}" height="{tall:.0f}" viewBox="0 0 {width:.0f} {tall:.0f}">',
        *_joins(placed, lefts, widths, boxes, height),
    ]
    for box, thing in enumerate(things):
        place = (lefts[placed.layers[box]], placed.tops[box] + _EDGE, boxes[box])
        shape = _box(thing, names[box], place, thing == chosen, title_of(thing, items, languages))
        target = anchor_of(thing, items) if thing != chosen else None
        lines.append(f'<a href="{href(target)}">{shape}</a>' if target else shape)
    return "\n".join((_legend(things), *lines, "</svg></div>"))


def _legend(things: Sequence[Thing]) -> str:
    """What the frames of boxes mean, of the kinds that are there."""
    kinds = {_KINDS.get(thing.kind, "source") for thing in things}
    shown = "".join(
        '<svg class="lineage" width="14" height="14" aria-hidden="true" style="display:inline;margin:0 5px -2px 0">'
        f'<g class="{kind}"><rect x="1" y="1" width="12" height="12" rx="2"/></g></svg>{kind}&emsp;'
        for kind in _LEGEND
        if kind in kinds
    )
    return f'<p class="soft note">{shown}</p>'


def _name(thing: Thing, items: Items, languages: Sequence[str]) -> str:
    """The label in the report's own language, as the list of pages has it, or the name."""
    item = items.get(whole(thing))
    if isinstance(item, SegmentReport | SegmentationReport):
        return label_text(item.definition.about, languages, thing.name)
    return thing.name.replace("_", " ")


def _described(title: str, things: Sequence[Thing], lineage: Lineage, names: Sequence[str]) -> str:
    """The picture in words."""
    shown = dict(zip(things, names, strict=True))
    said = [
        f"{name} rests on {', '.join(shown[use] for use in uses)}"
        for thing, name in shown.items()
        if (uses := [use for use in lineage.uses[thing] if use in shown])
    ]
    return f"{title}: {'; '.join(said)}."


def _joins(
    placed: Layout, lefts: Sequence[float], widths: Sequence[float], boxes: Sequence[float], height: float
) -> Iterator[str]:
    """A line from each box to those that rest on it."""
    for (user, source), bends in placed.lines.items():
        first = placed.layers[source]
        start = (lefts[first] + boxes[source], placed.tops[source] + height / 2)
        points = [start, (lefts[first] + widths[first], start[1])]  # past the wider boxes of its column
        for column, middle in bends:
            points += [(lefts[column], middle), (lefts[column] + widths[column], middle)]
        points.append((lefts[placed.layers[user]], placed.tops[user] + height / 2))
        yield f'<path class="join" d="{curve([(x, y + _EDGE) for x, y in points])}"/>'


def _box(thing: Thing, name: str, place: tuple[float, float, float], is_chosen: bool, title: str) -> str:
    left, top, width = place
    kind = _KINDS.get(thing.kind, "source")
    said = "\n".join(part for part in (f"{thing.kind} {thing.name}", title) if part)
    return (
        f'<g class="box {kind}{" chosen" if is_chosen else ""}"><title>{escape(said)}</title>'
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_LINE + 2 * _PAD}" rx="5"/>'
        f'<text x="{left + width / 2:.1f}" y="{top + _PAD + _LINE * 0.75:.1f}">{escape(name)}</text></g>'
    )
