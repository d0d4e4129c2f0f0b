"""What is said of segments: nothing is left out unsaid, each group stands once, and doubts are told apart."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from segrules.report.hasse import MOST_BOXES, hasse_svg
from segrules.report.lattice import lattice_parts
from segrules.report.lattice_words import MOST_LINES, headline, overlapping, sections
from segrules.report.relation_matrix import MOST_SEGMENTS, matrix_svg
from segrules.workflows.proving.lattice import Proofs, lattice, set_of
from segrules.workflows.proving.members import members_of
from segrules.workflows.proving.order import order
from segrules.workflows.proving.overlaps import EntityOverlaps

NOTHING = Proofs((0, 0), (0, 0))
ONLY_FIRST, ONLY_SECOND, BOTH = 0b01, 0b10, 0b11


def found(proofs: Proofs, rows: list[int], undecided: tuple[int, ...] = (), names: str = "ab") -> EntityOverlaps:
    size = len(proofs.apart)
    own = tuple(names) if len(names) == size else tuple(f"s{place}" for place in range(size))
    return EntityOverlaps(
        "company", "z3", own, (None,) * size, ((),) * size, 0, (1 << size) - 1, lattice(proofs, rows, undecided), ()
    )


def said(own: EntityOverlaps, *, is_whole: bool = False) -> dict[str, list[str]]:
    told = sections(own, order(own.lattice), is_whole=is_whole)
    return {section.title: [line.text for line in section.lines] for section in told}


@pytest.mark.parametrize(
    ("rows", "doubt"),
    [
        ([ONLY_FIRST, ONLY_SECOND], "whether they share companies"),
        ([BOTH, ONLY_FIRST], "they share companies, and one may be inside the other"),
        ([BOTH], "they share companies, and may be equal, or one inside the other"),
    ],
)
def test_doubts_say_what_is_known_and_what_is_not(rows: list[int], doubt: str) -> None:
    own = found(NOTHING, rows)
    assert said(own) == {f"not known: {doubt}": ["a and b"]}
    assert headline(own) == "company: 2 segments, 1 pair: 1 not known"
    undecided = found(NOTHING, rows, (0b10, 0b01))
    assert said(undecided) == {f"not known: {doubt}; more --work may tell": ["a and b"]}


def test_pairs_that_no_list_has_are_counted_by_themselves() -> None:
    """Of a that has nobody, b that has everybody, and c and d, where nobody was seen who is in d alone."""
    proofs = Proofs((0b1, 0, 0, 0), (0, 0, 0, 0b100), 0b10)
    assert headline(found(proofs, [0b0010, 0b0110, 0b1110], names="abcd")) == (
        "company: 4 segments, 6 pairs: 1 inside, 3 with nobody in one, 2 with everybody in one"
    )
    assert headline(found(Proofs((1, 2), (0, 0)), [])) == "company: 2 segments, 1 pair: 1 with nobody in one"


def test_a_segment_of_which_no_row_was_seen_may_have_none() -> None:
    title = "not known: whether any company can be in these, and so who is in both"
    assert said(found(NOTHING, [ONLY_FIRST])) == {title: ["b"]}


def test_what_lies_inside_may_be_equal_where_no_row_of_the_larger_one_alone_was_seen() -> None:
    inside = Proofs((0, 0), (0b10, 0))
    (lines,) = said(found(inside, [BOTH])).values()
    assert lines == ["b", "a (perhaps equal to b)"]
    (lines,) = said(found(inside, [BOTH, ONLY_SECOND])).values()
    assert lines == ["b", "a"]


def test_where_no_row_of_the_data_is_in_both_that_is_said() -> None:
    own = found(NOTHING, [ONLY_FIRST, ONLY_SECOND])
    counted = replace(own, members=members_of(2, [(1, 5), (2, 7)]))
    assert said(counted) == {"not known: whether they share companies (none of these 12 does)": ["a and b"]}


def chain(size: int) -> Proofs:
    """Each segment inside of those behind it."""
    whole = (1 << size) - 1
    return Proofs((0,) * size, tuple(whole & ~((1 << place) - 1) for place in range(size)))


def test_each_group_stands_once_however_many_are_around_it() -> None:
    diamond = Proofs((0,) * 4, (0b1110, 0b1000, 0b1000, 0))
    own = found(diamond, [0b1111, 0b1010, 0b1100, 0b1000], names="abcd")
    (section,) = sections(own, order(own.lattice))
    assert [(line.text, line.depth) for line in section.lines] == [("d", 0), ("b", 1), ("a (also in c)", 2), ("c", 1)]


def test_long_lists_end_with_how_much_is_left() -> None:
    size = MOST_LINES + 5
    own = found(chain(size), [set_of(range(place, size)) for place in range(size)])
    (section,) = sections(own, order(own.lattice))
    assert (len(section.lines), section.rest) == (MOST_LINES, "5 more lines")
    (whole,) = sections(own, order(own.lattice), is_whole=True)
    assert (len(whole.lines), whole.rest) == (size, None)
    assert whole.lines[-1].depth == size - 1


def test_many_names_in_a_line_end_with_how_many_are_left() -> None:
    size = 20
    apart = Proofs(tuple(((1 << size) - 1) & ~(1 << place) for place in range(size)), (0,) * size)
    own = found(apart, [1 << place for place in range(size)])
    (line,) = said(own)["apart: no company is in two of these"]
    assert line.endswith("s13, s14 and 5 more")
    (line,) = said(own, is_whole=True)["apart: no company is in two of these"]
    assert line.endswith("s18, s19")


def test_pairs_with_the_most_members_come_first() -> None:
    rows = [0b011, 0b110, 0b101, 0b001, 0b010, 0b100]
    plain = found(Proofs((0,) * 3, (0,) * 3), rows, names="abc")
    own = replace(plain, members=members_of(3, zip(rows, [1, 30, 4, 2, 2, 2], strict=True)))
    pairs, rest = overlapping(own, order(own.lattice), 2)
    assert [(pair.first, pair.second) for pair in pairs] == [("b", "c"), ("a", "c")]
    assert pairs[0].members == "30 in both, of 33 in b and 36 in c"
    assert rest == "1 more pair"


def test_pictures_are_left_out_where_there_is_too_much_or_too_little() -> None:
    large = found(chain(MOST_BOXES + 1), [])
    assert hasse_svg(large, order(large.lattice)) is None
    assert matrix_svg(large) is None
    page = "".join(lattice_parts(large))
    assert f"{MOST_BOXES + 1} segments lie inside of others: too many for a picture" in page
    assert f"{MOST_BOXES + 1} segments are too many for a picture of each two" in page
    single = found(Proofs((0,), (0,)), [1], names="a")
    assert hasse_svg(single, order(single.lattice)) is None
    assert matrix_svg(single) is None


def test_a_matrix_of_many_joins_cells_that_say_the_same() -> None:
    own = found(chain(MOST_SEGMENTS), [])
    picture = matrix_svg(own)
    assert picture is not None
    assert picture.count("<rect") == 2 * MOST_SEGMENTS - 2
    assert "s150 lies inside of s151, s152, s153, s154, s155, s156, s157, s158 and 141 more" in picture


def test_a_cell_of_a_segment_and_itself_is_none_of_two_that_are_apart() -> None:
    own = found(Proofs((0b10, 0b01), (0, 0)), [ONLY_FIRST, ONLY_SECOND])
    picture = matrix_svg(own)
    assert picture is not None
    assert picture.count('<path class="itself"') == 2
    assert picture.count('<g class="apart">') == 2
    assert picture.count("–</text>") == 2
    assert '<i class="apart">–</i>apart: nobody is in both</span>' in "".join(lattice_parts(own))


def test_the_page_escapes_names() -> None:
    own = found(Proofs((0, 0), (0b10, 0)), [BOTH, ONLY_SECOND], names="<&")
    page = "\n".join(lattice_parts(own))
    assert not re.search(r"<<|>&<|&\"", page)
    assert ">&amp;<" in page
