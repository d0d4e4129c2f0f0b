"""Tables of counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from segrules.cli.table import counts, share
from segrules.report.plurals import plural


@dataclass(frozen=True)
class Count:
    entity: str
    segment: str
    members: int
    rows: int
    change: int | None = None
    label: str | None = None


@dataclass(frozen=True)
class Outcome:
    counts: tuple[Count, ...]
    as_of: date = date(1998, 6, 30)


def table(*rows: Count) -> str:
    return counts(Outcome(rows))  # type: ignore[arg-type]


def test_a_table_looks_as_the_readme_shows_it() -> None:
    assert table(
        Count("customer", "vip", 95, 2357),
        Count("customer", "lapsed", 638, 2357),
        Count("customer", "once", 1205, 2357),
    ) == (
        "2,357 customers, as of 1998-06-30\n"
        "segment   members   share\n"
        "vip            95    4.0%\n"
        "lapsed        638   27.1%\n"
        "once        1,205   51.1%"
    )


def test_change_is_shown_where_a_run_came_before() -> None:
    assert table(
        Count("customer", "vip", 95, 100, 1200),
        Count("customer", "lapsed", 5, 100, -3),
        Count("customer", "once", 0, 100, 0),
        Count("customer", "added", 0, 100),
    ).split("\n")[1:] == [
        "segment   members   share   change",
        "vip            95   95.0%   +1,200",
        "lapsed          5    5.0%       -3",
        "once            0    0.0%        0",
        "added           0    0.0%      new",
    ]


def test_each_entity_has_a_table() -> None:
    assert table(Count("user", "a", 1, 1), Count("company", "b", 0, 0)) == (
        "1 user, as of 1998-06-30\nsegment   members    share\na               1   100.0%\n\n"
        "0 companies, as of 1998-06-30\nsegment   members   share\nb               0       -"
    )


def test_wide_and_zero_width_names_stand_in_line() -> None:
    lines = table(Count("c", "ลูกค้าที่ดี", 1, 10), Count("c", "好客戶", 2, 10), Count("c", "longername", 3, 10)).split("\n")
    assert lines[2] == "ลูกค้าที่ดี" + " " * (10 - 6) + "         1   10.0%"
    assert lines[3] == "好客戶" + " " * 4 + "         2   20.0%"


def test_names_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in table(Count("c\x1b[2J", "s\x1b[2J", 1, 10))


@pytest.mark.parametrize(
    ("members", "rows", "expected"),
    [
        (0, 10, "0.0%"),
        (10, 10, "100.0%"),
        (1, 10_000_000, "<0.1%"),
        (9_999_999, 10_000_000, ">99.9%"),
        (1, 2000, "0.1%"),
        (5, 10_000, "0.1%"),
        (4, 10_000, "<0.1%"),
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (0, 0, "-"),
    ],
)
def test_shares_never_round_to_nobody_or_everybody(members: int, rows: int, expected: str) -> None:
    assert share(members, rows) == expected


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("customer", "customers"),
        ("company", "companies"),
        ("survey", "surveys"),
        ("box", "boxes"),
        ("branch", "branches"),
        ("sales", "sales"),
        ("user_2", "user_2"),
        ("ลูกค้า", "ลูกค้า"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many
