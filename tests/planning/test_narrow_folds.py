"""Which rows are left out before a fold, and what its aggregates still ask."""

from __future__ import annotations

from planning.test_plan import plan_of

from segrules.planning.nodes import Fold, Pick, Plan, in_order
from segrules.sql import DIALECTS
from segrules.sql.expressions import condition


def picked(plan: Plan) -> list[str]:
    picks = (node for node in in_order(plan.root) if isinstance(node, Pick))
    return [condition(node.where, DIALECTS["duckdb"]).sql("duckdb") for node in picks]


def asked(plan: Plan) -> list[int]:
    """How many tests each aggregate is left with."""
    folds = (node for node in in_order(plan.root) if isinstance(node, Fold))
    values = (column.value for fold in folds for column in fold.columns)
    return [sum(len(test.items) for test in (node.window, node.where) if test is not None) for node in values]


def traits(*rules: str) -> Plan:
    names = [f"t{number}" for number in range(len(rules))]
    return plan_of(
        "\n".join(["traits:", *(f"  {name}: {rule}" for name, rule in zip(names, rules, strict=True))]), *names
    )


DAY = "\"ordered_at\" >= CAST('2026-01-{} 00:00:00' AS TIMESTAMP)"


def test_the_widest_window_is_looked_at() -> None:
    made = traits("count(orders in last 7 days)", "sum(orders.amount in last 14 days)")
    assert picked(made) == [DAY.format(18)]
    assert asked(made) == [1, 0]


def test_a_test_that_all_have_is_made_once() -> None:
    made = traits("count(orders where channel == 'web' in last 7 days)", "any(orders where channel == 'web')")
    assert picked(made) == ["\"channel\" = 'web'"]
    assert asked(made) == [1, 0]


def test_an_aggregate_of_all_rows_keeps_them_all() -> None:
    assert picked(traits("count(orders in last 7 days)", "count(orders)")) == []


def test_what_every_row_is_asked_leaves_no_row_out() -> None:
    assert picked(traits("every(orders where amount > 5)", "share(orders where amount > 5)")) == []
    assert picked(traits("every(orders where amount > 5 in last 7 days)")) == [DAY.format(25)]


def test_bounds_of_other_columns_and_directions_are_no_common_ones() -> None:
    assert picked(traits("count(orders where amount > 5)", "count(orders where amount >= 5)")) == []
    assert picked(traits("count(orders where amount > 5)", "count(orders where amount < 5)")) == []


def test_of_two_bounds_in_one_aggregate_the_weakest_of_all_counts() -> None:
    made = traits("count(orders where amount > 5 and amount > 7)", "count(orders where amount > 6)")
    assert picked(made) == ['"amount" > 5']
    assert asked(made) == [1, 1]
