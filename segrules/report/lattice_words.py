"""How segments lie to each other in words, as the terminal and the page tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from segrules.report.plurals import plural
from segrules.workflows.proving.lattice import RELATIONS, Relation, places, set_of
from segrules.workflows.proving.order import Order, apart
from segrules.workflows.proving.overlaps import EntityOverlaps

MOST_PAIRS = 12
"""How many pairs that overlap are told of one by one where not all are asked for."""
MOST_LINES = 40
"""How many lines are written about each other relation where not all are asked for."""
MOST_NAMES = 15
"""How many names stand in a line where not all are asked for."""


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
    """`customer: 12 segments, 66 pairs: 1 equal, 9 inside, 20 overlapping, 25 apart, 11 with nobody in one`.

    Of a segment that has nobody, or everybody, it goes without saying how it lies: such pairs are in no list.
    """
    lattice = found.lattice
    everybody = lattice.proofs.everybody & ~lattice.nobody
    counts: dict[str, int] = dict.fromkeys((*_WORDS.values(), _OF_NOBODY, _OF_EVERYBODY), 0)
    for first, second, relation in lattice.pairs(found.chosen):
        if (lattice.nobody >> first | lattice.nobody >> second) & 1:
            counts[_OF_NOBODY] += 1
        elif (everybody >> first | everybody >> second) & 1:
            counts[_OF_EVERYBODY] += 1
        else:
            counts[_WORDS[relation]] += 1
    said = ", ".join(f"{many:,} {words}" for words, many in counts.items() if many)
    names, pairs = len(found.names), sum(counts.values())
    segments = f"{names:,} segments" if names != 1 else "1 segment"
    return f"{found.entity}: {segments}, {pairs:,} {'pair' if pairs == 1 else 'pairs'}{f': {said}' if said else ''}"


_WORDS: dict[Relation, str] = {relation: relation for relation in RELATIONS}
_WORDS |= {"contains": "inside", "unknown": "not known"}
_OF_NOBODY, _OF_EVERYBODY = "with nobody in one", "with everybody in one"


def sections(found: EntityOverlaps, groups: Order, *, is_whole: bool = False) -> list[Section]:
    """All but the pairs that overlap: who has nobody and who everybody, what is equal, inside, apart, and not known.

    is_whole: however many lines and names that is.
    """
    lattice, rows = found.lattice, plural(found.entity)
    most = None if is_whole else MOST_NAMES
    everybody = lattice.proofs.everybody & ~lattice.nobody
    told = (
        (f"nobody: no {found.entity} can be in these", _of_places(found, lattice.nobody, most)),
        (f"everybody: each {found.entity} is in these", _of_places(found, everybody, most)),
        ("equal: always the same members", _equal(found, groups)),
        (f"inside: all {rows} of a segment are in the one above it", _tree(found, groups)),
        (f"apart: no {found.entity} is in two of these", _apart(found, groups, most)),
        *_unknown(found, groups, most),
    )
    return [_section(title, lines, is_whole) for title, own in told if (lines := tuple(own))]


def _section(title: str, lines: tuple[Line, ...], is_whole: bool) -> Section:
    shown = lines if is_whole else lines[:MOST_LINES]
    left = len(lines) - len(shown)
    return Section(title, shown, f"{left:,} more {'line' if left == 1 else 'lines'}" if left else None)


def _of_places(found: EntityOverlaps, mask: int, most: int | None) -> Iterator[Line]:
    if mask:
        yield Line(_listed([found.names[place] for place in places(mask)], most))


def _equal(found: EntityOverlaps, groups: Order) -> Iterator[Line]:
    for group in groups.groups:
        if len(group) > 1 and _is_chosen(found, group):
            yield Line(" = ".join(found.names[place] for place in group))


def _tree(found: EntityOverlaps, groups: Order) -> Iterator[Line]:
    """Each group once, below the one around it that lies deepest, with the names of others around it behind.

    An outermost one below which none would stand has no line: it is named behind what is inside of it.
    """
    depths = _depths(groups)
    related = _related(found, groups)
    homes = [max(around, key=lambda one: depths[one], default=None) for around in groups.around]
    inner: dict[int | None, list[int]] = {}
    for group, home in enumerate(homes):
        if group in related and (groups.around[group] or groups.within[group]):
            inner.setdefault(home, []).append(group)
    waiting = [group for group in inner.get(None, ())[::-1] if group in inner]
    while waiting:
        group = waiting.pop()
        yield Line(_in_tree(found, groups, group, homes[group]), depths[group])
        waiting += inner.get(group, [])[::-1]


def _depths(groups: Order) -> list[int]:
    """For each group how many are around it, one around the other, at most."""
    depths = [0] * len(groups.groups)
    open_ones = [len(around) for around in groups.around]
    waiting = [group for group, many in enumerate(open_ones) if not many]
    while waiting:
        group = waiting.pop()
        for one in groups.within[group]:
            depths[one] = max(depths[one], depths[group] + 1)
            open_ones[one] -= 1
            if not open_ones[one]:
                waiting.append(one)
    return depths


def _in_tree(found: EntityOverlaps, groups: Order, group: int, home: int | None) -> str:
    """The name of a group, and what else is to be said of what is around it."""
    others = [one for one in groups.around[group] if one != home]
    maybe = [one for one in groups.around[group] if not _is_smaller(found, groups, group, one)]
    said = [f"also in {_names(found, groups, others, MOST_NAMES // 3)}"] if others else []
    said += [f"perhaps equal to {_names(found, groups, maybe, MOST_NAMES // 3)}"] if maybe else []
    return _name(found, groups, group) + (f" ({'; '.join(said)})" if said else "")


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


def families(found: EntityOverlaps, groups: Order) -> dict[str, list[int]]:
    """For each segmentation the groups of its stages."""
    of = {place: number for number, group in enumerate(groups.groups) for place in group}
    stages = [(name.partition(".")[0], place) for place, name in enumerate(found.names) if "." in name]
    return {
        name: sorted({of[place] for _, place in own if place in of})
        for name, own in groupby(stages, key=lambda stage: stage[0])
    }


def _apart(found: EntityOverlaps, groups: Order, most: int | None) -> Iterator[Line]:
    own = sum(1 << number for number, group in enumerate(groups.groups) if _is_chosen(found, group))
    stages = families(found, groups)
    said = apart(groups, list(stages.values()), own)
    of = {tuple(family): name for name, family in stages.items()}
    for clique in said.cliques:
        if clique in of:
            labels = [name.partition(".")[2] for name in found.names if name.startswith(f"{of[clique]}.")]
            yield Line(f"the stages of {of[clique]}: {_listed(labels, most)}")
        else:
            yield Line(_names(found, groups, clique, most))
    for centre, others in said.stars:
        each = "and each of: " if len(others) > 1 else "and "
        yield Line(f"{_name(found, groups, centre)}, {each}{_names(found, groups, others, most)}")


def _unknown(found: EntityOverlaps, groups: Order, most: int | None) -> Iterator[tuple[str, Iterator[Line]]]:
    """What was neither proven nor seen, by what it is that is not known.

    How a segment lies that nobody may be in goes without saying: nothing more is known of it.
    """
    lattice = found.lattice
    shown = lattice.nobody | set_of(place for place in range(lattice.size) if lattice.meets[place])
    yield (
        f"not known: whether any {found.entity} can be in these, and so who is in both",
        _of_places(found, found.chosen & ~shown, most),
    )
    by_doubt: dict[str, list[tuple[int, int]]] = {}
    for first, second in group_pairs(found, groups, "unknown"):
        if all(shown >> groups.groups[group][0] & 1 for group in (first, second)):
            by_doubt.setdefault(_doubt(found, groups, first, second), []).append((first, second))
    for doubt, pairs in by_doubt.items():
        yield f"not known: {doubt}", _by_first(found, groups, pairs, most)


def _by_first(
    found: EntityOverlaps, groups: Order, pairs: Sequence[tuple[int, int]], most: int | None
) -> Iterator[Line]:
    """A line for each segment with those that it makes pairs with."""
    for first, own in groupby(pairs, key=lambda pair: pair[0]):
        yield Line(f"{_name(found, groups, first)} and {_names(found, groups, [second for _, second in own], most)}")


def _doubt(found: EntityOverlaps, groups: Order, first: int, second: int) -> str:
    one, other = groups.groups[first][0], groups.groups[second][0]
    lattice, rows = found.lattice, plural(found.entity)
    if not lattice.meets[one] >> other & 1:
        of_data = "" if found.members is None else f" (none of these {found.members.rows:,} does)"
        doubt = f"whether they share {rows}{of_data}"
    elif lattice.leaves[one] >> other & 1 or lattice.leaves[other] >> one & 1:
        doubt = f"they share {rows}, and one may be inside the other"
    else:
        doubt = f"they share {rows}, and may be equal, or one inside the other"
    is_undecided = (lattice.undecided[one] >> other | lattice.undecided[other] >> one) & 1
    return doubt + ("; more --work may tell" if is_undecided else "")


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
    left = len(pairs) - len(shown)
    rest = f"{left:,} more {'pair' if left == 1 else 'pairs'}" if left else None
    return [_overlap(found, groups, *pair) for pair in shown], rest


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
        place = found.plainest(within, without)
        if place is not None:
            examples.append((title, found.line(place, (one, other))))
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


def _names(found: EntityOverlaps, groups: Order, some: Iterable[int], most: int | None) -> str:
    return _listed([_name(found, groups, group) for group in some], most)


def _listed(names: Sequence[str], most: int | None) -> str:
    """Names with commas, the last ones as a number where that leaves out several."""
    if most is None or len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most:,} more"
