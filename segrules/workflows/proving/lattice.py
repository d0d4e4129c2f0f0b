"""How the segments of an entity lie to each other: what is known of each two.

A set of segments is a number here: the segment at place j is in it if its bit j is set. A thousand segments have half
a million pairs, and a number asks about a thousand of them at once. Sets of rows are numbers in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

Relation = OneOf["equal", "inside", "contains", "overlapping", "apart", "unknown"]
"""`inside`: each row of the first is in the second, and `contains` the other way round; where both hold, it is
`equal`. `unknown`: what is proven and what rows show leaves more than one of these."""
RELATIONS: tuple[Relation, ...] = ("equal", "inside", "contains", "overlapping", "apart", "unknown")


@dataclass(frozen=True, slots=True)
class Proofs:
    """What is proven of segments, by their places: `apart[i]` is the set of those that i is apart from.

    apart: no row is in both (i apart from itself: nobody is in it). inside: each row of i is in them. everybody: the
    set of those that each row is in.
    """

    apart: tuple[int, ...]
    inside: tuple[int, ...]
    everybody: int = 0


@dataclass(frozen=True, slots=True)
class Lattice:
    """What is known of each two segments, by their places.

    rows: how many rows are known to be possible; takes: for each segment the set of those that it takes in. meets: the
    set of segments that have a row together with i (i itself: it has a row); leaves: of those that some row of i is
    not in. undecided: of those about which more work might prove more.
    """

    size: int
    proofs: Proofs
    rows: int
    takes: tuple[int, ...]
    meets: tuple[int, ...]
    leaves: tuple[int, ...]
    undecided: tuple[int, ...]

    @property
    def nobody(self) -> int:
        """The set of segments that no row can be in."""
        return set_of(place for place in range(self.size) if self.proofs.apart[place] >> place & 1)

    def relation(self, first: int, second: int) -> Relation:
        """How the first lies to the second. Of two that nobody can be in: equal; of one of these and another: apart."""
        is_inside = self.proofs.inside[first] >> second & 1
        has_inside = self.proofs.inside[second] >> first & 1
        if is_inside and has_inside:
            return "equal"
        if self.proofs.apart[first] >> second & 1:
            return "apart"
        if is_inside:
            return "inside"
        if has_inside:
            return "contains"
        shown = self.meets[first] >> second & self.leaves[first] >> second & self.leaves[second] >> first & 1
        return "overlapping" if shown else "unknown"

    def pairs(self, chosen: int = -1) -> Iterator[tuple[int, int, Relation]]:
        """Each two places, the smaller first, of which one is chosen, and how they lie to each other."""
        for first in range(self.size):
            for second in range(first + 1, self.size):
                if (chosen >> first | chosen >> second) & 1:
                    yield first, second, self.relation(first, second)

    def rows_in(self, within: Iterable[int], without: Iterable[int] = ()) -> int:
        """The set of the rows that are in each of some segments, and in none of others."""
        found = (1 << self.rows) - 1
        for place in within:
            found &= self.takes[place]
        for place in without:
            found &= ~self.takes[place]
        return found


def places(mask: int) -> Iterator[int]:
    """The places in a set, in order."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def set_of(found: Iterable[int]) -> int:
    """The set of some places."""
    mask = 0
    for place in found:
        mask |= 1 << place
    return mask


def lattice(proofs: Proofs, rows: Sequence[int], undecided: Sequence[int] = ()) -> Lattice:
    """What follows from proofs, and from rows that are known to be possible: of each the set of segments it is in."""
    size = len(proofs.apart)
    takes, meets, leaves = [0] * size, [0] * size, [0] * size
    for at, mask in enumerate(rows):
        note_row(mask, meets, leaves)
        for place in places(mask):
            takes[place] |= 1 << at
    return Lattice(
        size,
        followed(proofs),
        len(rows),
        tuple(takes),
        tuple(meets),
        tuple(leaves),
        tuple(undecided) or (0,) * size,
    )


def note_row(mask: int, meets: list[int], leaves: list[int]) -> None:
    """Notes what a row says that is in a set of segments: which of them meet, and which ones each leaves."""
    others = ((1 << len(meets)) - 1) & ~mask
    for place in places(mask):
        meets[place] |= mask
        leaves[place] |= others


def followed(proofs: Proofs) -> Proofs:
    """The proofs with what follows: a part of a part is a part, and parts of what is apart are apart.

    What is inside of something that it is apart from has nobody, and that is inside of all and apart from all.
    """
    size = len(proofs.apart)
    whole = (1 << size) - 1
    inside = [mask | 1 << place for place, mask in enumerate(proofs.inside)]
    apart = list(proofs.apart)
    everybody = proofs.everybody
    while True:
        before = (list(inside), list(apart))
        _close(inside)
        for place in places(everybody):
            everybody |= inside[place]
        inside = [mask | everybody for mask in inside]
        _spread(apart, inside)
        nobody = set_of(place for place in range(size) if apart[place] & inside[place])
        inside = [whole if nobody >> place & 1 else mask for place, mask in enumerate(inside)]
        apart = [whole if nobody >> place & 1 else mask | nobody for place, mask in enumerate(apart)]
        if before == (inside, apart):
            return Proofs(tuple(apart), tuple(inside), everybody)


def _close(inside: list[int]) -> None:
    """Puts into each set what those in it are inside of."""
    for through, around in enumerate(inside):
        for place, mask in enumerate(inside):
            if mask >> through & 1:
                inside[place] = mask | around


def _spread(apart: list[int], inside: Sequence[int]) -> None:
    """Puts into each set what a larger segment is apart from, and makes it go both ways."""
    for place, around in enumerate(inside):
        for one in places(around):
            apart[place] |= apart[one]
    for place, mask in enumerate(tuple(apart)):
        for one in places(mask):
            apart[one] |= 1 << place
