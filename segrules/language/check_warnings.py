"""Warnings about expressions that are right but may surprise: negative tests on missing values, inexact thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from segrules.diagnostics import Diagnostic
from segrules.language.check_findings import words
from segrules.language.check_things import trait_of
from segrules.language.core import (
    Aggregate,
    And,
    Call,
    Column,
    Compare,
    Expression,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    Population,
    Reference,
)
from segrules.language.functions import PREDICATES, missing_rule
from segrules.language.scope import Scope
from segrules.language.trees import children, is_predicate, may_be_missing, walk
from segrules.language.types import Kind
from segrules.source import Span

Known = frozenset[Expression]
Negative = tuple[Span | None, str, Expression]
"""Where a negative test stands, how it is written, and a value in it that may be missing."""


def missing_warnings(expression: Expression) -> tuple[Diagnostic, ...]:
    """A warning for each negative test that also holds where its value is missing, unless the rule says so itself."""
    values: dict[tuple[Span | None, str], list[str]] = {}
    for span, negative, value in _negatives(expression, True, None, frozenset()):
        values.setdefault((span, negative), []).append(words(value))
    return tuple(_warning(span, negative, tuple(dict.fromkeys(names))) for (span, negative), names in values.items())


def negative_tests(expression: Expression) -> dict[Span | None, tuple[Expression, ...]]:
    """By place, the values of negative tests that may be missing: what `missing_warnings` warns of."""
    values: dict[Span | None, tuple[Expression, ...]] = {}
    for span, _, value in _negatives(expression, True, None, frozenset()):
        values[span] = (*values.get(span, ()), value)
    return values


def _warning(span: Span | None, negative: str, values: tuple[str, ...]) -> Diagnostic:
    missing = " or ".join(f"`{value}`" for value in values)
    demand = " and ".join(f"{value} is known" for value in values)
    message = f"`{negative}` also holds where {missing} is missing"
    return Diagnostic("negative-on-missing", message, span, f"`{demand} and {negative}` leaves them out")


def _negatives(node: Expression, holds: bool, negation: Span | None, known: Known) -> Iterator[Negative]:
    """The negative tests inside one that the rule wants to hold, or (`holds` false) wants not to hold.

    `known` has the values that are known wherever the test matters; `negation` is the span of the last `not`.
    """
    match node:
        case Not(item=item):
            yield from _negatives(item, not holds, node.span, known)
        case And(items=items) | Or(items=items) if isinstance(node, And) == holds:
            facts = known | frozenset(fact for item in items for fact in _facts(item, holds))
            for item in items:
                yield from _negatives(item, holds, negation, facts)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from _negatives(item, holds, negation, known)
                known = known | frozenset(_facts(item, not holds))
        case _:
            if not holds and not isinstance(node, IsMissing):
                yield from _missing_parts(node, negation, known)
            for child in children(node):
                yield from _negatives(child, True, None, frozenset())


def _facts(node: Expression, holds: bool) -> Iterator[Expression]:
    """The values that are known wherever a test holds (or, `holds` false, does not hold)."""
    match node:
        case Not(item=item):
            yield from _facts(item, not holds)
        case And(items=items) if holds:
            for item in items:
                yield from _facts(item, True)
        case Or(items=items) if not holds:
            for item in items:
                yield from _facts(item, False)
        case IsMissing(item=item) if not holds:
            yield from _parts(item)
        case _ if holds:
            for operand in _operands(node):
                yield from _parts(operand)


def _parts(node: Expression) -> Iterator[Expression]:
    """A known value and all that must be known for it to be so."""
    yield node
    if _needs_all(node):
        for argument in children(node):
            yield from _parts(argument)


def _operands(node: Expression) -> tuple[Expression, ...]:
    """What must be known for a test to hold: its operands, or itself where it is a value."""
    match node:
        case Compare(left=left, right=right):
            return (left, right)
        case Membership(item=item, values=values):
            return (item, values)
        case Call(function=function, arguments=arguments) if function in PREDICATES:
            return arguments
        case _ if not is_predicate(node):
            return (node,)
        case _:
            return ()


def _missing_parts(test: Expression, negation: Span | None, known: Known) -> Iterator[Negative]:
    """What may be missing in a negative test."""
    for operand in _operands(test):
        negative = f"not {words(test)}" if test is operand else f"not ({words(test)})"
        negative = words(test) if negation == test.span else negative
        for value in _causes(operand, known):
            yield test.span, negative, value


def _causes(node: Expression, known: Known) -> Iterator[Expression]:
    """The values because of which one may be missing: columns and traits, or itself where they do not tell."""
    if isinstance(node, Literal) or not _may_be_missing(node, known):
        return
    causes = [cause for part in children(node) for cause in _causes(part, known)] if _needs_all(node) else []
    yield from causes or (node,)


def _needs_all(node: Expression) -> bool:
    """Whether a node is a call that has a value just where all its arguments have one."""
    match node:
        case Call(function="divide" | "modulo", arguments=(_, Literal(value=divisor))):
            return bool(divisor)
        case Call(function=function, arguments=(_, *others)):
            others_known = [False] * len(others)
            return missing_rule(function, (True, *others_known)) and not missing_rule(function, (False, *others_known))
        case _:
            return False


def _may_be_missing(node: Expression, known: Known) -> bool:
    """Whether a value can be missing though those in `known` are not. A segmentation's stage is never warned about."""
    match node:
        case _ if node in known:
            return False
        case Reference(to="segmentation"):
            return False
        case _ if _needs_all(node):
            return any(_may_be_missing(argument, known) for argument in children(node))
        case Call(function=function, arguments=arguments):
            return missing_rule(function, tuple(_may_be_missing(argument, known) for argument in arguments))
        case _:
            return may_be_missing(node)


def threshold_warnings(expression: Expression, scope: Scope) -> tuple[Diagnostic, ...]:
    """A warning for each comparison of a constant with a sum whose last digits depend on the order of adding, and for
    each test whether inexact numbers are equal."""
    tests = (node for node in walk(expression) if isinstance(node, Compare | Membership | Population))
    return tuple(finding for test in tests for finding in tuple(_equality(test)) or _threshold(test, scope))


def _equality(node: Expression) -> Iterator[Diagnostic]:
    """The finding for a test of equality that hangs on the last digits of a number, unless these are surely right:
    a column may well hold a whole number, and counting out of nothing gives exactly 0, out of all exactly 1."""
    match node:
        case Compare(operator="==", left=left, right=right):
            tests = [(left, right)] if left.type.kind is Kind.NUMBER else [(right, left)]
        case Membership(item=item, values=Literal(value=tuple() as values, type=type)) if type.element is not None:
            tests = [(item, Literal(value, type.element)) for value in values]
        case _:
            return
    for value, other in tests:
        if value.type.kind is Kind.NUMBER and not _is_exact(value, other):
            message = f"`{words(node)}` hangs on the last digits of `{words(value)}`, which are inexact"
            help = f"test a range, `{_range(value, other)}`, or declare the columns behind it as `decimal`"
            yield Diagnostic("float-equality", message, node.span, help)
            return


def _range(value: Expression, other: Expression) -> str:
    """A test of what rounds to a constant, or of what is close to another value."""
    if not isinstance(other, Literal) or isinstance(other.value, bool) or not isinstance(other.value, int | Decimal):
        is_sum = isinstance(other, Call) and other.function in ("add", "subtract")
        taken = f"({words(other)})" if is_sum else words(other)
        return f"abs({words(value)} - {taken}) < 0.001"
    constant = Decimal(other.value)
    half = Decimal(5).scaleb(min(int(constant.as_tuple().exponent), 0) - 1)
    return f"{words(value)} between {constant - half:f} and {constant + half:f}"


def _is_exact(value: Expression, other: Expression) -> bool:
    """Whether an inexact number is compared with what it can be exactly."""
    if isinstance(value, Call) and value.function in ("round", "floor", "ceil") and len(value.arguments) == 1:
        return True
    constant = other.value if isinstance(other, Literal) else None
    if isinstance(constant, bool) or not isinstance(constant, int | Decimal):
        return False
    return constant == int(constant) and (isinstance(value, Column) or constant in (0, 1))


def _threshold(node: Expression, scope: Scope) -> Iterator[Diagnostic]:
    if isinstance(node, Compare):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            column = _inexact(side, scope)
            if isinstance(other, Literal) and column is not None:
                yield _inexact_finding(side, node, column)
    if isinstance(node, Population) and node.function == "in_top_share" and node.value.type.kind is Kind.NUMBER:
        column = _number_column(node.value) or _inexact(node.value, scope)
        if column is not None:
            yield _inexact_finding(node, node, column)


def _inexact_finding(sum: Expression, test: Expression, column: Column) -> Diagnostic:
    message = f"`{words(sum)}` adds inexact numbers, so its last digits may differ from run to run"
    help = f"declare `{column.row}.{'.'.join((*column.path, column.name))}` as `decimal`"
    return Diagnostic("inexact-threshold", message, test.span, help)


def _inexact(node: Expression, scope: Scope) -> Column | None:
    """The column of type `number` whose sum or average a value is made of, or None."""
    waiting = [node]
    traits: set[tuple[tuple[str, ...], str]] = (
        set()
    )  # each looked into once: one may use the one before it several times
    while waiting:
        match waiting.pop():
            case Aggregate(function="sum" | "avg" | "stddev", value=value) if value is not None:
                if column := _number_column(value):
                    return column
            case Population(function=function, value=value, is_overall=True) if not function.startswith("count"):
                if function in ("sum", "avg", "stddev") and (column := _number_column(value)):
                    return column
                waiting.append(value)
            case Reference(to="trait", name=name, path=path) as part if (path, name) not in traits:
                traits.add((path, name))
                expression = trait_of(part, scope)
                waiting += [expression] if expression is not None else []
            case Call(function=function, arguments=arguments) if function not in ("round", "floor", "ceil"):
                waiting += reversed(arguments)
    return None


def _number_column(node: Expression) -> Column | None:
    if isinstance(node, Column):
        return node if node.type.kind is Kind.NUMBER else None
    return next((column for column in map(_number_column, children(node)) if column), None)
