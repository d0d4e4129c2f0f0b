"""How segments lie to each other in words, as the terminal and the page tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from segrules.report.plurals import plural
from segrules.workflows.proving.lattice import RELATIONS, Relation, places
from segrules.workflows.proving.order import Order, apart
from segrules.workflows.proving.overlaps import EntityOverlaps

MOST_PAIRS = 20
"""How many pairs are told of one by one where not all are asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and how far it stands in."""

    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """What is said of one relation. rest: how much was left out, in words."""

    title: str
    lines: tuple[Line, ...]
    rest: str | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two segments that overlap. examples: of what a row is an example, and the row; members: how many are in both."""

    first: str
    second: str
    examples: tuple[tuple[str, str], ...]
    members: str | None


def headline(found: EntityOverlaps) -> str:
    """`customer: 12 segments, 66 pairs: 1 equal, 9 inside, 20 overlapping, 35 apart, 1 not known`."""
    counts = relation_counts(found)
    counts["inside"] += counts.pop("contains")
    said = ", ".join(f"{many:,} {WORDS.get(name, name)}" for name, many in counts.items() if many)
    names, pairs = len(found.names), sum(counts.values())
    segments = f"{names:,} segments" if names != 1 else "1 segment"
    return f"{found.entity}: {segments}, {pairs:,} {'pair' if pairs == 1 else 'pairs'}{f': {said}' if said else ''}"


WORDS: dict[Relation, str] = {"unknown": "not known"}


def relation_counts(found: EntityOverlaps) -> dict[Relation, int]:
    """How many pairs lie in each way."""
    counts = dict.fromkeys(RELATIONS, 0)
    for _, _, relation in found.lattice.pairs(found.chosen):
        counts[relation] += 1
    return counts


def sections(found: EntityOverlaps, groups: Order, most: int | None = MOST_PAIRS) -> list[Section]:
    """All but the pairs that overlap: who has nobody and who everybody, what is equal, inside, apart, and not known."""
    lattice, rows = found.lattice, plural(found.entity)
    one_line = [
        Section(title, (Line(_listed(found.names[place] for place in places(mask))),))
        for title, mask in (
            (f"nobody: no {found.entity} can be in these", lattice.nobody),
            (f"everybody: each {found.entity} is in these", lattice.proofs.everybody & ~lattice.nobody),
        )
        if mask
    ]
    return [
        *one_line,
        *_section("equal: always the same members", _equal(found, groups)),
        *_section(f"inside: all {rows} of a segment are in the one above it", _tree(found, groups)),
        *_section(f"apart: no {found.entity} is in two of these", _cliques(found, groups)),
        *_unknown(found, groups, most),
    ]


def _section(title: str, lines: Iterator[Line]) -> Iterator[Section]:
    said = tuple(lines)
    if said:
        yield Section(title, said)


def _equal(found: EntityOverlaps, groups: Order) -> Iterator[Line]:
    for group in groups.groups:
        if len(group) > 1 and _is_chosen(found, group):
            yield Line(" = ".join(found.names[place] for place in group))


def _tree(found: EntityOverlaps, groups: Order) -> Iterator[Line]:
    """Each group below those around it; where it stands for a second time, without what is inside of it."""
    within = groups.within
    related = _related(found, groups)
    seen: set[int] = set()

    def below(group: int, depth: int, around: int | None) -> Iterator[Line]:
        again = group in seen and bool(within[group])
        text = _name(found, groups, group) + (" … (see above)" if again else "")
        if around is not None and not _is_smaller(found, groups, group, around):
            text += " (or equal: nobody was found who is in the larger one alone)"
        yield Line(text, depth)
        seen.add(group)
        for inner in () if again else within[group]:
            if inner in related:
                yield from below(inner, depth + 1, group)

    for group, around in enumerate(groups.around):
        if not around and within[group] and group in related:
            yield from below(group, 0, None)


def _related(found: EntityOverlaps, groups: Order) -> set[int]:
    """The groups that are chosen, or inside of a chosen one, or around one."""
    own = {number for number, group in enumerate(groups.groups) if _is_chosen(found, group)}
    return own | _reach(own, groups.around) | _reach(own, groups.within)


def _reach(start: set[int], steps: Sequence[tuple[int, ...]]) -> set[int]:
    reached: set[int] = set()
    waiting = list(start)
    while waiting:
        for one in steps[waiting.pop()]:
            if one not in reached:
                reached.add(one)
                waiting.append(one)
    return reached


def _is_smaller(found: EntityOverlaps, groups: Order, inner: int, outer: int) -> bool:
    """Whether a row is known that is in the outer group and not in the inner one."""
    return bool(found.lattice.leaves[groups.groups[outer][0]] >> groups.groups[inner][0] & 1)


def families(found: EntityOverlaps, groups: Order) -> list[list[int]]:
    """For each segmentation the groups of its stages."""
    of = {place: number for number, group in enumerate(groups.groups) for place in group}
    stages = [(name.partition(".")[0], place) for place, name in enumerate(found.names) if "." in name]
    return [
        sorted({of[place] for _, place in own if place in of}) for _, own in groupby(stages, key=lambda stage: stage[0])
    ]


def _cliques(found: EntityOverlaps, groups: Order) -> Iterator[Line]:
    own = sum(1 << number for number, group in enumerate(groups.groups) if _is_chosen(found, group))
    said = apart(groups, families(found, groups), own)
    for clique in said.cliques:
        yield Line(_listed(_name(found, groups, group) for group in clique))
    for centre, others in said.stars:
        name = _name(found, groups, centre)
        each = "and each of: " if len(others) > 1 else "and "
        yield Line(f"{name}, {each}{_listed(_name(found, groups, group) for group in others)}")


def _unknown(found: EntityOverlaps, groups: Order, most: int | None) -> Iterator[Section]:
    """What was neither proven nor seen, by what it is that is not known."""
    lattice = found.lattice
    open_ones = [
        place
        for place in range(lattice.size)
        if not (lattice.nobody >> place | lattice.meets[place] >> place) & 1 and found.chosen >> place & 1
    ]
    if open_ones:
        title = f"not known: whether any {found.entity} can be in these"
        yield Section(title, (Line(_listed(found.names[place] for place in open_ones)),))
    by_doubt: dict[str, list[tuple[int, int]]] = {}
    for first, second in group_pairs(found, groups, "unknown"):
        by_doubt.setdefault(_doubt(found, groups, first, second), []).append((first, second))
    for doubt, pairs in by_doubt.items():
        shown = pairs if most is None else pairs[:most]
        lines = [
            Line(f"{_name(found, groups, first)} and {_listed(_name(found, groups, second) for _, second in own)}")
            for first, own in groupby(shown, key=lambda pair: pair[0])
        ]
        yield Section(f"not known: {doubt}", tuple(lines), _rest(len(pairs) - len(shown)))


def _doubt(found: EntityOverlaps, groups: Order, first: int, second: int) -> str:
    one, other = groups.groups[first][0], groups.groups[second][0]
    lattice, rows = found.lattice, plural(found.entity)
    if not lattice.meets[one] >> other & 1:
        doubt = f"they may share {rows}"
    elif lattice.leaves[one] >> other & 1 or lattice.leaves[other] >> one & 1:
        doubt = f"they share {rows}, and one may be inside the other"
    else:
        doubt = f"they share {rows}, and may be equal, or one inside the other"
    is_undecided = (lattice.undecided[one] >> other | lattice.undecided[other] >> one) & 1
    return doubt + (" (more --work may tell)" if is_undecided else "")


def overlap_title(found: EntityOverlaps) -> str:
    """What stands over the pairs that overlap."""
    return f"overlapping: two share {plural(found.entity)}, and each has others"


def overlapping(
    found: EntityOverlaps, groups: Order, most: int | None = MOST_PAIRS
) -> tuple[list[Overlap], str | None]:
    """The pairs that overlap, with members those with the most first; and how many were left out, in words."""
    pairs = list(group_pairs(found, groups, "overlapping"))
    members = found.members
    if members is not None:
        pairs.sort(key=lambda pair: -members.both(groups.groups[pair[0]][0], groups.groups[pair[1]][0]))
    shown = pairs if most is None else pairs[:most]
    return [_overlap(found, groups, *pair) for pair in shown], _rest(len(pairs) - len(shown))


def _overlap(found: EntityOverlaps, groups: Order, first: int, second: int) -> Overlap:
    one, other = groups.groups[first][0], groups.groups[second][0]
    names = _name(found, groups, first), _name(found, groups, second)
    asked = (
        ("in both", (one, other), ()),
        (f"only in {found.names[one]}", (one,), (other,)),
        (f"only in {found.names[other]}", (other,), (one,)),
    )
    examples = []
    for title, within, without in asked:
        place = found.example(within, without)
        if place is not None:
            examples.append((title, found.examples[place].line))
    members = None
    if found.members is not None:
        both, own, others = found.members.both(one, other), found.members.of(one), found.members.of(other)
        members = f"{both:,} in both, of {own:,} in {found.names[one]} and {others:,} in {found.names[other]}"
    return Overlap(*names, tuple(examples), members)


def group_pairs(found: EntityOverlaps, groups: Order, relation: Relation) -> Iterator[tuple[int, int]]:
    """Each two groups that lie so, where one is chosen."""
    chosen = [_is_chosen(found, group) for group in groups.groups]
    for first, group in enumerate(groups.groups):
        for second in range(first + 1, len(groups.groups)):
            if (chosen[first] or chosen[second]) and (
                found.lattice.relation(group[0], groups.groups[second][0]) == relation
            ):
                yield first, second


def _is_chosen(found: EntityOverlaps, group: Sequence[int]) -> bool:
    return any(found.chosen >> place & 1 for place in group)


def _name(found: EntityOverlaps, groups: Order, group: int) -> str:
    """The name of a group: of the first of several that are equal."""
    return found.names[groups.groups[group][0]]


def _listed(names: Iterator[str]) -> str:
    return ", ".join(names)


def _rest(many: int) -> str | None:
    return f"{many:,} more {'pair' if many == 1 else 'pairs'}" if many else None
