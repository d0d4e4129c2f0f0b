"""Drafts for which a rule and a mutant of it are likely to differ: all else holds, and only the change decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from segrules.language.core import (
    Aggregate,
    And,
    Column,
    Compare,
    Expression,
    If,
    Literal,
    Membership,
    Or,
    Reference,
)
from segrules.language.trees import children, walk, with_children
from segrules.workflows.mutating.draft_rows import add_row, expanded, give_value, set_moment, set_time, some_rows
from segrules.workflows.mutating.draft_values import Cells, Draft, Maker, Scopes, some_value
from segrules.workflows.mutating.drafts import give, hold
from segrules.workflows.mutating.near_values import near


def lead(rule: Expression, mutant: Expression, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """Sets values so that what differs between a rule and its mutant decides."""
    parts = _different_parts(rule, mutant)
    if parts is None:
        if isinstance(rule, Aggregate) and isinstance(mutant, Aggregate):
            _lead_rows(rule, mutant, None, scopes, draft, maker)
        else:
            _differ(rule, mutant, scopes, draft, maker)
        return
    one, two = parts
    match rule:
        case And(items=items) | Or(items=items):
            leads_first = maker.luck.random() < 0.5
            if leads_first:
                lead(one, two, scopes, draft, maker)
            for item in items:
                if item is not one:
                    hold(item, isinstance(rule, And), scopes, draft, maker)
            if not leads_first:
                lead(one, two, scopes, draft, maker)
        case If(arms=arms):
            for condition, value in arms:
                if condition is one or value is one:
                    break
                hold(condition, False, scopes, draft, maker)
            for condition, value in arms:
                if value is one:
                    hold(condition, True, scopes, draft, maker)
            lead(one, two, scopes, draft, maker)
        case Compare(left=Aggregate() as left, right=Literal() as right) if one is left and isinstance(two, Aggregate):
            _lead_rows(left, two, right, scopes, draft, maker)
        case Compare() | Membership():
            if any(isinstance(part, Aggregate) for part in walk(one)) and not isinstance(one, Literal):
                lead(one, two, scopes, draft, maker)
            else:
                _differ(rule, mutant, scopes, draft, maker)
        case Aggregate() if isinstance(mutant, Aggregate):
            _lead_rows(rule, mutant, None, scopes, draft, maker)
        case _:
            lead(one, two, scopes, draft, maker)


def _different_parts(rule: Expression, mutant: Expression) -> tuple[Expression, Expression] | None:
    """The one part in which two expressions differ, if it is one part and nothing else."""
    own, others = children(rule), children(mutant)
    if type(rule) is not type(mutant) or len(own) != len(others):
        return None
    pairs = [(one, two) for one, two in zip(own, others, strict=True) if one != two]
    if len(pairs) != 1:
        return None
    one, two = pairs[0]
    same = with_children(mutant, lambda part: one if part is two else part)
    return pairs[0] if same == rule else None


def _differ(rule: Expression, mutant: Expression, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """Sets the values in what differs: as one of the two wants it and the other does not, or anywhere near."""
    if rule.type.kind.value == "boolean" and maker.luck.random() < 0.7:
        want = maker.luck.random() < 0.5
        first, second = (rule, mutant) if maker.luck.random() < 0.5 else (mutant, rule)
        hold(first, want, scopes, draft, maker)
        if maker.luck.random() < 0.5:
            hold(second, not want, scopes, draft, maker)
        return
    for side in (rule, mutant):
        for part in walk(side):
            match part:
                case Compare(left=left, right=Literal() as right) | Compare(left=Literal() as right, right=left):
                    give(left, maker.luck.choice((*near(right, left.type), None)), scopes, draft, maker)
                case Membership(item=item, values=Literal(value=tuple() as values)):
                    give(item, maker.luck.choice((*values, None)), scopes, draft, maker)
                case Aggregate():
                    some_rows(part, maker.luck.randrange(3), scopes, draft, maker)
                case Column() | Reference() if maker.luck.random() < 0.5:
                    give(part, some_value(part, maker), scopes, draft, maker)
                case _:
                    continue


def _lead_rows(
    rule: Aggregate, mutant: Aggregate, bound: Literal | None, scopes: Scopes, draft: Draft, maker: Maker
) -> None:
    """Rows that both count, and one that only one of them does. bound: what the aggregate is compared with."""
    reachable = bound is not None and isinstance(bound.value, int) and rule.function in ("count", "count_distinct")
    most = bound.value if bound is not None and isinstance(bound.value, int) and reachable else 1
    before = max(0, min(most - maker.luck.randrange(2), 40)) if reachable else maker.luck.randrange(2)
    for number in range(before):
        row = add_row(rule, True, scopes, draft, maker)
        _value_of_row(rule, bound, number, row, scopes, draft, maker)
    row = add_row(replace(rule, where=None, window=None), True, scopes, draft, maker)
    inner = {**scopes, rule.row: row}
    pairs = ((rule.where, mutant.where), (rule.window, mutant.window))
    if rule.within is not None and mutant.within is not None and rule.within != mutant.within:
        draft.rows.clear()
        _lead_spans(rule, max(rule.within, mutant.within), bound, scopes, draft, maker)
        return
    if all(one == two for one, two in pairs):
        _lead_values(rule, mutant, bound, row, inner, draft, maker)
        return
    _value_of_row(rule, bound, before, row, scopes, draft, maker)
    for one, two in pairs:
        own, other = (None if part is None else expanded(part, rule.relation, rule.row, maker) for part in (one, two))
        if own is not None and other is not None and own != other:
            lead(own, other, inner, draft, maker)
        elif own is not None:
            hold(own, one == two, inner, draft, maker)


def _lead_spans(
    rule: Aggregate, length: int, bound: Literal | None, scopes: Scopes, draft: Draft, maker: Maker
) -> None:
    """Rows of which the first and the last are exactly so many microseconds apart, a row for each step in between."""
    tests = [rule.where, *(step.test for step in rule.steps)]
    if not rule.steps:
        most = bound.value if bound is not None and isinstance(bound.value, int) else 2
        tests = [rule.where] * max(2, min(most, 40))
    span = timedelta(microseconds=length)
    for number, test in enumerate(tests):
        row = add_row(replace(rule, where=None), True, scopes, draft, maker)
        if test is not None:
            inner = {**scopes, rule.row: row}
            hold(expanded(test, rule.relation, rule.row, maker), True, inner, draft, maker)
        is_last = number == len(tests) - 1
        after = span if is_last else timedelta(seconds=number if rule.steps else 0)
        set_moment(rule, timedelta(hours=1) + span - after, timedelta(days=1) + span - after, row, maker)


def _value_of_row(
    rule: Aggregate, bound: Literal | None, number: int, row: Cells, scopes: Scopes, draft: Draft, maker: Maker
) -> None:
    """A value for a row: near the bound that sums and their like are compared with, else another one for each row."""
    if rule.value is None:
        return
    is_counted = rule.function in ("count_distinct", "longest_streak")
    if bound is not None and not is_counted and bound.value is not None:
        give_value(rule, maker.luck.choice(near(bound, rule.value.type)), row, scopes, draft, maker)
    else:
        give_value(rule, None if is_counted else some_value(rule.value, maker), row, scopes, draft, maker, number)


def _lead_values(
    rule: Aggregate, mutant: Aggregate, bound: Literal | None, row: Cells, inner: Scopes, draft: Draft, maker: Maker
) -> None:
    """Rows of different values: for the largest in place of the smallest, the last in place of the first."""
    for test in (rule.where, rule.window):
        if test is not None:
            hold(expanded(test, rule.relation, rule.row, maker), True, inner, draft, maker)
    if rule.value is not None and mutant.value is not None and rule.value != mutant.value:
        lead(rule.value, mutant.value, inner, draft, maker)
        return
    if rule.steps != mutant.steps:
        for one, two in zip(rule.steps, mutant.steps, strict=False):
            again = add_row(replace(rule, where=None), True, inner, draft, maker)
            scope = {**inner, rule.row: again}
            if one.test != two.test:
                lead(one.test, two.test, scope, draft, maker)
            else:
                hold(one.test, True, scope, draft, maker)
            set_time(rule, -1, again, maker)
        set_time(rule, -3, row, maker)
        return
    scopes = {label: cells for label, cells in inner.items() if label != rule.row}
    again = add_row(rule, True, scopes, draft, maker)
    for place, one_row in enumerate((row, again)):
        _value_of_row(rule, bound, place, one_row, scopes, draft, maker)
        if rule.function in ("first", "last"):
            set_time(rule, place - 3, one_row, maker)
