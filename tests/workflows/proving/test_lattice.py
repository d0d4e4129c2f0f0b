"""The lattice says what is so of sets of rows: compared with those sets, row by row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segrules.workflows.proving.lattice import Lattice, Proofs, lattice, places, set_of
from segrules.workflows.proving.order import apart, order

Sets = list[frozenset[int]]
"""The rows of each segment, of the rows that there can be."""

ROWS = range(8)
some_sets = st.lists(st.frozensets(st.sampled_from(ROWS)), max_size=7)


def proofs(sets: Sets) -> Proofs:
    """All that is true of the sets."""
    return Proofs(
        tuple(set_of(at for at, other in enumerate(sets) if not one & other) for one in sets),
        tuple(set_of(at for at, other in enumerate(sets) if one <= other) for one in sets),
        set_of(at for at, one in enumerate(sets) if one >= set(ROWS)),
    )


def rows(sets: Sets, shown: frozenset[int] = frozenset(ROWS)) -> list[int]:
    return [set_of(at for at, one in enumerate(sets) if row in one) for row in ROWS if row in shown]


def known(sets: Sets) -> Lattice:
    return lattice(proofs(sets), rows(sets))


def relation(one: frozenset[int], other: frozenset[int]) -> str:
    if one == other:
        return "equal"
    if not one & other:
        return "apart"
    return "inside" if one < other else "contains" if one > other else "overlapping"


@given(some_sets)
def test_relations_are_those_of_the_sets(sets: Sets) -> None:
    found = known(sets)
    expected = [(i, j, relation(sets[i], sets[j])) for i in range(len(sets)) for j in range(i + 1, len(sets))]
    assert list(found.pairs()) == expected
    assert found.nobody == set_of(at for at, one in enumerate(sets) if not one)


@given(some_sets, st.data())
def test_nothing_wrong_follows_from_some_proofs_and_some_rows(sets: Sets, data: st.DataObject) -> None:
    full = proofs(sets)
    parts = st.integers(0, (1 << len(sets)) - 1)
    some = Proofs(
        tuple(mask & data.draw(parts) for mask in full.apart),
        tuple(mask & data.draw(parts) for mask in full.inside),
        full.everybody & data.draw(parts),
    )
    found = lattice(some, rows(sets, data.draw(st.frozensets(st.sampled_from(ROWS)))))
    for place in range(len(sets)):
        assert some.apart[place] & ~found.proofs.apart[place] == 0
        assert some.inside[place] & ~found.proofs.inside[place] == 0
        assert found.proofs.apart[place] & ~full.apart[place] == 0
        assert found.proofs.inside[place] & ~full.inside[place] == 0
    for first, second, said in found.pairs():
        one, other = sets[first], sets[second]
        holds = {
            "equal": one == other,
            "apart": not one & other,
            "inside": one <= other,
            "contains": one >= other,
            "overlapping": bool(one & other and one - other and other - one),
            "unknown": True,
        }
        assert holds[said]


def test_a_part_of_a_part_and_parts_of_what_is_apart_follow() -> None:
    small, middle, large, other, part = range(5)
    found = lattice(
        Proofs(
            (0, 0, 1 << other, 0, 0),
            (1 << middle, 1 << large, 0, 0, 1 << other),
        ),
        [],
    )
    assert found.relation(small, large) == "inside"
    assert found.relation(small, part) == "apart"
    assert found.relation(part, small) == "apart"
    assert found.relation(large, small) == "contains"


def test_what_is_inside_of_something_that_it_is_apart_from_has_nobody() -> None:
    found = lattice(Proofs((0b10, 0, 0), (0b10, 0, 0)), [])
    assert found.nobody == 0b1
    assert found.relation(0, 2) == "apart"


@given(some_sets, st.data())
def test_the_rows_that_are_in_some_segments_and_not_in_others(sets: Sets, data: st.DataObject) -> None:
    at = st.frozensets(st.integers(0, len(sets) - 1)) if sets else st.just(frozenset())
    within, without = data.draw(at), data.draw(at)
    fit = [row for row in ROWS if all(row in sets[i] for i in within) and not any(row in sets[i] for i in without)]
    assert list(places(known(sets).rows_in(within, without))) == fit


@given(some_sets)
def test_groups_are_the_different_sets_that_somebody_is_in(sets: Sets) -> None:
    groups = order(known(sets)).groups
    assert sorted(place for group in groups for place in group) == [at for at, one in enumerate(sets) if one]
    assert len({sets[group[0]] for group in groups}) == len(groups)
    assert all(len({sets[place] for place in group}) == 1 for group in groups)


@given(some_sets)
def test_the_nearest_around_each_group_tell_all_that_is_around_it(sets: Sets) -> None:
    found = order(known(sets))
    own = [sets[group[0]] for group in found.groups]
    larger = [{at for at, other in enumerate(own) if one < other and not other >= set(ROWS)} for one in own]
    reached: list[set[int]] = [set() for _ in own]
    for at in sorted(range(len(own)), key=lambda at: -len(own[at])):
        for around in found.around[at]:
            reached[at] |= {around} | reached[around]
            assert not any(around in larger[other] for other in found.around[at])
    assert reached == larger


@given(some_sets)
def test_what_is_said_to_be_apart_tells_all_pairs_and_no_other(sets: Sets) -> None:
    found = order(known(sets))
    own = [sets[group[0]] for group in found.groups]
    said = apart(found)
    pairs = {(a, b) for clique in said.cliques for a in clique for b in clique if a != b}
    pairs |= {pair for centre, others in said.stars for one in others for pair in ((centre, one), (one, centre))}
    assert all(not own[a] & own[b] for a, b in pairs)
    for one in own:
        for other in own:
            implied = any(one <= own[c] and other <= own[d] for c, d in pairs)
            assert implied == (not one & other)


def test_a_family_is_named_as_a_whole_where_no_two_of_it_meet() -> None:
    sets = [frozenset({0}), frozenset({1}), frozenset({2}), frozenset({3}), frozenset({1, 2})]
    found = order(known(sets))
    assert apart(found, [[0, 1, 2]]).cliques[0] == (0, 1, 2)
    assert apart(found, [[0, 1, 4]]).cliques[0] != (0, 1, 4)


@given(st.integers(0, 1 << 80))
def test_a_set_has_its_places(mask: int) -> None:
    assert set_of(places(mask)) == mask
