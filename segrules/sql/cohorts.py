"""Cohorts followed: how many of the members of one day were seen again, step by step."""

from __future__ import annotations

from sqlglot import exp

from segrules.sql.literals import column, name
from segrules.sql.states import IN, State, aliased, same_key
from segrules.sql.stored import flag


def activity_query(cohort: str, seen: State) -> str:
    """By segment of a cohort: for each step how many were seen in it, then for each how many in it or an earlier one.

    cohort: a table of `key` and `segment`. seen: a state whose bits are the steps; who is not in it was never seen.
    """
    steps = [flag(IN, place, "s") for place in range(len(seen.names))]
    upto = [exp.or_(*(step.copy() for step in steps[: place + 1]), copy=False) for place in range(len(steps))]
    counts = [exp.Anonymous(this="count_if", expressions=[test]) for test in (*steps, *upto)]
    query = exp.Select(expressions=[column("segment", "c"), *counts])
    query = query.from_(exp.Table(this=name(cohort), alias=exp.TableAlias(this=name("c"))), copy=False)
    joined = query.join(aliased(seen, "s"), on=same_key("c", "s"), copy=False)
    return joined.group_by(column("segment", "c"), copy=False).sql("duckdb", pretty=True, copy=False)
