"""Rows of relations made up so that an aggregate comes to a value: five that pass for a count of five, and so on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from segrules.language.core import Aggregate, Call, Column, Expression, Literal
from segrules.language.trees import with_children
from segrules.language.types import DATE, TIMESTAMP, Kind
from segrules.workflows.mutating.draft_values import Cells, Draft, Maker, Scopes, some_value
from segrules.workflows.mutating.drafts import give, hold

_COUNTS = ("count", "count_distinct", "max_count", "longest_streak")
_MOST_ROWS = 40


def give_rows(node: Aggregate, value: object, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """Adds rows so that an aggregate should come to a value."""
    match node.function:
        case "any" | "none":
            if bool(value) == (node.function == "any"):
                add_row(node, True, scopes, draft, maker)
        case "every" | "share":
            _give_share(node, value, scopes, draft, maker)
        case "sequence" | "funnel":
            steps = len(node.steps) + 1 if node.function == "sequence" and value else _number(value)
            _give_steps(node, steps, scopes, draft, maker)
        case function if function in _COUNTS:
            count = min(_number(value), _MOST_ROWS)
            for number in range(count):
                row = add_row(node, True, scopes, draft, maker)
                give_value(node, None, row, scopes, draft, maker, number)
                if node.within is not None:
                    _set_inside(node, count - number, count, row, maker)
        case "min" | "max" if value is not None and _takes_rows_there(node, draft, maker):
            for row in draft.rows[node.relation]:
                give_value(node, value, row, scopes, draft, maker)
        case _:
            if value is not None and not (node.function == "sum" and value == 0):
                row = add_row(node, True, scopes, draft, maker)
                give_value(node, value, row, scopes, draft, maker)


def _takes_rows_there(node: Aggregate, draft: Draft, maker: Maker) -> bool:
    """Whether rows that are there for another clause get the value, so that no other row is the first or the last."""
    every = node.where is None and node.window is None
    return every and bool(draft.rows.get(node.relation)) and maker.luck.random() < 0.75


def add_row(node: Aggregate, passes: bool, scopes: Scopes, draft: Draft, maker: Maker) -> Cells:
    """A row more of the relation that an aggregate folds, for which its `where` holds or not, inside its window."""
    row: Cells = {}
    base = node.relation
    inner = {**scopes, node.row: row}
    while base in maker.rules.derived:
        made = maker.rules.derived[base]
        inner = {**inner, made.base: row}
        if made.where is not None:
            hold(made.where, True, inner, draft, maker)
        base = made.base
    draft.rows.setdefault(base, []).append(row)
    if node.where is not None:
        hold(expanded(node.where, node.relation, node.row, maker), passes, inner, draft, maker)
    if node.window is not None:
        hold(expanded(node.window, node.relation, node.row, maker), True, inner, draft, maker)
    return row


def expanded(node: Expression, relation: str, label: str, maker: Maker) -> Expression:
    """An expression over a derived relation's rows, the columns that it adds in the words of the base."""
    made = maker.rules.derived.get(relation)
    if made is None or made.by:
        return node
    added = dict(made.columns)

    def change(part: Expression) -> Expression:
        if isinstance(part, Column) and part.row == label and not part.path and part.name in added:
            return expanded(added[part.name], made.base, made.base, maker)
        return with_children(part, change)

    return change(node)


def give_value(
    node: Aggregate,
    value: object,
    row: Cells,
    scopes: Scopes,
    draft: Draft,
    maker: Maker,
    number: int | None = None,
) -> None:
    """Makes what an aggregate folds come to a value in a row; with `number` to one other than in rows before it."""
    if number is not None and value is None:
        value = _nth_value(node, number, maker)
    if node.value is not None:
        inner = {**scopes, node.row: row}
        base = node.relation
        while base in maker.rules.derived:
            base = maker.rules.derived[base].base
            inner = {**inner, base: row}
        give(expanded(node.value, node.relation, node.row, maker), value, inner, draft, maker)


def _nth_value(node: Aggregate, number: int, maker: Maker) -> object:
    """A value other than those of the rows before."""
    kind = node.value.type.kind if node.value is not None else Kind.INTEGER
    match kind:
        case Kind.TEXT:
            return f"x{number + 1}"
        case Kind.DATE:
            return maker.moment.today - timedelta(days=number * _days_apart(node.value))
        case Kind.TIMESTAMP:
            return maker.moment.now - timedelta(days=number, hours=1)
        case _:
            return Decimal(number + 1)


def _days_apart(value: Expression | None) -> int:
    """How many days lie between two days of which a value is another one: for the start of a week at least seven."""
    match value:
        case Call(function="start_of", arguments=(Literal(value=str() as unit), *_)):
            return {"week": 7, "month": 31, "quarter": 92, "year": 366}.get(unit, 1)
        case _:
            return 1


def _give_share(node: Aggregate, value: object, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """Rows that pass and rows that do not, so that their share is near a value."""
    if isinstance(value, bool) or value is None:
        if value is not None:
            add_row(node, value, scopes, draft, maker)
        return
    assert isinstance(value, int | Decimal)
    share = min(max(Decimal(value), Decimal(0)), Decimal(1))
    rows = next(number for number in (1, 2, 3, 4, 5, 10, 20) if number == 20 or share * number % 1 == 0)
    passing = int(share * rows)
    for number in range(rows):
        add_row(node, number < passing, scopes, draft, maker)


def _give_steps(node: Aggregate, count: int, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """A row for each of the first steps, one hour after the other."""
    tests = [node.where, *(None if step.negated else step.test for step in node.steps)]
    for number, test in enumerate(tests[:count]):
        if test is None and number:
            continue
        row = add_row(node, True, scopes, draft, maker)
        row.clear()
        if test is not None:
            hold(expanded(test, node.relation, node.row, maker), True, {**scopes, node.row: row}, draft, maker)
        if node.within is None:
            set_time(node, number - len(tests), row, maker)
        else:
            _set_inside(node, len(tests) - number, len(tests), row, maker)


def _set_inside(node: Aggregate, place: int, count: int, row: Cells, maker: Maker) -> None:
    """Puts one of so many rows, counted from the last, so that all are inside the span that an aggregate looks at."""
    assert node.within is not None
    gap = min(timedelta(hours=1), timedelta(microseconds=node.within // (2 * count)))
    set_moment(node, timedelta(hours=1) + place * gap, timedelta(days=place), row, maker)


def set_time(node: Aggregate, place: int, row: Cells, maker: Maker) -> None:
    """Puts a row at its hour (of dates: its day) counted back from now, where its relation has a time."""
    set_moment(node, timedelta(hours=-place), timedelta(days=-place), row, maker)


def set_moment(node: Aggregate, back: timedelta, days: timedelta, row: Cells, maker: Maker) -> None:
    """Puts a row so long before now, or where its relation has days, so long before today."""
    relation = maker.rules.relations[node.relation]
    while relation.from_relation is not None:
        relation = maker.rules.relations[relation.from_relation]
    if relation.time is None:
        return
    kind = next((column.type for column in relation.columns if column.name == relation.time), DATE)
    label = Column(node.row, (), relation.time, kind)
    when = maker.moment.now - back if kind == TIMESTAMP else maker.moment.today - days
    give(label, when, {node.row: row}, Draft(), maker)


def _number(value: object) -> int:
    return max(int(value), 0) if isinstance(value, int | Decimal) else 0


def some_rows(node: Aggregate, count: int, scopes: Scopes, draft: Draft, maker: Maker) -> None:
    """Rows with values from anywhere near the constants around them."""
    for _ in range(count):
        row = add_row(node, maker.luck.random() < 0.7, scopes, draft, maker)
        if node.value is not None:
            give_value(node, some_value(node.value, maker), row, scopes, draft, maker)
