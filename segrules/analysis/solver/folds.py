"""Aggregates as counts of rows: `any` is a count above 0, `max(x) >= c` a count of rows with `x >= c`.

What is no count is a symbol with what is known of it: a sum of values that are not negative is not, an average above
a constant needs a row above it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import inf, nextafter

import z3

from segrules.analysis.answers import Fact
from segrules.analysis.solver.relations import base_of, conditions, on_base
from segrules.analysis.solver.scalars import quotient_against
from segrules.analysis.solver.space import Against, Space, owner_of, promise_domain, symbol, table_of
from segrules.analysis.solver.terms import TRUE, Term, both, compared, constant, denied, either
from segrules.analysis.solver.texts import is_constant, text_of_term
from segrules.language.core import Aggregate, Column, Compare, Expression, Literal
from segrules.language.types import DECIMAL, NUMBER, Kind, Type
from segrules.planning.fold_time import fold_time
from segrules.project.model import Derivation

_BEYOND: dict[str, tuple[str, ...]] = {"<": ("<",), "<=": ("<=",), ">": (">",), ">=": (">=",), "==": ("<=", ">=")}


@dataclass(frozen=True)
class Sum:
    """A sum to be made of the sums in cells: of a row's value, over rows that pass a test."""

    value: Term
    test: z3.BoolRef
    total: z3.ExprRef
    type: Type


@dataclass(frozen=True)
class Pick:
    """A value picked of the rows that pass a test: the smallest, the first, …"""

    function: str
    value: Term
    test: z3.BoolRef
    term: Term


@dataclass(frozen=True)
class Folded:
    """What is folded of one relation's stored rows.

    counts: by the number that z3 gives a test the test, and how many rows pass it. picked: values of single rows;
    compared: how a smallest or largest value compares with constants.
    """

    space: Space
    counts: dict[int, tuple[z3.BoolRef, z3.ArithRef]] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    distinct: list[Sum] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    picked: dict[Aggregate, Term] = field(default_factory=dict)
    compared: dict[Aggregate, dict[Against, z3.BoolRef]] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """An aggregate over stored rows: which are looked at, which of those taken, the value (as written and encoded)."""

    node: Aggregate
    rows: Folded
    looked: z3.BoolRef
    taken: z3.BoolRef
    labels: dict[str, str]
    item: Expression | None
    value: Term


def folder(entity: Space, relations: dict[str, Folded]) -> Callable[[Aggregate, Against | None], Term]:
    """What folds rows for an entity's expressions. relations: fills with what is folded of each."""

    def fold(node: Aggregate, against: Against | None) -> Term:
        asked = _asked(node, entity, relations)
        if against is None:
            return _value(asked, entity)
        holds = _against(asked, against, entity)
        return Term(TRUE, holds)

    return fold


def rows_of(relation: str, entity: Space, relations: dict[str, Folded]) -> tuple[Folded, z3.BoolRef]:
    """The stored rows that a relation's rows are among, and whether one of them is a row of the relation."""
    rules, moment = entity.rules, entity.moment
    base = base_of(relation, rules)
    if base not in relations:
        space = Space(base, rules.relations[base], rules, moment, entity.encode, entity)
        relations[base] = Folded(space)
        for seen in conditions(base, rules, moment):
            space.always(space.test(seen))
        if base in rules.derived:
            _roll_up(relations[base], rules.derived[base], entity, relations)
    rows = relations[base]
    if base == relation:
        return rows, TRUE
    return rows, both(*(rows.space.test(part) for part in conditions(relation, rules, moment)))


def _roll_up(rows: Folded, made: Derivation, entity: Space, relations: dict[str, Folded]) -> None:
    """Each row of a rollup is made of rows of its base, and no row of those goes into two."""
    base, own = rows_of(made.base, entity, relations)
    labels = {made.base: made.base}
    by = [fold_time(node, entity.moment) for _, node in made.by]
    where = [] if made.where is None else [fold_time(made.where, entity.moment)]
    tests = [base.space.test(on_base(node, labels, entity.rules, entity.moment)) for node in where]
    tests += [base.space.value(on_base(node, labels, entity.rules, entity.moment)).known for node in by]
    entity.always(count_of(rows, TRUE) <= count_of(base, both(own, *tests)))


def _asked(node: Aggregate, entity: Space, relations: dict[str, Folded]) -> Asked:
    rows, own = rows_of(node.relation, entity, relations)
    labels = {node.row: node.relation}

    def over(part: Expression | None) -> Expression | None:
        return None if part is None else on_base(part, labels, entity.rules, entity.moment)

    where, window, item = over(node.where), over(node.window), over(node.value)
    looked = both(own, *([rows.space.test(window)] if window is not None else []))
    taken = both(looked, *([rows.space.test(where)] if where is not None else []))
    value = rows.space.value(item) if item is not None else Term(TRUE, z3.IntVal(0))
    return Asked(node, rows, looked, taken, labels, item, value)


def count_of(rows: Folded, test: z3.BoolRef) -> z3.ArithRef:
    """How many of the rows pass a test."""
    if test.get_id() not in rows.counts:
        number = z3.Int(f"count {len(rows.counts)} of {rows.space.label}")
        rows.counts[test.get_id()] = (test, number)
    return rows.counts[test.get_id()][1]


def _some(asked: Asked, *tests: z3.BoolRef) -> z3.BoolRef:
    return count_of(asked.rows, both(asked.taken, *tests)) > 0


def _row_compares(asked: Asked, operator: str, constant: Literal) -> z3.BoolRef:
    """Whether a row's value compares so with a constant."""
    assert asked.item is not None
    return asked.rows.space.test(Compare(operator, asked.item, constant))  # type: ignore[arg-type]


def _value(asked: Asked, entity: Space) -> Term:
    node, rows = asked.node, asked.rows
    known = count_of(rows, both(asked.taken, asked.value.known))
    match node.function:
        case "count":
            return Term(TRUE, count_of(rows, asked.taken))
        case "any":
            return Term(TRUE, _some(asked))
        case "none":
            return Term(TRUE, denied(_some(asked)))
        case "every":
            failing = count_of(rows, both(asked.looked, denied(asked.taken)))
            return Term(TRUE, both(count_of(rows, asked.looked) > 0, failing == 0))
        case "share":
            return _share(asked, entity)
        case "sum":
            return _sum(asked, entity)
        case "min" | "max" | "mode" | "first" | "last" | "nth":
            return _picked(asked, entity, known)
        case "count_distinct":
            return _distinct(asked, entity, known)
        case "avg" | "median" | "quantile":
            return Term(known > 0, symbol(entity, node.function, node.type, False).value)
        case "stddev":
            found = symbol(entity, "stddev", node.type, False)
            entity.always(found.value >= 0)
            return Term(known >= 2, found.value)
        case "max_count" | "longest_streak":
            most = known if node.function == "longest_streak" else count_of(rows, asked.taken)
            number = symbol(entity, node.function, node.type, False).value
            entity.always(both(number >= 0, number <= most, (number > 0) == (most > 0)))
            return Term(TRUE, number)
        case _:
            return _in_steps(asked, entity)


def _share(asked: Asked, entity: Space) -> Term:
    """The part of the looked-at rows that is taken: all of them exactly where it is 1, none where it is 0."""
    number = symbol(entity, "share", asked.node.type, False).value
    taken, looked = count_of(asked.rows, asked.taken), count_of(asked.rows, asked.looked)
    ends = both((number == 1) == (taken == looked), (number == 0) == (taken == 0))
    entity.always(z3.Implies(looked > 0, both(number >= 0, number <= 1, ends)))
    return Term(looked > 0, number)


def _sum(asked: Asked, entity: Space) -> Term:
    number = symbol(entity, "sum", asked.node.type, False).value
    asked.rows.sums.append(Sum(asked.value, both(asked.taken, asked.value.known), number, asked.node.type))
    count_of(asked.rows, both(asked.taken, asked.value.known))
    return Term(TRUE, number)


def _distinct(asked: Asked, entity: Space, known: z3.ArithRef) -> Term:
    number = symbol(entity, "distinct", asked.node.type, False).value
    entity.always(both(number >= 0, number <= known, (number > 0) == (known > 0)))
    _count_values(asked, entity, number)
    asked.rows.distinct.append(Sum(asked.value, both(asked.taken, asked.value.known), number, asked.node.type))
    return Term(TRUE, number)


def _count_values(asked: Asked, entity: Space, number: z3.ArithRef) -> None:
    """There are no more different values than the contract knows, and one of each that some row has."""
    if not isinstance(asked.item, Column) or asked.item.row != asked.rows.space.label:
        return
    owner = owner_of(asked.rows.space.table, asked.item.path, entity.rules.entities)
    stored = next(item for item in owner.columns if item.name == asked.item.name)
    found = []
    for value in stored.values or ():
        plain = Literal(value, stored.type)
        found.append(z3.If(_some(asked, _row_compares(asked, "==", plain)), 1, 0))
    if found:
        each = z3.Sum(found)
        fact = Fact(table_of(asked.rows.space, asked.item.path), stored.name, "values")
        entity.always(number <= each, fact)
        entity.always(number >= each)


def _picked(asked: Asked, entity: Space, known: z3.ArithRef) -> Term:
    """One of the rows' values: in the range that the contract gives them."""
    node = asked.node
    number = symbol(entity, node.function, node.type, False)
    if isinstance(asked.item, Column):
        promise_domain(entity, number, asked.rows.space, asked.item)
    if node.function in ("min", "max", "mode"):
        term = Term(known > 0, number.value)
    else:
        is_known = entity.fresh("known", z3.BoolSort())
        least = node.argument.value if node.function == "nth" and node.argument is not None else 1
        rows = count_of(asked.rows, asked.taken)
        gaps = count_of(asked.rows, both(asked.taken, denied(asked.value.known)))
        entity.always(z3.Implies(is_known, both(known > 0, rows >= least)))
        entity.always(z3.Implies(both(rows >= least, gaps == 0), is_known))
        term = Term(is_known, number.value)
    asked.rows.picked[node] = term
    if node.type.kind is not Kind.TEXT and node.type.kind is not Kind.BOOLEAN:
        asked.rows.picks.append(Pick(node.function, asked.value, both(asked.taken, asked.value.known), term))
    return term


def _in_steps(asked: Asked, entity: Space) -> Term:
    """A sequence or funnel: for each step that is reached there is a row."""
    node, rows = asked.node, asked.rows
    tests = [asked.taken]
    for step in node.steps:
        if not step.negated:
            over = on_base(step.test, asked.labels, entity.rules, entity.moment)
            tests.append(both(asked.looked, rows.space.test(over)))
    found = symbol(entity, node.function, node.type, False).value
    if node.function == "sequence":
        entity.always(z3.Implies(found, both(*(count_of(rows, test) > 0 for test in tests))))
        entity.always(z3.Implies(found, count_of(rows, either(*tests)) >= len(tests)))
        return Term(TRUE, found)
    entity.always(both(found >= 0, found <= len(tests), (found > 0) == (count_of(rows, tests[0]) > 0)))
    for place, test in enumerate(tests[1:], 2):
        entity.always(z3.Implies(found >= place, count_of(rows, test) > 0))
    return Term(TRUE, found)


def _against(asked: Asked, against: Against, entity: Space) -> z3.BoolRef:
    """Whether an aggregate compares so with a constant."""
    operator, right = against
    node = asked.node
    match node.function:
        case "min" | "max":
            return _extreme_against(asked, operator, right)
        case "share":
            parts = tuple(Term(TRUE, count_of(asked.rows, test)) for test in (asked.taken, asked.looked))
            share = entity.value(node)
            _tell_apart(share.value, parts[0].value, parts[1].value, right, entity)
            return both(share.known, quotient_against(operator, share, parts, right, entity))  # type: ignore[arg-type]
    term = entity.value(node)
    if node.type.kind is Kind.TEXT:
        return _text_against(asked, operator, right, term, entity)
    bound = constant(right.value, NUMBER if node.type.kind is Kind.NUMBER else right.type)  # type: ignore[arg-type]
    holds = both(term.known, compared(operator, term.value, bound))
    if node.function in ("first", "last", "nth", "mode"):
        entity.always(z3.Implies(holds, _some(asked, _row_compares(asked, operator, right))))
    elif node.function in ("avg", "median") and asked.item is not None and asked.item.type.is_exact:
        for beyond in _BEYOND[operator]:
            entity.always(z3.Implies(holds, _some(asked, _row_compares(asked, beyond, _next_double(beyond, right)))))
    return holds


def _tell_apart(share: z3.ExprRef, taken: z3.ArithRef, looked: z3.ArithRef, right: Literal, entity: Space) -> None:
    """A share of up to a million rows that is not a constant of up to six digits is not the same double either."""
    exact = Decimal(right.value)  # type: ignore[arg-type]
    if exact != round(exact, 6):
        return
    few = both(looked > 0, looked <= 1_000_000)
    bound, times = constant(exact, NUMBER), constant(exact, DECIMAL) * looked
    entity.always(z3.Implies(both(few, taken < times), share < bound))
    entity.always(z3.Implies(both(few, taken > times), share > bound))


def _text_against(asked: Asked, operator: str, right: Literal, term: Term, entity: Space) -> z3.BoolRef:
    """Whether a text picked from rows is a constant; of two texts the theory does not know which stands first."""
    text = text_of_term(term, entity)
    if operator != "==" or text is None or not isinstance(right.value, str):
        return both(term.known, entity.fresh("compares", z3.BoolSort()))
    holds = both(term.known, is_constant(text, right.value, (), entity))
    entity.always(z3.Implies(holds, _some(asked, _row_compares(asked, operator, right))))
    return holds


def _next_double(operator: str, right: Literal) -> Literal:
    """The bound that some value must keep so that a mean, rounded to a double, keeps it: of `<=` one double more."""
    assert isinstance(right.value, int | Decimal)
    if operator in ("<", ">"):
        return right
    beyond = nextafter(float(right.value), inf if operator == "<=" else -inf)
    return replace(right, value=Decimal(beyond))


def _extreme_against(asked: Asked, operator: str, right: Literal) -> z3.BoolRef:
    """`max(x) < c`: there is a value, and none that is >= c."""
    is_max = asked.node.function == "max"
    at, beyond = (">=", ">") if is_max else ("<=", "<")
    known = _some(asked, asked.value.known)

    def has(one: str) -> z3.BoolRef:
        return _some(asked, _row_compares(asked, one, right))

    if operator in (at, beyond):
        found = has(operator)
    elif operator == "==":
        found = both(has(at), denied(has(beyond)))
    else:
        found = both(known, denied(has(beyond if operator[-1] == "=" else at)))
    asked.rows.compared.setdefault(asked.node, {})[operator, right] = found
    return found
