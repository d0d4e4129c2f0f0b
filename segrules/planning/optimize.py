"""The passes over a plan, in order. After each, the plan gives the same columns."""

from __future__ import annotations

from collections.abc import Callable

from segrules.planning.merge_aggregates import merge_aggregates
from segrules.planning.narrow_folds import narrow_folds
from segrules.planning.nodes import Plan
from segrules.planning.share_predicates import share_predicates

PASSES: tuple[Callable[[Plan], Plan], ...] = (merge_aggregates, narrow_folds, share_predicates)


def optimize(plan: Plan) -> Plan:
    """The plan after every pass."""
    for improve in PASSES:
        better = improve(plan)
        if (better.keys, better.outputs, better.carried) != (plan.keys, plan.outputs, plan.carried):
            raise AssertionError(f"{improve.__name__} changed what the plan gives")
        plan = better
    return plan
