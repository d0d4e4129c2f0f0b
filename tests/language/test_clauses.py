"""The clauses of a rule as its author wrote them, where the tree has more nodes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shop_scope import understood

from segrules.language.clauses import denies_own_test, is_one_test, words_of, written_clauses
from segrules.language.core import And, Not, Or


def clauses(text: str) -> list[str]:
    node = understood(text)
    assert isinstance(node, And | Or)
    return [words_of(clause) for clause in written_clauses(node)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("age > 3 and balance > 1", ["age > 3", "balance > 1"]),
        ("age between 18 and 65", ["age between 18 and 65"]),
        ("balance > 1 and age between 18 and 65 and age > 3", ["balance > 1", "age between 18 and 65", "age > 3"]),
        ("age between 1 and 9 and age between  2 and 8", ["age between 1 and 9", "age between 2 and 8"]),
        ("age > 3 and age > 3", ["age > 3", "age > 3"]),
        ("age between 1 and 9 or age > 12", ["age between 1 and 9", "age > 12"]),
    ],
)
def test_what_sugar_stands_for_is_one_clause(rule: str, expected: list[str]) -> None:
    assert clauses(rule) == expected


def test_a_clause_of_several_tests_joins_them_at_its_own_place() -> None:
    node = understood("balance > 1 and age between 18 and 65")
    assert isinstance(node, And)
    _, between = written_clauses(node)
    assert between == And(node.items[1:])
    assert is_one_test(between)


def test_a_clause_that_an_alias_repeats_stands_once() -> None:
    node = understood("age between 18 and 65")
    assert isinstance(node, And)
    assert written_clauses(replace(node, items=node.items * 2)) == (node,)
    assert written_clauses(Or((node, node))) == (node,)


def test_nodes_without_a_place_are_clauses_each() -> None:
    node = understood("age between 18 and 65")
    assert isinstance(node, And)
    bare = tuple(replace(item, span=None) for item in node.items)
    assert written_clauses(And(bare)) == bare
    assert words_of(bare[0]) == "?"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("age between 18 and 65", True),
        ("age not between 18 and 65", True),
        ("age != 3", True),
        ("age > 3", False),
        ("not (age > 3)", False),
        ("age > 3 and balance > 1", False),
    ],
)
def test_one_test_is_what_stands_at_one_place(rule: str, expected: bool) -> None:
    assert is_one_test(understood(rule)) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("not (age > 3)", True),
        ("not (age > 3 or balance > 1)", True),
        ("not (age between 18 and 65)", True),
        ("age not between 18 and 65", False),
        ("age != 3", False),
    ],
)
def test_what_a_not_denies_may_be_written_on_its_own(rule: str, expected: bool) -> None:
    node = understood(rule)
    assert isinstance(node, Not)
    assert denies_own_test(node) is expected


def test_a_none_tree_denies_clauses_from_its_own_place() -> None:
    either = understood("age > 3 or balance > 1")
    assert denies_own_test(Not(either, either.span))
