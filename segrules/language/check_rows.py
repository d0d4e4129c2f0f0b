"""Aggregates of the checker: their parts, each checked where it stands, and what only makes sense inside of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal as OneOf

from segrules.language import syntax
from segrules.language.aggregates import AGGREGATES
from segrules.language.check_aggregates import aggregate, no_order, no_time, relation_of, rolled
from segrules.language.check_aliases import refuse_alias
from segrules.language.check_constant_arguments import MOST_PLACES, share, whole
from segrules.language.check_findings import Findings, described, refuse, unknown, words
from segrules.language.check_names import Looked, Place
from segrules.language.check_sequences import Sequenced, refuse_sequence, span_of
from segrules.language.check_types import as_test
from segrules.language.check_windows import bound_expressions, spanned, window_test
from segrules.language.core import Aggregate, Column, Expression, Literal, Previous, Reference, Step
from segrules.language.scope import Row
from segrules.language.ties import is_foldable
from segrules.language.trees import walk
from segrules.language.types import Kind

Check = Callable[[syntax.Expression, Place, Findings], Expression]
"""The checker itself, for the parts of a call."""


def fold(call: syntax.Call, place: Place, findings: Findings, check: Check) -> Expression:
    """The node of an aggregate."""
    function = call.function.text
    if place.rows and place.part != "where":
        return _nested(call, place.rows[-1], findings)
    argument = None
    if (kind := AGGREGATES[function].argument) is not None:
        argument = _argument(call, kind, place, findings, check)
        if argument is None:
            return unknown(call.span)
        call = replace(call, arguments=call.arguments[1:])
    relation = relation_of(call, place.scope, findings) if place.folds is None else rolled(call, place.folds, findings)
    if relation is None or refuse_sequence(call, relation, findings):
        return unknown(call.span)
    alias = call.arguments[0].alias
    if alias is not None and refuse_alias(alias, function, relation, place, findings):
        return unknown(call.span)
    around = place if place.folds is None else Place(place.scope)
    inside = around.inside(relation, alias.text if alias else None)
    value = None
    if not AGGREGATES[function].of_rows:
        part: OneOf["where", "value"] = "value" if place.folds is None else "where"
        value = check(call.arguments[0].value, replace(inside, part=part), findings)
    where = None if call.where is None else _row_test(call, inside, findings, check)
    window = None if call.window is None else _row_window(call.window, relation, inside, findings, check)
    steps = tuple(
        Step(as_test(check(step.test, inside, findings), findings), step.directly, step.negated) for step in call.steps
    )
    within = None if call.within is None else span_of(check(call.within, place, findings), findings)
    node = aggregate(call, inside.rows[-1], value, where, window, argument, Sequenced(steps, within), findings)
    is_nested = bool(place.rows) and place.folds is None
    return _refuse_far(node, place, findings) if is_nested and isinstance(node, Aggregate) else node


def _argument(call: syntax.Call, kind: str, place: Place, findings: Findings, check: Check) -> Literal | None:
    """The constant before the value of `quantile` and `nth`; None with a finding where there is none."""
    function = call.function.text
    what, example = ("a share", "0.2") if kind == "share" else ("a place", "3")
    if len(call.arguments) < 2:
        value = words(call.arguments[0].span) if call.arguments else "…"
        message = f"`{function}` takes {what} and then one value of a relation's rows"
        refuse(findings, "wrong-arguments", call.span, message, f"`{function}({example}, {value})`")
        return None
    first, second, *_ = (argument.value for argument in call.arguments)
    if isinstance(second, syntax.Constant | syntax.Percent) and isinstance(first, syntax.Name):
        help = f"`{function}({words(second.span)}, {words(first.span)})`"
        refuse(findings, "wrong-arguments", first.span, f"{what} stands first in `{function}`", help)
        return None
    node = check(first, place, findings)
    return (
        share(node, function, findings)
        if kind == "share"
        else whole(node, function, "a place", 1, MOST_PLACES, findings)
    )


def previous(call: syntax.Call, place: Place, findings: Findings, check: Check) -> Expression:
    """`previous(column)`: the column's value in the row before."""
    word = call.function.span
    if not place.rows or place.part == "window":
        message = "`previous` looks at the row before, so it stands inside an aggregate over rows"
        help = "such as `any(orders where days_between(previous(ordered_at), ordered_at) >= 180)`"
        return refuse(findings, "wrong-arguments", word, message, help)
    looked = place.rows[-1]
    if len(call.arguments) != 1 or not isinstance(call.arguments[0].value, syntax.Name):
        message = f"`previous` takes one column of `{looked.relation.name}`"
        return refuse(findings, "wrong-arguments", call.span, message, "calculate with what it gives")
    if looked.relation.time is None and looked.relation.order is None:
        return no_order("previous", looked.relation, word, findings)
    item = check(call.arguments[0].value, place, findings)
    if not isinstance(item, Column) or item.row != looked.label:
        if item.type.kind is Kind.UNKNOWN:
            return unknown(call.span)
        message = f"`previous` takes a column of `{looked.relation.name}`, and `{words(item)}` is none"
        return refuse(findings, "wrong-arguments", item.span, message)
    if item.type.kind is Kind.LIST:
        message = f"`previous` takes a single value, and `{words(item)}` is {described(item.type)}"
        return refuse(findings, "wrong-type", item.span, message)
    return Previous(item, call.span)


def _nested(call: syntax.Call, around: Looked, findings: Findings) -> Expression:
    function = call.function.text
    message = f"`{function}` stands inside an aggregate over `{around.relation.name}`"
    help = f"name `{words(call.span)}` as a trait, and use the trait here"
    return refuse(findings, "nested-aggregate", call.function.span, message, help)


def _refuse_far(node: Aggregate, place: Place, findings: Findings) -> Expression:
    """Refuses what cannot be asked anew for each row of the aggregate around it."""
    outer = {looked.label: looked for looked in place.rows}
    asked = [part for part in walk(node) if isinstance(part, Column | Reference) and part.row in outer]
    if not asked:
        return node
    far = next((part for part in asked if part.row != place.rows[-1].label), None)
    if far is not None:
        message = f"`{words(far)}` is a value of a row that is two aggregates away"
        help = f"add it to the rows of `{place.rows[-1].relation.name}` with a derived relation"
        return refuse(findings, "nested-aggregate", far.span, message, help)
    around = place.rows[-1].relation.name
    if not AGGREGATES[node.function].anew:
        message = f"`{node.function}` cannot be asked anew for each row of `{around}`"
        return refuse(findings, "nested-aggregate", asked[0].span, message, "`any`, `none` and `count` can")
    if node.function not in ("any", "none") and not is_foldable(node, place.rows[-1].label):
        message = f"`{node.function}` is asked anew for each row of `{around}` by equal values only"
        help = "after its `where`, join tests such as `sku == r.sku` with `and`; `any` and `none` take any test"
        return refuse(findings, "nested-aggregate", asked[0].span, message, help)
    return node


def _row_test(call: syntax.Call, inside: Place, findings: Findings, check: Check) -> Expression:
    """The test after `where`; one that ends with a date before a window lacks its `is`."""
    where, window = call.where, call.window
    assert where is not None
    before = len(findings)
    test = as_test(check(where, inside, findings), findings)
    last = where.operands[-1] if isinstance(where, syntax.Logic) else where
    if window is None or len(findings) == before or findings[-1].span != last.span:
        return test
    if check(last, inside, []).type.kind in (Kind.DATE, Kind.TIMESTAMP):
        help = f"a test of a day has `is`: `{words(last.span)} is {words(window.span)}`"
        findings[-1] = replace(findings[-1], help=help)
    return test


def _row_window(window: syntax.Window, relation: Row, inside: Place, findings: Findings, check: Check) -> Expression:
    """The test that picks a relation's rows by their time."""
    if relation.time is None:
        return no_time(window.span, "no window can pick its rows", relation, findings)
    column = relation.columns.get(relation.time)
    place = replace(inside, part="window")
    bounds = tuple(check(bound, place, findings) for bound in bound_expressions(window))
    if column is None or not column.type.is_temporal:
        return unknown(window.span)
    time = Column(inside.rows[-1].label, (), relation.time, column.type, False, window.span)
    test = window_test(time, window, bounds, True, place.scope.fiscal_year_starts, findings)
    return spanned(test, window.span)
