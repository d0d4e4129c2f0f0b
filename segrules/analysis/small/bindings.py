"""What things leave of each other: folds of narrower rows, two values in an order, tests of one text or list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from segrules.analysis.small import texts
from segrules.analysis.small.bonds import AtMost, bonds
from segrules.analysis.small.extremes import extremes, is_extreme
from segrules.analysis.small.folds import Fold
from segrules.analysis.small.formulas import FALSE, Thing
from segrules.analysis.small.known_things import ORDER
from segrules.analysis.small.theory import Theory
from segrules.analysis.small.values import Edge, Values, compared

if TYPE_CHECKING:
    from segrules.analysis.small.search import Search

Narrowing = Iterator[tuple[Thing, Values]]

_NO, _YES, _SOME = compared("==", 0).on_grid(1), compared("==", 1).on_grid(1), compared(">=", 1).on_grid(1)


def narrowed(theory: Theory, state: Mapping[Thing, Values], changed: Iterable[Thing], search: Search) -> Narrowing:
    """What is left of things where those bind them that changed."""
    changed = tuple(changed)
    for group in dict.fromkeys(thing.group for thing in changed if thing.group is not None):
        members = {thing: values for thing, values in state.items() if thing.group == group}
        match group[0]:
            case "text" if len(members) > 1:
                yield from texts.bindings(members)
            case "list" if len(members) > 1:
                yield from _lists(members)
            case "rows":
                yield from _rows(theory, members, [thing for thing in changed if thing.group == group], search)
    for thing in tuple(state):
        if thing.group == ORDER:
            yield from _order(thing, state)
            yield from _order_of_rows(theory, thing, state, search)


def _lists(members: Mapping[Thing, Values]) -> Narrowing:
    """A list is at least as long as different values are in it."""
    held = [thing for thing, values in members.items() if thing.about[0] == "has" and values == _YES]
    for thing, values in members.items():
        if thing.about[0] != "length":
            continue
        if held:
            yield thing, compared(">=", len(held)).or_missing()
        high = values.high
        if high is not None and high <= (1, 0) and not values.missing:
            yield from ((other, _NO) for other in members if other.about[0] == "has")


def _rows(theory: Theory, members: Mapping[Thing, Values], changed: Iterable[Thing], search: Search) -> Narrowing:
    counts = [thing for thing in members if isinstance(thing.about, Fold) and thing.about.function == "count"]
    ends = [thing for thing in members if isinstance(thing.about, Fold) and is_extreme(thing.about)]
    is_counted = False
    for thing in changed:
        if isinstance(thing.about, Fold) and thing.about.function == "count":
            is_counted = True
            facts = search.implied(thing.about.rows, FALSE)
            if facts is not None and search.without.isdisjoint(facts):
                search.used.update(dict.fromkeys(facts))
                yield thing, _NO
            for end in ends:
                yield from extremes(theory, end, thing, members, search)
        elif thing in ends:
            for count in counts:
                yield from extremes(theory, thing, count, members, search)
        for other in members:
            if other is not thing and bonds(theory, thing, other, search.implied):
                yield from _bonded(theory, thing, other, members, search)
    if is_counted:
        yield from _covered(theory, members, counts, search)


def _bonded(theory: Theory, thing: Thing, other: Thing, members: Mapping[Thing, Values], search: Search) -> Narrowing:
    for bond in _active(theory, thing, other, members, search):
        found = tuple(_at_most(bond, members[bond.low], members[bond.high]))
        search.used.update(dict.fromkeys(bond.facts if found else ()))
        yield from found


def _covered(theory: Theory, members: Mapping[Thing, Values], counts: Iterable[Thing], search: Search) -> Narrowing:
    """No row is among some that are all of kinds of which there is none."""
    none = tuple(thing.about.rows for thing in counts if members[thing] == _NO)
    some = [thing for thing in counts if not members[thing].has(0)]
    if len(none) < 2 or not some:
        return
    if none not in theory.known:
        theory.known[none] = theory.formulas.some_of(none)
    for thing in some:
        facts = search.implied(thing.about.rows, theory.known[none])
        if facts is not None and search.without.isdisjoint(facts):
            search.used.update(dict.fromkeys(facts))
            yield thing, _NO


def _active(
    theory: Theory, one: Thing, other: Thing, state: Mapping[Thing, Values], search: Search
) -> Iterator[AtMost]:
    """The bonds of two folds that hold by what is told."""
    for bond in bonds(theory, one, other, search.implied):
        if search.without.isdisjoint(bond.facts) and (bond.guard is None or _has_rows(bond.guard, state)):
            yield bond


def _has_rows(guard: Thing, members: Mapping[Thing, Values]) -> bool:
    return guard in members and (members[guard] & _SOME) == members[guard]


def _at_most(bond: AtMost, low: Values, high: Values) -> Narrowing:
    """What is left of two things of which the first is never the larger one."""
    if low.missing or high.missing:
        return
    least, most = low.low, high.high
    if least is not None:
        least = bond.loosened_down(least)
        if high.low is None or high.low < least:
            yield bond.high, Values((least,))
    if most is not None:
        most = bond.loosened_up(most)
        if low.high is None or low.high > most:
            yield bond.low, Values((most,), below=True)


def _order(thing: Thing, state: Mapping[Thing, Values]) -> Narrowing:
    """How two values stand to each other, and what is left of them where that is told."""
    left, right = thing.about
    if left is None or right is None or left not in state or right not in state:
        return
    one, other, order = state[left], state[right], state[thing]
    if one.missing or other.missing:
        return
    if not order.has(1):  # left <= right, or < where they are never equal
        yield from _before(left, one, right, other, strictly=not order.has(0))
    if not order.has(-1):
        yield from _before(right, other, left, one, strictly=not order.has(0))
    if _ends(one, other):
        yield thing, compared("<", 0)
    if _ends(other, one):
        yield thing, compared(">", 0)


def _order_of_rows(theory: Theory, thing: Thing, state: Mapping[Thing, Values], search: Search) -> Narrowing:
    """How two folds of the same rows stand to each other."""
    left, right = thing.about
    if left is None or right is None or left.group != right.group or left.group is None or left.group[0] != "rows":
        return
    if left not in state or right not in state or state[left].missing or state[right].missing:
        return
    for bond in _active(theory, left, right, state, search):
        if not bond.is_loose:
            search.used.update(dict.fromkeys(bond.facts))
            yield thing, compared("<=" if bond.low is left else ">=", 0)


def _before(low: Thing, first: Values, high: Thing, last: Values, *, strictly: bool) -> Narrowing:
    least, most = first.low, last.high
    if least is not None:
        yield high, Values(((least[0], 1) if strictly else least,))
    if most is not None:
        yield low, Values((_strict(most) if strictly else most,), below=True)


def _strict(most: Edge) -> Edge:
    return (most[0], 0)


def _ends(one: Values, other: Values) -> bool:
    """Whether the first ends before the other begins."""
    return one.high is not None and other.low is not None and one.high <= other.low
