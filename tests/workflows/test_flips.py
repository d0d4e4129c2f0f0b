"""How far a value is from making a comparison come out the other way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from segrules.language.core import And, Call, Column, Compare, Duration, Expression, Literal, Not
from segrules.language.types import DATE, DURATION, INTEGER, NUMBER, TEXT, TIMESTAMP, Type, decimal
from segrules.workflows.explaining.flips import flip


def column(type: Type, name: str = "x") -> Column:
    return Column("customer", (), name, type)


def of(test: Expression, value: Any, side: Expression) -> tuple[Any, Any, Any, Any] | None:
    found = flip(test, {side: value})
    return None if found is None else (found.operator, found.bound, found.to, found.by)


X, MONEY, DAY, NAME = column(INTEGER), column(decimal(8, 2)), column(DATE), column(TEXT)


def compare(operator: Any, side: Expression, bound: Any) -> Compare:
    return Compare(operator, side, Literal(bound, side.type))


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        (">=", 4, (">=", 5, 5, 1)),
        (">", 5, (">", 5, 6, 1)),
        (">", 6, ("<=", 5, 5, -1)),
        ("<", 9, ("<", 5, 4, -5)),
        ("<=", 5, (">", 5, 6, 1)),
        ("==", 7, ("==", 5, 5, -2)),
        (">=", None, (">=", 5, 5, None)),
    ],
)
def test_a_whole_number(operator: str, value: int | None, expected: tuple[Any, ...]) -> None:
    assert of(compare(operator, X, 5), value, X) == expected


@pytest.mark.parametrize(("value", "expected"), [(2, ("<=", -1, -1, -3)), (-9, (">=", -7, -7, 2))])
def test_the_nearer_end_of_a_range_is_the_one_that_is_fewer_steps_away(value: int, expected: tuple[Any, ...]) -> None:
    assert of(And((compare(">=", X, -7), compare("<=", X, -1))), value, X) == expected


def test_a_whole_number_against_a_fraction_takes_the_next_whole_one() -> None:
    test = Compare(">=", X, Literal(Decimal("2.5"), decimal(3, 1)))
    assert of(test, 1, X) == (">=", Decimal("2.5"), 3, 2)


def test_money_moves_by_its_smallest_coin() -> None:
    assert of(compare("<", MONEY, 500), Decimal("500.00"), MONEY) == ("<", 500, Decimal("499.99"), Decimal("-0.01"))


def test_money_against_an_inexact_number_stays_exact() -> None:
    weight = column(NUMBER, "w")
    found = flip(Compare(">=", MONEY, weight), {MONEY: Decimal("1.00"), weight: 2.5})
    assert found is not None
    assert (found.to, found.by) == (Decimal("2.5"), Decimal("1.5"))


def test_a_number_moves_to_the_very_next_one() -> None:
    weight = column(NUMBER)
    found = flip(compare("<", weight, 2), {weight: 2.0})
    assert found is not None
    assert 1.9999 < found.to < 2


def test_days_and_instants() -> None:
    assert of(compare(">=", DAY, date(2026, 1, 2)), date(2025, 12, 30), DAY) == (
        *(">=", date(2026, 1, 2)),
        *(date(2026, 1, 2), 3),
    )
    seen, start = column(TIMESTAMP), datetime(2026, 1, 2)
    assert of(compare("<", seen, start), start + timedelta(hours=1), seen) == (
        *("<", start),
        *(start - timedelta(microseconds=1), timedelta(hours=-1, microseconds=-1)),
    )


def test_a_length_of_time() -> None:
    gap = column(DURATION)
    test = Compare(">", gap, Literal(Duration(12, "hour"), DURATION))
    hour = 3_600_000_000
    twelve, one_tick = timedelta(hours=12), timedelta(microseconds=1)
    assert of(test, 14 * hour, gap) == ("<=", twelve, twelve, timedelta(hours=-2))
    assert of(test, 11 * hour, gap) == (">", twelve, twelve + one_tick, timedelta(hours=1) + one_tick)


def test_the_constant_may_stand_first() -> None:
    assert of(Compare("<", Literal(5, INTEGER), X), 3, X) == (">", 5, 6, 3)


def test_of_two_ends_the_nearer_one_counts() -> None:
    between = And((compare(">=", X, 10), compare("<=", X, 20)))
    assert of(between, 18, X) == (">", 20, 21, 3)
    assert of(between, 4, X) == (">=", 10, 10, 6)
    assert of(Not(between), 18, X) == (">", 20, 21, 3)


def test_a_text_has_no_distance() -> None:
    assert of(compare("==", NAME, "TH"), "US", NAME) == ("==", "TH", "TH", None)
    assert of(Not(compare("==", NAME, "TH")), "TH", NAME) == ("!=", "TH", None, None)
    assert of(compare("<", NAME, "TH"), "US", NAME) is None


def test_no_flip_where_the_other_side_moves_along_or_is_missing() -> None:
    sum_of_both = Call("add", (MONEY, column(decimal(8, 2), "y")), decimal(9, 2))
    test = Compare(">", MONEY, sum_of_both)
    assert flip(test, {MONEY: Decimal(1), sum_of_both: Decimal(2)}) is None
    other = column(INTEGER, "y")
    assert flip(Compare(">", X, other), {X: 1, other: None}) is None
    assert flip(Compare("==", Literal(1, INTEGER), Literal(2, INTEGER)), {}) is None
