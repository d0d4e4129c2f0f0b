"""Functions over all entity rows in a plan: what is computed once, and apart for each world."""

from __future__ import annotations

from datetime import date

from memory_reader import SHOP, MemoryReader
from planning.test_plan import plan_of

from segrules.planning import plan, references
from segrules.planning.nodes import Fold, Plan, Windows, in_order
from segrules.planning.time import as_of
from segrules.project.loader import load
from segrules.project.resolve import resolve


def windows(made: Plan) -> list[Windows]:
    return [node for node in in_order(made.root) if isinstance(node, Windows)]


def test_equal_windows_are_one_and_all_of_a_step_stand_together() -> None:
    rules = (
        "segments:\n  tenth: in_top(10%, age)\n  fifth: in_top(20%, age)\n  ten: in_top(10, age)\n"
        "  first: rank(age desc) == 1\n  last: in_bottom(10, age)\n"
    )
    (found,) = windows(plan_of(rules, "tenth", "fifth", "ten", "first", "last"))
    assert [item.function for item in found.columns] == ["rank", "count", "rank"]  # from the top, all, from the bottom


def test_rows_that_always_count_need_no_group_of_their_own() -> None:
    (found,) = windows(plan_of("traits: {a: rank(customer_id desc), b: 'rank(age desc)'}", "a", "b"))
    assert [len(item.partition) for item in found.columns] == [0, 1]


def test_all_that_overall_folds_alike_is_one_fold() -> None:
    rules = "traits: {a: overall(median(age)), b: overall(max(age) where age > 5), c: overall(sum(age) by country)}"
    folds = [node for node in in_order(plan_of(rules, "a", "b", "c").root) if isinstance(node, Fold)]
    assert sorted(len(fold.columns) for fold in folds) == [1, 2]


def test_each_world_is_a_population_of_its_own() -> None:
    rules = "traits: {a: rank(age desc), b: 'overall(sum(age) by country)', c: overall(sum(age))}"
    loaded, _ = load(MemoryReader({"segrules.yml": SHOP, "segments/a.yml": rules}))
    assert loaded is not None
    own = resolve(loaded)[0]["customer"]
    made = plan(own, references(own, "abc"), as_of(date(2026, 1, 31), "UTC"), "world")
    assert all(item.partition[0] == "world" for node in windows(made) for item in node.columns)
    folds = [node for node in in_order(made.root) if isinstance(node, Fold)]
    assert {fold.keys[0] for fold in folds} == {"world"}
    assert len(folds) == 2
