"""How segments lie to each other, for Graphviz: `dot -Tsvg`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from segrules.report.lattice_words import group_pairs
from segrules.workflows.proving.lattice import places
from segrules.workflows.proving.order import Order, order
from segrules.workflows.proving.overlaps import EntityOverlaps

_HEAD = (
    "  rankdir=LR;",
    '  node [shape=box, style=rounded, fontname="sans-serif"];',
    '  edge [fontname="sans-serif"];',
)


def dot(entities: Sequence[EntityOverlaps]) -> str:
    """A graph with a box for each group of equal segments.

    An arrow leads from a segment to the nearest ones that it lies inside of, a dotted line joins two that overlap. A
    grey box has nobody, one with a double border everybody.
    """
    numbers = count()
    return "\n".join(["digraph segments {", *_HEAD, *(line for own in entities for line in _entity(own, numbers)), "}"])


def _entity(own: EntityOverlaps, numbers: Iterable[int]) -> Iterator[str]:
    groups = order(own.lattice)
    number = iter(numbers)
    overlaps = list(group_pairs(own, groups, "overlapping"))
    shown = range(len(groups.groups)) if own.is_whole else _joined(own, groups, overlaps)
    yield f"  subgraph cluster_{next(number)} {{"
    yield f"    label={quoted(own.entity)};"
    names = {group: f"n{next(number)}" for group in shown}
    for group, name in names.items():
        border = ", peripheries=2" if own.lattice.proofs.everybody >> groups.groups[group][0] & 1 else ""
        yield f"    {name} [label={_label(own, groups.groups[group])}{border}];"
    for place in places(own.lattice.nobody & own.chosen):
        yield f"    n{next(number)} [label={_label(own, (place,))}, color=gray, fontcolor=gray];"
    for inner in shown:
        yield from (f"    {names[inner]} -> {names[outer]};" for outer in groups.around[inner] if outer in names)
    for first, second in overlaps:
        yield f"    {names[first]} -> {names[second]} [dir=none, style=dotted, constraint=false];"
    yield "  }"


def _joined(own: EntityOverlaps, groups: Order, overlaps: Sequence[tuple[int, int]]) -> list[int]:
    """The groups that were asked about, and those that an edge joins with one."""
    asked = {number for number, group in enumerate(groups.groups) if any(own.chosen >> place & 1 for place in group)}
    edges = [(inner, outer) for inner, around in enumerate(groups.around) for outer in around]
    near = {one for edge in (*edges, *overlaps) if asked.intersection(edge) for one in edge}
    return sorted(asked | near)


def _label(own: EntityOverlaps, group: Sequence[int]) -> str:
    lines = [text for place in group for text in (own.names[place], own.labels[place]) if text is not None]
    if own.members is not None:
        lines.append(f"{own.members.of(group[0]):,}")
    return quoted("\n".join(lines))


def quoted(text: str) -> str:
    """Any text as Graphviz reads it in a label: a backslash, a quote and `&` are themselves, a line break breaks."""
    plain = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(one if one.isprintable() or one == " " else " " for one in plain) + '"'
