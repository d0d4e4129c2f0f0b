"""Rows made up so that a rule holds for them, or just does not: guesses, which an engine is asked about afterwards.

A draft has only the values that the rule was found to depend on. `hold` sets them so that a test should hold or not;
it knows the usual forms of rules and guesses at the others, so that a draft may do something else than was wanted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Column,
    Compare,
    Duration,
    Elements,
    Expression,
    If,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Reference,
)
from segrules.language.functions import PREDICATES
from segrules.language.trees import walk
from segrules.language.types import Kind
from segrules.planning.dependencies import outer_parts
from segrules.planning.time import shift_date, shift_instant, start_of_day, to_local
from segrules.workflows.mutating.draft_values import (
    Draft,
    Maker,
    Scopes,
    contract_of,
    other_value,
    some_value,
    value_of,
)
from segrules.workflows.mutating.near_values import day_of, fitted, holds, inverted, near, text_for


def hold(node: Expression, want: bool, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """Sets values so that a test holds, or (want false) does not."""
    match node:
        case And(items=items) | Or(items=items):
            is_all = isinstance(node, And) == want
            chosen = None if is_all else maker.luck.choice(items)
            for item in items:
                hold(item, want if is_all or item is chosen else not want, scopes, draft, maker)
        case Not(item=item):
            hold(item, not want, scopes, draft, maker)
        case Compare():
            _hold_comparison(node, want, scopes, draft, maker)
        case Membership(item=item, values=Literal(value=tuple() as values)):
            give(item, maker.luck.choice(values) if want else other_value(item, values, maker), scopes, draft, maker)
        case Membership(item=item, values=values_there):
            value = some_value(item, maker)
            give(item, value, scopes, draft, maker)
            give(values_there, (value,) if want else (), scopes, draft, maker)
        case IsMissing(item=item):
            give(item, None if want else some_value(item, maker), scopes, draft, maker)
        case Call(function=function, arguments=(item, Literal(value=constant))) if function in PREDICATES:
            give(item, text_for(function, constant, want), scopes, draft, maker)
        case If(arms=arms, otherwise=otherwise):
            place = maker.luck.randrange(len(arms) + 1)
            _reach(node, place, scopes, draft, maker)
            hold(arms[place][1] if place < len(arms) else otherwise, want, scopes, draft, maker)
        case Elements(items=items, where=where):
            constants = [
                part.value for part in walk(where) if isinstance(part, Literal) and part.type.kind is Kind.TEXT
            ]
            give(items, tuple(constants[:1]) if want else (), scopes, draft, maker)
        case _:
            give(node, want, scopes, draft, maker)


def _reach(node: If, place: int, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """Makes the condition before a value the first that holds.

    At times that one is drafted first, and then of the others those alone that ask for something else.
    """
    target = [condition for condition, _ in node.arms[place : place + 1]]
    others = [condition for condition, _ in node.arms[:place]]
    is_first = bool(target) and maker.luck.random() < 0.5
    if is_first:
        hold(target[0], True, scopes, draft, maker)
        asked = {*outer_parts(target[0])}
        others = [one for one in others if not asked.issuperset(outer_parts(one))]
    for other in others:
        hold(other, False, scopes, draft, maker)
    if target and not is_first:
        hold(target[0], True, scopes, draft, maker)


def _hold_comparison(node: Compare, want: bool, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    left, right, operator = node.left, node.right, node.operator
    if isinstance(left, If) and isinstance(right, Literal):
        ends = [*(value for _, value in left.arms), left.otherwise]
        fitting = [place for place, value in enumerate(ends) if _is_so(operator, value, right) is want]
        if fitting:
            _reach(left, maker.luck.choice(fitting), scopes, draft, maker)
            return
    if isinstance(left, Literal):
        left, right = right, left
        operator = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)  # type: ignore[assignment]
    known = value_of(left, scopes, draft, maker), value_of(right, scopes, draft, maker)
    if _are_alike(*known) and holds(operator, *known) is want:
        return
    constant = right if isinstance(right, Literal) else _constant_of(right, scopes, draft, maker)
    if constant is None or constant.value is None:
        give(left, some_value(left, maker), scopes, draft, maker)
        return
    values = [value for value in near(constant, left.type) if holds(operator, value, constant.value) is want]
    if operator == "==" and not want and isinstance(constant.value, str):
        values = [other_value(left, (constant.value,), maker)]
    values = [value for value in values if not _is_below_zero(value, constant.value)] or values
    if values:
        is_on_it = constant.value in values and maker.luck.random() < 0.6
        give(left, constant.value if is_on_it else maker.luck.choice(values), scopes, draft, maker)


def _is_so(operator: str, value: Expression, constant: Literal) -> bool | None:
    """Whether a comparison of two constants holds; None where one is none."""
    if not isinstance(value, Literal):
        return None
    return _are_alike(value.value, constant.value) and holds(operator, value.value, constant.value)


def _is_below_zero(value: object, constant: object) -> bool:
    """Whether a value is negative where its constant is not, as counts and sums hardly ever are."""
    numbers = isinstance(value, int | Decimal) and isinstance(constant, int | Decimal)
    return numbers and value < 0 <= constant  # type: ignore[operator]


def _are_alike(one: object, two: object) -> bool:
    """Whether two values are known and can be compared."""
    kinds = [
        next((kind for kind in (str, datetime, date) if isinstance(value, kind)), int | Decimal) for value in (one, two)
    ]
    return kinds[0] == kinds[1] and all(isinstance(value, kinds[0]) for value in (one, two))


def _constant_of(node: Expression, scopes: Scopes, draft: Draft, maker: Maker) -> Literal | None:
    """The value of a side that is no constant, values that it lacks made up."""
    value = value_of(node, scopes, draft, maker)
    if value is None:
        for part in walk(node):
            if isinstance(part, Column | Reference | Aggregate) and value_of(part, scopes, draft, maker) is None:
                give(part, some_value(part, maker), scopes, draft, maker)
        value = value_of(node, scopes, draft, maker)
    return None if value is None else Literal(value, node.type)  # type: ignore[arg-type]


def give(node: Expression, value: object, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """Sets values so that an expression comes to a value, where that can be seen from its form."""
    match node:
        case Column(row=row, path=path, name=name, type=type):
            if isinstance(value, datetime) and type.kind is Kind.TIMESTAMP:
                value = to_local(value, maker.moment.zone)
            if row in scopes:
                scopes[row][path, name] = fitted(value, type, contract_of(node, maker))
        case Reference(path=path, name=name, type=type):
            scopes[maker.rules.entity.name][path, name] = fitted(value, type, None)
        case Aggregate():
            maker.give_rows(node, value, scopes, draft, maker)
        case If(arms=arms, otherwise=otherwise):
            values = (*(part for _, part in arms), otherwise)
            same = [place for place, part in enumerate(values) if isinstance(part, Literal) and part.value == value]
            open_ones = [place for place, part in enumerate(values) if not isinstance(part, Literal)]
            if same or open_ones:
                place = maker.luck.choice(same or open_ones)
                _reach(node, place, scopes, draft, maker)
                give(values[place], value, scopes, draft, maker)
        case Call():
            _give_to_call(node, value, scopes, draft, maker)
        case And() | Or() | Not() | Compare() | Membership() | IsMissing():
            hold(node, bool(value), scopes, draft, maker)
        case _:
            return


def _give_to_call(node: Call, value: object, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """The same for a function or operator of values."""
    arguments = node.arguments
    match node.function, arguments:
        case "days_between" | "elapsed", (first, second):
            _give_between(node, first, second, value, scopes, draft, maker)
        case "lower" | "upper", (item,):
            give(item, value, scopes, draft, maker)
        case "length", (item,):
            give(item, "x" * _count(value), scopes, draft, maker)
        case "list_length", (item,):
            give(item, tuple(f"x{number}" for number in range(_count(value))), scopes, draft, maker)
        case "year" | "quarter" | "month" | "week" | "weekday", (item, *_):
            day = day_of(node.function, _count(value), maker.moment.today.year - 1)
            give(item, None if value is None else day, scopes, draft, maker)
        case "hour", (item, *_):
            noon = datetime.combine(maker.moment.today - timedelta(days=1), datetime.min.time())
            give(item, noon + timedelta(hours=_count(value) % 24), scopes, draft, maker)
        case "start_of", (_, item, *_):
            give(item, value, scopes, draft, maker)
        case "shift", (item, Literal(value=Duration() as length)):
            back = replace(length, count=-length.count)
            if node.type.kind is Kind.TIMESTAMP and type(value) is date:
                value = start_of_day(value, maker.moment.zone)
            if isinstance(value, datetime):
                value = shift_instant(value, back, maker.moment.zone)
            give(item, shift_date(value, back) if type(value) is date else value, scopes, draft, maker)
        case "negate", (item,):
            give(item, -value if isinstance(value, int | Decimal) else value, scopes, draft, maker)
        case "add" | "subtract" | "multiply" | "divide", (first, second):
            _give_to_sum(node, first, second, value, scopes, draft, maker)
        case _, (item, *_):
            give(item, value, scopes, draft, maker)


def _count(value: object) -> int:
    return min(max(int(value), 0), 500) if isinstance(value, int | Decimal) else 0


def _give_between(
    node: Call, first: Expression, second: Expression, value: object, scopes: Scopes, draft: Draft, maker: Maker
) -> None:
    """Sets the ends of a time so that it is so many days or microseconds long."""
    if not isinstance(value, int | Decimal):
        give(second if isinstance(first, Literal) else first, None, scopes, draft, maker)
        return
    length = timedelta(days=int(value)) if node.function == "days_between" else timedelta(microseconds=int(value))
    end, start = value_of(second, scopes, draft, maker), value_of(first, scopes, draft, maker)
    if isinstance(end, date):
        give(first, end - length, scopes, draft, maker)
    elif isinstance(start, date):
        give(second, start + length, scopes, draft, maker)
    else:
        day: date = maker.moment.today - timedelta(days=1)
        give(second, day, scopes, draft, maker)
        give(first, day - length, scopes, draft, maker)


def _give_to_sum(
    node: Call, first: Expression, second: Expression, value: object, scopes: Scopes, draft: Draft, maker: Maker
) -> None:
    """Sets one operand so that a sum or product comes to a value, the other one as it is or made up."""
    if value is None:
        give(second if isinstance(first, Literal) else first, None, scopes, draft, maker)
        return
    known = value_of(second, scopes, draft, maker)
    if known is None and value_of(first, scopes, draft, maker) is None:
        give(second, some_value(second, maker), scopes, draft, maker)
        known = value_of(second, scopes, draft, maker)
    if isinstance(known, int | Decimal):
        give(first, inverted(node.function, value, Decimal(known), is_left=True), scopes, draft, maker)
    elif isinstance(other := value_of(first, scopes, draft, maker), int | Decimal):
        give(second, inverted(node.function, value, Decimal(other), is_left=False), scopes, draft, maker)
