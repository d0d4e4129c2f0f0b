"""A lattice made short enough to read: equal segments in one group, only the nearest of what is around each group,
and of segments that are apart the largest sets of which no two meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segrules.workflows.proving.lattice import Lattice, places, set_of

MOST_CLIQUES = 200


@dataclass(frozen=True, slots=True)
class Order:
    """The groups of equal segments that somebody can be in, by places of segments, and how the groups lie.

    around: for each group the nearest groups that it is inside of, without that of everybody, which all are inside of;
    apart: the set of groups that it is apart from, as a number.
    """

    groups: tuple[tuple[int, ...], ...]
    around: tuple[tuple[int, ...], ...]
    apart: tuple[int, ...]

    @property
    def within(self) -> tuple[tuple[int, ...], ...]:
        """For each group those right inside of it."""
        found: list[list[int]] = [[] for _ in self.groups]
        for group, around in enumerate(self.around):
            for one in around:
                found[one].append(group)
        return tuple(map(tuple, found))


@dataclass(frozen=True, slots=True)
class Apart:
    """Which groups are apart, said in few words. What lies inside of one of them is apart, too.

    cliques: sets of groups of which no two meet; stars: a group, and groups that it meets none of.
    """

    cliques: tuple[tuple[int, ...], ...]
    stars: tuple[tuple[int, tuple[int, ...]], ...]


def order(found: Lattice) -> Order:
    """The groups, each at the place of its first segment, and the order among them."""
    inside, nobody = found.proofs.inside, found.nobody
    holds = [0] * found.size
    for place, mask in enumerate(inside):
        for one in places(mask & ~nobody if not nobody >> place & 1 else 0):
            holds[one] |= 1 << place
    groups = []
    for place in range(found.size):
        same = inside[place] & holds[place]
        if same and same & -same == 1 << place:
            groups.append(tuple(places(same)))
    of = {place: number for number, group in enumerate(groups) for place in group}
    larger = [
        set_of(of[one] for one in places(inside[group[0]] & ~found.proofs.everybody) if one in of) & ~(1 << number)
        for number, group in enumerate(groups)
    ]
    apart = [set_of(of[one] for one in places(found.proofs.apart[group[0]]) if one in of) for group in groups]
    return Order(tuple(groups), tuple(tuple(places(_nearest(mask, larger))) for mask in larger), tuple(apart))


def _nearest(mask: int, larger: Sequence[int]) -> int:
    """Those of a set that are around no other one of it."""
    for one in places(mask):
        mask &= ~larger[one]
    return mask


def apart(found: Order, families: Sequence[Sequence[int]] = (), chosen: int = -1) -> Apart:
    """Which groups are apart, where one of two is chosen. families: sets of groups to be named together if they can be.

    Only the largest groups are named: that a part of one is apart from another one goes without saying.
    """
    open_pairs = _largest(found)
    open_pairs = [mask if chosen >> group & 1 else mask & chosen for group, mask in enumerate(open_pairs)]
    cliques: list[tuple[int, ...]] = []
    for family in families:
        mask = set_of(family)
        is_asked = len(family) > 2 and chosen & mask
        if is_asked and all(mask & ~(1 << one) & ~found.apart[one] == 0 for one in family):
            cliques.append(tuple(places(mask)))
            _close_pairs(open_pairs, mask)
    while len(cliques) < MOST_CLIQUES:
        clique = _clique(open_pairs, found.apart)
        if clique.bit_count() < 3:
            break
        cliques.append(tuple(places(clique)))
        _close_pairs(open_pairs, clique)
    return Apart(tuple(cliques), tuple(_stars(open_pairs)))


def _largest(found: Order) -> list[int]:
    """For each group those that it is apart from, while nothing around either is apart from the other."""
    mine = list(found.apart)
    for group, around in enumerate(found.around):
        for one in around:
            mine[group] &= ~found.apart[one]
    return [set_of(one for one in places(mask) if mine[one] >> group & 1) for group, mask in enumerate(mine)]


def _close_pairs(open_pairs: list[int], clique: int) -> None:
    for one in places(clique):
        open_pairs[one] &= ~clique


def _clique(open_pairs: Sequence[int], apart: Sequence[int]) -> int:
    """A large set of groups that are all apart, from the one with the most open pairs on; each closes some."""
    start = max(range(len(open_pairs)), key=lambda group: open_pairs[group].bit_count(), default=None)
    if start is None or not open_pairs[start]:
        return 0
    clique, candidates = 1 << start, apart[start]
    while candidates:
        best = max(
            places(candidates),
            key=lambda one: ((open_pairs[one] & clique).bit_count(), (open_pairs[one] & candidates).bit_count(), -one),
        )
        if not open_pairs[best] & clique:
            break
        clique |= 1 << best
        candidates &= apart[best]
    return clique


def _stars(open_pairs: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    """What is left, by the groups with the most open pairs."""
    stars: list[tuple[int, tuple[int, ...]]] = []
    while True:
        centre = max(range(len(open_pairs)), key=lambda group: open_pairs[group].bit_count(), default=None)
        if centre is None or not open_pairs[centre]:
            return stars
        stars.append((centre, tuple(places(open_pairs[centre]))))
        for one in places(open_pairs[centre]):
            open_pairs[one] &= ~(1 << centre)
        open_pairs[centre] = 0
